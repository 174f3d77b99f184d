"""Writes the goldens of package mathverify/internal/ball with mpmath.

    python ball_goldens.py OUT.jsonl.gz

The first line names the reference. Each further line is

    {"f": name, "x": [[m, e], ...], "v": [re] or [re, im], "d": digits}

for the value of a function at the exact numbers m*2^e (m is a string), with d
correct digits relative to its absolute value. A complex function has real and
imaginary part of each argument in x. Every value is computed at two working
precisions that must agree. The generator is seeded: the same versions give the
same file.
"""

import gzip
import json
import platform
import random
import sys

import mpmath
from mpmath import mp, mpc, mpf

SEED = 20250311

REAL = {
    "exp": mp.exp, "log": mp.log, "sin": mp.sin, "cos": mp.cos, "tan": mp.tan, "atan": mp.atan,
    "asin": mp.asin, "acos": mp.acos, "sinh": mp.sinh, "cosh": mp.cosh, "tanh": mp.tanh,
    "asinh": mp.asinh, "acosh": mp.acosh, "atanh": mp.atanh, "sqrt": mp.sqrt,
    "root3": lambda x: mp.cbrt(x) if x >= 0 else -mp.cbrt(-x),
    "root7": lambda x: mp.root(x, 7) if x >= 0 else -mp.root(-x, 7),
    "gamma": mp.gamma, "loggamma": lambda x: mp.log(abs(mp.gamma(x))) if x < 1000 else mp.loggamma(x),
}
COMPLEX = {
    "cexp": mp.exp, "clog": mp.log, "csqrt": mp.sqrt, "csin": mp.sin, "ccos": mp.cos, "ctan": mp.tan,
    "casin": mp.asin, "cacos": mp.acos, "catan": mp.atan, "csinh": mp.sinh, "ccosh": mp.cosh,
    "ctanh": mp.tanh, "casinh": mp.asinh, "cacosh": mp.acosh, "catanh": mp.atanh,
    "croot3": lambda z: mp.exp(mp.log(z) / 3), "cinv": lambda z: 1 / z, "cabs": abs, "carg": mp.arg,
}
UNIT = {"asin", "acos", "atanh"}  # defined on [-1, 1]
POSITIVE = {"log", "sqrt"}


def exact(m, e):
    """m*2^e as an unrounded mpf."""
    with mp.workprec(max(m.bit_length(), 53) + 10):
        return mp.ldexp(mpf(m), e)


def ordinary(rng, bits=60):
    return (rng.choice([-1, 1]) * rng.getrandbits(bits) | 1, rng.randint(-bits - 6, -bits + 6))


def near(rng, what, k, bits):
    """A dyadic with the given bits next to k times the constant."""
    with mp.workprec(bits + k.bit_length() + 80):
        v = what() * k
        e = int(mp.floor(mp.log(abs(v), 2))) + 1 - bits
        return (int(mp.nint(mp.ldexp(v, -e))), e)


