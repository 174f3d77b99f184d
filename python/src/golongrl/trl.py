"""Reward functions for TRL's GRPOTrainer.

    from golongrl.trl import reward
    GRPOTrainer(..., reward_funcs=reward)

``reward`` judges every row by its own task. ``em``, ``choice``, ``f1``, ``math_verify``, ``iou``, ``sub_em``, ``ndcg``,
``pairwise`` and ``rouge_l`` are its nine parts: each returns None for rows of other tasks, so that TRL logs a mean for
each task. ``make`` makes a function of a metric expression, such as ``make("0.9*task + 0.1*format")``.

Columns of the dataset that are read, each of which may be missing or None:

- ``task`` or ``metric``: what judges the row, such as ``f1``;
- ``reference``, else ``solution``, ``answer`` or ``ground_truth``: the reference answer;
- ``lang``, ``length`` (else the number of completion tokens), ``random_string_to_prepend``;
- or the verl schema: ``data_source`` with ``reward_model`` or ``ground_truth``, and ``extra_info``.

Completions are strings or lists of messages; of messages the last one of the assistant counts.

A row without a score (its reference cannot be read, it names an unknown metric, …) is None, which TRL leaves out of the
sum and, from 1.6 on, of the advantages; before, a row of which all functions said None counted as 0 in its group. Its
status is logged: a warning for the first of a kind, the metrics
``golongrl/NAME/judged`` (share of rows with an answer that was judged) and ``golongrl/NAME/unscored``, and for
``reward`` and what ``make`` makes, the column ``NAME_status`` of the completions table. If golongrl itself fails, the
functions raise.

Nothing is imported from TRL. The functions can be pickled.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from golongrl import Score, _columns

__all__ = [
    "AsyncReward",
    "Reward",
    "choice",
    "em",
    "f1",
    "iou",
    "make",
    "math_verify",
    "ndcg",
    "pairwise",
    "reward",
    "reward_funcs",
    "rouge_l",
    "sub_em",
]

_log = logging.getLogger("golongrl")
_nobodys: set[str] = set()


class Reward:
    """A reward function as TRL calls it. Use the ready ones of this module, ``reward_funcs`` or ``make``.

    name is what TRL logs. With task, rows of other tasks give None; untasked says whether rows that name no task are
    judged by that metric. With metric, every row is judged by it.
    """

    def __init__(
        self,
        name: str,
        *,
        task: str | None = None,
        untasked: bool = True,
        metric: str | None = None,
        profile: str | None = None,
    ) -> None:
        self.__name__ = self.__qualname__ = name
        self.task = task
        self.untasked = untasked
        self.metric = metric
        self.profile = profile
        self._warned: set[str] = set()

    def __repr__(self) -> str:
        return f"<golongrl reward {self.__name__}>"

    def __call__(
        self,
        prompts: Sequence[Any] | None = None,
        completions: Sequence[Any] = (),
        completion_ids: Sequence[Sequence[int]] | None = None,
        *,
        log_extra: Callable[[str, list[Any]], None] | None = None,
        log_metric: Callable[[str, float], None] | None = None,
        **columns: Any,
    ) -> list[float | None]:
        """One reward for each completion, None where there is none."""
        scores = self.scores(completions, completion_ids, columns)
        self._report(scores, log_extra, log_metric)
        return [None if s is None else s.score for s in scores]

    def scores(
        self, completions: Sequence[Any], completion_ids: Any = None, columns: dict[str, Any] | None = None
    ) -> list[Score | None]:
        """The whole results, None for rows that are not this function's."""
        items = _columns.rows(completions, completion_ids, columns or {})
        options = {} if self.profile is None else {"profile": self.profile}
        if self.metric is not None:
            return list(_columns.last.score(items, metric=self.metric, force=True, **options))
        scores: list[Score | None] = list(_columns.last.score(items, **options))
        if self.task is None:
            return scores
        bare = [i for i, r in enumerate(items) if isinstance(r, dict) and not _columns.names_task(r)]
        for s in scores if not (bare and self.untasked) else ():
            _warn_nobodys(s)
        scores = [s if s is not None and s.task == self.task else None for s in scores]
        if self.untasked and bare:
            own = _columns.score([items[i] for i in bare], metric=self.task, **options)
            for i, s in zip(bare, own, strict=True):
                scores[i] = s
        return scores

    def _report(
        self,
        scores: list[Score | None],
        log_extra: Callable[[str, list[Any]], None] | None,
        log_metric: Callable[[str, float], None] | None,
    ) -> None:
        own = [s for s in scores if s is not None]
        for s in own:
            if s.score is None and s.status not in self._warned:
                self._warned.add(s.status)
                _log.warning(
                    "reward %s: no score for a row: %s: %s (said once for each status)",
                    self.__name__,
                    s.status,
                    s.error,
                )
        if log_metric is not None and own:
            log_metric(f"golongrl/{self.__name__}/judged", sum(s.status == "judged" for s in own) / len(own))
            log_metric(f"golongrl/{self.__name__}/unscored", sum(s.score is None for s in own) / len(own))
        if log_extra is not None and self.task is None:
            # One value for each completion in every call, else TRL's columns shift against each other.
            log_extra(f"{self.__name__}_status", [_status(s) for s in own])


