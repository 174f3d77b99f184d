#!/usr/bin/env python3.11
"""Writes mathverify/internal/graders/testdata/golden: pairs with the grades of
the original graders.

    grader_goldens.py RELEASE_DIR PRM800K_DIR QWEN_DIR OUT_DIR

RELEASE_DIR is a checkout of xiaoxuanNLP/GoLongRL at c34dba3, PRM800K_DIR of
openai/prm800k at 7ecc794, QWEN_DIR of QwenLM/Qwen2.5-Math at a45202b. Needs
grader_requirements.txt. Equal arguments give equal bytes.

The first line of a file names the reference. Every further line is a row:

    "g", "a"   gold and answer or response
    "e"        the grade, null where the original raises; "x" is what it raises

and for the graders that ask sympy, whose step is replaced by a stand-in here,

    "no", "yes"    the grades if every such step says no, or yes
    "e"            the grade if crc32("a\\0b") & 1 says
    "q"            the steps [a, b] asked for "e"
    "real"         the grade if sympy says (prm800k and prime)
"""

import argparse
import contextlib
import gzip
import importlib
import importlib.util
import io
import json
import logging
import math
import pathlib
import platform
import random
import signal
import sys
import types
import warnings
import zlib

import grader_inputs as inputs
import released_goldens

SEED = 20261124


def stub(name, **members):
    m = types.ModuleType(name)
    m.__path__ = []
    m.__dict__.update(members)
    sys.modules[name] = m
    return m


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    m = importlib.util.module_from_spec(spec)
    sys.modules[name] = m
    spec.loader.exec_module(m)
    return m


class Steps:
    """The stand-in for the symbolic step."""

    def __init__(self):
        self.mode, self.asked, self.real = "no", [], None

    def __call__(self, a, b):
        self.asked.append([a, b])
        if self.mode == "real":
            return limited(self.real, a, b)
        return {"no": False, "yes": True, "e": zlib.crc32((a + "\0" + b).encode()) & 1 == 1}[self.mode]


