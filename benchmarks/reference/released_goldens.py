#!/usr/bin/env python3.11
"""Writes testdata/golden: records with the scores of the released reward code.

    released_goldens.py RELEASE_DIR OUT_DIR [--rows N] [--only NAME]...

RELEASE_DIR is a checkout of xiaoxuanNLP/GoLongRL at c34dba3; its scorers run
where they lie. Needs the packages of requirements.txt. Equal arguments give
equal bytes, but for the rows of math_verify that are left out because they took
longer than LIMIT: the clock of Math-Verify may have cut them off.

Each file starts with a header; every further line is a record of the released
schema with "expected", its score. Where the released code raises, expected is
null and "raises" names the exception, or is "crash" where the process dies.
token_f1 is the exception: its scores are of our own implementation of the
definition, below.
"""

import argparse
import contextlib
import gzip
import hashlib
import importlib.metadata
import importlib.util
import io
import json
import logging
import os
import pathlib
import platform
import random
import re
import string
import sys
import threading
import time
import types
import warnings
from collections import Counter

import released_inputs as inputs
import released_math
import released_tables as tables
import released_texts as texts

SEED = 20261123

# SHA-256 of the *.py files of reward_score at c34dba3, sorted by name.
RELEASE = "26701caeed944451030dfc181e35d13a65036b0d197b5788a6fcc25e950716b7"

# SHA-256 of what else of verl the numina sources run: prime_math and py_functional.py.
PRIME = "e8ec1e54f41b99b274a6127969d6abe4472756f9b712f90c427975d17fe11df6"

# The longest time of a row of math_verify, in seconds.
LIMIT = 2.5

# The file names of testdata/golden and what makes their records.
FILES = {
    "em": inputs.em, "selection": inputs.selection, "accuracy": inputs.line_metric("Accuracy"),
    "f1": inputs.line_metric("F1_Score"), "sub_em": inputs.line_metric("SubEM"), "ndcg": inputs.line_metric("NDCG"),
    "pairwise": inputs.line_metric("Pairwise_Accuracy"), "iou": tables.iou, "gsm8k": inputs.gsm8k,
    "search_r1": inputs.search_r1, "math": released_math.math, "math_verify": released_math.verified, "dispatch": inputs.dispatch, "token_f1": texts.token_f1,
    "summary_en": texts.summary("English"), "summary_zh": texts.summary("Chinese"),
}


def load(release, real_math=False):
    """Loads the released package by path, without its trainer. With real_math,
    Math-Verify is the real one, and so is the time limit around sympy."""
    folder = pathlib.Path(release, "Train/verl/verl/utils/reward_score")
    digest = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(folder.glob("*.py")))).hexdigest()
    if digest != RELEASE:
        sys.exit(f"{folder} is not reward_score of GoLongRL c34dba3: its digest is {digest}")
    for name in [n for n in sys.modules if n.split(".")[0] in ("verl", "math_verify")]:
        del sys.modules[name]
    for name in ["verl", "verl.utils", "verl.utils.import_utils", "verl.utils.metric" if real_math else "math_verify"]:
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = []
    sys.modules["verl.utils.import_utils"].deprecated = lambda *a, **k: lambda f: f

    def refuse(*_, **__):
        raise RuntimeError("math is not scored here")

    if real_math:
        prime = [*sorted(folder.glob("prime_math/*.py")), folder.parent / "py_functional.py"]
        digest = hashlib.sha256(b"".join(p.read_bytes() for p in prime)).hexdigest()
        if digest != PRIME:
            sys.exit(f"{folder}/prime_math is not that of GoLongRL c34dba3: its digest is {digest}")
        sys.modules["verl.utils.metric"].Metric = object
        sys.modules["verl.utils"].__path__ = [str(folder.parent)]
    else:
        sys.modules["math_verify"].parse = sys.modules["math_verify"].verify = refuse
    name = "verl.utils.reward_score"
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)])
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)

    # One call in 64 prints the record, which can raise by itself.
    search = importlib.import_module(name + ".search_r1_like_qa_em")
    search.random = types.SimpleNamespace(randint=lambda a, b: b)
    return module.default_compute_score


