"""A policy update of Qwen3 in plain PyTorch, to be timed beside trainer/cuda.

    qwen3_gpu.py time --tokens 4096 --modes eager,compiled --heads full,chunked
    qwen3_gpu.py dump IN.json OUT.f32

An update is forward, the GRPO gradient, backward, clipping of the global norm and
AdamW on packed sequences without padding. It is written as one would for speed,
with what PyTorch has (2.5 or later; no other package):

  - weights, activations and gradients in bfloat16; float32 master weights and moments,
    stepped by the fused AdamW; the bfloat16 weights are copied back from the masters
  - one product for queries, keys and values, one for gates and ups
  - scaled_dot_product_attention with is_causal, of which --attention picks the backend;
    grouped queries by enable_gqa where the backend takes it, else by repetition
  - the loss of a token is coefficient times log-probability, which is GRPO's gradient
    at the sampling policy (coefficient = -advantage / tokens)
  - head "full": logits of all tokens with loss at once. Head "chunked": --chunk rows at a
    time, whose gradients are taken in the forward pass, since the coefficients are known
    by then (as fused losses for large vocabularies do); no logits are kept

modes: "eager"; "compiled", torch.compile of the whole forward and backward pass;
"compiled-blocks", of one decoder layer, which compiles in a fraction of the time.

If an update runs out of memory it is tried again with activations recomputed by layer
(torch.utils.checkpoint), and the answer says so. Each way of doing it answers with one
line of JSON. Without a GPU it runs in float32 on the CPU, for small shapes.

dump computes one gradient, in float32 on the CPU unless --dtype says otherwise. IN.json has Config (a model.Config of Go), Weights (a file of float32 in the order of its tensors),
Tokens, Start, Rows, Coef (one per row) and Temperature. It answers {"LogP": [...]} and
writes the gradient to OUT.f32.
"""

import argparse
import contextlib
import gc
import json
import math
import os
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.checkpoint import checkpoint

CONFIGS = {
    "0.6b": dict(Vocab=151936, Hidden=1024, Layers=28, Heads=16, KVHeads=8, HeadDim=128, MLP=3072, RopeTheta=1e6, NormEps=1e-6, Tied=True),
    "1.7b": dict(Vocab=151936, Hidden=2048, Layers=28, Heads=16, KVHeads=8, HeadDim=128, MLP=6144, RopeTheta=1e6, NormEps=1e-6, Tied=True),
    "4b": dict(Vocab=151936, Hidden=2560, Layers=36, Heads=32, KVHeads=8, HeadDim=128, MLP=9728, RopeTheta=1e6, NormEps=1e-6, Tied=True),
    "tiny": dict(Vocab=512, Hidden=64, Layers=2, Heads=4, KVHeads=2, HeadDim=16, MLP=160, RopeTheta=1e6, NormEps=1e-6, Tied=True),
}

BACKENDS = {
    "cudnn": SDPBackend.CUDNN_ATTENTION,
    "flash": SDPBackend.FLASH_ATTENTION,
    "efficient": SDPBackend.EFFICIENT_ATTENTION,
    "math": SDPBackend.MATH,
}

# What "auto" chooses from on a GPU. The others keep all scores in memory.
FUSED = [SDPBackend.CUDNN_ATTENTION, SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION]


def shapes(c):
    """Names and shapes in the order of model.Config.Tensors, of which q, k, v and gate,
    up are joined: they lie behind one another."""
    q, kv, h = c["Heads"] * c["HeadDim"], c["KVHeads"] * c["HeadDim"], c["Hidden"]
    out = [("embed", (c["Vocab"], h))]
    for i in range(c["Layers"]):
        layer = dict(norm1=(h,), qkv=(q + 2 * kv, h), q_norm=(c["HeadDim"],), k_norm=(c["HeadDim"],), o=(h, q),
                     norm2=(h,), gate_up=(2 * c["MLP"], h), down=(h, c["MLP"]))
        out += [(f"{i}.{k}", v) for k, v in layer.items()]
    out.append(("norm", (h,)))
    if not c["Tied"]:
        out.append(("head", (c["Vocab"], h)))
    return out


