"""The local server that the socket backend starts and looks after: one for a tree of processes.

Importing golongrl chooses a path and announces it in the environment, so that
every process that comes from this one, however it is made, looks there. The
first that calls makes the private directory and starts the server. The server
exits by itself when the last connection has been closed for some seconds, so
that nothing stays when every process was killed.

Two locks, both flock, so that a process that dies cannot keep them, on files in
the directory: who uses it holds a shared one on "users", and who starts a server
an exclusive one on "start". The last user that exits in peace removes the
directory; what killed processes left is removed when the next server starts.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import shutil
import signal
import socket
import stat
import struct
import subprocess
import threading
import time
import weakref
from collections.abc import Iterator
from typing import TypeVar

from . import _find
from ._types import Unavailable

_T = TypeVar("_T")
SOCKET = "GOLONGRL_SERVER_SOCKET"
_PREFIX = "glr-"
SUN_PATH = 107  # bytes of the path of a unix socket
_GRACE = "10s"  # that the server outlives its last connection
_START = 60.0  # seconds that a start may take
_announced = 0, ""  # by whom


def announce() -> str:
    """Choose a path for the socket and tell the processes to come."""
    global _announced
    name = f"/{_PREFIX}{os.urandom(6).hex()}/s"
    bases = ["/tmp", *filter(None, map(os.environ.get, ("XDG_RUNTIME_DIR", "TMPDIR")))]
    usable = (b for b in bases if os.access(b, os.W_OK | os.X_OK) and len(os.fsencode(b + name)) <= SUN_PATH)
    os.environ[SOCKET] = path = next(usable, "/tmp") + name
    _announced = os.getpid(), path
    return path


def members(of: weakref.WeakSet[_T]) -> list[_T]:
    """Return the members of a set that other threads may change."""
    while True:
        with contextlib.suppress(RuntimeError):
            return list(of)


def _usable(directory: str) -> bool:
    """Make the directory, or see that it is private. False if it must not be used."""
    with contextlib.suppress(FileExistsError):
        os.mkdir(directory, 0o700)
    st = os.lstat(directory)
    return stat.S_ISDIR(st.st_mode) and st.st_uid == os.geteuid() and st.st_mode & 0o077 == 0


def _same(fd: int, path: str) -> bool:
    """Whether path still is the file that fd is, and this user may see it."""
    try:
        return os.path.samestat(os.fstat(fd), os.lstat(path))
    except OSError:
        return False


def _lock(fd: int, how: int, deadline: float) -> None:
    """Lock fd. The holder of a lock keeps it for a start at most."""
    pause = 0.001
    while True:
        try:
            return fcntl.flock(fd, how | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Unavailable("another process starts the server for too long: see if it hangs") from None
            time.sleep(pause)
            pause = min(2 * pause, 0.05)


class Server:
    """This process's part in the server of its tree."""

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self._mutex = threading.Lock()
        self._holder = 0  # the thread that has it
        self._users: int | None = None  # fd, with a shared lock
        self._path = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._pid = os.getpid()
        self._starting: int | None = None  # fd
        self.exiting = False

    def forked(self) -> None:
        """Forget, in a child, what is the parent's."""
        for fd in (self._users, self._starting):
            if fd is not None:
                with contextlib.suppress(OSError):
                    os.close(fd)
        self._detach()
        self._reset()

    def _detach(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.returncode = 0  # not ours to wait for
        self._process = None

    def path(self, deadline: float) -> str:
        """Return the path of the socket, having taken part. There may be no server yet."""
        if self._users is not None and self._pid == os.getpid():
            return self._path
        with self._holding(deadline):
            return self._enter(deadline)

    @contextlib.contextmanager
    def _holding(self, deadline: float) -> Iterator[None]:
        if self._pid != os.getpid():  # forked behind Python's back
            self.forked()
        mutex = self._mutex
        if self._holder == threading.get_ident():
            raise Unavailable("this thread is starting the server: no calls in a handler of a signal meanwhile")
        if not mutex.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise Unavailable("another thread has been starting the server for too long")
        try:
            self._holder = threading.get_ident()
            if self.exiting:
                raise Unavailable("the interpreter is exiting: no calls any more")
            yield
        finally:
            self._holder = 0
            mutex.release()

    def _enter(self, deadline: float) -> str:
        if self._users is not None:
            return self._path
        path = os.environ.get(SOCKET) or announce()
        tries = 0
        while True:
            directory = os.path.dirname(path)
            try:
                usable = len(os.fsencode(path)) <= SUN_PATH and _usable(directory)
            except OSError as e:
                usable, reason = False, str(e)
            else:
                reason = f"{directory} is not private"
            if not usable:  # the announcement of another machine or user
                if (tries := tries + 1) > 3:
                    raise Unavailable(f"no directory for the server's socket: {reason}: set TMPDIR or GOLONGRL_URL")
                path = announce()
                continue
            users = os.path.join(directory, "users")
            try:
                fd = os.open(users, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            except FileNotFoundError:
                continue  # the last user has just removed it
            try:
                _lock(fd, fcntl.LOCK_SH, deadline)
                if _same(fd, users):
                    self._users, self._path = fd, path
                    return path
            finally:
                if self._users != fd:
                    os.close(fd)

    def start(self, deadline: float) -> None:
        """See that there is a server, having failed to connect."""
        with self._holding(deadline):
            path = self._enter(deadline)
            if self._users is not None and not _same(self._users, os.path.join(os.path.dirname(path), "users")):
                with contextlib.suppress(OSError):  # somebody closed all files
                    os.close(self._users)  # removed by hand, or of another user
                self._users = None
                path = self._enter(deadline)
            directory = os.path.dirname(path)
            deadline = min(deadline, time.monotonic() + _START)
            fd = self._starting = os.open(os.path.join(directory, "start"), os.O_RDWR | os.O_CREAT, 0o600)
            try:
                _lock(fd, fcntl.LOCK_EX, deadline)
                if not _alive(path):
                    self._reap()
                    _sweep(directory)
                    self._process = _launch(path, deadline)
            finally:
                self._starting = None
                # Unlocked by name: a child that is being forked has fd too.
                fcntl.flock(fd, fcntl.LOCK_UN)
                os.close(fd)

    def _reap(self) -> None:
        if self._process is not None:
            try:
                self._process.kill()  # its socket is dead, so it is of no use
                self._process.wait()
            except PermissionError:  # this process was another user's when it started it
                self._detach()
            self._process = None

    def log(self) -> str:
        """Return the last lines that the server wrote."""
        return _tail(os.path.dirname(self._path))

    def leave(self) -> None:
        """Take part no more. The last that leaves ends the server."""
        if self._pid != os.getpid() or self._users is None:
            return
        fd, directory = self._users, os.path.dirname(self._path)
        self._users = None
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._detach()  # others use it
        else:
            if _same(fd, os.path.join(directory, "users")):
                pid = _listener(self._path)
                if pid:
                    with contextlib.suppress(OSError):
                        os.kill(pid, signal.SIGKILL)  # it has no clients and no state
                if self._process is not None:
                    self._reap()
                shutil.rmtree(directory, ignore_errors=True)
            self._detach()
        finally:
            with contextlib.suppress(OSError):  # somebody closed all files
                os.close(fd)

    def exit(self) -> None:
        """Leave for good. Who announced the directory cleans up for children that were killed."""
        self.exiting = True
        path = os.environ.get(SOCKET, "")
        if self._users is None and _announced == (os.getpid(), path):
            with contextlib.suppress(OSError):
                self._users = os.open(os.path.join(os.path.dirname(path), "users"), os.O_RDWR | os.O_NOFOLLOW)
                self._path, self._pid = path, os.getpid()
        self.leave()


def _connect(path: str) -> socket.socket | None:
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        s.connect(path)
    except OSError:
        s.close()
        return None
    return s


def _alive(path: str) -> bool:
    s = _connect(path)
    if s is None:
        return False
    s.close()
    return True


def _listener(path: str) -> int | None:
    """Return the process that listens at path."""
    s = _connect(path)
    if s is None or not hasattr(socket, "SO_PEERCRED"):
        return None
    with s:
        pid: int = struct.unpack("3i", s.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
    return pid if pid > 1 else None


def _launch(path: str, deadline: float) -> subprocess.Popen[bytes]:
    directory = os.path.dirname(path)
    command = [_find.server(), "serve", "--addr", "", "--unix", path]
    command += ["--exit-when-unused", _GRACE, "--log-level", "error", "--max-body", "1GiB"]
    workers = _find.workers()
    if workers is not None:
        command += ["--workers", str(workers)]
    environment = {k: v for k, v in os.environ.items() if k != "GOLONGRL_TOKEN"}  # the socket is private
    log = os.open(os.path.join(directory, "log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    ready, writing = os.pipe()
    try:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=writing,
                stderr=log,
                cwd="/",
                env=environment,
                start_new_session=True,  # Ctrl-C is not for it
            )
        except (OSError, RuntimeError) as e:
            raise Unavailable(f"{command[0]} cannot be started: {e}") from e
        finally:
            os.close(writing)
            os.close(log)
        try:
            _await(process, ready, deadline, directory)
        except BaseException:
            process.kill()
            process.wait()
            raise
    finally:
        os.close(ready)
    return process


def _await(process: subprocess.Popen[bytes], ready: int, deadline: float, directory: str) -> None:
    """Wait for the line that says that the server listens."""
    said = b""
    poll = select.poll()
    poll.register(ready, select.POLLIN)
    while b"\n" not in said:
        # A child of another thread may hold the pipe open, so its end is not enough.
        if poll.poll(100):
            more = os.read(ready, 4096)
            said += more
            if more:
                continue
            process.wait(5)
        if process.poll() is not None:
            why = _tail(directory) or f"status {process.returncode}"
            raise Unavailable(f"the server {process.args!r:.300} ended instead of listening: {why}")
        if time.monotonic() > deadline:
            raise Unavailable(f"the server does not listen in time: {_tail(directory) or 'it says nothing'}")
    if not said.startswith(b"listening on unix:"):
        raise Unavailable(f"the server says {said[:200]!r} instead of where it listens: is it golongrl-score?")


def _tail(directory: str) -> str:
    with contextlib.suppress(OSError), open(os.path.join(directory, "log"), "rb") as f:
        f.seek(max(0, os.fstat(f.fileno()).st_size - 2000))
        return f.read().decode("utf-8", "replace").strip()
    return ""


def _sweep(own: str) -> None:
    """Remove directories that killed processes left behind."""
    base = os.path.dirname(own)
    with contextlib.suppress(OSError), os.scandir(base) as entries:
        for entry in entries:
            if entry.name.startswith(_PREFIX) and entry.path != own:
                with contextlib.suppress(OSError):
                    _remove_unused(entry.path)


def _remove_unused(directory: str) -> None:
    st = os.lstat(directory)
    if not stat.S_ISDIR(st.st_mode) or st.st_uid != os.geteuid() or time.time() - st.st_mtime < 60:
        return
    users = os.path.join(directory, "users")
    fd = os.open(users, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _same(fd, users):
            shutil.rmtree(directory, ignore_errors=True)
    finally:
        os.close(fd)


server = Server()
os.register_at_fork(after_in_child=server.forked)
if SOCKET not in os.environ:
    announce()
