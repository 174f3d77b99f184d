"""What test_a_handler_calls_between does in a process of its own."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import Any

import golongrl
from golongrl import _inproc


def score(word: str) -> None:
    """Make a call whose answer shows which call it was of."""
    s = golongrl.score(f"[Answer]\n{word}", word, task="sub_em", explain=True)
    assert s.score == 1.0 and s.detail is not None and s.detail["answer"] == word, s


def main() -> None:
    """Call in a handler before each line of a call of the library."""
    rang = 0

    def ring(*_: Any) -> None:
        nonlocal rang
        rang += 1
        sys.settrace(None)
        score("inner")

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code is not _inproc.InprocBackend.call.__code__:
            return trace
        if event == "line" and frame.f_lineno == line:
            signal.raise_signal(signal.SIGALRM)
        return trace

    score("first")
    signal.signal(signal.SIGALRM, ring)
    lines = sorted({at for *_, at in _inproc.InprocBackend.call.__code__.co_lines() if at})
    for line in lines:  # noqa: B007 - trace reads it
        sys.settrace(trace)
        score("outer")
        sys.settrace(None)
    assert rang >= 8, rang


main()
