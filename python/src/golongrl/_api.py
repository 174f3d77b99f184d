"""The functions of the package, on a client that is made by the first call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ._client import Client, connect
from ._types import Score, Verdict

_clients: dict[str, Client] = {}  # at most one; the methods of dict are atomic


def default() -> Client:
    """Return the client of the module's functions, made of the environment at its first use."""
    client = _clients.get("default")
    if client is None:
        client = _clients.setdefault("default", connect())
    return client


def close() -> None:
    """Close the client of the module's functions. The next call makes another, as the environment says then.

    >>> close()
    """
    client = _clients.pop("default", None)
    if client is not None:
        client.close()


def score(
    response: str,
    reference: Any = None,
    *,
    task: str | None = None,
    metric: str | None = None,
    lang: str | None = None,
    length: float | None = None,
    profile: str | None = None,
    force: bool = False,
    explain: bool = False,
) -> Score:
    """Judge one response of a model.

    ``reference`` is the right answer: a text, or any JSON value such as a list of
    texts. ``task`` (``f1``, ``T3``, …) or ``metric``, which may be an expression
    such as ``0.9*task + 0.1*format``, says how it is judged; :func:`registry` lists
    them. ``lang`` is the language of the texts, ``length`` that of the response in
    tokens, for metrics that use it. ``profile`` is ``strict``, the default, or
    ``reference``, the numbers of the released code. With ``explain`` the result
    has a ``detail``.

    What is wrong with the response or the reference is the status of the result;
    a wrong ``profile`` raises :class:`CallError`.

    >>> score("<think>Six times seven.</think>[Answer]\\n42", "42", task="em")
    Score(score=1.0, status='judged', metric='em', task='em', error=None, detail=None)
    >>> score("no such metric", "a", metric="f2").status
    'error'
    """
    return default().score(
        response,
        reference,
        task=task,
        metric=metric,
        lang=lang,
        length=length,
        profile=profile,
        force=force,
        explain=explain,
    )


def score_batch(
    items: Iterable[Mapping[str, Any]],
    *,
    metric: str | None = None,
    profile: str | None = None,
    force: bool = False,
    explain: bool = False,
) -> list[Score]:
    """Judge responses, on all cores, and return one result for each, in order.

    An item is a mapping with the fields of a line of ``golongrl-score score``:
    ``response`` with ``reference``, ``task``, ``metric``, ``lang``, ``length``, or in
    verl's schema with ``data_source``, ``reward_model`` or ``ground_truth``, and
    ``extra_info``. Other fields are not read. Values may be of numpy. ``metric``
    judges items that name none; with ``force`` it judges all.

    An item that cannot be judged has a result that says so. A value that has no
    JSON form raises TypeError and names the item; :class:`CallError` is raised if
    ``metric`` or ``profile`` cannot be used.

    >>> items = [{"response": "[Answer]\\nA", "reference": r} for r in ("A", "B")]
    >>> [r.score for r in score_batch(items, metric="sub_em")]
    [1.0, 0.0]
    """
    return default().score_batch(items, metric=metric, profile=profile, force=force, explain=explain)


def verify(gold: str, response: str, **options: Any) -> Verdict:
    r"""Compare the mathematical answer in a response with the gold answer.

    ``options`` are those of POST /v1/verify: ``preset``, ``rel_tol``, ``log_base``,
    ``decimal_comma``, ``ignore_units``, ``ignore_percent``, ``fold_case``,
    ``ordered_lists``, ``tuple_as_set``, ``any_value``.

    >>> bool(verify("1/2", r"So it is \boxed{0.5}."))
    True
    """
    return default().verify(gold, response, **options)


def verify_batch(pairs: Iterable[Sequence[str] | Mapping[str, str]], **options: Any) -> list[Verdict]:
    """Compare pairs of gold and response, given as tuples or as mappings.

    >>> [v.verdict for v in verify_batch([("2", "[Answer]\\n2"), ("2", "[Answer]\\n3")])]
    ['equal', 'different']
    """
    return default().verify_batch(pairs, **options)


def advantage(
    rewards: Iterable[float | None],
    groups: Iterable[Any],
    *,
    estimator: str = "tmn_reweight",
    tasks: Iterable[str] | None = None,
    lengths: Iterable[int] | None = None,
    baselines: Iterable[float | None] | None = None,
    components: Mapping[str, Iterable[float | None]] | None = None,
) -> list[float]:
    """Return the advantage of each row of a batch.

    Rows whose elements of ``groups`` (anything hashable) are equal answer the same
    prompt; ``tasks`` are the keys within which TMN normalises (see
    :func:`task_key`). ``lengths`` are those of the responses in tokens,
    ``baselines`` the rewards of greedy responses, ``components`` the parts of the
    rewards, for the estimators that need them. A reward that is None or NaN keeps
    its row out of everything, and its advantage is NaN. Columns may be numpy arrays
    or torch tensors.

    >>> advantage([1.0, 0.0, 1.0, 1.0], ["a", "a", "b", "b"], estimator="dr_grpo")
    [0.5, -0.5, 0.0, 0.0]
    """
    return default().advantage(
        rewards, groups, estimator=estimator, tasks=tasks, lengths=lengths, baselines=baselines, components=components
    )


def registry() -> dict[str, Any]:
    """Return the metrics, estimators and other names that there are, as GET /v1/registry.

    >>> "f1" in {m["name"] for m in registry()["metrics"]}
    True
    """
    return default().registry()


def task_key(mode: str) -> str:
    """Return the key under which the released trainer normalises rewards of a reward mode or task.

    >>> task_key("T1.1 Global Cohesive Retrieval"), task_key("f1"), task_key("mine")
    ('NDCG', 'F1_Score', 'mine')
    """
    return default().task_key(mode)


def server_info() -> dict[str, Any]:
    """Return what answers the calls: at least ``backend``, ``version`` and ``pid``.

    >>> sorted(server_info())
    ['backend', 'pid', 'url', 'version']
    """
    return default().server_info()


async def ascore(response: str, reference: Any = None, **options: Any) -> Score:
    """Do :func:`score` in a thread, so that an event loop goes on meanwhile.

    >>> import asyncio
    >>> asyncio.run(ascore("[Answer]\\n42", "42", task="sub_em")).score
    1.0
    """
    return await default().ascore(response, reference, **options)


async def ascore_batch(items: Iterable[Mapping[str, Any]], **options: Any) -> list[Score]:
    """Do :func:`score_batch` in a thread, so that an event loop goes on meanwhile.

    >>> import asyncio
    >>> asyncio.run(ascore_batch([], metric="em"))
    []
    """
    return await default().ascore_batch(items, **options)
