"""Writes the goldens of package advantage with the released estimators and verl's.

    python advantage_goldens.py --release DIR --verl DIR --out DIR

--release is a checkout of xiaoxuanNLP/GoLongRL at c34dba3, --verl one of
verl-project/verl at 1dda039. Writes released.jsonl.gz and verl.jsonl.gz. The first
line of each names the reference. Each further line is a batch,

    {"groups", "tasks", "rewards", "lengths", "baselines", "parts": see advantage_exact.py,
     "cases": [[spelling, float32 or null, float64 or null, noise], ...]}

with what the reference returns for float32 rewards, as it is called in training,
and for float64 rewards, each with the rows in noise[0] and noise[1] left to chance:

- rows of groups, tasks or batches whose rewards are equal: their mean is rounded, and the reference
  returns the rounding error over eps where the true value is 0;
- rows of groups in which a reward equals the threshold of TMN-Reweight: whether it
  is above is decided by the rounding of the threshold.

The script knows these groups from exact arithmetic (advantage_exact.py) and stops
if a value that does not agree with the exact definition has no such reason. gdpo
and grpo_vectorized compute in float32 whatever they get; the float64 run of gdpo
has its literal dtypes widened.
"""

import argparse
import gzip
import json
import os
import random
from fractions import Fraction as F

import numpy as np
import torch

import advantage_exact as exact
from advantage_exact import Batch, Group, spelling
from verl_functions import Config, algos, commit

SEED = 20260519
RELEASE, VERL = "c34dba3", "1dda039"


def tensors(b, dtype):
    """Token rewards and mask: the reward lies on the last token of a response."""
    longest = max(b.lengths)
    mask = torch.zeros(len(b.r), longest, dtype=torch.long)
    rewards = torch.zeros(len(b.r), longest, dtype=dtype)
    for i, n in enumerate(b.lengths):
        mask[i, :n] = 1
        rewards[i, n - 1] = float(b.r[i])
    return rewards, mask


def first_tokens(result):
    return [float(x) for x in result[:, 0]]


def constant_rows(b):
    return {i for g in b.rows() if len(g) > 1 and len({b.r[i] for i in g}) == 1 for i in g}


def constant_tasks(b):
    rows = {}
    for i, t in enumerate(b.tasks):
        rows.setdefault(t, []).append(i)
    return {i for task in rows.values() if len({b.r[i] for i in task}) == 1 for i in task}


def tied_rows(b, o):
    """Rows of groups in which a reward equals the threshold, or nearly so for
    numbers of float32."""
    exactly, nearly = set(), set()
    for gs in exact.by_task(b.counted({"single": "reference"})).values():
        centre = exact.mean(g.mean for g in gs)
        for g in gs:
            t = centre if g.single else o["alpha"] * g.mean + (1 - o["alpha"]) * centre
            if t in g.r:
                exactly.update(g.rows)
            if any(abs(x - t) < F(1, 10**6) for x in g.r):
                nearly.update(g.rows)
    return exactly, nearly


class Tally:
    def __init__(self):
        self.cases = self.float32_dropped = self.constant = self.tied = 0


def case(tally, b, name, options, f, run32, run64, ties=(set(), set()), noise=None):
    """One line of cases; checks the reference against the exact definition."""
    want = [exact.nearest(a) for a in f(b, options)]
    if not any(want):
        noise = set(range(len(b.r)))
    elif noise is None:
        noise = constant_rows(b)
    results, noises = [], []
    for run, tol, tied in ((run32, 1e-5, ties[1]), (run64, 1e-9, ties[0])):
        chance = {i for i in noise if want[i] == 0}
        if run is None:
            results.append(None)
            noises.append([])
            continue
        got = run()
        scale = max([abs(w) for i, w in enumerate(want) if i not in chance] + [0.0])
        off = {i for i in range(len(want)) if abs(got[i] - want[i]) > tol * scale}
        if not off <= chance | tied:
            if tol < 1e-6:
                raise SystemExit(f"{name} {options}: rows {sorted(off - chance - tied)[:5]} have no excuse: "
                                 f"{[(got[i], want[i]) for i in sorted(off - chance - tied)[:5]]}")
            tally.float32_dropped += 1
            results.append(None)
            noises.append([])
            continue
        tally.constant += len(off & chance)
        tally.tied += len(off - chance)
        results.append([float(f"{x:.7g}" if tol > 1e-6 else f"{x:.11g}") for x in got])
        noises.append(sorted(off))
    tally.cases += 1
    return [spelling(name, options), *results, noises]


