"""The socket backend: frames over a unix socket."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
import weakref
from collections import deque
from typing import Any

from . import _server, _wire
from ._types import CallError, Error, Unavailable

_BUFFER = 64 << 10
_IDLE = 32  # connections that are kept for calls to come
_TRIES = 3
_MOST = 1 << 30  # bytes of a reply; more is not one


class Connection:
    """One stream of frames. Not for two threads at a time."""

    def __init__(self, path: str, token: str, deadline: float) -> None:
        self.hello: dict[str, Any] = {}
        self._call = 0
        self._buffer = memoryview(bytearray(_BUFFER))
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._connect(path, deadline)
            # The server answers frames in order, so the first may follow at once.
            self._socket.sendall(_wire.PREFACE)
            self.hello = json.loads(self.exchange(_wire.HELLO, _wire.sized(token), deadline))
        except BaseException:
            self.close()
            raise

    def _connect(self, path: str, deadline: float) -> None:
        pause = 0.001
        while True:
            self._socket.settimeout(_left(deadline))
            try:
                return self._socket.connect(path)
            except BlockingIOError:  # as many as can wait are waiting
                time.sleep(min(pause, _left(deadline)))
                pause = min(2 * pause, 0.1)

    def close(self) -> None:
        """Close the stream."""
        with contextlib.suppress(OSError):  # somebody closed all files
            self._socket.close()

    def exchange(self, op: int, body: bytes, deadline: float) -> bytes:
        """Send a call and return the body of its reply."""
        size = _wire.HEADER.size + len(body)
        if size >= 1 << 32:
            raise CallError(413, None, f"a message of {size} bytes: send fewer items or shorter texts at a time")
        self._call = self._call % 0xFFFFFFFF + 1
        frame = b"".join((_wire.LENGTH.pack(size), _wire.HEADER.pack(op, self._call), body))
        self._socket.settimeout(_left(deadline))
        # A server that refuses a message may answer and close before it has all of it.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._socket.sendall(frame)
        return _wire.reply(self._receive(deadline), op, self._call)

    def _receive(self, deadline: float) -> bytes:
        view, have = self._buffer, 0
        while have < _wire.LENGTH.size:
            have += self._read(view[have:], deadline)
        (size,) = _wire.LENGTH.unpack_from(view)
        if size > _MOST:
            raise Error(f"a reply of {size} bytes: not a golongrl server?")
        end = _wire.LENGTH.size + size
        if end > len(view):
            view = memoryview(bytearray(end))
            view[:have] = self._buffer[:have]
        while have < end:
            have += self._read(view[have:end], deadline)
        return bytes(view[_wire.LENGTH.size : end])

    def _read(self, into: memoryview, deadline: float) -> int:
        self._socket.settimeout(_left(deadline))
        n = self._socket.recv_into(into)
        if n == 0:
            raise ConnectionResetError("the server closed the connection")
        return n


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class SocketBackend(_wire.WireCalls):
    """Calls over a unix socket, on a connection for each thread that calls at the same time.

    There are no locks: idle connections are in a deque, whose operations are
    atomic, so that a fork at any moment leaves a child that works.
    """

    name = "socket"

    def __init__(self, path: str | None, token: str, timeout: float) -> None:
        self._path = path  # None: of the server that we look after
        self._token = token
        self._timeout = timeout
        self._forget()
        _backends.add(self)

    def _forget(self) -> None:
        self._pid = os.getpid()
        self._idle: deque[Connection] = deque()
        self._all: set[Connection] = set()

    def forked(self) -> None:
        """Leave the connections of the parent alone. To close them here does them no harm."""
        for connection in list(self._all):
            connection.close()
        self._forget()

    def close(self) -> None:
        """Close the connections. A later call opens new ones."""
        if self._pid != os.getpid():
            self.forked()
        while self._idle:
            with contextlib.suppress(IndexError):
                self._discard(self._idle.pop())
        if self._path is None and not any(b._all for b in _server.members(_backends) if b._path is None):
            _server.server.leave()

    def __del__(self) -> None:
        for connection in getattr(self, "_all", ()):
            connection.close()

    def info(self) -> dict[str, Any]:
        """Describe the server."""
        return {**self.hello(), "backend": self.name, "url": f"unix:{self._path or _server.server.path(self._until())}"}

    def _until(self) -> float:
        return time.monotonic() + self._timeout

    def call(self, op: int, body: bytes) -> bytes:
        """Carry a call there and its reply back; return the reply's body."""
        deadline = self._until()
        lost, pause = 0, 0.01
        while True:
            connection = None
            try:
                connection = self._take(deadline)
                answer = connection.exchange(op, body, deadline)
            except CallError as e:
                if connection is None or e.code not in (422, 429):
                    self._discard(connection)  # the server may have closed it
                else:
                    self._give(connection)
                if e.code not in (429, 503):
                    raise
                if time.monotonic() + pause > deadline:
                    raise Unavailable(f"the server is too busy: {e}") from e
                time.sleep(pause)
                pause = min(2 * pause, 1.0)
            except TimeoutError:
                self._discard(connection)
                raise Unavailable(self._explain(f"no answer after {self._timeout:g} s")) from None
            except OSError as e:
                self._discard(connection)
                self._drop_idle()  # of the same server
                lost += 1
                if lost >= _TRIES:
                    raise Unavailable(self._explain(f"the connection was lost {lost} times: {e}")) from e
            except BaseException:
                self._discard(connection)
                raise
            else:
                self._give(connection)
                return answer

    def _explain(self, what: str) -> str:
        if self._path is not None:
            return f"unix:{self._path}: {what}"
        log = _server.server.log()
        return f"{what}; the server's last words: {log}" if log else what

    def _take(self, deadline: float) -> Connection:
        if self._pid != os.getpid():
            self.forked()
        try:
            return self._idle.pop()
        except IndexError:
            connection = self._open(deadline)
            self._all.add(connection)
            return connection

    def _open(self, deadline: float) -> Connection:
        if self._path is not None:
            try:
                return Connection(self._path, self._token, deadline)
            except (FileNotFoundError, ConnectionRefusedError, PermissionError) as e:
                why = f"no server at unix:{self._path}: {e.strerror}: start one with golongrl-score serve --unix PATH"
                raise Unavailable(why) from e
        path = _server.server.path(deadline)
        for _ in range(_TRIES):
            try:
                return Connection(path, "", deadline)
            except (FileNotFoundError, ConnectionRefusedError, PermissionError):  # the last after a setuid
                _server.server.start(deadline)
                path = _server.server.path(deadline)
        return Connection(path, "", deadline)

    def _give(self, connection: Connection) -> None:
        if self._pid == os.getpid() and connection in self._all and len(self._idle) < _IDLE:
            self._idle.append(connection)
        else:
            self._discard(connection)

    def _discard(self, connection: Connection | None) -> None:
        if connection is not None:
            connection.close()
            self._all.discard(connection)

    def _drop_idle(self) -> None:
        while True:
            try:
                self._discard(self._idle.pop())
            except IndexError:
                return


_backends: weakref.WeakSet[SocketBackend] = weakref.WeakSet()


def _forked() -> None:
    for backend in list(_backends):
        backend.forked()


os.register_at_fork(after_in_child=_forked)
