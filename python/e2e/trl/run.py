"""golongrl.trl inside TRL's GRPOTrainer on a tiny random model, on the CPU.

Runs, each in a process of its own: the nine functions and the combined one over the socket backend; the same in
process; the same as asynchronous functions on conversations; a composite; and five_lines.py, from the wheel that
GOLONGRL_WHEEL names, else from the tree. After each run but the last the rewards that TRL logged with the completions
are compared with what the command golongrl-score gives for the same completions.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from samples import NINE, SAMPLES, TASKS, check, command_line, float32, same

HERE = Path(__file__).resolve().parent
GENERATIONS = 8
STEPS = 6
COMPOSITE = "0.9*task + 0.1*format"


def train(mode: str, out: str) -> None:
    """Trains and checks what was logged. Leaves the table of completions in out."""
    import pandas
    import tiny
    import torch
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer

    import golongrl
    import golongrl.trl as rewards

    torch.set_num_threads(1)
    chat = mode == "async"
    prompt = (lambda w: [{"role": "user", "content": w}]) if chat else (lambda w: w)
    columns = sorted({name for _, columns, _ in SAMPLES for name in columns})
    dataset = Dataset.from_list(
        [{"prompt": prompt(word)} | {name: c.get(name) for name in columns} for word, c, _ in SAMPLES]
    )
    tokenizer = tiny.tokenizer([*(word for word, _, _ in SAMPLES), "assistant"])
    if mode == "composite":
        funcs = [rewards.make(COMPOSITE, name="composite")]
        names = ["composite"]
    else:
        asynchronous = mode == "async"
        combined = rewards.AsyncReward("golongrl") if asynchronous else rewards.reward
        funcs = [*rewards.reward_funcs(asynchronous=asynchronous), combined]
        names = [*NINE, "golongrl"]
    trainer = GRPOTrainer(
        model=tiny.model(len(tokenizer)),
        processing_class=tokenizer,
        reward_funcs=list(funcs),
        train_dataset=dataset,
        args=GRPOConfig(
            output_dir=out,
            max_steps=STEPS,
            per_device_train_batch_size=len(SAMPLES) * GENERATIONS,
            num_generations=GENERATIONS,
            max_completion_length=4,
            learning_rate=3e-3,
            logging_steps=1,
            log_completions=True,
            num_completions_to_print=1,
            save_strategy="no",
            report_to=[],
            use_cpu=True,
            bf16=False,
            disable_tqdm=True,
            seed=1,
        ),
    )
    check(trainer.reward_func_names == names, f"TRL names the functions {names}")
    trainer.train()
    check(trainer.state.global_step == STEPS, f"{STEPS} steps are done")

    words = [word for word, _, _ in SAMPLES]
    tables = []
    nonzero: dict[str, int] = {}
    for step in range(1, STEPS + 1):
        table = pandas.read_parquet(Path(out) / "completions" / f"completions_{step:05d}.parquet")
        tables.append(table)
        rows = table.to_dict("records")
        check(len(rows) == len(SAMPLES) * GENERATIONS, "every sample has its generations")
        which, items = [], []
        for row in rows:
            word = row["prompt"][0]["content"] if chat else row["prompt"]
            text = row["completion"][0]["content"] if chat else row["completion"]
            which.append(words.index(word))
            items.append(SAMPLES[which[-1]][2] | {"response": text})
        check(all(which.count(i) == GENERATIONS for i in range(len(SAMPLES))), "groups have their size")
        options = ("--metric", COMPOSITE, "--force") if mode == "composite" else ()
        expected = command_line(items, *options)
        own_results: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
        for row, i, result in zip(rows, which, expected, strict=True):
            where = f"step {step}, sample {words[i]!r}, completion {row['completion']!r}"
            for name in names:
                own = name in ("composite", "golongrl") or name == TASKS[i]
                if own:
                    own_results[name].append(result)
                want = float32(result["score"] if own else None)
                check(same(row[name], want), f"{where}: {name} is {want}, not {row[name]}")
                if want > 0:
                    nonzero[name] = nonzero.get(name, 0) + 1
            check(row[names[-1] + "_status"].startswith(result["status"]), f"{where}: status {result['status']}")
            if result["score"] is None:
                check(row["advantage"] == 0, f"{where}: no score, no advantage")
        sums = [
            None if all(row[n] != row[n] for n in names) else sum(row[n] for n in names if row[n] == row[n])
            for row in rows
        ]
        own = golongrl.advantage(sums, which, estimator="grpo(stack=trl)")
        gap = max(abs(row["advantage"] - (a if a == a else 0.0)) for row, a in zip(rows, own, strict=True))
        check(gap < 1e-4, f"step {step}: TRL's advantages are {gap} from those of grpo(stack=trl)")
        log = next(entry for entry in trainer.state.log_history if entry.get("step") == step)
        for name in names:
            mean = table[name].mean()  # leaves NaN out
            check(abs(log[f"rewards/{name}/mean"] - mean) < 1e-6, f"step {step}: the mean of {name} is logged")
            results = own_results[name]
            judged = sum(r["status"] == "judged" for r in results) / len(results)
            unscored = sum(r["score"] is None for r in results) / len(results)
            check(
                abs(log[f"golongrl/{name}/judged"] - judged) < 1e-6, f"step {step}: {name}: {judged} judged is logged"
            )
            check(
                abs(log[f"golongrl/{name}/unscored"] - unscored) < 1e-6,
                f"step {step}: {name}: {unscored} unscored is logged",
            )
    if mode != "composite":
        unscored = tables[0]["golongrl"].isna().sum()
        check(unscored > GENERATIONS, "the unknown task and answers to the empty reference have no reward")
        missing = [name for name in NINE if name not in nonzero]
        check(not missing, f"random answers hit the references, but not those of {missing}")
    pandas.concat(tables).drop(columns="step").to_json(Path(out) / "all.json", orient="records")
    print(f"\n{mode}: {STEPS} steps, {sum(map(len, tables))} completions, rewards above 0: {nonzero}", flush=True)


def five_lines(out: str) -> None:
    """Runs the five lines, with a tiny model for MODEL."""
    import tiny
    import torch
    import trl

    import golongrl.trl as rewards

    torch.set_num_threads(1)
    tokenizer = tiny.tokenizer(["2", "+", "=", "1/2", "1/3"])
    tokenizer.save_pretrained(out)
    tiny.model(len(tokenizer)).save_pretrained(out)
    source = (HERE / "five_lines.py").read_text()
    lines = [line for line in source.splitlines()[1:] if line and not line.startswith("#")]
    check(len(lines) == 5, "there are five lines")
    done = []
    train = trl.GRPOTrainer.train

    def watched(self: Any) -> Any:
        result = train(self)
        done.append(self)
        return result

    trl.GRPOTrainer.train = watched
    os.chdir(out)
    # The machine has no GPU, and TRL's default is bf16.
    config = trl.GRPOConfig
    trl.GRPOConfig = lambda **kwargs: config(use_cpu=True, bf16=False, report_to=[], max_completion_length=4, **kwargs)
    exec(compile(source.replace("MODEL", out), "five_lines.py", "exec"), {"__name__": "__main__"})
    check(len(done) == 1 and done[0].state.global_step == 1, "one step is done")
    log = done[0].state.log_history[0]
    check(0 <= log["rewards/math_verify/mean"] <= 1, "TRL logs the reward")
    check(log["golongrl/math_verify/unscored"] < 1, "completions have scores")
    place = "the wheel" if "/wheel/" in rewards.__file__ else "the tree"
    print(f"\nfive_lines: one step with golongrl of {place}, mean reward {log['rewards/math_verify/mean']}", flush=True)


def unpack(wheel: str, folder: Path) -> str:
    """What pip does with a wheel of this kind."""
    with zipfile.ZipFile(wheel) as z:
        z.extractall(folder)
        for info in z.infolist():
            if mode := info.external_attr >> 16 & 0o777:
                (folder / info.filename).chmod(mode)
    return str(folder)


def main() -> None:
    if len(sys.argv) == 3:
        mode, out = sys.argv[1:]
        five_lines(out) if mode == "five_lines" else train(mode, out)
        return
    wheel = os.environ.pop("GOLONGRL_WHEEL", None)
    print("trl", version("trl"), "transformers", version("transformers"), "torch", version("torch"), flush=True)
    kept: dict[str, Any] = {}
    for mode in ("socket", "inproc", "async", "composite", "five_lines"):
        with tempfile.TemporaryDirectory() as out:
            env = {
                **os.environ,
                "GOLONGRL_BACKEND": "inproc" if mode == "inproc" else "socket",
                "HF_HUB_OFFLINE": "1",
                "TOKENIZERS_PARALLELISM": "false",
            }
            if mode == "five_lines" and wheel:
                del env["GOLONGRL_SERVER"], env["GOLONGRL_LIBRARY"]
                env["PYTHONPATH"] = os.pathsep.join([unpack(wheel, Path(out) / "wheel"), str(HERE.parent / "lib")])
            done = subprocess.run(
                [sys.executable, __file__, mode, out],
                env=env,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            if done.returncode:
                print(done.stdout[-6000:])
                raise SystemExit(f"{mode} failed")
            print(*(line for line in done.stdout.splitlines() if line.startswith(f"{mode}: ")), sep="\n", flush=True)
            table = Path(out) / "all.json"
            kept[mode] = table.read_text() if table.exists() else None
    check(kept["socket"] == kept["inproc"], "both backends train on the same completions, rewards and advantages")
    print("socket and inproc: the same completions, rewards and advantages in every step")


if __name__ == "__main__":
    main()
