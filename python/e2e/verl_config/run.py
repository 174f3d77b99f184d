"""The recipe python/recipes/verl_ray in verl: its keys, its values, and what they do in verl's own code, on the CPU.

python/e2e/run verl_config
GOLONGRL_FORK=DIR python/e2e/run verl_config    also what the released scripts do in the released fork, Train/verl
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.errors import ConfigCompositionException
from omegaconf import DictConfig, OmegaConf

ROOT = Path(__file__).resolve().parents[3]
RECIPE = ROOT / "python" / "recipes" / "verl_ray"

# Objects into which verl lets one write what one likes.
OPEN = (
    "ray_kwargs.ray_init.runtime_env.env_vars",
    "reward.custom_reward_function.reward_kwargs",
    "hydra",
    "defaults",
)

TABLE_12 = {
    "data.max_prompt_length": 160 * 1024,
    "data.max_response_length": 16 * 1024,
    "actor_rollout_ref.rollout.n": 16,
    "actor_rollout_ref.actor.optim.lr": 2e-6,
    "actor_rollout_ref.actor.optim.lr_warmup_steps": 5,
    "actor_rollout_ref.actor.optim.weight_decay": 0.1,
    "actor_rollout_ref.actor.optim.clip_grad": 1.0,
    "actor_rollout_ref.actor.ppo_epochs": 1,
    "trainer.total_epochs": 10,
    "data.train_batch_size": 128,
    "actor_rollout_ref.actor.loss_agg_mode": "token-mean",
    "actor_rollout_ref.actor.clip_ratio_low": 0.2,
    "actor_rollout_ref.actor.clip_ratio_high": 0.28,
    "actor_rollout_ref.actor.clip_ratio_c": 3.0,
    "algorithm.rollout_correction.rollout_is": "token",
    "algorithm.rollout_correction.rollout_is_threshold": "0.5_5.0",
    "algorithm.adv_estimator": "tmn_reweight(alpha=0.8)",
    "actor_rollout_ref.rollout.temperature": 1.0,
    "actor_rollout_ref.rollout.top_p": 1.0,
}

# What Hydra says of the released scripts in the released tree.
REJECTED = {
    "algorithm.rollout_is",
    "algorithm.rollout_is_threshold",
    "algorithm.rollout_is_threshold_lower",
    "algorithm.rollout_is_level",
    "algorithm.rollout_is_mode",
    "algorithm.rollout_is_veto_threshold",
    "actor_rollout_ref.rollout.update_weights_bucket_megabytes",
    "actor_rollout_ref.rollout.agent.buffer_capacity",
    "reward_model.launch_reward_fn_async",
    "trainer.val_only",
}


# A process as verl's driver is: nothing of golongrl is imported but by what the environment tells verl.
ADVANTAGE = """
import sys
import numpy as np
import torch
from verl import DataProto
from verl.trainer.ppo.ray_trainer import compute_advantage

