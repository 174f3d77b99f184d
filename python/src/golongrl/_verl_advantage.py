"""golongrl's estimators of advantages inside verl: what golongrl.verl.register and install do.

Private. verl calls a custom estimator with token rewards, mask and uid; tasks never reach it. So two functions of verl
are wrapped: compute_advantage, whose data has the columns of the dataset in the legacy trainers, and the method of the
v1 trainer that calls it, which fetches a handful of columns and not these. Both leave what they know in a context
variable, where the estimator finds it.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.abc
import importlib.machinery
import logging
import math
import re
import struct
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import golongrl

ESTIMATORS = (
    "grpo", "dr_grpo", "tmn", "tmn_reweight", "rloo", "reinforce_pp", "reinforce_pp_baseline", "remax", "gpg", "opo",
    "passk", "gdpo", "maxrl", "batch_std", "qwenlong", "f_grpo", "ha_dw", "aepo",
)  # fmt: skip
"""The estimators of golongrl. A list, as asking for it would start a server in every process that imports verl."""

PREFIX = "golongrl_"

_log = logging.getLogger("golongrl.verl")

_TASKS = re.compile(r"\b(tmn|tmn_reweight|qwenlong)\b")  # also as base=tmn
_LENGTHS = re.compile(r"\b(opo|reinforce_pp|reinforce_pp_baseline|gdpo)\b")
_PARTS = re.compile(r"\bgdpo\b")

Estimator = Callable[..., tuple[Any, Any]]


@dataclass
class _Rows:
    """What is known about the rows of a batch beyond what verl tells an estimator."""

    columns: Mapping[str, Any]  # non-tensor columns of the dataset and of the reward function
    keys: Sequence[str] | None = None  # of the v1 trainer: uid_session_index
    padding: Sequence[bool] = field(default_factory=list)


_rows: ContextVar[_Rows | None] = ContextVar("golongrl_verl_rows", default=None)
_v1_rows: ContextVar[_Rows | None] = ContextVar("golongrl_verl_v1_rows", default=None)


@contextlib.contextmanager
def _set(var: ContextVar[_Rows | None], rows: _Rows) -> Iterator[None]:
    token = var.set(rows)
    try:
        yield
    finally:
        var.reset(token)


def spelling(adv_estimator: Any) -> str | None:
    """The estimator of golongrl that a name in verl's config means, or None if it is one of verl's own."""
    name = getattr(adv_estimator, "value", adv_estimator)
    if not isinstance(name, str):
        return None
    name = name.strip()
    return name.removeprefix(PREFIX) if name.partition("(")[0].removeprefix(PREFIX).strip() in ESTIMATORS else None


# The estimators.


@functools.cache
def estimator(spelled: str) -> Estimator:
    """The function that verl's registry gets for an estimator; the same one each time."""

    def golongrl_estimator(
        token_level_rewards: Any,
        response_mask: Any,
        index: Any = None,
        config: Any = None,
        reward_baselines: Any = None,
        **_: Any,
    ) -> tuple[Any, Any]:
        if index is None:
            raise ValueError(f"{spelled}: verl gave no uid: golongrl needs to know which rows share a prompt")
        values = _values(spelled, token_level_rewards, response_mask, index, config, reward_baselines)
        advantages = token_level_rewards.new_tensor(values).unsqueeze(-1) * response_mask
        return advantages, advantages

    golongrl_estimator.__name__ = golongrl_estimator.__qualname__ = PREFIX + spelled
    golongrl_estimator.__doc__ = f"golongrl's {spelled} as an estimator of verl."
    return golongrl_estimator


