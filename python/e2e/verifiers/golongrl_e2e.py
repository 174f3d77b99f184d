"""A taskset and a harness of verifiers.v1 for run.py, which verifiers finds by the name of this module.

The harness asks its model in this process, through verifiers' own interception, instead of starting a program.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpx
import verifiers.v1 as vf
from samples import SAMPLES

import golongrl.verifiers


class Data(vf.TaskData):
    """A sample with the columns of golongrl."""

    task: str | None = None
    reference: Any = None
    solution: str | None = None
    answer: str | None = None
    data_source: str | None = None
    reward_model: dict[str, Any] | None = None


class Task(vf.Task[Data]):
    """The rewards: all samples by their own tasks, and a metric expression."""

    judged = golongrl.verifiers.method()
    composite = golongrl.verifiers.method("0.9*task + 0.1*format", weight=2.0, name="composite", unscored=-1.0)


class Taskset(vf.Taskset[Task]):
    """The samples."""

    def load(self) -> Iterable[Task]:
        for word, columns, _ in SAMPLES:
            yield Task(Data(prompt=word, **columns), self.config.task)


class Harness(vf.Harness[vf.HarnessConfig]):
    """One question, one answer."""

    NEEDS_CONTAINER = False
    EXECUTES_CODE = False

    async def launch(
        self, ctx: Any, trace: Any, runtime: Any, endpoint: str, secret: str, mcp_urls: Any, data: Any, **kwargs: Any
    ) -> vf.ProgramResult:
        body = {"model": ctx.model, "messages": [{"role": "user", "content": data.prompt}]}
        async with httpx.AsyncClient(timeout=60) as client:
            reply = await client.post(
                f"{endpoint}/chat/completions", json=body, headers={"Authorization": f"Bearer {secret}"}
            )
        reply.raise_for_status()
        return vf.ProgramResult(exit_code=0, stdout="", stderr="")


__all__ = ["Harness", "Taskset"]
