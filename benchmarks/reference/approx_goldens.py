"""Writes the goldens of package mathverify/internal/approx with mpmath.

    python approx_goldens.py OUT.jsonl.gz

The first line names the reference. Each further line is

    {"f": formula, "re": digits, "im": digits}

for the value of a formula with 50 digits behind the first of its absolute value.
Formulas are random trees over the operations and functions that the package
evaluates, and a list of special ones. Every value is computed at two precisions
that must agree. The generator is seeded: the same versions give the same file.
"""

import gzip
import json
import platform
import random
import re
import sys

import mpmath
from mpmath import mp, mpc, mpf

SEED = 20250312

UNARY = ["sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "exp", "ln", "arctan",
         "arsinh", "sqrt", "arcsin", "arccos", "arcosh", "artanh", "coth", "sech", "csch", "arccot",
         "arcsec", "arccsc", "re", "im", "conj"]

SPECIAL = """
e^(pi*sqrt(163)) - 640320^3 - 744
|3 + 4*i|
i^i
e^(i*pi/3)
sqrt(0 - 4)
root(0 - 8, 3)
ln(0 - 1)
arg(0 - 1 + i)
(1 + i)^(1/3)
log(8, 3)
sin(10^20)
cos(355/113)
arctan(10^20)
exp(0 - 50)
pi^e - e^pi
sqrt(2) - 1.41421356237309504880168872420969807856967
arcosh(1/2)
gamma(1/2)
gamma(0 - 3/2)
gamma(7/2)
zeta(2)
zeta(8)
(2/3)^(5/7)
2^sqrt(2)
(0 - 1)^(1/2)
1/(1 + 1/(1 + 1/(1 + i)))
""".strip().splitlines()


def real_root(x, k):
    if mp.im(x) == 0 and mp.re(x) < 0 and int(k) % 2 == 1:
        return -mp.root(-mp.re(x), int(k))
    return mp.root(x, int(k))


def off_cut(f):
    """Leaves out real arguments on the branch cuts, where conventions differ."""
    def g(x):
        if mp.im(x) == 0 and not -1 < mp.re(x) < 1:
            raise ValueError(x)
        return f(x)
    return g


NAMES = {
    "sin": mp.sin, "cos": mp.cos, "tan": mp.tan, "cot": mp.cot, "sec": mp.sec, "csc": mp.csc,
    "sinh": mp.sinh, "cosh": mp.cosh, "tanh": mp.tanh, "coth": mp.coth, "sech": mp.sech, "csch": mp.csch,
    "exp": mp.exp, "ln": mp.log, "log": mp.log, "sqrt": mp.sqrt, "root": real_root,
    "arctan": mp.atan, "arcsin": off_cut(mp.asin), "arccos": off_cut(mp.acos), "arsinh": mp.asinh, "arcosh": mp.acosh,
    "artanh": off_cut(mp.atanh), "arccot": lambda x: mp.pi / 2 - mp.atan(x), "arcsec": lambda x: off_cut(mp.acos)(1 / x),
    "arccsc": lambda x: off_cut(mp.asin)(1 / x), "re": mp.re, "im": mp.im, "conj": mp.conj, "arg": mp.arg,
    "gamma": mp.gamma, "zeta": mp.zeta, "abs": abs,
}


def small(f):
    """Leaves out arguments that would take for ever."""
    def g(*xs):
        if any(abs(x) > 10**22 for x in xs):
            raise ValueError(xs)
        return f(*xs)
    return g


def bounded_exp(f):
    def g(x):
        if abs(x) > 200:
            raise ValueError(x)
        return f(x)
    return g


def evaluate(formula):
    s = re.sub(r"\|([^|]*)\|", r"abs(\1)", formula)
    s = re.sub(r"\d+(\.\d+)?", r'mpf("\g<0>")', s).replace("^", "**")
    names = {k: small(f) for k, f in NAMES.items()}
    for k in ("exp", "sinh", "cosh", "tanh", "coth", "sech", "csch"):
        names[k] = bounded_exp(names[k])
    names.update(pi=+mp.pi, e=+mp.e, i=mpc(0, 1), mpf=mpf)
    return mpc(eval(s, {"__builtins__": {}}, names))


def tree(rng, depth):
    if depth == 0:
        k = rng.random()
        if k < 0.15:
            return "pi"
        if k < 0.25:
            return "e"
        if k < 0.33:
            return "i"
        if k < 0.8:
            return str(rng.randint(1, 12))
        return f"({rng.randint(1, 30)}/{rng.randint(1, 30)})"
    k = rng.random()
    if k < 0.45:
        return f"{rng.choice(UNARY)}({tree(rng, depth - 1)})"
    if k < 0.9:
        return f"({tree(rng, depth - 1)} {rng.choice('+-*/')} {tree(rng, depth - 1)})"
    return f"({tree(rng, depth - 1)})^{rng.randint(2, 5)}"


def value(formula):
    """The value with 50 safe digits, or None near a pole, a cut or an overflow."""
    out = []
    for digits in (130, 170):
        mp.dps = digits
        try:
            v = evaluate(formula)
        except (ValueError, ZeroDivisionError, OverflowError, TypeError):
            return None
        if not (mp.isfinite(v.real) and mp.isfinite(v.imag)):
            return None
        out.append(v)
    a, b = out
    if abs(a - b) > abs(b) * mpf(10) ** -60 or abs(b) > mpf(10) ** 40 or b == 0 or abs(b) < mpf(10) ** -50:
        return None
    # A tiny imaginary part may be the error of a value next to a branch cut.
    if 0 < abs(b.imag) < mpf(10) ** -45 or 0 < abs(b.real) < mpf(10) ** -45:
        return None
    return b


def main(path):
    rng = random.Random(SEED)
    rows = []
    for f in SPECIAL:
        v = value(f)
        assert v is not None, f
        rows.append((f, v))
    while len(rows) < 600:
        f = tree(rng, rng.randint(1, 4))
        v = value(f)
        if v is not None:
            rows.append((f, v))
    mp.dps = 60
    with gzip.GzipFile(path, "wb", mtime=0) as out:
        head = {"reference": "mpmath " + mpmath.__version__, "python": platform.python_version(),
                "script": "approx_goldens.py", "seed": SEED}
        out.write((json.dumps(head) + "\n").encode())
        for f, v in rows:
            row = {"f": f, "re": mp.nstr(v.real, 50), "im": mp.nstr(v.imag, 50)}
            out.write((json.dumps(row) + "\n").encode())


if __name__ == "__main__":
    main(sys.argv[1])