def _values(spelled: str, token_rewards: Any, mask: Any, index: Any, config: Any, baselines: Any) -> list[float]:
    """The advantage of each row."""
    n = len(index)
    rows = _rows.get()
    columns: Mapping[str, Any] = rows.columns if rows else {}
    rewards = _rewards(token_rewards.double().sum(-1).tolist(), columns)
    for i, padding in enumerate(rows.padding if rows else ()):
        if padding:
            rewards[i] = math.nan  # made up to fill a batch; it would be a constant prompt of some task
    counted, speaks_for = _sessions(rows.keys if rows and rows.keys is not None else [], n)

    batch: dict[str, Any] = {"estimator": spelled}
    if _TASKS.search(spelled):
        batch["tasks"] = _tasks(columns, n, spelled)
    if _LENGTHS.search(spelled):
        # A response without a token has no gradient, but is one of the prompt's rollouts.
        batch["lengths"] = [max(1, int(x)) for x in mask.sum(-1).tolist()]
    if baselines is not None:
        batch["baselines"] = [float(x) for x in baselines.tolist()]
    if _PARTS.search(spelled) and (names := _option(config, "gdpo_reward_keys")):
        parts = {name: [float(x) for x in _column(columns, name, n, spelled)] for name in names}
        batch["components"] = parts
        weights = _option(config, "gdpo_reward_weights")
        if weights is not None and "weights=" not in spelled:
            added = "weights=" + "+".join(f"{k}:{w}" for k, w in zip(names, weights, strict=True))
            spelled = spelled[:-1] + "," + added + ")" if spelled.endswith(")") else f"{spelled}({added})"
            batch["estimator"] = spelled

    def pick(x: Sequence[Any]) -> list[Any]:
        return [x[i] for i in counted]

    for name in batch.keys() - {"estimator", "components"}:
        batch[name] = pick(batch[name])
    if "components" in batch:
        batch["components"] = {name: pick(x) for name, x in batch["components"].items()}
    values = golongrl.advantage(pick(rewards), pick([str(x) for x in index]), **batch)
    # A row that is kept out of everything teaches nothing.
    values = [0.0 if math.isnan(v) else v for v in values]
    return [values[k] for k in speaks_for]


def _rewards(sums: list[float], columns: Mapping[str, Any]) -> list[float]:
    """The rewards of rows in float64, NaN where there is none.

    Token rewards are float32, in which 0.3 is no longer the mean of 0.1, 0.3 and 0.5. The reward function's own number
    is taken where it is what the sum was rounded from, which it is not with a KL or length penalty.
    """
    exact = columns.get("score")
    if exact is None:
        exact = columns.get("acc")
    scored = columns.get("scored")
    out = []
    for i, r in enumerate(sums):
        if scored is not None and _number(scored[i]) == 0.0:
            r = math.nan
        elif exact is not None and (x := _number(exact[i])) is not None and _float32(x) == r:
            r = x
        out.append(r)
    return out


def _number(x: Any) -> float | None:
    try:
        return float(x)
    except (TypeError, ValueError):
        return None


