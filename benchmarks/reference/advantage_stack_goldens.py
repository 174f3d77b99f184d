"""Writes the goldens of advantage.Conventions by running the training stacks.

    python advantage_stack_goldens.py --golongrl DIR --verl DIR --trl DIR \\
        --openrlhf DIR --slime DIR --nemo_rl DIR --areal DIR --skyrl DIR \\
        --prime_rl DIR --open_instruct DIR --easyr1 DIR --ms_swift DIR OUT.jsonl.gz

Every DIR is a git checkout (for golongrl the root of the release). The code is cut
out of it and runs as it is (advantage_stack_cut.py); what it imports from the rest
of the stack is cut out as well or, for processes and configuration, a stand-in.
Needs torch and numpy, on the CPU. Everything is computed in float64: float32 is
float64 here, also where a stack fixes it.

Rewards of constant groups are multiples of 1/64: their mean is exact, and no stack
divides rounding noise by its epsilon.

Lines of the output: a header, then batches {"batch": key, ...}, then results
{"stack", "name", "setting", "options", "want": {key: advantages}}, one per
convention. options are written besides its spelling. Rows are those of the batch.
The generator is seeded.
"""

import argparse
import ast
import asyncio
import gzip
import json
import os
import random
import sys
import types
from collections import defaultdict
from types import SimpleNamespace as Space

import numpy as np
import torch

from advantage_stack_cut import Batch, Stack, draw

SEED = 20260405
ROUNDS = 60
WEIGHTS = "weights=accuracy:2+format:0.5"


def verl_like(stack, root):
    """The estimators of a checkout of verl that lies at root in its repository."""
    at = root.__add__
    whiten = stack.take(at("verl/utils/torch_functional.py"), {"masked_whiten", "masked_mean", "masked_var", "masked_sum"})
    os.environ["VERL_FORCE_DEVICE"] = "cpu"
    group = stack.take(
        at("verl/utils/groupwise.py"), {"group_mean_std", "as_torch_index", "_resolve_device", "_to_1d_numpy_object_array"}
    )
    core = at("verl/trainer/ppo/core_algos.py")
    every = {n.name for n in stack.tree(core).body if getattr(n, "name", "").endswith("_advantage")}
    return stack.take(
        core, every, {"verl_F": whiten, "group_mean_std": group.group_mean_std, "as_torch_index": group.as_torch_index}
    )


def outcome(fn, **more):
    """A function of token rewards, mask and prompts as a function of a batch."""
    return lambda b: b.scalars(fn(token_level_rewards=b.tokens(), response_mask=b.mask, index=b.uid, **more)[0])


def common(core):
    """The estimators that verl and its fork share."""

    def remax(b):
        return b.scalars(core.compute_remax_outcome_advantage(b.tokens(), torch.tensor(b.baselines), b.mask)[0])

    grpo, passk = core.compute_grpo_outcome_advantage, core.compute_grpo_passk_outcome_advantage
    yield "grpo", "", "mixed", outcome(grpo)
    yield "grpo", "norm_adv_by_std_in_grpo=False", "mixed", outcome(grpo, norm_adv_by_std_in_grpo=False)
    yield "grpo_passk", "", "many", outcome(passk, config={})
    yield "reinforce_plus_plus", "", "mixed", outcome(
        core.compute_reinforce_plus_plus_outcome_advantage, config=Space(gamma=1.0)
    )
    yield "reinforce_plus_plus_baseline", "", "mixed", outcome(
        core.compute_reinforce_plus_plus_baseline_outcome_advantage
    )
    yield "rloo", "", "mixed", outcome(core.compute_rloo_outcome_advantage)
    yield "rloo_vectorized", "", "mixed", outcome(core.compute_rloo_vectorized_outcome_advantage)
    yield "opo", "", "mixed", outcome(core.compute_opo_outcome_advantage)
    yield "remax", "", "mixed", remax
    yield "gpg", "", "mixed", outcome(core.compute_gpg_outcome_advantage)
    # The fork raises variances to 1e-6; multiples of 1/64 that differ are above.
    yield "grpo_vectorized", "", "mixed", outcome(core.compute_grpo_vectorized_outcome_advantage), "dyadic"


