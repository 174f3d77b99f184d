"""golongrl.verl inside verl: its reward loop and its entry points of advantages, on the CPU.

Each part runs in a process of its own. What they find is compared with the commands golongrl-score score and
golongrl-score advantage on the same rows.

    python/e2e/run verl                    verl of requirements.txt
    VERL_SOURCE=DIR python/e2e/run verl    verl of a source tree instead
    GOLONGRL_FORK=DIR python/e2e/run verl  also the verl of the GoLongRL release, Train/verl of its repository
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from batches import agrees, batch, check, command, config, examples, expected, float32, tokenizer

PLUGIN = "golongrl.verl_plugin"


def part_reward() -> None:
    """verl's loader and its reward managers, in this process."""
    import asyncio

    from verl.experimental.reward_loop.reward_loop import RewardLoopWorker
    from verl.trainer.ppo.metric_utils import process_validation_metrics
    from verl.trainer.ppo.reward import get_custom_reward_fn

    rows = examples()
    want = expected(rows)
    with tempfile.TemporaryDirectory() as folder:
        tok = tokenizer(folder)
        two_lines = Path(folder, "reward.py")
        two_lines.write_text(
            "import golongrl.verl_plugin\nfrom golongrl.verl import compute_score, compute_score_async\n"
        )
        printed = subprocess.run([sys.executable, "-m", "golongrl.verl", "path"], capture_output=True, text=True)
        data = batch(rows, tok)
        for path, name, manager in (
            ("pkg://golongrl.verl", "compute_score", "naive"),
            ("pkg://golongrl.verl", "compute_score_async", "naive"),
            (printed.stdout.strip(), "compute_score", "dapo"),
            (str(two_lines), "compute_score", "dapo"),
            (str(two_lines), "compute_score_async", "dapo"),
        ):
            conf = config(
                f"reward.custom_reward_function.path={path}",
                f"reward.custom_reward_function.name={name}",
                f"reward.reward_manager.name={manager}",
                f"actor_rollout_ref.model.path={folder}",
            )
            check(get_custom_reward_fn(conf) is not None, f"verl loads {path}")

            async def all_rows(conf: Any = conf) -> list[dict[str, Any]]:
                return await RewardLoopWorker(conf).compute_score_batch(data)

            outputs = asyncio.run(all_rows())
            for row, out, w in zip(rows, outputs, want, strict=True):
                check(agrees(out["reward_extra_info"], w), f"{manager} {name}: {row['id']}: {out} {w}")
                check(out["reward_score"] == out["reward_extra_info"]["score"], f"{row['id']}: reward")
            print(f"   {manager}, {name} of {Path(path).name}: {len(rows)} rows as golongrl-score")

        conf = config(
            "reward.custom_reward_function.path=pkg://golongrl.verl",
            "+reward.custom_reward_function.reward_kwargs.metric=format",
            "+reward.custom_reward_function.reward_kwargs.unscored=-1.0",
        )
        fn = get_custom_reward_fn(conf)
        out = fn(
            data_source="x", solution_str="no thinking", ground_truth="", extra_info={}, reward_router_address=None
        )
        row = {"response": "no thinking", "data_source": "x", "reward_model": {"ground_truth": ""}}
        want_one = command("score", "--force", "--metric", "format", rows=[row])[0]["score"]
        check(out["score"] == (-1.0 if want_one is None else want_one), f"kwargs: {out}")

        infos: dict[str, list[Any]] = {}
        for out in outputs:
            for key, value in out["reward_extra_info"].items():
                infos.setdefault(key, []).append(value)
        metrics = process_validation_metrics([r["data_source"] for r in rows], [r["group"] for r in rows], infos)
        check(all("acc" in m and "scored" in m for m in metrics.values()), f"validation metrics: {metrics}")
        print(f"   validation metrics of {len(metrics)} data sources, each with {len(infos)} variables")


