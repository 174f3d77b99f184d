"""Writes the goldens of package ndcg by running the released reward.

    python ndcg_goldens.py PATH/TO/reward_score/long_bench_pro.py OUT.jsonl.gz

The module is imported where it lies and its NDCG function is called, so its own
requirements (rouge, jieba, pytrec-eval-terrier) must be installed. The first
line of the output names them. Each further line is

    {"gold": [...], "pred": [...], "score": x}

with the lines as NDCG hands them to trec_eval, after its normalisation; k is
len(gold). The generator is seeded: the same versions give the same file.
"""

import gzip
import importlib.metadata as metadata
import importlib.util
import json
import platform
import random
import sys


def load(path):
    spec = importlib.util.spec_from_file_location("long_bench_pro", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def perturb(rng, gold, junk):
    """A plausible prediction for gold: reordered, cut, padded, repeated."""
    pred = list(gold)
    kind = rng.randrange(6)
    if kind == 0:
        rng.shuffle(pred)
    elif kind == 1:
        for _ in range(rng.randint(1, 3)):
            i, j = rng.randrange(len(pred)), rng.randrange(len(pred))
            pred[i], pred[j] = pred[j], pred[i]
    elif kind == 2:
        pred = pred[: rng.randint(0, len(pred))]
    elif kind == 3:
        pred.reverse()
    for _ in range(rng.choice([0, 0, 1, 2, 5])):
        pred.insert(rng.randint(0, len(pred)), rng.choice(junk))
    if pred and rng.random() < 0.4:
        for _ in range(rng.randint(1, 3)):
            pred.insert(rng.randint(0, len(pred)), rng.choice(pred))
    return pred


def cases(rng):
    fixed = [
        (["a", "b", "c"], ["c", "b", "a"]),
        (["a", "b", "c"], ["junk", "a", "b", "c"]),
        (["a", "b", "c"], ["a", "b", "c", "a"]),
        (["a", "b", "c"], ["a", "a", "b", "c"]),
        (["a", "b", "c"], ["a", "b", "c", "x", "y", "z"]),
        (["a", "b", "c"], ["a", "", "b", "c"]),
        (["a", "b", "a"], ["a", "b"]),
        (["", "", ""], [""]),
        (["a", "", "c"], ["a", "", "c"]),
        (["a"], [""]),
        (["\x00", "", "c"], [""]),
        (["\x00a", "b", "c"], ["x", "\x00", "b"]),
        (["x\x00a", "b", "x\x00a"], ["x\x00c", "x\x00c", "b"]),
        (["a" * 5000, "b"], ["b", "a" * 5000]),
        ([str(i) for i in range(10)], [str(i) for i in reversed(range(10))]),
        ([str(i) for i in range(3000)], [str(i) for i in reversed(range(3000))]),
    ]
    yield from fixed
    words = ["alpha", "beta", "gamma", "delta", "文档", "doc 1", "doc 2", "doc 10", "é", "e\u0301", "𝒳", "ß", "ς", "σ"]
    for n in range(2600):
        size = rng.choice([1, 2, 3, 3, 4, 5, 8, 12, 20])
        style = rng.randrange(4)
        if style == 0:
            names = [f"doc_{i}" for i in range(40)]
        elif style == 1:
            names = words
        elif style == 2:
            names = [f"{a}{b}" for a in "ab" for b in ["", "\x00", "\x00x", "\x00y", "z", "z\x00x"]]
        else:
            names = [chr(rng.randint(0x21, 0x2FFF)) for _ in range(30)]
        gold = [rng.choice(names) for _ in range(size)] if rng.random() < 0.3 else rng.sample(names, min(size, len(names)))
        yield gold, perturb(rng, gold, names + ["", "nothing"])
    for size in (100, 500, 1500, 1619, 1620, 4000):
        gold = [f"line {i}" for i in range(size)]
        yield gold, perturb(rng, gold, ["x"])


def main():
    module = load(sys.argv[1])
    rng = random.Random(20260101)
    head = {
        "reference": "GoLongRL reward_score/long_bench_pro.py, function NDCG",
        "pytrec-eval-terrier": metadata.version("pytrec-eval-terrier"),
        "python": platform.python_version(),
        "libc": " ".join(platform.libc_ver()),
        "script": "benchmarks/reference/ndcg_goldens.py",
    }
    with gzip.GzipFile(sys.argv[2], "wb", mtime=0) as out:
        put = lambda row: out.write((json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n").encode())
        put(head)
        for gold, pred in cases(rng):
            text = "\n".join(pred)
            score = module.NDCG(gold, text)
            put({
                "gold": module.normalize_answers(gold),
                "pred": module.normalize_prediction(text),
                "score": score,
            })


main()
