"""The client: one way to call golongrl, whatever carries the calls."""

from __future__ import annotations

import atexit
import contextlib
import os
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from . import _inproc, _rows, _server, _socket
from ._types import Backend, Error, Score, Unavailable, Verdict

_T = TypeVar("_T")
_TIMEOUT = 600.0


def _timeout(given: float | None) -> float:
    text = os.environ.get("GOLONGRL_TIMEOUT")
    try:
        seconds = _TIMEOUT if given is None and not text else float(cast(Any, text if given is None else given))
    except (TypeError, ValueError):
        seconds = -1.0
    if not 0 < seconds <= 1e8:
        raise Error(f"timeout {text if given is None else given}: give seconds above 0 (GOLONGRL_TIMEOUT, or timeout=)")
    return seconds


def _backend(name: str | None, url: str | None, token: str | None, timeout: float) -> Backend:
    given = name
    name = name or os.environ.get("GOLONGRL_BACKEND") or None
    if name not in (None, "socket", "inproc", "http"):
        raise Error(f"backend {name!r}: use socket, inproc or http")
    if url is None and given != "inproc":
        url = os.environ.get("GOLONGRL_URL") or None
    if token is None:
        token = os.environ.get("GOLONGRL_TOKEN") or ""
    if name == "inproc":
        if url is not None:
            raise Error(f"backend inproc is in this process: it cannot be at {url}; leave one of them out")
        return _inproc.InprocBackend()
    if url is None:
        if name == "http":
            raise Error("backend http needs an address: give url or GOLONGRL_URL, such as http://127.0.0.1:8437")
        return _socket.SocketBackend(None, "", timeout)
    if url.startswith("unix:"):
        if name == "http":
            raise Error(f"{url} is of backend socket: leave out backend http")
        path = url.removeprefix("unix:").removeprefix("//")
        if not 0 < len(os.fsencode(path)) <= _server.SUN_PATH:
            raise Error(f"{url}: a socket's path has 1 to {_server.SUN_PATH} bytes: give unix:/path")
        return _socket.SocketBackend(path, token, timeout)
    if name == "socket" and given is not None:
        raise Error(f"{url} is for backend http: give unix:/path, or no url for a server of its own")
    from . import _http  # http.client and ssl take longer to import than all of this package

    return _http.HTTPBackend(url, token, timeout)