def _float32(x: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", x))[0])
    except OverflowError:
        return math.inf


def _sessions(keys: Sequence[str], n: int) -> tuple[list[int], list[int]]:
    """The rows that count, and for each row the position of the one that speaks for it.

    A session of the v1 trainer may have several outputs with the same reward; as for verl's GRPO the last one counts
    and the others share its advantage.
    """
    last: dict[str, tuple[int, int]] = {}
    session = []
    for i in range(n):
        name, number = str(i), 0
        if keys:
            parts = str(keys[i]).rsplit("_", 1)
            if len(parts) == 2 and parts[1].isdigit():
                name, number = parts[0], int(parts[1])
            else:
                name = str(keys[i])
        session.append(name)
        if name not in last or last[name][0] < number:
            last[name] = (number, i)
    counted = sorted(i for _, i in last.values())
    position = {i: k for k, i in enumerate(counted)}
    return counted, [position[last[name][1]] for name in session]


def _tasks(columns: Mapping[str, Any], n: int, spelled: str) -> list[str]:
    """The task of each row, by the rule of GoLongRL's own verl: the column reward_mode; else that of extra_info,
    through the table of task keys; else, which that verl refuses, data_source."""
    top, infos, sources = (columns.get(name) for name in ("reward_mode", "extra_info", "data_source"))
    if top is None and infos is None and sources is None:
        raise ValueError(
            f"{spelled} needs the task of each row, and verl gave none: import golongrl.verl_plugin in the process "
            "that computes advantages (VERL_USE_EXTERNAL_MODULES=golongrl.verl_plugin), and see that rows have "
            "extra_info.reward_mode or data_source"
        )
    keys: dict[str, str] = {}
    out = []
    for i in range(n):
        if top is not None and top[i] is not None:
            out.append(str(top[i]))
            continue
        info = infos[i] if infos is not None else None
        mode = info.get("reward_mode") if isinstance(info, Mapping) else None
        if mode:
            if mode not in keys:
                keys[mode] = golongrl.task_key(str(mode))
            out.append(keys[mode])
        elif sources is not None and sources[i] is not None:
            out.append(str(sources[i]))
        else:
            raise ValueError(f"{spelled}: row {i} has neither reward_mode, extra_info.reward_mode nor data_source")
    return out


def _column(columns: Mapping[str, Any], name: str, n: int, spelled: str) -> Sequence[Any]:
    column: Sequence[Any] | None = columns.get(name)
    if column is None or len(column) != n:
        raise ValueError(
            f"{spelled}: algorithm.gdpo_reward_keys names {name}, which the reward function did not return"
        )
    return column


def _option(config: Any, name: str) -> Any:
    get = getattr(config, "get", None)
    return get(name, None) if get is not None else getattr(config, name, None)


# Wrapping verl.


def register() -> None:
    """Registers golongrl's estimators with verl: each as ``golongrl_NAME``, and as ``NAME`` where verl has none of that
    name. Imports verl.trainer.ppo.core_algos. To call it again changes nothing.

    Estimators that need tasks need :func:`install` too, which registers by itself."""
    _register(importlib.import_module("verl.trainer.ppo.core_algos"))


def _register(core_algos: ModuleType) -> None:
    for name in ESTIMATORS:
        fn = estimator(name)
        core_algos.register_adv_est(PREFIX + name)(fn)
        if name not in core_algos.ADV_ESTIMATOR_REGISTRY:
            core_algos.register_adv_est(name)(fn)


def _ours(core_algos: ModuleType, adv_estimator: Any) -> bool:
    """Whether verl's config names an estimator of golongrl, which is then in the registry."""
    spelled = spelling(adv_estimator)
    if spelled is None:
        return False
    name = getattr(adv_estimator, "value", adv_estimator)
    registry = core_algos.ADV_ESTIMATOR_REGISTRY
    if name not in registry:
        registry[name] = estimator(spelled)
    return registry[name] is estimator(spelled)


def _wrap_compute_advantage(module: ModuleType) -> None:
    original = module.compute_advantage
    if getattr(original, "_golongrl", False):
        return

    @functools.wraps(original)
    def compute_advantage(*args: Any, **kwargs: Any) -> Any:
        data = args[0] if args else kwargs["data"]
        name = args[1] if len(args) > 1 else kwargs.get("adv_estimator")
        if not _ours(module.core_algos, name):
            return original(*args, **kwargs)
        known = _v1_rows.get()
        with _set(_rows, known or _Rows(data.non_tensor_batch)):
            return original(*args, **kwargs)

    compute_advantage._golongrl = True  # type: ignore[attr-defined]
    module.compute_advantage = compute_advantage  # type: ignore[attr-defined]
    for other in list(sys.modules.values()):  # those that have imported it by name
        if getattr(other, "__dict__", {}).get("compute_advantage") is original:
            other.compute_advantage = compute_advantage  # type: ignore[attr-defined]


_COLUMNS = ("reward_mode", "data_source", "extra_info", "extra_fields")


def _wrap_v1(module: ModuleType) -> None:
    for cls in list(vars(module).values()):
        if isinstance(cls, type) and cls.__module__ == module.__name__ and "_compute_advantage" in vars(cls):
            _wrap_method(module, cls)


def _wrap_method(module: ModuleType, cls: Any) -> None:
    original = cls._compute_advantage
    if getattr(original, "_golongrl", False):
        return

    @functools.wraps(original)
    def _compute_advantage(self: Any, batch: Any, *args: Any, **kwargs: Any) -> Any:
        if not _ours(module.core_algos, self.config.algorithm.adv_estimator):
            return original(self, batch, *args, **kwargs)
        rows = _fetch(module.tq, batch)
        _tell_partial(rows, _rollouts(self.config))
        with _set(_v1_rows, rows):
            return original(self, batch, *args, **kwargs)

    _compute_advantage._golongrl = True  # type: ignore[attr-defined]
    cls._compute_advantage = _compute_advantage


def _fetch(tq: Any, batch: Any) -> _Rows:
    """The columns of a batch of the v1 trainer, out of its transfer queue."""
    data = tq.kv_batch_get(keys=batch.keys, partition_id=batch.partition_id, select_fields=list(_COLUMNS))
    columns: dict[str, Any] = {}
    for name in _COLUMNS:
        if name in data.keys():
            column = data[name]
            columns[name] = column.tolist() if hasattr(column, "tolist") else list(column)
    # What the reward function returned lies in extra_fields, in each row.
    infos = [
        x.get("reward_extra_info") or {} if isinstance(x, Mapping) else {} for x in columns.pop("extra_fields", [])
    ]
    for name in {name for info in infos for name in info}:
        columns.setdefault(name, [info.get(name) for info in infos])
    return _Rows(columns, list(batch.keys), [bool(tag.get("is_padding", False)) for tag in batch.tags])


def _rollouts(config: Any) -> int | None:
    """How many responses verl samples for a prompt."""
    for name in ("actor_rollout_ref", "rollout", "n"):
        config = getattr(config, name, None)
    return config if isinstance(config, int) else None


def _tell_partial(rows: _Rows, n: int | None) -> None:
    """Warns of groups that verl has left short. It goes on with what is left of a group of which a rollout or a reward
    failed, and of such a group the statistics are those of the rest."""
    sessions: dict[str, set[str]] = {}
    for key, padding in zip(rows.keys or (), rows.padding, strict=True):
        if not padding:
            uid, _, session = str(key).rsplit("_", 1)[0].rpartition("_")
            sessions.setdefault(uid, set()).add(session)
    short = [len(x) for x in sessions.values() if n is not None and len(x) < n]
    if short:
        _log.warning(
            "%d of %d groups have fewer than %d responses (the shortest has %d), since a rollout or a reward failed: "
            "see the log of verl's agent loop workers; advantages are those of the responses that are there",
            len(short), len(sessions), n, min(short),
        )  # fmt: skip


_PATCHES: dict[str, Callable[[ModuleType], None]] = {
    "verl.trainer.ppo.core_algos": _register,
    "verl.trainer.ppo.ray_trainer": _wrap_compute_advantage,
    "verl.trainer.ppo.v1.trainer_base": _wrap_v1,
}


class _Finder(importlib.abc.MetaPathFinder):
    """Patches verl's modules when verl imports them, so that nothing is imported before."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        patch = _PATCHES.get(name)
        if patch is None:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                if spec.loader is not None:
                    _patch_after(spec.loader, patch)
                return spec
        return None


def _patch_after(loader: Any, patch: Callable[[ModuleType], None]) -> None:
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        execute(module)
        patch(module)

    loader.exec_module = exec_module


_finder = _Finder()


def install() -> None:
    """Makes golongrl's estimators work in verl: registers them and hands them the tasks.

    verl's compute_advantage, and in its v1 trainer the method that calls it, are wrapped; for other estimators they do
    what they did. What verl has not imported yet is changed when it is imported, so that this function imports nothing
    and may be called at any time before the first step. To call it again changes nothing."""
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
    for name, patch in _PATCHES.items():
        module = sys.modules.get(name)
        spec = getattr(module, "__spec__", None)
        if module is not None and not getattr(spec, "_initializing", False):
            patch(module)
