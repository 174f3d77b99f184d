"""slime's reward code, as it is, against golongrl: its remote_rm over HTTP to ``golongrl-score serve``,
golongrl.slime.rm as ``--custom-rm-path``, and golongrl.slime.post_process inside RolloutManager as
``--custom-reward-post-process-path``.

slime runs on GPUs with SGLang and Megatron, so its unmodified files are loaded from a source tree: SLIME_SOURCE, or a
checkout of the pinned commit. Samples and functions are slime's own; sglang, wandb and tensorboard are stubs.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import json
import logging
import random
import subprocess
import sys
import threading
import time
import types
from importlib.metadata import version
from pathlib import Path
from typing import Any

from clientfile import SERVER, Absent, Server, check, source

ROOT = Path(__file__).resolve().parent.parent.parent.parent
REPOSITORY, COMMIT = "https://github.com/THUDM/slime", "624b824a898ab0ec1fcb4d373004c7f3852bf515"


def command_line(*command: str, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    text = "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run([SERVER, *command, "--quiet", "-"], input=text, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main() -> None:
    tree = source("SLIME_SOURCE", REPOSITORY, COMMIT)
    sys.path.insert(0, str(tree))
    sys.meta_path.append(Absent("sglang", "sglang_router", "wandb", "tensorboard"))
    hub = importlib.import_module("slime.rollout.rm_hub")
    types_ = importlib.import_module("slime.utils.types")
    misc = importlib.import_module("slime.utils.misc")
    filters = importlib.import_module("slime.rollout.filter_hub.dynamic_sampling_filters")
    rollout = importlib.import_module("slime.ray.rollout")
    commit = subprocess.run(
        ["git", "-C", str(tree), "rev-parse", "HEAD"], capture_output=True, text=True
    ).stdout.strip()
    print(f"   slime, commit {commit}; torch {version('torch')}, aiohttp {version('aiohttp')}, ray {version('ray')}")
    for module in (hub, types_, misc, filters, rollout):
        path = Path(module.__file__)
        print(f"   sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(tree)}")
    logging.getLogger(hub.__name__).setLevel("ERROR")  # it tells of each try
    Sample = types_.Sample

    found = [json.loads(line) for line in (ROOT / "examples" / "rollouts.jsonl").read_text().splitlines()]
    rows = [row for row in found if "data_source" in row]
    want = command_line("score", lines=rows)
    check(all(w["score"] is not None for w in want), "all rows have a score")
    groups: dict[str, int] = {}

    def sample(row: dict[str, Any], i: int, in_label: bool) -> Any:
        columns = {name: row[name] for name in ("data_source", "reward_model", "extra_info")}
        return Sample(
            group_index=groups.setdefault(row["group"], len(groups)),
            index=i,
            prompt=row["prompt"] if i % 2 else row["prompt"][0]["content"],
            tokens=[0] * (2 + len(row["response"])),
            response=row["response"] + ("<|im_end|>" if i % 3 == 0 else ""),
            response_length=len(row["response"]),
            label=json.dumps(columns) if in_label else None,
            metadata={} if in_label else columns,
            status=Sample.Status.TRUNCATED if i % 5 == 0 else Sample.Status.COMPLETED,
        )

    def args(**settings: Any) -> Any:
        base = {
            "custom_rm_path": None, "rm_type": None, "rm_url": None, "reward_key": None, "advantage_estimator": "grpo",
            "n_samples_per_prompt": 4, "rollout_batch_size": len(rows) // 4, "rewards_normalization": True,
            "grpo_std_normalization": True,
        }  # fmt: skip
        return types.SimpleNamespace(**(base | settings))

    async def each(settings: Any, samples: list[Any]) -> list[Any]:
        return await asyncio.gather(*(hub.async_rm(settings, s) for s in samples))

    async def one_by_one(settings: Any, samples: list[Any]) -> list[Any]:
        rewards = await each(settings, samples)
        if hub._shared_session is not None:
            await hub._shared_session.close()  # slime keeps it for one loop, and each asyncio.run is another
        return rewards

    scores = [w["score"] for w in want]
    labelled = [sample(row, i, True) for i, row in enumerate(rows)]
    server = Server()
    remote = args(rm_type="remote_rm", rm_url=server.url + "/slime")
    check(asyncio.run(one_by_one(remote, labelled)) == scores, "remote_rm: the rewards of golongrl-score")
    print(f"   remote_rm: {len(rows)} rewards as golongrl-score")
    full = args(rm_type="remote_rm", rm_url=server.url + "/slime?reply=full", reward_key="score")
    for s, reward, w in zip(labelled, asyncio.run(one_by_one(full, labelled)), want, strict=True):
        s.reward = reward
        check(
            s.get_reward_value(full) == w["score"] and reward["status"] == w["status"],
            f"remote_rm, reply=full: {reward}",
        )
    kept = filters.check_reward_nonzero_std(full, labelled[:13])
    check(bool(getattr(kept, "keep", kept)), "the dynamic filter reads these rewards")
    print(f"   remote_rm with ?reply=full and --reward-key score: {len(rows)} rewards as golongrl-score")

    # The server goes away in the middle, with its clients at it, and comes back: slime asks again, up to ten times.
    many = labelled * 40
    random.Random(1).shuffle(many)
    back: list[Server] = []

    def restart() -> None:
        time.sleep(0.3)
        server.stop()
        time.sleep(1.5)
        back.append(Server(server.port))

    tries = {"failed": 0}
    logger = logging.getLogger(hub.__name__)
    logger.setLevel("INFO")
    logger.addFilter(lambda record: tries.update(failed=tries["failed"] + 1) or False)
    restarter = threading.Thread(target=restart)
    restarter.start()
    rewards = asyncio.run(one_by_one(remote, many))
    restarter.join()
    by_index = dict(enumerate(scores))
    check(rewards == [by_index[s.index] for s in many], "remote_rm over a restart: the rewards of golongrl-score")
    check(tries["failed"] > 0, "requests failed while there was no server")
    failed = tries["failed"]
    print(f"   remote_rm over a restart of the server: {len(many)} rewards as golongrl-score, {failed} tries repeated")
    back[0].stop()

    # golongrl.slime.rm, with the row in the label and in the metadata.
    custom = args(custom_rm_path="golongrl.slime.rm")
    for in_label in (True, False):
        samples = [sample(row, i, in_label) for i, row in enumerate(rows)]
        check(asyncio.run(each(custom, samples)) == scores, "custom_rm_path: the rewards of golongrl-score")
        check(asyncio.run(hub.batched_async_rm(custom, samples)) == scores, "custom_rm_path, group_rm")
    print(f"   --custom-rm-path golongrl.slime.rm, alone and with --group-rm: {len(rows)} rewards as golongrl-score")
    keyed = args(custom_rm_path="golongrl.slime.rm", reward_key="score")
    for s, reward in zip(samples, asyncio.run(each(keyed, samples)), strict=True):
        s.reward = reward
    check([s.get_reward_value(keyed) for s in samples] == scores, "--reward-key score")
    check(Sample.from_dict(samples[0].to_dict()).metadata == samples[0].metadata, "samples with notes survive to_dict")

    # post_process, called by RolloutManager.
    import golongrl

    manager = rollout.RolloutManager.__ray_metadata__.modified_class
    tasks = [golongrl.task_key(row["extra_info"]["reward_mode"]) for row in rows]
    for estimator in ("tmn_reweight", "tmn", "dr_grpo", "qwenlong"):
        settings = args(reward_key="score", golongrl_estimator=estimator)
        hook = misc.load_function("golongrl.slime.post_process")
        self = types.SimpleNamespace(
            args=settings, custom_reward_post_process_func=hook, custom_convert_samples_to_train_data_func=None
        )
        self._post_process_rewards = types.MethodType(manager._post_process_rewards, self)
        data = manager._convert_samples_to_train_data(self, samples)
        lines = [
            {"group": row["group"], "task": t, "reward": x, "length": len(row["response"])}
            for row, t, x in zip(rows, tasks, scores, strict=True)
        ]
        expected = [x["advantage"] for x in command_line("advantage", "--estimator", estimator, lines=lines)]
        check(data["raw_reward"] == scores, f"{estimator}: raw rewards")
        check(data["rewards"] == expected, f"{estimator}: the advantages of golongrl-score advantage")
    print(
        f"   --custom-reward-post-process-path in RolloutManager: 4 estimators on {len(rows)} samples as golongrl-score"
    )

    # Beside slime's own GRPO, on groups of one size.
    small = [s for g in range(len(groups)) for s in [s for s in samples if s.group_index == g][:2]]
    small = [s for s in small if sum(x.group_index == s.group_index for x in small) == 2]
    settings = args(reward_key="score", n_samples_per_prompt=2, rollout_batch_size=len(small) // 2,
                    golongrl_estimator="grpo(stack=slime)")  # fmt: skip
    self = types.SimpleNamespace(args=settings, custom_reward_post_process_func=None)
    _, own = manager._post_process_rewards(self, small)
    _, ours = misc.load_function("golongrl.slime.post_process")(settings, small)
    gap = max(abs(a - b) for a, b in zip(own, ours, strict=True))
    check(len(small) > 10 and gap < 1e-5, f"grpo(stack=slime) beside slime's own: {gap}")
    print(f"   grpo(stack=slime) beside slime's own grpo on {len(small)} samples: at most {gap:.1e} apart")
    print("all facts hold (client file: slime's own code, without SGLang and Megatron)")


if __name__ == "__main__":
    main()
