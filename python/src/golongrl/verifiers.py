"""Reward functions for verifiers, of both of its interfaces.

Up to verifiers 0.3, with rubrics::

    import golongrl.verifiers
    env = vf.SingleTurnEnv(dataset=dataset, rubric=golongrl.verifiers.rubric())

From 0.3 on, with the tasks of ``verifiers.v1``, in the configuration::

    [env.taskset.task.rewards]
    golongrl = { fn = "golongrl.verifiers:reward" }

or in the class::

    class MyTask(vf.Task[MyData]):
        score_answer = golongrl.verifiers.method()

``reward`` judges every sample by its own task; ``em``, ``choice``, ``f1``, ``math_verify``, ``iou``, ``sub_em``,
``ndcg``, ``pairwise`` and ``rouge_l`` are its nine parts, 0 for samples of other tasks; ``make`` makes a function of a
metric expression. They are asynchronous and take what they need by name: ``completion``, ``answer``, ``info``, ``task``
and ``state`` from a rubric, ``task`` and ``trace`` from a task of v1.

What judges a sample, and its reference answer, are found in the fields of the task (v1), the columns of the dataset,
``info`` (an object or its JSON text) and ``answer``, under the names of ``golongrl.trl``. verifiers 0.3 keeps
``task`` within ``info`` for itself: write ``{"metric": "f1"}`` there, which stands for the task too. A ``task`` that is
only the name of an environment is not one.

verifiers knows no missing reward: a sample without a score gets ``unscored``, 0.0 unless set. What it was is in
``state["golongrl"]`` or ``trace.info["golongrl"]``: for each function score, status, task, metric and error; and the
metric ``NAME_scored`` of a trace, or ``scored`` of a rubric, is 0. If golongrl itself fails, the functions raise; a
plain ``vf.Rubric`` turns that into 0 with a line in its log, so use ``rubric``, which lets the failure out.

The module imports without verifiers.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import golongrl
from golongrl import Score, _columns

__all__ = [
    "choice",
    "em",
    "f1",
    "iou",
    "make",
    "math_verify",
    "method",
    "ndcg",
    "pairwise",
    "reward",
    "rouge_l",
    "rubric",
    "scored",
    "sub_em",
]

RewardFunction = Callable[..., Awaitable[float]]

_KEY = "golongrl"
_FAILURE = "golongrl_failure"


def _function(
    name: str,
    *,
    only: str | None = None,
    untasked: bool = True,
    metric: str | None = None,
    profile: str | None = None,
    unscored: float = 0.0,
) -> RewardFunction:
    options: dict[str, Any] = {} if profile is None else {"profile": profile}
    if metric is not None:
        options.update(metric=metric, force=True)

    async def function(
        completion: Any = None,
        answer: Any = None,
        info: Any = None,
        task: Any = None,
        state: Any = None,
        trace: Any = None,
        **columns: Any,
    ) -> float:
        try:
            result = await asyncio.to_thread(judge, completion, answer, info, task, trace, columns)
        except golongrl.Error as e:
            if isinstance(state, dict):
                state[_FAILURE] = e
            raise
        if result is None:
            return 0.0
        _note(name, result, state, trace)
        return result.value(unscored)

    def judge(completion: Any, answer: Any, info: Any, task: Any, trace: Any, columns: dict[str, Any]) -> Score | None:
        """The result, or None for a sample of another task."""
        row = _columns.row(_fields(answer, info, task, columns))
        try:
            row["response"] = _columns.text(completion) if trace is None else _reply(trace)
        except TypeError as e:
            return _columns.error(str(e))
        named = _columns.names_task(row)
        if only is not None and not named and untasked:
            return _columns.score([row], metric=only, **options)[0]
        result = _columns.score([row], **options)[0]
        if only is None or result.task in (only, None):
            return result
        return None

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"The reward {name} of one sample; see the module."
    return function


def _fields(answer: Any, info: Any, task: Any, columns: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a sample, from the most particular place that has each."""
    if isinstance(info, str):
        try:
            info = json.loads(info)
        except ValueError:
            info = None
    payload = _columns.get(info, "task")  # in verifiers 0.3 an object
    places = [columns, info, payload, _columns.get(task, "info"), task]
    fields: dict[str, Any] = {}
    for place in places:
        for name in _columns.FIELDS if place is not None and not isinstance(place, str) else ():
            value = _columns.get(place, name)
            if value is not None and not callable(value) and (name != "task" or isinstance(value, str)):
                fields.setdefault(name, value)
    if answer not in (None, ""):
        fields.setdefault("answer", answer)
    if isinstance(task, str) and task in _names():
        fields.setdefault("task", task)
    if "task" not in fields and "data_source" not in fields and fields.get("metric") in _names():
        fields["task"] = fields.pop("metric")  # so that expressions can use it
    return fields


_known: set[str] = set()


