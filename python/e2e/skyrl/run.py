"""golongrl.skyrl inside skyrl-gym: environments made by skyrl_gym.make and stepped as SkyRL's generator does it.

SkyRL's trainer needs a stack for GPUs; its environments do not. What SkyRLGymGenerator does with them is repeated here:
extras that hold every column of the data set but the prompt and max_turns, an env_config from omegaconf, init and step
in a pool of threads, get_metrics and close, and the averages of skyrl_gym.metrics.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import platform
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import Any

import skyrl_gym
import skyrl_gym.envs.base_text_env
from omegaconf import OmegaConf
from skyrl_gym.metrics import aggregate_for_environment

import golongrl
import golongrl.skyrl

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "examples" / "rollouts.jsonl"


def check(fact: bool, what: str) -> None:
    if not fact:
        raise SystemExit(f"does not hold: {what}")


def as_skyrl(row: dict[str, Any]) -> dict[str, Any]:
    """A row of verl as one of SkyRL."""
    out = {name: value for name, value in row.items() if name not in ("response", "reward_model", "id", "group")}
    return {**out, "env_class": "golongrl", "reward_spec": {"method": "rule", **row["reward_model"]}}


async def episode(
    row: dict[str, Any], response: str, config: Any, pool: ThreadPoolExecutor
) -> tuple[dict[str, Any], dict[str, Any]]:
    """An agent loop of one turn; returns what step and get_metrics did."""
    loop = asyncio.get_running_loop()
    extras = {name: value for name, value in row.items() if name not in ("prompt", "env_class")} | {"max_turns": 1}
    env = skyrl_gym.make(row["env_class"], env_config=config, extras=extras)
    prompt, _ = await loop.run_in_executor(pool, env.init, row["prompt"])
    check(prompt == row["prompt"], "the prompt stays as it is")
    out = await loop.run_in_executor(pool, env.step, response)
    metrics = env.get_metrics()
    await loop.run_in_executor(pool, env.close)
    check(out["done"] and out["observations"] == [] and type(out["reward"]) is float, "one step is the episode")
    return out, metrics


async def episodes(
    rows: list[tuple[dict[str, Any], str]], config: Any = None
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    with ThreadPoolExecutor(8) as pool:
        config = OmegaConf.create({}) if config is None else config
        return await asyncio.gather(*(episode(row, response, config, pool) for row, response in rows))


def command(*arguments: str) -> list[dict[str, Any]]:
    done = subprocess.run([os.environ["GOLONGRL_SERVER"], *arguments], capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


async def main() -> None:
    base = Path(skyrl_gym.envs.base_text_env.__file__)
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("skyrl-gym", "omegaconf"))
    print(f"{versions}, Python {platform.python_version()}; host run")
    print(f"sha256 of skyrl_gym/envs/base_text_env.py {hashlib.sha256(base.read_bytes()).hexdigest()}")

    golongrl.skyrl.register()
    golongrl.skyrl.register()
    source = [json.loads(line) for line in EXAMPLES.read_text().splitlines()]
    rows = [(as_skyrl(row), row["response"]) for row in source]

    want = command("score", "--quiet", str(EXAMPLES))
    got = await episodes(rows)
    check([out["reward"] for out, _ in got] == [w["score"] for w in want], "rewards are those of golongrl-score")
    for (out, _), w in zip(got, want, strict=True):
        check(
            {k: out["metadata"][k] for k in ("status", "task", "metric")}
            == {k: w[k] for k in ("status", "task", "metric")},
            "so is the rest",
        )
    averages = aggregate_for_environment("golongrl", [metrics for _, metrics in got])
    judged = sum(w["status"] == "judged" for w in want) / len(want)
    check(
        averages["golongrl/scored"] == 1.0 and abs(averages["golongrl/judged"] - judged) < 1e-12,
        "so are the shares of statuses",
    )
    print(f"{len(got)} episodes through skyrl_gym.make, rewards equal to golongrl-score score: {averages}")

    config = OmegaConf.create({"metric": "0.9*task + 0.1*format", "force": True})
    want = command("score", "--quiet", "--metric", "0.9*task + 0.1*format", "--force", str(EXAMPLES))
    got = await episodes(rows, config)
    check([out["reward"] for out, _ in got] == [w["score"] for w in want], "a composite from SkyRL's configuration")
    golongrl.skyrl.register("composite", metric="0.9*task + 0.1*format", force=True)
    got = await episodes([({**row, "env_class": "composite"}, response) for row, response in rows])
    check([out["reward"] for out, _ in got] == [w["score"] for w in want], "a composite from register")

    # The schema of SkyRL's own data sets, and rows that cannot be judged.
    gsm8k = {
        "prompt": [],
        "env_class": "golongrl",
        "data_source": "openai/gsm8k",
        "reward_spec": {"method": "rule", "ground_truth": "72"},
    }
    math = OmegaConf.create({"metric": "math_verify", "force": True})
    (right, _), (wrong, _) = await episodes([(gsm8k, r"So \boxed{72}."), (gsm8k, r"So \boxed{27}.")], math)
    check((right["reward"], wrong["reward"]) == (1.0, 0.0), "gsm8k with a metric that judges all rows")
    unknown = {**gsm8k, "data_source": "juggling"}
    ((bad, metrics),) = await episodes([(unknown, "72")], OmegaConf.create({"unscored": -1.0}))
    check(
        (bad["reward"], bad["metadata"]["score"], metrics["golongrl/scored"]) == (-1.0, None, 0.0),
        "no score is said, not 0",
    )

    os.kill(golongrl.server_info()["pid"], signal.SIGKILL)
    got = await episodes(rows)
    check(len({out["metadata"]["status"] for out, _ in got} - {"error"}) > 1, "after the server was killed")
    want = command("score", "--quiet", str(EXAMPLES))
    check([out["reward"] for out, _ in got] == [w["score"] for w in want], "rewards after the server was killed")
    print("composites, rows of gsm8k, rows without a score, and a killed server: as they should be")


if __name__ == "__main__":
    check("torch" not in sys.modules, "nothing brings torch")
    asyncio.run(main())
