"""The PyTorch side of the comparison of training steps: times one step of a small
Qwen3 policy in eager mode on the CPU.

    step_speed.py THREADS

Only torch and numpy are needed (tiny_model_requirements.txt has the version). Reads
one JSON object per line from standard input, {"Steps": n}, takes n steps and answers
{"Seconds": per step, "CPUSeconds": of all threads per step, "Loss": that of the last
step, before its update}. The first
line of standard output, before any question, is {"Torch": version, "Threads": n,
"Parameters": n}.

Shape, weights and tokens are those of BenchmarkStep/1M of trainer/cpu: 32 sequences
of 256 tokens, weights of backend.Init with key 1 and deviation 0.02. A step is the
mean negative log-likelihood of all tokens but the first of each sequence, gradients,
clipping to norm 1 and AdamW, in float32. So losses agree as long as rounding errors
do not grow.

The module is written for speed in eager mode: one product for queries, keys and
values, one for gates and ups, the fused attention of PyTorch, the fused AdamW. The
last token of a sequence, which predicts nothing, is left out, as in trainer/cpu.
"""

import json
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

VOCAB, HIDDEN, LAYERS, HEADS, KV_HEADS, HEAD_DIM, MLP = 512, 128, 5, 4, 2, 32, 384
THETA, EPS = 1e4, 1e-6
SEQUENCES, LENGTH = 32, 256
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mix(z):
    z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return z ^ z >> np.uint64(31)


def key(*parts):
    h = np.array([GOLDEN])
    for p in parts:
        h = mix(h ^ mix(np.uint64(p) + GOLDEN))
    return h


def uints(k, n):
    return mix(k + np.arange(1, n + 1, dtype=np.uint64) * GOLDEN)


def normals(k, n):
    u = (uints(k, 2 * n) >> np.uint64(11)).astype(np.float64) / (1 << 53)
    return np.sqrt(-2 * np.log(1 - u[0::2])) * np.cos(2 * np.pi * u[1::2])


def shapes():
    """Tensors in the order of model.Config.Tensors."""
    q, kv = HEADS * HEAD_DIM, KV_HEADS * HEAD_DIM
    out = [("embed", (VOCAB, HIDDEN))]
    for i in range(LAYERS):
        for name, shape in [("attn_norm", (HIDDEN,)), ("q", (q, HIDDEN)), ("k", (kv, HIDDEN)), ("v", (kv, HIDDEN)),
                            ("q_norm", (HEAD_DIM,)), ("k_norm", (HEAD_DIM,)), ("o", (HIDDEN, q)), ("mlp_norm", (HIDDEN,)),
                            ("gate", (MLP, HIDDEN)), ("up", (MLP, HIDDEN)), ("down", (HIDDEN, MLP))]:
            out.append((f"{i}.{name}", shape))
    out.append(("norm", (HIDDEN,)))
    return out


def weights():
    w = {}
    for i, (name, shape) in enumerate(shapes()):
        n = int(np.prod(shape))
        x = np.ones(n) if len(shape) == 1 else 0.02 * normals(key(1, i), n)
        w[name] = torch.from_numpy(x.astype(np.float32)).reshape(shape)
    for i in range(LAYERS):  # joined, as in the policy
        w[f"{i}.qkv"] = torch.cat([w.pop(f"{i}.{x}") for x in "qkv"])
        w[f"{i}.gate_up"] = torch.cat([w.pop(f"{i}.gate"), w.pop(f"{i}.up")])
    return {k: v.requires_grad_() for k, v in w.items()}


def rotate(x, cos, sin):
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)


def forward(w, ids, cos, sin):
    b, t = ids.shape
    q, kv = HEADS * HEAD_DIM, KV_HEADS * HEAD_DIM
    x = F.embedding(ids, w["embed"])
    for i in range(LAYERS):
        p = f"{i}."
        qkv = F.linear(F.rms_norm(x, (HIDDEN,), w[p + "attn_norm"], EPS), w[p + "qkv"])
        qs, ks, vs = (y.view(b, t, -1, HEAD_DIM).transpose(1, 2) for y in qkv.split([q, kv, kv], -1))
        qs = rotate(F.rms_norm(qs, (HEAD_DIM,), w[p + "q_norm"], EPS), cos, sin)
        ks = rotate(F.rms_norm(ks, (HEAD_DIM,), w[p + "k_norm"], EPS), cos, sin)
        ks, vs = (y.repeat_interleave(HEADS // KV_HEADS, 1) for y in (ks, vs))
        y = F.scaled_dot_product_attention(qs, ks, vs, is_causal=True)
        x = x + F.linear(y.transpose(1, 2).reshape(b, t, q), w[p + "o"])
        gate, up = F.linear(F.rms_norm(x, (HIDDEN,), w[p + "mlp_norm"], EPS), w[p + "gate_up"]).chunk(2, -1)
        x = x + F.linear(F.silu(gate) * up, w[p + "down"])
    return F.linear(F.rms_norm(x, (HIDDEN,), w["norm"], EPS), w["embed"])


def main():
    torch.set_num_threads(int(sys.argv[1]))
    torch.set_num_interop_threads(1)
    np.seterr(over="ignore")
    w = weights()
    half = torch.arange(0, HEAD_DIM, 2, dtype=torch.float32) / HEAD_DIM
    angle = torch.arange(LENGTH - 1, dtype=torch.float32)[:, None] / THETA**half
    cos, sin = angle.cos(), angle.sin()
    # VOCAB is a power of two, so IntN takes the leading bits.
    tokens = (uints(key(1), SEQUENCES * LENGTH) >> np.uint64(64 - VOCAB.bit_length() + 1)).astype(np.int64)
    tokens = torch.from_numpy(tokens).view(SEQUENCES, LENGTH)
    ids, targets = tokens[:, :-1].contiguous(), tokens[:, 1:].reshape(-1, 1)
    adam = torch.optim.AdamW(w.values(), lr=1e-4, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, fused=True)

    def step():
        adam.zero_grad()
        logs = torch.log_softmax(forward(w, ids, cos, sin).view(-1, VOCAB), -1)
        loss = -logs.gather(1, targets).mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(w.values(), 1.0)
        adam.step()
        return loss.item()

    def answer(x):
        print(json.dumps(x), flush=True)

    answer({"Torch": torch.__version__, "Threads": torch.get_num_threads(), "Parameters": sum(v.numel() for v in w.values())})
    for line in sys.stdin:
        n = json.loads(line)["Steps"]
        start, cpu = time.perf_counter(), time.process_time()
        for _ in range(n):
            loss = step()
        took, cpu = time.perf_counter() - start, time.process_time() - cpu
        answer({"Seconds": took / n, "CPUSeconds": cpu / n, "Loss": loss})


if __name__ == "__main__":
    main()
