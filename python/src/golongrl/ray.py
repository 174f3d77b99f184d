"""Scoring and advantages for data sets of any size, on Ray.

    import ray
    import golongrl.ray

    ds = golongrl.ray.read("rollouts/*.jsonl")                 # or any data set with the columns of golongrl-score
    ds = golongrl.ray.score_dataset(ds)                        # adds score, status, metric, task, error
    ds = golongrl.ray.advantage_dataset(ds, estimator="grpo")  # adds advantage

or, from files to files, resumable, without a line of Python::

    python -m golongrl.ray score rollouts/*.jsonl scores/

The scores are those of ``golongrl-score score`` on the same rows. Work is done by actors; each has a server of its own
(or the library, with ``backend="inproc"``), which uses as many threads as the actor has CPUs. An actor, a server or
a node that dies costs time and nothing else: Ray starts actors anew, an actor starts its server anew, and scoring
the same row twice gives the same score.

Ray is imported when something is called. On every node golongrl must be installed, as always with Ray.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from golongrl import Score, Verdict, _ray_rows
from golongrl._ray_advantage import advantage_dataset
from golongrl._ray_files import Summary, read, score_files

if TYPE_CHECKING:
    import pyarrow as pa
    import ray.data
    from ray.actor import ActorHandle

__all__ = ["Scorer", "Summary", "advantage_dataset", "read", "score_dataset", "score_files"]

ROW = "row"
"""The column of lines of JSON that ``read`` makes."""


class Scorer:
    """A client of golongrl with a backend of its own, to be an actor of Ray.

    ``Scorer.start()`` makes the actor. If its process dies it is started anew and the calls under way are repeated::

        scorer = golongrl.ray.Scorer.start(num_cpus=2)
        scores = ray.get(scorer.score_batch.remote(items))
    """

    def __init__(self, *, backend: str | None = None, num_cpus: float = 1, **options: Any) -> None:
        self._client = _ray_rows.own_backend(backend, num_cpus)
        self._options = options

    @classmethod
    def start(
        cls, *, num_cpus: float = 1, max_concurrency: int = 4, backend: str | None = None, **options: Any
    ) -> ActorHandle[Any]:
        """Starts an actor. The other options are those of score_batch, for all its calls: metric, profile, …"""
        import ray

        actor = ray.remote(cls).options(
            num_cpus=num_cpus, max_concurrency=max_concurrency, max_restarts=-1, max_task_retries=-1
        )
        return actor.remote(backend=backend, num_cpus=num_cpus, **options)

    def score_batch(self, items: Sequence[Mapping[str, Any]], **options: Any) -> list[Score]:
        """As golongrl.score_batch, but that a row that cannot be read is a status of its own."""
        return _ray_rows.score(self._client, [_ray_rows.one(item) for item in items], {**self._options, **options})

    def verify_batch(self, pairs: Iterable[Any], **options: Any) -> list[Verdict]:
        """As golongrl.verify_batch."""
        return self._client.verify_batch(pairs, **options)

    def advantage(self, rewards: Sequence[float | None], groups: Sequence[Any], **options: Any) -> list[float]:
        """As golongrl.advantage."""
        return self._client.advantage(rewards, groups, **options)

    def info(self) -> dict[str, Any]:
        """Version and process of the server, or of the library, and the process of the actor."""
        return {**self._client.server_info(), "actor": os.getpid()}


def score_dataset(
    ds: ray.data.Dataset,
    *,
    metric: str | None = None,
    profile: str | None = None,
    force: bool = False,
    explain: bool = False,
    prefix: str = "",
    keep: Sequence[str] | None = None,
    concurrency: int | tuple[int, int] | None = None,
    batch_size: int = 256,
    num_cpus: float = 1,
    backend: str | None = None,
    **ray_remote_args: Any,
) -> ray.data.Dataset:
    """Adds to a data set the columns ``score``, ``status``, ``metric``, ``task`` and ``error``, and with explain
    ``detail``, a JSON text. prefix goes before these names; columns that are there already are replaced.

    The columns are those of golongrl-score (docs of package scoring/rollout): response with reference, task, metric,
    …, or data_source with reward_model or ground_truth. Beware that a table gives all rows of a column one type, and
    objects all fields that any of them has, with null for absent ones; where that matters, as with references that
    are now a text and now a list, store JSON texts (of reward_model and extra_info the schema reads them), or use
    ``read``, which leaves rows as they are.

    A data set with a column ``responses`` of lists becomes one of a row per response, as golongrl-score does it: the
    column is replaced by ``response`` and ``sample``, the response's place in its list, and the others are repeated.
    One with a column ``row``, made by ``read``, gets sample, id and group too, as texts. keep names the columns of ds
    that are kept; None means all.

    metric, profile and force are those of golongrl.score_batch. concurrency is the number of actors, or its least
    and its greatest value; None lets the pool grow with the cluster. num_cpus is what an actor has, and as many
    threads its backend. The other arguments are Ray's, such as memory.
    """
    options = {"metric": metric, "profile": profile, "force": force, "explain": explain}
    return ds.map_batches(
        _ScoreTable,
        fn_constructor_kwargs={
            "options": options,
            "prefix": prefix,
            "keep": None if keep is None else list(keep),
            "backend": backend,
            "num_cpus": num_cpus,
        },
        batch_format="pyarrow",
        batch_size=batch_size,
        num_cpus=num_cpus,
        compute=_ray_rows.pool(concurrency),
        **ray_remote_args,
    )


class _ScoreTable:
    """Adds the columns to tables."""

    def __init__(
        self, options: dict[str, Any], prefix: str, keep: list[str] | None, backend: str | None, num_cpus: float
    ) -> None:
        self._client = _ray_rows.own_backend(backend, num_cpus)
        self._options, self._prefix, self._keep = options, prefix, keep

    def __call__(self, table: pa.Table) -> pa.Table:
        import pyarrow as pa

        lines = ROW in table.column_names and not {"response", "responses"} & set(table.column_names)
        rows = _read_lines(table) if lines else _read_columns(table)
        many = lines or "responses" in table.column_names
        samples = [sample for row in rows for sample in row.samples]
        scores = _ray_rows.score(self._client, samples, self._options)
        columns = {
            "score": pa.array([s.score for s in scores], pa.float64()),
            "status": pa.array([s.status for s in scores], pa.string()),
            "metric": pa.array([s.metric for s in scores], pa.string()),
            "task": pa.array([s.task for s in scores], pa.string()),
            "error": pa.array([s.error for s in scores], pa.string()),
        }
        if self._options.get("explain"):
            details = [None if s.detail is None else json.dumps(s.detail) for s in scores]
            columns["detail"] = pa.array(details, pa.string())
        columns = {self._prefix + name: column for name, column in columns.items()}
        if self._keep is not None:
            table = table.select([name for name in table.column_names if name in self._keep])
        if many:
            table = table.take([i for i, row in enumerate(rows) for _ in row.samples])
            columns["sample"] = pa.array([s.number for s in samples], pa.int64())
        if lines:
            columns["id"] = pa.array([row.id for row in rows for _ in row.samples], pa.string())
            columns["group"] = pa.array([row.group for row in rows for _ in row.samples], pa.string())
        elif many:
            texts = [None if s.error else s.item["response"] for s in samples]
            columns["response"] = pa.array(texts, pa.string())
            table = table.select([name for name in table.column_names if name != "responses"])
        return _with(table, columns)


@dataclass(frozen=True, slots=True)
class _Row:
    samples: list[_ray_rows.Sample]
    id: str | None = None
    group: str | None = None


def _read_lines(table: pa.Table) -> list[_Row]:
    numbers = table.column("line").to_pylist() if "line" in table.column_names else [None] * len(table)
    out = []
    for line, number in zip(table.column(ROW).to_pylist(), numbers, strict=True):
        fields, samples = _ray_rows.read(line.encode() if isinstance(line, str) else line or b"")
        row_id, group = _ray_rows.names(fields, number)
        out.append(_Row(samples, _ray_rows.name(row_id), _ray_rows.name(group)))
    return out


def _read_columns(table: pa.Table) -> list[_Row]:
    names = [name for name in table.column_names if name in _ray_rows.FIELDS]
    return [_Row(_ray_rows.samples(row)) for row in table.select(names).to_pylist()]


def _with(table: pa.Table, columns: Mapping[str, pa.Array]) -> pa.Table:
    """The table with the columns, which replace those of the same names."""
    for name, column in columns.items():
        at = table.schema.get_field_index(name)
        table = table.append_column(name, column) if at < 0 else table.set_column(at, name, column)
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """The command ``python -m golongrl.ray``."""
    from golongrl import _ray_files

    return _ray_files.main(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
