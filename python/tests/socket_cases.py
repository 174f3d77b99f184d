"""What tests of the supervised server do in a process of their own: python socket_cases.py CASE."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable

import golongrl
from golongrl import _server, _socket

HERE = os.path.abspath(__file__)


def score() -> None:
    """Make a call that must succeed."""
    assert golongrl.score("[Answer]\na", "a", task="sub_em").score == 1.0


def directory() -> str:
    return os.path.dirname(os.environ[_server.SOCKET])


def pid() -> int:
    return int(golongrl.server_info()["pid"])


def gone(process: int, seconds: float) -> bool:
    """Whether a process ends, zombies being dead."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with open(f"/proc/{process}/stat") as f:
                if f.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


def children() -> list[str]:
    """Processes that this one must wait for."""
    with open(f"/proc/{os.getpid()}/task/{os.getpid()}/children") as f:
        return f.read().split()


def fds() -> int:
    return len(os.listdir("/proc/self/fd"))


def private() -> None:
    score()
    assert os.stat(directory()).st_mode & 0o777 == 0o700
    assert os.stat(os.environ[_server.SOCKET]).st_mode & 0o777 == 0o600
    assert len(os.environ[_server.SOCKET]) < 40
    with open(f"/proc/{pid()}/stat") as f:
        assert int(f.read().rpartition(")")[2].split()[3]) == pid(), "a session of its own"
    assert sorted(map(os.readlink, (f"/proc/{pid()}/fd/{n}" for n in (0,)))) == ["/dev/null"]


def close() -> None:
    """The last user ends the server, removes the directory and leaves no zombie."""
    for _ in range(3):
        score()
        server = pid()
        golongrl.close()
        assert gone(server, 1) and not os.path.exists(directory()) and children() == []


def killed_between() -> None:
    for _ in range(5):
        score()
        before = pid()
        os.kill(before, signal.SIGKILL)
        score()
        assert pid() != before
    assert len(children()) == 1, "the killed were waited for"


def killed_during() -> None:
    """The server dies under calls that run: they are made again."""
    long = {"response": "<think></think>[Answer]\n" + "a b c " * 6000, "reference": "a c " * 6000, "task": "rouge_l"}
    expected = golongrl.score_batch([long])[0]
    wrong: list[object] = []

    def calls() -> None:
        for _ in range(6):
            if golongrl.score_batch([long])[0] != expected:
                wrong.append(1)

    threads = [threading.Thread(target=calls) for _ in range(4)]
    for t in threads:
        t.start()
    for _ in range(2):
        time.sleep(0.1)
        listener = _server._listener(os.environ[_server.SOCKET])
        if listener:
            os.kill(listener, signal.SIGKILL)
    for t in threads:
        t.join()
    assert not wrong and expected.scored


def killed_in_a_child() -> None:
    """A child finds the server dead and starts it again, for the parent too."""
    score()
    old = pid()
    child = os.fork()
    if child == 0:
        try:
            os.kill(old, signal.SIGKILL)
            score()
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    score()
    new = pid()
    assert new != old
    golongrl.close()
    assert gone(new, 1), "ended by one who had not started it"


def closed_in_a_child() -> None:
    """A child that closes does not end the server of its parent."""
    score()
    before = pid()
    child = os.fork()
    if child == 0:
        try:
            score()
            golongrl.close()
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    score()
    assert pid() == before


def one_for_all() -> None:
    """Forked, spawned and exec'ed children use one server, whoever is first."""
    script = f"import sys; sys.path[:0] = {sys.path!r}; import socket_cases as s; print(s.pid(), flush=True); input()"
    command = [sys.executable, "-c", script]
    pipe = subprocess.PIPE
    together = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(2)]
    pids = {p.stdout.readline().strip() for p in together if p.stdout}
    pids.add(str(pid()))
    for p in together:
        p.communicate("\n")
        assert p.returncode == 0
    assert len(pids) == 1, pids


