"""Where the programs are."""

from __future__ import annotations

import os

from ._types import Unavailable


def server() -> str:
    """Return the path of golongrl-score: $GOLONGRL_SERVER, else the one in the wheel."""
    return _find("GOLONGRL_SERVER", "golongrl-score", "program", "go build ./cmd/golongrl-score", os.X_OK)


def library() -> str:
    """Return the path of libgolongrl.so: $GOLONGRL_LIBRARY, else the one in the wheel."""
    build = "go build -tags libgolongrl -buildmode=c-shared -o libgolongrl.so ./cmd/libgolongrl"
    return _find("GOLONGRL_LIBRARY", "libgolongrl.so", "library", build, os.R_OK)


def _find(variable: str, name: str, what: str, build: str, mode: int) -> str:
    path = os.environ.get(variable)
    if path:
        path, source = os.path.abspath(path), f"{variable} names it"
    else:
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_bin", name)
        source = f"wheels have it; in a clone of the repository run `{build}` and set {variable} to its path"
    if not os.path.isfile(path):
        raise Unavailable(f"there is no {what} {path}: {source}")
    if not os.access(path, mode):
        raise Unavailable(f"the {what} {path} may not be used: see its permissions")
    return path


def workers() -> int | None:
    """Return how many threads one call may use, None for all cores.

    GOLONGRL_WORKERS says it, else OMP_NUM_THREADS, which Ray sets to the CPUs of
    an actor and torchrun to the share of a rank.
    """
    for name in ("GOLONGRL_WORKERS", "OMP_NUM_THREADS"):
        value = os.environ.get(name, "").split(",")[0].strip()
        if value.isascii() and value.isdigit() and int(value) > 0:
            return min(int(value), os.cpu_count() or 1)
        if value and name == "GOLONGRL_WORKERS":
            raise Unavailable(f"GOLONGRL_WORKERS is {value!r}: give a number of threads of at least 1")
    return None
