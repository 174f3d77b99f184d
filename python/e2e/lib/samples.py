"""Samples of the nine rewards for tests inside hosts, and what the command golongrl-score gives for them."""

from __future__ import annotations

import json
import math
import os
import struct
import subprocess
from typing import Any

NINE = ("em", "choice", "f1", "math_verify", "iou", "sub_em", "ndcg", "pairwise", "rouge_l")

# Each sample: its prompt, its columns as a dataset may have them, and the row of golongrl-score that it stands for.
TABLE = '{"columns": ["x", "y"], "data": [["1", "2"], ["3", "4"]]}'
SAMPLES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("one", {"task": "em", "reference": ["A", "B"]}, {"task": "em", "reference": ["A", "B"]}),
    (
        "two",
        {"data_source": "selection", "reward_model": {"ground_truth": {"golden_label": "A"}}},
        {"data_source": "selection", "reward_model": {"ground_truth": {"golden_label": "A"}}},
    ),
    ("three", {"task": "T3", "reference": ["a", "b"]}, {"task": "f1", "reference": ["a", "b"]}),
    ("four", {"task": "math_verify", "answer": "4"}, {"task": "math_verify", "reference": "4"}),
    ("five", {"task": "iou", "solution": TABLE}, {"task": "iou", "reference": TABLE}),
    ("six", {"task": "sub_em", "reference": ["a", "b"]}, {"task": "sub_em", "reference": ["a", "b"]}),
    ("seven", {"task": "ndcg", "reference": ["a", "b", "c"]}, {"task": "ndcg", "reference": ["a", "b", "c"]}),
    ("eight", {"task": "pairwise", "reference": ["a", "b", "c"]}, {"task": "pairwise", "reference": ["a", "b", "c"]}),
    ("nine", {"task": "rouge_l", "solution": "the cat sat"}, {"task": "rouge_l", "reference": "the cat sat"}),
    ("unknown", {"task": "juggling", "solution": "A"}, {"task": "juggling", "reference": "A"}),
    ("empty", {"task": "f1", "reference": []}, {"task": "f1", "reference": []}),
]
# The reward that each sample is for; none for the one of an unknown task.
TASKS = ["em", "choice", "f1", "math_verify", "iou", "sub_em", "ndcg", "pairwise", "rouge_l", None, "f1"]


def check(fact: bool, what: str) -> None:
    if not fact:
        raise SystemExit(f"does not hold: {what}")


def float32(x: float | None) -> float:
    """What TRL keeps of a reward: a float32, NaN for None."""
    return math.nan if x is None else struct.unpack("f", struct.pack("f", x))[0]


def same(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b))


def command_line(rows: list[dict[str, Any]], *options: str) -> list[dict[str, Any]]:
    """What golongrl-score gives for the rows."""
    done = subprocess.run(
        [os.environ["GOLONGRL_SERVER"], "score", "--quiet", *options, "-"],
        input="".join(json.dumps(row) + "\n" for row in rows),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    results = [json.loads(line) for line in done.stdout.splitlines()]
    check(len(results) == len(rows), "golongrl-score answers every row")
    return results
