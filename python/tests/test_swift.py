"""golongrl.swift with a stand-in for ms-swift's registry: python/e2e/swift has the real one."""

from __future__ import annotations

import asyncio
import runpy
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from test_trl import NINE, Fake, fake  # noqa: F401

import golongrl.swift


class ORM:
    def __init__(self, args: Any = None, **kwargs: Any) -> None:
        self.args = args


class AsyncORM(ORM):
    pass


@pytest.fixture
def orms(monkeypatch: pytest.MonkeyPatch) -> dict[str, type]:
    package, rewards = types.ModuleType("swift"), types.ModuleType("swift.rewards")
    package.rewards, rewards.ORM, rewards.AsyncORM, rewards.orms = rewards, ORM, AsyncORM, {}
    monkeypatch.setitem(sys.modules, "swift", package)
    monkeypatch.setitem(sys.modules, "swift.rewards", rewards)
    return rewards.orms


def test_the_plugin_stands_alone() -> None:
    path = subprocess.run([sys.executable, "-m", "golongrl.swift"], capture_output=True, text=True, check=True).stdout
    assert path.strip() == golongrl.swift.plugin_path()
    # ms-swift puts the folder on sys.path: nothing there may hide a package.
    folder = Path(golongrl.swift.plugin_path()).parent
    assert [p.name for p in folder.iterdir() if p.name != "__pycache__"] == ["golongrl_plugin.py"]


def test_registry(orms: dict[str, type], fake: Fake) -> None:  # noqa: F811
    runpy.run_path(golongrl.swift.plugin_path())
    names = ["golongrl", *(f"golongrl_{name}" for name in NINE)]
    assert sorted(orms) == sorted([*names, *(name + "_async" for name in names)])
    for name, kind in orms.items():
        assert kind.__name__ == name
        assert issubclass(kind, AsyncORM) == name.endswith("_async")
    columns = {
        "task": ["em", "f1"],
        "solution": ["a", "b"],
        "messages": [[], []],
        "response_token_ids": [[[1, 2], [3]], [[4]]],
        "trainer_state": None,
        "rollout_infos": [{}, {}],
    }
    assert orms["golongrl"](args=1)(["a", "c"], **columns) == [1.0, 0.0]
    assert [row["length"] for row in fake.calls[0][0]] == [3, 1]
    assert orms["golongrl_em"](args=1)(["a", "c"], **columns) == [1.0, None]
    assert asyncio.run(orms["golongrl_f1_async"]()(["a", "c"], **columns)) == [None, 0.0]
    assert len(fake.calls) == 1
    assert orms["golongrl_em"]()(["a"], solution=["a"], response_token_ids=[[]]) == [1.0]


def test_register_a_metric(orms: dict[str, type], fake: Fake) -> None:  # noqa: F811
    golongrl.swift.register(mine="0.9*task + 0.1*format")
    golongrl.swift.register()  # once more changes nothing
    assert orms["mine"]()(["a"], task=["em"], solution=["a"]) == [1.0]
    assert fake.calls[0][1] == {"metric": "0.9*task + 0.1*format", "force": True}
