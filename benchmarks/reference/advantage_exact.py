"""Writes the exact goldens of package advantage: every estimator's definition,
evaluated with rational numbers and, for roots and exponentials, 80 digits.

    python advantage_exact.py OUT.jsonl.gz

The first line names the reference. Each further line is a batch,

    {"groups": [...], "tasks": [...], "rewards": [...], "lengths": [...] or null,
     "baselines": [...], "parts": {name: [...]},
     "cases": [[spelling, [advantage, ...]], ...]}

A reward "p/q" is that rational number, a number the float64 as it stands. What
is compared (is a reward above its threshold, are two rewards equal) is compared
between rationals. Advantages are the float64 next to the exact value.

The definitions are written down here from the papers and from the documentation,
not from the Go code. The generator is seeded.
"""

import gzip
import json
import platform
import random
import sys
from fractions import Fraction as F

import mpmath
from mpmath import mp, mpf

SEED = 20260519
mp.dps = 80


def real(x):
    """A Fraction as an mpf of 80 digits."""
    return mpf(x.numerator) / mpf(x.denominator) if isinstance(x, F) else mpf(x)


def root(x):
    return mp.sqrt(real(x))


def nearest(x):
    """The float64 next to x, in the subnormal range too."""
    if not isinstance(x, F):
        sign, man, exp, _ = mpf(x)._mpf_
        x = F(-man if sign else man) * F(2) ** exp
    return float(x)


class Group:
    def __init__(self, rows, rewards, task):
        self.rows, self.r, self.task = rows, rewards, task
        self.n = len(rows)
        self.mean = sum(rewards, F(0)) / self.n
        self.ss = sum(((x - self.mean) ** 2 for x in rewards), F(0))
        self.single = self.n == 1
        self.constant = not self.single and min(rewards) == max(rewards)

    def as_released(self):
        """verl's group of one: mean 0, deviation 1."""
        self.mean, self.ss = F(0), F(1)

    def var(self, ddof):
        return F(1) if self.single else self.ss / (self.n - ddof)


class Batch:
    def __init__(self, groups, tasks, rewards, lengths, baselines, parts):
        self.groups, self.tasks, self.r = groups, tasks, rewards
        self.lengths, self.baselines, self.parts = lengths, baselines, parts

    def weight(self, i):
        return self.lengths[i] if self.lengths else 1

    def rows(self):
        rows = {}
        for i, g in enumerate(self.groups):
            rows.setdefault(g, []).append(i)
        return rows.values()

    def counted(self, o, rewards=None):
        """The groups that take part under the rules of the options o."""
        r, out = rewards or self.r, []
        for rows in self.rows():
            g = Group(rows, [r[i] for i in rows], self.tasks[rows[0]])
            if g.single:
                if o.get("single") != "reference":
                    continue
                g.as_released()
            if g.constant and o.get("drop_constant"):
                continue
            out.append(g)
        return out


def denominator(variance, o, eps=F(1, 10**6)):
    eps = o.get("eps", eps)
    if o.get("eps_inside"):
        return root(variance + eps)
    return root(variance) + real(eps)


def divided(x, d):
    return real(x) / d if x != 0 else mpf(0)


def scatter(b, groups, value):
    out = [mpf(0)] * len(b.r)
    for g in groups:
        for k, i in enumerate(g.rows):
            out[i] = value(g, k)
    return out


def grpo(b, o):
    def value(g, k):
        if g.constant:
            return mpf(0)
        if o.get("baseline") == "loo" and not g.single:
            others = g.r[:k] + g.r[k + 1:]
            h = Group(list(range(g.n - 1)), others, "")
            if h.single or h.constant:
                return real(g.r[k] - h.mean)
            return divided(g.r[k] - h.mean, denominator(h.var(o.get("ddof", 1)), o))
        return divided(g.r[k] - g.mean, denominator(g.var(o.get("ddof", 1)), o))
    return scatter(b, b.counted(o), value)


def dr_grpo(b, o):
    return scatter(b, b.counted(o), lambda g, k: real(g.r[k] - g.mean))


def mean(values):
    values = list(values)
    return sum(values, F(0)) / len(values)


def by_task(groups):
    tasks = {}
    for g in groups:
        tasks.setdefault(g.task, []).append(g)
    return tasks


