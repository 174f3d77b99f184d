"""Rows as they lie in data sets and files, into results. What golongrl.ray does inside its processes, without Ray.

The rules are those of package scoring/rollout in Go, which golongrl-score reads its input by.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import golongrl
from golongrl import CallError, Client, Score, _rows, _server

NAMES = ("id", "group", "uid")
"""The fields that name a row."""

FIELDS = (*_rows._FIELDS, *NAMES, "response", "responses")
"""The fields of a row that are read."""


def own_backend(backend: str | None, num_cpus: float) -> Client:
    """A client whose server or library is this process's alone, with as many threads as the process has CPUs.

    To be called in a worker process of Ray, before anything else of golongrl is used there. GOLONGRL_URL, if set,
    names a server that all share.
    """
    if "GOLONGRL_WORKERS" not in os.environ:
        os.environ["GOLONGRL_WORKERS"] = str(max(1, math.ceil(num_cpus)))
    # What is announced may be the server of the driver that started the cluster.
    golongrl.close()
    _server.server.leave()
    _server.announce()
    return golongrl.connect(backend=backend)


def pool(concurrency: int | tuple[int, int] | None) -> Any:
    """The pool of actors of a number of them, a least and a greatest number, or None: as the cluster allows."""
    import ray.data

    if concurrency is None:
        return ray.data.ActorPoolStrategy(min_size=1)
    if isinstance(concurrency, int):
        return ray.data.ActorPoolStrategy(size=concurrency)
    least, greatest = concurrency
    return ray.data.ActorPoolStrategy(min_size=least, max_size=greatest)


@dataclass(frozen=True, slots=True)
class Sample:
    """One response of a row, or what is wrong in its place."""

    number: int
    """Index in responses, 0 for response."""
    item: dict[str, Any]
    """What is scored."""
    error: str | None = None
    """If set, there is nothing to score; the item tells the task nevertheless."""


def samples(row: Mapping[str, Any]) -> list[Sample]:
    """One sample for each response of a row, or one with an error if the responses cannot be told."""
    one, many = row.get("response"), row.get("responses")
    fields = {name: row[name] for name in _rows._FIELDS if row.get(name) is not None}
    fields["response"] = ""
    if many is not None and hasattr(many, "tolist"):
        many = many.tolist()
    error = None
    if one is not None and many is not None:
        error = "responses: given besides response: give one of the two"
    elif one is not None:
        if not isinstance(one, str):
            error = f"response: {type(one).__name__}: give a string, or a list of strings in responses"
    elif many is None:
        error = "response: missing: give the text of the model as a string"
    elif not isinstance(many, Sequence) or isinstance(many, (str, bytes)):
        error = f"responses: {type(many).__name__}: give a list of strings"
    elif not many:
        error = "responses: an empty list: give at least one response"
    if error is not None:
        return [Sample(0, fields, error)]
    if one is not None:
        return [Sample(0, {**fields, "response": one})]
    out = []
    for i, text in enumerate(many or ()):
        if isinstance(text, str):
            out.append(Sample(i, {**fields, "response": text}))
        else:
            out.append(Sample(i, fields, f"responses[{i}]: {type(text).__name__}: give a string"))
    return out


def one(item: Mapping[str, Any]) -> Sample:
    """The sample of an item that has one response."""
    if item.get("responses") is not None:
        return Sample(0, {"response": ""}, "responses: give one item for each response")
    return samples(item)[0]


def score(client: Client, todo: Sequence[Sample], options: Mapping[str, Any]) -> list[Score]:
    """The results of samples, in order. What is wrong with one is its own status; Raises golongrl.Error if the call
    fails as a whole."""
    scores = _score([s.item for s in todo], client, options)
    for i, s in enumerate(todo):
        if s.error is not None:
            known = scores[i]
            scores[i] = Score(None, "error", known.metric, known.task, s.error, known.detail)
    return scores


def _score(items: list[dict[str, Any]], client: Client, options: Mapping[str, Any]) -> list[Score]:
    try:
        return client.score_batch(items, **options)
    except CallError as e:
        if e.item is None:
            raise
        if len(items) == 1:
            return [Score(None, "error", error=e.message)]
    except (TypeError, ValueError) as e:  # a value that has no JSON
        if len(items) == 1:
            return [Score(None, "error", error=str(e).removeprefix("item 0: "))]
    half = len(items) // 2
    return _score(items[:half], client, options) + _score(items[half:], client, options)


class _Defect(ValueError):
    """A line that is no row."""


def parse(line: bytes) -> tuple[dict[str, Any], str | None]:
    """The row of a line of JSON, or no fields and what is wrong."""
    try:
        return _parse(line), None
    except _Defect as e:
        return {}, str(e)


def _parse(line: bytes) -> dict[str, Any]:
    if (at := line.find(0)) >= 0:
        raise _Defect(f"NUL byte at byte offset {at}: the file is damaged or not UTF-8: convert it to UTF-8")
    try:
        value = json.loads(line.decode())
    except UnicodeDecodeError as e:
        raise _Defect(f"invalid UTF-8 at byte offset {e.start} of the line: convert the file to UTF-8") from None
    except RecursionError:
        raise _Defect("not readable: nested too deeply: shorten it") from None
    except ValueError as e:
        raise _Defect(f"not JSON: {e}: correct the line or remove it") from None
    if not isinstance(value, dict):
        raise _Defect(f"the line is {type(value).__name__}: write one JSON object per line")
    return value


def read(line: bytes) -> tuple[dict[str, Any], list[Sample]]:
    """The fields of a line of JSON, and its samples."""
    row, defect = parse(line)
    if defect is not None:
        return {}, [Sample(0, {"response": ""}, defect)]
    return row, samples(row)


def names(row: Mapping[str, Any], line: int | None) -> tuple[Any, Any]:
    """The id and the group of a row: its number counted from 1 and the id, if it has none."""
    extra = row.get("extra_info")
    if isinstance(extra, str):
        try:
            extra = json.loads(extra)
        except ValueError:
            extra = None
    found = row.get("id")
    if not _scalar(found):
        found = extra.get("index") if isinstance(extra, Mapping) else None
    if not _scalar(found):
        found = line
    for name in ("group", "uid"):
        group = row.get(name)
        if isinstance(group, bool) or _scalar(group):
            return found, group
    return found, found


def _scalar(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, (str, int)) or (isinstance(value, float) and math.isfinite(value))


def name(value: Any) -> str:
    """An id or group as a text of its own: 7 and 7.0 are 7, "a" is a, and "7", which is another, is "7" with quotes."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, str):
        return json.dumps(value)
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return value
    return json.dumps(value)


def result(row_id: Any, group: Any, sample: int, s: Score, place: str) -> dict[str, Any]:
    """A result in the form that golongrl-score writes it in; place goes before the error."""
    out: dict[str, Any] = {"id": row_id, "sample": sample, "group": group, "task": s.task, "metric": s.metric}
    out |= {"score": s.score, "status": s.status}
    if s.error is not None and s.score is None:
        out["error"] = place + s.error
    if s.score is not None and not 0 <= s.score <= 1:
        out["out_of_range"] = True
    return out | (s.detail or {})