assert "golongrl.verl_plugin" in sys.modules
rewards = [1.0, 0.0, 0.0, 1.0, 0.25, 0.75]
data = DataProto.from_single_dict({
    "token_level_rewards": torch.tensor([[0.0, r] for r in rewards]),
    "response_mask": torch.ones(6, 2),
    "uid": np.array(list("aaabbb"), dtype=object),
    "extra_info": np.array([{"reward_mode": "EM"}] * 6, dtype=object),
})
got = compute_advantage(data, adv_estimator=sys.argv[1], config=None).batch["advantages"][:, 0].tolist()
import golongrl
want = golongrl.advantage(rewards, list("aaabbb"), estimator=sys.argv[1], tasks=["EM"] * 6)
assert max(abs(g - w) for g, w in zip(got, want)) < 1e-6 and max(map(abs, want)) > 0.5, (got, want)
"""


def check(fact: bool, what: str) -> None:
    if not fact:
        raise SystemExit(f"does not hold: {what}")


def leaves(config: Any, path: str = "") -> list[str]:
    if not isinstance(config, DictConfig) or path in OPEN:
        return [path]
    return [leaf for name in config for leaf in leaves(config._get_node(name), f"{path}.{name}" if path else str(name))]


def has(config: Any, path: str) -> bool:
    for name in path.split("."):
        if not isinstance(config, DictConfig) or name not in config:
            return False
        config = config._get_node(name)
    return True


def recipe(*overrides: str) -> DictConfig:
    with initialize_config_dir(config_dir=str(RECIPE), version_base=None):
        given = ["actor_rollout_ref.model.path=/models/m", "data.train_files=/data/train.jsonl"]
        return compose("golongrl", overrides=[*given, *overrides])


def keys_and_values(verl: Path) -> DictConfig:
    own = OmegaConf.load(RECIPE / "golongrl.yaml")
    with initialize_config_dir(config_dir=str(verl / "trainer" / "config"), version_base=None):
        theirs = compose("ppo_trainer", overrides=["model_engine=megatron", "actor_rollout_ref.rollout.name=sglang"])
    paths = [path for path in leaves(own) if path not in OPEN]
    unknown = [path for path in paths if not has(theirs, path)]
    check(not unknown, f"verl has no keys {unknown}")
    config = recipe()
    for path, value in TABLE_12.items():
        check(OmegaConf.select(config, path) == value, f"{path} is {OmegaConf.select(config, path)} and not {value}")
    check(config.actor_rollout_ref.actor.ppo_mini_batch_size == config.data.train_batch_size, "one update per batch")
    longest = config.data.max_prompt_length + config.data.max_response_length
    check(config.actor_rollout_ref.rollout.max_model_len == longest, "the longest sequence fits")
    cp = config.actor_rollout_ref.actor.megatron.context_parallel_size
    check(config.actor_rollout_ref.actor.ppo_max_token_len_per_gpu * cp == longest, "and into the ranks of a sequence")
    print(f"{len(paths)} keys of golongrl.yaml are verl's; {len(TABLE_12)} values are those of Table 12")
    return config


def dataclasses(config: DictConfig) -> None:
    """verl's own checks."""
    import verl.experimental.reward_loop.reward_manager  # noqa: F401  registers the managers
    from verl.trainer.ppo.utils import need_critic, need_reference_policy
    from verl.utils.config import omega_conf_to_dataclass, validate_config

    OmegaConf.resolve(config)
    check(not need_critic(config) and not need_reference_policy(config), "neither a critic nor a reference model")
    validate_config(config, use_reference_policy=False, use_critic=False)
    algorithm = omega_conf_to_dataclass(config.algorithm)
    check(algorithm.rollout_correction["rollout_is"] == "token", "the correction reaches verl's dataclass")
    rollout = omega_conf_to_dataclass(config.actor_rollout_ref.rollout)
    check(rollout.n == 16 and rollout.calculate_log_probs, "rollouts")
    optim = omega_conf_to_dataclass(config.actor_rollout_ref.actor.optim)
    check(
        (optim.lr, optim.lr_warmup_steps, optim.weight_decay, optim.clip_grad) == (2e-6, 5, 0.1, 1.0), "the optimiser"
    )
    print("verl's validate_config and dataclasses accept it")


def correction(config: DictConfig) -> None:
    """verl's weights are those of Table 12: 0 outside of [0.5, 5], and a response with a ratio below 1e-4 is out."""
    import torch
    from verl.trainer.ppo.rollout_corr_helper import compute_rollout_correction_and_rejection_mask

    ratios = torch.tensor(
        [[1.0, 0.5, 0.49, 5.0], [5.1, 1.0, 2.0, 0.51], [1.0, 0.9e-4, 1.0, 1.0], [1.1e-4, 1.0, 3.0, 1.0]],
        dtype=torch.float64,
    )
    mask = torch.ones_like(ratios)
    c = config.algorithm.rollout_correction
    weights, kept, _ = compute_rollout_correction_and_rejection_mask(
        old_log_prob=ratios.log(),
        rollout_log_prob=torch.zeros_like(ratios),
        response_mask=mask,
        rollout_is=c.rollout_is,
        rollout_is_threshold=c.rollout_is_threshold,
        rollout_rs=c.rollout_rs,
        rollout_rs_threshold=c.rollout_rs_threshold,
    )
    weights = weights.batch["rollout_is_weights"].double()
    inside = (ratios > 0.4999) & (ratios < 5.0001)
    want = torch.where(inside, ratios, torch.zeros_like(ratios))
    # The weights of a rejected response do not matter, its tokens are masked.
    check(torch.allclose((weights * kept).double(), want * kept), f"{weights} are not {want}")
    check(kept.sum(1).tolist() == [4, 4, 0, 4], f"{kept.sum(1).tolist()}: the third response alone is left out")
    check(abs(float(c.rollout_rs_threshold) - math.log(1e-4) ** 2 / 2) < 0.05, "42.4 is ln(1e-4)^2 / 2")
    print(
        "rollout_correction: weights outside of [0.5, 5] are 0; a ratio of 0.9e-4 rejects a response, 1.1e-4 does not"
    )


