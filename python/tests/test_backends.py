"""The same results through every carrier, to the last bit, and as the command line has them."""

from __future__ import annotations

import asyncio
import doctest
import json
import math
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import REPOSITORY, Running, run

import golongrl
from golongrl import CallError, Client, Score, _api, _client, _types

ROLLOUTS = REPOSITORY / "examples" / "rollouts.jsonl"


@pytest.fixture(scope="module")
def clients(server_program: str, library: str, http_url: str) -> Iterator[list[Client]]:
    """A client for each carrier."""
    all_three = [golongrl.connect("socket"), golongrl.connect("inproc"), golongrl.connect(url=http_url)]
    yield all_three
    for c in all_three:
        c.close()


def same(clients: list[Client], call: Callable[[Client], Any]) -> Any:
    """What every client answers, having seen that they answer the same."""
    answers = [call(c) for c in clients]
    for c, answer in zip(clients, answers, strict=True):
        assert repr(answer) == repr(answers[0]), c
    return answers[0]


def test_rollouts_as_on_the_command_line(clients: list[Client], server_program: str) -> None:
    rows = [json.loads(line) for line in ROLLOUTS.read_text(encoding="utf-8").splitlines()]
    command = [server_program, "score", "--quiet", "--explain", str(ROLLOUTS)]
    lines = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.splitlines()
    assert len(lines) == len(rows) > 100
    expected = []
    for line in lines:
        r = json.loads(line)
        detail = {k: r[k] for k in ("answer", "why", "parts")}
        expected.append(Score(r["score"], r["status"], r["metric"], r["task"], r.get("error"), detail))
    assert same(clients, lambda c: c.score_batch(rows, explain=True)) == expected
    assert same(clients, lambda c: [c.score_batch([r], explain=True)[0] for r in rows]) == expected


LONG = "<think>x</think>[Answer]\n" + "word " * 1_000_000 + "\nb"
HOSTILE: list[dict[str, Any]] = [
    {"response": "", "reference": "", "task": "em"},
    {"response": "", "reference": "a", "task": "f1"},
    {"response": "\0", "reference": "\0a", "task": "sub_em"},
    {"response": "[Answer]\na\0b", "reference": "a\0b", "task": "f1"},
    {"response": "\ud800[Answer]\n\udfff", "reference": "\udfff", "task": "f1"},
    {"response": "[Answer]\n\ud83d\ude00", "reference": "😀", "task": "f1"},
    {"response": "[Answer]\n😀\u2028\ufeff", "reference": ["😀", "\ud800"], "task": "f1"},
    {"response": LONG, "reference": "b\nc", "task": "f1"},
    {"response": "r", "reference": LONG[-500_000:], "task": "token_f1"},
    {"response": "r"},
    {"response": "r", "task": "f1"},
    {"response": "r", "reference": None, "task": "f1"},
    {"response": "r", "reference": "g"},
    {"response": "r", "reference": "g", "task": "no such"},
    {"response": "r", "reference": "g", "metric": "f1 +"},
    {"response": "r", "reference": "g", "task": 7},
    {"response": "r", "reference": "g", "metric": ["f1"]},
    {"response": "r", "reference": "g", "task": "f1", "lang": 1},
    {"response": "r", "reference": "g", "task": "f1", "length": "long"},
    {"response": "r", "reference": "g", "task": "f1", "length": math.nan},
    {"response": "r", "reference": "g", "task": "f1", "length": True},
    {"response": "r", "reference": "g", "metric": "1/length", "length": 0},
    {"response": "r", "reference": "g", "metric": "1/length", "length": 3},
    {"response": "r", "reference": "g", "metric": "1/length", "length": 10**30},
    {"response": "r", "reference": 7, "task": "em"},
    {"response": "r", "reference": True, "task": "em"},
    {"response": "r", "reference": math.nan, "task": "em"},
    {"response": "r", "reference": [], "task": "f1"},
    {"response": "r", "reference": {"a": [1, None]}, "task": "f1"},
    {"response": "[Answer]\na\nb", "reference": ("a", "b"), "task": "f1"},
    {"response": "r", "data_source": "EM"},
    {"response": "r", "data_source": 3, "ground_truth": "g"},
    {"response": "r", "data_source": "no such", "ground_truth": "g"},
    {"response": "r", "reward_model": "{"},
    {"response": "r", "reward_model": 7, "data_source": "EM"},
    {"response": "r</think>g", "data_source": "EM", "ground_truth": {"golden_label": "g"}},
    {"response": "r</think>g", "data_source": "EM", "reward_model": '{"ground_truth": {"golden_label": "g"}}'},
    {"response": "r", "data_source": "longbench_pro", "ground_truth": {"doc_ids": ["g"]}, "extra_info": {}},
    {"response": "r", "data_source": "longbench_pro", "ground_truth": {"doc_ids": ["g"]}, "extra_info": "{"},
    {"response": "xrabc", "random_string_to_prepend": "xr", "answer": "xrabc", "metric": "mrcr"},
    {"response": "xrabc", "random_string_to_prepend": "xr", "reference": "xrabc", "metric": "mrcr"},
    {"response": "r" * 100, "reference": "1" * 5000, "task": "math_verify"},
    {"response": "\\boxed{" * 2000, "reference": "1", "task": "math_verify"},
]


