"""golongrl.trl and what it shares with the other adapters of column batches, without TRL: python/e2e/trl has that."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import pickle
from pathlib import Path
from typing import Any

import pytest

import golongrl
import golongrl.trl as trl
from golongrl import Score, _columns

NINE = ["em", "choice", "f1", "math_verify", "iou", "sub_em", "ndcg", "pairwise", "rouge_l"]


class Fake:
    """Scores like a server that knows two metrics: a response is worth 1 if it is the reference."""

    def __init__(self) -> None:
        self.calls: list[tuple[list[dict[str, Any]], dict[str, Any]]] = []

    def score_batch(self, items: list[dict[str, Any]], **options: Any) -> list[Score]:
        self.calls.append((list(items), options))
        for i, item in enumerate(items):
            if item.get("reference") == "refused":
                raise golongrl.CallError(422, i, "reference: refused")
            if isinstance(item.get("reference"), complex):
                raise TypeError("item 0: reference: complex is no JSON value")
        return [self.one(item, options) for item in items]

    def one(self, item: dict[str, Any], options: dict[str, Any]) -> Score:
        metric = options["metric"] if options.get("force") else item.get("metric") or item.get("task")
        metric = metric or options.get("metric")
        if "data_source" in item and "reference" not in item:
            item = item | {"task": "em", "reference": item["reward_model"]["ground_truth"]["golden_label"]}
            metric = metric or "em"
        if metric is None or metric == "juggling":
            return Score(None, "error", error=f"unknown metric {metric}")
        task = item.get("task") or metric
        if item.get("reference") is None:
            return Score(None, "bad_gold", metric, task, "no reference")
        return Score(float(item["response"] == item["reference"]), "judged", metric, task)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    fake = Fake()
    monkeypatch.setattr(golongrl, "score_batch", fake.score_batch)
    _columns._reset()
    return fake


def test_text() -> None:
    assert _columns.text("a") == "a"
    assert _columns.text([{"role": "assistant", "content": "a"}]) == "a"
    assert _columns.text({"content": "a"}) == "a"
    turns = [
        {"role": "assistant", "content": "calls a tool"},
        {"role": "tool", "content": "result"},
        {"role": "assistant", "content": [{"text": "a", "type": "text"}, {"type": "image"}, {"text": "b"}]},
        {"role": "user", "content": "thanks"},
    ]
    assert _columns.text(turns) == "ab"
    assert _columns.text([]) == ""
    assert _columns.text([{"role": "assistant", "content": None, "tool_calls": []}]) == ""
    parsed = {"role": "assistant", "reasoning_content": "\nhm\n", "content": "A"}
    assert _columns.text([parsed]) == "<think>\nhm\n</think>\n\nA"
    assert _columns.text([parsed | {"content": "<think>hm</think>A"}]) == "<think>hm</think>A"
    assert _columns.text([parsed | {"content": "hm"}]) == "<think>\nhm\n</think>\n\nhm"
    # A second end of the reasoning is not hidden by a host that has parsed the first one out.
    assert _columns.text([parsed | {"content": "B</think>A"}]) == "<think>\nhm\n</think>\n\nB</think>A"
    for bad in (None, 1, b"a", [1], [{"role": "assistant", "content": 1}]):
        with pytest.raises(TypeError):
            _columns.text(bad)


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        ({"task": "f1", "reference": "a", "solution": "b"}, {"task": "f1", "reference": "a"}),
        ({"solution": "a", "answer": "b", "other": 1}, {"reference": "a"}),
        ({"answer": "a", "ground_truth": "b"}, {"reference": "a"}),
        ({"ground_truth": ["a"]}, {"reference": ["a"]}),
        ({"task": "em", "reward_model": {"style": "rule", "ground_truth": "a"}}, {"task": "em", "reference": "a"}),
        ({"task": None, "solution": None}, {}),
        (
            {"data_source": "EM", "reward_model": {"ground_truth": "a"}, "answer": "b", "extra_info": {}},
            {"data_source": "EM", "reward_model": {"ground_truth": "a"}, "extra_info": {}},
        ),
        ({"data_source": "gsm8k", "solution": "a"}, {"data_source": "gsm8k", "reference": "a"}),
        (
            {"task": "mrcr", "answer": "xa", "random_string_to_prepend": "x"},
            {"task": "mrcr", "answer": "xa", "random_string_to_prepend": "x", "reference": "xa"},
        ),
        ({"reference": "", "solution": "a"}, {"reference": ""}),
        ({"reference": 0, "solution": "a"}, {"reference": 0}),
    ],
)
def test_row(columns: dict[str, Any], row: dict[str, Any]) -> None:
    assert _columns.row(columns) == row


def test_nine_functions_share_one_call(fake: Fake) -> None:
    columns = {"task": ["em", "f1", "juggling", None], "reference": ["a", "b", "c", "d"]}
    completions = ["a", "c", "c", "d"]
    rewards = {f.__name__: f(prompts=[""] * 4, completions=completions, **columns) for f in trl.reward_funcs()}
    assert list(rewards) == NINE
    assert rewards.pop("em") == [1.0, None, None, None]
    assert rewards.pop("f1") == [None, 0.0, None, None]
    assert all(r == [None] * 4 for r in rewards.values())
    assert len(fake.calls) == 1
    # Another batch is scored anew, even where only a reference differs.
    columns["reference"] = ["x", "b", "c", "d"]
    assert trl.reward_funcs()[0](completions=completions, **columns) == [0.0, None, None, None]
    assert len(fake.calls) == 2


def test_a_function_alone_judges_rows_without_task(fake: Fake) -> None:
    assert trl.em(completions=["a", "b"], solution=["a", "a"]) == [1.0, 0.0]
    assert trl.em(completions=["a", "b"], solution=["a", "b"], task=["f1", None]) == [None, 1.0]
    assert trl.reward(completions=["a"], solution=["a"]) == [None]


def test_verl_rows(fake: Fake) -> None:
    columns = {"data_source": ["EM"], "reward_model": [{"ground_truth": {"golden_label": "a"}}]}
    assert trl.em(completions=["a"], **columns) == [1.0]
    assert trl.f1(completions=["a"], **columns) == [None]
    assert trl.reward(completions=["a"], **columns) == [1.0]


def test_make_forces_its_metric(fake: Fake) -> None:
    function = trl.make("0.9*task + 0.1*format", profile="reference")
    assert function.__name__ == "0.9*task + 0.1*format"
    assert function(completions=["a"], task=["em"], reference=["a"]) == [1.0]
    assert fake.calls[0][1] == {"metric": "0.9*task + 0.1*format", "force": True, "profile": "reference"}


def test_one_bad_row_is_alone(fake: Fake, caplog: pytest.LogCaptureFixture) -> None:
    completions = ["a", "a", "a", None, "a"]
    reference = ["a", "refused", 1j, "a", "b"]
    with caplog.at_level(logging.WARNING, "golongrl"):
        rewards = trl.Reward("own")(completions=completions, task="em", reference=reference)
    assert rewards == [1.0, None, None, None, 0.0]
    assert "own" in caplog.text and "no score for a row" in caplog.text
    scores = trl.Reward("own").scores(completions, None, {"task": "em", "reference": reference})
    assert "refused" in scores[1].error and "complex" in scores[2].error and "NoneType" in scores[3].error


def test_failures_are_raised(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*args: Any, **kwargs: Any) -> Any:
        raise golongrl.Unavailable("no server")

    def wrong(*args: Any, **kwargs: Any) -> Any:
        raise golongrl.CallError(422, None, "metric: unknown")

    for raises, error in ((down, golongrl.Unavailable), (wrong, golongrl.CallError)):
        monkeypatch.setattr(golongrl, "score_batch", raises)
        with pytest.raises(error):
            trl.em(completions=["a"], solution=["a"])
        with pytest.raises(error):
            trl.reward(completions=["a"], task=["em"], solution=["a"])


def test_columns(fake: Fake) -> None:
    with pytest.raises(ValueError, match="column reference has 1 values for 2 completions"):
        trl.em(completions=["a", "b"], reference=["a"])
    assert trl.em(completions=["a", "b"], reference="a", trainer_state=object(), environments=[1]) == [1.0, 0.0]
    assert trl.em(completions=[], reference=[]) == []
    trl.reward(completions=["a"], completion_ids=[[1, 2, 3]], task=["em"], reference=["a"])
    assert fake.calls[-1][0][0]["length"] == 3
    trl.reward(completions=["a"], completion_ids=[[1, 2, 3]], task=["em"], reference=["a"], length=[7])
    assert fake.calls[-1][0][0]["length"] == 7


def test_logging(fake: Fake) -> None:
    extra: dict[str, list[Any]] = {}
    metrics: dict[str, float] = {}
    columns = {"task": ["em", "em", "f1"], "reference": ["a", None, "b"]}
    for function in (trl.em, trl.rouge_l, trl.reward):
        function(completions=["a"] * 3, log_extra=extra.__setitem__, log_metric=metrics.__setitem__, **columns)
    assert extra == {"golongrl_status": ["judged", "bad_gold: no reference", "judged"]}
    assert metrics == {
        "golongrl/em/judged": 0.5,
        "golongrl/em/unscored": 0.5,
        "golongrl/golongrl/judged": pytest.approx(2 / 3),
        "golongrl/golongrl/unscored": pytest.approx(1 / 3),
    }


def test_pickle_and_async(fake: Fake) -> None:
    for function in (*trl.reward_funcs(), trl.em, trl.reward, trl.make("em", name="made")):
        copy = pickle.loads(pickle.dumps(function))
        assert copy.__name__ == function.__name__
        assert copy(completions=["a"], task=["em"], reference=["a"]) == function(
            completions=["a"], task=["em"], reference=["a"]
        )

    async def together() -> list[Any]:
        functions = trl.reward_funcs(asynchronous=True)
        return await asyncio.gather(*(f(completions=["x"], task=["f1"], reference=["x"]) for f in functions))

    fake.calls.clear()
    assert asyncio.run(together()) == [[1.0] if name == "f1" else [None] for name in NINE]
    assert len(fake.calls) == 1


def test_the_server(server_program: str) -> None:
    """Rows of the verl schema in columns, with the nine functions and the combined one, as the command scores them."""
    _columns._reset()
    examples = Path(__file__).resolve().parents[2] / "examples"
    rows = [json.loads(line) for line in (examples / "rollouts.jsonl").read_text().splitlines()]
    expected = [json.loads(line) for line in (examples / "rollouts.expected.jsonl").read_text().splitlines()]
    columns = {name: [row.get(name) for row in rows] for name in rows[0] if name != "response"}
    completions = [[{"role": "assistant", "content": row["response"]}] for row in rows]
    rewards = trl.reward(prompts=columns["prompt"], completions=completions, **columns)
    assert rewards == pytest.approx([e["strict"] for e in expected], abs=1e-12)
    for function in (*trl.reward_funcs(), trl.rouge_l):
        task = f"t{1 + NINE.index(function.__name__)}-"
        own = [r if e["id"].startswith(task) else None for r, e in zip(rewards, expected, strict=True)]
        assert function(prompts=columns["prompt"], completions=completions, **columns) == own
    released = trl.Reward("released", profile="reference")(completions=completions, **columns)
    pairs = [(r, e["reference"]) for r, e in zip(released, expected, strict=True) if e["reference"] is not None]
    assert [r for r, _ in pairs] == pytest.approx([e for _, e in pairs], abs=1e-12)
    # A reference that has no JSON form is the error of its row.
    assert trl.f1(completions=["[Answer]\na"] * 2, reference=[["a"], [object()]]) == [1.0, None]


def test_a_kept_batch_is_of_equal_rows_only(fake: Fake) -> None:
    """1, 1.0 and True are equal in Python, and different references."""
    for reference, calls in ((1, 1), (1, 1), (True, 2), (1.0, 3), ([1], 4), ([True], 5), ([True], 5)):
        trl.reward(completions=["a"], task=["em"], reference=[reference])
        assert len(fake.calls) == calls, reference


def test_a_fork_while_the_batch_is_locked(fake: Fake) -> None:
    with _columns.last._lock:
        child = os.fork()
        if child == 0:
            done = trl.reward(completions=["a"], task=["em"], reference=["a"]) == [1.0]
            os._exit(0 if done else 1)
    assert os.waitpid(child, 0)[1] == 0
