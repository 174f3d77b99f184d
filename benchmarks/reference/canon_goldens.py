"""Pairs of expressions that sympy rewrote, for mathverify/internal/canon.

    PYTHONHASHSEED=0 python canon_goldens.py OUT.jsonl.gz

The first line names the reference; every other one is [x, y, equal] with trees as nested
lists. Equal pairs are an expression and what expand, factor, together, apart,
radsimp, expand_trig, powsimp or rewriting makes of it; the others
have one number in them changed, which is checked at random points to matter.
"""

import gzip
import json
import pathlib
import random
import sys

import sympy as sp
from sympy.simplify.fu import TR7, TR8

SEED = 20261123
OUT = pathlib.Path(sys.argv[1])
x, y = sp.symbols("x y", real=True)
rnd = random.Random(SEED)
FUNCS = {sp.sin: "sin", sp.cos: "cos", sp.tan: "tan", sp.cot: "cot", sp.sec: "sec", sp.csc: "csc",
         sp.sinh: "sinh", sp.cosh: "cosh", sp.tanh: "tanh", sp.exp: "exp", sp.log: "ln", sp.Abs: "abs",
         sp.atan: "arctan"}


def dump(e):
    if e.is_Rational:
        return ["q", str(e.p), str(e.q)]
    if e is sp.pi:
        return ["pi"]
    if e is sp.E:
        return ["e"]
    if e is sp.I:
        return ["i"]
    if e.is_Symbol:
        return ["s", e.name]
    if e.is_Add:
        return ["+"] + [dump(a) for a in e.args]
    if e.is_Mul:
        return ["*"] + [dump(a) for a in e.args]
    if e.is_Pow:
        return ["^", dump(e.base), dump(e.exp)]
    return [FUNCS[e.func], dump(e.args[0])]


def leaf():
    return rnd.choice([x, x, y, sp.Integer(rnd.randint(1, 5)), sp.Rational(rnd.randint(1, 5), rnd.randint(2, 4))])


def rational(depth):
    if depth == 0:
        return leaf()
    a, b = rational(depth - 1), rational(depth - 1)
    return rnd.choice([a + b, a - b, a * b, a / (b**2 + 1), (a + b) ** 2, (a - 1) * (b + 2)])


def surd():
    s = lambda: sp.sqrt(rnd.choice([2, 3, 5, 6, 8, 12])) * sp.Rational(rnd.randint(-4, 4) or 1, rnd.randint(1, 3))
    n = lambda: s() + s() + rnd.randint(-3, 3)
    return rnd.choice([n() * n(), n() ** 3, n() / (s() + 7), n() + 1 / (s() + 9)])


def trig():
    arg = lambda: rnd.choice([x, y, 2 * x, x + y, x - y, 3 * x, x / 2, x + sp.pi / 3])
    f = lambda: rnd.choice([sp.sin, sp.cos])(arg())
    return rnd.choice([f() * f(), f() ** 2 + f(), f() * f() * f(), sp.tan(x) * f() + f(), f() ** 3])


def exponential():
    f = lambda: rnd.choice([sp.exp(x), sp.exp(-x), sp.exp(2 * x), sp.exp(x + y), sp.cosh(x), sp.sinh(x), 2**x, 4**x, 2 ** (x + 1)])
    return rnd.choice([(f() + f()) * f(), (f() - 1) ** 2 + f(), f() * f() / (f() ** 2 + 1)])


KINDS = {
    "rational": (lambda: rational(2), [sp.expand, sp.factor, sp.together, sp.cancel, lambda e: sp.apart(e, x)]),
    "surd": (surd, [sp.expand, sp.radsimp, sp.together]),
    "trig": (trig, [sp.expand_trig, TR8, TR7, lambda e: sp.expand(sp.expand_trig(e)), lambda e: e.rewrite(sp.exp)]),
    "exp": (exponential, [sp.expand, sp.powsimp, sp.factor]),
}


def value(e):
    out = []
    for a, b in [("0.37", "1.91"), ("1.23", "0.71"), ("2.11", "0.43")]:
        out.append(sp.N(e.subs({x: sp.Rational(a), y: sp.Rational(b)}), 30))
    return out


def close(a, b):
    return all(abs(p - q) <= 1e-18 * (1 + abs(p)) for p, q in zip(value(a), value(b)))


def changed(e):
    numbers = sorted(e.atoms(sp.Rational), key=str)
    if not numbers:
        return e + 1
    n = rnd.choice(numbers)
    return e.subs(n, n + rnd.choice([1, -1, sp.Rational(1, 10**6)]))


def main():
    rows = []
    for make, ways in KINDS.values():
        got = 0
        while got < 60:
            e = make()
            try:
                f = rnd.choice(ways)(e)
                same = f != e and f.is_finite is not False and close(e, f)
                if not same:
                    continue
                other = changed(f)
                row = [[dump(e), dump(f), True]]
                if not close(e, other):
                    row.append([dump(e), dump(other), False])
            except (KeyError, TypeError, ValueError, NotImplementedError, sp.PolynomialError, RecursionError):
                continue
            rows += row
            got += 1
    OUT.parent.mkdir(parents=True, exist_ok=True)
    head = {"reference": "sympy " + sp.__version__, "seed": SEED, "script": "benchmarks/reference/canon_goldens.py"}
    with gzip.GzipFile(OUT, "wb", mtime=0) as f:
        for row in [head] + rows:
            f.write((json.dumps(row, separators=(",", ":")) + "\n").encode())
    print(len(rows), "pairs")


main()
