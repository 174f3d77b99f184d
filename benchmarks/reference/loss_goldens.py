"""Writes the goldens of package advantage/loss with the policy losses that people train with.

    python loss_goldens.py --release DIR --verl DIR --cegppo DIR --klear DIR --erc DIR --archer DIR --out FILE

The folders are checkouts of xiaoxuanNLP/GoLongRL at c34dba3, verl-project/verl at
1dda039, CE-GPPO at 10558fe, KlearReasoner at 5d2d0b8, Kwai-Klear/ERC at f1885c5 and
Archer2.0 at b08d963. The first line of the output names them. Each further line is a
batch of sequences in float64 with

    "source", "loss": spelling, "aggregation", "correction": spelling or ""
    "want": [loss, share clipped, share bounded by the dual clip or null, ppo_kl or null]
    "plain": loss with the 1e-8 that verl adds to numbers of tokens
    "grad": derivative of the loss by autograd

or, for "kl", the aggregated estimate and its derivative. "want" has that 1e-8
replaced by 1e-30 in masked_mean and agg_loss, so that it can be compared to the last
digits.
"""

import argparse
import ast
import gzip
import json
import os
import random
import tempfile

import torch

from verl_functions import commit, functions

SEED = 20260520
PINNED = {"release": "c34dba3", "verl": "1dda039", "cegppo": "10558fe", "klear": "5d2d0b8", "erc": "f1885c5", "archer": "b08d963"}
ALGOS = os.path.join("verl", "trainer", "ppo", "core_algos.py")
TORCH = os.path.join("verl", "utils", "torch_functional.py")


class AlgoConfig:
    pass


class ActorConfig(dict):
    global_batch_info = {}
    __getattr__ = dict.__getitem__