def part_ray() -> None:
    """verl's RewardLoopManager: reward workers that are Ray actors, with the managers naive and remote."""
    import ray
    from verl.experimental.reward_loop import RewardLoopManager

    rows = examples()
    want = expected(rows)
    ray.init("local", num_cpus=4, object_store_memory=200 << 20, include_dashboard=False, log_to_driver=False)
    try:
        with tempfile.TemporaryDirectory() as folder:
            data = batch(rows, tokenizer(folder))
            for manager in ("naive", "remote"):
                conf = config(
                    "reward.custom_reward_function.path=pkg://golongrl.verl",
                    "reward.num_workers=" + ("2" if manager == "naive" else "1"),
                    f"reward.reward_manager.name={manager}",
                    f"actor_rollout_ref.model.path={folder}",
                )
                loop = RewardLoopManager(conf)
                out = loop.compute_rm_score(data)
                sums = out.batch["rm_scores"].sum(-1).tolist()
                for i, w in enumerate(want):
                    info = {key: float(out.non_tensor_batch[key][i]) for key in out.meta_info["reward_extra_keys"]}
                    check(agrees(info, w), f"{manager}: {rows[i]['id']}: {info} {w}")
                    check(sums[i] == float32(w["score"] or 0.0), f"{manager}: {rows[i]['id']}: {sums[i]}")
                for worker in loop.reward_loop_workers:
                    ray.kill(worker)
                print(f"   RewardLoopManager, {manager}: {len(rows)} rows in Ray actors as golongrl-score")
    finally:
        ray.shutdown()


