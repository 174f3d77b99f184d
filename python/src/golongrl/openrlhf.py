"""A reward function for OpenRLHF.

``--reward.remote_url "$(python -m golongrl.openrlhf path)"`` (0.10 and before: ``--remote_rm_url``) loads this file
and calls :func:`reward_func`. Labels, ``--data.label_key``, say what judges a row: the reference answer for the metric
in the environment variable ``GOLONGRL_METRIC``, or a row as a JSON text, such as
``{"metric":"math_verify","reference":"2"}``.

The function does in the process of the rollout worker what the route ``/get_reward`` of ``golongrl-score serve`` does
over HTTP, with the same answers, but that a row without a score does not end the call. torch is imported when the
function is called, if it is there.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import golongrl

# Absolute imports only: OpenRLHF executes this file by its path, outside of the package.

__all__ = ["ROW_KEYS", "make", "response_of", "reward_func", "row_of", "without_end"]

ROW_KEYS = ("reference", "ground_truth", "reward_model", "metric", "task", "data_source")
"""A JSON object with one of these members is a row; any other label is a reference answer."""

END_TOKENS = (
    "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end_of_text|>", "<|eom_id|>", "<｜end▁of▁sentence｜>", "</s>",
    "<end_of_turn>", "<eos>", "<|end|>", "<|return|>", "<|user|>", "<|observation|>", "[EOS]", "[e~[",
)  # fmt: skip
"""The special tokens with which models end their turn; OpenRLHF keeps them in queries."""

STATUSES = ("judged", "no_answer", "bad_answer", "bad_format", "bad_gold", "over_budget", "undecided", "error")

_log = logging.getLogger("golongrl.openrlhf")
_told: set[str] = set()


def without_end(response: str) -> str:
    """The response without the end tokens at its end, and the white space before and between them. One without end
    tokens is as it was."""
    while True:
        text = response.rstrip(" \t\r\n")
        for token in END_TOKENS:
            if text.endswith(token):
                response = text[: -len(token)]
                break
        else:
            return response


_MIN_TAIL, _MAX_TAIL = 32, 128  # bytes


def response_of(query: str, prompt: str) -> str:
    """The response in a query: what follows the prompt.

    A query is decoded from tokens, and a prompt that was too long has lost its beginning there, or a tokenizer has
    changed it. Then the response is what follows the only place of the prompt's last 128 bytes. Raises ValueError if
    there is none or more than one, since nobody knows then where the response begins.
    """
    if query.startswith(prompt):
        return query[len(prompt) :]
    q, p = (x.encode("utf-8", "surrogatepass") for x in (query, prompt))
    if len(p) < _MIN_TAIL:
        raise ValueError("the query does not begin with the prompt, which is too short to be looked for")
    tail = p[-_MAX_TAIL:]
    at = q.find(tail)
    if at < 0:
        raise ValueError(
            f"the query has neither the prompt at its beginning nor the last {len(tail)} bytes of it anywhere"
        )
    if q.find(tail, at + 1) >= 0:
        raise ValueError(
            f"the query does not begin with the prompt, and the last {len(tail)} bytes of it are in more than one place"
        )
    return q[at + len(tail) :].decode("utf-8", "surrogatepass")


def row_of(label: Any, response: str) -> dict[str, Any]:
    """The row that a label and a response make. Raises ValueError for a label that was to be JSON and is none."""
    value = label
    if isinstance(label, str):
        text = label.strip()
        if text.startswith("{"):
            try:
                value = json.loads(text)
            except (ValueError, RecursionError) as e:
                if text.startswith(('{"', "{'")):
                    raise ValueError(
                        f"the label begins like a JSON object but is none ({e}): write labels with json.dumps; if this "
                        'is the answer itself, give {"reference":"..."}'
                    ) from None
    if isinstance(value, Mapping) and any(key in value for key in ROW_KEYS):
        row = {key: v for key, v in value.items() if key != "responses"}
    else:
        row = {} if label is None else {"reference": label}
    row["response"] = response
    return row


def make(
    metric: str | None = None, *, profile: str | None = None, force: bool = False, unscored: float = 0.0
) -> Callable[..., dict[str, Any]]:
    """Makes a reward function; a file for ``--reward.remote_url`` may then be two lines::

        from golongrl.openrlhf import make
        reward_func = make("math_verify")

    metric judges rows whose label names none, or every row with force. A row without a score (its label cannot be used,
    the verdict is undecided) gets the number unscored, as OpenRLHF knows no None; ``extra_logs["scored"]`` is then 0.
    If golongrl itself fails the function raises golongrl.Error. OpenRLHF (0.11) logs that as "Failed to fetch reward"
    and has no reward for the sample then; without a reward model beside, it stops before the next update.
    """

    def reward_func(
        queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any] | None = None, **_: Any
    ) -> dict[str, Any]:
        n = len(queries)
        labels = [None] * n if labels is None else labels
        items: list[dict[str, Any]] = []
        scores: list[golongrl.Score | None] = [None] * n
        wrong: dict[int, str] = {}
        for i, (query, prompt, label) in enumerate(zip(queries, prompts, labels, strict=True)):
            try:
                items.append(row_of(label, without_end(response_of(query, prompt))))
            except ValueError as e:
                wrong[i] = str(e)
        results = iter(golongrl.score_batch(items, metric=metric, profile=profile, force=force) if items else [])
        for i in range(n):
            if i not in wrong:
                scores[i] = next(results)
        return _reply(scores, wrong, unscored)

    return reward_func


def reward_func(
    queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any] | None = None, **kwargs: Any
) -> dict[str, Any]:
    """The rewards of queries, as OpenRLHF calls it: ``{"rewards", "scores", "extra_logs"}``.

    rewards are what advantages are made of, scores the same within 0 and 1 for dynamic filtering, and extra_logs have
    ``scored`` and a 0 or 1 for each status. All are float tensors with one element for each query, or lists of floats
    if there is no torch. Settings are environment variables: ``GOLONGRL_METRIC`` for labels that name no metric,
    ``GOLONGRL_PROFILE`` and ``GOLONGRL_UNSCORED`` (0.0). See :func:`make` for rows without a score.
    """
    fn = make(
        os.environ.get("GOLONGRL_METRIC") or None,
        profile=os.environ.get("GOLONGRL_PROFILE") or None,
        unscored=float(os.environ.get("GOLONGRL_UNSCORED") or 0.0),
    )
    return fn(queries, prompts, labels, **kwargs)


def _reply(scores: Sequence[golongrl.Score | None], wrong: Mapping[int, str], unscored: float) -> dict[str, Any]:
    rewards: list[float] = []
    logs: dict[str, list[float]] = {name: [] for name in ("scored", *STATUSES)}
    for i, s in enumerate(scores):
        value = s.score if s is not None else None
        status = s.status if s is not None else "error"
        rewards.append(float(unscored) if value is None else float(value))
        logs["scored"].append(float(value is not None))
        for name in STATUSES:
            logs[name].append(float(name == status))
        if value is None:
            _tell(status, wrong.get(i) or (s.error if s is not None else None))
    clipped = [min(max(r, 0.0), 1.0) for r in rewards]
    return {
        "rewards": _tensor(rewards),
        "scores": _tensor(clipped),
        "extra_logs": {name: _tensor(values) for name, values in logs.items()},
    }


def _tell(status: str, error: str | None) -> None:
    if status not in _told:
        _told.add(status)
        _log.warning("no score for a query: %s: %s; further ones are only counted, under %s", status, error, status)


def _tensor(values: list[float]) -> Any:
    try:
        torch: Any = importlib.import_module("torch")
    except ImportError:
        return values
    return torch.tensor(values, dtype=torch.float32)


def _main(args: list[str]) -> int:
    if args == ["path"]:
        print(__file__)
        return 0
    print(__doc__)
    return 0 if args in ([], ["-h"], ["--help"]) else 2


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
