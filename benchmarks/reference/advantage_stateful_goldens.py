"""Writes the golden of ha_dw, the overlong penalties and dynamic sampling.

    python advantage_stateful_goldens.py --source HA-DW --verl verl --trl trl --release GoLongRL --out stateful.jsonl.gz

The arguments are checkouts of yangfengkai/HA-DW (8b08794), verl-project/verl,
huggingface/trl and xiaoxuanNLP/GoLongRL (c34dba3). Only the functions and
statements needed are cut out of them, with ast, and run with torch on the CPU.
The first line of the output names the commits and versions. The others are

    {"kind": "ha_dw", "group": [...], "reward": [...], "history": [...] or null,
     "scale": bool, "advantage": [...]}
         compute_ha_dw_outcome_advantage in float64; the history passes through
         float32 in the code, so its values and their means are exact there
    {"kind": "ha_dw_run", "window": k, "steps": [{"group", "reward", "exact", "advantage"}, ...]}
         the same over a training run, with the window of the trainer; exact says
         that float32 holds the mean of the history
    {"kind": "verl_overlong", "max_len", "buffer", "factor", "length": [...], "penalty": [...]}
         the statements of DAPORewardManager, lengths as Python integers
    {"kind": "trl_overlong", "max_len", "cache", "length": [...], "penalty": [...]}
    {"kind": "filter_groups", "group": [...], "reward": [...], "keep": [rows],
     "rounded": [groups]}
         the statements of dapo_ray_trainer.py; rounded are the groups of equal
         rewards that they keep since the deviation is not 0 after rounding

The generator is seeded: the same versions give the same lines.
"""

import argparse
import ast
import gzip
import json
import platform
import random
import subprocess
import types
import typing
from collections import defaultdict, deque
from pathlib import Path

import numpy as np
import torch

SEED = 260108521


def parse(path):
    return ast.parse(Path(path).read_text(), str(path))


def run(nodes, scope):
    """Runs nodes of a syntax tree in scope."""
    module = ast.Module(body=list(nodes), type_ignores=[])
    exec(compile(ast.fix_missing_locations(module), "<extract>", "exec"), scope)
    return scope


def functions(path, *names):
    """The functions of a file, without their decorators."""
    found = [n for n in parse(path).body if isinstance(n, ast.FunctionDef) and n.name in names]
    assert sorted(n.name for n in found) == sorted(names), (path, names)
    for node in found:
        node.decorator_list = []
    scope = {"np": np, "torch": torch, "defaultdict": defaultdict, "Optional": typing.Optional, "Any": typing.Any,
             "AlgoConfig": object}
    return [run(found, scope)[n] for n in names]


def assigns(node, name):
    return isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets)


def block(path, first, last):
    """The run of sibling statements from the first that assigns first to the
    next that assigns last."""
    for parent in ast.walk(parse(path)):
        for field in ("body", "orelse"):
            body = getattr(parent, field, None)
            if not isinstance(body, list):
                continue
            at = [i for i, n in enumerate(body) if assigns(n, first)]
            to = [i for i, n in enumerate(body) if assigns(n, last)]
            to = [i for i in to if at and i > at[0]]
            if to:
                return body[at[0]:to[0] + 1]
    raise LookupError((path, first, last))


def commit(path):
    return subprocess.check_output(["git", "-C", str(path), "rev-parse", "--short=7", "HEAD"], text=True).strip()


def draw_rewards(rng, n):
    style = rng.randrange(6)
    if style == 0:
        p = rng.random()
        return [float(rng.random() < p) for _ in range(n)]
    if style == 1:
        return [rng.randint(0, 8) / 8 for _ in range(n)]
    if style == 2:
        return [rng.randint(0, 3) / 3 for _ in range(n)]
    if style == 3:
        return [rng.choice([0.0, 0.1, 0.5, 0.7, 1.0])] * n
    if style == 4:
        return [round(rng.uniform(-2, 3), 4) for _ in range(n)]
    return [round(rng.random(), 6) for _ in range(n)]


def draw_batch(rng, singles):
    groups, rewards = [], []
    for g in range(rng.randint(1, 12)):
        n = rng.choice([2, 3, 3, 4, 8, 16] + [1] * singles)
        groups += [g] * n
        rewards += draw_rewards(rng, n)
    if rng.random() < 0.5:
        order = list(range(len(groups)))
        rng.shuffle(order)
        groups, rewards = [groups[i] for i in order], [rewards[i] for i in order]
    return groups, rewards


