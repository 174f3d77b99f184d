"""Rows of the examples, what golongrl-score makes of them, and batches of them as verl has them."""

from __future__ import annotations

import json
import os
import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent.parent


def check(fact: bool, what: str) -> None:
    if not fact:
        raise SystemExit(f"does not hold: {what}")


def float32(x: float) -> float:
    return struct.unpack("f", struct.pack("f", x))[0]


def command(*args: str, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a command of golongrl-score makes of rows."""
    done = subprocess.run(
        [os.environ["GOLONGRL_SERVER"], *args, "--quiet", "-"],
        input="".join(json.dumps(row) + "\n" for row in rows),
        stdout=subprocess.PIPE,
        text=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def examples() -> list[dict[str, Any]]:
    """The rows of the verl schema among the examples, and some that cannot be scored."""
    rows = [json.loads(line) for line in (ROOT / "examples" / "rollouts.jsonl").read_text().splitlines()]
    rows = [row for row in rows if "data_source" in row]
    first = rows[0]
    rows.append({**first, "id": "unknown source", "group": "x", "data_source": "juggling", "extra_info": {}})
    rows.append({**first, "id": "no truth", "group": "y", "reward_model": {"ground_truth": None}})
    truth = json.dumps(first["reward_model"]["ground_truth"])
    rows.append({**first, "id": "truth as JSON", "reward_model": {"ground_truth": truth}})
    return rows


def expected(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    results = command("score", rows=rows)
    check(len(results) == len(rows), "golongrl-score answers every row")
    return results


def agrees(result: dict[str, Any], want: dict[str, Any]) -> bool:
    from golongrl.verl import KEYS

    if tuple(result) != KEYS or any(type(v) is not float for v in result.values()):
        return False
    score = 0.0 if want["score"] is None else want["score"]
    ones = {name for name in KEYS[3:] if result[name] == 1.0}
    return (
        result["score"] == result["acc"] == score
        and ones == {want["status"]}
        and result["scored"] == float(want["score"] is not None)
    )


def tokenizer(folder: str) -> Any:
    """A byte-level tokenizer of 256 tokens and an end, so that every text comes back as it was."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    inner = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    inner.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<|im_end|>", pad_token="<|pad|>")
    made.save_pretrained(folder)
    Path(folder, "config.json").write_text('{"model_type": "qwen2"}')
    return made


def config(*overrides: str) -> Any:
    import verl
    from hydra import compose, initialize_config_dir

    with initialize_config_dir(str(Path(verl.__file__).parent / "trainer" / "config"), version_base=None):
        return compose("ppo_trainer", overrides=list(overrides))


def batch(rows: list[dict[str, Any]], tok: Any) -> Any:
    """Rollouts as verl's agent loop leaves them: prompts padded left, responses right."""
    import numpy as np
    import torch
    from tensordict import TensorDict
    from verl import DataProto

    texts = [tok(row["response"], add_special_tokens=False)["input_ids"] + [tok.eos_token_id] for row in rows]
    n, width, prompt = len(rows), max(map(len, texts)) + 3, 4
    responses = torch.full((n, width), tok.pad_token_id)
    mask = torch.zeros((n, width), dtype=torch.int64)
    for i, ids in enumerate(texts):
        responses[i, : len(ids)] = torch.tensor(ids)
        mask[i, : len(ids)] = 1
    prompts = torch.zeros((n, prompt), dtype=torch.int64)
    attention = torch.cat([torch.ones((n, prompt), dtype=torch.int64), mask], dim=1)

    def column(values: list[Any]) -> Any:
        out = np.empty(n, dtype=object)
        out[:] = values
        return out

    columns = {
        "data_source": column([row["data_source"] for row in rows]),
        "reward_model": column([row["reward_model"] for row in rows]),
        "extra_info": column([dict(row.get("extra_info") or {}) for row in rows]),
        "uid": column([row["group"] for row in rows]),
    }
    tensors = {"prompts": prompts, "responses": responses, "attention_mask": attention, "response_mask": mask}
    return DataProto(batch=TensorDict(tensors, batch_size=n), non_tensor_batch=columns)
