"""The http backend: the JSON routes of a server elsewhere."""

from __future__ import annotations

import contextlib
import http.client
import json
import math
import os
import time
import urllib.parse
import weakref
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from . import _rows, _wire
from ._types import Batch, CallError, Error, Row, Score, ScoreOptions, Unavailable, Verdict

_IDLE = 32  # connections that are kept for calls to come
_TRIES = 3
_PAUSE = 30.0  # seconds that are waited at most because of Retry-After


class HTTPBackend:
    """Calls over HTTP, on a connection that is kept alive for each thread that calls at the same time."""

    name = "http"

    def __init__(self, url: str, token: str, timeout: float) -> None:
        try:
            parts = urllib.parse.urlsplit(url)
            self._host, self._port = parts.hostname or "", parts.port
        except ValueError:  # the port
            self._host = ""
        if not self._host or parts.scheme not in ("http", "https"):
            raise Error(f"{url!r} is no address of a server: use http://host:port, https://host:port or unix:/path")
        if not (token.isascii() and token.isprintable()):
            raise Error("the token has characters that no header can: see GOLONGRL_TOKEN for a newline at its end")
        self._url = url.rstrip("/")
        self._secure = parts.scheme == "https"
        self._prefix = parts.path.rstrip("/")
        self._headers = {"Content-Type": "application/json", "User-Agent": "golongrl-python"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._timeout = timeout
        self._forget()
        _backends.add(self)

    def _forget(self) -> None:
        self._pid = os.getpid()
        self._idle: deque[http.client.HTTPConnection] = deque()
        self._all: weakref.WeakSet[http.client.HTTPConnection] = weakref.WeakSet()

    def forked(self) -> None:
        """Leave the connections of the parent alone. To close them here does them no harm."""
        for connection in list(self._all):
            # A TLS socket would say goodbye in the parent's name.
            if connection.sock is not None:
                os.close(connection.sock.detach())
            connection.sock = None
        self._forget()

    def close(self) -> None:
        """Close the connections. A later call opens new ones."""
        if self._pid != os.getpid():
            self.forked()
        while self._idle:
            with contextlib.suppress(IndexError):
                self._idle.pop().close()

    def __del__(self) -> None:
        for connection in list(getattr(self, "_idle", ())):
            connection.close()

    def info(self) -> dict[str, Any]:
        """Describe the server."""
        return {"version": self.registry()["version"], "pid": None, "backend": self.name, "url": self._url}

    def score(self, options: ScoreOptions, rows: list[Row]) -> list[Score]:
        """Judge rows, in order."""
        call: dict[str, Any] = {"metric": options.metric, "profile": options.profile}
        call["force"], call["explain"] = options.force, options.explain
        out: list[Score] = []
        for first, items in _parts({**row["fields"], "response": row["response"]} for row in rows):
            results = self._results("/v1/score", call, first, items)
            with self._reading():
                out += [_score(r, options.explain) for r in results]
        return out

    def verify(self, options: Mapping[str, Any], pairs: list[tuple[str, str]]) -> list[Verdict]:
        """Compare pairs of gold and response, in order."""
        out: list[Verdict] = []
        for first, items in _parts({"gold": gold, "response": response} for gold, response in pairs):
            results = self._results("/v1/verify", {"options": dict(options)}, first, items)
            with self._reading():
                out += [_verdict(r) for r in results]
        return out

    def _results(self, path: str, call: dict[str, Any], first: int, items: list[str]) -> list[Any]:
        head = _rows.dumps(call, "options: ")
        body = f'{head[:-1]},"items":[{",".join(items)}]}}'
        try:
            answer = self._post(path, body)
        except CallError as e:
            raise _wire.shifted(e, first) from None
        with self._reading():
            results = answer["results"]
        if not isinstance(results, list) or len(results) != len(items):
            raise self._strange()
        return results

    def advantage(self, batch: Batch) -> list[float]:
        """Compute the advantages of a batch."""
        columns: dict[str, Any] = {"estimator": batch.estimator, "rewards": batch.rewards, "groups": batch.groups}
        columns |= {"tasks": batch.tasks, "lengths": batch.lengths, "baselines": batch.baselines}
        columns["components"] = None if batch.components is None else dict(batch.components)
        answer = self._post("/v1/advantage", json.dumps(columns))
        with self._reading():
            values = [math.nan if v is None else float(v) for v in answer["advantages"]]
        if len(values) != len(batch.rewards):
            raise self._strange()
        return values

    def registry(self) -> dict[str, Any]:
        """Describe what can be called."""
        value = self._request("GET", "/v1/registry", None)
        if not isinstance(value, dict):
            raise self._strange()
        return value

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self._strange() from None

    def _strange(self) -> Error:
        return Error(f"{self._url}: the answer is not that of a golongrl server of this version")

    def _post(self, path: str, body: str) -> Any:
        return self._request("POST", path, body.encode())

    def _request(self, method: str, path: str, body: bytes | None) -> Any:
        """Send a request until there is an answer or the time is over."""
        deadline = time.monotonic() + self._timeout
        lost, pause = 0, 0.05
        while True:
            if self._pid != os.getpid():
                self.forked()
            try:
                connection = self._idle.pop()
                fresh = False
            except IndexError:
                connection, fresh = self._open(), True
            try:
                status, headers, data = self._exchange(connection, method, path, body, deadline)
            except TimeoutError:
                connection.close()
                raise Unavailable(f"{self._url}: no answer after {self._timeout:g} s") from None
            except (OSError, http.client.HTTPException) as e:
                connection.close()
                if type(e).__name__ == "SSLCertVerificationError":
                    raise Unavailable(f"{self._url}: {e}: SSL_CERT_FILE names the certificates to trust") from e
                # The server closes idle connections when it likes: that counts for nothing.
                lost += fresh
                if lost >= _TRIES:
                    raise Unavailable(f"{self._url}: {e}: see if the server runs") from e
                if fresh:
                    time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
                    pause = min(2 * pause, 1.0)
                continue
            except BaseException:
                connection.close()
                raise
            if len(self._idle) < _IDLE:
                self._idle.append(connection)
            else:
                connection.close()
            if status == 200:
                return self._json(data)
            if status in (502, 504):  # of a proxy
                raise Unavailable(f"{self._refused(status, data)}: see if the server behind it runs")
            if status not in (429, 503):
                raise self._refused(status, data)
            wait = _retry_after(headers.get("Retry-After"), pause)
            if time.monotonic() + wait > deadline:
                raise Unavailable(f"{self._url}: too busy: {self._refused(status, data)}")
            time.sleep(wait)
            pause = min(2 * pause, 1.0)

    def _exchange(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None, deadline: float
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection.timeout = left = _left(deadline)
        if connection.sock is not None:
            connection.sock.settimeout(left)
        broken: OSError | None = None
        try:
            connection.request(method, self._prefix + path, body, self._headers)
        except (BrokenPipeError, ConnectionResetError) as e:
            if connection.sock is None:
                raise
            broken = e  # a server that refuses a body may answer before it has all of it
        try:
            sock = connection.sock  # which getresponse forgets if it is the last
            response = connection.getresponse()
            parts = []
            while part := response.read1(1 << 20):
                parts.append(part)
                sock.settimeout(_left(deadline))
            if response.length:
                raise http.client.IncompleteRead(b"", response.length)
            response.read()  # nothing, and it ends the response
            return response.status, response.headers, b"".join(parts)
        except http.client.HTTPException as e:
            raise broken or e from None

    def _open(self) -> http.client.HTTPConnection:
        make = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = make(self._host, self._port, timeout=self._timeout)
        self._all.add(connection)
        return connection

    def _json(self, data: bytes) -> Any:
        try:
            return json.loads(data)
        except ValueError:
            raise self._strange() from None

    def _refused(self, status: int, data: bytes) -> CallError:
        try:
            told = json.loads(data)
            item = told.get("item")
            return CallError(status, item if isinstance(item, int) else None, str(told["error"]))
        except (ValueError, KeyError, AttributeError):
            return CallError(status, None, f"{self._url} answers {status}: {data[:200].decode('utf-8', 'replace')}")


def _parts(items: Iterator[dict[str, Any]]) -> Iterator[tuple[int, list[str]]]:
    """Yield the JSON texts of items in parts that a server takes, with the number of the first."""
    first = size = 0
    part: list[str] = []
    for i, item in enumerate(items):
        text = _rows.dumps(item, f"item {i}: ")
        if part and size + len(text) > _wire.CHUNK:
            yield first, part
            first, size, part = i, 0, []
        part.append(text)
        size += len(text)
    if part or first == 0:
        yield first, part


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _retry_after(value: str | None, pause: float) -> float:
    try:
        return min(max(float(value or ""), pause), _PAUSE)
    except ValueError:
        return pause


def _score(r: dict[str, Any], explain: bool) -> Score:
    score = r["score"]
    detail = {k: r[k] for k in ("answer", "why", "parts")} if explain else None
    return Score(None if score is None else float(score), r["status"], r["metric"], r["task"], r.get("error"), detail)


def _verdict(r: dict[str, Any]) -> Verdict:
    gold, answer = r.get("gold") or {}, r.get("answer") or {}
    status = answer.get("status")
    return Verdict(
        r["verdict"],
        r["equal"],
        r.get("rule"),
        gold.get("answer"),
        answer.get("answer"),
        r.get("error"),
        None if status == "found" else status,
    )


_backends: weakref.WeakSet[HTTPBackend] = weakref.WeakSet()


def _forked() -> None:
    for backend in list(_backends):
        backend.forked()


os.register_at_fork(after_in_child=_forked)
