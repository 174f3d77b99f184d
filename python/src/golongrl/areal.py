"""Rewards for AReaL.

In a script of AReaL, the function or its name is what a workflow is made with::

    from golongrl.areal import reward_fn
    workflow = RLVRWorkflow(reward_fn=reward_fn, ...)                     # or "golongrl.areal.reward_fn"

    workflow = RLVRWorkflow(reward_fn=make(metric="math_verify"), ...)    # rows that name no task

The columns of the data set say what judges a row: those of golongrl-score (``reference`` with ``task`` or
``metric``), those of verl (``data_source`` with ``reward_model``), or ``answer`` or ``solution`` with a metric given
to ``make``. Columns that are not read, such as ``messages``, cost nothing. AReaL decodes completions with their
special tokens; those that end a turn are taken off before a completion is judged.

AReaL calls rewards in a pool of processes that it forks, gives each call 15 seconds, tries four times, and then takes
0 for the reward. So that a reward is not 0 because golongrl was slow or dead, a call here fails earlier, by
itself, with golongrl.Unavailable: AReaL tries again, and in the end the episode is refused. Its 15 seconds also count
the time that a call waits for a free process of the pool, which nothing here can change: give AsyncRewardWrapper a
longer timeout_seconds where its log has "Computing reward timeout". A row that cannot be
judged, such as one whose reference cannot be read, is another matter: it fails every time. ``unscored`` says what it
is worth: a number, or ``"raise"``, with which AReaL refuses the episode too.

Loading the Go library and forking afterwards does not work, so leave the backend at its default, ``socket``.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import golongrl
from golongrl import _columns
from golongrl.openrlhf import without_end

__all__ = ["RewardFn", "Unscored", "make", "reward_fn"]

logger = logging.getLogger(__name__)

TIMEOUT = 12.0
"""Seconds after which a call fails, less than the 15 after which AReaL takes 0."""


class Unscored(golongrl.Error):
    """A row has no score and never will: its status and what is wrong with it."""


def _count(ids: Any) -> int | None:
    return len(ids) if ids is not None and hasattr(ids, "__len__") else None


@dataclass(frozen=True)
class RewardFn:
    """A reward function of AReaL, see ``make``. It can be pickled, and holds neither connection nor library."""

    metric: str | None = None
    """The metric of rows that name none, or of all rows with ``force``; may be an expression."""
    profile: str | None = None
    force: bool = False
    unscored: float | Literal["raise"] = 0.0
    """What a row without a score is worth."""
    timeout: float = TIMEOUT
    """Seconds that a call may take before it raises golongrl.Unavailable."""

    def __call__(
        self,
        prompt: Any,
        completions: str,
        prompt_ids: Sequence[int] | None = None,
        completion_ids: Sequence[int] | None = None,
        /,
        **row: Any,
    ) -> float:
        """The reward of one completion."""
        item = _columns.row(row)
        item["response"] = without_end(completions) if isinstance(completions, str) else completions
        if item.get("length") is None and (n := _count(completion_ids)) is not None:
            item["length"] = n
        score = _score(item, self)
        if score.score is not None:
            return score.score
        message = f"{score.status}: {score.error}"
        if self.unscored == "raise":
            raise Unscored(message)
        _warn(message, self.unscored)
        return float(self.unscored)

    @property
    def __name__(self) -> str:
        return f"golongrl({self.metric})" if self.metric else "golongrl"


def _score(item: dict[str, Any], f: RewardFn) -> golongrl.Score:
    try:
        return _client(f.timeout).score_batch([item], metric=f.metric, profile=f.profile, force=f.force)[0]
    except golongrl.CallError as e:
        if e.item is None:  # an option of ours is wrong, or golongrl is
            raise
        return _columns.error(e.message)
    except (TypeError, ValueError) as e:  # a value of the row that has no JSON
        return _columns.error(str(e))


_clients: dict[float, golongrl.Client] = {}
_lock = threading.Lock()


def _client(timeout: float) -> golongrl.Client:
    # Of this process: clients know after a fork that they have to connect anew.
    client = _clients.get(timeout)
    if client is None:
        with _lock:
            client = _clients.setdefault(timeout, golongrl.connect(timeout=timeout))
    return client


_warned: set[str] = set()


def _warn(message: str, worth: float) -> None:
    """Says once in a process that there are rows like this one."""
    if message not in _warned and len(_warned) < 100:
        _warned.add(message)
        logger.warning("a row has no score and gets the reward %g: %s", worth, message)


def _after_fork() -> None:
    global _lock
    _lock = threading.Lock()  # a thread that does not exist here may have held it


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

_default = RewardFn()


def reward_fn(
    prompt: Any,
    completions: str,
    prompt_ids: Sequence[int] | None = None,
    completion_ids: Sequence[int] | None = None,
    /,
    **row: Any,
) -> float:
    """The reward of a completion by the task of its row; a row without a score is worth 0 and logged.

    Raises golongrl.Unavailable if there is no answer in time, so that AReaL tries again.
    """
    return _default(prompt, completions, prompt_ids, completion_ids, **row)


def make(
    metric: str | None = None,
    *,
    profile: str | None = None,
    force: bool = False,
    unscored: float | Literal["raise"] = 0.0,
    timeout: float = TIMEOUT,
) -> Callable[..., float]:
    """A reward function with options, which can be pickled.

    >>> make("0.9*task + 0.1*format", force=True).metric
    '0.9*task + 0.1*format'
    """
    if unscored != "raise" and not isinstance(unscored, (int, float)):
        raise ValueError(f'unscored={unscored!r}: give a number or "raise"')
    return RewardFn(metric, profile, force, unscored, timeout)
