"""Children, however they are made, score or are told at once why they cannot. Nothing hangs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from conftest import run
from fork_cases import CASES, EXECED, UNUSED, USED

SCRIPT = str(Path(__file__).with_name("fork_cases.py"))


@pytest.fixture(params=["socket", "inproc"])
def backend(request: pytest.FixtureRequest) -> str:
    """A backend whose program is there."""
    request.getfixturevalue({"socket": "server_program", "inproc": "library"}[request.param])
    return str(request.param)


def check(backend: str, times: int, seconds: float, *cases: str) -> None:
    out = run([SCRIPT, str(times), *cases], seconds, GOLONGRL_BACKEND=backend)
    for case, line in zip(cases, out.splitlines(), strict=True):
        name, _, outcomes = line.partition(" ")
        expected = "refused" if backend == "inproc" and case in USED and case not in EXECED else "ok"
        assert (name, ast.literal_eval(outcomes)) == (case, {expected: times}), out


@pytest.mark.parametrize("cases", [UNUSED, USED], ids=["unused", "used"])
def test_fork(backend: str, cases: dict[str, object]) -> None:
    check(backend, 5, 60, *(case for case in cases if case not in EXECED))


def test_spawn(backend: str) -> None:
    check(backend, 1, 60, *sorted(EXECED))


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_fork_100(case: str, backend: str) -> None:
    check(backend, 100, 900, case)