def tmn(b, o):
    return tmn_reweight(b, {**o, "reweight": False})


class NearTie(Exception):
    """A reward lies so close to its threshold that the library's documented
    tolerance decides."""


def tmn_reweight(b, o):
    groups = b.counted(o)
    ddof, alpha, gamma = o.get("ddof", 1), o.get("alpha", F(4, 5)), o.get("gamma", F(1))
    scale, centre = {}, {}
    for t, gs in by_task(groups).items():
        scale[t] = denominator(mean(g.var(ddof) for g in gs), o)
        weight = [g.n if o.get("task_mean") == "rollouts" else 1 for g in gs]
        centre[t] = sum((g.mean * w for g, w in zip(gs, weight)), F(0)) / sum(weight)

    def weights(g):
        t = centre[g.task] if g.single else alpha * g.mean + (1 - alpha) * centre[g.task]
        size = abs(g.mean) + abs(centre[g.task]) + max(map(abs, g.r))
        for x in g.r:
            if x != t and abs(x - t) < size * F(1, 2**44):
                raise NearTie
        p = F(sum(x > t for x in g.r), g.n)
        return mp.exp(real(gamma) * (mpf(1) / 2 - real(p)))

    def value(g, k):
        a = real(g.r[k] - g.mean)
        if a == 0 or g.constant:
            return mpf(0)
        if o.get("scale", True):
            a /= scale[g.task]
        if o.get("reweight", True):
            a = a * weights(g) if a > 0 else a / weights(g)
        return a
    return scatter(b, groups, value)


def rloo(b, o):
    def value(g, k):
        if g.single:
            return real(g.r[k])
        return real(g.r[k] - (sum(g.r, F(0)) - g.r[k]) / (g.n - 1))
    return scatter(b, b.counted(o), value)


def whitened(b, values, o, rows):
    """Over tokens: row i has weight(i) of them, all with values[i]."""
    out = [mpf(0)] * len(b.r)
    n = sum(b.weight(i) for i in rows)
    if n < 2 or len({values[i] for i in rows}) < 2:
        return out
    m = sum((b.weight(i) * values[i] for i in rows), F(0) * 0) / n
    v = sum(b.weight(i) * (values[i] - m) ** 2 for i in rows) / (n - o.get("ddof", 1))
    eps = o.get("eps", F(1, 10**8))
    if not isinstance(v, F):
        v, eps = mpf(v), real(eps)
    d = root(v + eps) if o.get("eps_inside", True) else root(v) + real(eps)
    for i in rows:
        out[i] = real(values[i] - m) / d
    return out


def reinforce_pp(b, o):
    return whitened(b, b.r, o, range(len(b.r)))


def reinforce_pp_baseline(b, o):
    centred, rows = [F(0)] * len(b.r), []
    for g in b.counted(o):
        for k, i in enumerate(g.rows):
            centred[i] = g.r[k] - g.mean
            rows.append(i)
    return whitened(b, centred, o, rows)


def remax(b, o):
    return [real(r - base) for r, base in zip(b.r, b.baselines)]


def gpg(b, o):
    groups = b.counted(o)
    rows = sum(g.n for g in groups)
    nonzero = sum(x != 0 for g in groups for x in g.r)
    f = F(rows, max(nonzero, 1)) / o.get("f_norm", F(1))
    return scatter(b, groups, lambda g, k: real(f * (g.r[k] - g.mean)))


def opo(b, o):
    def value(g, k):
        if g.single:
            return real(g.r[k])
        total = sum(b.weight(i) for i in g.rows)
        return real(g.r[k] - sum((b.weight(i) * x for i, x in zip(g.rows, g.r)), F(0)) / total)
    return scatter(b, b.counted(o), value)


def passk(b, o):
    def value(g, k):
        top = sorted(g.r, reverse=True)
        if g.single or g.r[k] != top[0] or top[0] == top[1]:
            return mpf(0)
        a = real(top[0] - top[1])
        return a / denominator(g.var(o.get("ddof", 1)), o) if o.get("std", True) else a
    return scatter(b, b.counted(o), value)


def maxrl(b, o):
    return scatter(b, b.counted(o), lambda g, k: real((g.r[k] - g.mean) / g.mean) if g.mean != 0 else mpf(0))


