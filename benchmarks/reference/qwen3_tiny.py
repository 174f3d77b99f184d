"""Writes the goldens of package trainer/cpu with transformers' Qwen3ForCausalLM.

    python qwen3_tiny.py --out FILE

CPython 3.11, the packages of tiny_model_requirements.txt. Two models with random
weights, one with the head tied to the embedding: logits, log-probabilities, loss and
every gradient in float64, then 20 steps of AdamW behind clip_grad_norm_ in float64
and in float32. Weights and tokens are streams of package trainer/random, so that the
file holds none of them.

The loss of a batch is the mean over its rows of -a logp + e entropy. Each sequence
runs by itself, without padding; tensors are little-endian in base64, grads and logits
float32, weights behind the steps float64. "err32" is the norm and the largest of
float32's errors behind the steps.

Qwen3RMSNorm computes in float32 whatever the model is in; for float64 it is replaced
by the same in float64. Angles of the rotary embedding stay in float32 in both.
"""

import argparse
import base64
import gzip
import json
import platform

import numpy as np
import torch
import transformers
from transformers import Qwen3Config, Qwen3ForCausalLM
from transformers.models.qwen3 import modeling_qwen3

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
STEPS = 20
OPT = {"lr": 3e-3, "beta1": 0.9, "beta2": 0.99, "eps": 1e-8, "decay": 0.1, "max_norm": 0.5}
SHAPES = [
    dict(vocab_size=67, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=12,
         intermediate_size=48, rope_theta=1e6, tie_word_embeddings=False),
    dict(vocab_size=67, hidden_size=24, num_hidden_layers=1, num_attention_heads=3, num_key_value_heads=1, head_dim=16,
         intermediate_size=40, rope_theta=1e4, tie_word_embeddings=True),
]
# Lengths of sequences and of their prompts, per batch.
BATCHES = [
    ([(13, 1), (7, 3), (21, 9), (2, 1)], 0.8),
    ([(30, 20), (5, 4)], 1.0),
    ([(9, 1), (9, 1), (16, 2)], 1.3),
]


def mix(z):
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
    return z ^ z >> 31


def key(*parts):
    h = GOLDEN
    for p in parts:
        h = mix(h ^ mix((p + GOLDEN) & MASK))
    return h


def uint(k, i):
    return mix((k + (i + 1) * GOLDEN) & MASK)


def uniform(k, n):
    return np.array([(uint(k, i) >> 11) / (1 << 53) for i in range(n)])


def fill(model):
    """Weights uniform in ±0.3, those of norms around 1, rounded to float32."""
    with torch.no_grad():
        for i, (name, p) in enumerate(model.named_parameters()):
            x = 0.6 * (uniform(key(1, i), p.numel()) - 0.5)
            if p.dim() == 1:
                x = 1 + x
            p.copy_(torch.from_numpy(x.astype(np.float32)).reshape(p.shape))


def batch(i, vocab):
    lengths, temperature = BATCHES[i]
    start, rows = [0], []
    for n, prompt in lengths:
        rows += range(start[-1] + prompt, start[-1] + n)
        start.append(start[-1] + n)
    k = key(2, i)
    return {
        "temperature": temperature,
        "tokens": [uint(k, j) * vocab >> 64 for j in range(start[-1])],
        "start": start,
        "rows": rows,
        "a": (2 * uniform(key(3, i), len(rows)) - 0.5).tolist(),
        "e": (uniform(key(4, i), len(rows)) - 0.5).tolist(),
    }


def forward(model, b):
    """Logits, log-probabilities and entropies of the rows, and the loss."""
    logits = []
    for lo, hi in zip(b["start"], b["start"][1:]):
        out = model(input_ids=torch.tensor([b["tokens"][lo:hi]])).logits[0]
        logits += [out[r - lo - 1] for r in b["rows"] if lo <= r < hi]
    logits = torch.stack(logits)
    logs = torch.log_softmax(logits / b["temperature"], -1)
    target = torch.tensor([b["tokens"][r] for r in b["rows"]])
    logp = logs.gather(1, target[:, None])[:, 0]
    entropy = -(logs.exp() * logs).sum(-1)
    a, e = (torch.tensor(b[x], dtype=logits.dtype) for x in "ae")
    return logits, logp, entropy, (-a * logp + e * entropy).mean()


def train(model, batches):
    """Norms of gradients before clipping, and losses."""
    groups = [
        {"params": [p for p in model.parameters() if p.dim() > 1], "weight_decay": OPT["decay"]},
        {"params": [p for p in model.parameters() if p.dim() == 1], "weight_decay": 0.0},
    ]
    adam = torch.optim.AdamW(groups, lr=OPT["lr"], betas=(OPT["beta1"], OPT["beta2"]), eps=OPT["eps"], foreach=False)
    norms, losses = [], []
    for step in range(STEPS):
        adam.zero_grad()
        loss = forward(model, batches[step % len(batches)])[3]
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), OPT["max_norm"]).item())
        losses.append(loss.item())
        adam.step()
    return norms, losses


def packed(x, kind):
    return base64.b64encode(x.detach().numpy().astype(kind).tobytes()).decode()


def case(shape):
    config = Qwen3Config(**{k: v for k, v in shape.items() if k != "rope_theta"}, max_position_embeddings=64, rms_norm_eps=1e-6,
                         rope_parameters={"rope_type": "default", "rope_theta": shape["rope_theta"]}, attn_implementation="sdpa")
    batches = [batch(i, shape["vocab_size"]) for i in range(len(BATCHES))]

    kept = modeling_qwen3.Qwen3RMSNorm.forward
    single = Qwen3ForCausalLM(config).float().eval()
    fill(single)
    train(single, batches)

    def exact(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon))

    modeling_qwen3.Qwen3RMSNorm.forward = exact
    model = Qwen3ForCausalLM(config).double().eval()
    fill(model)
    logits, logp, entropy, loss = forward(model, batches[0])
    loss.backward()
    out = {
        "shape": shape,
        "inv_freq": model.model.rotary_emb.inv_freq.float().tolist(),
        "batches": batches,
        "names": [n for n, _ in model.named_parameters()],
        "logits": packed(logits, "<f4"),
        "logp": logp.tolist(),
        "entropy": entropy.tolist(),
        "loss": loss.item(),
        "grads": [packed(p.grad, "<f4") for p in model.parameters()],
    }
    out["norms"], out["losses"] = train(model, batches)
    out["weights"] = [packed(p, "<f8") for p in model.parameters()]
    errs = [(s.double() - d).detach() for s, d in zip(single.parameters(), model.parameters())]
    out["err32"] = [[e.norm().item(), e.abs().max().item()] for e in errs]
    modeling_qwen3.Qwen3RMSNorm.forward = kept
    return out


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--out", required=True)
    args = args.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    golden = {
        "reference": "transformers.Qwen3ForCausalLM, torch.optim.AdamW, torch.nn.utils.clip_grad_norm_",
        "versions": {"transformers": transformers.__version__, "torch": torch.__version__, "python": platform.python_version()},
        "optimizer": OPT,
        "cases": [case(s) for s in SHAPES],
    }
    with open(args.out, "wb") as f, gzip.GzipFile("", "wb", 9, f, mtime=0) as z:
        z.write(json.dumps(golden).encode())


if __name__ == "__main__":
    main()