def limited(f, *args):
    """f under a limit of 5 seconds, beyond which it says no."""
    def stop(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(5)
    try:
        return f(*args)
    except TimeoutError:
        return False
    finally:
        signal.alarm(0)


def judge(f, *args):
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return f(*args), None
    except Exception as e:
        return None, type(e).__name__


def rows_of(rng, make, count, grade, steps=None, modes=()):
    seen = set()
    while len(seen) < count:
        row = make(rng)
        key = json.dumps(row)
        if key in seen:
            continue
        seen.add(key)
        if steps is None:
            e, x = judge(grade, row)
            row["e"] = e
        else:
            for mode in modes:
                steps.mode, steps.asked = mode, []
                e, x = judge(grade, row)
                if mode == "e" and steps.asked:
                    row["q"] = steps.asked
                row[mode] = e
        if x:
            row["x"] = x
        yield row


def pair(rng):
    g, a = inputs.pair(rng)
    return {"g": g, "a": a}


def respond(form):
    def make(rng):
        g, a = inputs.pair(rng)
        return {"g": g, "a": inputs.response(rng, a, form)}

    return make


def doc(rng):
    g, a = inputs.docmath(rng)
    return {"g": g, "a": a}


def write(out, seed, name, reference, rows):
    rows = list(rows)
    header = {"reference": reference, "seed": seed, "rows": len(rows), "python": platform.python_version()}
    text = "".join(json.dumps(x, separators=(",", ":")) + "\n" for x in [header] + rows)
    path = pathlib.Path(out, name + ".jsonl.gz")
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as f:
        f.write(text.encode("ascii"))
    print(name, len(rows), path.stat().st_size, "bytes;", sum(r["e"] in (True, 1) for r in rows), "equal,",
          sum("q" in r for r in rows), "ask,", sum("x" in r for r in rows), "raise", flush=True)


def main():
    args = argparse.ArgumentParser()
    for a in ("release", "prm800k", "qwen", "out"):
        args.add_argument(a)
    args.add_argument("--only", action="append", default=[])
    args.add_argument("--seed", type=int, default=SEED)
    args.add_argument("--rows", type=int, default=1800)
    args = args.parse_args()
    rows = args.rows
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    pathlib.Path(args.out).mkdir(parents=True, exist_ok=True)
    wanted = lambda name: not args.only or name in args.only
    rng = lambda name: random.Random(f"{args.seed}/{name}")

    released_goldens.load(args.release)
    module = lambda name: importlib.import_module("verl.utils.reward_score." + name)
    release = "GoLongRL c34dba3 "

    if wanted("hendrycks"):
        m = module("math_reward")
        write(args.out, args.seed, "hendrycks", release + "math_reward.is_equiv",
              rows_of(rng("hendrycks"), pair, rows, lambda r: m.is_equiv(r["a"], r["g"])))
        write(args.out, args.seed, "hendrycks_score", release + "math_reward.compute_score",
              rows_of(rng("hendrycks_score"), respond("box"), rows, lambda r: m.compute_score(r["a"], r["g"]) == 1))
    if wanted("minerva"):
        m = module("math_dapo")
        write(args.out, args.seed, "minerva", release + "math_dapo.normalize_final_answer",
              rows_of(rng("minerva"), lambda rng: {"a": inputs.pair(rng)[1]}, rows, lambda r: m.normalize_final_answer(r["a"])))
        write(args.out, args.seed, "minerva_score", release + "math_dapo.is_correct_minerva",
              rows_of(rng("minerva_score"), respond("line"), rows, lambda r: m.is_correct_minerva(r["a"], r["g"])[0]))
        write(args.out, args.seed, "strict_box", release + "math_dapo.is_correct_strict_box",
              rows_of(rng("strict_box"), respond("box"), rows, lambda r: m.is_correct_strict_box(r["a"], r["g"])[0] == 1))

    modes = ("no", "yes", "real", "e")
    if wanted("prm800k"):
        sys.path.insert(0, str(pathlib.Path(args.prm800k, "prm800k")))
        m = importlib.import_module("grading.grader")
        steps = Steps()
        steps.real = m.are_equal_under_sympy
        allowed = m.should_allow_eval
        m.are_equal_under_sympy = lambda a, b: allowed(f"({a})-({b})") and steps(a, b)
        write(args.out, args.seed, "prm800k", "openai/prm800k 7ecc794 grading.grader.grade_answer, pylatexenc 2.10, sympy 1.14.0",
              rows_of(rng("prm800k"), pair, 2 * rows, lambda r: m.grade_answer(r["a"], r["g"]), steps, modes))
    if wanted("mathruler"):
        m = importlib.import_module("mathruler.grader")
        steps = Steps()
        allowed = m.should_allow_eval
        m.are_equal_under_sympy = lambda a, b: allowed(f"({a})-({b})") and steps(a, b)
        write(args.out, args.seed, "mathruler", "mathruler 0.1.0 grader.grade_answer, pylatexenc 2.10",
              rows_of(rng("mathruler"), pair, rows, lambda r: m.grade_answer(r["a"], r["g"]), steps, ("no", "yes", "e")))
    if wanted("prime"):
        stub("verl.utils.py_functional", timeout_limit=lambda seconds: lambda f: f)
        m = module("prime_math")
        steps = Steps()
        steps.real = m.are_equal_under_sympy
        allowed = m.should_allow_eval
        m.are_equal_under_sympy = lambda a, b: allowed(f"({a})-({b})") and steps(a, b)
        name = release + "prime_math.compute_score, pylatexenc 2.10, sympy 1.14.0"
        write(args.out, args.seed, "prime", name, rows_of(rng("prime"), respond("any"), rows, lambda r: m.compute_score(r["a"], r["g"])[0], steps, modes))
        write(args.out, args.seed, "prime_pairs", name, rows_of(rng("prime_pairs"), pair, rows, lambda r: m.compute_score(r["a"], r["g"])[0], steps, modes))
        write(args.out, args.seed, "prime_answer", release + "prime_math.match_answer",
              rows_of(rng("prime_answer"), lambda rng: {"a": inputs.response(rng, inputs.pair(rng)[1])}, rows, lambda r: list(m.match_answer(r["a"]))))
    if wanted("qwen"):
        stub("latex2sympy2", latex2sympy=None)
        m = load("qwen_grader", pathlib.Path(args.qwen, "evaluation/grader.py"))
        steps = Steps()
        m.symbolic_equal = steps
        write(args.out, args.seed, "qwen", "QwenLM/Qwen2.5-Math a45202b evaluation/grader.math_equal",
              rows_of(rng("qwen"), pair, 2 * rows, lambda r: m.math_equal(r["a"], r["g"]), steps, ("no", "yes", "e")))
    if wanted("docmath"):
        stub("evalscope"), stub("evalscope.utils"), stub("evalscope.utils.logger", get_logger=lambda: logging.getLogger("docmath"))
        m = load("docmath_utils", pathlib.Path(args.release, "Eval/QwenLong-Benchmarks/evalscope/evalscope/benchmarks/docmath/utils.py"))
        write(args.out, args.seed, "docmath", release + "docmath.utils.get_acc(extract_answer), numpy " + importlib.import_module("numpy").__version__,
              rows_of(rng("docmath"), doc, 2 * rows, lambda r: m.get_acc(m.extract_answer(r["a"]), str(r["g"]), type(r["g"]).__name__) == 1))
    if wanted("numbers"):
        def near(rng):
            """A float at or near a power of ten."""
            x = float("1e%d" % rng.randrange(309))
            towards = rng.choice([0, math.inf])
            for _ in range(rng.choice([0, 1, 2, 3, 5, 10, 100, 500]) + rng.randrange(3)):
                x = math.nextafter(x, towards)
            return {"a": repr(x)}

        write(args.out, args.seed, "log10", "math.log10, " + " ".join(platform.libc_ver()),
              rows_of(rng("log10"), near, rows, lambda r: math.log10(float(r["a"])) == int(math.log10(float(r["a"])))))

        def numeral(rng):
            a = inputs.number(rng) if rng.random() < 0.7 else rng.choice(["inf", "-Infinity", "nan", "1_0", "1__0", "_1", "1_", "+.5", ".", "5.", "1e", "1e+5", "0x1p3", "1.e1", "٣.٥"])
            for _ in range(rng.randrange(3)):
                i = rng.randrange(len(a) + 1)
                a = a[:i] + rng.choice(["_", " ", "\t", "\x1c", "\u2003", "５", "e", "E+", ".", "-", "+", "0", "n", "²", "\n", "\x85", "i", "𝟛"]) + a[i:]
            return {"a": a}

        write(args.out, args.seed, "float", "CPython float()", rows_of(rng("float"), numeral, rows, lambda r: repr(float(r["a"]))))
    if wanted("latextext"):
        from pylatexenc import latex2text

        def text(r):
            return latex2text.LatexNodes2Text().latex_to_text(r["a"])

        def latex(rng):
            a = rng.choice([inputs.macros, inputs.gold, inputs.macros, lambda r: inputs.pair(r)[1]])(rng)
            return {"a": a.replace("$", "").replace("%", "")}

        write(args.out, args.seed, "latextext", "pylatexenc 2.10 latex_to_text", rows_of(rng("latextext"), latex, rows, text))


if __name__ == "__main__":
    main()
