#!/usr/bin/env python3.11
"""Writes the goldens of packages trainer/model and trainer/safetensors, and checks
what they write, in an environment of tiny_model_requirements.txt.

    python3.11 benchmarks/reference/qwen3_files.py make trainer

writes tiny models with random weights, as transformers saves them, to
trainer/model/testdata, and to golden.json beside them the SHA-256 of every tensor
as little-endian float32; to trainer/safetensors/testdata/malformed.jsonl.gz files
with what the package safetensors says to them, and to bfloat16.json what torch
rounds to.

    GOLONGRL_SAVE=FOLDER go test ./trainer/model -run TestSaveForTransformers
    python3.11 benchmarks/reference/qwen3_files.py check trainer FOLDER

opens the models that our test loads from there and saves to FOLDER, each in
float32, in bfloat16 and in shards, and holds tensors and logits to the originals.
It also runs with transformers 4.51.3.
"""
import base64
import glob
import gzip
import hashlib
import io
import json
import os
import platform
import shutil
import struct
import sys

import safetensors
import safetensors.torch
import torch
import transformers
from transformers import AutoModelForCausalLM, Qwen3Config, Qwen3ForCausalLM

MODELS = {  # folder: dtype, tied, max_shard_size
    "f32": (torch.float32, False, "1GB"),
    "bf16_shards": (torch.bfloat16, False, "3KB"),
    "f16_tied": (torch.float16, True, "1GB"),
}
VERSIONS = {
    "transformers": transformers.__version__, "safetensors": safetensors.__version__,
    "torch": torch.__version__.split("+")[0], "python": platform.python_version(),
}


def tiny(dtype, tied):
    torch.manual_seed(7)
    config = Qwen3Config(
        vocab_size=23, hidden_size=8, intermediate_size=12, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        head_dim=6, max_position_embeddings=128, rope_theta=1e6, rms_norm_eps=1e-6, tie_word_embeddings=tied, initializer_range=0.5,
        eos_token_id=[3, 4], pad_token_id=3, bos_token_id=None,
    )
    model = Qwen3ForCausalLM(config)
    with torch.no_grad():
        for name, p in model.named_parameters():
            if "norm" in name:
                p.copy_(1 + 0.3 * torch.randn_like(p))
    return model.to(dtype)


def digest(t):
    return hashlib.sha256(t.detach().to(torch.float32).contiguous().numpy().tobytes()).hexdigest()


def make(root):
    out = os.path.join(root, "model", "testdata")
    golden = {"versions": VERSIONS, "models": {}}
    for name, (dtype, tied, size) in MODELS.items():
        folder = os.path.join(out, name)
        shutil.rmtree(folder, ignore_errors=True)
        model = tiny(dtype, tied)
        model.save_pretrained(folder, max_shard_size=size)
        golden["models"][name] = {n: digest(p) for n, p in model.named_parameters()}
    with open(os.path.join(out, "golden.json"), "w") as f:
        json.dump(golden, f, indent=1)
        f.write("\n")
    rows = [{"versions": VERSIONS}]
    for name, data in malformed().items():
        row = {"name": name, "file": base64.b64encode(data).decode()}
        try:
            row["tensors"] = sorted([n, d["dtype"], d["shape"]] for n, d in safetensors.deserialize(data))
        except safetensors.SafetensorError as e:
            row["error"] = str(e)
        rows.append(row)
    out = os.path.join(root, "safetensors", "testdata")
    os.makedirs(out, exist_ok=True)
    text = "".join(json.dumps(r) + "\n" for r in rows).encode()
    with open(os.path.join(out, "malformed.jsonl.gz"), "wb") as f:
        f.write(packed(text))
    bits = [0x0, 0x80000000, 0x1, 0x7FFF, 0x8000, 0x8001, 0x18000, 0x17FFF, 0x18001, 0x7F7FFFFF, 0x7F7F7FFF, 0x7F7F8000, 0x7F800000, 0xFF800000, 0x7FC00000, 0x3F800000, 0x3F808000, 0x3F818000]
    g = torch.Generator().manual_seed(1)
    bits += [int(b) & 0xFFFFFFFF for b in torch.randint(-(2**31), 2**31, (400,), generator=g)]
    x = torch.tensor([b - 2**32 if b >= 2**31 else b for b in bits], dtype=torch.int32).view(torch.float32)
    y = [int(v) & 0xFFFF for v in x.to(torch.bfloat16).view(torch.int16)]
    pairs = [p for p, v in zip(zip(bits, y), x.tolist()) if v == v] + [(0x7FC00000, 0x7FC0)]
    with open(os.path.join(out, "bfloat16.json"), "w") as f:
        json.dump({"versions": VERSIONS, "pairs": pairs}, f, separators=(",", ":"))
        f.write("\n")


