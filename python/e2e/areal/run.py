"""golongrl.areal behind AReaL's own AsyncRewardWrapper, unmodified: areal/api/reward_api.py of the package areal.

Importing AReaL as a whole needs a stack for GPUs, so its packages are entered without their __init__ files; the module
itself, and AReaL's logging beneath it, are the originals.

    python/e2e/run areal                    the areal of PyPI that is named below
    AREAL_SOURCE=DIR python/e2e/run areal   that of a source tree instead
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import json
import multiprocessing
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import types
from collections.abc import Awaitable
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "examples" / "rollouts.jsonl"
AREAL = "areal==1.0.4"


def check(fact: bool, what: str) -> None:
    if not fact:
        raise SystemExit(f"does not hold: {what}")


def source() -> Path:
    """The folder of the package areal."""
    if "AREAL_SOURCE" in os.environ:
        return Path(os.environ["AREAL_SOURCE"]) / "areal"
    if importlib.util.find_spec("areal") is None:
        uv = shutil.which("uv")
        pip = (
            [uv, "pip", "install", "--quiet", "--python", sys.executable]
            if uv
            else [sys.executable, "-m", "pip", "install"]
        )
        subprocess.run([*pip, "--no-deps", AREAL], check=True)
        importlib.invalidate_caches()
    spec = importlib.util.find_spec("areal")
    assert spec is not None and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


def wrapper(folder: Path) -> Any:
    """AReaL's AsyncRewardWrapper."""
    for name in ("areal", "areal.api", "areal.utils"):
        package = types.ModuleType(name)
        package.__path__ = [str(folder.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = package
    from areal.api.reward_api import AsyncRewardWrapper

    return AsyncRewardWrapper


def die(**_: Any) -> float:
    """A reward that kills its process, once."""
    flag = Path(os.environ["E2E_FLAG"])
    if not flag.exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return 1.0


def calls(rows: list[dict[str, Any]], reward: Any) -> list[Awaitable[float]]:
    out = []
    for row in rows:
        columns = {name: value for name, value in row.items() if name != "response"}
        prompt = columns.pop("prompt")
        # As RLVRWorkflow does it: positional, then the columns of the data set.
        out.append(reward(str(prompt), row["response"] + "<|im_end|>", [1, 2, 3], [4, 5], **columns))
    return out


async def facts(folder: Path, method: str) -> None:
    import golongrl
    from golongrl import areal

    AsyncRewardWrapper = wrapper(folder)
    rows = [json.loads(line) for line in EXAMPLES.read_text().splitlines()]
    command = [os.environ["GOLONGRL_SERVER"], "score", "--quiet", str(EXAMPLES)]
    want = [
        json.loads(line)["score"]
        for line in subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
    ]
    check(len(want) == len(rows) == 108, "the command scores all examples")

    # The parent uses golongrl before its pool forks.
    check(golongrl.score("<think>x</think>A", "A", task="em").score == 1.0, "the parent scores")
    reward = AsyncRewardWrapper(areal.reward_fn, max_workers=3)
    got = await asyncio.gather(*calls(rows, reward))
    check(got == want, f"{method}: all rewards are those of the command")

    os.kill(golongrl.server_info()["pid"], signal.SIGKILL)
    got = await asyncio.gather(*calls(rows, reward))
    check(got == want, f"{method}: after the server was killed too")

    with_metric = AsyncRewardWrapper(areal.make("math_verify"), max_workers=2)
    value = await with_metric("1+1?", r"<think></think>\boxed{2}", [1], [2], messages=[{"role": "user"}], answer="2")
    check(value == 1.0, f"{method}: a metric for rows of gsm8k")

    # A row that cannot be judged is what unscored says; with "raise" the episode is refused.
    bad = {"task": "em", "reference": None}
    check(await reward("p", "a", [1], [2], **bad) == 0.0, f"{method}: a bad row is 0.0 unless said otherwise")
    refuse = AsyncRewardWrapper(areal.make(unscored="raise"), max_workers=2, max_retries=1)
    try:
        await refuse("p", "a", [1], [2], **bad)
    except areal.Unscored as e:
        check("reference" in str(e), f"{method}: the reason crosses the process")
    else:
        check(False, f'{method}: unscored="raise" raises')

    # A server that hangs: AReaL would take 0 after its timeout, but the call raises before.
    hung = AsyncRewardWrapper(areal.make(timeout=1.0), timeout_seconds=10, max_workers=2, max_retries=1)
    pid = golongrl.server_info()["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        await hung("p", "a", [1], [2], task="em", reference="a")
    except golongrl.Unavailable:
        pass
    else:
        check(False, f"{method}: a server that hangs is an error and no 0")
    finally:
        os.kill(pid, signal.SIGCONT)
    value = await hung("p", "<think></think>a", [1], [2], task="em", reference="a")
    check(value == 1.0, f"{method}: it works again when the server does")

    # A process of the pool that dies.
    fragile = AsyncRewardWrapper(die, max_workers=4)
    check(await fragile() == 1.0, f"{method}: AReaL makes its pool anew")
    check(Path(os.environ["E2E_FLAG"]).exists(), f"{method}: a process of the pool died")
    again = AsyncRewardWrapper(areal.reward_fn, max_workers=4)
    check(await asyncio.gather(*calls(rows[:20], again)) == want[:20], f"{method}: rewards in the new pool")


def main() -> None:
    if len(sys.argv) > 1:
        folder, method = Path(sys.argv[1]), sys.argv[2]
        multiprocessing.set_start_method(method)
        asyncio.run(facts(folder, method))
        return
    folder = source()
    file = folder / "api" / "reward_api.py"
    version = "of AREAL_SOURCE" if "AREAL_SOURCE" in os.environ else metadata.version("areal")
    print(f"areal {version}, Python {platform.python_version()}; client file areal/api/reward_api.py")
    print(f"sha256 {hashlib.sha256(file.read_bytes()).hexdigest()}")
    for method in ("fork", "spawn", "forkserver"):
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as temporary:
            done = subprocess.run(
                [sys.executable, __file__, str(folder), method],
                env={**os.environ, "E2E_FLAG": f"{temporary}/died"},
                timeout=300,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        if done.returncode != 0:
            print(done.stdout)
            raise SystemExit(f"{method}: status {done.returncode}")
        print(f"{method}: 108 rewards, twice, equal to golongrl-score score; {time.monotonic() - start:.0f} s")
    print("with a killed server, a hung server, a killed worker, and a row that has no score")


if __name__ == "__main__":
    main()
