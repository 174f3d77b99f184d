"""Judges labelled pairs with Math-Verify 0.8.0 and compares the verdicts.

    go run ./benchmarks/mathpairs -n 2000 -seed 7 > pairs.jsonl
    mathverify_diff.py pairs.jsonl [--show]

Every line holds gold, response, equal (the label), verdict (of package
mathverify) and class. Prints a table in Markdown: for each class how many right
answers either side misses and how many wrong ones it accepts; with --show also
each pair on which they differ.
"""

import json
import logging
import sys
from collections import defaultdict

from math_verify import parse, verify

logging.disable(logging.CRITICAL)


def reference(gold, response):
    wrapped = gold if "$" in gold or "\n" in gold else "$" + gold + "$"
    return bool(verify(parse(wrapped), parse(response)))


def main():
    show = "--show" in sys.argv
    count = defaultdict(lambda: [0] * 7)
    for line in open(sys.argv[1], encoding="utf-8"):
        row = json.loads(line)
        theirs = reference(row["gold"], row["response"])
        ours = row["verdict"] == "equal"
        c = count[row["class"]]
        c[0] += 1
        if row["equal"]:
            c[1] += 1
            c[2] += not ours
            c[3] += not theirs
        else:
            c[4] += ours
            c[5] += theirs
        c[6] += row["verdict"] == "undecided"
        if show and ours != theirs:
            print(f"label {row['equal']}, here {row['verdict']} ({row['rule']}), Math-Verify {theirs}: {row['gold']!r} | {row['answer']!r}", file=sys.stderr)
    print("| class | pairs | equal | missed here | missed by Math-Verify | different | accepted here | accepted by Math-Verify | undecided here |")
    print("|---|---|---|---|---|---|---|---|---|")
    total = [0] * 7
    for name in sorted(count):
        c = count[name]
        total = [a + b for a, b in zip(total, c)]
        print(f"| {name} | {c[0]} | {c[1]} | {c[2]} | {c[3]} | {c[0] - c[1]} | {c[4]} | {c[5]} | {c[6]} |")
    c = total
    print(f"| **all** | {c[0]} | {c[1]} | {c[2]} | {c[3]} | {c[0] - c[1]} | {c[4]} | {c[5]} | {c[6]} |")


if __name__ == "__main__":
    main()