def hadw(function, groups, rewards, history, scale):
    scores = torch.tensor(rewards, dtype=torch.float64).unsqueeze(-1)
    out, _ = function(scores, torch.ones_like(scores), np.array(groups), batch_reward_history=history,
                      norm_adv_by_std_in_grpo=scale)
    return out[:, 0].tolist()


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("source", "verl", "trl", "release", "out"):
        args.add_argument("--" + name, required=True)
    args = args.parse_args()
    rng = random.Random(SEED)
    lines = []

    compute, _ = functions(Path(args.source, "verl/trainer/ppo/core_algos.py"),
                           "compute_ha_dw_outcome_advantage", "compute_reward_history_stats")
    for i in range(120):
        groups, rewards = draw_batch(rng, singles=3 * (i % 3 == 0))
        history = None
        if i % 2:
            history = [rng.randint(-64, 192) / 128 for _ in range(rng.choice([1, 2, 4, 8]))]
        scale = i % 8 != 7
        lines.append({"kind": "ha_dw", "group": groups, "reward": rewards, "history": history, "scale": scale,
                      "advantage": hadw(compute, groups, rewards, history, scale)})
    for window in (1, 2, 4, 8):
        steps, history = [], deque(maxlen=window)
        for _ in range(12):
            # 64 rewards of eighths: their mean is exact in float32.
            groups = [i // 8 for i in range(64)]
            rewards = [rng.randint(0, 8) / 8 for _ in groups]
            history.append(float(np.mean(rewards)))
            n = len(history)
            steps.append({"group": groups, "reward": rewards, "exact": n & (n - 1) == 0,
                          "advantage": hadw(compute, groups, rewards, list(history), True)})
        lines.append({"kind": "ha_dw_run", "window": window, "steps": steps})

    manager = block(Path(args.verl, "verl/workers/reward_manager/dapo.py"), "overlong_buffer_len", "overlong_reward")
    for max_len, buffer, factor in ((20480, 4096, 1.0), (100, 20, 1.0), (100, 100, 0.5), (7, 3, 2.0), (1000, 1, 1.0),
                                    (16384, 4096, 0.3)):
        lengths = sorted({0, 1, max_len - buffer - 1, max_len - buffer, max_len - buffer + 1, max_len - 1, max_len,
                          max_len + 1, 2 * max_len} | {rng.randint(0, max_len) for _ in range(20)})
        lengths = [n for n in lengths if n >= 0]
        penalty = []
        for n in lengths:
            scope = {"self": types.SimpleNamespace(max_resp_len=max_len, overlong_buffer_cfg=types.SimpleNamespace(
                len=buffer, penalty_factor=factor)), "valid_response_length": n}
            penalty.append(float(run(manager, scope)["overlong_reward"]))
        lines.append({"kind": "verl_overlong", "max_len": max_len, "buffer": buffer, "factor": factor,
                      "length": lengths, "penalty": penalty})

    tree = parse(Path(args.trl, "trl/rewards/other_rewards.py"))
    scope = run([n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "_SoftOverlongPunishment"], {})
    for max_len, cache in ((20480, 4096), (100, 20), (100, 100), (7, 3), (50, 0)):
        lengths = sorted({0, 1, max_len - cache, max_len - cache + 1, max_len - 1, max_len, max_len + 1, 2 * max_len}
                         | {rng.randint(0, max_len) for _ in range(20)})
        penalty = scope["_SoftOverlongPunishment"](max_len, cache)([[0] * n for n in lengths])
        lines.append({"kind": "trl_overlong", "max_len": max_len, "cache": cache, "length": lengths, "penalty": penalty})

    filters = block(Path(args.release, "Train/verl/recipe/dapo/dapo_ray_trainer.py"),
                    "prompt_uid2metric_vals", "new_batch")[:-1]
    for _ in range(60):
        groups, rewards = draw_batch(rng, singles=2)
        batch = types.SimpleNamespace(non_tensor_batch={"uid": groups, "score": rewards})
        scope = {"new_batch": batch, "metric_name": "score", "defaultdict": defaultdict, "np": np, "num_prompt_in_batch": 0}
        run(filters, scope)
        constant = {g for g in groups if len({r for h, r in zip(groups, rewards) if h == g}) == 1}
        rounded = [g for g in constant if groups.count(g) > 1 and g in scope["kept_prompt_uids"]]
        lines.append({"kind": "filter_groups", "group": groups, "reward": rewards, "keep": scope["kept_traj_idxs"],
                      "rounded": sorted(set(rounded))})

    header = {"reference": {"yangfengkai/HA-DW": commit(args.source), "verl-project/verl": commit(args.verl),
                            "huggingface/trl": commit(args.trl), "xiaoxuanNLP/GoLongRL": commit(args.release)},
              "seed": SEED, "python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}
    with open(args.out, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as out:
        for line in [header] + lines:
            out.write((json.dumps(line, separators=(",", ":")) + "\n").encode())


if __name__ == "__main__":
    main()
