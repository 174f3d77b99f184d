"""golongrl.verifiers with stand-ins for its states and traces: python/e2e/verifiers has the real ones."""

from __future__ import annotations

import asyncio
import pickle
import sys
import types
from typing import Any

import pytest
from test_trl import Fake, fake  # noqa: F401

import golongrl
import golongrl.verifiers as adapter


class Trace:
    """What golongrl.verifiers uses of a trace of verifiers.v1."""

    def __init__(self, reply: str, reasoning: str | None = None) -> None:
        message = types.SimpleNamespace(role="assistant", content=reply, reasoning_content=reasoning)
        self.last_reply, self.assistant_messages = reply.strip(), [message]
        self.info: dict[str, Any] = {}
        self.metrics: dict[str, float] = {}

    def record_metric(self, name: str, value: float) -> None:
        self.metrics[name] = value


def call(function: Any, **kwargs: Any) -> float:
    return asyncio.run(function(**kwargs))


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "_known", {"em", "f1", "T3"})


def test_rubric_arguments(fake: Fake) -> None:  # noqa: F811
    completion = [{"role": "assistant", "content": "a"}]
    state: dict[str, Any] = {}
    assert call(adapter.em, prompt=[], completion=completion, answer="a", state=state, info={}, task="my-env") == 1.0
    assert state == {
        "golongrl": {"em": {"score": 1.0, "status": "judged", "task": "em", "metric": "em", "error": None}}
    }
    assert call(adapter.scored, state=state) == 1.0
    # The task in info, as text too, in a column, and as the argument.
    info: list[Any] = [{"task": "em"}, '{"task": "em"}', {"metric": "em"}, {"task": {"task": "em"}}]
    for how in ({"task": "em"}, {"metric": "em"}, *({"info": i} for i in info)):
        assert call(adapter.reward, completion=completion, answer="a", **how) == 1.0
    assert call(adapter.em, completion=completion, answer="a", task="f1") == 0.0
    # info's reference is more particular than answer.
    assert call(adapter.em, completion="b", answer="a", info={"reference": "b"}) == 1.0


def test_no_score(fake: Fake) -> None:  # noqa: F811
    state: dict[str, Any] = {}
    assert call(adapter.reward, completion="a", answer="", state=state, info={"task": "em"}) == 0.0
    assert state["golongrl"]["reward"]["status"] == "bad_gold"
    assert state["golongrl"]["reward"]["error"] == "no reference"
    assert call(adapter.scored, state=state) == 0.0
    assert call(adapter.make("em", unscored=0.25), completion="a") == 0.25
    assert call(adapter.make("em", unscored=0.25), completion=7) == 0.25


def test_task_and_trace(fake: Fake) -> None:  # noqa: F811
    task = types.SimpleNamespace(prompt="p", task="em", answer="a", info={"lang": "en"})
    trace = Trace("a\n")
    assert call(adapter.reward, task=task, trace=trace) == 0.0  # "a\n" is not "a"
    assert fake.calls[-1][0] == [{"task": "em", "reference": "a", "lang": "en", "response": "a\n"}]
    assert trace.info["golongrl"]["reward"]["status"] == "judged"
    assert trace.metrics == {"reward_scored": 1.0}
    assert call(adapter.em, task=task, trace=Trace("a")) == 1.0
    assert call(adapter.f1, task=task, trace=Trace("a")) == 0.0
    call(adapter.reward, task=task, trace=Trace("a", "hm"))
    assert fake.calls[-1][0][0]["response"] == "<think>\nhm\n</think>\n\na"


def test_pickle() -> None:
    for name in ("reward", "em", "rouge_l"):
        function = getattr(adapter, name)
        assert pickle.loads(pickle.dumps(function)) is function
        assert function.__name__ == name


class Rubric:
    """As verifiers' own: what raises is 0."""

    def __init__(self, funcs: list[Any], weights: list[float]) -> None:
        self.funcs, self.weights = funcs, weights

    async def score_rollout(self, state: dict[str, Any]) -> None:
        state["reward"] = 0.0
        for f, weight in zip(self.funcs, self.weights, strict=True):
            try:
                state["reward"] += weight * await f(completion=state["completion"], answer=state["answer"], state=state)
            except Exception:
                pass

    async def score_group(self, states: list[dict[str, Any]]) -> None:
        for state in states:
            await self.score_rollout(state)


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    package = types.ModuleType("verifiers")
    package.__version__ = "0"
    monkeypatch.setitem(sys.modules, "verifiers", package)
    monkeypatch.delitem(sys.modules, "verifiers.legacy", raising=False)
    return package


def test_rubric(fake: Fake, package: types.ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    with pytest.raises(ImportError, match="has no rubrics"):
        adapter.rubric()
    package.Rubric = Rubric
    made = adapter.rubric("em", weight=2.0)
    assert [f.__name__ for f in made.funcs] == ["golongrl", "scored"] and made.weights == [2.0, 0.0]
    state = {"completion": "a", "answer": "a"}
    asyncio.run(made.score_rollout(state))
    assert state["reward"] == 2.0
    assert len(adapter.rubric(per_task=True).funcs) == 10
    with pytest.raises(ValueError):
        adapter.rubric("em", per_task=True)

    def down(*args: Any, **kwargs: Any) -> Any:
        raise golongrl.Unavailable("no server")

    monkeypatch.setattr(golongrl, "score_batch", down)
    with pytest.raises(golongrl.Unavailable):
        asyncio.run(made.score_rollout(dict(state)))
    with pytest.raises(golongrl.Unavailable):
        asyncio.run(made.score_group([dict(state)]))
