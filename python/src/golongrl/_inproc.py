"""The inproc backend: libgolongrl in this process.

The library has threads of its own, which a fork does not copy. So it is loaded
by the first call, never by an import, and a forked child of a process that has
loaded it gets an error at once instead of waiting for threads that are not there.
"""

from __future__ import annotations

import ctypes
import os
import threading
from typing import Any

from . import _find, _wire
from ._types import CallError, Error, ForkError, Unavailable

_ABI = 1
_FORKED, _INTERNAL, _NOT_FOUND = -1, -500, -404
_ROOM = 64 << 10  # bytes of a reply that are there without asking

_HELP = (
    "the golongrl library was loaded before this process was forked and cannot be used here: "
    "use the socket backend (GOLONGRL_BACKEND=socket, the default), start processes with spawn or forkserver, "
    "or make no call before the fork"
)


class _Library:
    """The library of this process; there can be one."""

    def __init__(self) -> None:
        self._mutex = threading.RLock()  # a signal's handler may call too
        self._pid = 0  # of the process that loads it; 0: none
        self._path = ""
        self._named: str | None = None  # by GOLONGRL_LIBRARY
        self._functions: Any = None

    def forked(self) -> None:
        """Re-make what another thread of the parent may hold. What was loaded stays unusable."""
        self._mutex = threading.RLock()

    def get(self) -> Any:
        """Return the functions."""
        pid = os.getpid()
        if self._pid not in (0, pid):
            raise ForkError(_HELP)
        named = os.environ.get("GOLONGRL_LIBRARY")
        if self._functions is not None and named in (None, self._named):
            return self._functions
        with self._mutex:
            path = os.path.realpath(_find.library())
            if self._functions is not None:
                if path != self._path:
                    raise Error(f"{self._path} is loaded: a second library, {path}, in one process would not work")
                return self._functions
            self._pid = pid  # a fork while it is being loaded is one after it
            try:
                functions = self._load(path)
            except BaseException:
                self._pid = 0
                raise
            self._functions, self._path, self._named = functions, path, named
            return functions

    def _load(self, path: str) -> Any:
        try:
            functions = ctypes.CDLL(path)  # releases the GIL during calls
        except OSError as e:
            raise Unavailable(f"{path} cannot be loaded: {e}: use the socket backend") from e
        try:
            abi, call, take = functions.golongrl_abi_version, functions.golongrl_call, functions.golongrl_take
        except AttributeError as e:
            raise Unavailable(f"{path} is no golongrl library: {e}") from None
        abi.argtypes, abi.restype = [], ctypes.c_uint32
        if abi() != _ABI:
            raise Unavailable(f"{path} has interface {abi()}, this package needs {_ABI}: use the wheel's own")
        u64 = ctypes.c_uint64
        call.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t, ctypes.POINTER(u64)]
        take.argtypes = [u64, ctypes.c_void_p, ctypes.c_size_t]
        call.restype = take.restype = ctypes.c_int64
        return functions


_library = _Library()
os.register_at_fork(after_in_child=_library.forked)
_local = threading.local()


class InprocBackend(_wire.WireCalls):
    """Calls of the C library."""

    name = "inproc"

    def __init__(self) -> None:
        self._calls = 0

    def close(self) -> None:
        """Do nothing: a library with threads cannot be unloaded."""

    def info(self) -> dict[str, Any]:
        """Describe the library."""
        hello = self.hello()
        return {**hello, "backend": self.name, "library": _library._path}

    def call(self, op: int, body: bytes) -> bytes:
        """Answer a call."""
        functions = _library.get()
        self._calls = number = self._calls % 0xFFFFFFFF + 1
        message = _wire.HEADER.pack(op, number) + body
        # Taken away meanwhile: a signal's handler or a finalizer may call between the answer and its being read.
        room = _local.__dict__.pop("room", None) or ctypes.create_string_buffer(_ROOM)
        more = ctypes.c_uint64()
        n = functions.golongrl_call(message, len(message), room, len(room), ctypes.byref(more))
        if n < 0:
            raise _failed(n)
        if more.value == 0:
            answer = ctypes.string_at(room, n)
            _local.room = room
            return _wire.reply(answer, op, number)
        large = ctypes.create_string_buffer(n)
        got = functions.golongrl_take(more, large, n)
        if got == _NOT_FOUND:  # many threads had large replies at once
            got = functions.golongrl_call(message, len(message), large, n, None)
        if got < 0:
            raise _failed(got)
        return _wire.reply(ctypes.string_at(large, got), op, number)


def _failed(code: int) -> Error:
    if code == _FORKED:
        return ForkError(_HELP)
    if code == _INTERNAL:
        return CallError(500, None, "the library failed: please report it")
    return CallError(-code, None, f"the library answers {code}: is it of the same version as this package?")