def packed(text):
    b = io.BytesIO()
    with gzip.GzipFile(fileobj=b, mode="wb", mtime=0) as z:
        z.write(text)
    return b.getvalue()


def file(header, data=b""):
    b = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(b)) + b + data


def entry(dtype, shape, offsets):
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


def malformed():
    one = b'"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}'
    two = [0, 8]
    z = bytes(16)

    def a(*e):
        return {"a": entry(*e)}

    return {
        "empty file": b"",
        "seven bytes": b"1234567",
        "header of nothing": struct.pack("<Q", 0),
        "header too long": struct.pack("<Q", 100_000_001) + b"{}",
        "header beyond the end": struct.pack("<Q", 3) + b"{}",
        "pointer of Git LFS": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
        "no tensor": file({}),
        "no tensor, and bytes": file({}, b"x"),
        "space before": file(b" {}"),
        "space behind": file(b"{}   "),
        "newline behind": file(b"{}\n"),
        "zero behind": file(b"{}\0"),
        "brace behind": file(b"{}}"),
        "array": file(b"[]"),
        "string": file(b'"{}"'),
        "comma missing": file(b"{" + one + one.replace(b"a", b"b") + b"}", z[:4]),
        "metadata": file({"__metadata__": {"format": "pt", "x": ""}}),
        "metadata null": file({"__metadata__": None}),
        "metadata number": file({"__metadata__": {"a": 1}}),
        "metadata null inside": file({"__metadata__": {"a": None}}),
        "metadata deep": file({"__metadata__": {"a": {}}}),
        "good": file(a("F32", [2], two), z[:8]),
        "good, order of data": file({"a": entry("F32", [1], [4, 8]), "b": entry("F32", [1], [0, 4])}, z[:8]),
        "one byte short": file(a("F32", [2], two), z[:7]),
        "one byte long": file(a("F32", [2], two), z[:9]),
        "gap": file({"a": entry("F32", [1], [0, 4]), "b": entry("F32", [1], [8, 12])}, z[:12]),
        "gap at the begin": file(a("F32", [1], [4, 8]), z[:8]),
        "overlap": file({"a": entry("F32", [2], two), "b": entry("F32", [2], [4, 12])}, z[:12]),
        "same bytes": file({"a": entry("F32", [2], two), "b": entry("F32", [2], two)}, z[:8]),
        "shape too large": file(a("F32", [3], two), z[:8]),
        "shape too small": file(a("F32", [1], two), z[:8]),
        "offsets turned": file(a("F32", [0], [8, 0]), z[:8]),
        "overflow": file(a("F32", [2**63, 2], [0, 0])),
        "overflow of bytes": file(a("F32", [2**62], [0, 0])),
        "overflow before zero": file(a("F32", [2**63, 2, 0], [0, 0])),
        "scalar": file(a("F32", [], [0, 4]), z[:4]),
        "nothing in it": file(a("F32", [0], [0, 0])),
        "nothing between": file({"a": entry("F32", [1], [0, 4]), "z": entry("F32", [0], [4, 4]), "b": entry("F32", [1], [4, 8])}, z[:8]),
        "dtype unknown": file(a("Q4", [2], two), z[:8]),
        "dtype lower case": file(a("f32", [2], two), z[:8]),
        "dtype null": file(a(None, [2], two), z[:8]),
        "dtype number": file(a(32, [2], two), z[:8]),
        "shape negative": file(a("F32", [-2], two), z[:8]),
        "shape minus zero": file(b'{"a":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}'),
        "shape with point": file(a("F32", [2.0], two), z[:8]),
        "shape with exponent": file(b'{"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}', z[:4]),
        "shape of strings": file(a("F32", ["2"], two), z[:8]),
        "shape null": file(a("F32", None, [0, 4]), z[:4]),
        "shape with null": file(a("F32", [None], [0, 4]), z[:4]),
        "shape deep": file(a("F32", [[2]], two), z[:8]),
        "shape missing": file({"a": {"dtype": "F32", "data_offsets": [0, 4]}}, z[:4]),
        "offsets missing": file({"a": {"dtype": "F32", "shape": [1]}}, z[:4]),
        "offsets with point": file(a("F32", [2], [0, 8.0]), z[:8]),
        "three offsets": file(a("F32", [2], [0, 8, 9]), z[:8]),
        "one offset": file(a("F32", [2], [8]), z[:8]),
        "offset of 64 bits": file(a("F32", [2], [0, 2**64 - 1]), z[:8]),
        "offset of 65 bits": file(a("F32", [2], [0, 2**64]), z[:8]),
        "unknown field": file({"a": dict(entry("F32", [1], [0, 4]), extra=[{}])}, z[:4]),
        "field twice": file(b'{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', z[:4]),
        "field in capitals": file({"a": {"DTYPE": "F32", "shape": [1], "data_offsets": [0, 4]}}, z[:4]),
        "tensor twice": file(b"{" + one + b"," + one + b"}", z[:4]),
        "tensor twice, other bytes": file(b"{" + one + b"," + one.replace(b"0,4", b"4,8") + b"}", z[:8]),
        "tensor as array": file(b'{"a":["F32",[1],[0,4]]}', z[:4]),
        "tensor null": file(b'{"a":null}'),
        "name empty": file({"": entry("F32", [1], [0, 4])}, z[:4]),
        "name no UTF-8": file(b"{" + one.replace(b"a", b"\xff", 1) + b"}", z[:4]),
        "name half a pair": file(b"{" + one.replace(b'"a"', b'"\\ud800"') + b"}", z[:4]),
        "name escaped": file(b"{" + one.replace(b'"a"', b'"\\u0061\\ud83d\\ude00"') + b"}", z[:4]),
        "F4": file(a("F4", [2], [0, 1]), z[:1]),
        "F8": file(a("F8_E4M3", [2], [0, 2]), z[:2]),
        "F64": file(a("F64", [2], [0, 16]), z[:16]),
        "I64 and BOOL": file({"a": entry("I64", [1], [0, 8]), "b": entry("BOOL", [1], [8, 9])}, z[:9]),
        "deep": file(b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}"),
    }