def hooks(config: DictConfig) -> None:
    """The reward function and the estimator are found where the configuration says."""
    from verl.trainer.ppo.reward import get_custom_reward_fn

    reward = get_custom_reward_fn(config)
    check(reward is not None, "there is a reward function")
    truth = {"golden_label": "KX-4471"}
    got = reward(
        data_source="EM", solution_str="<think>x</think>KX-4471", ground_truth=truth, extra_info={"reward_mode": "EM"}
    )
    check(got["score"] == 1.0 and got["scored"] == 1.0, f"{got}")

    env = config.ray_kwargs.ray_init.runtime_env.env_vars
    done = subprocess.run(
        [sys.executable, "-c", ADVANTAGE, config.algorithm.adv_estimator],
        env={**os.environ, **OmegaConf.to_container(env)},
        capture_output=True,
        text=True,
    )
    check(done.returncode == 0, f"the estimator: {done.stdout}{done.stderr}")
    print("verl loads golongrl.verl.compute_score; its compute_advantage finds the estimator")


def script() -> None:
    """run.sh, up to the point where training would start."""
    done = subprocess.run(
        [str(RECIPE / "run.sh"), "trainer.nnodes=2", "--cfg", "job"],
        env={
            **os.environ,
            "MODEL": "/models/m",
            "TRAIN": "/data/train.jsonl",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
    )
    check(done.returncode == 0, done.stderr)
    config = OmegaConf.create(done.stdout)
    check((config.actor_rollout_ref.model.path, config.data.train_files) == ("/models/m", "/data/train.jsonl"), "paths")
    check((config.trainer.nnodes, config.algorithm.adv_estimator) == (2, "tmn_reweight(alpha=0.8)"), "overrides")
    print("run.sh reaches verl.trainer.main_ppo with the configuration")


def rejections(overrides: list[str]) -> set[str]:
    """The keys of overrides that Hydra rejects; it accepts all others at once."""
    config = compose("dapo_megatron_trainer")
    keys = {override: override.split("=")[0] for override in overrides}
    rejected = set()
    for override, key in keys.items():
        if not has(config, key) and not key.startswith("+"):
            try:
                compose("dapo_megatron_trainer", overrides=[override])
            except ConfigCompositionException:
                rejected.add(key)
    compose("dapo_megatron_trainer", overrides=[override for override, key in keys.items() if key not in rejected])
    return rejected


def released(fork: Path) -> None:
    """The released scripts in the released tree."""
    for name in ("qwen3-4B-tmn-reweight.sh", "qwen3-4B-grpo.sh", "qwen3-30B-A3B-grpo.sh"):
        with tempfile.TemporaryDirectory() as temporary:
            fake = Path(temporary) / "python3"
            fake.write_text('#!/bin/sh\nprintf "%s\\\\n" "$@" >args\n')
            fake.chmod(0o755)
            script = fork / "examples" / "GoLongRL" / name
            env = {**os.environ, "PATH": f"{temporary}:{os.environ['PATH']}"}
            subprocess.run(
                ["bash", str(script)], cwd=temporary, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            overrides = [
                a for a in (Path(temporary) / "args").read_text().splitlines() if "=" in a and not a.startswith("-")
            ]
        before = Path.cwd()
        os.chdir(fork)  # the configuration names its folders from here
        try:
            with initialize_config_dir(config_dir=str(fork / "recipe" / "dapo" / "config"), version_base=None):
                rejected = rejections(overrides)
        finally:
            os.chdir(before)
        check(rejected == REJECTED, f"{name}: Hydra rejects {rejected}")
        print(f"released {name}: Hydra rejects {len(rejected)} of its {len(overrides)} overrides in the released tree")


def main() -> None:
    import verl

    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("verl", "hydra-core", "torch"))
    print(f"{versions}; host run")
    config = keys_and_values(Path(verl.__file__).parent)
    hooks(config)
    correction(config)
    dataclasses(config)
    script()
    if "GOLONGRL_FORK" in os.environ:
        released(Path(os.environ["GOLONGRL_FORK"]))


if __name__ == "__main__":
    main()