STYLES = [(1,), (1,), (1,), (2,), (3,), (4,), (6,), (10,), (60,), (100,)]


def batch(rng, large=False, offset=False, singles=True):
    groups, tasks, rewards = [], [], []
    prompts = 128 if large else rng.randint(1, 12) if rng.random() < 0.4 else rng.randint(1, 5)
    kinds = 9 if large else rng.randint(1, 9)
    for p in range(prompts):
        (m,), task = rng.choice(STYLES[:4] if large else STYLES), f"T{rng.randrange(kinds)}"
        n = 16 if large else rng.randint(1 if singles else 2, 16 if rng.random() < 0.3 else 6)
        shift = rng.choice([0, 3, 50, 100]) if offset else 0
        same = F(rng.randint(0, m), m) if rng.random() < 0.15 else None
        for _ in range(n):
            groups.append(p)
            tasks.append(task)
            rewards.append((F(rng.randint(0, m), m) if same is None else same) + shift)
    rows = list(range(len(groups)))
    if rng.random() < 0.7:
        rng.shuffle(rows)
    n = len(rows)
    return Batch([groups[i] for i in rows], [tasks[i] for i in rows], [rewards[i] for i in rows],
                 [1 if large else rng.randint(8, 24) for _ in rows], [F(rng.randint(0, 4), 4) for _ in rows],
                 {"accuracy": [F(rng.randint(0, 3), 3) for _ in rows], "format": [F(rng.randint(0, 1)) for _ in rows]})


def line(b, cases):
    return json.dumps({"groups": b.groups, "tasks": b.tasks, "rewards": [f"{x.numerator}/{x.denominator}" for x in b.r],
                       "lengths": b.lengths, "baselines": [float(x) for x in b.baselines],
                       "parts": {k: [f"{x.numerator}/{x.denominator}" for x in v] for k, v in b.parts.items()}, "cases": cases}, separators=(",", ":"))


def both(b, f, offset, **kwargs):
    """f for float32 and for float64 rewards. Offsets leave float32 no digits."""
    index = np.array([str(g) for g in b.groups], dtype=object)

    def run(dtype):
        rewards, mask = tensors(b, dtype)
        extra = {k: v(dtype) if callable(v) else v for k, v in kwargs.items()}
        torch.set_default_dtype(dtype)  # of the constants in the functions
        try:
            return first_tokens(f(token_level_rewards=rewards, response_mask=mask, index=index, **extra)[0])
        finally:
            torch.set_default_dtype(torch.float32)
    return (None if offset else lambda: run(torch.float32)), lambda: run(torch.float64)


