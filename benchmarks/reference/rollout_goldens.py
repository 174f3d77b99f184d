"""Writes the goldens of loss.Correction with the code of the training stacks.

    python rollout_goldens.py --stacks DIR OUT.jsonl.gz

DIR holds git checkouts named as in COMMITS, with the commits listed there. The code
is cut out of these commits with ast and runs as it is, on torch tensors in float64:
where a stack fixes float32, that is float64 here.

Lines of the output: a header; then batches

    {"start": [...], "old": [...], "rollout": [...], "mask": [0 or 1 ...], "edge": bool,
     "cases": [{"from", "spelling", "weights", "keep", "stats"}, ...]}

weights and keep have one element per valid token. keep is null where the reference
leaves the mask alone. stats are verl's metrics by name, null for batches with a
sequence without valid tokens, which verl counts as one of perplexity 1. Batches
with edge true have ratios that lie exactly on the bounds. Weights of tokens that
the reference rejects are 0 here: it multiplies them with its new mask later. The
generator is seeded.
"""

import argparse
import ast
import gzip
import json
import math
import os
import random
import subprocess
from types import SimpleNamespace as Space
from typing import Any, Optional

import torch
from advantage_stack_cut import Stack  # sets float64 as the default dtype

SEED = 20260519
COMMITS = {
    "verl": "1dda039b9c6311889a9c9a26040677e1254814f9",
    "trl": "f2cd57710ae345ea6428ae95363267fcf38a3dc8",
    "OpenRLHF": "3c3be6234e0cb353e76bb8019947db9dfe99fca7",
    "RL": "7ea279abfbeb698b092856d0dab61e7cf39bc909",
    "slime": "624b824a898ab0ec1fcb4d373004c7f3852bf515",
    "ms-swift": "3602360a562313afbf2ef6065fdf61f271a2c5b9",
    "AReaL": "4aef98d8d818af55b43621aaadba047ae10f4e77",
    "SkyRL": "a9564572eb8e91076be43c1bd5e4615e3de17265",
    "open-instruct": "e6c3044aa6201c8bfa4573c1b03142af599e730d",
}
# Commits of verl by pull request.
VERL = {"3694": "21271aabb", "3750": "5d378b5f9", "3915": "4424616d7", "3984": "418f964ab", "now": COMMITS["verl"]}


class Widen(ast.NodeTransformer):
    """float32 and .float() become float64 and .double()."""

    def visit_Attribute(self, node):
        self.generic_visit(node)
        node.attr = {"float32": "float64", "float": "double"}.get(node.attr, node.attr)
        return node


class Source:
    """Files of one commit of a checkout."""

    def __init__(self, stacks, name, commit=None):
        self.path, self.commit = os.path.join(stacks, name), commit or COMMITS[name]

    def tree(self, file):
        text = subprocess.check_output(["git", "-C", self.path, "show", f"{self.commit}:{file}"], text=True)
        return Widen().visit(ast.parse(text))

    def run(self, nodes, names):
        Stack.run(None, [ast.fix_missing_locations(n) for n in nodes], names)

    def take(self, file, wanted, names=None):
        """The functions, classes and constants `wanted` of a file, as a namespace."""
        names = {"torch": torch, "math": math, "Any": Any, "Optional": Optional, **(names or {})}
        nodes = []
        body = self.tree(file).body
        methods = [n for c in body if isinstance(c, ast.ClassDef) and c.name not in wanted for n in c.body]
        for node in body + methods:
            name = getattr(node, "name", None) if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else None
            if isinstance(node, (ast.Assign, ast.AnnAssign)):
                target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
                name = getattr(target, "id", None)
            if name in wanted:
                node.decorator_list = [d for d in getattr(node, "decorator_list", []) if getattr(d, "id", "") == "dataclass"]
                nodes.append(node)
        if len(nodes) != len(wanted):
            raise SystemExit(f"{self.path} {self.commit} {file}: {len(nodes)} of {len(wanted)} definitions")
        self.run(nodes, names)
        return names

    def branch(self, file, holds):
        """The first if statement whose own text has all of the strings `holds`."""
        for node in ast.walk(self.tree(file)):
            if isinstance(node, ast.If):
                text = ast.unparse(node)
                if all(h in text for h in holds):
                    found = node
        return found  # the innermost: walk goes by levels


