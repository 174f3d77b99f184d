"""What the runs share that load files of a host which cannot be installed without a GPU."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import subprocess
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock


def check(fact: bool, what: str) -> None:
    if not fact:
        raise SystemExit(f"does not hold: {what}")


def source(variable: str, repository: str, commit: str) -> Path:
    """The source tree that the environment names, or a checkout of the pinned commit."""
    if given := os.environ.get(variable):
        return Path(given)
    home = Path(os.environ.get("E2E_HOME") or Path(__file__).parent.parent / ".venvs")
    tree = home / "src" / repository.rpartition("/")[2]
    if not (tree / ".git").exists():
        subprocess.run(["git", "init", "--quiet", str(tree)], check=True)
    subprocess.run(["git", "-C", str(tree), "fetch", "--quiet", "--depth", "1", repository, commit], check=True)
    subprocess.run(["git", "-C", str(tree), "checkout", "--quiet", commit], check=True)
    return tree


class Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Modules that are not here, and of which nothing is used."""

    def __init__(self, *roots: str) -> None:
        self.roots = roots

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name.partition(".")[0] in self.roots:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> Any:
        module = MagicMock(name=spec.name)
        module.__path__, module.__spec__, module.__name__ = [], spec, spec.name
        return module

    def exec_module(self, module: Any) -> None:
        pass
