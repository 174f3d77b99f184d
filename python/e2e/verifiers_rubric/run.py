"""golongrl.verifiers in a SingleTurnEnv of verifiers up to 0.3, with rubrics.

verifiers asks a scripted server over its own client, scores with the rubrics of golongrl.verifiers and gives out
rewards and metrics, which are compared with what the command golongrl-score gives for the same completions. Then
golongrl is made to fail, which has to be an error and not a reward of 0.
"""

from __future__ import annotations

import asyncio
import json
import os
from importlib.metadata import version
from typing import Any

import chat
import verifiers as vf
from datasets import Dataset
from samples import NINE, SAMPLES, TASKS, check, command_line

import golongrl
import golongrl.verifiers as rewards

ROLLOUTS = 4


def environment(rubric: Any) -> Any:
    rows = []
    for word, columns, _ in SAMPLES:
        info = {"metric" if name == "task" else name: value for name, value in columns.items() if name != "answer"}
        rows.append({"question": word, "answer": columns.get("answer", ""), "info": json.dumps(info)})
    return vf.SingleTurnEnv(dataset=Dataset.from_list(rows), rubric=rubric)


def text(completion: Any) -> str:
    message = completion[-1]
    return (message["content"] if isinstance(message, dict) else message.content) or ""


async def generate(rubric: Any, url: str, independent: bool) -> list[Any]:
    env = environment(rubric)
    inputs = env.get_dataset().repeat(ROLLOUTS)
    client = vf.ClientConfig(api_base_url=url, api_key_var="E2E_KEY")
    out = await env.generate(
        inputs, client=client, model="scripted", state_columns=["golongrl"], independent_scoring=independent
    )
    outputs = out["outputs"] if isinstance(out, dict) else out.outputs
    check(len(outputs) == len(SAMPLES) * ROLLOUTS, "every rollout is there")
    return list(outputs)


async def main() -> None:
    print("verifiers", version("verifiers"), flush=True)
    os.environ["E2E_KEY"] = "none"
    words = [word for word, _, _ in SAMPLES]
    kinds = {
        "rubric()": rewards.rubric(),
        "rubric(per_task=True)": rewards.rubric(per_task=True),
        "rubric('0.9*task + 0.1*format')": rewards.rubric("0.9*task + 0.1*format"),
        "vf.Rubric of reward": vf.Rubric(funcs=[rewards.reward]),
    }
    with chat.server() as url:
        for name, rubric in kinds.items():
            for independent in (False, True):
                outputs = await generate(rubric, url, independent)
                which = [words.index(text(o["prompt"])) for o in outputs]
                answers = [text(o["completion"]) for o in outputs]
                items = [SAMPLES[i][2] | {"response": a} for i, a in zip(which, answers, strict=True)]
                composite = ("--metric", "0.9*task + 0.1*format", "--force") if "*" in name else ()
                expected = command_line(items, *composite)
                for i, o, item, result in zip(which, outputs, items, expected, strict=True):
                    want = result["score"] or 0.0
                    check(o["reward"] == want, f"{name}: the reward of {item} is {want}, not {o['reward']}")
                    if "per_task" in name:
                        parts = {part: o["metrics"][part] for part in NINE}
                        check(parts == {part: want * (part == TASKS[i]) for part in NINE}, f"{name}: parts {parts}")
                    if "vf" not in name:
                        scored = float(result["score"] is not None)
                        check(o["metrics"]["scored"] == scored, f"{name}: {item} has scored {scored}")
                    if "rubric()" in name:
                        status = o["golongrl"]["golongrl"]
                        check(status["status"] == result["status"], f"{name}: the state has the status")
                        check((status["error"] is None) == ("error" not in result), f"{name}: and the error")
                mean = sum(o["reward"] for o in outputs) / len(outputs)
                how = "each rollout" if independent else "groups"
                print(f"{name}, {how}: {len(outputs)} rollouts, mean reward {mean:.4f}", flush=True)

        golongrl.close()
        os.environ.update(GOLONGRL_BACKEND="http", GOLONGRL_URL="http://127.0.0.1:9", GOLONGRL_TIMEOUT="2")
        try:
            await generate(rewards.rubric(), url, False)
        except golongrl.Error as e:
            print(f"golongrl away: {type(e).__name__}: {str(e)[:100]}")
        else:
            check(False, "a failure of golongrl is an error")


if __name__ == "__main__":
    asyncio.run(main())