def leaks() -> None:
    """A thousand calls, threads and clients leave nothing open."""
    warnings.simplefilter("error", ResourceWarning)
    score()
    gc.collect()
    before = fds()
    for _ in range(1000):
        score()
    assert fds() == before
    threads = [threading.Thread(target=score) for _ in range(50)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert fds() <= before + 50
    for _ in range(20):
        with golongrl.connect() as c:
            c.score("a", "a", task="em")
        golongrl.connect().score("a", "a", task="em")
    copy = pickle.loads(pickle.dumps(golongrl.connect()))
    assert copy.score("a", "a", task="em").scored
    copy.close()
    golongrl.close()
    gc.collect()
    assert fds() < before and children() == []


def interrupted() -> None:
    """A signal that raises leaves no reply behind for the next call."""

    class Alarm(Exception):
        pass

    def ring(*_: object) -> None:
        raise Alarm

    signal.signal(signal.SIGALRM, ring)
    text = "<think></think>[Answer]\n" + "a b c d " * 5000
    rang = 0
    for i in range(30):
        signal.setitimer(signal.ITIMER_REAL, 0.0005 + 0.0005 * (i % 15))
        try:
            golongrl.score(text, "a d c b " * 2000, task="rouge_l")
        except Alarm:
            rang += 1
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        assert golongrl.score("[Answer]\n" + str(i), str(i), task="sub_em").score == 1.0
    assert rang > 0


def called_while_starting() -> None:
    """A handler of a signal that calls while its thread starts the server is told so at once."""
    said: list[str] = []

    def ring(*_: object) -> None:
        try:
            golongrl.connect().score("a", "a", task="em")
        except golongrl.Unavailable as e:
            said.append(str(e))

    signal.signal(signal.SIGALRM, ring)
    launch = _server._launch

    def slow(path: str, deadline: float) -> subprocess.Popen[bytes]:
        signal.raise_signal(signal.SIGALRM)
        return launch(path, deadline)

    _server._launch = slow
    score()
    assert len(said) == 1 and "this thread is starting the server" in said[0], said


def closed_files() -> None:
    """Somebody, such as a daemon's first lines, closes all files."""
    score()
    os.closerange(3, 256)
    os.kill(int(subprocess.check_output(["pgrep", "-f", directory()])), signal.SIGKILL)
    score()
    os.closerange(3, 256)


def other_user() -> None:
    """After a setuid the process has a server of the new user."""
    score()
    if os.getuid() != 0:
        return
    old = directory()
    os.setuid(65534)
    assert golongrl.connect().score("[Answer]\na", "a", task="sub_em").score == 1.0
    assert directory() != old


def time_over() -> None:
    """A call that takes too long raises and has no score."""
    client = golongrl.connect(timeout=0.02)
    score()
    text = "<think></think>[Answer]\n" + "".join(f"w{i % 977} " for i in range(200_000))
    try:
        s = client.score(text, text[::-1], task="rouge_l")
    except golongrl.Unavailable as e:
        assert "no answer after 0.02 s" in str(e)
    else:
        raise AssertionError(s)
    score()


def left_behind() -> None:
    """What killed processes left is removed by the next start; what is in use or young is not."""
    base = os.path.dirname(directory())
    old, young, used = (os.path.join(base, f"glr-test{os.getpid()}{k}") for k in "oyu")
    for path in (old, young, used):
        os.mkdir(path, 0o700)
        open(os.path.join(path, "users"), "w").close()
        if path != young:
            os.utime(path, (1, 1))
    import fcntl

    with open(os.path.join(used, "users")) as f:
        fcntl.flock(f, fcntl.LOCK_SH)
        score()
        assert [os.path.exists(p) for p in (old, young, used)] == [False, True, True]
    for path in (young, used):
        os.unlink(os.path.join(path, "users"))
        os.rmdir(path)


def strange_announcement() -> None:
    """An announcement that is of no use here is replaced."""
    for path in ("/no/such/place/s", "/proc/glr-x/s", "/tmp/s", "/tmp/" + "x" * 200 + "/s"):
        golongrl.close()
        os.environ[_server.SOCKET] = path
        score()
        assert os.environ[_server.SOCKET] != path


def removed_by_hand() -> None:
    """Somebody cleans /tmp."""
    import shutil

    score()
    old = pid()
    shutil.rmtree(directory())
    score()
    client = golongrl.connect()
    assert client.score("a", "a", task="sub_em").score == 1.0
    assert client.server_info()["pid"] != old


def bad_program() -> None:
    for program, message in (("/bin/false", "ended instead of listening"), ("/bin/echo", "is it golongrl-score?")):
        os.environ["GOLONGRL_SERVER"] = program
        try:
            score()
        except golongrl.Unavailable as e:
            assert message in str(e), e
        else:
            raise AssertionError(program)
    assert children() == []


def serve_until_killed() -> None:
    _server._GRACE = sys.argv[2]
    score()
    print(pid(), directory(), flush=True)
    time.sleep(60)


def interrupted_parent() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in what a shell runs in the background
    score()
    try:
        print(pid(), directory(), flush=True)
        time.sleep(60)
    except KeyboardInterrupt:
        score()  # Ctrl-C was not for the server
        print(pid(), flush=True)


def many_threads_start() -> None:
    """Threads that are the first at the same time start one server."""
    threads = [threading.Thread(target=score) for _ in range(16)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(children()) == 1
    assert len(_socket._backends) == 1


CASES: dict[str, Callable[[], None]] = {
    f.__name__: f
    for f in (
        private,
        close,
        killed_between,
        killed_during,
        killed_in_a_child,
        closed_in_a_child,
        one_for_all,
        leaks,
        interrupted,
        called_while_starting,
        closed_files,
        other_user,
        time_over,
        left_behind,
        strange_announcement,
        removed_by_hand,
        bad_program,
        many_threads_start,
    )
}
PROCESSES: dict[str, Callable[[], None]] = {f.__name__: f for f in (serve_until_killed, interrupted_parent)}

if __name__ == "__main__":
    {**CASES, **PROCESSES}[sys.argv[1]]()