def exactly(path, names, scope):
    """Defines functions with 1e-8 replaced by 1e-30."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    parts = [ast.get_source_segment(text, n) for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name in names]
    with tempfile.NamedTemporaryFile("w", suffix=".py") as t:
        t.write("\n\n".join(p.replace("1e-8", "1e-30") for p in parts))
        t.flush()
        functions(t.name, names, scope)


def load(verl, names, mean_of, exact):
    """Functions names of the checkout verl over masked_mean and agg_loss of the checkout mean_of."""
    take = exactly if exact else functions
    f = {"torch": torch}
    take(os.path.join(mean_of, TORCH), ["masked_sum", "masked_mean"], f)
    F = type("F", (), {n: staticmethod(f[n]) for n in ("masked_sum", "masked_mean")})
    scope = {"torch": torch, "verl_F": F, "AlgoConfig": AlgoConfig, "ActorConfig": ActorConfig}
    take(os.path.join(mean_of, ALGOS), ["agg_loss"], scope)
    functions(os.path.join(verl, ALGOS), names, scope)
    return scope


def grown(rng, regime):
    """A batch: log-probabilities of the old policy, log-ratios, advantages, mask."""
    rows = rng.randint(1, 5)
    lengths = [rng.randint(1, 9) for _ in range(rows)]
    scale = {"on": 0.0, "near": 0.02, "far": 0.6, "wild": 12.0}[regime]
    b = {"lengths": lengths, "old": [], "logp": [], "ref": [], "rollout": [], "adv": [], "mask": [], "h": [], "h_old": []}
    per_token = rng.random() < 0.5
    for n in lengths:
        a = rng.choice([0.0, rng.gauss(0, 1), rng.gauss(0, 1)])
        empty = rows > 1 and rng.random() < 0.15 and any(any(m) for m in b["mask"])
        row = {k: [] for k in b if k != "lengths"}
        drift = rng.gauss(0, 3e-4)
        for _ in range(n):
            old = -rng.randrange(0, 4096) / 1024
            d = rng.gauss(0, scale)
            if regime == "near":
                d = drift + rng.gauss(0, 1e-4)
            if regime == "wild" and rng.random() < 0.2:
                d = rng.choice([-20.0, 20.0, -25.0, 25.0, 0.0])
            logp = old + d
            row["old"].append(old)
            row["logp"].append(logp)
            row["ref"].append(logp + rng.choice([0.0, rng.gauss(0, 0.01), rng.gauss(0, 1), rng.gauss(0, 12)]))
            row["rollout"].append(old + rng.choice([0.0, rng.gauss(0, 0.02), rng.gauss(0, 1.5)]))
            row["adv"].append(rng.gauss(0, 1) if per_token else a)
            row["mask"].append(0 if empty or rng.random() < 0.15 else 1)
            h = rng.expovariate(1)
            row["h_old"].append(h)
            row["h"].append(rng.choice([h, h * rng.uniform(0.9, 1.1), h * rng.uniform(0.97, 1.03)]))
        for k in row:
            b[k].append(row[k])
    if not any(any(m) for m in b["mask"]):
        b["mask"][0][0] = 1
    return b


def padded(rows, fill):
    width = max(len(r) for r in rows)
    return torch.tensor([r + [fill] * (width - len(r)) for r in rows], dtype=torch.float64)


def tensors(b):
    t = {k: padded(b[k], 0.0) for k in ("old", "logp", "ref", "rollout", "adv", "h", "h_old")}
    t["mask"] = padded(b["mask"], 0).long()
    return t


def ragged(x, b):
    return [[float(v) for v in row[:n]] for row, n in zip(x, b["lengths"])]


def icepop(t, lower, upper):
    w = torch.exp(torch.clamp(t["old"] - t["rollout"], -20, 20))
    return torch.where((w >= lower) & (w <= upper), w, torch.zeros_like(w)) * t["mask"]


def values(result):
    """Loss, clipped, lower, ppo_kl of what a function returns."""
    if len(result) == 2:
        m = result[1]
        return [result[0], m.get("actor/pg_clipfrac"), m.get("actor/pg_clipfrac_lower"), m.get("actor/ppo_kl")]
    loss, clipped, kl, lower = result
    return [loss, clipped, lower, kl]


def number(x):
    return None if x is None else float(x)


class Writer:
    def __init__(self, f, rng):
        self.f, self.rng = f, rng

    def case(self, source, spelling, aggregation, b, call, scopes, correction=""):
        """call(scope, tensors, logp) -> [loss, clipped, lower, kl]"""
        exact, plain = scopes
        t = tensors(b)
        logp = t["logp"].clone().requires_grad_()
        want = call(exact, t, logp)
        want[0].backward()
        assert torch.isfinite(want[0]), source
        other = call(plain, t, t["logp"])
        self.f.write(json.dumps({
            "source": source, "loss": spelling, "aggregation": aggregation, "correction": correction,
            **{k: b[k] for k in ["logp", "old", "adv", "mask"] + ["ref"] * (source == "verl kl_penalty") + ["rollout"] * bool(correction) + ["h", "h_old"] * source.startswith("ERC")},
            "want": [number(v) for v in want], "plain": number(other[0]), "grad": ragged(logp.grad, b),
        }) + "\n")


def main():
    p = argparse.ArgumentParser()
    for name in PINNED:
        p.add_argument("--" + name, required=True)
    p.add_argument("--out", required=True)
    o = vars(p.parse_args())
    for name, want in PINNED.items():
        if not commit(o[name]).startswith(want):
            raise SystemExit(f"--{name} {o[name]} is at {commit(o[name])[:7]}, not at {want}")
    o["release"] = os.path.join(o["release"], "Train", "verl")
    rng = random.Random(SEED)
    modes = ["token-mean", "seq-mean-token-mean", "seq-mean-token-sum", "seq-mean-token-sum-norm"]

    def both(folder, names, means=None):
        return [load(folder, names, means or o["verl"], exact) for exact in (True, False)]

    fork = both(o["release"], ["compute_policy_loss_vanilla", "compute_policy_loss_gspo"], o["release"])
    verl = both(o["verl"], ["compute_policy_loss_" + n for n in ("vanilla", "gspo", "cispo", "sapo", "gpg", "reinforce")] + ["kl_penalty", "kl_penalty_forward"])
    cegppo = both(o["cegppo"], ["compute_gppo_loss_general_beta"])
    klear = both(o["klear"], ["compute_gppo_loss"])
    erc = both(o["erc"], ["compute_policy_loss_grpo_erc", "compute_policy_loss_gppo_erc"])
    archer = both(o["archer"], ["compute_policy_loss_archer"])

    raw = open(o["out"], "wb")
    with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as z:
        class Text:
            def write(self, s):
                z.write(s.encode())
        f = Text()
        f.write(json.dumps({"references": PINNED, "torch": torch.__version__, "seed": SEED}) + "\n")
        w = Writer(f, rng)
        bounds = [(0.2, 0.28, 3.0), (0.2, 0.2, 10.0), (0.0, 0.0, 1.5), (0.5, 2.0, 2.5), (0.2, 0.28, 485165195.4097903)]
        for i in range(60):
            regime = ("on", "near", "far", "wild")[i % 4]
            tame = "far" if regime == "wild" else regime
            low, high, c = bounds[i // 4 % len(bounds)]
            mode = modes[i // 2 % len(modes)]
            cfg = ActorConfig(clip_ratio=low, clip_ratio_low=low, clip_ratio_high=high, clip_ratio_c=c, tau_pos=1.0, tau_neg=1.05, tis_imp_ratio_cap=-1,
                              entropy_mask_low=0.95, entropy_mask_high=1.05)
            ppo = f"ppo(clip_c={c!r},clip_high={high!r},clip_low={low!r})"

            def verl_style(name, weighted):
                def call(scope, t, logp):
                    weights = icepop(t, 0.5, 5.0) if weighted else None
                    return values(scope[name](old_log_prob=t["old"], log_prob=logp, advantages=t["adv"], response_mask=t["mask"], loss_agg_mode=mode, config=cfg,
                                              rollout_is_weights=weights))
                return call

            for source, scopes in (("GoLongRL", fork), ("verl", verl)):
                agg = mode
                if source == "GoLongRL" and mode == "seq-mean-token-sum-norm":
                    agg = "token-sum-norm"
                weighted = i % 3 == 0
                pop = "icepop" if weighted else ""
                w.case(source + " vanilla", ppo, agg, grown(rng, regime), verl_style("compute_policy_loss_vanilla", weighted), scopes, pop)
                glow, ghigh = (3e-4, 4e-4) if i % 2 else (low, high)
                gcfg = ActorConfig(cfg, clip_ratio_low=glow, clip_ratio_high=ghigh)

                def gspo(scope, t, logp):
                    weights = icepop(t, 0.5, 5.0) if weighted else None
                    v = values(scope["compute_policy_loss_gspo"](t["old"], logp, t["adv"], t["mask"], config=gcfg, rollout_is_weights=weights))
                    return v[:3] + [None if regime == "wild" else v[3]]  # does not bound log-ratios

                w.case(source + " gspo", f"gspo(clip_low={glow!r},clip_high={ghigh!r})", "seq-mean-token-mean", grown(rng, regime), gspo, scopes, pop)
            w.case("verl cispo", f"cispo(clip_low={low!r},clip_high={high!r})", mode, grown(rng, regime), verl_style("compute_policy_loss_cispo", False), verl)
            w.case("verl sapo", "sapo", "seq-mean-token-mean", grown(rng, regime), verl_style("compute_policy_loss_sapo", i % 3 == 1), verl, "icepop" if i % 3 == 1 else "")
            w.case("verl gpg", "reinforce", mode, grown(rng, regime), verl_style("compute_policy_loss_gpg", False), verl)

            def reinforce(scope, t, logp):
                v = scope["compute_policy_loss_reinforce"](t["rollout"], logp, t["adv"], t["mask"], loss_agg_mode=mode, config=cfg)
                return [v[0], None, None, None]

            w.case("verl reinforce", "reinforce", mode, grown(rng, regime), reinforce, verl)

            def cegppo_call(scope, t, logp, betas=(rng.choice([0.25, 0.5, 0.75]), rng.choice([1.0, 0.5]))):
                return values(scope["compute_gppo_loss_general_beta"](t["old"], logp, t["adv"], t["mask"], cliprange_low=low, cliprange_high=high, clip_ratio_c=c,
                                                                      loss_agg_mode=mode, gppo_loss_beta1=betas[0], gppo_loss_beta2=betas[1]))

            betas = cegppo_call.__defaults__[0]
            w.case("CE-GPPO", f"ce_gppo(beta1={betas[0]!r},beta2={betas[1]!r},clip_c={c!r},clip_low={low!r},clip_high={high!r})", mode, grown(rng, tame), cegppo_call, cegppo)

            # torch.clamp gives its lower bound no gradient where the bounds are equal
            wide = high or 0.1

            def klear_call(scope, t, logp):
                return values(scope["compute_gppo_loss"](t["old"], logp, t["adv"], t["mask"], cliprange_low=low, cliprange_high=wide, clip_ratio_c=c, loss_agg_mode=mode))

            gppo = f"gppo(clip_c={c!r},clip_high={wide!r},clip_low={low!r})"
            w.case("KlearReasoner gppo", gppo, mode, grown(rng, tame), klear_call, klear)
            for name, base in (("grpo", ppo), ("gppo", gppo)):
                def erc_call(scope, t, logp):
                    bounds = cfg if name == "grpo" else ActorConfig(cfg, clip_ratio_high=wide)
                    v = scope[f"compute_policy_loss_{name}_erc"](t["old"], logp, t["h_old"], t["h"], t["adv"], t["mask"], loss_agg_mode=mode, config=bounds)
                    return [v[0], v[1], None, v[2]]

                w.case(f"ERC {name}", f"erc(base={base},lower=0.95,upper=1.05)", mode, grown(rng, regime), erc_call, erc)

            def archer_call(scope, t, logp):
                v = scope["compute_policy_loss_archer"](
                    t["old"], logp, t["adv"], t["mask"], t["mask"] == 2, negative_high_entropy_clip_ratio_low=low, positive_high_entropy_clip_ratio_high=high,
                    negative_clip_ratio_c=c, positive_clip_ratio_c=c, loss_agg_mode=mode)
                return [v[0], v[1] + v[2], None, None]

            w.case("Archer2.0", f"aspo(clip_c={c!r},clip_c_pos={c!r},clip_low={low!r},clip_high={high!r})", mode, grown(rng, regime), archer_call, archer)
            for kind in ("k1", "k2", "k3", "abs", "k1+", "k2+", "k3+"):
                if i % 4 == 3:
                    def kl_call(scope, t, logp):
                        kl = scope["kl_penalty"](logp, t["ref"], kind)
                        return [scope["agg_loss"](kl, t["mask"], mode), None, None, None]

                    w.case("verl kl_penalty", kind, mode, grown(rng, "far"), kl_call, verl)
    raw.close()


if __name__ == "__main__":
    main()
