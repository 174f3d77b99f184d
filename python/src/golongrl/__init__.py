"""Rewards, verdicts and advantages for training language models, in milliseconds and without surprises.

>>> import golongrl
>>> golongrl.score("<think>hm</think>[Answer]\\nb\\na", "a\\nb", task="f1").score
1.0

The functions call a local server that the first call starts and that ends with
its last user; GOLONGRL_BACKEND and GOLONGRL_URL choose another carrier, with the
same results to the last bit: see :func:`connect`. Importing loads, starts and
connects nothing.
"""

from ._api import (
    advantage,
    ascore,
    ascore_batch,
    close,
    registry,
    score,
    score_batch,
    server_info,
    task_key,
    verify,
    verify_batch,
)
from ._client import Client, connect
from ._types import CallError, Error, ForkError, Score, Unavailable, Verdict

__version__ = "0.1.0"

__all__ = [
    "CallError",
    "Client",
    "Error",
    "ForkError",
    "Score",
    "Unavailable",
    "Verdict",
    "advantage",
    "ascore",
    "ascore_batch",
    "close",
    "connect",
    "registry",
    "score",
    "score_batch",
    "server_info",
    "task_key",
    "verify",
    "verify_batch",
]