# --- batches ---------------------------------------------------------------------

EDGES = [0.5, 5.0, 0.2, 2.0, 1e-4, 1 / 3, 3.0, 0.999, 1.001, 0.25, 4.0, 1.0, 10.0, 0.1, 0.75, 1.5]


def draw(rng, kind):
    """Rows of (old, rollout, mask)."""
    rows = []
    for _ in range(rng.randint(1, 5)):
        n = rng.randint(1, 8)
        spread = rng.choice([0.01, 0.3, 1, 3]) if kind == "mild" else rng.choice([0.001, 0.1, 1, 4, 12])
        row = []
        for _ in range(n):
            rollout = -rng.randint(0, 4000) / 1024
            old = rollout + round(rng.gauss(0, spread) * 1024) / 1024
            if kind == "wild" and rng.random() < 0.08:
                old = rollout + rng.choice([-60, -25, -20, -10, 9.5, 20, 21, 30])
            if kind == "edge":
                # rollout 0, so that the log-ratio is the logarithm of an edge
                # or a neighbour
                old, rollout = math.log(rng.choice(EDGES)), 0.0
                if rng.random() < 0.4:
                    old = math.nextafter(old, rng.choice([-9, 9]))
            row.append([old, rollout, int(rng.random() > 0.15)])
        if kind == "edge" and rng.random() < 0.4:
            row = row[:1]
        if rng.random() < 0.12 and kind != "edge":
            for token in row:
                token[2] = 0
        rows.append(row)
    if not any(t[2] for row in rows for t in row):
        rows[0][0][2] = 1
    return rows


class Batch:
    def __init__(self, rows):
        self.rows = rows
        longest = max(map(len, rows)) + 1
        # Padding holds what must not matter.
        pad = lambda row, k, fill: [t[k] for t in row] + [fill] * (longest - len(row))
        self.old = torch.tensor([pad(r, 0, 3.0) for r in rows])
        self.rollout = torch.tensor([pad(r, 1, -2.0) for r in rows])
        self.mask = torch.tensor([pad(r, 2, 0) for r in rows])
        self.valid = self.mask.bool()
        self.lists = [[torch.tensor([float(t[k]) for t in r]) for r in rows] for k in range(3)]
        self.empty = any(not any(t[2] for t in r) for r in rows)

    def line(self):
        start = [0]
        for r in self.rows:
            start.append(start[-1] + len(r))
        return {"start": start, **{k: [t[i] for r in self.rows for t in r] for i, k in enumerate(("old", "rollout", "mask"))}}

    def pick(self, x):
        """The values of the valid tokens, of a tensor per token, sequence or row."""
        if isinstance(x, list):
            x = torch.nn.utils.rnn.pad_sequence(list(x) + [torch.zeros(self.mask.shape[1])], batch_first=True)[:-1]
        x = x.to(torch.float64)
        if x.dim() == 1:
            x = x.unsqueeze(-1)
        return x.expand_as(self.mask)[self.valid].tolist()


class Cases(list):
    def __init__(self, batch):
        super().__init__()
        self.batch = batch

    def put(self, source, spelling, weights, keep=None, stats=None):
        b = self.batch
        w = b.pick(torch.ones_like(b.old) if weights is None else weights)
        k = None
        if keep is not None:
            k = [int(x > 0.5) for x in b.pick(keep)]
            w = [x if y else 0.0 for x, y in zip(w, k)]
            if all(k):
                k = None
        if stats is not None:
            stats = None if b.empty else {n.split("/", 1)[-1]: v for n, v in stats.items() if math.isfinite(v)}
        self.append({"from": source, "spelling": spelling, "weights": w, "keep": k, "stats": stats})


def spell(name, **options):
    text = ",".join(f"{k}={v}" for k, v in sorted(options.items()) if v is not None)
    return f"{name}({text})" if text else name


# --- verl ------------------------------------------------------------------------


class Proto:
    from_dict = staticmethod(lambda tensors: tensors)


