"""From what callers have to what can be sent."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ._types import Batch, Row, ScoreOptions

# The fields of a row that are read (docs of package scoring/rollout), without
# those that only name it. Rows of trainers have many more, prompts among them,
# and objects that are no JSON.
_FIELDS = (
    "reference",
    "task",
    "metric",
    "lang",
    "length",
    "random_string_to_prepend",
    "answer",
    "data_source",
    "reward_model",
    "ground_truth",
    "extra_info",
    "reward_mode",
)
# Of the objects among them, the fields that are read.
_INNER = {"reward_model": ("ground_truth",), "extra_info": ("reward_mode",)}
_TEXTS = frozenset(("reference", "task", "metric", "lang", "random_string_to_prepend"))
_MAX_U32 = 0xFFFFFFFF


def text(value: object, what: str) -> str:
    """Return a str or UTF-8 bytes as str."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        try:
            return bytes(value).decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as e:
            raise TypeError(f"{what}: bytes that are no UTF-8 ({e.reason} at byte {e.start}): decode them") from None
    raise TypeError(f"{what}: {type(value).__name__}: give a str")


def plain(value: Any) -> Any:
    """Return what json cannot write as something that it can; for ``default`` of json.dumps."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).decode("utf-8", "surrogatepass")
    if isinstance(value, Mapping):
        return dict(value)
    for name in ("tolist", "item"):  # numpy and torch, without importing them
        convert = getattr(value, name, None)
        if callable(convert):
            return convert()
    raise TypeError(f"{type(value).__name__} is no JSON value")


def dumps(fields: Mapping[str, Any], where: str) -> str:
    """Return fields as JSON. A TypeError names the field that has no JSON form."""
    try:
        return json.dumps(fields, default=plain)
    except (TypeError, ValueError, RecursionError) as e:
        for name, value in fields.items():
            try:
                json.dumps(value, default=plain)
            except (TypeError, ValueError, RecursionError) as bad:
                reason = "nested too deeply" if isinstance(bad, RecursionError) else str(bad)
                raise TypeError(f"{where}{name}: {reason}: give what json.dumps can write") from None
        raise TypeError(f"{where}{e}") from None


def options(metric: str | None, profile: str | None, force: bool, explain: bool) -> ScoreOptions:
    """Check the options of score."""
    metric = None if metric is None else text(metric, "metric")
    profile = None if profile is None else text(profile, "profile")
    return ScoreOptions(metric, profile, bool(force), bool(explain))


def row(item: Mapping[str, Any], where: str = "") -> Row:
    """Check an item in the row schema of golongrl-score."""
    if not isinstance(item, Mapping):
        raise TypeError(f"{where or 'the item: '}{type(item).__name__}: give a mapping with at least response")
    if item.get("responses") is not None:
        raise TypeError(f"{where}responses: give one item for each response")
    response = item.get("response")
    if type(response) is not str:
        if response is None:
            raise TypeError(f"{where}response: missing: give the text of the model")
        response = text(response, where + "response")
    fields: dict[str, Any] = {}
    simple = True
    for name in _FIELDS:
        value = item.get(name)
        if value is None:
            continue
        if name in _TEXTS:
            if isinstance(value, (bytes, bytearray, memoryview)):
                value = text(value, where + name)
            simple = simple and isinstance(value, str)
        elif name == "length":
            simple = simple and _is_number(value)
        else:
            simple = False
            inner = _INNER.get(name)
            if inner is not None and isinstance(value, Mapping):
                value = {key: value[key] for key in inner if key in value}
        fields[name] = value
    # Without a reference the row's schema says what is missing.
    return {"response": response, "fields": fields, "plain": simple and "reference" in fields}


def _is_number(value: object) -> bool:
    if type(value) is float:
        return math.isfinite(value)
    return type(value) is int and abs(value) < 1 << 53


def rows(items: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Check items."""
    if isinstance(items, Mapping):
        raise TypeError("items: a mapping: give a list of mappings, or use score for one response")
    return [row(item, f"item {i}: ") for i, item in enumerate(items)]


