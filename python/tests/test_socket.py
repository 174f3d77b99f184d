"""The server that golongrl starts: private, one for all, restarted when it dies, gone when nobody is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import run, without_server
from socket_cases import CASES, gone

from golongrl import _server

SCRIPT = str(Path(__file__).with_name("socket_cases.py"))


@pytest.mark.parametrize("case", CASES)
def test_socket(case: str, server_program: str) -> None:
    run([SCRIPT, case], 60)


def start(*case: str) -> tuple[subprocess.Popen[str], int, str]:
    """Start a process that has a server, in a process group of its own."""
    process = subprocess.Popen(
        [sys.executable, SCRIPT, *case],
        stdout=subprocess.PIPE,
        text=True,
        env=without_server(),
        start_new_session=True,
    )
    assert process.stdout is not None
    pid, directory = process.stdout.readline().split()
    return process, int(pid), directory


def test_directory_goes_with_the_last_user(server_program: str) -> None:
    script = "import golongrl, os; print(golongrl.server_info()['pid'], os.environ['GOLONGRL_SERVER_SOCKET'])"
    pid, path = run(["-c", script], 30).split()
    assert gone(int(pid), 2) and not os.path.exists(os.path.dirname(path))


def test_children_that_exit_hard_leave_nothing(server_program: str) -> None:
    script = """if True:
        import golongrl, os, sys
        if os.fork() == 0:
            print(golongrl.server_info()['pid'], os.environ['GOLONGRL_SERVER_SOCKET'], flush=True)
            os._exit(0)
        os.wait()
    """
    pid, path = run(["-c", script], 30).split()
    assert gone(int(pid), 2) and not os.path.exists(os.path.dirname(path))


def test_ctrl_c_is_not_for_the_server(server_program: str) -> None:
    process, pid, directory = start("interrupted_parent")
    os.killpg(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 0 and int(out) == pid
    assert gone(pid, 2) and not os.path.exists(directory)


@pytest.mark.parametrize(
    ("grace", "stays", "seconds"),
    [("1s", 0.3, 5), pytest.param(None, 8, 5, marks=pytest.mark.slow)],
    ids=["1s", "default"],
)
def test_killed_parent(grace: str | None, stays: float, seconds: float, server_program: str) -> None:
    process, pid, directory = start("serve_until_killed", grace or _server._GRACE)
    process.kill()
    process.communicate(timeout=30)
    assert not gone(pid, stays)  # somebody else may come
    assert gone(pid, seconds)
    assert not os.path.exists(os.path.join(directory, "s"))
