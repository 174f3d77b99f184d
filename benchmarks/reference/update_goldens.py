"""Writes the golden of package trainer: whole updates, computed with torch.

    python update_goldens.py --out FILE

CPython 3.11, the packages of tiny_model_requirements.txt. For each configuration a
tiny Qwen3 learns from three batches of rollouts that are made here: rewards to
advantages, log-probabilities to weights of the rollout correction and to the loss,
automatic differentiation, clip_grad_norm_ and AdamW. Advantages and losses are
written down below from their definitions; nothing of ours is called. Weights are
streams of package trainer/random, so that the file holds none of them.

Settings of a configuration that the trainer reads are under "config", under its own
names. A sample that is null had failed, one without advantage does not train. "change" is what all updates did to the
weights, float32, little-endian, in base64, in the order of "names"; "err32" is per
tensor the norm of the error of the same updates in float32. Metrics are means over
the steps of AdamW of an update.

Where a ratio lies so near to a bound that float32 could decide otherwise, the
configuration is drawn anew from the next seed.
"""

import argparse
import contextlib
import gzip
import itertools
import json
import math
import platform
from types import SimpleNamespace as Space

import numpy as np
import torch
import transformers
from transformers import Qwen3Config, Qwen3ForCausalLM
from transformers.models.qwen3 import modeling_qwen3

from qwen3_tiny import key, packed, uint, uniform

UPDATES, GROUPS, SAMPLES, TASKS = 3, 6, 4, 3
MAX_RESPONSE = 8  # no response is so long, which tells a constant length from the longest
SHAPE = dict(vocab_size=19, hidden_size=16, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=8,
             intermediate_size=24)
ROPE_THETA = 1e4
BASE = {
    "steps": UPDATES, "train_batch_size": GROUPS, "gen_batch_size": GROUPS, "n": SAMPLES, "max_prompt_length": 8,
    "max_response_length": MAX_RESPONSE, "filter_groups": "keep", "lr": 3e-3, "lr_warmup_steps": 2, "beta1": 0.9, "beta2": 0.99,
    "adam_eps": 1e-8, "weight_decay": 0.1, "grad_clip": 0.5, "test_freq": 0, "save_freq": 0,
}
# What the streams of numbers are for.
POLICY, REFERENCE, PROMPT, RESPONSE, REWARD, NOISE = range(1, 7)


class TooNear(Exception):
    """A number lies where float32 could take it for the other side of a bound."""


def apart(x, *bounds):
    """x, none of which is too near to a bound."""
    if any(((x.detach() - b).abs() < 2e-5 * max(1, abs(b))).any() for b in bounds):
        raise TooNear
    return x


# Advantages of groups of rewards.

def grpo(groups, tasks):
    return [(r - r.mean()) / (r.std(ddof=1) + 1e-6) for r in groups]


def tmn_reweight(groups, tasks):
    out = []
    for r, task in zip(groups, tasks):
        of_task = [x for x, t in zip(groups, tasks) if t == task]
        sigma = math.sqrt(np.mean([x.var(ddof=1) for x in of_task]))
        a = (r - r.mean()) / (sigma + 1e-6)
        threshold = 0.8 * r.mean() + 0.2 * np.mean([x.mean() for x in of_task])
        w = math.exp(0.5 - np.mean(r > threshold + 1e-9))
        out.append(np.where(a > 0, a * w, a / w))
    return out


# Losses of the tokens of a sequence, of x.logp, x.old, x.entropy, x.entropy_old and the
# advantage x.a.

def ppo(x):
    ratio = apart((x.logp - x.old).exp(), 0.8, 1.28, 3)
    loss = torch.maximum(-x.a * ratio, -x.a * ratio.clamp(0.8, 1.28))
    return torch.minimum(loss, torch.full_like(loss, -3 * x.a)) if x.a < 0 else loss


def gspo(low, high):
    def loss(x):
        mean = (x.logp - x.old).mean().detach()
        ratio = apart((x.logp - x.logp.detach() + mean).exp(), 1 - low, 1 + high)
        return torch.maximum(-x.a * ratio, -x.a * ratio.clamp(1 - low, 1 + high))
    return loss


