"""Cuts code out of training stacks and draws batches for it.

Part of advantage_stack_goldens.py: functions, classes and runs of statements are
cut out of their files with ast and run as they are, with the names they need.
"""

import __future__
import ast
import os
import subprocess
import types
from collections import defaultdict
from types import SimpleNamespace as Space

import numpy as np
import torch


class Wide(types.ModuleType):
    """A module whose float32 is float64.

    The conventions are about formulas. With float32 a difference of 1e-6 in an
    epsilon would drown in rounding.
    """

    def __init__(self, module):
        super().__init__(module.__name__)
        self._module, self._wide = module, module.float64

    def __getattr__(self, name):
        return self._wide if name in ("float", "float32") else getattr(self._module, name)


torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.Tensor.float = torch.Tensor.double


class Stack:
    """A checkout whose code is cut out and run."""

    def __init__(self, path):
        self.path = path

    def commit(self):
        return subprocess.check_output(["git", "-C", self.path, "rev-parse", "HEAD"], text=True).strip()

    def tree(self, file):
        with open(os.path.join(self.path, file), encoding="utf-8") as f:
            return ast.parse(f.read())

    def run(self, nodes, names):
        module = ast.Module(body=nodes, type_ignores=[])
        exec(compile(module, "cut", "exec", flags=__future__.annotations.compiler_flag), names)

    def take(self, file, wanted, names=None):
        """The functions and classes `wanted` of a file, as a namespace."""
        names = dict(base_names(), **(names or {}))
        found = []
        for node in self.tree(file).body:
            if getattr(node, "name", None) in wanted:
                node.decorator_list = []
                found.append(node)
        missing = set(wanted) - {n.name for n in found}
        assert not missing, (file, missing)
        self.run(found, names)
        return Space(**names)

    def method(self, file, cls, name, names=None):
        """A method as a plain function of self and the rest."""
        names = dict(base_names(), **(names or {}))
        body = next(n for n in self.tree(file).body if getattr(n, "name", None) == cls).body
        node = next(n for n in body if getattr(n, "name", None) == name)
        node.decorator_list = []
        self.run([node], names)
        return names[name]

    def statements(self, file, first, last):
        """The run of statements from the one that assigns `first` to the one
        after it that assigns `last`, in whichever block they stand."""
        for node in ast.walk(self.tree(file)):
            for body in (getattr(node, "body", None), getattr(node, "orelse", None)):
                if not isinstance(body, list):
                    continue
                start = [i for i, s in enumerate(body) if isinstance(s, ast.Assign) and first in assigned(s)]
                stop = [i for i, s in enumerate(body) if last in assigned(s)]
                if start and stop and start[0] <= stop[-1]:
                    return body[start[0] : stop[-1] + 1]
        raise LookupError((file, first))

    def between(self, nodes, names):
        names = dict(base_names(), **names)
        self.run(nodes, names)
        return names


def assigned(statement):
    """Names that a statement assigns, also inside an if."""
    out = set()
    for node in ast.walk(statement) if isinstance(statement, (ast.Assign, ast.If)) else []:
        for target in node.targets if isinstance(node, ast.Assign) else []:
            out |= {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
    return out


def base_names():
    return {"torch": Wide(torch), "np": Wide(np), "os": os, "defaultdict": defaultdict, "F": torch.nn.functional}


class Batch:
    """Rows of one update with tensors as the stacks want them."""

    def __init__(self, key, groups, tasks, rewards, lengths, exact):
        self.key, self.groups, self.tasks, self.rewards, self.lengths, self.exact = key, groups, tasks, rewards, lengths, exact
        self.baselines = self.components = None
        self.r = torch.tensor(rewards, dtype=torch.float64)
        self.uid = np.array([str(g) for g in groups], dtype=object)
        self.mode = np.array(tasks)
        width = max(lengths)
        self.mask = torch.tensor([[int(t < n) for t in range(width)] for n in lengths])
        self.sizes = [groups.count(g) for g in dict.fromkeys(groups)]

    def tokens(self, rewards=None):
        out = torch.zeros(self.mask.shape, dtype=torch.float64)
        for i, n in enumerate(self.lengths):
            out[i, n - 1] = self.r[i] if rewards is None else rewards[i]
        return out

    def scalars(self, advantages):
        """The one value that all valid tokens of a row have."""
        for i, n in enumerate(self.lengths):
            assert (advantages[i, :n] == advantages[i, 0]).all() or torch.allclose(
                advantages[i, :n], advantages[i, 0], rtol=1e-6 if advantages.dtype == torch.float32 else 1e-12
            )
        return advantages[:, 0]

    def record(self):
        return {
            "batch": self.key,
            "groups": self.groups,
            "tasks": self.tasks,
            "rewards": self.rewards,
            "lengths": self.lengths,
            "baselines": self.baselines,
            "components": self.components,
        }


def draw_rewards(rng, kind, n):
    shape = rng.random()
    if shape < 0.2:
        return [rng.choice([0, 64, rng.randint(0, 64)]) / 64] * n
    if kind == "binary":
        p = rng.random()
        return [float(rng.random() < p) for _ in range(n)]
    if kind == "grid":
        return [rng.randint(0, 64) / 64 for _ in range(n)]
    if kind == "signed":
        return [rng.randint(-128, 128) / 64 for _ in range(n)]
    return [round(rng.random(), 6) for _ in range(n)]


def draw(rng, key, profile):
    """A batch of a profile: mixed (sizes 1 to 6), many (2 to 6), equal."""
    kind = ["binary", "grid", "grid", "signed", "decimal"][key % 5]
    common = rng.randint(2, 5)
    rows = []
    for g in range(rng.randint(2, 5)):
        n = {"mixed": rng.choice([1, 2, 3, 4, 6]), "many": rng.choice([2, 3, 4, 6]), "equal": common}[profile]
        task = rng.choice("abc")
        rows += [(g, task, r) for r in draw_rewards(rng, kind, n)]
    if sum(1 for r in rows if r[0] == 0) == 1:
        rows.append((9, "a", 1.0))
        rows.append((9, "a", 0.0))
    if profile != "equal":
        rng.shuffle(rows)
    groups, tasks, rewards = map(list, zip(*rows))
    b = Batch(f"{profile}{key}", groups, tasks, rewards, [rng.randint(10, 90) for _ in rows], kind != "decimal")
    b.baselines = [rng.randint(0, 64) / 64 for _ in rows]
    other = dict.fromkeys(groups)
    for g in other:
        other[g] = iter(draw_rewards(rng, "grid", groups.count(g)))
    b.components = {"accuracy": rewards, "format": [next(other[g]) for g in groups]}
    return b
