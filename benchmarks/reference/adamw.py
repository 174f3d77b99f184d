"""Writes the golden of AdamW in internal/kernels: twenty steps of torch's.

    python adamw.py OUT

torch 2.7.1 on a CPU, torch.optim.AdamW with foreach=False. The output is one JSON
object: "reference", "torch", "python", and "cases" with the settings, "w" at the
start, "g" per step, and for "float64" and "float32" the final [w, m, v]. Numbers at
the start and gradients have three decimals, so that they are short.
"""

import json
import platform
import random
import sys

import torch

SEED = 20260520
STEPS = 20
SIZE = 11  # a register of eight, and a tail
SETTINGS = [
    {"lr": 1e-3, "beta1": 0.9, "beta2": 0.95, "eps": 1e-8, "decay": 0.1},
    {"lr": 2e-6, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "decay": 0.0},
    {"lr": 0.05, "beta1": 0.3, "beta2": 0.9, "eps": 1e-3, "decay": 0.01},
]


def steps(dtype, setting, w, grads):
    p = torch.nn.Parameter(torch.tensor(w, dtype=dtype))
    betas = (setting["beta1"], setting["beta2"])
    adamw = torch.optim.AdamW([p], lr=setting["lr"], betas=betas, eps=setting["eps"], weight_decay=setting["decay"], foreach=False)
    for g in grads:
        p.grad = torch.tensor(g, dtype=dtype)
        adamw.step()
    state = adamw.state[p]
    return [x.tolist() for x in (p.detach(), state["exp_avg"], state["exp_avg_sq"])]


def main():
    rng = random.Random(SEED)
    cases = []
    for setting in SETTINGS:
        w = [round(rng.gauss(0, 1), 3) for _ in range(SIZE)]
        grads = [[round(rng.gauss(0, 10 ** (i % 4 - 2)), 3) for i in range(SIZE)] for _ in range(STEPS)]
        for g in grads:
            g[3] = 0.0  # never a gradient: 0/eps
        cases.append({**setting, "w": w, "g": grads, "float64": steps(torch.float64, setting, w, grads), "float32": steps(torch.float32, setting, w, grads)})
    out = {"reference": "torch.optim.AdamW, foreach=False, CPU", "torch": torch.__version__.split("+")[0], "python": platform.python_version(), "cases": cases}
    with open(sys.argv[1], "w") as f:
        json.dump(out, f, separators=(",", ":"))
        f.write("\n")


if __name__ == "__main__":
    main()