def pairs(items: Iterable[Sequence[Any] | Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Check pairs of gold and response, given as tuples or as mappings."""
    if isinstance(items, Mapping):
        raise TypeError("pairs: a mapping: give a list of pairs, or use verify for one")
    out = []
    for i, item in enumerate(items):
        where = f"item {i}: "
        if isinstance(item, Mapping):
            gold, response = item.get("gold"), item.get("response")
        elif isinstance(item, (str, bytes)) or not hasattr(item, "__len__") or len(item) != 2:
            raise TypeError(f"{where}give a pair of gold and response")
        else:
            gold, response = item
        out.append((text(gold, where + "gold"), text(response, where + "response")))
    return out


def batch(
    estimator: str,
    rewards: Iterable[float | None],
    groups: Iterable[Any],
    tasks: Iterable[str] | None,
    lengths: Iterable[int] | None,
    baselines: Iterable[float | None] | None,
    components: Mapping[str, Iterable[float | None]] | None,
) -> Batch:
    """Check the columns of a batch."""
    numbers: dict[Any, int] = {}
    return Batch(
        estimator=text(estimator, "estimator"),
        rewards=_floats(rewards, "rewards"),
        groups=[numbers.setdefault(_key(g, i), len(numbers)) for i, g in enumerate(_listed(groups))],
        tasks=None if tasks is None else [text(t, f"tasks[{i}]") for i, t in enumerate(_listed(tasks))],
        lengths=None if lengths is None else _lengths(lengths),
        baselines=None if baselines is None else _floats(baselines, "baselines"),
        components=None
        if components is None
        else {text(k, "components"): _floats(v, f"components[{k!r}]") for k, v in components.items()},
    )


def _listed(values: Iterable[Any]) -> Iterable[Any]:
    tolist = getattr(values, "tolist", None)
    return tolist() if callable(tolist) else values


def _key(group: Any, i: int) -> Any:
    if type(group) is str:
        return group
    # Of numpy and torch: tensors are hashed by their identity, so that each would be a group.
    group = _scalar(group)
    try:
        hash(group)
    except TypeError:
        raise TypeError(f"groups[{i}]: {type(group).__name__}: give something hashable, such as a str") from None
    if isinstance(group, str):
        return str(group)
    if isinstance(group, float) and math.isnan(group):
        raise TypeError(f"groups[{i}]: NaN is equal to nothing: give the prompt's number or name")
    # As in golongrl-score, 7 is 7.0 and True is neither.
    return (bool, group) if isinstance(group, bool) else group


def _scalar(value: Any) -> Any:
    """Return a scalar of numpy or torch as Python's."""
    convert = getattr(value, "tolist", None)
    return convert() if callable(convert) else value


def _floats(values: Iterable[Any], what: str) -> list[float]:
    out = []
    for i, x in enumerate(_listed(values)):
        try:
            out.append(math.nan if x is None else float(x))
        except (TypeError, ValueError, OverflowError):
            raise TypeError(f"{what}[{i}]: {x!r:.80}: give a float, or None where there is none") from None
    return out


def _lengths(values: Iterable[Any]) -> list[int]:
    out = []
    for i, x in enumerate(map(_scalar, _listed(values))):
        if not isinstance(x, (int, float)) or not 0 <= x <= _MAX_U32 or int(x) != x:
            raise TypeError(f"lengths[{i}]: {x!r:.80}: give a number of tokens")
        out.append(int(x))
    return out


def task_key(mode: str, keys: Mapping[str, str]) -> str:
    """Return the key of a mode by the registry's task_keys, which have the names without options."""
    key = keys.get(mode)
    if key is not None:
        return key
    if "rule=longbench_pro" in mode and mode.startswith("choice"):
        return "Accuracy"
    name = mode.partition("(")[0].partition("@")[0].strip()
    return mode if "math_longcot_math_verify" in mode else keys.get(name, mode) if name != mode else mode