def verl_module(stacks, pr):
    source = Source(stacks, "verl", VERL[pr])
    f = source.take("verl/utils/torch_functional.py", ["masked_sum", "masked_mean"])
    names = {"verl_F": Space(**{k: f[k] for k in ("masked_sum", "masked_mean")}), "DataProto": Proto}
    if pr in ("3694", "3750", "3915"):
        wanted = ["compute_rollout_importance_weights", "compute_is_metrics", "compute_mismatch_metrics"]
        return source.take("verl/trainer/ppo/mismatch_helper.py", wanted, names)["compute_rollout_importance_weights"]
    wanted = ["SAFETY_BOUND", "compute_rollout_rejection_mask", "compute_rs_metrics", "compute_rollout_correction_weights", "compute_is_metrics",
              "compute_rollout_correction_and_rejection_mask", "compute_offpolicy_metrics"]
    if pr == "now":
        wanted += ["SUPPORTED_ROLLOUT_RS_OPTIONS", "TOKEN_LEVEL_ROLLOUT_RS_OPTIONS", "_parse_rollout_is_threshold", "_parse_rollout_rs_thresholds"]
    return source.take("verl/trainer/ppo/rollout_corr_helper.py", wanted, names)["compute_rollout_correction_and_rejection_mask"]


def verl_early(fns, b, cases, rng):
    args = (b.old, b.rollout, b.mask)
    for level in ("token", "sequence", "geometric"):
        lower, upper = rng.choice([(0.5, 5.0), (0.5, 2.0), (0.25, 4.0), (0.999, 1.001)])
        veto = rng.choice([None, 1e-4, 0.5, 0.1])
        eps = 1e-8 if level == "geometric" else None
        common = dict(level=level, veto=veto, eps=eps)
        setting = dict(rollout_is_level=level, rollout_is_threshold=upper, rollout_is_threshold_lower=lower, rollout_is_veto_threshold=veto)
        pr, mode = rng.choice([("3694", "clip"), ("3750", "mask")])
        w, st = fns[pr](*args, rollout_is_mode=mode, **setting)
        cases.put(f"verl #{pr} {mode}", spell("icepop", lower=lower, upper=upper, **common), w["rollout_is_weights"], None, st)
        w, st = fns["3694"](*args, rollout_is_mode="truncate", **setting)
        cases.put("verl #3694 truncate", spell("tis", upper=upper, **common), w["rollout_is_weights"])
        w, keep, st = fns["3915"](*args, rollout_is_mode="mask", **setting)
        cases.put("verl #3915 mask", spell("is", reject=f"{level}_ratio:{lower}_{upper}", veto_mask="true", **common), w["rollout_is_weights"], keep, st)
        w, keep, st = fns["3915"](*args, rollout_is_mode="truncate", **setting)
        cases.put("verl #3915 truncate", spell("tis", upper=upper, veto_mask="true", **common), w["rollout_is_weights"], keep)
    level, rs = rng.choice([None, "token", "sequence"]), rng.choice(["token", "sequence", "geometric"])
    upper, lower, veto = rng.choice([1.5, 2.0, 5.0]), rng.choice([None, 0.5, 0.75]), rng.choice([None, 1e-4, 0.25])
    w, keep, st = fns["3984"](*args, rollout_is=level, rollout_is_threshold=2.0, rollout_rs=rs, rollout_rs_threshold=upper, rollout_rs_threshold_lower=lower, rollout_token_veto_threshold=veto)
    reject = f"{rs}_ratio:{upper}" if lower is None else f"{rs}_ratio:{lower}_{upper}"
    more = dict(reject=reject, veto=veto, veto_mask="true", eps=1e-8)
    cases.put("verl #3984", spell("tis", level=level, upper=2.0, **more) if level else spell("none", **more), w and w["rollout_is_weights"], keep, {k: v for k, v in st.items() if "veto" in k or "catastrophic" in k})


def rs_bounds(rng, option):
    if option.endswith("k1"):
        return rng.choice(["0.5_2.0", "0.2_2.0", "0.999_1.001", "2", "0.25_10.0", "1_1"])
    return rng.choice(["0.01", "0.2", "2", "42.4", f"{0.5 * math.log(2) ** 2!r}"])