def erc(base, lower, upper):
    def loss(x):
        token = base(x)
        ratio = apart((x.entropy.detach() + 1e-8) / (x.entropy_old + 1e-8), lower, upper)
        return torch.where((ratio > lower) & (ratio < upper), token, token.detach())
    return loss


# Corrections: the weights of the tokens of a sequence, and whether it is kept.

def icepop(veto, mask):
    def weigh(log_ratio):
        apart(log_ratio, *(math.log(b) for b in (0.5, 5, veto) if b))
        ratio = log_ratio.clamp(-20, 20).exp()
        vetoed = bool(veto) and bool((log_ratio < math.log(veto)).any())
        inside = (ratio >= 0.5) & (ratio <= 5) & (not vetoed)
        return torch.where(inside, ratio, torch.zeros_like(ratio)), not (vetoed and mask)
    return weigh


def tis(log_ratio):
    return apart(log_ratio, math.log(2)).exp().clamp(max=2), True


def k2(logp, ref):
    return (logp - ref) ** 2 / 2


def k3(logp, ref):
    x = apart(ref - logp, -20, 20)
    return apart(x.exp() - 1 - x, 10).clamp(max=10)


# One number of the numbers of tokens: a list of sequences for each group.

def token_mean(groups):
    return torch.cat([s for g in groups for s in g]).mean()


def token_sum_norm(groups):
    return torch.cat([s for g in groups for s in g]).sum() / MAX_RESPONSE


def sequence_mean(groups):
    return torch.stack([s.mean() for g in groups for s in g]).mean()


def group_mean(groups):
    return torch.stack([torch.cat(g).mean() for g in groups if g]).mean()


DEFAULT_VETO = icepop(1e-4, False)
CASES = [
    Space(name="default", tied=False, advantages=tmn_reweight, loss=ppo, weigh=DEFAULT_VETO, kl=None, aggregate=token_mean,
          config={"filter_groups": "skip"}),
    Space(name="grpo with penalties", tied=True, advantages=grpo, loss=ppo, weigh=DEFAULT_VETO, kl=k3, aggregate=token_mean,
          config={"estimator": "grpo", "mini_batches": 2, "ppo_epochs": 2, "sampling": {"temperature": 0.7}, "kl_loss_type": "k3",
                  "kl_loss_coef": 0.1, "entropy_coeff": 0.05, "lr": 0.01}),
    Space(name="gspo", tied=False, advantages=tmn_reweight, loss=gspo(0.003, 0.004), weigh=DEFAULT_VETO, kl=None, aggregate=sequence_mean,
          config={"surrogate": "gspo(clip_high=0.004,clip_low=0.003)", "loss_agg_mode": "seq-mean-token-mean", "mini_batches": 2,
                  "ppo_epochs": 2}),
    Space(name="groups and masks", tied=True, advantages=tmn_reweight, loss=ppo, weigh=icepop(1e-4, True), kl=None, aggregate=group_mean,
          config={"loss_agg_mode": "group-token-mean", "mini_batches": 3, "entropy_coeff": -0.03,
                  "rollout_correction": "icepop(veto=0.0001,veto_mask=true)"}),
    Space(name="erc of gspo", tied=False, advantages=grpo, loss=erc(gspo(0.3, 0.4), 0.95, 1.05), weigh=icepop(0, False), kl=k2,
          aggregate=token_mean,
          config={"estimator": "grpo", "surrogate": "erc(base=gspo(clip_high=0.4,clip_low=0.3))", "rollout_correction": "icepop",
                  "ppo_epochs": 2, "sampling": {"temperature": 1.5}, "kl_loss_type": "k2", "kl_loss_coef": 0.05}),
    Space(name="sums", tied=False, advantages=grpo, loss=ppo, weigh=tis, kl=None, aggregate=token_sum_norm,
          config={"estimator": "grpo", "loss_agg_mode": "token-sum-norm", "rollout_correction": "tis", "mini_batches": 2,
                  "grad_clip": 0}),
]


def fill(model, seed, stream):
    """Uniform weights: around 1 for norms, wide for the head, so that some tokens are improbable."""
    with torch.no_grad():
        for i, (name, p) in enumerate(model.named_parameters()):
            x = 2 * uniform(key(seed, stream, i), p.numel()) - 1
            if p.dim() == 1:
                x = 1 + 0.3 * x
            else:
                x = (0.3 if "layers" in name else 1.5) * x
            p.copy_(torch.from_numpy(x.astype(np.float32)).reshape(p.shape))


