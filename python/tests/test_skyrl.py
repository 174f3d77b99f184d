"""golongrl.skyrl without SkyRL: python/e2e/skyrl has its real environments."""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest

import golongrl
from golongrl import skyrl

THINK = "<think>x</think>"


def test_importing_needs_no_skyrl() -> None:
    if "skyrl_gym" not in sys.modules:
        with pytest.raises(ImportError):
            _ = skyrl.GolongrlEnv
    with pytest.raises(AttributeError, match="nonsense"):
        _ = skyrl.nonsense


@pytest.mark.parametrize(
    ("extras", "want"),
    [
        (
            {"reward_spec": {"method": "rule", "ground_truth": "4"}, "metric": "em", "max_turns": 1},
            {"reference": "4", "metric": "em"},
        ),
        (
            {"reward_spec": {"ground_truth": ["a"], "task": "T3"}, "extra_info": {"metric": None, "index": 1}},
            {"reference": ["a"], "task": "T3", "extra_info": {"metric": None, "index": 1}},
        ),
        (
            {"reward_spec": {"ground_truth": "4"}, "extra_info": {"task": "em", "lang": "zh"}, "data_source": None},
            {"reference": "4", "task": "em", "lang": "zh", "extra_info": {"task": "em", "lang": "zh"}},
        ),
        (
            {"data_source": "EM", "reward_spec": {"ground_truth": {"golden_label": "4"}}},
            {"data_source": "EM", "reward_model": {"ground_truth": {"golden_label": "4"}}},
        ),
        ({"reference": "5", "task": "em", "reward_spec": {"ground_truth": "4"}}, {"reference": "5", "task": "em"}),
        ({"reference": "5", "task": "em", "prompt": "x", "lang": None}, {"reference": "5", "task": "em"}),
        ({}, {}),
    ],
)
def test_row(extras: dict[str, Any], want: dict[str, Any]) -> None:
    before = repr(extras)
    assert skyrl.row(extras) == want
    assert repr(extras) == before


@pytest.fixture
def gym(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """What GolongrlEnv needs of skyrl_gym."""

    class BaseTextEnv:
        def __init__(self) -> None:
            self.turns = 0

    gym = types.ModuleType("skyrl_gym")
    gym.registry = {}  # type: ignore[attr-defined]
    gym.register = lambda id, entry_point, kwargs: gym.registry.__setitem__(  # type: ignore[attr-defined]
        id, types.SimpleNamespace(entry_point=entry_point, kwargs=kwargs)
    )
    base = types.ModuleType("skyrl_gym.envs.base_text_env")
    base.BaseTextEnv, base.BaseTextEnvStepOutput = BaseTextEnv, dict  # type: ignore[attr-defined]
    for name, module in {"skyrl_gym": gym, "skyrl_gym.envs": types.ModuleType("x"), base.__name__: base}.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.delitem(skyrl.__dict__, "GolongrlEnv", raising=False)
    yield gym
    skyrl.__dict__.pop("GolongrlEnv", None)


def test_register(gym: types.ModuleType) -> None:
    skyrl.register()
    skyrl.register()
    skyrl.register("mixed", metric="0.9*task + 0.1*format", force=True)
    assert gym.registry["mixed"].kwargs == {"metric": "0.9*task + 0.1*format", "force": True}
    assert gym.registry["golongrl"].entry_point == "golongrl.skyrl:GolongrlEnv"
    with pytest.raises(ValueError, match="another environment"):
        skyrl.register(metric="em")


@pytest.mark.usefixtures("server_program")
def test_step(gym: types.ModuleType) -> None:
    extras = {"reward_spec": {"ground_truth": "KX-4471"}, "task": "em"}
    env = skyrl.GolongrlEnv(env_config={}, extras=extras)
    assert env.get_metrics() == {}
    out = env.step(THINK + "KX-4471")
    assert (out["reward"], out["done"], out["observations"]) == (1.0, True, [])
    assert out["metadata"] == {"score": 1.0, "status": "judged", "metric": "em", "task": "em", "error": None}
    assert env.get_metrics()["golongrl/scored"] == env.get_metrics()["golongrl/judged"] == 1.0

    env = skyrl.GolongrlEnv(extras={"task": "em"}, unscored=-1)
    out = env.step("a")
    assert (out["reward"], out["metadata"]["score"], out["metadata"]["status"]) == (-1.0, None, "error")
    assert "reference" in out["metadata"]["error"]
    assert env.get_metrics()["golongrl/scored"] == 0.0

    # What the configuration of SkyRL says goes first.
    env = skyrl.GolongrlEnv({"metric": "1 - task", "force": True, "unscored": None}, extras, metric="em")
    assert env.step(THINK + "KX-4471")["reward"] == 0.0
    with pytest.raises(golongrl.CallError):
        skyrl.GolongrlEnv(extras=extras, metric="nonsense(").step("a")
