"""golongrl.swift inside ms-swift: its command rlhf with GRPO on a tiny random model, on the CPU.

ms-swift loads the plugin whose path ``python -m golongrl.swift`` prints and a plugin file of two lines with a metric
expression, finds the rewards by name in its own registry, and trains. What its trainer gave to the rewards and got from
them is watched, and compared with what the command golongrl-score gives for the same completions.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from samples import NINE, SAMPLES, TASKS, check, command_line, float32, same

GENERATIONS = 4
STEPS = 2
COMPOSITE = "0.9*task + 0.1*format"
PLUGIN = f"""from golongrl.swift import register
register(composite="{COMPOSITE}")
"""


def train(out: Path) -> None:
    import tiny
    import torch

    torch.set_num_threads(1)
    words = [word for word, _, _ in SAMPLES]
    tokenizer = tiny.tokenizer([*words, "<|im_start|>", "<|im_end|>"])
    tokenizer.save_pretrained(out / "model")
    tiny.model(len(tokenizer)).save_pretrained(out / "model")
    columns = sorted({name for _, columns, _ in SAMPLES for name in columns})
    # ms-swift takes a column "answer" for the response of its own; "solution" is its name for the reference.
    with (out / "data.jsonl").open("w") as f:
        for word, sample, _ in SAMPLES:
            row = {name: sample.get(name) for name in columns if name != "answer"}
            row["solution"] = row.get("solution") or sample.get("answer")
            f.write(json.dumps({"messages": [{"role": "user", "content": word}]} | row) + "\n")
    own = out / "own_plugin.py"
    own.write_text(PLUGIN)
    printed = subprocess.run([sys.executable, "-m", "golongrl.swift"], stdout=subprocess.PIPE, text=True, check=True)
    names = [*(f"golongrl_{name}" for name in NINE), "golongrl", "golongrl_async", "composite"]

    from swift.pipelines import rlhf_main
    from swift.rlhf_trainers import grpo_trainer

    calls: list[tuple[list[Any], Any]] = []
    score = grpo_trainer.score_completions

    def watched(samples: Any, **kwargs: Any) -> Any:
        rewards = score(samples, **kwargs)
        check([type(f).__name__ for f in kwargs["reward_funcs"]] == names, "ms-swift made the rewards by their names")
        calls.append(([list(sample.messages) for sample in samples], rewards))
        return rewards

    grpo_trainer.score_completions = watched
    arguments = {
        "rlhf_type": "grpo",
        "model": str(out / "model"),
        "model_type": "qwen2",
        "template": "qwen2_5",
        "tuner_type": "full",
        "dataset": str(out / "data.jsonl"),
        "dataset_shuffle": "false",
        "split_dataset_ratio": "0",
        "max_steps": str(STEPS),
        "num_generations": str(GENERATIONS),
        "per_device_train_batch_size": str(len(SAMPLES) * GENERATIONS),
        "max_completion_length": "4",
        "max_length": "32",
        "use_cpu": "true",
        "bf16": "false",
        "fp16": "false",
        "torch_dtype": "float32",
        "attn_impl": "eager",
        "use_vllm": "false",
        "logging_steps": "1",
        "save_strategy": "no",
        "report_to": "none",
        "create_checkpoint_symlink": "false",
        "output_dir": str(out / "output"),
        "seed": "1",
    }
    command = [word for name, value in arguments.items() for word in (f"--{name}", value)]
    rlhf_main([*command, "--external_plugins", printed.stdout.strip(), str(own), "--reward_funcs", *names])

    check(len(calls) == STEPS, f"the rewards are called in each of {STEPS} steps")
    above: dict[str, int] = {}
    none = 0
    for conversations, rewards in calls:
        which = [words.index(next(m["content"] for m in c if m["role"] == "user")) for c in conversations]
        check(all(which.count(i) == GENERATIONS for i in range(len(words))), "every sample has its generations")
        items = [SAMPLES[i][2] | {"response": c[-1]["content"]} for i, c in zip(which, conversations, strict=True)]
        plain = command_line(items)
        composite = command_line(items, "--metric", COMPOSITE, "--force")
        for k, i in enumerate(which):
            for name, got in zip(names, rewards[k].tolist(), strict=True):
                result = composite[k] if name == "composite" else plain[k]
                off = name.removeprefix("golongrl_") in NINE and name != f"golongrl_{TASKS[i]}"
                want = float32(None if off else result["score"])
                check(same(got, want), f"{name} of {items[k]} is {want}, not {got}")
                none += got != got and not off
                above[name] = above.get(name, 0) + (want > 0)
    check(sum(above[f"golongrl_{name}"] for name in NINE) == above["golongrl"] > 0, "some answers have rewards")
    check(none > 0, "some rows have no score, and no reward")
    # The beware of golongrl.swift: no reward at all is 0 here, with an advantage.
    from swift.rl_core.advantage import compute_advantages

    unscored = compute_advantages(torch.tensor([[1.0], [float("nan")]]), torch.ones(1), num_generations=2)[0]
    check(unscored[1].item() < -0.7, "ms-swift takes no reward for 0")
    logs = [json.loads(line) for path in out.rglob("logging.jsonl") for line in path.read_text().splitlines()]
    for name in names:
        check(f"rewards/{name}/mean" in logs[0], f"ms-swift logs the mean of {name}")
    import trl as host

    check("golongrl" not in host.__file__, "the plugin hides no package")
    total = sum(len(c) for c, _ in calls)
    print(f"\nswift: {STEPS} steps, {total} completions, {len(names)} rewards, above 0: {above}", flush=True)


def main() -> None:
    if len(sys.argv) == 2:
        train(Path(sys.argv[1]))
        return
    print("ms-swift", version("ms-swift"), "trl", version("trl"), "transformers", version("transformers"), flush=True)
    for backend in ("socket", "inproc"):
        with tempfile.TemporaryDirectory() as out:
            env = {
                **os.environ,
                "GOLONGRL_BACKEND": backend,
                "HF_HUB_OFFLINE": "1",
                "CUDA_VISIBLE_DEVICES": "",
                "TOKENIZERS_PARALLELISM": "false",
                "MODELSCOPE_CACHE": out,
            }
            done = subprocess.run(
                [sys.executable, __file__, out], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            if done.returncode:
                print(done.stdout[-6000:])
                raise SystemExit(f"{backend} failed")
            lines = [line for line in done.stdout.splitlines() if line.startswith("swift: ")]
            print(*(f"{backend}, {line}" for line in lines), sep="\n", flush=True)


if __name__ == "__main__":
    main()