def qwen3(case, stream, dtype):
    config = Qwen3Config(**SHAPE, tie_word_embeddings=case.tied, max_position_embeddings=32, rms_norm_eps=1e-6,
                         rope_parameters={"rope_type": "default", "rope_theta": ROPE_THETA}, attn_implementation="sdpa")
    model = Qwen3ForCausalLM(config).to(dtype).eval()
    fill(model, case.seed, stream)
    return model


@contextlib.contextmanager
def exact_norms():
    """Qwen3RMSNorm computes in float32 whatever the model is in."""
    kept = modeling_qwen3.Qwen3RMSNorm.forward
    modeling_qwen3.Qwen3RMSNorm.forward = lambda self, x: self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon))
    try:
        yield
    finally:
        modeling_qwen3.Qwen3RMSNorm.forward = kept


def log_probs(model, prompt, tokens, temperature):
    logits = model(input_ids=torch.tensor([prompt + tokens])).logits[0, len(prompt) - 1:-1]
    logs = torch.log_softmax(logits / temperature, -1)
    return logs.gather(1, torch.tensor(tokens)[:, None])[:, 0], -(logs.exp() * logs).sum(-1)


def draw(k, longest):
    """One to longest tokens."""
    n = 1 + (uint(k, 0) * longest >> 64)
    return [uint(k, i + 1) * SHAPE["vocab_size"] >> 64 for i in range(n)]


def sampled(case, update, model):
    """Rollouts of an engine that computes otherwise than model: most ratios are moderate, and some are not."""
    groups = []
    for g in range(GROUPS):
        where = (case.seed, 100 + update, g)
        group = {"task": f"task{g % TASKS}", "prompt": draw(key(*where, PROMPT), 5), "samples": []}
        groups.append(group)
        for s in range(SAMPLES):
            if (g, s) == (update + 1, 2) and case.name != "default":
                group["samples"].append(None)
                continue
            tokens = draw(key(*where, RESPONSE, s), 6)
            logp, _ = log_probs(model, group["prompt"], tokens, case.settings["sampling"]["temperature"])
            noise = uniform(key(*where, NOISE, s), 2 * len(tokens)).reshape(-1, 2)
            off = np.select([noise[:, 0] < 0.04, noise[:, 0] < 0.1], [20, -2 * noise[:, 1]], 2 * noise[:, 1] - 1)
            engine = np.minimum(logp.numpy() + off, -0.01 * noise[:, 1]).astype(np.float32)
            reward = (uint(key(*where, REWARD, s), 0) * 9 >> 64) / 8
            if g == 2 * update:
                reward = 0.375  # nothing to learn from
            group["samples"].append({"tokens": tokens, "logprobs": [float(str(x)) for x in engine], "reward": reward})
    return groups


