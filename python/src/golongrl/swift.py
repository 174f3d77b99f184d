"""Reward functions for ms-swift's GRPO.

    swift rlhf --rlhf_type grpo \\
        --external_plugins "$(python -m golongrl.swift)" \\
        --reward_funcs golongrl ...

The plugin registers in ``swift.rewards.orms``:

- ``golongrl``: every row by its own task;
- ``golongrl_em``, ``golongrl_choice``, ``golongrl_f1``, ``golongrl_math_verify``, ``golongrl_iou``, ``golongrl_sub_em``,
  ``golongrl_ndcg``, ``golongrl_pairwise``, ``golongrl_rouge_l``: its nine parts, None for rows of other tasks. Rows that
  name no task are judged by each part that is used, so name the task in datasets of several;
- each with ``_async`` appended: the same as an AsyncORM, where ms-swift has that.

A metric expression needs a plugin file of two lines::

    from golongrl.swift import register
    register(my_reward="0.9*task + 0.1*format")

The columns that are read are those of ``golongrl.trl``; rows need ``--remove_unused_columns false`` where ms-swift would
drop them. A row without a score is None, which ms-swift leaves out. If golongrl itself fails, the functions raise.

The module imports without ms-swift.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from golongrl import _columns, trl

__all__ = ["plugin_path", "register", "reward_class"]


def plugin_path() -> str:
    """The file for --external_plugins."""
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), "_swift", "golongrl_plugin.py")


def reward_class(name: str, reward: trl.Reward) -> type:
    """A subclass of ms-swift's ORM, or of AsyncORM for a trl.AsyncReward, with the given name, which calls reward."""
    from swift import rewards

    async_call = isinstance(reward, trl.AsyncReward)

    class Golongrl(rewards.AsyncORM if async_call else rewards.ORM):  # type: ignore[misc]
        def __init__(self, args: Any = None, **kwargs: Any) -> None:
            super().__init__(args, **kwargs)
            self.reward = reward

    if async_call:

        async def acall(self: Any, completions: Sequence[Any], **columns: Any) -> list[float | None]:
            return await self.reward(completions=completions, **_known(columns))

        Golongrl.__call__ = acall  # type: ignore[method-assign]
    else:

        def call(self: Any, completions: Sequence[Any], **columns: Any) -> list[float | None]:
            return self.reward(completions=completions, **_known(columns))

        Golongrl.__call__ = call  # type: ignore[method-assign]
    Golongrl.__call__.__doc__ = "One reward for each completion, None where there is none."
    Golongrl.__name__ = Golongrl.__qualname__ = name  # what ms-swift logs
    Golongrl.__doc__ = f"{name} of golongrl.swift."
    return Golongrl


def _known(columns: dict[str, Any]) -> dict[str, Any]:
    """The columns that are read, and the tokens, for the length."""
    known = {name: columns[name] for name in _columns.FIELDS if name in columns}
    ids = columns.get("response_token_ids")
    if isinstance(ids, Sequence) and all(isinstance(x, Sequence) for x in ids):
        # A turn is a list of its own in ms-swift.
        flat = [[t for turn in x for t in turn] if x and isinstance(x[0], Sequence) else x for x in ids]
        if all(flat):
            known["completion_ids"] = flat
    return known


def register(**metrics: str) -> None:
    """Registers the rewards in ``swift.rewards.orms``, and one for each metric expression that is given by name."""
    from swift import rewards

    kinds: list[tuple[str, type[trl.Reward]]] = [("", trl.Reward)]
    if hasattr(rewards, "AsyncORM"):
        kinds.append(("_async", trl.AsyncReward))
    for suffix, kind in kinds:
        made = {"golongrl": kind("golongrl")}
        made.update({f"golongrl_{name}": kind(name, task=name) for name in _columns.NINE})
        made.update({name: kind(name, metric=metric) for name, metric in metrics.items()})
        for name, reward in made.items():
            rewards.orms[name + suffix] = reward_class(name + suffix, reward)


if __name__ == "__main__":
    print(plugin_path())