class Attention:
    """Causal attention over packed sequences with one backend of PyTorch."""

    def __init__(self, c, backend, device, dtype):
        self.c = c
        self.backends = [BACKENDS[backend]] if backend != "auto" else FUSED if device.type == "cuda" else None
        self.repeat = 1
        if c["Heads"] != c["KVHeads"]:
            try:  # not every backend takes grouped queries
                with torch.enable_grad():
                    q = torch.zeros(1, c["Heads"], 256, c["HeadDim"], device=device, dtype=dtype, requires_grad=True)
                    k = torch.zeros(1, c["KVHeads"], 256, c["HeadDim"], device=device, dtype=dtype, requires_grad=True)
                    with self.chosen():
                        F.scaled_dot_product_attention(q, k, k, is_causal=True, enable_gqa=True).sum().backward()
            except RuntimeError:
                self.repeat = c["Heads"] // c["KVHeads"]

    def chosen(self):
        return sdpa_kernel(self.backends) if self.backends else contextlib.nullcontext()

    def one(self, q, k, v):
        """q, k, v are [sequences, length, heads, dim]."""
        q, k, v = (x.transpose(1, 2) for x in (q, k, v))
        if self.repeat > 1:
            k, v = (x.repeat_interleave(self.repeat, 1) for x in (k, v))
        grouped = q.shape[1] != k.shape[1]
        return F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=grouped).transpose(1, 2)

    def __call__(self, q, k, v, lengths):
        if len(set(lengths)) == 1:
            split = lambda x: x.view(len(lengths), lengths[0], *x.shape[1:])
            return self.one(split(q), split(k), split(v)).reshape(q.shape[0], -1)
        parts = [self.one(*(x[None] for x in s)) for s in zip(*(x.split(lengths) for x in (q, k, v)))]
        return torch.cat(parts, 1).reshape(q.shape[0], -1)


def rotate(x, cos, sin):
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)


class Model:
    def __init__(self, c, attention, device, dtype):
        self.c, self.attention, self.device, self.dtype = c, attention, device, dtype
        self.w = {}
        self.recompute = False
        self.block, self.checkpointed = self.layer, self.layer_again

    def init(self):
        g = torch.Generator(self.device).manual_seed(1)
        self.masters = {}
        for name, shape in shapes(self.c):
            x = torch.ones(shape, device=self.device)
            if len(shape) > 1:
                x = torch.randn(shape, device=self.device, generator=g) * 0.02
            self.masters[name] = x
        self.adopt()

    def load(self, file):
        flat = torch.frombuffer(bytearray(open(file, "rb").read()), dtype=torch.float32).to(self.device)
        sizes = [math.prod(s) for _, s in shapes(self.c)]
        self.masters = {n: x.view(s).clone() for (n, s), x in zip(shapes(self.c), flat.split(sizes))}
        self.adopt()

    def adopt(self):
        """Makes the weights of the products: the masters themselves if they are float32."""
        self.w = {n: x.to(self.dtype).requires_grad_() for n, x in self.masters.items()}
        self.masters = {n: x if self.w[n] is not x else self.w[n] for n, x in self.masters.items()}

    def tables(self, lengths):
        half = torch.arange(0, self.c["HeadDim"], 2, device=self.device, dtype=torch.float32) / self.c["HeadDim"]
        angle = torch.arange(max(lengths), device=self.device, dtype=torch.float32)[:, None] / self.c["RopeTheta"] ** half
        at = torch.cat([torch.arange(n, device=self.device) for n in lengths])
        return angle.cos()[at][:, None].to(self.dtype), angle.sin()[at][:, None].to(self.dtype)

    def layer(self, x, cos, sin, lengths, norm1, qkv, q_norm, k_norm, o, norm2, gate_up, down):
        c, d = self.c, self.c["HeadDim"]
        qs, ks, vs = F.linear(F.rms_norm(x, x.shape[-1:], norm1, c["NormEps"]), qkv).view(len(x), -1, d).split(
            [c["Heads"], c["KVHeads"], c["KVHeads"]], 1)
        qs = rotate(F.rms_norm(qs, (d,), q_norm, c["NormEps"]), cos, sin)
        ks = rotate(F.rms_norm(ks, (d,), k_norm, c["NormEps"]), cos, sin)
        x = x + F.linear(self.attention(qs, ks, vs, lengths), o)
        gate, up = F.linear(F.rms_norm(x, x.shape[-1:], norm2, c["NormEps"]), gate_up).chunk(2, -1)
        return x + F.linear(F.silu(gate) * up, down)

    def layer_again(self, *args):
        return checkpoint(self.layer, *args, use_reentrant=False)

    def hidden(self, tokens, cos, sin, lengths):
        w = self.w
        x = F.embedding(tokens, w["embed"])
        block = self.checkpointed if self.recompute else self.block
        for i in range(self.c["Layers"]):
            x = block(x, cos, sin, lengths, *(w[f"{i}.{k}"] for k in ("norm1", "qkv", "q_norm", "k_norm", "o", "norm2", "gate_up", "down")))
        return x

    def loss(self, tokens, cos, sin, lengths, rows, targets, coef, temperature, head):
        # The row of a token is the position before it.
        x = self.hidden(tokens, cos, sin, lengths)[rows - 1]
        x = F.rms_norm(x, x.shape[-1:], self.w["norm"], self.c["NormEps"])
        w = self.w["embed" if self.c["Tied"] else "head"]
        if head == "full":
            logp = full(x, w, targets, temperature)
            return (coef * logp).sum(), logp.detach()
        return Chunked.apply(x, w, targets, coef, temperature, head)