STATS = ("mean", "max", "min", "std", "eff_sample_size")


def verl_now(fn, b, cases, rng):
    args = (b.old, b.rollout, b.mask)
    options = [f"token_k{k}" for k in (1, 2, 3)] + [f"seq_{a}_k{k}" for a in ("sum", "mean", "max") for k in (1, 2, 3) if (a, k) != ("max", 1)]
    for level, threshold in (("token", 2.0), ("token", "0.5_5.0"), ("sequence", 2.0), ("sequence", "0.5_5.0"), ("token", "0.2_3.0"), (None, 2.0), (None, 2.0)):
        normal = level is not None and rng.random() < 0.4
        rs = rng.sample(options, 0 if level and rng.random() < 0.4 else rng.choice([1, 1, 2, 4]))
        bounds = [rs_bounds(rng, o) for o in rs]
        try:
            w, keep, st = fn(*args, rollout_is=level, rollout_is_threshold=threshold, rollout_is_batch_normalize=normal, rollout_rs=",".join(rs) or None, rollout_rs_threshold=",".join(bounds) or None)
        except ZeroDivisionError:
            continue  # the effective sample size of weights that are all 0
        common = dict(reject="+".join(f"{o}:{v}" for o, v in zip(rs, bounds)) or None, eps=1e-8)
        if level:
            common.update(level=level, normalize="true" if normal else None)
        if level is None:
            name = spell("none", **common)
        elif isinstance(threshold, float):
            name = spell("tis", upper=threshold, **common)
        else:
            lower, upper = threshold.split("_")
            name = spell("icepop", lower=lower, upper=upper, **common)
        drop = {f"rollout_corr/rollout_is_{k}" for k in ("max", "min")} if level == "sequence" else set()  # of unbounded weights
        cases.put("verl", name, w and w["rollout_is_weights"], keep, {k: v for k, v in st.items() if k not in drop})


# --- the others ------------------------------------------------------------------


def trl(source):
    node = source.branch("trl/trainer/grpo_trainer.py", ["per_token_logps_diff =", "invalid_mis_mask", "self.use_vllm and self.vllm_importance_sampling_correction"])

    def run(b, cases, rng):
        for mode in ("token_truncate", "token_mask", "sequence_truncate", "sequence_mask"):
            lower, upper = rng.choice([None, 0.2, 0.5]), rng.choice([3.0, 5.0, 2.0])
            self = Space(use_vllm=True, vllm_importance_sampling_correction=True, vllm_importance_sampling_mode=mode, vllm_importance_sampling_clip_min=lower, vllm_importance_sampling_clip_max=upper)
            names = dict(torch=torch, math=math, self=self, completion_mask=b.mask, tool_mask=None, old_per_token_logps=b.old, sampling_per_token_logps=b.rollout)
            source.run([node], names)
            level, how = mode.split("_")
            cases.put(f"TRL {mode}", spell({"truncate": "tis", "mask": "icepop"}[how], level=level, lower=lower or 0, upper=upper, unclamped="true"), names["vllm_importance_sampling_ratio"])

    return run


def openrlhf(source):
    mean = source.take("openrlhf/models/utils.py", ["masked_mean"])["masked_mean"]
    names = source.take("openrlhf/models/loss.py", ["PolicyLoss"], {"nn": torch.nn, "masked_mean": mean, "aggregate_loss": lambda loss, *a, **k: loss})

    def run(b, cases, rng):
        for kind, name in (("tis", "tis"), ("icepop", "icepop"), ("seq-mask-tis", "seq_mask_tis")):
            lower, upper = rng.choice([(0.5, 5.0), (0.25, 4.0), (0.999, 1.001)])
            loss = names["PolicyLoss"](enable_vllm_is_correction=True, vllm_is_truncated_threshold=[lower, upper], vllm_is_correction_type=kind)
            # Ratio 1 and advantage -1: what is left is the weight.
            w = loss(b.old, b.old, -torch.ones_like(b.old), b.mask, b.rollout)[0]
            cases.put(f"OpenRLHF {kind}", spell(name, lower=lower, upper=upper, unclamped="true"), w)

    return run


