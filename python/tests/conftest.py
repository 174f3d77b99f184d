"""What the tests share: the programs, which are built once, servers, and scripts that run with a deadline."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCE = REPOSITORY / "python" / "src"
BUILD = REPOSITORY / "python" / ".build"

if str(SOURCE) not in sys.path and os.environ.get("GOLONGRL_TEST_INSTALLED") != "1":
    sys.path.insert(0, str(SOURCE))
    # Processes that tests start find the package too.
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(SOURCE), os.environ.get("PYTHONPATH"))))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes longer than the quick suite may; run with -m slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.option.markexpr:
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="slow: run with -m slow"))


def _build(name: str, *arguments: str) -> str | None:
    """Build a program into the cache. Go itself knows what is up to date."""
    if not (REPOSITORY / "go.mod").exists() or shutil.which("go") is None:
        return None
    BUILD.mkdir(exist_ok=True)
    target = BUILD / name
    command = ["go", "build", "-o", str(target), *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        pytest.exit(f"{' '.join(command)}:\n{done.stderr}", returncode=3)
    return str(target)


def has_compiler() -> bool:
    """Whether cgo has a C compiler."""
    return any(shutil.which(cc) for cc in (os.environ.get("CC", "cc").split()[0], "gcc", "clang"))


@pytest.fixture(scope="session", autouse=True)
def programs() -> None:
    """Build what GOLONGRL_SERVER and GOLONGRL_LIBRARY do not name, and let them name it."""
    for variable in ("GOLONGRL_BACKEND", "GOLONGRL_URL", "GOLONGRL_TOKEN", "GOLONGRL_TIMEOUT"):
        os.environ.pop(variable, None)
    if os.environ.get("GOLONGRL_TEST_INSTALLED") == "1":
        return  # the wheel has its own
    if not os.environ.get("GOLONGRL_SERVER"):
        if path := _build("golongrl-score", "./cmd/golongrl-score"):
            os.environ["GOLONGRL_SERVER"] = path
    if not os.environ.get("GOLONGRL_LIBRARY") and has_compiler():
        package = ("-tags", "libgolongrl", "-buildmode=c-shared", "./cmd/libgolongrl")
        if path := _build("libgolongrl.so", *package):
            os.environ["GOLONGRL_LIBRARY"] = path


@pytest.fixture(scope="session")
def server_program(programs: None) -> str:
    """The path of golongrl-score."""
    from golongrl import Unavailable, _find

    try:
        return _find.server()
    except Unavailable as e:
        pytest.skip(str(e))


@pytest.fixture(scope="session")
def library(programs: None) -> str:
    """The path of libgolongrl.so."""
    from golongrl import Unavailable, _find

    try:
        return _find.library()
    except Unavailable as e:
        pytest.skip(f"backend inproc: {e}")


class Running:
    """A server that a test started."""

    def __init__(self, program: str, *arguments: str, token: str = "") -> None:
        environment = {**os.environ, "GOLONGRL_TOKEN": token}
        self.process = subprocess.Popen(
            [program, "serve", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip().removeprefix("listening on ")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture(scope="session")
def serve(server_program: str) -> Iterator[Callable[..., Running]]:
    """Start servers: serve("--addr", "127.0.0.1:0", token="…") returns one that listens, at its url."""
    started = []

    def start(*arguments: str, token: str = "") -> Running:
        started.append(Running(server_program, *arguments, token=token))
        return started[-1]

    yield start
    for running in started:
        running.stop()


@pytest.fixture(scope="session")
def http_url(serve: Callable[..., Running]) -> str:
    """The address of a server without a token."""
    return serve("--addr", "127.0.0.1:0").url


def without_server() -> dict[str, str]:
    """The environment of a process that is the first of its tree."""
    return {k: v for k, v in os.environ.items() if k != "GOLONGRL_SERVER_SOCKET"}


def run(arguments: list[str], seconds: float, **environment: str) -> str:
    """Run Python with a hard deadline and return what it printed. To hang is to fail, and nothing is left behind."""
    process = subprocess.Popen(
        # Later Pythons warn of any fork of a process with threads, which is what is tested.
        [sys.executable, "-W", "error::ResourceWarning", "-W", "ignore::DeprecationWarning", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**without_server(), **environment},
        start_new_session=True,
    )
    try:
        out, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, _ = process.communicate()
        pytest.fail(f"{arguments} hung for {seconds} s:\n{out}")
    assert process.returncode == 0, f"{arguments}: status {process.returncode}:\n{out}"
    return out
