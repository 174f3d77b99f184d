"""golongrl.verifiers in the tasks of verifiers.v1.

verifiers runs episodes of its SingleAgentEnv against a scripted server, and scores them: by reward methods of the task,
and by functions that the configuration names. The rewards on the traces are compared with what the command
golongrl-score gives for the same replies. Then golongrl is made to fail, which has to be an error of the trace.
"""

from __future__ import annotations

import asyncio
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import chat
from samples import NINE, SAMPLES, TASKS, check, command_line

sys.path.insert(0, str(Path(__file__).resolve().parent))

import verifiers.v1 as vf

import golongrl

ROLLOUTS = 4
PLUGGED = {f"plugged_{name}": {"fn": f"golongrl.verifiers:{name}", "weight": 0.5} for name in ("reward", *NINE)}


async def episodes(url: str) -> list[Any]:
    config = vf.SingleAgentEnvConfig.model_validate(
        {
            "taskset": {"id": "golongrl_e2e", "task": {"rewards": PLUGGED}},
            "agent": {
                "harness": {"id": "golongrl_e2e"},
                "runtime": {"type": "subprocess"},
                "retries": {"max_retries": 0},
            },
        }
    )
    env = vf.SingleAgentEnv(config)
    ctx = vf.ModelContext(model="scripted", client=vf.EvalClientConfig(base_url=url, api_key_var="E2E_KEY"))
    async with env.serving():
        tasks = [task for task in env.taskset for _ in range(ROLLOUTS)]
        at_once = asyncio.Semaphore(8)

        async def episode(task: Any) -> Any:
            async with at_once:
                return await env.run_episode(task, ctx)

        done = await asyncio.gather(*map(episode, tasks))
    check(len(done) == len(SAMPLES) * ROLLOUTS, "every episode is there")
    return [trace for episode in done for trace in episode.traces]


async def main() -> None:
    print("verifiers", version("verifiers"), flush=True)
    os.environ["E2E_KEY"] = "none"
    words = [word for word, _, _ in SAMPLES]
    with chat.server() as url:
        traces = await episodes(url)
        for trace in traces:
            check(trace.ok, f"the episode runs: {trace.errors}")
        which = [words.index(trace.task.data.prompt) for trace in traces]
        # As the messages have it: last_reply is without the white space around.
        answers = [trace.assistant_messages[-1].content for trace in traces]
        items = [SAMPLES[i][2] | {"response": a} for i, a in zip(which, answers, strict=True)]
        plain = command_line(items)
        composite = command_line(items, "--metric", "0.9*task + 0.1*format", "--force")
        for i, trace, item, p, c in zip(which, traces, items, plain, composite, strict=True):
            score = p["score"] or 0.0
            want = {"golongrl": score, "composite": -1.0 if c["score"] is None else c["score"], "plugged_reward": score}
            want |= {f"plugged_{name}": score * (name == TASKS[i]) for name in NINE}
            got = {name: reward.score for name, reward in trace.rewards.items()}
            check(got == want, f"the rewards of {item} are {want}, not {got}")
            total = sum(r.score * r.weight for r in trace.rewards.values())
            check(trace.reward == total and abs(total - (2 * score + 2 * want["composite"])) < 1e-9, "weights count")
            check(trace.info["golongrl"]["golongrl"]["status"] == p["status"], f"{item}: the trace has the status")
            check(trace.metrics["golongrl_scored"] == float(p["score"] is not None), f"{item}: the trace has scored")
        mean = sum(p["score"] or 0.0 for p in plain) / len(plain)
        print(f"{len(traces)} episodes, {len(got)} rewards each, mean of golongrl {mean:.4f}", flush=True)

        golongrl.close()
        os.environ.update(GOLONGRL_BACKEND="http", GOLONGRL_URL="http://127.0.0.1:9", GOLONGRL_TIMEOUT="2")
        traces = await episodes(url)
        check(not any(trace.ok for trace in traces), "without golongrl no trace is ok")
        check(all(r is None for trace in traces for r in trace.rewards.values()), "nor has it rewards")
        print(f"golongrl away: {traces[0].errors[-1].type}: {traces[0].errors[-1].message[:100]}")


if __name__ == "__main__":
    asyncio.run(main())
