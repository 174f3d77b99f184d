"""A reward function and a reward post-process for slime.

    --custom-rm-path golongrl.slime.rm
    --custom-reward-post-process-path golongrl.slime.post_process --advantage-estimator grpo

:func:`rm` judges samples; :func:`post_process` makes advantages of the rewards of a whole rollout, by TMN-Reweight if
nothing else is said. Each works without the other. Settings are attributes of slime's args (a YAML file given by
``--custom-config-path`` makes such) or environment variables:

- ``golongrl_metric``, ``GOLONGRL_METRIC``: the metric of samples that name none
- ``golongrl_profile``, ``GOLONGRL_PROFILE``: strict (default) or reference
- ``golongrl_unscored``, ``GOLONGRL_UNSCORED``: the reward of a sample without a score, 0.0
- ``golongrl_estimator``, ``GOLONGRL_ESTIMATOR``: such as ``tmn_reweight(alpha=0.5)``

A label is the reference answer, or a row as a JSON text such as ``{"metric":"math_verify","reference":"2"}``. What it
does not say is read from ``Sample.metadata`` (``--metadata-key``): ``metric``, ``task``, ``lang``, ``reference``,
``random_string_to_prepend``, ``data_source``, ``reward_mode``, ``extra_info``, ``reward_model``.

There is no function for ``--custom-advantage-function-path``: slime calls that one in each data-parallel rank with the
samples of this rank alone, and without group and task.
"""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

import golongrl
from golongrl.openrlhf import row_of, without_end

__all__ = ["post_process", "rm"]

_log = logging.getLogger("golongrl.slime")
_told: set[str] = set()

NOTE = "golongrl"
"""The key of ``Sample.metadata`` under which :func:`rm` notes what it found: score, scored, status, metric, task,
error."""


def _setting(args: Any, name: str) -> str | None:
    value = getattr(args, "golongrl_" + name, None)
    if value is None:
        value = os.environ.get("GOLONGRL_" + name.upper()) or None
    return None if value is None else str(value)


def _metadata(sample: Any) -> Mapping[str, Any]:
    metadata = getattr(sample, "metadata", None)
    return metadata if isinstance(metadata, Mapping) else {}


def _status(sample: Any) -> str:
    status = getattr(sample, "status", None)
    return str(getattr(status, "value", status))


def row(sample: Any) -> dict[str, Any]:
    """The row that golongrl judges for a sample. Raises ValueError for a label that was to be JSON and is none."""
    out = row_of(sample.label, without_end(sample.response))
    metadata = _metadata(sample)
    for name in ("metric", "task", "lang", "random_string_to_prepend"):
        if out.get(name) is None and metadata.get(name) is not None:
            out[name] = metadata[name]
    if out.get("data_source") is None and metadata.get("data_source") is not None and "metric" not in out:
        out["data_source"] = metadata["data_source"]
        # A label that is a reference answer is the row's ground truth; in that schema there is no reference.
        truth = out.pop("reference", None)
        if "reward_model" not in out and "ground_truth" not in out:
            if truth is not None:
                out["ground_truth"] = truth
            else:
                out.update((k, metadata[k]) for k in ("reward_model", "ground_truth") if metadata.get(k) is not None)
        for name in ("reward_mode", "extra_info"):
            if out.get(name) is None and metadata.get(name) is not None:
                out[name] = metadata[name]
    elif "data_source" not in out and not {"reference", "reward_model", "ground_truth"} & out.keys():
        if metadata.get("reference") is not None:
            out["reference"] = metadata["reference"]
    length = getattr(sample, "response_length", None)
    if out.get("length") is None and length:
        out["length"] = length
    return out


async def rm(args: Any, sample: Any, **_: Any) -> Any:
    """The reward of a sample, or a list of rewards for a list of samples (``--group-rm``).

    The reward is a number; with ``--reward-key score`` it is a dict with score, scored, status, metric, task and
    error. The same dict is noted in ``sample.metadata["golongrl"]``. A truncated or failed sample is judged by what it
    says. An aborted one is not judged, nor is one whose label cannot be used: it gets the number
    ``golongrl_unscored``, :func:`post_process` leaves it out of all statistics, and the first of a kind is logged. If
    golongrl itself fails, golongrl.Error is raised.
    """
    if not isinstance(sample, (list, tuple)):
        return (await _judge(args, [sample]))[0]
    return await _judge(args, sample)