def nemo(source):
    file = "nemo_rl/algorithms/loss/loss_functions.py"
    mean = source.take("nemo_rl/algorithms/utils.py", ["masked_mean"], {"Tensor": torch.Tensor})["masked_mean"]
    first = source.branch(file, ["seq_lp_diff =", "actor_importance_weights_expanded ="])
    second = source.branch(file, ["self.truncated_importance_sampling_ratio is not None", "seq_kept_mask ="])
    if second.orelse:  # of the chain inside
        raise SystemExit("NeMo-RL: the branches are not where they were")

    def run(b, cases, rng):
        for kind, name in (("tis", "tis"), ("icepop", "icepop"), ("seq-mask-tis", "seq_mask_tis")):
            for by_sequence in (False, True)[: 1 if kind == "seq-mask-tis" else 2]:
                lower, upper = rng.choice([(0.5, 5.0), (0.25, 4.0), (0.999, 1.002)])
                self = Space(sequence_level_importance_ratios=by_sequence, truncated_importance_sampling_ratio=upper, truncated_importance_sampling_ratio_min=lower, truncated_importance_sampling_type=kind)
                names = dict(torch=torch, self=self, masked_mean=mean, prev_logprobs=b.old, generation_logprobs=b.rollout, mask=b.mask, token_mask=b.mask, sample_mask=torch.ones(len(b.rows)),
                             global_valid_toks=b.mask.sum(), global_valid_seqs=torch.tensor(len(b.rows)))
                source.run([first, second], names)
                level = "sequence" if by_sequence else None
                eps = 1e-8 if kind == "seq-mask-tis" else None
                cases.put(f"NeMo-RL {kind}", spell(name, level=level, lower=lower, upper=upper, unclamped="true", eps=eps), names["actor_importance_weights_expanded"])

    return run


def slime(source):
    vanilla = source.take("slime/backends/megatron_utils/loss.py", ["vanilla_tis_function", "icepop_function"])
    mis = source.take("examples/train_infer_mismatch_helper/mis.py", ["masked_sum", "masked_mean", "masked_min", "masked_max", "metrics_append", "calculate_veto_mask", "truncate", "clip", "mask",
                      "compute_mis_weights", "add_ppl_metrics"])["compute_mis_weights"]

    def run(b, cases, rng):
        old, rollout, mask = b.lists
        lower, upper = rng.choice([(0.0, 2.0), (0.5, 5.0)])
        one = torch.ones(sum(map(len, old)))
        for fn, name in (("vanilla_tis_function", "tis"), ("icepop_function", "icepop")):
            w = vanilla[fn](Space(tis_clip=upper, tis_clip_low=lower), pg_loss=one, train_log_probs=old, rollout_log_probs=rollout, loss_masks=mask)[0]
            cases.put(f"slime {fn}", spell(name, lower=lower, upper=upper, unclamped="true"), list(w.split([len(x) for x in old])))
        for level in ("token", "sequence", "geometric"):
            mode, rs = rng.choice(["truncate", "clip", "mask"]), rng.choice([None, "token", "sequence", "geometric"])
            lower, upper = rng.choice([(0.5, 2.0), (0.25, 4.0)])
            rs_lower, rs_upper = rng.choice([(None, None), (0.75, 1.5)])
            veto = rng.choice([None, 1e-4, 0.25]) if rs else None
            normal = level != "geometric" and rng.random() < 0.5 and not (level == "sequence" and b.empty)  # slime counts empty sequences in the mean
            if mode == "mask" and rs:
                rs = veto = None  # one interval is enough
            w, keep, _ = mis(Space(use_tis=True, use_rs=rs is not None, tis_level=level, rs_level=rs, tis_mode=mode, tis_lower_bound=lower, tis_upper_bound=upper, rs_lower_bound=rs_lower, rs_upper_bound=rs_upper,
                                   rs_veto_threshold=veto, tis_batch_normalize=normal), train_log_probs=old, rollout_log_probs=rollout, loss_masks=mask)
            reject = f"{rs}_ratio:{rs_lower or lower}_{rs_upper or upper}" if rs else None
            more = dict(level=level, veto=veto, veto_mask="true" if veto else None, normalize="true" if normal else None)
            if mode == "mask":
                text = spell("is", reject=f"{level}_ratio:{lower}_{upper}", **more)
            else:
                text = spell("tis", lower=lower if mode == "clip" else 0, upper=upper, reject=reject, **more)
            cases.put(f"slime mis {mode}", text, w, list(keep))

    return run