def check(root, folder):
    ids = torch.tensor([[1, 5, 9, 22, 0, 7, 7, 13]])
    for name, (_, tied, _) in MODELS.items():
        original = {}
        for path in sorted(glob.glob(os.path.join(root, "model", "testdata", name, "*.safetensors"))):
            original.update(safetensors.torch.load_file(path))
        for kind in ("f32", "bf16", "shards"):
            stored = torch.bfloat16 if kind == "bf16" else torch.float32
            # Not from_pretrained: version 4 does not know where version 5 wrote theta.
            want = tiny(torch.float32, tied)
            keys = want.load_state_dict({n: t.to(stored).float() for n, t in original.items()}, strict=False)
            assert keys.missing_keys == ["lm_head.weight"] * tied and not keys.unexpected_keys, keys
            path = os.path.join(folder, name + "_" + kind)
            got, info = AutoModelForCausalLM.from_pretrained(path, torch_dtype="auto", output_loading_info=True)
            assert not info["missing_keys"] and not info["unexpected_keys"] and not info["mismatched_keys"], info
            assert type(got) is Qwen3ForCausalLM and got.dtype == stored, (path, got.dtype)
            c = got.config
            assert c.eos_token_id == [3, 4] and c.head_dim == 6 and c.tie_word_embeddings == tied
            theta = c.rope_parameters["rope_theta"] if transformers.__version__ >= "5" else c.rope_theta
            assert theta == 1e6, theta
            a, b = dict(want.named_parameters()), dict(got.named_parameters())
            assert a.keys() == b.keys(), a.keys() ^ b.keys()
            for n in a:
                assert torch.equal(a[n].to(stored), b[n]), (path, n)
            with torch.no_grad():
                logits = got.float()(ids).logits
                assert torch.equal(want.eval()(ids).logits, logits), path
            print("equal", os.path.basename(path), len(a), "tensors, logits", tuple(logits.shape))
    print(VERSIONS)


if __name__ == "__main__":
    {"make": make, "check": check}[sys.argv[1]](*sys.argv[2:])
