"""golongrl.areal without AReaL: python/e2e/areal has its real wrapper."""

from __future__ import annotations

import concurrent.futures
import logging
import multiprocessing
import os
import pickle

import pytest
from conftest import run

import golongrl
from golongrl import areal

THINK = "<think>x</think>"
EM = {"task": "em", "reference": "KX-4471"}


def reward(response: str, f: object = areal.reward_fn, **row: object) -> float:
    return f("prompt", response, [1, 2], [3, 4, 5], **row)  # type: ignore[operator]


@pytest.mark.usefixtures("server_program")
class TestReward:
    def test_by_the_task_of_the_row(self) -> None:
        assert reward(THINK + "KX-4471", **EM) == 1.0
        assert reward(THINK + "no", **EM) == 0.0
        value = reward(
            THINK + "[Answer]\na\nc", task="f1", reference=["a", "b"], messages=[object()], prompt="is a column"
        )
        assert value == 0.5

    def test_columns_of_verl(self) -> None:
        row = {"data_source": "EM", "reward_model": {"style": "rule", "ground_truth": {"golden_label": "KX-4471"}}}
        assert reward(THINK + "KX-4471", **row, extra_info={"reward_mode": "EM", "index": 3}) == 1.0

    def test_answer_is_the_reference_with_a_metric(self) -> None:
        f = areal.make("math_verify")
        assert reward(r"So \boxed{1/2}.", f, messages=[], answer="0.5") == 1.0
        assert reward(r"So \boxed{1/3}.", f, messages=[], answer="0.5") == 0.0

    def test_end_tokens_are_no_answer(self) -> None:
        assert reward(THINK + "KX-4471<|im_end|>\n<|endoftext|>", **EM) == 1.0
        assert reward(THINK + "KX-4471 <|im_end|> is it", **EM) == 0.0

    def test_length_is_that_of_the_completion(self) -> None:
        f = areal.make("length / 10", force=True)
        assert reward("a", f, **EM) == pytest.approx(0.3)
        assert reward("a", f, **EM, length=7) == pytest.approx(0.7)

    def test_a_row_without_score_is_said(self, caplog: pytest.LogCaptureFixture) -> None:
        areal._warned.clear()
        with caplog.at_level(logging.WARNING):
            assert reward("a", task="em") == 0.0
            assert reward("a", task="em") == 0.0
            assert reward("a", areal.make(unscored=-1), task="no_such_task", reference="a") == -1.0
        assert ["reference" in r.getMessage() for r in caplog.records] == [True, False]
        with pytest.raises(areal.Unscored, match="reference"):
            reward("a", areal.make(unscored="raise"), task="em")

    def test_values_without_json_are_the_row_s_fault(self) -> None:
        assert reward("a", task="em", reference=object()) == 0.0
        assert reward(None, **EM) == 0.0  # type: ignore[arg-type]

    def test_a_wrong_option_raises(self) -> None:
        with pytest.raises(golongrl.CallError, match="metric"):
            reward("a", areal.make("nonsense("), **EM)

    @pytest.mark.parametrize("method", ["fork", "spawn"])
    def test_in_pools(self, method: str) -> None:
        assert reward(THINK + "KX-4471", **EM) == 1.0  # the parent has connections
        context = multiprocessing.get_context(method)
        with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
            futures = [pool.submit(reward, THINK + text, **EM) for text in ["KX-4471", "no"] * 4]
            assert [f.result(timeout=60) for f in futures] == [1.0, 0.0] * 4


def test_a_server_that_does_not_answer_raises_in_time(tmp_path: object) -> None:
    import socket
    import tempfile

    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as s:
        s.bind(f"{folder}/s")
        s.listen()
        os.environ["GOLONGRL_URL"] = f"unix:{folder}/s"
        try:
            with pytest.raises(golongrl.Unavailable):
                reward("a", areal.make("em", timeout=0.2), reference="a")
        finally:
            del os.environ["GOLONGRL_URL"]
            areal._clients.clear()


def test_pickle() -> None:
    f = areal.make("em", profile="reference", unscored=-1.0, timeout=3)
    assert pickle.loads(pickle.dumps(f)) == f
    assert pickle.loads(pickle.dumps(areal.reward_fn)) is areal.reward_fn
    assert len(pickle.dumps(areal.reward_fn)) < 100
    assert areal.make("em").__name__ == "golongrl(em)"
    assert areal.TIMEOUT < 15
    with pytest.raises(ValueError, match="unscored"):
        areal.make(unscored="zero")  # type: ignore[arg-type]


def test_importing_starts_nothing() -> None:
    code = "import sys, golongrl.areal as a; from golongrl import _server; "
    code += "assert _server.server._process is None and not a._clients and 'torch' not in sys.modules"
    run(["-c", code], 60)
