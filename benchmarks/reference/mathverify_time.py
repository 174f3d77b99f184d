"""The Python side of benchmarks/mathspeed: times Math-Verify 0.8.0.

    mathverify_time.py

Reads one JSON list of [gold, response] pairs per line from standard input,
parses and verifies each pair once after a warming run over the first one, and
answers with a line {"Seconds": [per pair], "Equal": [verdicts], "Version": ""}.
The gold answer is wrapped in dollars, the response is taken as it is, with the
default configuration and time limits, as on a main thread.
"""

import importlib.metadata
import json
import logging
import sys
import time

from math_verify import parse, verify

logging.disable(logging.CRITICAL)


def judge(gold, response):
    return verify(parse("$" + gold + "$"), parse(response))


def main():
    version = importlib.metadata.version("math-verify")
    for line in sys.stdin:
        pairs = json.loads(line)
        judge(*pairs[0])
        seconds, equal = [], []
        for gold, response in pairs:
            start = time.perf_counter()
            verdict = judge(gold, response)
            seconds.append(time.perf_counter() - start)
            equal.append(bool(verdict))
        print(json.dumps({"Seconds": seconds, "Equal": equal, "Version": version}), flush=True)


if __name__ == "__main__":
    main()
