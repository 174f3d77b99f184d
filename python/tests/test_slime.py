"""golongrl.slime with samples that look like slime's, beside the server's route for slime."""

from __future__ import annotations

import asyncio
import enum
import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

import golongrl
from golongrl import slime


class Status(enum.Enum):
    COMPLETED = "completed"
    TRUNCATED = "truncated"
    ABORTED = "aborted"


@dataclass
class Sample:
    response: str = "<think>.</think>A"
    label: Any = None
    metadata: dict[str, Any] = field(default_factory=dict)
    group_index: int | None = None
    rollout_id: int | None = None
    response_length: int = 1
    loss_mask: list[int] | None = None
    reward: Any = None
    status: Status = Status.COMPLETED

    @property
    def effective_response_length(self) -> int:
        return sum(self.loss_mask) if self.loss_mask is not None else self.response_length


def judge(sample: Any, **settings: Any) -> Any:
    return asyncio.run(slime.rm(SimpleNamespace(**settings), sample))


LABELS: list[Any] = [
    "A",
    "B",
    '{"metric":"math_verify","reference":"1"}',
    {"task": "em", "reference": "A"},
    '{"data_source":"EM","ground_truth":"A"}',
    "{A}",
]


def test_equals_the_route(serve: Callable[..., Any]) -> None:
    url = serve("--addr", "127.0.0.1:0", "--metric", "em").url + "/slime?reply=full"
    for label in LABELS:
        for response in ("<think>.</think>A<|im_end|>", "<think>A", "\\boxed{1}</s>\n"):
            body = json.dumps({"prompt": "p", "response": response, "label": label}).encode()
            request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=30) as reply:
                want = json.load(reply)
            sample = Sample(response, label)
            got = judge(sample, golongrl_metric="em", reward_key="score")
            assert {name: got[name] for name in want} == want, (label, response)
            assert sample.metadata == {"golongrl": got}
            assert judge(sample, golongrl_metric="em", reward_key=None) == want["score"]


@pytest.mark.parametrize(
    ("label", "metadata", "metric", "score"),
    [
        ("A", {"metric": "em"}, "em", 1.0),
        ("A", {"task": "T1"}, "em", 1.0),
        ("A", {"data_source": "EM", "reward_mode": "EM"}, "em", 1.0),
        (None, {"data_source": "EM", "reward_model": {"ground_truth": "A"}}, "em", 1.0),
        (None, {"metric": "em", "reference": "B"}, "em", 0.0),
        ("B", {"metric": "em", "data_source": "nowhere"}, "em", 0.0),
        ('{"metric":"1 - em","reference":"A"}', {"metric": "em"}, "1 - em", 0.0),
        ('{"reference":"A"}', {"metric": "em"}, "em", 1.0),
        ("A", None, None, None),
        ("A", {"data_source": "nowhere"}, None, None),
        ('{"metric":', {"metric": "em"}, None, None),
    ],
)
def test_metadata(label: Any, metadata: Any, metric: str | None, score: float | None) -> None:
    sample = Sample(label=label, metadata=metadata)
    got = judge(sample, reward_key="score", golongrl_unscored=-1)
    assert (got["metric"], got["score"], got["scored"]) == (metric, -1.0 if score is None else score, score is not None)
    assert score is not None or got["error"]


def test_length_of_the_response() -> None:
    label = '{"metric":"1 - length/8","reference":"A"}'
    assert judge(Sample(label=label, response_length=2)) == 0.75
    assert judge(Sample(label='{"metric":"1 - length/8","reference":"A","length":4}', response_length=2)) == 0.5


def test_groups_aborted_and_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLONGRL_METRIC", "em")
    monkeypatch.setenv("GOLONGRL_UNSCORED", "-0.5")
    samples = [
        Sample(label="A"),
        Sample(label="A", status=Status.ABORTED),
        Sample("<think>A", "A", status=Status.TRUNCATED),
    ]
    assert judge(samples) == [1.0, -0.5, 0.0]
    assert [s.metadata["golongrl"]["status"] for s in samples] == ["judged", "error", "bad_format"]
    assert judge([]) == []
    assert judge([Sample(label="A", status=Status.ABORTED)]) == [-0.5]
    assert judge(Sample(label="A"), golongrl_metric="1 - em") == 0.0
    with pytest.raises(golongrl.CallError):
        judge(Sample(label="A"), golongrl_metric="emm")


def post(samples: list[Sample], **settings: Any) -> tuple[list[float], list[float]]:
    args = SimpleNamespace(advantage_estimator="grpo", n_samples_per_prompt=2, reward_key=None, **settings)
    return slime.post_process(args, samples)