def points(rng, name, digits):
    """Ordinary points and the hard ones of a function."""
    out = [(1, 0), (-1, 0), (1, -1), (-1, -1), (3, -1), (2, 0), (10, 0), (-3, -2)]
    few = 4 if digits > 60 else 16
    out += [ordinary(rng) for _ in range(few)]
    out += [ordinary(rng, 200) for _ in range(few // 2)]
    for k in (3, 8, 20, 40, 63, 64, 100, 128, 200, 333):
        s = rng.choice([-1, 1])
        out.append((s, -k))
        out.append(((rng.getrandbits(60) | 1) * s, -k - 60))
        out.append(((1 << k) + s, -k))
        if name in UNIT:
            out.append((-(1 << k) + 1, -k))
    if name not in UNIT:
        out += [(rng.getrandbits(60) | 1, e) for e in (-50, -40, -10)]
    if name in ("exp", "sinh", "cosh", "tanh"):
        out += [(12345, 0), (-12345, 0), ((1 << 20) + 1, 0), (-(1 << 18) - 1, 0), (709, 0)]
        out += [near(rng, lambda: mp.ln2, k, 100) for k in (1, -1, 3, 1000, -77777)]
    if name in ("log", "sqrt", "root3", "root7", "atan", "asinh", "acosh", "loggamma"):
        out += [(rng.getrandbits(64) | 1, e) for e in (100, 1000, 100000)]
    if name in ("log", "sqrt", "root3", "root7"):
        out += [(rng.getrandbits(64) | 1, -e) for e in (100, 1000, 100000)]
    if name in ("sin", "cos", "tan"):
        for bits in (53, 128, 300):
            out += [near(rng, lambda: mp.pi / 2, k, bits) for k in (1, 2, 3, -4, 7, 1001, 10**9 + 7, -(10**30) + 1)]
        out += [(rng.getrandbits(64) | 1, e) for e in (0, 100, 1000, 4000)]
    if name == "gamma":
        out += [(n, 0) for n in (3, 4, 20, 50, 1000)] + [(2 * n + 1, -1) for n in (-5, -20, 10, 100)]
    return out


def fits(name, x):
    if name in UNIT:
        return abs(x) <= 1 and not (name == "atanh" and abs(x) == 1)
    if name in POSITIVE:
        return x > 0
    if name == "acosh":
        return x >= 1
    if name in ("gamma", "loggamma"):
        if x <= 0 and x == mp.floor(x):
            return False
        return abs(x) < 5000 if name == "gamma" else x > 0
    return True


def digits_of(f, args, d):
    values = []
    for extra in (40, 120):
        # Cancellation near a zero or the cut is beaten by sheer precision.
        with mp.workdps(2 * d + 400 + extra):
            values.append(mpc(f(*args)))
    a, b = values
    with mp.workdps(2 * d + 500):
        if not mp.isfinite(abs(b)) or abs(b) == 0 or abs(mp.mag(b)) > 10**6:
            return None
        if abs(a - b) > abs(b) * mpf(10) ** (-d - 20):
            raise SystemExit(f"mpmath disagrees with itself at {args}")

        def text(x):
            if x == 0 or abs(x) < abs(b) * mpf(10) ** (-d - 10):
                return "0"
            return mp.nstr(x, d + 3, strip_zeros=False, min_fixed=1, max_fixed=0)

        return [text(b.real), text(b.imag)] if b.imag != 0 else [text(b.real)]


def main(out):
    rng = random.Random(SEED)
    rows = []

    def add(name, f, xs, d):
        args = [exact(*x) for x in xs]
        if name in COMPLEX or name == "cpow":
            with mp.workprec(4000):  # mpc rounds its parts
                args = [mpc(args[i], args[i + 1]) for i in range(0, len(args), 2)]
        v = digits_of(f, args, d)
        if v is not None:
            rows.append({"f": name, "x": [[str(m), e] for m, e in xs], "v": v, "d": d})

    for d in (60, 300):
        for name, f in REAL.items():
            for x in points(rng, name, d):
                with mp.workprec(4000):  # a comparison of abs(x) would round it
                    if not fits(name, exact(*x)):
                        continue
                if d == 60 or rng.random() < 0.1:
                    if name in ("sin", "cos", "tan") and x[1] > 1000 and d > 60:
                        continue
                    add(name, f, [x], d)
        for name, f in COMPLEX.items():
            pts = [[ordinary(rng), ordinary(rng)] for _ in range(20 if d == 60 else 4)]
            for k in (5, 30, 70):
                s, t = rng.choice([-1, 1]), rng.choice([-1, 1])
                pts.append([(s, -k), ordinary(rng)])
                pts.append([ordinary(rng), (t, -k)])
                pts.append([((1 << k) + s, -k), (t, -k)])
                pts.append([(s, -k), ((1 << k) * s + t, -k)])
            pts += [[(0, 0), ordinary(rng)], [(0, 0), (1, -2)], [(0, 0), (-3, 0)], [(1, -1), (0, 0)]]
            for x in pts:
                if d == 60 or rng.random() < 0.12:
                    add(name, f, x, d)
        for _ in range(30 if d == 60 else 6):
            add("cpow", mp.power, [ordinary(rng), ordinary(rng), ordinary(rng), ordinary(rng)], d)
            add("atan2", mp.atan2, [ordinary(rng), ordinary(rng)], d)
    for name, f in (("pi", lambda: +mp.pi), ("e", lambda: +mp.e), ("ln2", lambda: +mp.ln2)):
        add(name, f, [], 300)
    rng.shuffle(rows)

    header = {"reference": f"mpmath {mpmath.__version__}", "python": platform.python_version(), "seed": SEED, "rows": len(rows)}
    with open(out, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as f:
        for row in [header] + rows:
            f.write((json.dumps(row, separators=(",", ":")) + "\n").encode())


if __name__ == "__main__":
    main(sys.argv[1])