def swift(source):
    names = source.take("swift/rlhf_trainers/grpo_trainer.py", ["_apply_rollout_importance_sampling", "_compute_sequence_level_ratios"])

    def run(b, cases, rng):
        if (b.old - b.rollout)[b.valid].abs().max() > 19:
            return  # it clamps before it takes the mean
        for mode, name, level in (("token_truncate", "tis", "token"), ("token_mask", "icepop", "token"), ("sequence_truncate", "tis", "geometric"), ("sequence_mask", "seq_mask_tis", "geometric")):
            upper = rng.choice([2.0, 1.001, 5.0])
            self = Space(rollout_importance_sampling_mode=mode, rollout_importance_sampling_threshold=upper)
            self._compute_sequence_level_ratios = lambda *a: names["_compute_sequence_level_ratios"](self, *a)
            w = names["_apply_rollout_importance_sampling"](self, b.old - b.rollout, b.mask)
            cases.put(f"ms-swift {mode}", spell(name, level=level, lower=0, upper=upper), w)

    return run


def areal(source):
    kl = Space(_compute_approx_kl=source.take("areal/utils/data.py", ["_compute_approx_kl"])["_compute_approx_kl"])
    names = source.take("areal/utils/functional/functional.py", ["apply_rejection_sampling", "_check_bounds"], {"KLEstimator": kl, "RejectionSamplingResult": Space})

    def run(b, cases, rng):
        for level, action, metric, agg in (("token", "mask", "ratio", "mean"), ("token", "clamp", "ratio", "mean"), ("sequence", "mask", "ratio", "mean"), ("sequence", "mask", "ratio", "sum"),
                                           ("sequence", "clamp", "ratio", "mean"), ("token", "mask", "kl_k2", "mean"), ("sequence", "mask", "kl_k2", rng.choice(["sum", "mean", "max"]))):
            upper, lower = rng.choice([2.0, 5.0]), rng.choice([None, 0.5]) if metric == "ratio" else None
            r = names["apply_rejection_sampling"](b.old, b.rollout, b.mask, None, Space(level=level, action=action, metric=metric, agg=agg, upper=upper, lower=lower))
            of = "geometric" if level == "sequence" and metric == "ratio" else "token"
            if action == "clamp":
                text = spell("tis", level=of, lower=lower or 0, upper=upper, unclamped="true")
            elif metric == "ratio":
                stat = {"token": "token_ratio", "sequence": {"mean": "geometric_ratio", "sum": "sequence_ratio"}[agg]}[level]
                text = spell("is", level=of, reject=f"{stat}:{lower or 0}_{upper}", unclamped="true")
            else:
                stat = "token_k2" if level == "token" else f"seq_{agg}_k2"
                text = spell("is", reject=f"{stat}:{upper}", unclamped="true")
            cases.put(f"AReaL {level} {action} {metric} {agg}", text, r.behave_imp_weight, r.loss_mask)

    return run


