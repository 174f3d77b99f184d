"""Functions of a verl checkout, loaded one by one with ast: the package itself
needs ray, tensordict and a GPU stack. For advantage_goldens.py and
advantage_time.py.
"""

import ast
import os
from collections import defaultdict
from typing import Any, Optional

import numpy as np
import torch


class Config(dict):
    """Stands in for AlgoConfig: get, and fields as attributes."""

    __getattr__ = dict.__getitem__


class Widen(ast.NodeTransformer):
    """Turns the literal dtypes torch.float32 and np.float32 into float64."""

    def visit_Attribute(self, node):
        self.generic_visit(node)
        if node.attr == "float32":
            node.attr = "float64"
        return node


def functions(path, names, scope, widen=False):
    """Defines the functions names of the file path in scope, without their
    decorators and annotations."""
    with open(path, encoding="utf-8") as f:
        tree = ast.parse(f.read())
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in names:
            node.decorator_list = []
            node.returns = None
            for a in node.args.args + node.args.kwonlyargs:
                a.annotation = None
            found[node.name] = Widen().visit(node) if widen else node
    missing = set(names) - set(found)
    if missing:
        raise SystemExit(f"{path}: no {', '.join(sorted(missing))}")
    module = ast.Module([found[n] for n in names], [])
    exec(compile(ast.fix_missing_locations(module), path, "exec"), scope)


def algos(verl, names, widen=False):
    """The functions names of verl/trainer/ppo/core_algos.py of the checkout verl,
    as a dict."""
    root = os.path.join(verl, "verl")
    base = {"torch": torch, "np": np, "defaultdict": defaultdict, "Optional": Optional, "Any": Any}

    class F:
        pass

    scope = dict(base)
    functions(os.path.join(root, "utils", "torch_functional.py"), ["masked_sum", "masked_mean", "masked_var", "masked_whiten"], scope)
    for name in ("masked_sum", "masked_mean", "masked_var", "masked_whiten"):
        setattr(F, name, staticmethod(scope[name]))
    scope = {**base, "verl_F": F}
    functions(os.path.join(root, "trainer", "ppo", "core_algos.py"), names, scope, widen)
    return scope


def commit(checkout):
    """The commit of a checkout, from its git folder."""
    folder = os.path.abspath(checkout)
    while not os.path.isdir(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            raise SystemExit(f"{checkout} is no git checkout")
        folder = parent
    git = os.path.join(folder, ".git")
    with open(os.path.join(git, "HEAD")) as f:
        head = f.read().strip()
    if head.startswith("ref: "):
        ref = os.path.join(git, head[5:])
        if os.path.exists(ref):
            with open(ref) as f:
                return f.read().strip()
        with open(os.path.join(git, "packed-refs")) as f:
            return next(line.split()[0] for line in f if line.split()[-1] == head[5:])
    return head