def spread(values, ddof):
    m = mean(values)
    return sum(((x - m) ** 2 for x in values), F(0)) / (len(values) - ddof)


def batch_std(b, o):
    groups = b.counted(o)
    values = [x for g in groups for x in g.r]
    if len(values) < 2:
        return scatter(b, [], None)
    d = denominator(spread(values, o.get("ddof", 1)), o)
    return scatter(b, groups, lambda g, k: divided(g.r[k] - g.mean, d))


def qwenlong(b, o):
    if o.get("center", "group") == "group":
        groups = b.counted(o)
    else:
        groups = [Group(rows, [b.r[i] for i in rows], b.tasks[rows[0]]) for rows in b.rows()]
    out = [mpf(0)] * len(b.r)
    for gs in by_task(groups).values():
        values = [x for g in gs for x in g.r]
        if len(values) < 2:
            continue
        d = denominator(spread(values, o.get("ddof", 1)), o)
        for g in gs:
            centre = g.mean if o.get("center", "group") == "group" else mean(values)
            for k, i in enumerate(g.rows):
                out[i] = divided(g.r[k] - centre, d)
    return out


def f_grpo(b, o):
    base = o["base"][0](b, o["base"][1]) if "base" in o else grpo(b, {})
    for rows in b.rows():
        if o.get("success") == "threshold":
            p = F(sum(b.r[i] >= o.get("threshold", F(1, 2)) for i in rows), len(rows))
        else:
            p = mean(min(max(b.r[i], F(0)), F(1)) for i in rows)
        gamma = real(o.get("gamma", F(1)))
        w = mpf(1) if gamma == 0 else real(1 - p) ** gamma
        for i in rows:
            base[i] *= w
    return base


def ha_dw(b, o):
    groups = b.counted(o)
    if "anchor" in o:
        c = o["anchor"]
    elif groups:
        c = mean(x for g in groups for x in g.r)
    lam = real(o.get("lambda", F(3, 2)))

    def value(g, k):
        d = g.r[k] - g.mean
        if d == 0 or g.constant:
            return mpf(0)
        a = real(d)
        if o.get("scale", True):
            a /= denominator(g.var(o.get("ddof", 1)), o)
        elif o.get("form") == "code":
            return a
        return a * lam * mp.exp(real(c - g.mean) * (1 if d > 0 else -1))
    return scatter(b, groups, value)


def aepo(b, o):
    base = o["base"][0](b, o["base"][1]) if "base" in o else grpo(b, {})
    h, high, low = (o.get(k, F(0)) for k in ("entropy", "high", "low"))
    masked = True if h > high else False if h < low else o.get("masked", False)
    return [mpf(0) if masked and a < 0 else a for a in base]


def gdpo(b, o):
    names = list(b.parts) if b.parts else [None]
    total = [mpf(0)] * len(b.r)
    exact = {}
    rows = [i for g in b.counted({k: v for k, v in o.items() if k != "drop_constant"}) for i in g.rows]
    for name in names:
        part = b.parts[name] if name else b.r
        w = o.get("weights", {}).get(name, F(1))
        inner = {k: v for k, v in o.items() if k in ("ddof", "eps", "eps_inside", "single", "drop_constant")}
        f = grpo if o.get("std", True) else dr_grpo
        view = Batch(b.groups, b.tasks, part, b.lengths, b.baselines, b.parts)
        for i, a in enumerate(f(view, inner)):
            total[i] += real(w) * a
        for i in rows:
            exact.setdefault(i, []).append(part[i])
    kind = o.get("whiten", "verl")
    if kind == "none":
        return total
    if kind == "verl":
        return whitened_real(b, total, rows, F(1, 10**8), True)
    flat = Batch(b.groups, b.tasks, b.r, None, b.baselines, b.parts)
    eps = o.get("eps", F(1, 10**6)) if kind == "trl" else F(0)
    return whitened_real(flat, total, rows, eps, False)