def verl(stack):
    core = verl_like(stack, "")

    def gdpo(b, weights=None):
        config = {"gdpo_reward_keys": list(b.components), "gdpo_reward_weights": weights}
        one = torch.ones(len(b.groups), 1, dtype=torch.int64)
        batch = {"prompts": one, "attention_mask": torch.cat([one, b.mask], dim=1)}
        values = {k: np.array(v) for k, v in b.components.items()}
        more = {"config": config, "non_tensor_batch": values, "batch": batch}
        return b.scalars(core.compute_gdpo_outcome_advantage(b.tokens(), b.mask, b.uid, **more)[0])

    yield from common(core)
    yield "grpo_passk", "norm_adv_by_std_in_grpo=False", "many", outcome(
        core.compute_grpo_passk_outcome_advantage, config={"norm_adv_by_std_in_grpo": False}
    )
    yield "gdpo", "", "mixed", gdpo
    yield "gdpo", "", "mixed", lambda b: gdpo(b, [2.0, 0.5]), "all", WEIGHTS


def golongrl(stack):
    core = verl_like(stack, "Train/verl/")
    filter_groups = stack.statements("Train/verl/recipe/dapo/dapo_ray_trainer.py", "prompt_uid2metric_std", "kept_prompt_uids")

    def tasked(fn, **more):
        return lambda b: b.scalars(
            fn(token_level_rewards=b.tokens(), response_mask=b.mask, index=b.uid, reward_mode=b.mode, **more)[0]
        )

    def recipe(b):
        values = defaultdict(list)
        for uid, r in zip(b.uid, b.rewards):
            values[uid].append(r)
        kept = stack.between(filter_groups, {"prompt_uid2metric_vals": values})["kept_prompt_uids"]
        rows = [i for i, uid in enumerate(b.uid) if uid in kept]
        out = torch.zeros(len(b.uid))
        if rows:
            pick = lambda x: [x[i] for i in rows]
            small = Batch(b.key, pick(b.groups), pick(b.tasks), pick(b.rewards), pick(b.lengths), b.exact)
            out[rows] = tasked(
                core.compute_tmn_grpo_outcome_advantage, difficulty_reweight=True, difficulty_smooth_alpha=0.8
            )(small)
        return out

    tmn = core.compute_tmn_grpo_outcome_advantage
    yield "tmn_grpo", "", "mixed", tasked(tmn)
    yield "tmn_grpo", "difficulty_reweight=True difficulty_smooth_alpha=0.8", "mixed", tasked(
        tmn, difficulty_reweight=True, difficulty_smooth_alpha=0.8
    )
    yield "tmn_grpo", "difficulty_reweight=True", "mixed", tasked(tmn, difficulty_reweight=True)
    yield "recipe", "", "mixed", recipe
    yield "qwenlong_grpo", "", "mixed", tasked(core.compute_qwenlong_task_advantage)
    yield from common(core)