def skyrl(source):
    torch_utils = source.take("skyrl/backends/skyrl_train/utils/torch_utils.py", ["masked_mean", "safe_exp_delta"])
    names = source.take("skyrl/backends/skyrl_train/utils/off_policy_correction_utils.py", ["off_policy_correction_enabled", "compute_tis_ratio", "compute_outlier_token_mask", "compute_token_mask", "compute_sequence_mask",
                        "compute_off_policy_correction"], {"DictConfig": Space, "Tuple": tuple, **{k: torch_utils[k] for k in ("masked_mean", "safe_exp_delta")}})

    def run(b, cases, rng):
        off = dict(tis_ratio_type=None, sequence_mask_metric=None, outlier_token_is_threshold_low=None, outlier_token_is_threshold_high=None, token_mask_is_threshold_low=None, token_mask_is_threshold_high=None,
                   token_tis_ratio_clip_high=2.0, sequence_tis_ratio_clip_high=5.0, geo_mask_high=1.01, geo_mask_low=0.99, product_mask_high=2.0, product_mask_low=0.5)
        for setting, text in (
            (dict(tis_ratio_type="token"), "tis(upper=2)"),
            (dict(tis_ratio_type="sequence"), "tis(level=sequence,upper=5)"),
            (dict(sequence_mask_metric="geometric"), "none(reject=geometric_ratio:0.99_1.01)"),
            (dict(sequence_mask_metric="product", tis_ratio_type="token"), "tis(reject=sequence_ratio:0.5_2)"),
            (dict(outlier_token_is_threshold_low=0.2, outlier_token_is_threshold_high=3.0), "none(reject=all_ratios:0.2_3)"),
            (dict(token_mask_is_threshold_low=0.5, token_mask_is_threshold_high=5.0, tis_ratio_type="token"), "tis(reject=token_ratio:0.5_5)"),
        ):
            w, _, keep = names["compute_off_policy_correction"](b.old, b.rollout, b.mask, Space(**{**off, **setting}))
            cases.put("SkyRL", text, w, keep)

    return run


def open_instruct(source):
    names = source.take("open_instruct/grpo_utils.py", ["_rho_drop_masks", "_sequence_level_mean", "RhoCorrection", "compute_rho_correction"], {"dataclass": __import__("dataclasses").dataclass, "field": __import__("dataclasses").field})

    def run(b, cases, rng):
        if (b.old - b.rollout)[b.valid].abs().max() > 10:
            return  # where it clamps
        for name, sequence, clamp, bounds in (("tis", False, (0.5, 2.0), (0.0, 0.0)), ("icepop", False, (0.0, 0.0), (0.5, 5.0)), ("icepop", True, (0.0, 0.0), (0.999, 1.001))):
            config = Space(use_rho_correction=True, rho_clamp_lower_bound=clamp[0], rho_clamp_upper_bound=clamp[1], rho_mask_lower_bound=bounds[0], rho_mask_upper_bound=bounds[1], rho_mask_sequence_level=sequence, rho_mask_tv_divergence=False)
            w = names["compute_rho_correction"](b.old, b.rollout, b.valid, None, config).weights
            lower, upper = clamp if name == "tis" else bounds
            cases.put("open-instruct", spell(name, level="geometric" if sequence else None, lower=lower, upper=upper), w)

    return run


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--stacks", required=True)
    p.add_argument("out")
    p.add_argument("--batches", type=int, default=45)
    a = p.parse_args()
    verl = {pr: verl_module(a.stacks, pr) for pr in VERL}
    others = [make(Source(a.stacks, name)) for make, name in
              ((trl, "trl"), (openrlhf, "OpenRLHF"), (nemo, "RL"), (slime, "slime"), (swift, "ms-swift"), (areal, "AReaL"), (skyrl, "SkyRL"), (open_instruct, "open-instruct"))]
    rng = random.Random(SEED)
    header = {"reference": "rollout corrections of " + ", ".join(f"{k} {v[:7]}" for k, v in COMMITS.items()) + ", and of verl " + ", ".join(f"#{k} {v}" for k, v in VERL.items() if k != "now"), "torch": torch.__version__, "seed": SEED}
    lines, count = [header], 0
    for i in range(a.batches):
        kind = ("wild", "mild", "edge")[i % 3]
        b = Batch(draw(rng, kind))
        cases = Cases(b)
        verl_early(verl, b, cases, rng)
        verl_now(verl["now"], b, cases, rng)
        for run in others:
            run(b, cases, rng)
        count += len(cases)
        lines.append({**b.line(), "edge": kind == "edge", "cases": cases})
    with open(a.out, "wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as f:
        for line in lines:
            f.write((json.dumps(line, separators=(",", ":"), allow_nan=False) + "\n").encode())
    print(f"{len(lines) - 1} batches, {count} cases, {os.path.getsize(a.out)} bytes")


if __name__ == "__main__":
    main()
