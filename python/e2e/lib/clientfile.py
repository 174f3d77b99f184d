"""What the runs share that load files of a host which cannot be installed without a GPU."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import subprocess
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

SERVER = os.environ["GOLONGRL_SERVER"]


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


class Server:
    """golongrl-score serve, on a free port or on the given one."""

    def __init__(self, port: int = 0) -> None:
        command = [SERVER, "serve", "--addr", f"127.0.0.1:{port}", "--metric", "em"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip().removeprefix("listening on ")
        self.port = int(self.url.rpartition(":")[2])

    def stop(self) -> None:
        self.process.terminate()
        check(self.process.wait(timeout=15) == 0, "the server drains and exits with 0")