def trl(stack):
    nanstd = stack.take("trl/trainer/utils.py", {"nanstd"}).nanstd
    grpo_part = stack.statements("trl/trainer/grpo_trainer.py", "unscorable_mask", "advantages")
    rloo_part = [
        s
        for s in stack.statements("trl/trainer/rloo_trainer.py", "unscorable_mask", "is_std_zero")
        if not isinstance(s, ast.If) or not {"reward_clip_range", "beta"} & attributes(s.test)
    ]

    def padded(b, columns):
        """TRL has equal groups, some rows of which no function scored."""
        n = max(b.sizes)
        table, places = [], []
        for g in dict.fromkeys(b.groups):
            rows = [i for i, h in enumerate(b.groups) if h == g]
            places += rows + [None] * (n - len(rows))
            table += [[c[i] for c in columns] for i in rows] + [[float("nan")] * len(columns)] * (n - len(rows))
        return n, torch.tensor(table), places

    def run(nodes, scale="group", objective="sum_then_normalize", parts=None, weights=None):
        def of(b):
            columns = list(b.components.values()) if parts else [b.rewards]
            n, table, places = padded(b, columns)
            weight = torch.tensor(weights or [1.0] * len(columns))
            this = Space(
                multi_objective_aggregation=objective,
                scale_rewards=scale,
                reward_weights=weight,
                reward_funcs=columns,
                normalize_advantages=False,
                accelerator=Space(process_index=0),
            )
            names = {"self": this, "rewards_per_func": table, "num_generations": n, "device": "cpu", "nanstd": nanstd}
            names["prompts"] = places
            got = stack.between(nodes, names)["advantages"]
            out = torch.zeros(len(b.groups))
            for i, a in zip(places, got):
                if i is not None:
                    out[i] = a
                else:
                    assert a == 0
            return out

        return of

    yield "group", "", "mixed", run(grpo_part)
    yield "batch", "", "many", run(grpo_part, "batch")
    yield "none", "", "mixed", run(grpo_part, "none")
    yield "normalize_then_sum", "", "many", run(grpo_part, objective="normalize_then_sum", parts=True)
    weighted = run(grpo_part, objective="normalize_then_sum", parts=True, weights=[2.0, 0.5])
    yield "normalize_then_sum", "", "many", weighted, "all", WEIGHTS
    yield "rloo", "", "mixed", run(rloo_part)


def attributes(node):
    return {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}