def samples(rewards: list[Any], groups: list[Any], tasks: list[Any], **columns: list[Any]) -> list[Sample]:
    made = [
        Sample(reward=r, group_index=g, metadata={"data_source": t} if isinstance(t, str) else t)
        for r, g, t in zip(rewards, groups, tasks, strict=True)
    ]
    for name, column in columns.items():
        for sample, value in zip(made, column, strict=True):
            setattr(sample, name, value)
    return made


def test_post_process() -> None:
    rewards, groups, tasks = [1, 0.5, 0.25, 0, 1, 0], [0, 0, 1, 1, 2, 2], ["x", "x", "y", "y", "y", "y"]
    made = samples(rewards, groups, tasks)
    assert post(made) == (rewards, golongrl.advantage(rewards, groups, tasks=tasks))
    for estimator in ("tmn(eps=0.1)", "dr_grpo", "qwenlong"):
        want = golongrl.advantage(rewards, groups, tasks=tasks, estimator=estimator)
        assert post(made, golongrl_estimator=estimator) == (rewards, want)
    opo = golongrl.advantage(rewards, groups, estimator="opo", lengths=[3, 1, 1, 1, 2, 1])
    made[0].loss_mask, made[1].loss_mask, made[4].response_length = [1, 1, 1, 0], [0], 2
    assert post(made, golongrl_estimator="opo")[1] == opo
    for other in ("ppo", "reinforce_plus_plus"):
        with pytest.raises(ValueError, match=other):
            slime.post_process(SimpleNamespace(advantage_estimator=other), made)
    assert post([]) == ([], [])


def test_post_process_without_score() -> None:
    """A sample without a score changes no other's advantage, and gets 0."""
    made = samples([1, None, 0, 9, 1], [0, 0, 0, 0, 0], ["x"] * 5)
    made[3].metadata["golongrl"] = {"scored": False}
    raw, advantages = post(made, golongrl_estimator="dr_grpo", golongrl_unscored=0.125)
    assert raw == [1.0, 0.125, 0.0, 0.125, 1.0]
    assert advantages == pytest.approx([1 / 3, 0, -2 / 3, 0, 1 / 3])


def test_post_process_of_split_rollouts() -> None:
    """Samples of one rollout are one response."""
    made = samples([1, 1, 1, 0], [0, 0, 0, 0], ["x"] * 4, rollout_id=[5, 5, 5, 6])
    assert post(made, golongrl_estimator="dr_grpo")[1] == [0.5, 0.5, 0.5, -0.5]
    made = samples([1, 0, 1, 0], [None] * 4, ["x"] * 4)
    assert post(made, golongrl_estimator="dr_grpo")[1] == [0.5, -0.5, 0.5, -0.5]


def test_tasks() -> None:
    mode, key = next((m, k) for m, k in sorted(golongrl.registry()["task_keys"].items()) if m != k)
    places: list[tuple[dict[str, Any], Any]] = [
        ({"reward_mode": mode}, None),
        ({"extra_info": {"reward_mode": mode}, "data_source": "s"}, None),
        ({}, json.dumps({"data_source": key, "ground_truth": "A"})),
        ({"task": key}, "A"),
        ({}, json.dumps({"metric": key, "reference": "A"})),
        ({"golongrl": {"task": key, "scored": True}}, "A"),
    ]
    for metadata, label in places:
        assert slime._task(Sample(label=label, metadata=metadata), 0) == key
    with pytest.raises(ValueError, match="sample 3 has no task"):
        slime._task(Sample(label="A"), 3)


def test_both_together() -> None:
    made = [Sample(f"<think>.</think>{text}", "A", {"task": "em"}, group_index=0) for text in "AABA"]
    made[3].label = '{"metric":'
    for sample in made:
        sample.reward = judge(sample)
    assert [s.reward for s in made] == [1.0, 1.0, 0.0, 0.0]
    assert post(made)[1] == [*golongrl.advantage([1, 1, 0], [0, 0, 0], tasks=["em"] * 3), 0.0]


def test_one_aborted_sample_does_not_stop_the_others() -> None:
    """Only rm knows the metric here, and it says none of a sample that it has not judged."""
    made = [Sample(f"<think>.</think>{text}", "A", group_index=0) for text in "ABA"]
    made[2].status = Status.ABORTED
    for sample in made:
        sample.reward = judge(sample, golongrl_metric="em")
    assert post(made)[1] == [*golongrl.advantage([1, 0], [0, 0], tasks=["em"] * 2), 0.0]