class Run:
    """A policy that learns by the settings of a case."""

    def __init__(self, case, dtype):
        self.case, self.config, self.dtype = case, case.settings, dtype
        self.model = qwen3(case, POLICY, dtype)
        self.reference = qwen3(case, REFERENCE, dtype)
        self.start = [p.detach().clone() for p in self.model.parameters()]
        c = self.config
        decayed = [p for p in self.model.parameters() if p.dim() > 1]
        others = [p for p in self.model.parameters() if p.dim() == 1]
        self.adam = torch.optim.AdamW([{"params": decayed, "weight_decay": c["weight_decay"]}, {"params": others, "weight_decay": 0.0}],
                                      betas=(c["beta1"], c["beta2"]), eps=c["adam_eps"], foreach=False)

    def update(self, number, groups):
        """Sets the advantages of the samples that train, and returns metrics."""
        c = self.config
        groups = [Space(task=g["task"], prompt=g["prompt"], samples=[s for s in g["samples"] if s]) for g in groups]
        if c["filter_groups"] == "skip":
            groups = [g for g in groups if len({s["reward"] for s in g.samples}) > 1]
        advantages = self.case.advantages([np.array([s["reward"] for s in g.samples]) for g in groups], [g.task for g in groups])
        for g, of_group in zip(groups, advantages):
            for s, a in zip(g.samples, of_group):
                s["advantage"] = float(a)
        rows = [[self.row(g.prompt, s) for s in g.samples] for g in groups]
        for group in self.adam.param_groups:
            group["lr"] = c["lr"] * min(1, number / c["lr_warmup_steps"])
        steps = []
        for _ in range(c["ppo_epochs"]):
            for m in range(c["mini_batches"]):
                lo, hi = (i * len(rows) // c["mini_batches"] for i in (m, m + 1))
                steps.append(self.step(rows[lo:hi]))
        return {k: float(np.mean([s[k] for s in steps])) for k in steps[0]}

    def row(self, prompt, sample):
        x = Space(prompt=prompt, tokens=sample["tokens"], a=sample["advantage"])
        with torch.no_grad():
            x.old, x.entropy_old = self.log_probs(self.model, x)
            x.ref, _ = self.log_probs(self.reference, x)
        x.weight, x.kept = self.case.weigh(x.old - torch.tensor(sample["logprobs"], dtype=self.dtype))
        return x

    def log_probs(self, model, x):
        return log_probs(model, x.prompt, x.tokens, self.config["sampling"]["temperature"])

    def step(self, groups):
        """One step of AdamW."""
        c = self.config
        losses, entropies, penalties = [], [], []
        for g in groups:
            for x in g:
                x.logp, x.entropy = self.log_probs(self.model, x)
            kept = [x for x in g if x.kept]
            losses.append([self.case.loss(x) * x.weight for x in kept])
            entropies.append([x.entropy for x in kept])
            penalties.append([self.case.kl(x.logp, x.ref) for x in kept] if self.case.kl else [])
        policy, entropy = self.case.aggregate(losses), self.case.aggregate(entropies)
        loss = policy - c["entropy_coeff"] * entropy
        out = {"actor/pg_loss": policy.item(), "actor/entropy": entropy.item()}
        if self.case.kl:
            kl = self.case.aggregate(penalties)
            loss = loss + c["kl_loss_coef"] * kl
            out["actor/kl_loss"] = kl.item()
        self.adam.zero_grad()
        loss.backward()
        out["actor/grad_norm"] = torch.nn.utils.clip_grad_norm_(self.model.parameters(), c["grad_clip"] or math.inf).item()
        self.adam.step()
        return out

    def change(self):
        return [p.detach().double() - s.double() for p, s in zip(self.model.parameters(), self.start)]


def result(case):
    case.settings = BASE | {"mini_batches": 1, "ppo_epochs": 1, "sampling": {"temperature": 1.0}, "kl_loss_coef": 0, "entropy_coeff": 0} | case.config
    for case.seed in itertools.count(1):
        with contextlib.suppress(TooNear):
            return learn(case)


def learn(case):
    updates = []
    with exact_norms():
        run = Run(case, torch.float64)
        for i in range(UPDATES):
            with torch.no_grad():
                groups = sampled(case, i, run.model)
            metrics = run.update(i + 1, groups)
            updates.append({"groups": groups, "metrics": metrics})
    single = Run(case, torch.float32)
    for i, u in enumerate(updates):
        single.update(i + 1, u["groups"])
    change = run.change()
    return {
        "name": case.name, "seed": case.seed, "tied": case.tied, "config": BASE | case.config, "updates": updates,
        "names": [n for n, _ in run.model.named_parameters()],
        "change": [packed(x, "<f4") for x in change],
        "err32": [(s - d).norm().item() for s, d in zip(single.change(), change)],
    }


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--out", required=True)
    args = args.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    golden = {
        "reference": "transformers.Qwen3ForCausalLM, torch.optim.AdamW, torch.nn.utils.clip_grad_norm_; advantages and losses by their definitions",
        "versions": {"transformers": transformers.__version__, "torch": torch.__version__, "numpy": np.__version__, "python": platform.python_version()},
        "shape": SHAPE | {"rope_theta": ROPE_THETA},
        "cases": [result(c) for c in CASES],
    }
    with open(args.out, "wb") as f, gzip.GzipFile("", "wb", 9, f, mtime=0) as z:
        z.write(json.dumps(golden).encode())


if __name__ == "__main__":
    main()