def openrlhf(stack):
    file, cls = "openrlhf/trainer/ppo_utils/experience_maker.py", first_class(stack, "compute_advantages_and_returns")
    names = {
        "itertools": __import__("itertools"),
        "apply_length_penalties": lambda experiences, args: None,
        "compute_reward": stack.take("openrlhf/models/utils.py", {"compute_reward"}).compute_reward,
    }
    compute = stack.method(file, cls, "compute_advantages_and_returns", names)
    returns = stack.method(file, cls, "get_cumulative_returns")

    def run(estimator):
        def of(b):
            advantage = Space(estimator=estimator, gamma=1.0, lambd=1.0, no_std_norm=False)
            args = Space(
                rollout=Space(n_samples_per_prompt=b.sizes[0]),
                algo=Space(advantage=advantage),
                reward=Space(clip_range=(-10, 10)),
            )
            this = Space(
                strategy=Space(args=args), advantage_estimator=estimator, kl_ctl=Space(value=0.0)
            )
            this.get_cumulative_returns = lambda *a: returns(this, *a)
            order = list(range(len(b.groups)))
            random.Random(len(order)).shuffle(order)
            parts = [order[: len(order) // 2], order[len(order) // 2 :]]
            experiences = [
                Space(
                    index=part,
                    rewards=b.r[part],
                    kl=torch.zeros(b.mask[part].shape),
                    action_mask=b.mask[part],
                    info={},
                )
                for part in parts
            ]
            out = torch.zeros(len(order))
            for part, e in zip(parts, compute(this, experiences)):
                small = Space(lengths=[b.lengths[i] for i in part])
                out[part] = Batch.scalars(small, e.advantages)
            return out

        return of

    for name in ["group_norm", "reinforce_baseline", "dr_grpo", "rloo", "reinforce"]:
        yield name, "", "equal", run(name)


def first_class(stack, method):
    for node in stack.tree("openrlhf/trainer/ppo_utils/experience_maker.py").body:
        if any(getattr(m, "name", None) == method for m in getattr(node, "body", [])):
            return node.name
    raise LookupError(method)


def slime(stack):
    mpu = Space(get_context_parallel_world_size=lambda: 1)
    sys.modules["megatron"] = types.ModuleType("megatron")
    sys.modules["megatron.core"] = types.ModuleType("megatron.core")
    sys.modules["megatron.core"].mpu = mpu
    files = [n.name for n in stack.tree("slime/ray/rollout.py").body if isinstance(n, ast.ClassDef)]
    for cls in files:
        try:
            post = stack.method("slime/ray/rollout.py", cls, "_post_process_rewards")
            break
        except StopIteration:
            continue
    ppo = stack.take(
        "slime/utils/ppo_utils.py",
        {"get_grpo_returns", "get_reinforce_plus_plus_returns", "get_reinforce_plus_plus_baseline_advantages", "chunked_discounted_returns"},
    )
    dist = Space(all_reduce=lambda tensor, group=None: None)
    whiten = stack.take("slime/utils/distributed_utils.py", {"distributed_masked_whiten"}, {"dist": dist}).distributed_masked_whiten

    def run(estimator, std=True):
        def of(b):
            n = b.sizes[0]
            args = Space(
                advantage_estimator=estimator,
                rewards_normalization=True,
                n_samples_per_prompt=n,
                rollout_batch_size=len(b.sizes),
                grpo_std_normalization=std and n > 1,
            )
            this = Space(args=args, custom_reward_post_process_func=None)
            samples = [Space(get_reward_value=lambda args, r=r: r) for r in b.rewards]
            rewards = torch.tensor(post(this, samples)[1])
            kl = [torch.zeros(k) for k in b.lengths]
            masks = [torch.ones(k, dtype=torch.int64) for k in b.lengths]
            if estimator == "grpo":
                return torch.stack([x[0] for x in ppo.get_grpo_returns(rewards, kl)])
            if estimator == "reinforce_plus_plus":
                rows = ppo.get_reinforce_plus_plus_returns(rewards, kl, masks, b.lengths, b.lengths, 0.0, 1.0)
            else:
                rows = ppo.get_reinforce_plus_plus_baseline_advantages(rewards, kl, masks, 0.0)
            flat = whiten(torch.cat(rows), torch.cat(masks))
            return torch.stack([x[0] for x in torch.split(flat, b.lengths)])

        return of

    yield "grpo", "", "equal", run("grpo")
    yield "grpo", "--disable-grpo-std-normalization", "equal", run("grpo", False)
    yield "reinforce_plus_plus", "", "equal", run("reinforce_plus_plus")
    yield "reinforce_plus_plus_baseline", "", "equal", run("reinforce_plus_plus_baseline")


def nemo_rl(stack):
    utils = stack.take(
        "nemo_rl/algorithms/utils.py", {"calculate_baseline_and_std_per_prompt", "get_gdpo_reward_component_keys"}
    )
    names = {"GRPOAdvantageEstimator", "GDPOAdvantageEstimator", "ReinforcePlusPlusAdvantageEstimator"}
    own = stack.take("nemo_rl/algorithms/advantage_estimator.py", names, vars(utils))
    loss = Space(use_kl_in_reward=False, reference_policy_kl_penalty=0.0, reference_policy_kl_type="k3")

    def run(cls, **config):
        def of(b):
            settings = dict(normalize_rewards=True, use_leave_one_out_baseline=True, minus_baseline=True, reward_weights=None)
            estimator = cls(Space(**dict(settings, **config)), loss)
            prompts = torch.tensor(b.groups).unsqueeze(-1)
            parts = {"reward/" + k: torch.tensor(v) for k, v in b.components.items()}
            got = estimator.compute_advantage(prompts, b.r, b.mask, repeated_batch=parts)
            return b.scalars(got)

        return of

    # Rounding noise of its one-pass variance would decide what is divided; see
    # the note of the convention. Dyadic rewards have none where the others are equal.
    yield "grpo", "", "mixed", run(own.GRPOAdvantageEstimator), "dyadic"
    yield "grpo", "use_leave_one_out_baseline=false", "mixed", run(own.GRPOAdvantageEstimator, use_leave_one_out_baseline=False)
    yield "grpo", "normalize_rewards=false", "mixed", run(own.GRPOAdvantageEstimator, normalize_rewards=False)
    yield "grpo", "normalize_rewards=false use_leave_one_out_baseline=false", "mixed", run(
        own.GRPOAdvantageEstimator, normalize_rewards=False, use_leave_one_out_baseline=False
    )
    yield "gdpo", "use_leave_one_out_baseline=false", "many", run(own.GDPOAdvantageEstimator, use_leave_one_out_baseline=False), "dyadic"
    yield "reinforce_plus_plus", "", "many", run(own.ReinforcePlusPlusAdvantageEstimator)
    yield "reinforce_plus_plus", "minus_baseline=false", "many", run(
        own.ReinforcePlusPlusAdvantageEstimator, minus_baseline=False
    )


def areal(stack):
    dist = Space(is_initialized=lambda: False)
    cls = stack.take("areal/utils/data.py", {"Normalization"}, {"dist": dist}).Normalization

    def run(mean, std, leave1out=False):
        def of(b):
            config = Space(
                mean_level=mean, mean_leave1out=leave1out, std_level=std, std_unbiased=True, group_size=b.sizes[0], eps=1e-5
            )
            return cls(config)(b.r)

        return of

    yield "reward_norm", "mean_level=group std_level=group", "equal", run("group", "group")
    yield "reward_norm", "mean_level=group std_level=null", "equal", run("group", None)
    yield "reward_norm", "mean_level=group mean_leave1out=true std_level=null", "equal", run("group", None, True)
    yield "reward_norm", "mean_level=batch std_level=batch", "equal", run("batch", "batch")


def skyrl(stack):
    file = "skyrl/backends/skyrl_train/utils/ppo_utils.py"
    sys.modules["loguru"] = types.ModuleType("loguru")
    sys.modules["loguru"].logger = Space(warning=lambda *a: None)
    mean = stack.take("skyrl/backends/skyrl_train/utils/torch_utils.py", {"masked_mean"})
    every = {n.name for n in stack.tree(file).body if getattr(n, "name", "").endswith("_advantage")}
    core = stack.take(file, every | {"masked_whiten", "masked_var"}, {"masked_mean": mean.masked_mean, "Float": defaultdict(int)})

    yield "grpo", "", "mixed", outcome(core.compute_grpo_outcome_advantage)
    yield "grpo", "grpo_norm_by_std=false", "mixed", outcome(core.compute_grpo_outcome_advantage, grpo_norm_by_std=False)
    yield "rloo", "", "mixed", outcome(core.compute_rloo_outcome_advantage)
    yield "reinforce++", "", "mixed", outcome(core.compute_reinforce_plus_plus_outcome_advantage, gamma=1.0)
    yield "maxrl", "", "mixed", outcome(core.compute_maxrl_advantage), "nonneg"


def prime_rl(stack):
    def score(file, cls):
        def assign(trace, advantage):
            trace.advantage = advantage

        names = {
            "Algorithm": object,
            "iter_trainable_traces": lambda episodes: [(None, t) for t in episodes],
            "assign_advantages": assign,
        }
        own = getattr(stack.take(f"src/prime_rl/orchestrator/algo/{file}.py", {cls}, names), cls)

        def of(b):
            out = torch.zeros(len(b.groups))
            for g in dict.fromkeys(b.groups):
                rows = [i for i, h in enumerate(b.groups) if h == g]
                traces = [Space(reward=b.rewards[i]) for i in rows]
                this = own.__new__(own)
                this.length_penalty = None
                asyncio.run(this.score_group(traces))
                out[rows] = torch.tensor([t.advantage for t in traces])
            return out

        return of

    yield "grpo", "", "mixed", score("grpo", "GRPOAlgorithm")
    yield "max_rl", "", "mixed", score("max_rl", "MaxRLAlgorithm"), "nonneg"


def open_instruct(stack):
    nodes = stack.statements("open_instruct/data_loader.py", "scores_per_prompt", "advantages")

    def run(kind):
        def of(b):
            config = Space(num_samples_per_prompt_rollout=b.sizes[0], advantage_normalization_type=kind)
            got = stack.between(nodes, {"self": Space(config=config), "scores": np.array(b.rewards)})
            return torch.tensor(got["advantages"])

        return of

    yield "centered", "", "equal", run("centered")
    yield "standard", "", "equal", run("standard")


def easyr1(stack):
    whiten = stack.take("verl/utils/torch_functional.py", {"masked_whiten", "masked_mean", "masked_var"})
    file = "verl/trainer/core_algos.py"
    every = {n.name for n in stack.tree(file).body if getattr(n, "name", "").endswith("_advantage")}
    core = stack.take(file, every, {"VF": whiten})

    def remax(b):
        baselines = torch.tensor(b.baselines).unsqueeze(-1)
        rewards = b.tokens().sum(dim=-1, keepdim=True)
        # Its (bs,) times (bs, length) only broadcasts for bs = length; row by row it is what it says.
        rows = [core.compute_remax_outcome_advantage(rewards[i : i + 1], baselines[i], b.mask[i : i + 1, :1])[0] for i in range(len(rewards))]
        return torch.cat(rows)[:, 0]

    yield "grpo", "", "many", outcome(core.compute_grpo_outcome_advantage)
    yield "grpo_passk", "", "many", outcome(core.compute_grpo_passk_outcome_advantage)
    yield "rloo", "", "many", outcome(core.compute_rloo_outcome_advantage)
    yield "reinforce_plus_plus", "", "many", outcome(core.compute_reinforce_plus_plus_outcome_advantage, gamma=1.0)
    yield "remax", "", "many", remax


def ms_swift(stack):
    nanstd = stack.take("swift/utils/torch_utils.py", {"nanstd"})
    compute = stack.take("swift/rl_core/advantage.py", {"compute_advantages"}, {"nanstd": nanstd.nanstd}).compute_advantages

    def run(estimator, scale, parts=False, weights=None):
        def of(b):
            columns = list(b.components.values()) if parts else [b.rewards]
            table = torch.tensor(columns).T
            weight = torch.tensor(weights or [1.0] * len(columns))
            return compute(table, weight, b.sizes[0], estimator, scale)[0]

        return of

    yield "grpo", "", "equal", run("grpo", "group")
    yield "grpo", "scale_rewards=batch", "equal", run("grpo", "batch")
    yield "grpo", "scale_rewards=none", "equal", run("grpo", "none")
    yield "grpo", "scale_rewards=gdpo", "equal", run("grpo", "gdpo", True)
    yield "grpo", "scale_rewards=gdpo", "equal", run("grpo", "gdpo", True, [2.0, 0.5]), "all", WEIGHTS
    yield "rloo", "", "equal", run("rloo", "none")
    yield "reinforce_plus_plus", "", "equal", run("reinforce_plus_plus", "batch")
    yield "reinforce_plus_plus", "scale_rewards=group", "equal", run("reinforce_plus_plus", "group")


STACKS = [golongrl, verl, trl, openrlhf, slime, nemo_rl, areal, skyrl, prime_rl, open_instruct, easyr1, ms_swift]


def usable(b, keep):
    return {"all": True, "dyadic": b.exact, "nonneg": min(b.rewards) >= 0}[keep]


def main():
    parser = argparse.ArgumentParser()
    for s in STACKS:
        parser.add_argument("--" + s.__name__, required=True)
    parser.add_argument("out")
    args = parser.parse_args()
    stacks = {s: Stack(getattr(args, s.__name__)) for s in STACKS}
    header = {
        "reference": {s.__name__: stacks[s].commit() for s in STACKS},
        "torch": torch.__version__,
        "numpy": np.__version__,
        "seed": SEED,
    }
    rng = random.Random(SEED)
    batches = [draw(rng, k, profile) for profile in ("mixed", "many", "equal") for k in range(ROUNDS)]
    with gzip.GzipFile(args.out, "wb", mtime=0) as f:
        write = lambda record: f.write((json.dumps(record, separators=(",", ":")) + "\n").encode())
        write(header)
        for b in batches:
            write(b.record())
        for s in STACKS:
            for name, setting, profile, of, *more in s(stacks[s]):
                keep, options = more + ["all", ""][len(more) :]
                want = {}
                for b in batches:
                    if b.key.startswith(profile) and usable(b, keep):
                        want[b.key] = [float("%.12g" % x) for x in of(b).tolist()]
                        assert all(abs(x) < 1e6 for x in want[b.key]), (s, name, setting, b.key)
                write({"stack": s.__name__, "name": name, "setting": setting, "options": options, "want": want})


if __name__ == "__main__":
    main()
