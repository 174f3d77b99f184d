"""golongrl.openrlhf, beside the server's route for OpenRLHF."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import types
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

import golongrl
import golongrl.openrlhf as rlhf

USER, ASSISTANT = "<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n"


def prompt(text: str) -> str:
    return USER + text + ASSISTANT


# query, prompt, label; all of them can be judged with the metric em for labels that name none.
CASES: list[tuple[str, str, Any]] = [
    (prompt("a") + "<think>.</think>Paris<|im_end|>", prompt("a"), "Paris"),
    (prompt("a") + "<think>.</think>Paris<|im_end|>\n<|endoftext|>", prompt("a"), "Paris"),
    (prompt("a") + "<think>.</think>London<|im_end|>", prompt("a"), "Paris"),
    (prompt("a") + "<think>Paris<|im_end|>", prompt("a"), "Paris"),
    (prompt("a"), prompt("a"), "Paris"),
    ("ends in </s> text", "ends", "x"),
    (prompt("b") + "It is \\boxed{\\frac12}.<|im_end|>", prompt("b"), '{"metric":"math_verify","reference":"0.5"}'),
    (prompt("b") + "It is \\boxed{3}.</s>", prompt("b"), ' {"metric": "3 - 2*math_verify", "reference": "3"} '),
    (prompt("c") + "<think>.</think>[Answer]\nb\na", prompt("c"), {"task": "f1", "reference": ["a", "b"]}),
    (prompt("d") + "<think>.</think>A", prompt("d"), '{"data_source":"EM","reward_model":{"ground_truth":"A"}}'),
    # A prompt that has lost its beginning.
    (prompt("x" * 300)[200:] + "<think>.</think>Paris", prompt("x" * 300), "Paris"),
    ("<s>" + prompt("é" * 100) + "<think>.</think>Paris", prompt("é" * 100), "Paris"),
    ("<think>.</think>{1, 2}", "", "{1, 2}"),
    ("<think>.</think>42", "", 42),
]


@pytest.fixture(scope="module")
def route(serve: Callable[..., Any]) -> Callable[[list[Any]], Any]:
    """The server's answer to what OpenRLHF sends; an error is its text."""
    url = serve("--addr", "127.0.0.1:0", "--metric", "em", "--unscored", "-0.25").url

    def ask(cases: list[Any]) -> Any:
        body = dict(zip(("query", "prompts", "labels"), map(list, zip(*cases, strict=True)), strict=True))
        request = urllib.request.Request(
            url + "/get_reward", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as e:
            return e.code, json.load(e)

    return ask


@pytest.fixture(autouse=True)
def without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)


def columns(cases: list[Any]) -> list[list[Any]]:
    return [list(column) for column in zip(*cases, strict=True)]


def test_equals_the_route(route: Callable[[list[Any]], Any]) -> None:
    want = route(CASES)
    got = rlhf.make("em", unscored=-0.25)(*columns(CASES))
    assert got["rewards"] == want["rewards"] and got["scores"] == want["scores"]
    assert got["rewards"][:9] == [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0] and got["rewards"][9:13] == [1.0] * 4
    assert {name: got["extra_logs"][name] for name in want["extra_logs"]} == want["extra_logs"]
    assert set(got["extra_logs"]) - set(want["extra_logs"]) == {"error"} and not any(got["extra_logs"]["error"])


@pytest.mark.parametrize(
    "case",
    [
        ("no prompt here", "prompt", "x"),
        ("y" * 50 + "answer", "z" * 40, "x"),
        (("t" * 128) * 3, "s" + "t" * 128, "x"),
        ("a", "", '{"metric":"em","refe'),
        ("a", "", "{'metric': 'em', 'reference': 'x'}"),
        ("a", "", '{"metric":"emm","reference":"x"}'),
        ("a", "", '{"metric":"em"}'),
        ("a", "", '{"metric":"iou","reference":"no table"}'),
        ("a", "", '{"a":' * 100_000),
    ],
    ids=range(9),
)
def test_what_the_route_refuses_has_no_score(route: Callable[[list[Any]], Any], case: Any) -> None:
    code, reply = route([CASES[0], case])
    assert code == 422 and reply["item"] == 1
    got = rlhf.make("em", unscored=-0.25)(*columns([CASES[0], case, CASES[2]]))
    assert got["rewards"] == [1.0, -0.25, 0.0] and got["scores"] == [1.0, 0.0, 0.0]
    assert got["extra_logs"]["scored"] == [1.0, 0.0, 1.0]
    assert got["extra_logs"]["error"][1] + got["extra_logs"]["bad_gold"][1] == 1.0


def test_scores_are_within_0_and_1() -> None:
    got = rlhf.make("3*em - 1")(["<think>.</think>a", "<think>.</think>b"], ["", ""], ["a", "a"])
    assert got["rewards"] == [2.0, -1.0] and got["scores"] == [1.0, 0.0]


def test_empty_and_without_labels() -> None:
    got = rlhf.reward_func([], [], [])
    assert got["rewards"] == [] and set(got["extra_logs"]) == {"scored", *rlhf.STATUSES}
    assert rlhf.STATUSES == tuple(s["name"] for s in golongrl.registry()["statuses"])
    assert rlhf.make("format")(["<think>.</think>a"], [""])["rewards"] == [1.0]
    with pytest.raises(ValueError):
        rlhf.make("em")(["a", "b"], ["a"], ["x", "y"])


def test_a_failure_of_golongrl_is_no_reward() -> None:
    with pytest.raises(golongrl.CallError, match="metric"):
        rlhf.make("emm")(["a"], [""], ["x"])


def test_loaded_by_path_with_settings_and_tensors(monkeypatch: pytest.MonkeyPatch) -> None:
    """As OpenRLHF loads it, and with what it asks of tensors."""
    command = [sys.executable, "-c", "from golongrl.openrlhf import _main; _main(['path'])"]
    env = {"PYTHONPATH": str(rlhf.__file__).rpartition("/golongrl/")[0]}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=env, timeout=30)
    spec = importlib.util.spec_from_file_location("reward_func", done.stdout.strip())
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    torch = types.ModuleType("torch")
    torch.tensor = lambda values, dtype: ("tensor", values, dtype)  # type: ignore[attr-defined]
    torch.float32 = "float32"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setenv("GOLONGRL_METRIC", "1 - em")
    got = module.reward_func(["p<think>.</think>a</s>"], ["p"], ["b"])
    assert got["rewards"] == ("tensor", [1.0], "float32") and got["extra_logs"]["judged"] == (
        "tensor",
        [1.0],
        "float32",
    )
    monkeypatch.setenv("GOLONGRL_METRIC", "")
    monkeypatch.setenv("GOLONGRL_UNSCORED", "-2")
    assert module.reward_func(["a"], [""], ["b"])["rewards"] == ("tensor", [-2.0], "float32")