def scored(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    """What golongrl-score gives for the rows, and the task of each row by the fork's rule."""
    import golongrl

    modes = [(row.get("extra_info") or {}).get("reward_mode") for row in rows]
    tasks = [golongrl.task_key(m) if m else row["data_source"] for m, row in zip(modes, rows, strict=True)]
    return expected(rows), tasks


def advantages(estimator: str, rows: list[dict[str, Any]], results: list[dict[str, Any]], tasks: list[str], lengths:
list[int]) -> list[float]:  # fmt: skip
    """What golongrl-score advantage gives; 0 for rows without a score."""
    lines = command("advantage", "--estimator", estimator, rows=[
        {"group": row["group"], "task": t, "reward": r["score"], "length": n}
        for row, r, t, n in zip(rows, results, tasks, lengths, strict=True)])  # fmt: skip
    return [0.0 if line["advantage"] is None else line["advantage"] for line in lines]


def with_rewards(rows: list[dict[str, Any]], results: list[dict[str, Any]], tok: Any) -> Any:
    """The batch with rewards as verl's managers leave them."""
    import numpy as np
    import torch

    data = batch(rows, tok)
    rewards = torch.zeros(data.batch["responses"].shape, dtype=torch.float32)
    last = data.batch["response_mask"].sum(-1) - 1
    for i, r in enumerate(results):
        rewards[i, last[i]] = r["score"] or 0.0
    data.batch["token_level_rewards"] = rewards
    data.non_tensor_batch["score"] = np.array([r["score"] or 0.0 for r in results])
    data.non_tensor_batch["scored"] = np.array([float(r["score"] is not None) for r in results])
    return data


SPELLINGS = (
    "tmn_reweight", "tmn", "golongrl_tmn", "dr_grpo", "qwenlong", "golongrl_grpo", "golongrl_opo", "maxrl",
    "tmn_reweight(alpha=0.5)", "golongrl_grpo(stack=verl)",
)  # fmt: skip


def same(got: Any, mask: Any, want: list[float], what: str) -> None:
    """got is want in float32 at each token of the mask."""
    import torch

    check(torch.equal(got, torch.tensor(want, dtype=torch.float32).unsqueeze(-1) * mask), what)


def part_advantage() -> None:
    """compute_advantage of the legacy trainers, with rows in any order and the plugin that verl itself imports."""
    import random

    import verl.trainer.ppo.ray_trainer as ray_trainer
    import verl.trainer.ppo.v1.utils as v1
    from verl.trainer.ppo import core_algos

    check(
        PLUGIN in sys.modules and "golongrl_tmn_reweight" in core_algos.ADV_ESTIMATOR_REGISTRY,
        "the plugin came with verl",
    )
    check(v1.compute_advantage is ray_trainer.compute_advantage, "all of verl has the wrapped function")
    import golongrl.verl

    before = dict(core_algos.ADV_ESTIMATOR_REGISTRY)
    wrapped = ray_trainer.compute_advantage
    golongrl.verl.register()
    golongrl.verl.install()
    check(
        core_algos.ADV_ESTIMATOR_REGISTRY == before and ray_trainer.compute_advantage is wrapped,
        "again changes nothing",
    )
    check(core_algos.ADV_ESTIMATOR_REGISTRY["grpo"] is core_algos.compute_grpo_outcome_advantage, "verl's own stay")

    rows = examples()
    random.Random(1).shuffle(rows)
    results, tasks = scored(rows)
    with tempfile.TemporaryDirectory() as folder:
        tok = tokenizer(folder)
        for name in SPELLINGS:
            data = with_rewards(rows, results, tok)
            lengths = data.batch["response_mask"].sum(-1).tolist()
            conf = config(f"algorithm.adv_estimator='{name}'")
            out = ray_trainer.compute_advantage(data, adv_estimator=conf.algorithm.adv_estimator, config=conf.algorithm)
            want = advantages(name.removeprefix("golongrl_"), rows, results, tasks, lengths)
            check(any(want), f"{name} has advantages")
            same(out.batch["advantages"], data.batch["response_mask"], want, f"{name}: as golongrl-score advantage")
            same(out.batch["returns"], data.batch["response_mask"], want, f"{name}: returns")
        print(f"   compute_advantage: {len(SPELLINGS)} estimators on {len(rows)} rows as golongrl-score advantage")

        # Next to verl's own GRPO, on the rows that have a score.
        keep = [i for i, r in enumerate(results) if r["score"] is not None]
        kept, r = [rows[i] for i in keep], [results[i] for i in keep]
        own = ray_trainer.compute_advantage(with_rewards(kept, r, tok), adv_estimator="grpo").batch["advantages"]
        ours = ray_trainer.compute_advantage(with_rewards(kept, r, tok), adv_estimator="golongrl_grpo(stack=verl)")
        gap = (own - ours.batch["advantages"]).abs().max().item()
        check(gap < 1e-5, f"golongrl_grpo(stack=verl) beside verl's grpo: {gap}")
        print(f"   golongrl_grpo(stack=verl) beside verl's own grpo: at most {gap:.1e} apart")

    try:
        data = with_rewards(rows, results, tok)
        for name in ("data_source", "extra_info"):
            data.non_tensor_batch.pop(name)
        ray_trainer.compute_advantage(data, adv_estimator="tmn")
    except ValueError as e:
        check("VERL_USE_EXTERNAL_MODULES" in str(e), f"message: {e}")
    else:
        check(False, "tmn without tasks raises")


def part_v1() -> None:
    """The v1 trainer's _compute_advantage, with its transfer queue in a local Ray: several outputs per session, and the
    padding that verl adds."""
    from types import SimpleNamespace

    import numpy as np
    import ray
    import torch
    import transfer_queue as tq
    from verl.trainer.ppo.padding_utils import upsample_batch_to_divisible_size
    from verl.trainer.ppo.v1.trainer_base import PPOTrainer
    from verl.utils.tensordict_utils import list_of_dict_to_tensordict

    from golongrl.verl import compute_score

    rows = examples()
    results, tasks = scored(rows)
    ray.init("local", num_cpus=4, object_store_memory=200 << 20, include_dashboard=False, log_to_driver=False)
    try:
        conf = config("transfer_queue.enable=true", "transfer_queue.backend.SimpleStorage.num_data_storage_units=1")
        tq.init(conf.transfer_queue)
        with tempfile.TemporaryDirectory() as folder:
            tok = tokenizer(folder)
            whole = with_rewards(rows, results, tok)
        keys, fields, tags, owner = [], [], [], []
        seen: dict[str, int] = {}
        for i, row in enumerate(rows):
            session = seen[row["group"]] = seen.get(row["group"], -1) + 1
            length = int(whole.batch["response_mask"][i].sum())
            info = compute_score(
                row["data_source"], row["response"], row["reward_model"]["ground_truth"], row["extra_info"]
            )
            for index in range(3 if i % 7 == 0 else 1):  # now and then a session of three outputs
                keys.append(f"{row['group']}_{session}_{index}")
                owner.append(i)
                ids = whole.batch["responses"][i, :length]
                fields.append({
                    "uid": row["group"], "data_source": row["data_source"], "extra_info": dict(row["extra_info"]),
                    "reward_model": row["reward_model"], "extra_fields": {"reward_extra_info": info},
                    "prompts": torch.zeros(4, dtype=torch.int64), "responses": ids, "input_ids": ids,
                    "position_ids": torch.arange(length),
                    "response_mask": torch.ones(length, dtype=torch.int64),
                    "loss_mask": torch.ones(length, dtype=torch.int64),
                    "rm_scores": whole.batch["token_level_rewards"][i, :length].clone(),
                    "rollout_log_probs": torch.zeros(length),
                })  # fmt: skip
                tags.append({"seq_len": length + 4, "min_global_steps": 0, "max_global_steps": 0})
        tq.kv_batch_put(keys=keys, partition_id="train", fields=list_of_dict_to_tensordict(fields), tags=tags)
        meta = tq.KVBatchMeta(keys=keys, tags=tags, partition_id="train")
        meta = upsample_batch_to_divisible_size(meta, 50, tok.eos_token_id)
        pads = len(meta.keys) - len(keys)
        check(pads > 1, "verl pads the batch")
        order = np.random.default_rng(1).permutation(len(meta.keys)).tolist()
        meta.reorder(order)
        data = tq.kv_batch_get(keys=meta.keys, partition_id="train", select_fields=["rollout_log_probs"])
        data["old_log_probs"] = data.pop("rollout_log_probs")
        tq.kv_batch_put(keys=meta.keys, partition_id="train", fields=data)
        lengths = whole.batch["response_mask"].sum(-1).tolist()
        for name in ("tmn_reweight", "golongrl_tmn", "dr_grpo"):
            conf = config(f"algorithm.adv_estimator={name}")
            trainer = SimpleNamespace(config=conf)
            PPOTrainer._compute_advantage(trainer, meta, {})
            got = tq.kv_batch_get(keys=meta.keys, partition_id="train", select_fields=["advantages"])["advantages"]
            want = advantages(name.removeprefix("golongrl_"), rows, results, tasks, lengths)
            for place, value in zip(order, got.unbind(), strict=True):
                if place >= len(keys):
                    check(not value.any(), f"{name}: padding has no advantage")
                else:
                    w = torch.full_like(value, want[owner[place]])
                    check(torch.equal(value, w), f"{name}: {keys[place]}: {value[0]} for {w[0]}")
            print(
                f"   v1 _compute_advantage, {name}: {len(keys)} outputs of {len(rows)} sessions and {pads} of padding"
            )
        tq.close()
    finally:
        ray.shutdown()


def part_entry_point() -> None:
    """The plugin is also found as an entry point of an installed package, without any setting."""
    import verl  # noqa: F401
    from verl.trainer.ppo import core_algos

    check("tmn_reweight" in core_algos.ADV_ESTIMATOR_REGISTRY, "the entry point of group verl.plugins is loaded")
    print("   the entry point verl.plugins needs no VERL_USE_EXTERNAL_MODULES")


def part_fork() -> None:
    """The estimators of the GoLongRL release on the same batch."""
    import numpy as np
    import torch
    from verl.trainer.ppo import core_algos

    import golongrl

    rows = [r for r in examples() if r["group"] not in ("x", "y")]
    results, tasks = scored(rows)
    check(all(r["score"] is not None for r in results), "all rows have a score")
    single = {**rows[0], "group": "alone"}
    rows, results, tasks = [*rows, single], [*results, results[0]], [*tasks, tasks[0]]
    rewards = [r["score"] for r in results]
    groups = [row["group"] for row in rows]
    token_rewards = torch.tensor(rewards, dtype=torch.float32).unsqueeze(-1)
    mask = torch.ones_like(token_rewards)
    for fn, options, ours in (
        (core_algos.compute_tmn_grpo_outcome_advantage, {}, "tmn(stack=golongrl)"),
        (
            core_algos.compute_tmn_grpo_outcome_advantage,
            {"difficulty_reweight": True, "difficulty_smooth_alpha": 0.8},
            "tmn_reweight(alpha=0.8,single=reference)",
        ),
        (core_algos.compute_qwenlong_task_advantage, {}, "qwenlong(stack=golongrl)"),
    ):
        out = fn(token_rewards, mask, np.array(groups), np.array(tasks), **options)[0].squeeze(-1).tolist()
        want = golongrl.advantage(rewards, groups, estimator=ours, tasks=tasks)
        gap = max(abs(a - b) for a, b in zip(out, want, strict=True))
        check(gap < 1e-4, f"{fn.__name__} {options}: {gap} from {ours}")
        print(f"   {fn.__name__}{options or ''}: at most {gap:.1e} from {ours}")


PARTS = {
    "reward": part_reward,
    "advantage": part_advantage,
    "entry_point": part_entry_point,
    "ray": part_ray,
    "v1": part_v1,
    "fork": part_fork,
}


def versions() -> None:
    import verl

    names = ("torch", "tensordict", "transformers", "ray", "TransferQueue", "numpy")
    from importlib.metadata import version

    print(
        f"   verl {verl.__version__}, Python {sys.version.split()[0]}, " + ", ".join(f"{n} {version(n)}" for n in names)
    )
    if source := os.environ.get("VERL_SOURCE"):
        commit = subprocess.run(
            ["git", "-C", source, "rev-parse", "HEAD"], capture_output=True, text=True
        ).stdout.strip()
        check(str(Path(source).resolve()) in str(Path(verl.__file__).resolve()), "verl is that of VERL_SOURCE")
        print(f"   of commit {commit}")


def main(chosen: list[str]) -> None:
    for name in chosen or PARTS:
        env = {**os.environ, "TOKENIZERS_PARALLELISM": "false", "RAY_raylet_start_wait_time_s": "200"}
        env["VERL_USE_EXTERNAL_MODULES"] = PLUGIN
        path = [env.get("PYTHONPATH", "")]
        if source := env.get("VERL_SOURCE"):
            path.insert(0, source)
        with tempfile.TemporaryDirectory() as folder:
            if name == "fork":
                if not env.get("GOLONGRL_FORK"):
                    print("-- fork: left out: GOLONGRL_FORK names no folder")
                    continue
                path.insert(0, env["GOLONGRL_FORK"])
                del env["VERL_USE_EXTERNAL_MODULES"]
            if name == "entry_point":
                del env["VERL_USE_EXTERNAL_MODULES"]
                info = Path(folder, "golongrl_e2e-1.dist-info")
                info.mkdir()
                (info / "METADATA").write_text("Metadata-Version: 2.1\nName: golongrl-e2e\nVersion: 1\n")
                (info / "entry_points.txt").write_text(f"[verl.plugins]\ngolongrl = {PLUGIN}\n")
                path.insert(0, folder)
            env["PYTHONPATH"] = os.pathsep.join(filter(None, path))
            print(f"-- {name}", flush=True)
            if subprocess.run([sys.executable, "-W", "ignore", __file__, "--part", name], env=env).returncode != 0:
                raise SystemExit(f"part {name} failed")
    print("all facts hold")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--part"]:
        if sys.argv[2] == "reward":
            versions()
        PARTS[sys.argv[2]]()
    else:
        main(sys.argv[1:])
