"""Batches of dataset columns, as TRL and ms-swift hand them to reward functions, into rows that golongrl scores.

Private: ``golongrl.trl``, ``golongrl.swift`` and ``golongrl.verifiers`` are the users.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import golongrl
from golongrl import Score

NINE = ("em", "choice", "f1", "math_verify", "iou", "sub_em", "ndcg", "pairwise", "rouge_l")
"""The nine rewards of GoLongRL, T1 to T9."""

FIELDS = (
    "metric",
    "task",
    "lang",
    "length",
    "reference",
    "solution",
    "answer",
    "ground_truth",
    "data_source",
    "reward_model",
    "extra_info",
    "reward_mode",
    "random_string_to_prepend",
)
"""The columns that are read. All others are left alone."""

Row = Mapping[str, Any]


def text(completion: Any) -> str:
    """The response in a completion: a string, or messages, of which the last one of the assistant counts.

    Reasoning that the host has parsed out of a message (``reasoning_content``, ``reasoning`` or ``thinking``) is put
    back in front, between ``<think>`` and ``</think>``. Raises TypeError if there is no text.
    """
    if isinstance(completion, str):
        return completion
    if _is_message(completion):
        return _message(completion)
    if not isinstance(completion, Sequence) or isinstance(completion, (bytes, bytearray)):
        raise TypeError(f"the completion is {type(completion).__name__}: give a string or a list of messages")
    for message in reversed(completion):
        if not _is_message(message):
            raise TypeError(f"the completion holds {type(message).__name__}: give messages with role and content")
        if get(message, "role") in ("assistant", None):
            return _message(message)
    return ""


def get(holder: Any, name: str) -> Any:
    """The field of a mapping or the attribute of an object, None where there is none."""
    return holder.get(name) if isinstance(holder, Mapping) else getattr(holder, name, None)


def _is_message(value: Any) -> bool:
    return isinstance(value, Mapping) or hasattr(value, "role")


def _message(message: Any) -> str:
    content = get(message, "content")
    if content is None:
        content = ""  # a message that only calls tools
    elif isinstance(content, Sequence) and not isinstance(content, (str, bytes, bytearray)):
        parts = [part if isinstance(part, str) else get(part, "text") for part in content]
        content = "".join(part for part in parts if isinstance(part, str))
    if not isinstance(content, str):
        raise TypeError(f"the content of a message is {type(content).__name__}: give a string")
    for key in ("reasoning_content", "reasoning", "thinking"):
        thought = get(message, key)
        if isinstance(thought, str) and thought.strip():
            # A content that still has its reasoning is whole. Another </think> in it is the model's own, and to leave
            # the reasoning away would hide that there are two.
            before, end, _ = content.partition("</think>")
            if not end or thought.strip() not in before:
                return f"<think>\n{thought.strip()}\n</think>\n\n{content}"
    return content


def row(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The row in golongrl's schema that the columns of one sample stand for; fields that are None are absent.

    The reference answer is the first there is of ``reference``, ``solution``, ``answer`` and ``ground_truth``. A
    sample with ``data_source`` and ``reward_model`` or ``ground_truth`` is one of the verl schema and stays as it is.
    """
    out = {name: value for name in FIELDS if (value := fields.get(name)) is not None}
    solution = out.pop("solution", None)
    if "data_source" in out and ("reward_model" in out or "ground_truth" in out):
        if "random_string_to_prepend" not in out:
            out.pop("answer", None)
        return out
    truth = out.pop("ground_truth", None)
    if truth is None and isinstance(out.get("reward_model"), Mapping):
        truth = out["reward_model"].get("ground_truth")
    if truth is not None:
        out.pop("reward_model", None)
    if "random_string_to_prepend" not in out:
        answer = out.pop("answer", None)
    else:
        answer = out.get("answer")
    for value in (solution, answer, truth):
        if "reference" not in out and value is not None:
            out["reference"] = value
    return out


def names_task(r: Row) -> bool:
    """Whether the row says what judges it."""
    return bool(r.get("metric") or r.get("task")) or ("data_source" in r and "reference" not in r)


def rows(completions: Sequence[Any], completion_ids: Any, columns: Mapping[str, Any]) -> list[dict[str, Any] | Score]:
    """A row for each completion, or the error that it is. A column is a list, or one value for all samples."""
    n = len(completions)
    kept: dict[str, Sequence[Any]] = {}
    for name in FIELDS:
        column = columns.get(name)
        if column is None:
            continue
        if isinstance(column, (str, bytes, Mapping)) or not hasattr(column, "__len__"):
            column = [column] * n
        if len(column) != n:
            raise ValueError(f"column {name} has {len(column)} values for {n} completions")
        kept[name] = column
    if "length" not in kept and completion_ids is not None and len(completion_ids) == n:
        kept["length"] = [None if ids is None else len(ids) for ids in completion_ids]
    out: list[dict[str, Any] | Score] = []
    for i, completion in enumerate(completions):
        try:
            response = text(completion)
        except TypeError as e:
            out.append(error(str(e)))
            continue
        r = row({name: column[i] for name, column in kept.items()})
        r["response"] = response
        out.append(r)
    return out


def error(message: str) -> Score:
    """The result of a row that cannot be scored."""
    return Score(None, "error", error=message)


def score(items: Sequence[Row | Score], **options: Any) -> list[Score]:
    """Scores rows in one call. What is wrong with one row is the status of that row alone; rows that are a result
    already keep it. Raises golongrl.Error if the call fails as a whole."""
    results: list[Score | None] = [item if isinstance(item, Score) else None for item in items]
    rows = {i: item for i, item in enumerate(items) if not isinstance(item, Score)}
    todo = list(rows)
    while todo:
        try:
            scores = golongrl.score_batch([rows[i] for i in todo], **options)
        except golongrl.CallError as e:
            if e.item is None or not 0 <= e.item < len(todo):
                raise
            results[todo.pop(e.item)] = error(e.message)
        except (TypeError, ValueError):
            # A value in some row has no JSON. Python says which, but not the row's number.
            for i in todo:
                try:
                    results[i] = golongrl.score_batch([rows[i]], **options)[0]
                except (TypeError, ValueError) as e:
                    results[i] = error(str(e).removeprefix("item 0: "))
            break
        else:
            for i, s in zip(todo, scores, strict=True):
                results[i] = s
            break
    return [s for s in results if s is not None]


class Last:
    """Scores a batch once for all functions that are called with it one after the other.

    TRL and ms-swift call each of the nine functions with the same batch. The last batch is kept with its results;
    equal rows have equal results, so nobody can tell whether a result was kept.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: tuple[list[Any], dict[str, Any], list[Score]] | None = None

    def score(self, items: list[dict[str, Any] | Score], **options: Any) -> list[Score]:
        """As the function score."""
        with self._lock:  # functions that are called at the same time wait for the first
            kept = self._kept
            if kept is None or not _same(kept[0], items) or kept[1] != options:
                kept = self._kept = (items, options, score(items, **options))
            return kept[2]


def _same(a: Any, b: Any) -> bool:
    if a is b:
        return True
    if type(a) is not type(b):  # 1, 1.0 and True are equal, but not as references
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_same(x, b[name]) for name, x in a.items())
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(_same, a, b))
    try:
        return bool(a == b)
    except ValueError:  # numpy arrays, which have no one truth
        return False


last = Last()


def _reset() -> None:
    global last
    last = Last()  # the lock may have been held by a thread that does not exist here


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_reset)
