"""golongrl.ray.advantage_dataset."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from golongrl import _ray_rows

if TYPE_CHECKING:
    import pyarrow as pa
    import ray.data

PER_GROUP = frozenset(("grpo", "dr_grpo", "rloo", "remax", "opo", "passk", "maxrl", "f_grpo"))
"""The estimators that look at one group at a time, as long as no option brings another estimator in."""


def needs_batch(estimator: str) -> bool:
    """Whether an advantage depends on other groups than its own.

    >>> needs_batch("grpo(eps=0)"), needs_batch("tmn_reweight"), needs_batch("f_grpo(base=tmn)")
    (False, True, True)
    """
    name = re.match(r"\s*(\w*)", estimator)
    # stack= may stand for another estimator, and base= does.
    return name is None or name[1] not in PER_GROUP or re.search(r"\b(base|stack)\s*=", estimator) is not None


def advantage_dataset(
    ds: ray.data.Dataset,
    *,
    estimator: str = "tmn_reweight",
    reward: str = "score",
    group: str = "group",
    task: str | None = "task",
    batch: str | None = None,
    length: str | None = None,
    baseline: str | None = None,
    components: Mapping[str, str] | None = None,
    column: str = "advantage",
    max_rows: int = 1_000_000,
    concurrency: int | tuple[int, int] | None = None,
    num_cpus: float = 1,
    num_partitions: int | None = None,
    backend: str | None = None,
) -> ray.data.Dataset:
    """Adds the column ``advantage`` to a data set of rewards. Rows come out in another order.

    reward, group, task, length, baseline and components name columns; task may be None, and is then not used. A
    reward that is null or NaN keeps its row out of everything and gives it the advantage null.

    An advantage needs all rows that it depends on, never a part of them:

    - grpo, dr_grpo, rloo, remax, opo, passk, maxrl and f_grpo look at one group: rows are brought together by group,
      and the data set may have any size.
    - All others, TMN-Reweight first of all, look at a whole batch of a training step: batch names the column that
      says which batch a row is of. Rows are brought together by batch, and a batch has to fit into one actor.
    - Without batch the data set is one batch. It is then computed once, counted, and refused with ValueError if it
      has more than max_rows rows.

    A group is one within its batch: the same prompt in another step is another group. A group or batch that is
    null is an error, and so is a task beside a reward where the estimator looks at batches.
    """
    columns = {"reward": reward, "group": group, "task": task, "batch": batch, "length": length, "baseline": baseline}
    keys = [] if batch is None else [batch]
    if not needs_batch(estimator):
        keys.append(group)
    if not keys:
        ds = ds.materialize()
        if (rows := ds.count()) > max_rows:
            raise ValueError(
                f"{rows} rows are too many for one batch, of which {estimator} needs all rows: name the column that "
                f"says which training step a row is of (batch=...), or allow it (max_rows={rows})"
            )
    return ds.groupby(keys or None, num_partitions=num_partitions).map_groups(
        _Advantages,
        fn_constructor_kwargs={
            "estimator": estimator,
            "columns": columns,
            "components": dict(components or {}),
            "column": column,
            "backend": backend,
            "num_cpus": num_cpus,
        },
        batch_format="pyarrow",
        num_cpus=num_cpus,
        compute=_ray_rows.pool(concurrency),
    )


class _Advantages:
    """Adds the column to the rows of a batch or group."""

    def __init__(
        self,
        estimator: str,
        columns: dict[str, str | None],
        components: dict[str, str],
        column: str,
        backend: str | None,
        num_cpus: float,
    ) -> None:
        self._client = _ray_rows.own_backend(backend, num_cpus)
        self._estimator, self._columns, self._components, self._column = estimator, columns, components, column

    def __call__(self, table: pa.Table) -> pa.Table:
        import pyarrow as pa

        def listed(name: str) -> list[Any]:
            if name not in table.column_names:
                known = ", ".join(table.column_names)
                raise ValueError(f"the data set has no column {name!r}: name the one that it has: {known}")
            values: list[Any] = table.column(name).to_pylist()
            return values

        def values(what: str) -> list[Any] | None:
            name = self._columns[what]
            return None if name is None else listed(name)

        rewards, groups, batches = values("reward"), values("group"), values("batch")
        for what, found in ("group", groups), ("batch", batches):
            if found is not None and None in found:
                raise ValueError(
                    f"the column {self._columns[what]!r} has a null: say of every row which {what} it is of"
                )
        assert rewards is not None and groups is not None
        tasks = None
        if needs_batch(self._estimator) and (tasks := values("task")) is not None:
            tasks = _tasks(tasks, rewards, self._columns["task"])
        result = self._client.advantage(
            rewards,
            groups,
            estimator=self._estimator,
            tasks=tasks,
            lengths=_whole(values("length")),
            baselines=values("baseline"),
            components={k: listed(v) for k, v in self._components.items()} or None,
        )
        array = pa.array([None if a != a else a for a in result], pa.float64())
        at = table.schema.get_field_index(self._column)
        return table.append_column(self._column, array) if at < 0 else table.set_column(at, self._column, array)


def _tasks(tasks: Sequence[Any], rewards: Sequence[Any], column: str | None) -> list[str]:
    for t, r in zip(tasks, rewards, strict=True):
        if t is None and r is not None and r == r:
            raise ValueError(f"the column {column!r} has a null in a row with a reward: say what task the row is of")
    return ["" if t is None else str(t) for t in tasks]


def _whole(lengths: Sequence[Any] | None) -> list[int] | None:
    if lengths is None:
        return None
    if None in lengths:
        raise ValueError("a length is null: give the tokens of every response")
    return list(lengths)
