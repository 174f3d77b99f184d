"""Reward functions for ms-swift's GRPO.

    swift rlhf --rlhf_type grpo \\
        --external_plugins "$(python -m golongrl.swift)" \\
        --reward_funcs golongrl ...

The plugin registers in ``swift.rewards.orms``:

- ``golongrl``: every row by its own task;
- ``golongrl_em``, ``golongrl_choice``, ``golongrl_f1``, ``golongrl_math_verify``, ``golongrl_iou``,
  ``golongrl_sub_em``, ``golongrl_ndcg``, ``golongrl_pairwise``, ``golongrl_rouge_l``: its nine parts, None for rows of
  other tasks. Rows that name no task are judged by each part that is used, so name the task in datasets of several;
- each with ``_async`` appended: the same as an AsyncORM, where ms-swift has that.

A metric expression needs a plugin file of two lines::

    from golongrl.swift import register
    register(my_reward="0.9*task + 0.1*format")

The columns that are read are those of ``golongrl.trl``. ms-swift itself reads some names, such as ``answer``, as parts
of the conversation: call the reference ``solution`` or ``reference``. If golongrl itself fails,
the functions raise.

Beware of rows without a score (their reference cannot be read, they name an unknown metric, …). They are None here, but
ms-swift (4.6) adds up what is there: a completion for which every function said None has the reward 0 in the mean and
the deviation of its group, and an advantage, as if it were wrong. TRL does not do that. The first row of each kind is
logged as a warning: score the data with ``golongrl-score score`` first, and take out the rows whose status is ``error``
or ``bad_gold``.

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
    from swift import rewards  # type: ignore[import-not-found, unused-ignore]

    if isinstance(reward, trl.AsyncReward):

        async def acall(self: Any, completions: Sequence[Any], **columns: Any) -> Any:
            return await reward(completions=completions, **_known(columns))

        base, call = rewards.AsyncORM, acall
    else:

        def call(self: Any, completions: Sequence[Any], **columns: Any) -> Any:
            return reward(completions=completions, **_known(columns))

        base = rewards.ORM
    call.__doc__ = "One reward for each completion, None where there is none."
    # ms-swift logs the name of the class.
    return type(name, (base,), {"__call__": call, "__doc__": f"{name} of golongrl.swift.", "__module__": __name__})


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
    from swift import rewards  # type: ignore[import-not-found, unused-ignore]

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