def judge(score, rec):
    """Returns (value, None) or (None, name of the exception)."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            value = score(rec["data_source"], rec["response"], rec["reward_model"]["ground_truth"],
                          extra_info=rec.get("extra_info"))
    except Exception as e:
        return None, type(e).__name__
    return float(value), None


def judge_apart(score, records):
    """judge in child processes, so that a native crash is an outcome too."""
    out = []
    while len(out) < len(records):
        r, w = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(r)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # trec_eval complains there
            with os.fdopen(w, "w", buffering=1) as f:
                for rec in records[len(out):]:
                    f.write(json.dumps(judge(score, rec)) + "\n")
            os._exit(0)
        os.close(w)
        with os.fdopen(r) as f:
            out.extend(tuple(json.loads(line)) for line in f)
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            out.append((None, "crash"))
    return out


def judge_math(release, records):
    """judge in a child process with the real Math-Verify, and the seconds taken."""
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(r)
        logging.disable(logging.CRITICAL)
        warnings.simplefilter("ignore")
        score = load(release, real_math=True)
        with os.fdopen(w, "w", buffering=1) as f:
            for rec in records:
                start = time.monotonic()
                value = judge(score, rec)
                f.write(json.dumps([*value, time.monotonic() - start]) + "\n")
        os._exit(0)
    os.close(w)
    with os.fdopen(r) as f:
        out = [json.loads(line) for line in f]
    os.waitpid(pid, 0)
    return out


def judge_deep(score, records):
    """judge without Python's limit on the depth of rouge's back-trace."""
    out = []

    def work():
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(10**6)
        out.extend(judge(score, r) for r in records)
        sys.setrecursionlimit(before)

    threading.stack_size(512 << 20)
    t = threading.Thread(target=work)
    t.start()
    t.join()
    threading.stack_size(0)
    return out


# --- token F1, from its definition ----------------------------------------

# The Chinese punctuation that LongBench drops, as code points.
ZH_PUNCTUATION = {chr(c) for first, last in (
    (0xFF01, 0xFF0D), (0xFF0F, 0xFF0F), (0xFF1A, 0xFF20), (0xFF3B, 0xFF40), (0xFF5B, 0xFF64),
    (0x3001, 0x3003), (0x300B, 0x3011), (0x3014, 0x301F), (0x3030, 0x3030), (0x303E, 0x303F),
    (0x2013, 0x2014), (0x2018, 0x2019), (0x201B, 0x201F), (0x2026, 0x2027), (0xFE4F, 0xFE4F),
) for c in range(first, last + 1)}


def qa_tokens(text, lang):
    if lang == "zh":
        import jieba
        drop = set(string.punctuation) | ZH_PUNCTUATION
        words = ("".join("".join(c for c in w.lower() if c not in drop).split())
                 for w in jieba.cut(text, cut_all=False))
        return [w for w in words if w]
    text = text.lower().translate({ord(c): None for c in string.punctuation})
    return re.sub(r"\b(?:the|an|a)\b", " ", text).split()


def token_f1(response, references, lang):
    best = 0.0
    for ref in references:
        p, g = qa_tokens(response, lang), qa_tokens(ref, lang)
        same = sum((Counter(p) & Counter(g)).values())
        if same:
            precision, recall = same / len(p), same / len(g)
            best = max(best, 2 * precision * recall / (precision + recall))
    return best


# --- files ----------------------------------------------------------------

def plain(rec):
    """rec as a reader of its JSON sees it: surrogate pairs are one character."""
    return json.loads(json.dumps(rec))


def write(out, name, header, rows):
    path = pathlib.Path(out, name + ".jsonl.gz")
    text = "".join(json.dumps(x, separators=(",", ":")) + "\n" for x in [header] + rows)
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as f:
        f.write(text.encode("ascii"))
    values = Counter("raises" if r["expected"] is None else "0" if r["expected"] == 0 else
                     "1" if r["expected"] == 1 else "between" for r in rows)
    print(name, len(rows), path.stat().st_size, "bytes", dict(sorted(values.items())), flush=True)


def main():
    args = argparse.ArgumentParser()
    args.add_argument("release")
    args.add_argument("out")
    args.add_argument("--rows", type=int, default=2200)
    args.add_argument("--only", action="append", default=[])
    args = args.parse_args()
    score = load(args.release)
    pathlib.Path(args.out).mkdir(parents=True, exist_ok=True)
    print("seed", SEED)
    import jieba
    jieba.setLogLevel(60)

    for name, make in FILES.items():
        if args.only and name not in args.only:
            continue
        rng = random.Random(f"{SEED}/{name}")
        rows = [plain(r) for r in make(rng, args.rows)]
        header = {"reference": "GoLongRL c34dba3 reward_score", "seed": SEED, "rows": len(rows)}
        packages = []
        if name == "token_f1":
            header["reference"] = ("independent implementation of the definition: SQuAD evaluate-v1.1, "
                                   "LongBench qa_f1_score and qa_f1_zh_score")
            packages = ["jieba"]
            outcomes = [(token_f1(r["response"], r["reference"], r["lang"]), None) for r in rows]
        elif name == "ndcg":
            packages = ["pytrec-eval-terrier", "numpy"]
            outcomes = judge_apart(score, rows)
        elif name.startswith("summary"):
            header["recursion"] = "none: the released values without Python's limit"
            packages = ["rouge", "jieba"]
            outcomes = judge_deep(score, rows)
        elif name == "math_verify":
            packages = ["math-verify", "latex2sympy2_extended", "sympy", "antlr4-python3-runtime", "mpmath", "pylatexenc"]
            timed = judge_math(args.release, rows)
            rows = [r for r, t in zip(rows, timed, strict=True) if t[2] <= LIMIT]
            outcomes = [t[:2] for t in timed if t[2] <= LIMIT]
            header["rows"] = len(rows)
        else:
            outcomes = [judge(score, r) for r in rows]
        header["packages"] = {p: importlib.metadata.version(p) for p in packages}
        header["python"] = platform.python_version()
        for i, (row, (value, raises)) in enumerate(zip(rows, outcomes)):
            if isinstance(row.get("extra_info"), dict):
                row["extra_info"]["index"] = i
            row["expected"] = value
            if raises:
                row["raises"] = raises
        write(args.out, name, header, rows)


if __name__ == "__main__":
    main()