def whitened_real(b, values, rows, eps, inside):
    """whitened for values with roots in them."""
    out = [mpf(0)] * len(values)
    n = sum(b.weight(i) for i in rows)
    if n < 2:
        return out
    m = sum(b.weight(i) * values[i] for i in rows) / n
    v = sum(b.weight(i) * (values[i] - m) ** 2 for i in rows) / (n - 1)
    if v < mpf(10) ** -120:
        return out
    d = mp.sqrt(v + real(eps)) if inside else mp.sqrt(v) + real(eps)
    for i in rows:
        out[i] = (values[i] - m) / d
    return out


def spelled(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, F):
        return repr(float(value))
    if isinstance(value, dict):
        return "+".join(f"{k}:{spelled(v)}" for k, v in value.items())
    if isinstance(value, tuple):
        return spelling(value[0].__name__, value[1])
    return str(value)


def spelling(name, o):
    return name + ("(" + ",".join(f"{k}={spelled(v)}" for k, v in sorted(o.items())) + ")" if o else "")


YES = [True, False]
RULES = {"single": ["zero", "reference"], "drop_constant": YES}
SCALE = {"ddof": [0, 1], "eps": [F("1e-6"), F("1e-4"), F(1, 8)], "eps_inside": YES}
ALPHAS = [F(k, 10) for k in range(11)]
OPTIONS = {
    grpo: {**RULES, **SCALE, "baseline": ["loo"]},
    dr_grpo: RULES,
    tmn: {**RULES, **SCALE},
    tmn_reweight: {**RULES, **SCALE, "alpha": ALPHAS, "gamma": [F(1, 2), F(2), F(0)], "task_mean": ["prompts", "rollouts"], "scale": YES, "reweight": YES},
    rloo: RULES,
    reinforce_pp: {"ddof": [0, 1], "eps": SCALE["eps"], "eps_inside": YES},
    reinforce_pp_baseline: {**RULES, "ddof": [0, 1], "eps": SCALE["eps"], "eps_inside": YES},
    remax: {},
    gpg: {**RULES, "f_norm": [F(1, 2), F(3)]},
    opo: RULES,
    passk: {"ddof": [0, 1], "eps": SCALE["eps"], "std": YES, "drop_constant": YES},
    gdpo: {},
    maxrl: {"drop_constant": YES},
    batch_std: {"drop_constant": YES, **SCALE},
    qwenlong: {"center": ["group", "task"], "eps": SCALE["eps"], "ddof": [0, 1]},
    f_grpo: {"gamma": [F(0), F(1, 2), F(2), F(5, 4)], "success": ["mean", "threshold"], "threshold": [F(1, 4), F(1)],
             "base": [(tmn, {}), (tmn_reweight, {"alpha": F(1, 2)}), (dr_grpo, {}), (grpo, {"ddof": 0})]},
    ha_dw: {**RULES, **SCALE, "anchor": [F(1, 4), F(1, 2), F(-1)], "lambda": [F(1), F("1.3")], "scale": YES, "form": ["paper", "code"]},
    aepo: {"masked": YES, "base": [(tmn, {}), (tmn_reweight, {})]},
}


def options(rng, f):
    o = {k: rng.choice(v) for k, v in OPTIONS[f].items() if rng.random() < 0.4}
    if f is aepo and rng.random() < 0.7:
        o.update(low=F(1, 2), high=F(1), entropy=rng.choice([F(1, 4), F(1, 2), F(3, 4), F(1), F(2)]))
    if f is gdpo:
        if rng.random() < 0.5:
            o["weights"] = {"accuracy": rng.choice([F(1), F(2), F(1, 4)]), "format": rng.choice([F(1), F(1, 2)])}
        if rng.random() < 0.6:
            o["whiten"] = rng.choice(["verl", "trl", "nemo", "none"])
        if rng.random() < 0.3:
            o["std"] = False
    return o


def rational(style):
    kind, m = style
    return lambda rng: F(rng.randint(0, m if kind == "unit" else 2 * m), m)


# A reward maker returns a Fraction; rationals are written p/q, the others are
# float64 as they stand.
def doubles(make):
    return lambda rng: F(make(rng))