async def _judge(args: Any, samples: Sequence[Any]) -> list[Any]:
    rows: list[dict[str, Any]] = []
    notes: list[dict[str, Any] | None] = []
    for sample in samples:
        try:
            if _status(sample) == "aborted":
                raise ValueError("the sample was aborted")
            rows.append(row(sample))
            notes.append(None)
        except ValueError as e:
            notes.append({"score": None, "status": "error", "metric": None, "task": None, "error": str(e)})
    scores: list[golongrl.Score] = []
    if rows:
        metric, profile = _setting(args, "metric"), _setting(args, "profile")
        scores = await golongrl.ascore_batch(rows, metric=metric, profile=profile)
    unscored = float(_setting(args, "unscored") or 0.0)
    found = iter(scores)
    rewards: list[Any] = []
    for sample, note in zip(samples, notes, strict=True):
        if note is None:
            s = next(found)
            note = {"score": s.score, "status": s.status, "metric": s.metric, "task": s.task, "error": s.error}
        note["scored"] = note["score"] is not None
        if not note["scored"]:
            note["score"] = unscored
            _tell(note)
        if isinstance(sample.metadata, dict):
            sample.metadata[NOTE] = dict(note)
        rewards.append(note if getattr(args, "reward_key", None) else note["score"])
    return rewards


def _tell(note: Mapping[str, Any]) -> None:
    if note["status"] not in _told:
        _told.add(note["status"])
        _log.warning("no score for a sample: %s: %s; no more is said of others like it", note["status"], note["error"])


def post_process(args: Any, samples: Sequence[Any]) -> tuple[list[float], list[float]]:
    """The raw rewards and the advantages of all samples of a rollout.

    slime broadcasts what it gets here over the tokens if ``--advantage-estimator`` is grpo, gspo or cispo; with
    another one ValueError is raised, since it would be taken for rewards. Samples of one group_index answer the same
    prompt. The task of a sample is, in metadata or else in the label, reward_mode (through the table of task keys),
    data_source or task, else what :func:`rm` noted. Samples of one rollout_id are parts of one response: the last one
    counts, and all get its advantage. A sample without a score is left out of all statistics and has the advantage 0.
    """
    kind = getattr(args, "advantage_estimator", "grpo")
    if kind not in ("grpo", "gspo", "cispo"):
        raise ValueError(
            f"golongrl.slime.post_process makes advantages, which --advantage-estimator {kind} would take for rewards: "
            "use grpo, gspo or cispo"
        )
    estimator = _setting(args, "estimator") or "tmn_reweight"
    raw = [_reward(args, s) for s in samples]
    groups = [_group(args, i, s) for i, s in enumerate(samples)]
    counted: dict[Any, int] = {}
    response = []
    for i, s in enumerate(samples):
        rollout_id = getattr(s, "rollout_id", None)
        response.append(("row", i) if rollout_id is None else ("rollout", groups[i], rollout_id))
        counted[response[i]] = i
    rows = list(counted.values())
    options: dict[str, Any] = {"lengths": [max(1, _length(samples[i])) for i in rows]}
    if any(name in estimator for name in ("tmn", "qwenlong")):
        # Of a sample without a score nobody may know the task, and nobody asks for it.
        options["tasks"] = ["" if math.isnan(raw[i]) else _task(samples[i], i) for i in rows]
    values = golongrl.advantage([raw[i] for i in rows], [groups[i] for i in rows], estimator=estimator, **options)
    advantage = {key: 0.0 if math.isnan(v) else v for key, v in zip(counted, values, strict=True)}
    unscored = float(_setting(args, "unscored") or 0.0)
    return [unscored if math.isnan(r) else r for r in raw], [advantage[key] for key in response]


def _reward(args: Any, sample: Any) -> float:
    """The reward, NaN if it is no judgement."""
    note = _metadata(sample).get(NOTE)
    value = sample.reward
    key = getattr(args, "reward_key", None)
    if isinstance(value, Mapping):
        note = value if note is None else note
        value = value[key or "score"]
    if value is None or (isinstance(note, Mapping) and note.get("scored") is False):
        return math.nan
    return float(value)


def _group(args: Any, i: int, sample: Any) -> int:
    index = getattr(sample, "group_index", None)
    return int(index) if index is not None else -1 - i // int(args.n_samples_per_prompt)


def _length(sample: Any) -> int:
    length = getattr(sample, "effective_response_length", None)
    return int(sample.response_length if length is None else length)


def _task(sample: Any, i: int) -> str:
    metadata = _metadata(sample)
    try:
        label: Mapping[str, Any] = row_of(sample.label, "")
    except ValueError:
        label = {}
    for place in (metadata, label):
        info = place.get("extra_info")
        mode = place.get("reward_mode") or (info.get("reward_mode") if isinstance(info, Mapping) else None)
        if mode:
            return golongrl.task_key(str(mode))
        for name in ("data_source", "task"):
            if place.get(name):
                return str(place[name])
    note = metadata.get(NOTE)
    for place in (label, note if isinstance(note, Mapping) else {}):
        for name in ("task", "metric"):
            if place.get(name):
                return str(place[name])
    raise ValueError(
        f"sample {i} has no task, which the estimator needs: give reward_mode, data_source or task in its metadata, or "
        "use golongrl.slime.rm"
    )