def _names() -> set[str]:
    """What may be a task, else it is the name of an environment."""
    if not _known:
        for metric in golongrl.registry()["metrics"]:
            _known.update([metric["name"], *metric["aliases"]])
    return _known


def _reply(trace: Any) -> str:
    """The last reply, with the reasoning of its message, as _columns.text puts it."""
    reply: str = trace.last_reply
    messages = trace.assistant_messages
    if messages and (messages[-1].content or "").strip() == reply:
        return _columns.text(messages[-1])
    return reply


def _note(name: str, s: Score, state: Any, trace: Any) -> None:
    """Leaves beside the reward what it was."""
    place = trace.info if trace is not None else state
    if isinstance(place, dict):
        fields = ("score", "status", "task", "metric", "error")
        place.setdefault(_KEY, {})[name] = {field: getattr(s, field) for field in fields}
    if trace is not None:
        trace.record_metric(f"{name}_scored", float(s.scored))


async def scored(state: Any = None) -> float:
    """1 if the functions of golongrl that judged the sample had a score, else 0. A metric for rubrics."""
    results = (state or {}).get(_KEY, {})
    return float(bool(results) and all(r["score"] is not None for r in results.values()))


def make(metric: str, *, name: str = "golongrl", profile: str | None = None, unscored: float = 0.0) -> RewardFunction:
    """A function that judges every sample by a metric expression, which may use the sample's own task:
    ``make("0.9*task + 0.1*format")``. profile is ``strict`` or ``reference``."""
    return _function(name, metric=metric, profile=profile, unscored=unscored)


def rubric(
    metric: str | None = None,
    *,
    per_task: bool = False,
    weight: float = 1.0,
    profile: str | None = None,
    unscored: float = 0.0,
    **kwargs: Any,
) -> Any:
    """A ``vf.Rubric`` with ``reward``, or with a metric expression, and the metric ``scored``.

    With per_task the rubric has the nine parts, whose sum is the reward, so that each task has a mean of its own.
    kwargs go to ``vf.Rubric``, such as parser. Raises ImportError if verifiers has no rubrics, as from 0.4 on.
    """
    base = _rubric_class()
    if metric is not None and per_task:
        raise ValueError("per_task goes without metric: the nine parts are judged by their own")
    if per_task:
        funcs = [
            _function(name, only=name, untasked=False, profile=profile, unscored=unscored) for name in _columns.NINE
        ]
    else:
        funcs = [_function("golongrl", metric=metric, profile=profile, unscored=unscored)]

    class Rubric(base):  # type: ignore[misc, valid-type]
        """The rubric of golongrl.verifiers: a failure of golongrl is an error, not a reward of 0."""

        async def score_rollout(self, state: Any, *args: Any, **kwargs: Any) -> Any:
            out = await super().score_rollout(state, *args, **kwargs)
            _let_out([state])
            return out

        async def score_group(self, states: Any, *args: Any, **kwargs: Any) -> Any:
            out = await super().score_group(states, *args, **kwargs)
            _let_out(states)
            return out

    return Rubric(funcs=[*funcs, scored], weights=[weight] * len(funcs) + [0.0], **kwargs)


def _rubric_class() -> type:
    import verifiers  # type: ignore[import-not-found, unused-ignore]

    if hasattr(verifiers, "Rubric"):
        return verifiers.Rubric  # type: ignore[no-any-return]
    try:
        from verifiers.legacy import Rubric  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        raise ImportError(
            f"verifiers {verifiers.__version__} has no rubrics: use golongrl.verifiers.reward in the rewards of a task,"
            " or golongrl.verifiers.method"
        ) from None
    return Rubric  # type: ignore[no-any-return]


def _let_out(states: Iterable[Any]) -> None:
    failures = [e for state in states if (e := state.pop(_FAILURE, None)) is not None]
    if failures:
        raise failures[0]


def method(
    metric: str | None = None,
    *,
    weight: float = 1.0,
    name: str = "golongrl",
    profile: str | None = None,
    unscored: float = 0.0,
) -> Any:
    """A reward method for a subclass of ``verifiers.v1.Task``: ``reward``, or a metric expression."""
    import verifiers.v1 as vf  # type: ignore[import-not-found, unused-ignore]

    judge = _function(name, metric=metric, profile=profile, unscored=unscored)

    async def method(self: Any, task: Any, trace: Any) -> float:
        return await judge(task=task, trace=trace)

    method.__name__ = method.__qualname__ = name
    return vf.reward(method, weight=weight)


reward = _function("reward")
em = _function("em", only="em")
choice = _function("choice", only="choice")
f1 = _function("f1", only="f1")
math_verify = _function("math_verify", only="math_verify")
iou = _function("iou", only="iou")
sub_em = _function("sub_em", only="sub_em")
ndcg = _function("ndcg", only="ndcg")
pairwise = _function("pairwise", only="pairwise")
rouge_l = _function("rouge_l", only="rouge_l")