KINDS = [(rational(("unit", m)), True) for m in (1, 1, 1, 2, 3, 3, 4, 5, 6, 7, 10, 10, 12, 60, 100)]
DOUBLES = [
    doubles(lambda rng: rng.random()),
    doubles(lambda rng: 1e6 + rng.random() * 2**-10),
    doubles(lambda rng: 1e6 + rng.randint(0, 3) * 2**-20),
    doubles(lambda rng: -1e9 + rng.randint(0, 5) / 8),
    doubles(lambda rng: rng.gauss(0, 1)),
]
HUGE = [doubles(lambda rng: rng.randint(-3, 3) * 1e200), doubles(lambda rng: rng.random() * 1e200), doubles(lambda rng: rng.choice([1e200, 1e-200, 0.0, 1.0]))]
TINY = [doubles(lambda rng: rng.randint(-3, 3) * 1e-200), doubles(lambda rng: rng.random() * 1e-200), doubles(lambda rng: rng.choice([1e-200, 1e-150, 0.0]))]
HALF = F(1, 2)


def batch(rng, flavour, large=False):
    groups, tasks, rewards, exact = [], [], [], []
    prompts, n_tasks = rng.randint(1, 6), rng.randint(1, 3)
    if large:
        prompts, n_tasks = 12, 9
    makers = {"rational": [k for k, _ in KINDS], "double": DOUBLES, "huge": HUGE, "tiny": TINY}[flavour]
    same = rng.choice(makers) if rng.random() < 0.5 else None
    for p in range(prompts):
        make, task, n = same or rng.choice(makers), f"T{rng.randrange(n_tasks)}", rng.choice([1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8])
        if large:
            n = 16
        value = make(rng) if rng.random() < 0.15 else None
        for _ in range(n):
            groups.append(p)
            tasks.append(task)
            rewards.append(make(rng) if value is None else value)
    rows = list(range(len(groups)))
    if rng.random() < 0.6:
        rng.shuffle(rows)
    take = lambda x: [x[i] for i in rows]
    n = len(rows)
    unit = {"huge": F(1e200), "tiny": F(1e-200)}.get(flavour, F(1))
    return Batch(take(groups), take(tasks), take(rewards), [rng.randint(1, 40) for _ in rows] if rng.random() < 0.8 else None,
                 [F(float(F(rng.randint(0, 4), 4) * unit)) for _ in rows],
                 {"accuracy": [F(rng.randint(0, 3), 3) for _ in rows], "format": [F(rng.randint(0, 1)) for _ in rows]})


def written(x, flavour):
    return f"{x.numerator}/{x.denominator}" if flavour == "rational" else float(x)


NOT = {"huge": {ha_dw, f_grpo, gdpo}, "tiny": {ha_dw, f_grpo, gdpo}, "double": {f_grpo, gdpo}}


def main():
    rng = random.Random(SEED)
    lines = [json.dumps({"reference": f"definitions in rational numbers and mpmath {mpmath.__version__} with {mp.dps} digits",
                         "python": platform.python_version(), "seed": SEED})]
    flavours = ["rational"] * 200 + ["double"] * 60 + ["huge"] * 35 + ["tiny"] * 35
    skipped = 0
    names = list(OPTIONS)
    for n, flavour in enumerate(flavours):
        b = batch(rng, flavour, large=n % 40 == 7)
        cases = []
        for f in rng.sample([x for x in names if x not in NOT.get(flavour, ())], 7) + [tmn_reweight]:
            o = options(rng, f)
            if f is maxrl and any(r < 0 for r in b.r):
                continue
            if f is ha_dw and "anchor" in o and flavour == "double":
                continue  # exp of a million
            try:
                cases.append([spelling(f.__name__, o), [nearest(a) for a in f(b, o)]])
            except NearTie:
                skipped += 1
            except OverflowError:
                skipped += 1
        lines.append(json.dumps({"groups": b.groups, "tasks": b.tasks, "rewards": [written(x, flavour) for x in b.r], "lengths": b.lengths,
                                 "baselines": [float(x) for x in b.baselines],
                                 "parts": {k: [written(x, "rational") for x in v] for k, v in b.parts.items()}, "cases": cases}, separators=(",", ":")))
    with open(sys.argv[1], "wb") as f, gzip.GzipFile(fileobj=f, mode="wb", mtime=0, filename="") as z:
        z.write(("\n".join(lines) + "\n").encode())
    count = sum(len(json.loads(x)["cases"]) for x in lines[1:])
    print(f"{len(lines) - 1} batches, {count} cases, {skipped} left out")


if __name__ == "__main__":
    main()
