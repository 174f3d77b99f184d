"""Writes the goldens of iou.Reference by running the released reward.

    python3.11 iou_goldens.py PATH/TO/reward_score/multitableqa.py OUT.jsonl.gz

The first line of the output names the reference and the Python version. Each
further line is {"gold": text, "pred": text, "score": x}, or
{"gold": text, "pred": text, "error": type} where the reference raises. The
generator is seeded: the same Python gives the same file.
"""

import gzip
import importlib.util
import json
import platform
import random
import sys

ATOMS = [
    "1", "1.0", "-0", "-0.0", "0.1", "1e2", "1E+2", "1e16", "1e-5", "123456789012345678901234567890", "1e400", "-1e400",
    "NaN", "Infinity", "-Infinity", "true", "false", "null", '"1"', '"1.0"', '"True"', '"None"', '"nan"', '"inf"', '""',
    '"a"', '"b"', '"A"', '" a "', '"a\'b"', '"a\\"b"', '"a\'\\"b"', '"\\n"', '"\\u0000"', '"\\ud800"', '"\\ud83d\\ude00"',
    '"中"', '"\\u00ad"', '"\\u200b"', '"e\\u0301"', '"(\'1\',)"', '"[]"', '"{}"', '"[1]"', '"{\'a\': 1}"', '"\\\\"', "100.0",
]


def value(rng, depth):
    r = rng.random()
    if depth == 0 or r < 0.7:
        return rng.choice(ATOMS)
    if r < 0.87:
        return "[" + ", ".join(value(rng, depth - 1) for _ in range(rng.randint(0, 3))) + "]"
    return "{" + ",".join(f'"{rng.choice("abc")}": {value(rng, depth - 1)}' for _ in range(rng.randint(0, 3))) + "}"


def row(rng):
    r = rng.random()
    if r < 0.6:
        return "[" + ",".join(rng.choice(ATOMS) if rng.random() < 0.85 else value(rng, 2) for _ in range(rng.randint(0, 3))) + "]"
    return value(rng, 2)


def table(rng, rows):
    if rng.random() < 0.06:
        return rng.choice(["", "null", "[1]", '"x"', "3", "{}", '{"data":null}', '{"data":3}', '{"data":true}', '{"data":"aba"}',
                           '{"data":"\\ud83d\\ude00\\ud800"}', '{"data":{"a":1,"b":2,"a":3}}', '{"data":[1],"data":[2]}',
                           '{"data":[1]} x', '{"data":[1,]}', "{'data':[1]}", '{"data":[01]}', '{"data":[' + "7" * 4301 + "]}",
                           '{"data":[' + "7" * 4300 + "]}", '{"data":' + "[" * 2000])
    return '{"columns":["x"],"data":[' + ",".join(rows) + "]}"


def main():
    spec = importlib.util.spec_from_file_location("multitableqa", sys.argv[1])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rng = random.Random(20260303)
    with gzip.GzipFile(sys.argv[2], "wb", mtime=0) as out:
        put = lambda r: out.write((json.dumps(r, separators=(",", ":")) + "\n").encode())
        put({"reference": "GoLongRL reward_score/multitableqa.py, function compute_score", "python": platform.python_version(),
             "script": "iou_goldens.py"})
        for _ in range(3000):
            pool = [row(rng) for _ in range(rng.randint(1, 5))]
            if rng.random() < 0.5:
                pool += ATOMS[:6]
            gold = table(rng, [rng.choice(pool) for _ in range(rng.randint(0, 5))])
            pred = table(rng, [rng.choice(pool) for _ in range(rng.randint(0, 5))])
            result = {"gold": gold, "pred": pred}
            try:
                result["score"] = module.compute_score(f"<answer>{pred}</answer>", {"golden_label": gold})
            except Exception as e:
                result["error"] = type(e).__name__
            put(result)


main()
