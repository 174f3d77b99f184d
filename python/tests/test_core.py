"""What is checked and converted before anything is sent, and what comes back."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import pickle
import subprocess
import sys
from collections import UserDict
from typing import Any

import pytest

import golongrl
from golongrl import CallError, Score, Verdict, _find, _rows, _wire
from golongrl._types import Batch, ScoreOptions


def row(**fields: Any) -> Any:
    return _rows.row({"response": "r", **fields})


def test_rows_take_what_is_read() -> None:
    item = {
        "response": "r",
        "prompt": [object()],
        "id": object(),
        "data_source": "EM",
        "reward_model": UserDict(style="rule", ground_truth={"golden_label": "g"}),
        "extra_info": {"reward_mode": "EM", "tools": object()},
        "metric": None,
    }
    fields = _rows.row(item)["fields"]
    assert fields == {
        "data_source": "EM",
        "reward_model": {"ground_truth": {"golden_label": "g"}},
        "extra_info": {"reward_mode": "EM"},
    }
    assert json.loads(_rows.dumps(fields, "")) == fields


def test_rows_with_tags_of_their_own() -> None:
    assert row(reference="g", task="f1", length=3, lang="zh", metric="f1", random_string_to_prepend="x")["plain"]
    for other in (
        {},
        {"reference": ["g"]},
        {"reference": 1},
        {"reference": "g", "task": 1},
        {"reference": "g", "length": True},
        {"reference": "g", "length": math.nan},
        {"reference": "g", "length": 10**400},
        {"reference": "g", "length": 2**53 + 1},
        {"reference": "g", "data_source": "x"},
        {"random_string_to_prepend": "x", "answer": "g"},
    ):
        assert not row(**other)["plain"], other


def test_rows_of_numpy() -> None:
    np = pytest.importorskip("numpy")
    fields = row(reference=np.array(["a", "b"]), length=np.int64(3), extra_info={"reward_mode": np.str_("EM")})[
        "fields"
    ]
    assert json.loads(_rows.dumps(fields, "")) == {
        "reference": ["a", "b"],
        "length": 3,
        "extra_info": {"reward_mode": "EM"},
    }
    b = _rows.batch("grpo", np.array([1.0, np.nan]), np.array([7, 7]), None, np.array([3, 4]), None, None)
    assert b.rewards[0] == 1.0 and math.isnan(b.rewards[1])
    assert (b.groups, b.lengths) == ([0, 0], [3, 4])


def test_bytes_are_text() -> None:
    item = _rows.row({"response": "é".encode(), "reference": b"g", "ground_truth": {"golden_label": b"x"}})
    assert (item["response"], item["fields"]["reference"]) == ("é", "g")
    assert '"golden_label": "x"' in _rows.dumps(item["fields"], "")


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ("text", "item 0: str: give a mapping with at least response"),
        ({}, "item 0: response: missing: give the text of the model"),
        ({"response": None}, "item 0: response: missing: give the text of the model"),
        ({"response": 1}, "item 0: response: int: give a str"),
        (
            {"response": b"\xff"},
            "item 0: response: bytes that are no UTF-8 (invalid start byte at byte 0): decode them",
        ),
        ({"responses": ["r"]}, "item 0: responses: give one item for each response"),
    ],
)
def test_bad_items_are_named(item: Any, message: str) -> None:
    with pytest.raises(TypeError) as e:
        _rows.rows([item])
    assert str(e.value).startswith(message)


def test_values_without_json_are_named() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    for value, what in (
        (object(), "object is no JSON value"),
        ({1, 2}, "set is no JSON value"),
        (deep, "nested too deeply"),
    ):
        with pytest.raises(TypeError, match=f"^item 0: ground_truth: {what}"):
            list(_wire.encode_score(ScoreOptions(), _rows.rows([{"response": "r", "ground_truth": value}])))


def test_a_mapping_is_no_list_of_items() -> None:
    with pytest.raises(TypeError, match="give a list of mappings"):
        _rows.rows({"response": "r"})  # type: ignore[dict-item]


def test_pairs() -> None:
    assert _rows.pairs([("g", "r"), {"gold": b"g", "response": "r"}]) == [("g", "r"), ("g", "r")]
    for bad in ("gr", ("g",), ("g", None), {"gold": "g"}, 7):
        with pytest.raises(TypeError, match=r"^item 1: "):
            _rows.pairs([("g", "r"), bad])


def test_a_mapping_is_no_list_of_pairs() -> None:
    with pytest.raises(TypeError, match="use verify for one"):
        golongrl.verify_batch({"gold": "1", "response": "1"})


def test_options_of_score_are_texts() -> None:
    for call in (golongrl.score_batch, lambda items, **o: golongrl.score("r", "g", force=True, **o)):
        with pytest.raises(TypeError, match="metric: int: give a str"):
            call([], metric=7)
    with pytest.raises(TypeError, match="profile: list"):
        golongrl.score_batch([], profile=[])
    assert _rows.options(b"f1", None, False, True) == ScoreOptions("f1", None, False, True)  # type: ignore[arg-type]


def batch(rewards: Any = (), groups: Any = (), **more: Any) -> Batch:
    columns = {"tasks": None, "lengths": None, "baselines": None, "components": None, **more}
    return _rows.batch("grpo", rewards, groups, **columns)


def test_groups_are_equal_keys_of_equal_type() -> None:
    assert batch(groups=["a", 1, 1.0, True, "a", ("x", 1), ("x", 1)]).groups == [0, 1, 1, 2, 0, 3, 3]
    with pytest.raises(TypeError, match=r"groups\[1\]: list"):
        batch(groups=["a", []])
    with pytest.raises(TypeError, match=r"groups\[1\]: NaN"):
        batch(groups=["a", math.nan])


def test_scalars_of_numpy_and_torch_are_plain() -> None:
    class Tensor:  # as torch's: hashed by its identity
        def __init__(self, value: Any) -> None:
            self.value = value

        def tolist(self) -> Any:
            return self.value

    class Text(str):  # as numpy's
        pass

    assert batch(groups=[Tensor(7), 7, Tensor(7), Tensor(8)]).groups == [0, 0, 0, 1]
    assert batch(groups=["a", Text("a"), Tensor("a")]).groups == [0, 0, 0]
    assert batch(lengths=[Tensor(3), 4]).lengths == [3, 4]


def test_columns_are_checked() -> None:
    assert [math.isnan(x) for x in batch([None, math.nan, 1, True]).rewards] == [True, True, False, False]
    for column, message in (
        ({"rewards": ["x"]}, r"rewards\[0\]: 'x'"),
        ({"baselines": [1, object()]}, r"baselines\[1\]"),
        ({"components": {"f": [None, []]}}, r"components\['f'\]\[1\]"),
        ({"lengths": [1.5]}, r"lengths\[0\]: 1.5"),
        ({"lengths": [-1]}, r"lengths\[0\]"),
        ({"lengths": [2**32]}, r"lengths\[0\]"),
        ({"lengths": [math.inf]}, r"lengths\[0\]"),
        ({"lengths": ["3"]}, r"lengths\[0\]"),
        ({"tasks": [None]}, r"tasks\[0\]"),
    ):
        with pytest.raises(TypeError, match=message):
            batch(**column)


def test_messages_byte_by_byte() -> None:
    # As package serve/wire says, by hand.
    rows = _rows.rows([{"response": "é\ud800", "reference": "g", "length": 2}])
    ((first, n, body),) = _wire.encode_score(ScoreOptions("f1", None, False, True), rows)
    assert (first, n) == (0, 1)
    assert (
        body
        == (
            b"m\x02\0\0\0f1" + b"e\0\0\0\0" + b"\0"  # options
            b"\x01\0\0\0"  # items
            b"r\x05\0\0\0\xc3\xa9\xed\xa0\x80" + b"g\x01\0\0\0g" + b"n\x08\0\0\0\0\0\0\0\0\0\0\x40" + b"\0"
        )
    )
    batch = Batch("e", [1.0], [3], ["t"], [7], None, {"c": [2.0]})
    assert _wire.encode_advantage(batch) == (
        b"e\x01\0\0\0e" + b"r\x08\0\0\0\0\0\0\0\0\0\xf0\x3f" + b"g\x04\0\0\0\x03\0\0\0"
        b"t\x04\0\0\0\0\0\0\0" + b"T\x05\0\0\0\x01\0\0\0t" + b"l\x04\0\0\0\x07\0\0\0"
        b"c\x0d\0\0\0\x01\0\0\0c\0\0\0\0\0\0\0\x40" + b"\0"
    )
    reply = b"\x01\0\0\0" + b"\0\0\0\0\0\0\xe0\x3f\x00" + b"m\x02\0\0\0f1" + b"\0"
    assert _wire.decode_score(reply, 1) == [Score(0.5, "judged", "f1")]


def test_surrogate_pairs_are_one_character_as_in_json() -> None:
    assert _wire.utf8("\ud83d\ude00\ud800x") == "😀".encode() + b"\xed\xa0\x80x"


def test_batches_are_cut() -> None:
    rows = _rows.rows({"response": "x" * size, "reference": "g"} for size in (10, _wire.CHUNK, 5 << 20, 3 << 20, 1))
    parts = [(first, n) for first, n, _ in _wire.encode_score(ScoreOptions(), rows)]
    assert parts == [(0, 1), (1, 1), (2, 1), (3, 2)]
    assert [(first, n) for first, n, _ in _wire.encode_score(ScoreOptions(), [])] == [(0, 0)]


@pytest.mark.parametrize("cut", range(18))
def test_damaged_replies(cut: int) -> None:
    reply = b"\x01\0\0\0" + b"\0\0\0\0\0\0\xe0\x3f\x00" + b"m\x02\0\0\0f1" + b"\0"
    with pytest.raises(golongrl.Error, match="cannot be read"):
        _wire.decode_score(reply[:cut], 1)


def test_replies_of_others() -> None:
    assert _wire.reply(b"\x02\x07\0\0\0x", 2, 7) == b"x"
    for reply in (b"", b"\x02", b"\x03\x07\0\0\0x", b"\x02\x08\0\0\0x"):
        with pytest.raises(golongrl.Error):
            _wire.reply(reply, 2, 7)
    with pytest.raises(CallError, match=r"^item 3: no$") as e:
        _wire.reply(b"\xff\x07\0\0\0\xa6\x01\x03\0\0\0\x02\0\0\0no", 2, 7)
    assert (e.value.code, e.value.item, e.value.message) == (422, 3, "no")


def test_results() -> None:
    s = Score(0.0, "no_answer", "f1", "f1")
    assert s.scored and s.value(7.0) == 0.0
    assert not Score(None, "error").scored and Score(None, "error").value(7.0) == 7.0
    assert not Verdict("undecided", None) and not Verdict("different", False) and Verdict("equal", True)
    with pytest.raises(dataclasses.FrozenInstanceError):
        s.score = 1.0  # type: ignore[misc]


def test_pickles() -> None:
    for x in (Score(0.5, "judged", detail={"a": 1}), Verdict("equal", True), golongrl.score, golongrl.ascore_batch):
        assert pickle.loads(pickle.dumps(x)) == x
    e = pickle.loads(pickle.dumps(CallError(422, 3, "no")))
    assert (e.code, e.item, str(e)) == (422, 3, "item 3: no")
    c = pickle.loads(pickle.dumps(golongrl.connect("socket", "unix:/x", "t", 5.0)))
    assert c._arguments == ("socket", "unix:/x", "t", 5.0)


def test_client_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments, message in (
        ({"backend": "tcp"}, "use socket, inproc or http"),
        ({"backend": "http"}, "needs an address"),
        ({"backend": "inproc", "url": "unix:/x"}, "in this process"),
        ({"backend": "http", "url": "unix:/x"}, "backend socket"),
        ({"backend": "socket", "url": "http://x"}, "backend http"),
        ({"url": "ftp://x"}, "no address of a server"),
        ({"timeout": 0}, "timeout 0: .*above 0"),
        ({"timeout": []}, "above 0"),
        ({"url": "http://h:x"}, "no address of a server"),
        ({"url": "http://h:99999"}, "no address of a server"),
        ({"url": "http://[::1"}, "no address of a server"),
        ({"url": "http://h", "token": "a\n"}, "newline"),
        ({"url": "http://h", "token": "é"}, "no header"),
        ({"url": "unix:"}, "1 to 107 bytes"),
        ({"url": "unix:/" + "x" * 107}, "1 to 107 bytes"),
    ):
        with pytest.raises(golongrl.Error, match=message):
            golongrl.connect(**arguments)
    assert golongrl.connect(url="http://h:1").backend == "http"
    assert golongrl.connect(url="unix:/x").backend == "socket"
    assert golongrl.connect().backend == "socket"
    monkeypatch.setenv("GOLONGRL_URL", "https://h")
    assert golongrl.connect().backend == "http"
    assert golongrl.connect("inproc").backend == "inproc"
    monkeypatch.setenv("GOLONGRL_TIMEOUT", "soon")
    with pytest.raises(golongrl.Error, match="GOLONGRL_TIMEOUT"):
        golongrl.connect()


def test_programs_that_are_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("GOLONGRL_SERVER", str(tmp_path / "none"))
    with pytest.raises(golongrl.Unavailable, match="GOLONGRL_SERVER names it"):
        _find.server()
    (tmp_path / "none").touch(0o600)
    with pytest.raises(golongrl.Unavailable, match="permissions"):
        if os.geteuid() == 0 or not os.access(tmp_path / "none", os.X_OK):
            _find.server()
    monkeypatch.delenv("GOLONGRL_LIBRARY", raising=False)
    monkeypatch.setattr(_find, "__file__", str(tmp_path / "x.py"))
    with pytest.raises(golongrl.Unavailable, match="set GOLONGRL_LIBRARY to its path"):
        _find.library()


def test_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOLONGRL_WORKERS", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert _find.workers() is None
    monkeypatch.setenv("OMP_NUM_THREADS", "4,2")
    assert _find.workers() == 4
    monkeypatch.setenv("GOLONGRL_WORKERS", "100")
    assert _find.workers() == 8
    monkeypatch.setenv("GOLONGRL_WORKERS", "0")
    with pytest.raises(golongrl.Unavailable):
        _find.workers()


def test_import_starts_nothing() -> None:
    script = """if True:
        import sys, threading, os
        before = set(os.listdir("/proc/self/fd"))
        import golongrl
        assert set(os.listdir("/proc/self/fd")) == before
        assert threading.active_count() == 1
        assert not os.path.exists(os.path.dirname(os.environ["GOLONGRL_SERVER_SOCKET"]))
        assert not {"numpy", "torch", "ray", "asyncio", "ssl"} & set(sys.modules)
    """
    source = os.path.dirname(os.path.dirname(golongrl.__file__))
    environment = {"PYTHONPATH": source, "PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, timeout=30)