def full(x, w, targets, temperature):
    z = F.linear(x, w).float() / temperature
    return z.gather(1, targets[:, None])[:, 0] - torch.logsumexp(z, 1)


def piece(z, targets, coef, temperature):
    """Log-probabilities of the targets, and the gradient with respect to the logits."""
    s = z.float() / temperature
    logp = torch.log_softmax(s, 1)
    at = targets[:, None]
    grad = -coef[:, None] * logp.exp()
    grad = grad.scatter_add(1, at, coef[:, None]) / temperature
    return logp.gather(1, at)[:, 0], grad.to(z.dtype)


class Chunked(torch.autograd.Function):
    """Loss and log-probabilities; the gradient is taken while the logits are there."""

    piece = staticmethod(piece)

    @staticmethod
    def forward(ctx, x, w, targets, coef, temperature, rows):
        dx, dw, logps = torch.empty_like(x), torch.zeros_like(w, dtype=torch.float32), []
        for i in range(0, len(x), rows):
            part = slice(i, i + rows)
            logp, dz = Chunked.piece(F.linear(x[part], w), targets[part], coef[part], temperature)
            logps.append(logp)
            dx[part] = dz @ w
            dw += dz.T @ x[part]
        logp = torch.cat(logps)
        ctx.save_for_backward(dx, dw.to(w.dtype))
        ctx.mark_non_differentiable(logp)
        return (coef * logp).sum(), logp

    @staticmethod
    def backward(ctx, dloss, _):
        dx, dw = ctx.saved_tensors
        return dx * dloss.to(dx.dtype), dw * dloss.to(dw.dtype), None, None, None, None


class Update:
    """A whole update: gradient, clipping, AdamW with float32 masters."""

    def __init__(self, model):
        self.model = model
        self.low = [w for w in model.w.values()]
        self.masters = [m if m is w else m.requires_grad_() for m, w in zip(model.masters.values(), self.low)]
        self.separate = [(m, w) for m, w in zip(self.masters, self.low) if m is not w]
        for m, _ in self.separate:
            m.grad = torch.zeros_like(m)
        decay = [m for m in self.masters if m.dim() > 1]
        rest = [m for m in self.masters if m.dim() == 1]
        self.adam = torch.optim.AdamW([dict(params=decay, weight_decay=0.01), dict(params=rest, weight_decay=0.0)],
                                      lr=1e-6, betas=(0.9, 0.999), eps=1e-8, fused=True)

    def step(self, loss, args):
        for w in self.low:
            w.grad = None
        value, _ = loss(*args)
        value.backward()
        with torch.no_grad():
            if self.separate:
                torch._foreach_copy_([m.grad for m, _ in self.separate], [w.grad for _, w in self.separate])
            torch.nn.utils.clip_grad_norm_(self.masters, 1.0, foreach=True)
            self.adam.step()
            if self.separate:
                torch._foreach_copy_([w for _, w in self.separate], [m for m, _ in self.separate])
        return value.detach()


def say(**what):
    print(json.dumps(what), flush=True)


def clock(device, run, times):
    """Seconds of each of times runs."""
    out = []
    for _ in range(times):
        if device.type == "cuda":
            begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            begin.record()
            run()
            end.record()
            end.synchronize()
            out.append(begin.elapsed_time(end) / 1e3)
        else:
            start = time.perf_counter()
            run()
            out.append(time.perf_counter() - start)
    return out