def released(rng, fork, tally, count):
    for n in range(count):
        large, offset = n < 2, n % 5 == 4
        b = batch(rng, large, offset)
        tasks = np.array(b.tasks, dtype=object)
        cases = []
        eps = rng.choice([F("1e-6"), F("1e-6"), F("1e-4")])
        given = {} if eps == F("1e-6") else {"eps": eps}
        base = {"single": "reference", **given}
        # TMN, with and without steps 2 and 3 and step 1.
        o, args = dict(base), {"epsilon": float(eps), "reward_mode": tasks}
        ties = (set(), set())
        if rng.random() < 0.75:
            o["alpha"] = rng.choice([F(0), F(1, 2), F(4, 5), F(4, 5), F(1), F(3, 10)])
            args.update(difficulty_reweight=True, difficulty_smooth_alpha=float(o["alpha"]))
            if rng.random() < 0.4:
                o["gamma"] = rng.choice([F(0), F(1, 2), F(2)])
                args["difficulty_gamma"] = float(o["gamma"])
            if rng.random() < 0.2:
                o["scale"] = False
                args["norm_adv_by_task_scale"] = False
            name, f, ties = "tmn_reweight", exact.tmn_reweight, tied_rows(b, o)
        else:
            name, f = "tmn", exact.tmn
        cases.append(case(tally, b, name, o, f, *both(b, fork["compute_tmn_grpo_outcome_advantage"], offset, **args), ties=ties))
        cases.append(case(tally, b, "qwenlong", {"center": "task", **given}, exact.qwenlong,
                          *both(b, fork["compute_qwenlong_task_advantage"], offset, reward_mode=tasks, epsilon=float(eps)),
                          noise=constant_tasks(b)))
        if rng.random() < 0.7:
            cases.append(case(tally, b, "grpo", base, exact.grpo, *both(b, fork["compute_grpo_outcome_advantage"], offset, epsilon=float(eps))))
        else:
            cases.append(case(tally, b, "dr_grpo", {"single": "reference"}, exact.dr_grpo,
                              *both(b, fork["compute_grpo_outcome_advantage"], offset, norm_adv_by_std_in_grpo=False)))
        yield line(b, cases)


def upstream(rng, verl, wide, tally, count):
    ref = {"single": "reference"}
    for n in range(count):
        offset, singles = n % 5 == 4, n % 3 != 0
        b = batch(rng, False, offset, singles)
        eps = rng.choice([F("1e-6"), F("1e-4")])
        given = {} if eps == F("1e-6") else {"eps": eps}
        e = {"epsilon": float(eps)}
        cases = []

        def add(name, o, f, function, noise=None, only32=False, widened=None, **args):
            r32, r64 = both(b, function, offset, **args)
            if only32:
                r64 = None
            elif widened:
                r64 = both(b, widened, offset, **args)[1]
            cases.append(case(tally, b, name, o, f, r32, r64, noise=noise))

        jobs = [
            lambda: add("grpo", {**ref, **given}, exact.grpo, verl["compute_grpo_outcome_advantage"], **e),
            lambda: add("rloo", ref, exact.rloo, verl["compute_rloo_outcome_advantage"]),
            lambda: add("rloo", {}, exact.rloo, verl["compute_rloo_vectorized_outcome_advantage"]),
            lambda: add("opo", ref, exact.opo, verl["compute_opo_outcome_advantage"]),
        ]
        # verl adds 1e-8 to the number of tokens that it divides by: that shows in
        # small batches and where the mean is far from 0.
        whitening = [
            lambda: add("reinforce_pp", {}, exact.reinforce_pp, lambda index, **a: verl["compute_reinforce_plus_plus_outcome_advantage"](**a),
                        noise=set(), config=Config(gamma=1.0)),
            lambda: add("reinforce_pp_baseline", ref, exact.reinforce_pp_baseline, verl["compute_reinforce_plus_plus_baseline_outcome_advantage"],
                        noise=set()),
        ]
        jobs += [
            lambda: add("remax", {}, exact.remax, lambda index, **a: verl["compute_remax_outcome_advantage"](**a), noise=set(),
                        reward_baselines=lambda t: torch.tensor([float(x) for x in b.baselines], dtype=t)),
            lambda: add("gpg", ref, exact.gpg, verl["compute_gpg_outcome_advantage"]),
        ]
        if not singles:
            jobs.append(lambda: add("passk", given, exact.passk, verl["compute_grpo_passk_outcome_advantage"], config=Config(norm_adv_by_std_in_grpo=True), **e))
            jobs.append(lambda: add("passk", {"std": False}, exact.passk, verl["compute_grpo_passk_outcome_advantage"], config=Config(norm_adv_by_std_in_grpo=False)))
        o, weights = dict(ref), None
        if rng.random() < 0.5:
            o["weights"] = {"accuracy": rng.choice([F(1), F(2), F(1, 4)]), "format": rng.choice([F(1), F(1, 2)])}
            weights = [float(w) for w in o["weights"].values()]
        mask = tensors(b, torch.float64)[1]
        whitening.append(lambda: add("gdpo", o, exact.gdpo, verl["compute_gdpo_outcome_advantage"], widened=wide["compute_gdpo_outcome_advantage"], noise=set(),
                                config=Config(gdpo_reward_keys=["accuracy", "format"], gdpo_reward_weights=weights),
                                non_tensor_batch={k: np.array([float(x) for x in v]) for k, v in b.parts.items()},
                                batch={"prompts": torch.zeros(len(b.r), 1), "attention_mask": torch.cat([torch.ones(len(b.r), 1, dtype=torch.long), mask], 1)}))
        jobs = rng.sample(jobs, 3)
        if not offset and sum(b.lengths) >= 200:
            jobs += rng.sample(whitening, 2)
        for job in jobs:
            job()
        yield line(b, cases)