@pytest.mark.parametrize("profile", ["strict", "reference"])
def test_hostile_rows(clients: list[Client], profile: str) -> None:
    scores = same(clients, lambda c: c.score_batch(HOSTILE, profile=profile, explain=True))
    assert len(scores) == len(HOSTILE)
    for s in scores:
        assert s.scored or s.error, s
    assert {"judged", "error"} <= {s.status for s in scores}


def test_hostile_rows_as_on_the_command_line(clients: list[Client], server_program: str) -> None:
    lines = "\n".join(json.dumps(item) for item in HOSTILE)
    done = subprocess.run([server_program, "score", "--quiet"], input=lines.encode(), capture_output=True, timeout=60)
    scores = same(clients, lambda c: c.score_batch(HOSTILE))
    for i, (line, s) in enumerate(zip(done.stdout.splitlines(), scores, strict=True)):
        r = json.loads(line)
        assert (s.score, s.status, s.metric, s.task) == (r["score"], r["status"], r["metric"], r["task"]), HOSTILE[i]
        # The command line begins with the place.
        assert (s.error is None) == ("error" not in r) and r.get("error", "").endswith(s.error or ""), HOSTILE[i]


def test_options(clients: list[Client]) -> None:
    items = [{"response": "x\n[Answer]\na", "reference": "a"}, {"response": "a", "reference": "a", "task": "f1"}]

    def canonical(**options: Any) -> list[str | None]:
        return [s.metric for s in same(clients, lambda c: c.score_batch(items, **options))]

    assert canonical(metric="em") == ["em", "f1"]
    assert canonical(metric="em", force=True) == ["em", "em"]
    assert canonical(metric="em", profile="reference") == ["em(profile=reference)", "f1(profile=reference)"]
    one = same(clients, lambda c: c.score("a", "a", task="f1", metric="0.5*task", force=True))
    assert (one.task, one.metric) == ("f1", "0.5 * task")
    for options in ({"metric": "f1 +"}, {"profile": "lax"}, {"force": True}):
        for c in clients:
            with pytest.raises(CallError) as e:
                c.score_batch(items, **options)
            assert (e.value.code, e.value.item) == (422, None)


def test_verify(clients: list[Client]) -> None:
    pairs = [
        ("1/2", "so \\boxed{0.5}"),
        ("1/2", "0.51"),
        ("1/2", ""),
        ("x", "\ud800"),
        ("\\frac{1}{", "1"),
        ("a\0", "a\0"),
    ]
    verdicts = same(clients, lambda c: c.verify_batch(pairs))
    assert [v.verdict for v in verdicts[:3]] == ["equal", "different", "different"]
    assert verdicts[0].answer == "0.5" and verdicts[0].gold == "1/2" and verdicts[2].no_answer == "no_answer"
    assert not same(clients, lambda c: c.verify("100", "101"))
    assert same(clients, lambda c: c.verify("100", "100.0001", rel_tol=1e-3, preset=None))
    for c in clients:
        with pytest.raises(CallError) as e:
            c.verify_batch([("1", "1"), (" ", "1")])
        assert (e.value.code, e.value.item) == (422, 1)
        with pytest.raises(CallError, match="preset"):
            c.verify("1", "1", preset="no such")
        with pytest.raises(CallError):
            c.verify("1", "1", no_such_option=True)
        assert c.verify_batch([]) == []