class Client:
    """A way to call golongrl. :func:`connect` makes one.

    Nothing is started or connected before the first call. A client may be used by
    any number of threads at once, in forked children too (but see
    :class:`ForkError`), and can be pickled: the copy connects by itself. After
    :meth:`close` the next call connects again.

    >>> with connect() as client:
    ...     client.score("<think>hm</think>[Answer]\\nb\\na", "a\\nb", task="f1").score
    1.0
    """

    def __init__(
        self, backend: str | None = None, url: str | None = None, token: str | None = None, timeout: float | None = None
    ) -> None:
        self._arguments = (backend, url, token, timeout)
        self._timeout = _timeout(timeout)
        self._carrier = _backend(backend, url, token, self._timeout)
        _clients.add(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return Client, self._arguments

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<golongrl.Client {self.backend}>"

    @property
    def backend(self) -> str:
        """The name of what carries the calls: socket, inproc or http."""
        return self._carrier.name

    def close(self) -> None:
        """Give back connections and, as the last user, end the server that golongrl started."""
        self._carrier.close()

    def server_info(self) -> dict[str, Any]:
        """Return what answers the calls: at least ``backend``, ``version`` and ``pid``."""
        return self._carrier.info()

    def registry(self) -> dict[str, Any]:
        """Return the metrics, estimators and other names that there are, as GET /v1/registry."""
        return self._carrier.registry()

    def score(
        self,
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
        """Judge one response: see :func:`golongrl.score`."""
        item: dict[str, Any] = {"response": response, "reference": reference, "task": task}
        # A metric judges what names none; with force it is the one that is meant.
        item |= {"metric": metric, "lang": lang, "length": length}
        options = _rows.options(metric if force else None, profile, force, explain)
        return self._carrier.score(options, [_rows.row(item)])[0]

    def score_batch(
        self,
        items: Iterable[Mapping[str, Any]],
        *,
        metric: str | None = None,
        profile: str | None = None,
        force: bool = False,
        explain: bool = False,
    ) -> list[Score]:
        """Judge responses: see :func:`golongrl.score_batch`."""
        return self._carrier.score(_rows.options(metric, profile, force, explain), _rows.rows(items))

    def verify(self, gold: str, response: str, **options: Any) -> Verdict:
        """Compare a mathematical answer: see :func:`golongrl.verify`."""
        return self.verify_batch([(gold, response)], **options)[0]

    def verify_batch(self, pairs: Iterable[Sequence[str] | Mapping[str, str]], **options: Any) -> list[Verdict]:
        """Compare mathematical answers: see :func:`golongrl.verify_batch`."""
        chosen = {k: v for k, v in options.items() if v is not None}
        return self._carrier.verify(chosen, _rows.pairs(pairs))

    def advantage(
        self,
        rewards: Iterable[float | None],
        groups: Iterable[Any],
        *,
        estimator: str = "tmn_reweight",
        tasks: Iterable[str] | None = None,
        lengths: Iterable[int] | None = None,
        baselines: Iterable[float | None] | None = None,
        components: Mapping[str, Iterable[float | None]] | None = None,
    ) -> list[float]:
        """Compute advantages: see :func:`golongrl.advantage`."""
        batch = _rows.batch(estimator, rewards, groups, tasks, lengths, baselines, components)
        return self._carrier.advantage(batch)

    def task_key(self, mode: str) -> str:
        """Return the key under which the released trainer normalises: see :func:`golongrl.task_key`."""
        keys = _task_keys.get(self._carrier)
        if keys is None:
            keys = _task_keys[self._carrier] = self.registry()["task_keys"]
        return _rows.task_key(mode, keys)

    async def ascore(self, response: str, reference: Any = None, **options: Any) -> Score:
        """Do :meth:`score` in a thread."""
        return await _in_thread(self.score, response, reference, **options)

    async def ascore_batch(self, items: Iterable[Mapping[str, Any]], **options: Any) -> list[Score]:
        """Do :meth:`score_batch` in a thread."""
        return await _in_thread(self.score_batch, items, **options)


async def _in_thread(f: Callable[..., _T], *arguments: Any, **options: Any) -> _T:
    import asyncio  # whoever awaits has it already

    return await asyncio.to_thread(f, *arguments, **options)


_task_keys: weakref.WeakKeyDictionary[Any, dict[str, str]] = weakref.WeakKeyDictionary()
_clients: weakref.WeakSet[Client] = weakref.WeakSet()


def _exit() -> None:
    """Close what is open, so that the server can go and nothing is reported as forgotten."""
    _server.server.exiting = True
    for client in _server.members(_clients):
        with contextlib.suppress(OSError, Unavailable):
            client.close()
    _server.server.exit()


atexit.register(_exit)


def connect(
    backend: str | None = None, url: str | None = None, token: str | None = None, timeout: float | None = None
) -> Client:
    """Return a client.

    ``backend`` is how calls are carried, GOLONGRL_BACKEND if it is None:

    - ``socket`` (the default): a local server, which is started by the first call
      and shared by this process and all that come from it, or the one at ``url``
      ``unix:/path``. Works everywhere, in forked children too.
    - ``inproc``: the C library in this process. The least time per call, but not
      in children that are forked after the first call.
    - ``http``: the server at ``url`` ``http://host:port`` or ``https://host:port``.

    ``url`` (GOLONGRL_URL) names a server that runs; it is never started or stopped
    from here. ``token`` (GOLONGRL_TOKEN) is what it demands. A call that has no
    answer after ``timeout`` seconds (GOLONGRL_TIMEOUT, 600) raises
    :class:`Unavailable`; it never changes a score.

    >>> connect("socket").backend
    'socket'
    """
    return Client(backend, url, token, timeout)
