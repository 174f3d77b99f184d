"""Puts the programs into the wheel, if GOLONGRL_PLATFORM names their platform.

scripts/wheel sets it, with the programs in src/golongrl/_bin. Without it, as in
`pip install ./python`, the wheel is the Python source alone, for use with a server
or with GOLONGRL_SERVER and GOLONGRL_LIBRARY.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PROGRAMS = ("golongrl-score", "libgolongrl.so")


class CustomBuildHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        platform = os.environ.get("GOLONGRL_PLATFORM")
        if not platform:
            return
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform}"
        for name in PROGRAMS:
            path = Path(self.root, "src", "golongrl", "_bin", name)
            if not path.is_file():
                raise FileNotFoundError(f"{path}: scripts/wheel builds it")
            build_data["force_include"][str(path)] = f"golongrl/_bin/{name}"