def test_advantage(clients: list[Client]) -> None:
    def compute(*a: Any, **k: Any) -> list[float]:
        return same(clients, lambda c: c.advantage(*a, **k))  # type: ignore[no-any-return]

    assert compute([], []) == []
    assert compute([1.0, 0.0, 0.5], [1, 1, "1"], estimator="dr_grpo") == [0.5, -0.5, 0.0]
    # TMN without reweighting is centred per group and scaled per task.
    values = compute(
        [1, 0, None, 0.25, 0.75], ["a", "a", "a", "b", "b"], estimator="tmn", tasks=["x", "x", "x", "y", "y"]
    )
    assert math.isnan(values[2]) and values[0] == -values[1] > 0
    compute([0.1 * i for i in range(64)], [i // 8 for i in range(64)], tasks=[str(i // 16) for i in range(64)])
    compute([1, 0], [0, 0], estimator="gdpo", components={"a": [1, 0], "b": [0, 0]})
    for c in clients:
        with pytest.raises(CallError):
            c.advantage([1.0], [0], estimator="no such")
        with pytest.raises(CallError):
            c.advantage([1.0], [])
        with pytest.raises(CallError):
            c.advantage([1.0, 2.0], [0, 0], tasks=["a"])
        with pytest.raises(CallError) as e:
            c.advantage([1.0, None, math.inf], [0, 0, 0])
        assert e.value.code == 422


def test_registry(clients: list[Client]) -> None:
    registry = same(clients, lambda c: c.registry())
    assert tuple(s["name"] for s in registry["statuses"]) == _types.STATUSES
    assert {"f1", "math_verify", "rouge_l"} <= {m["name"] for m in registry["metrics"]}
    assert {"grpo", "tmn_reweight"} <= {e["name"] for e in registry["estimators"]}


@pytest.mark.parametrize(
    ("mode", "key"),
    [
        ("T2.1 Global Timeline Reconstruction", "Pairwise_Accuracy"),
        ("f1", "F1_Score"),
        ("T3", "F1_Score"),
        ("ndcg@5", "NDCG"),
        ("choice(rule=longbench_pro)", "Accuracy"),
        ("choice", "selection"),
        ("my_math_longcot_math_verify", "my_math_longcot_math_verify"),
        ("math_dapo", "math_dapo"),
        ("mine", "mine"),
        ("", ""),
    ],
)
def test_task_key(clients: list[Client], mode: str, key: str) -> None:
    assert same(clients, lambda c: c.task_key(mode)) == key


def test_large_batches(clients: list[Client]) -> None:
    text = "<think></think>[Answer]\na\n" + "lorem ipsum " * 250_000  # 3 MB
    items = [{"response": text, "reference": f"a\n{i}", "task": "sub_em"} for i in range(9)]
    items[7] = {"response": "a", "reference": "a", "metric": "no such"}
    scores = same(clients, lambda c: c.score_batch(items))
    assert [s.status for s in scores] == ["judged"] * 7 + ["error", "judged"]
    big = same(clients, lambda c: c.score("a\n" * 60_000, "b\n" * 60_000, task="em", explain=True))
    assert big.detail is not None and len(big.detail["answer"]) > 64 << 10  # a reply beyond the buffers


def test_threads(clients: list[Client]) -> None:
    for c in clients[:2]:
        wrong: list[Any] = []

        def calls(k: int, c: Client = c, wrong: list[Any] = wrong) -> None:
            for i in range(200):
                n = (k * 200 + i) % 7
                s = c.score("<think></think>[Answer]\n" + "\n".join(map(str, range(n + 1))), "0", task="f1")
                if s.score is None or not math.isclose(s.score, 2 / (n + 2)):
                    wrong.append((k, i, s))

        threads = [threading.Thread(target=calls, args=(k,)) for k in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join(60)
        assert not any(t.is_alive() for t in threads) and not wrong


def test_a_handler_calls_between(library: str) -> None:
    # A signal's handler runs between any two bytecodes: after the library has answered too.
    run([str(Path(__file__).with_name("handler_case.py"))], 60, GOLONGRL_BACKEND="inproc")


def test_async(clients: list[Client]) -> None:
    async def several(c: Client) -> list[Any]:
        one = (c.ascore("a", "a", task="f1") for _ in range(20))
        return [*await asyncio.gather(*one), *await c.ascore_batch([{"response": "a", "reference": "a"}], metric="em")]

    scores = same(clients, lambda c: asyncio.run(several(c)))
    assert len(scores) == 21 and all(s.scored for s in scores)


def test_token(serve: Callable[..., Running], tmp_path: Any) -> None:
    path = tmp_path / "s"
    urls = [
        serve("--addr", "127.0.0.1:0", token="secret").url,
        serve("--addr", "", "--unix", str(path), token="secret").url,
    ]
    for url in urls:
        with golongrl.connect(url=url, token="secret") as c:
            assert c.score("[Answer]\na", "a", task="sub_em").score == 1.0
        for token in ("", "wrong"):
            with golongrl.connect(url=url, token=token) as c, pytest.raises(CallError) as e:
                c.score("a", "a", task="em")
            assert e.value.code == 401


def test_no_server(tmp_path: Any) -> None:
    for url in (f"unix:{tmp_path}/none", "http://127.0.0.1:9"):
        with golongrl.connect(url=url, timeout=5) as c, pytest.raises(golongrl.Unavailable, match="server"):
            c.score("a", "a", task="em")


def test_http_too_large(serve: Callable[..., Running]) -> None:
    for url in (serve("--addr", "127.0.0.1:0", "--max-body", "1MiB").url,):
        with golongrl.connect(url=url) as c:
            with pytest.raises(CallError) as e:
                c.score("x" * (3 << 20), "a", task="em")
            assert e.value.code == 413
            assert c.score("a", "a", task="sub_em").score == 1.0


@pytest.mark.parametrize("module", [_api, _client, _types, golongrl], ids=lambda m: m.__name__)
def test_examples(module: Any, server_program: str) -> None:
    failed, tried = doctest.testmod(module)
    assert failed == 0 and tried > 0
    golongrl.close()
