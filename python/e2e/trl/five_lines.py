"""From the wheel to a reward in TRL, in five lines. MODEL is any causal language model; run.py gives a tiny one."""

from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

from golongrl.trl import math_verify

data = Dataset.from_list([{"prompt": "2 + 2 =", "solution": "4"}, {"prompt": "1/2 + 1/3 =", "solution": "5/6"}])
GRPOTrainer("MODEL", math_verify, GRPOConfig(max_steps=1, num_generations=8), data).train()