def write(path, header, lines):
    with open(path, "wb") as f, gzip.GzipFile(fileobj=f, mode="wb", mtime=0, filename="") as z:
        z.write((json.dumps(header) + "\n").encode())
        for x in lines:
            z.write((x + "\n").encode())


def main():
    p = argparse.ArgumentParser()
    for flag in ("--release", "--verl", "--out"):
        p.add_argument(flag, required=True)
    args = p.parse_args()
    torch.set_num_threads(1)
    fork_dir = os.path.join(args.release, "Train", "verl")
    fork_commit, verl_commit = commit(args.release), commit(args.verl)
    if not fork_commit.startswith(RELEASE) or not verl_commit.startswith(VERL):
        raise SystemExit(f"want GoLongRL at {RELEASE} and verl at {VERL}, have {fork_commit} and {verl_commit}")
    fork = algos(fork_dir, ["compute_grpo_outcome_advantage", "compute_qwenlong_task_advantage", "compute_tmn_grpo_outcome_advantage"])
    names = ["compute_grpo_outcome_advantage", "compute_gdpo_outcome_advantage", "compute_grpo_passk_outcome_advantage",
             "compute_reinforce_plus_plus_baseline_outcome_advantage", "compute_rloo_outcome_advantage", "compute_opo_outcome_advantage",
             "compute_reinforce_plus_plus_outcome_advantage", "compute_remax_outcome_advantage", "compute_gpg_outcome_advantage",
             "compute_rloo_vectorized_outcome_advantage"]
    verl, wide = algos(args.verl, names), algos(args.verl, names, widen=True)
    versions = {"torch": torch.__version__, "numpy": np.__version__, "seed": SEED}
    for name, what, make in (
        ("released", f"xiaoxuanNLP/GoLongRL {fork_commit} Train/verl core_algos.py", lambda t: released(random.Random(SEED), fork, t, 320)),
        ("verl", f"verl-project/verl {verl_commit} core_algos.py", lambda t: upstream(random.Random(SEED + 1), verl, wide, t, 320)),
    ):
        tally = Tally()
        path = os.path.join(args.out, name + ".jsonl.gz")
        write(path, {"reference": what, **versions}, make(tally))
        print(f"{path}: {os.path.getsize(path)} bytes, {tally.cases} cases, {tally.float32_dropped} float32 runs without digits, "
              f"{tally.constant} rows of equal rewards are not 0 in the reference, {tally.tied} rows hang on the rounding of a threshold")


if __name__ == "__main__":
    main()
