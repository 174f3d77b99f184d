"""The Python side of benchmarks/advspeed: times advantage estimators on torch.

    advantage_time.py RELEASE_DIR

RELEASE_DIR is a checkout of xiaoxuanNLP/GoLongRL. Reads one JSON object per line
from standard input, {"Estimator", "Rewards", "Groups", "Tasks"}, and answers with
a line {"Seconds": per call, "Values": advantages}. Tensors and arrays are made
before the clock starts, with one token per response, so that the broadcast over
tokens costs next to nothing. Everything runs on one thread in float32, as in
training.

    tmn_released   compute_tmn_grpo_outcome_advantage with difficulty_reweight
    tmn_torch      the same by a few tensor operations on indices that are there:
                   the least that torch can do
    grpo_released  compute_grpo_outcome_advantage, which verl has too
    grpo_torch     the same by tensor operations on indices that are there
"""

import json
import sys
import time

import numpy as np
import torch

from verl_functions import algos

ALPHA, EPS = 0.8, 1e-6


def sums(index, values, n):
    return torch.zeros(n, dtype=values.dtype).index_add_(0, index, values)


class Indexed:
    """Groups and tasks as tensors, counted once."""

    def __init__(self, groups, tasks):
        self.group = torch.from_numpy(np.unique(groups, return_inverse=True)[1])
        task = torch.from_numpy(np.unique(tasks, return_inverse=True)[1])
        self.groups, self.tasks = int(self.group.max()) + 1, int(task.max()) + 1
        self.task = torch.zeros(self.groups, dtype=torch.long)
        self.task[self.group] = task
        self.n = torch.bincount(self.group).float()
        self.prompts = torch.bincount(self.task, minlength=self.tasks).float()


@torch.no_grad()
def grpo_torch(r, ix):
    d = r - (sums(ix.group, r, ix.groups) / ix.n)[ix.group]
    var = sums(ix.group, d * d, ix.groups) / (ix.n - 1)
    return d / (var.sqrt() + EPS)[ix.group]


@torch.no_grad()
def tmn_torch(r, ix):
    mean = sums(ix.group, r, ix.groups) / ix.n
    d = r - mean[ix.group]
    var = sums(ix.group, d * d, ix.groups) / (ix.n - 1)
    scale = (sums(ix.task, var, ix.tasks) / ix.prompts).sqrt() + EPS
    threshold = ALPHA * mean + (1 - ALPHA) * (sums(ix.task, mean, ix.tasks) / ix.prompts)[ix.task]
    p = sums(ix.group, (r > threshold[ix.group]).float(), ix.groups) / ix.n
    up = torch.exp(0.5 - p)
    inverse = 1 / scale[ix.task]
    return d * torch.where(d > 0, (up * inverse)[ix.group], (inverse / up)[ix.group])


def main():
    torch.set_num_threads(1)
    fork = algos(sys.argv[1] + "/Train/verl", ["compute_grpo_outcome_advantage", "compute_tmn_grpo_outcome_advantage"])
    for line in sys.stdin:
        row = json.loads(line)
        r = torch.tensor(row["Rewards"], dtype=torch.float32)
        rewards, mask = r.unsqueeze(-1), torch.ones(len(r), 1)
        groups, tasks = np.array(row["Groups"], dtype=object), np.array(row["Tasks"], dtype=object)
        ix = Indexed(groups, tasks)
        call = {
            "tmn_released": lambda: fork["compute_tmn_grpo_outcome_advantage"](rewards, mask, groups, tasks, difficulty_reweight=True,
                                                                                difficulty_smooth_alpha=ALPHA)[0][:, 0],
            "grpo_released": lambda: fork["compute_grpo_outcome_advantage"](rewards, mask, groups)[0][:, 0],
            "tmn_torch": lambda: tmn_torch(r, ix),
            "grpo_torch": lambda: grpo_torch(r, ix),
        }[row["Estimator"]]
        values = call()
        calls, start = 0, time.perf_counter()
        while True:
            call()
            calls += 1
            elapsed = time.perf_counter() - start
            if elapsed > 0.2:
                break
        print(json.dumps({"Seconds": elapsed / calls, "Values": values.tolist()}), flush=True)


if __name__ == "__main__":
    main()
