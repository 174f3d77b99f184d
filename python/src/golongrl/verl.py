"""Rewards and advantages for verl.

Rewards, with nothing but config::

    reward.custom_reward_function.path=pkg://golongrl.verl
    reward.custom_reward_function.name=compute_score

(verl before ``pkg://``: ``path="$(python -m golongrl.verl path)"``.) Options are given as
``+reward.custom_reward_function.reward_kwargs.metric='"0.9*task + 0.1*format"'``: see :func:`compute_score`.

Advantages: verl hands custom estimators neither tasks nor what a reward function said about a row, and loads the reward
file in its reward actors only. So the process that computes advantages (verl's TaskRunner) must import
``golongrl.verl_plugin``, which verl does itself when it is told to::

    export VERL_USE_EXTERNAL_MODULES=golongrl.verl_plugin
    ... algorithm.adv_estimator=tmn_reweight

and, with a Ray cluster that is already running, also
``+ray_kwargs.ray_init.runtime_env.env_vars.VERL_USE_EXTERNAL_MODULES=golongrl.verl_plugin``. A main program of one's
own can call :func:`install` instead, before or after verl is imported.

The estimators are those of golongrl, ``golongrl_`` before each name, and without it where verl has none of that name:
``tmn``, ``tmn_reweight``, ``dr_grpo``, ``qwenlong``, ... A spelling with options works too:
``algorithm.adv_estimator='"tmn_reweight(alpha=0.5)"'``.

Importing this module imports neither verl nor torch and starts nothing.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import golongrl
from golongrl._verl_advantage import ESTIMATORS, install, register

# Absolute imports only: verl may execute this file by its path, outside of the package.

__all__ = ["ESTIMATORS", "KEYS", "compute_score", "compute_score_async", "compute_score_batch", "install", "register"]

STATUSES = ("judged", "no_answer", "bad_answer", "bad_format", "bad_gold", "over_budget", "undecided", "error")

KEYS = ("score", "acc", "scored", *STATUSES)
"""The keys of every result, whatever the task and whatever failed; all values are floats.

verl takes the keys of the first sample for those of all, puts the values in numpy arrays, and averages them for its
validation metrics, so that neither a missing key nor None nor a text would do."""

_log = logging.getLogger("golongrl.verl")
_told: set[tuple[str, str]] = set()


def compute_score(
    data_source: Any,
    solution_str: str,
    ground_truth: Any,
    extra_info: Any = None,
    *,
    metric: str | None = None,
    profile: str | None = None,
    force: bool = True,
    unscored: float = 0.0,
    **_: Any,
) -> dict[str, float]:
    """The reward of one response, as verl's reward managers call it.

    The row is judged as ``golongrl-score score`` judges the row of the dataset: by ``extra_info["reward_mode"]`` and
    data_source. ground_truth may be anything that verl reads from Parquet or JSON, a JSON text included.

    The result has the keys KEYS: ``score``, the same as ``acc``; ``scored``, 1.0 if the score is a judgement; and 1.0
    for the row's status among ``judged``, ``no_answer``, ... A row without a score (its reference cannot be read, the
    metric does not exist, the verdict is undecided) has the number unscored and ``scored`` 0.0; the estimators of this
    module leave it out of all statistics and give it the advantage 0. The first row of each kind is logged as a
    warning.

    metric judges every row, whatever its data_source; with force=False only those that name none, which rows with a
    data_source do not. Other keyword arguments, such as reward_router_address, are verl's and are ignored. If golongrl
    itself fails or an option is wrong, golongrl.Error is raised.
    """
    item = _item(data_source, solution_str, ground_truth, extra_info)
    force = force and metric is not None
    scores = golongrl.score_batch([item], metric=metric, profile=profile, force=force)
    return _result(scores[0], unscored, data_source)


async def compute_score_async(
    data_source: Any,
    solution_str: str,
    ground_truth: Any,
    extra_info: Any = None,
    *,
    metric: str | None = None,
    profile: str | None = None,
    force: bool = True,
    unscored: float = 0.0,
    **_: Any,
) -> dict[str, float]:
    """compute_score as a coroutine function, for ``reward.custom_reward_function.name=compute_score_async``."""
    item = _item(data_source, solution_str, ground_truth, extra_info)
    force = force and metric is not None
    scores = await golongrl.ascore_batch([item], metric=metric, profile=profile, force=force)
    return _result(scores[0], unscored, data_source)


def compute_score_batch(
    data_sources: Sequence[Any],
    solution_strs: Sequence[str],
    ground_truths: Sequence[Any],
    extra_infos: Iterable[Any] | None = None,
    *,
    metric: str | None = None,
    profile: str | None = None,
    force: bool = True,
    unscored: float = 0.0,
    **_: Any,
) -> list[dict[str, float]]:
    """compute_score for a whole batch, as the reward manager ``batch`` of verl 0.7 and before calls it."""
    infos = [None] * len(solution_strs) if extra_infos is None else list(extra_infos)
    rows = list(zip(data_sources, solution_strs, ground_truths, infos, strict=True))
    force = force and metric is not None
    scores = golongrl.score_batch([_item(*row) for row in rows], metric=metric, profile=profile, force=force)
    return [_result(s, unscored, row[0]) for s, row in zip(scores, rows, strict=True)]


def _item(data_source: Any, solution_str: str, ground_truth: Any, extra_info: Any) -> dict[str, Any]:
    item = {"response": solution_str, "data_source": data_source, "reward_model": {"ground_truth": ground_truth}}
    if isinstance(extra_info, str):
        item["extra_info"] = extra_info
    elif isinstance(extra_info, Mapping) and extra_info.get("reward_mode") is not None:
        # verl adds its own things to extra_info, which need not have JSON.
        item["extra_info"] = {"reward_mode": extra_info["reward_mode"]}
    return item


def _result(s: golongrl.Score, unscored: float, data_source: Any) -> dict[str, float]:
    out = dict.fromkeys(KEYS, 0.0)
    scored = s.score is not None
    out["score"] = out["acc"] = float(s.score) if s.score is not None else float(unscored)
    out["scored"] = float(scored)
    if s.status in out:
        out[s.status] = 1.0
    if not scored:
        _tell(str(data_source), s)
    return out


def _tell(data_source: str, s: golongrl.Score) -> None:
    kind = (data_source, s.status)
    if kind not in _told and len(_told) < 100:
        _told.add(kind)
        _log.warning(
            "no score for a row of data_source %s: %s: %s; further rows like it are only counted, under %s",
            data_source, s.status, s.error, s.status,
        )  # fmt: skip


def _main(args: list[str]) -> int:
    if args == ["path"]:
        print(__file__)
        return 0
    print(__doc__)
    return 0 if args in ([], ["-h"], ["--help"]) else 2


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
