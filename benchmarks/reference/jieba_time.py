#!/usr/bin/env python3
"""Time jieba 0.42.1 on one core, for comparison with internal/jieba.

    jieba_time.py FILE [--seconds S]

FILE is a golden file (.jsonl.gz, timed by kind like the Go benchmark) or a
UTF-8 text file (timed line by line). Needs jieba==0.42.1. Loading is not timed.
"""
import argparse
import base64
import gzip
import json
import time

import jieba

KINDS = ("news", "singles", "mixed")


def read(path):
    if not path.endswith(".jsonl.gz"):
        with open(path, encoding="utf-8", newline="") as f:
            return {"text": list(f)}
    texts = {k: [] for k in KINDS}
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as f:
        next(f)
        for line in f:
            row = json.loads(line)
            if row["kind"] in texts:
                raw = base64.b64decode(row["b"]).decode("utf-8", "surrogatepass") if "b" in row else None
                texts[row["kind"]].append(raw or row["t"])
    return texts


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("file")
    p.add_argument("--seconds", type=float, default=2, help="least time for each kind")
    args = p.parse_args()
    assert jieba.__version__ == "0.42.1", jieba.__version__
    jieba.setLogLevel(60)
    jieba.initialize()
    for kind, texts in read(args.file).items():
        size = sum(len(t.encode("utf-8", "surrogatepass")) for t in texts)
        rounds, tokens, start, cpu = 0, 0, time.perf_counter(), time.process_time()
        while rounds == 0 or time.perf_counter() - start < args.seconds:
            for t in texts:
                tokens += len(list(jieba.cut(t, cut_all=False)))
            rounds += 1
        took, cpu = time.perf_counter() - start, time.process_time() - cpu
        print("%-8s %d texts, %d bytes, %d tokens: %.3f MB/s, %.3f MB/s of processor time" % (
            kind, len(texts), size, tokens // rounds, size * rounds / took / 1e6, size * rounds / cpu / 1e6))


if __name__ == "__main__":
    main()
