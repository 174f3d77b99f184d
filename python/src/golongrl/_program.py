"""The command golongrl-score of the wheel."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from . import _find
from ._types import Unavailable


def main() -> NoReturn:
    """Become the program golongrl-score, with the arguments of this one."""
    try:
        program = _find.server()
    except Unavailable as e:
        sys.exit(f"golongrl-score: {e}")
    os.execv(program, ["golongrl-score", *sys.argv[1:]])