def _warn_nobodys(s: Score | None) -> None:
    """Warns of a row that none of the nine functions takes, because its task cannot be told."""
    if s is not None and s.task is None and s.score is None and s.status not in _nobodys:
        _nobodys.add(s.status)
        _log.warning("a row has no reward of any task: %s: %s (said once for each status)", s.status, s.error)


def _status(s: Score) -> str:
    return s.status if s.error is None else f"{s.status}: {s.error}"


class AsyncReward(Reward):
    """A Reward that TRL awaits, at the same time as its other asynchronous functions."""

    async def __call__(  # type: ignore[override]
        self,
        prompts: Sequence[Any] | None = None,
        completions: Sequence[Any] = (),
        completion_ids: Sequence[Sequence[int]] | None = None,
        *,
        log_extra: Callable[[str, list[Any]], None] | None = None,
        log_metric: Callable[[str, float], None] | None = None,
        **columns: Any,
    ) -> list[float | None]:
        """One reward for each completion, None where there is none."""
        scores = await asyncio.to_thread(self.scores, completions, completion_ids, columns)
        self._report(scores, log_extra, log_metric)
        return [None if s is None else s.score for s in scores]


def make(metric: str, *, name: str | None = None, profile: str | None = None, asynchronous: bool = False) -> Reward:
    """A function that judges every row by a metric expression, whatever the row names.

    The expression may use the row's own task: ``make("0.9*task + 0.1*format")``. name is what TRL logs; the default is
    the expression. profile is ``strict`` or ``reference``.
    """
    kind = AsyncReward if asynchronous else Reward
    return kind(name or metric, metric=metric, profile=profile)


def reward_funcs(*, profile: str | None = None, asynchronous: bool = False) -> list[Reward]:
    """The nine functions, for datasets of several tasks.

    Unlike the functions of this module that are used one by one, these give None for rows that name no task: nine
    metrics of the same row would be added up.
    """
    kind = AsyncReward if asynchronous else Reward
    return [kind(name, task=name, untasked=False, profile=profile) for name in _columns.NINE]


reward = Reward("golongrl")
"""Every row by its own task or metric."""

em = Reward("em", task="em")
"""T1, exact match. None for rows of other tasks; rows that name no task are judged too."""
choice = Reward("choice", task="choice")
"""T2, multiple choice."""
f1 = Reward("f1", task="f1")
"""T3, F1 over sets of lines."""
math_verify = Reward("math_verify", task="math_verify")
"""T4, mathematical answers."""
iou = Reward("iou", task="iou")
"""T5, IoU of table rows."""
sub_em = Reward("sub_em", task="sub_em")
"""T6, share of reference lines."""
ndcg = Reward("ndcg", task="ndcg")
"""T7, NDCG@k of ranked lines."""
pairwise = Reward("pairwise", task="pairwise")
"""T8, share of ordered pairs."""
rouge_l = Reward("rouge_l", task="rouge_l")
"""T9, ROUGE-L."""
