#!/usr/bin/env python3.11
"""Fills the column "reference" of examples/rollouts.expected.jsonl.

    released_examples.py RELEASE_DIR EXAMPLES_DIR

Scores EXAMPLES_DIR/rollouts.jsonl with the released code, in the environment
of released_goldens.py. Math rows stay null: their scorer needs Math-Verify.
The column "strict" and the notes are written by hand and kept.
"""

import json
import pathlib
import sys

from released_goldens import judge, load


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main():
    score, folder = load(sys.argv[1]), pathlib.Path(sys.argv[2])
    rollouts = {r["id"]: r for r in lines(folder / "rollouts.jsonl")}
    path = folder / "rollouts.expected.jsonl"
    out = lines(path)
    if [e["id"] for e in out] != list(rollouts):
        sys.exit("rollouts.expected.jsonl does not have the ids of rollouts.jsonl in their order")
    for e in out:
        rec = rollouts[e["id"]]
        if "math" in rec["data_source"]:
            e["reference"] = None
            continue
        value, raises = judge(score, rec)
        if raises:
            sys.exit(f"{e['id']}: the released code raises {raises}")
        e["reference"] = value
    path.write_text("".join(json.dumps(e, ensure_ascii=False) + "\n" for e in out), encoding="utf-8")
    print(len(out), "rows")


if __name__ == "__main__":
    main()