def once(o, c, device, dtype, mode, head, backend, recompute):
    torch._dynamo.reset()
    attention = Attention(c, backend, device, dtype)
    model = Model(c, attention, device, dtype)
    model.init()
    model.recompute = recompute
    update = Update(model)
    lengths = [o.tokens // o.sequences] * o.sequences
    n = sum(lengths)
    g = torch.Generator().manual_seed(2)
    tokens = torch.randint(0, c["Vocab"], (n,), generator=g).to(device)
    starts = [i * lengths[0] for i in range(o.sequences)]
    rows = torch.cat([torch.arange(s + max(1, o.prompt), s + lengths[0]) for s in starts]).to(device)
    coef = (torch.randn(len(rows), generator=g) / len(rows)).to(device)
    args = (tokens, *model.tables(lengths), lengths, rows, tokens[rows], coef, 1.0, "full" if head == "full" else o.chunk)

    loss = model.loss
    Chunked.piece = staticmethod(piece)
    if mode == "compiled-blocks":
        model.block = torch.compile(model.layer, dynamic=False)
        model.checkpointed = lambda *a: checkpoint(model.block, *a, use_reentrant=False)
    if mode != "eager":
        Chunked.piece = staticmethod(torch.compile(piece, dynamic=True))
    if mode == "compiled" and head == "full":
        loss = torch.compile(model.loss, dynamic=False)
    elif mode == "compiled":  # the head's own derivative stays outside
        model.hidden = torch.compile(model.hidden, dynamic=False)
    run = lambda: update.step(loss, args)
    start = time.perf_counter()
    with attention.chosen():
        run()
        if device.type == "cuda":
            torch.cuda.synchronize()
        first = time.perf_counter() - start
        run()
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats()
        took = clock(device, run, o.steps)
        value = update.step(loss, args).item()
    peak = torch.cuda.max_memory_allocated() if device.type == "cuda" else 0
    say(mode=mode, head=head, attention=backend, gqa="grouped" if attention.repeat == 1 else "repeated", recompute=recompute,
        tokens=n, sequences=o.sequences, seconds=statistics.median(took), all=took, first=first, peak=peak, loss=value,
        torch=torch.__version__, cudnn=torch.backends.cudnn.version(), device=torch.cuda.get_device_name() if device.type == "cuda" else "cpu")


def measure(o):
    c = CONFIGS[o.config]
    device = torch.device("cuda" if torch.cuda.is_available() and not o.cpu else "cpu")
    dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
    bad = 0
    for mode in o.modes.split(","):
        for head in o.heads.split(","):
            for backend in o.attention.split(","):
                for recompute in (False, True):
                    why = None
                    try:
                        once(o, c, device, dtype, mode, head, backend, recompute)
                    except torch.OutOfMemoryError as e:
                        why = "out of memory: " + str(e).split(".")[0]
                    except Exception as e:  # one way that does not work is no reason to leave out the others
                        why = f"{type(e).__name__}: {e}".splitlines()[0]
                    gc.collect()
                    if device.type == "cuda":
                        torch.cuda.empty_cache()
                    if why is None:
                        break
                    if recompute or not why.startswith("out of memory"):
                        bad += 1
                        say(mode=mode, head=head, attention=backend, recompute=recompute, tokens=o.tokens, error=why)
                        break
    return 1 if bad else 0


def dump(o):
    q = json.load(open(o.input))
    c, device, dtype = q["Config"], torch.device("cpu"), getattr(torch, o.dtype)
    if dtype == torch.bfloat16 and torch.cuda.is_available():
        device = torch.device("cuda")
    model = Model(c, Attention(c, "auto", device, dtype), device, dtype)
    model.load(os.path.join(os.path.dirname(o.input), q["Weights"]))
    lengths = [b - a for a, b in zip(q["Start"], q["Start"][1:])]
    tokens, rows = (torch.tensor(q[k], device=device) for k in ("Tokens", "Rows"))
    coef = torch.tensor(q["Coef"], device=device, dtype=torch.float32)
    t = q.get("Temperature") or 1.0
    head = "full" if o.chunk == 0 else o.chunk
    with model.attention.chosen():
        value, logp = model.loss(tokens, *model.tables(lengths), lengths, rows, tokens[rows], coef, t, head)
        value.backward()
    flat = torch.cat([w.grad.float().flatten() for w in model.w.values()])
    with open(o.output, "wb") as f:
        f.write(flat.cpu().numpy().tobytes())
    say(LogP=logp.double().tolist(), Loss=value.item(), Torch=torch.__version__)
    return 0


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = p.add_subparsers(dest="what", required=True)
    t = sub.add_parser("time")
    t.add_argument("--config", default="0.6b", choices=CONFIGS)
    t.add_argument("--tokens", type=int, default=4096)
    t.add_argument("--sequences", type=int, default=1, help="of equal length")
    t.add_argument("--prompt", type=int, default=1, help="tokens of each sequence without loss")
    t.add_argument("--modes", default="eager,compiled")
    t.add_argument("--heads", default="full,chunked")
    t.add_argument("--attention", default="auto", help="auto, cudnn, flash, efficient, math; several with commas")
    t.add_argument("--chunk", type=int, default=4096, help="rows of logits at a time")
    t.add_argument("--steps", type=int, default=5)
    t.add_argument("--cpu", action="store_true")
    d = sub.add_parser("dump")
    d.add_argument("input")
    d.add_argument("output")
    d.add_argument("--dtype", default="float32", choices=("float32", "bfloat16"))
    d.add_argument("--chunk", type=int, default=0, help="rows of logits at a time; 0: all")
    o = p.parse_args()
    sys.exit(measure(o) if o.what == "time" else dump(o))


if __name__ == "__main__":
    main()
