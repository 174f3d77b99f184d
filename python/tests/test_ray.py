"""golongrl.ray without Ray: what its processes do with rows and files. python/e2e/ray has clusters."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import REPOSITORY

import golongrl
import golongrl.ray
from golongrl import _ray_advantage, _ray_files, _ray_rows

EXAMPLES = REPOSITORY / "examples" / "rollouts.jsonl"

HOSTILE = [
    b'{"id": 7, "group": true, "task": "f1", "reference": ["a", "b"], "response": "<think>x</think>[Answer]\\na\\nc"}',
    b'{"id": "7", "uid": "u", "task": "T1", "reference": "A", "responses": ["<think>x</think>A", "B", 3, null]}',
    b'{"id": 1.5, "task": "em", "reference": "\\ud800", "response": "<think>x</think>\\ud800"}',
    b'{"task": "em", "reference": "a"}',
    b'{"task": "em", "reference": "a", "response": 3}',
    b'{"task": "em", "reference": "a", "response": "a", "responses": ["a"]}',
    b'{"task": "em", "reference": "a", "responses": []}',
    b'{"task": "em", "reference": "a", "responses": "a"}',
    b'{"task": "em", "response": "a"}',
    b'{"metric": "no_such_metric", "reference": "a", "response": "a"}',
    b'{"task": "rouge_l", "reference": NaN, "response": "a"}',
    b'{"reference": "a", "response": "a"}',
    b'{"data_source": "EM", "reward_model": "{\\"ground_truth\\": {\\"golden_label\\": \\"A\\"}}",'
    b' "extra_info": "{\\"index\\": 12, \\"reward_mode\\": \\"EM\\"}", "response": "<think>x</think>A"}',
    b'{"data_source": "EM", "reward_model": 3, "response": "A"}',
    b'{"id": {"a": 1}, "group": null, "extra_info": {"index": 5}, "task": "em", "reference": "a", "response": "a"}',
    b'{"task": "em", "reference": "a", "lang": 3, "response": "a"}',
    b'{"task": "em", "reference": "a", "length": "3", "response": "a"}',
    b'{"metric": "1 + task", "task": "em", "reference": "A", "response": "<think>x</think>A"}',
    b'{"task": "em", "reference": "a", "response": "a"',
    b"[1, 2]",
    b"\xff\xfe",
    b'{"task": "em", "reference": "a\\u0000", "response": "<think>x</think>a\\u0000"}',
    b'{"task": "em", "reference": "a", "response": "a\x00"}',
    b'{"a": ' + b"[" * 20000 + b"]" * 20000 + b', "response": "a"}',
]


def cli(program: str, *arguments: str) -> list[dict[str, Any]]:
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=120)
    assert done.stdout, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def score_lines(lines: list[bytes], name: str, **options: Any) -> list[dict[str, Any]]:
    """As a part of score_files."""
    work = object.__new__(_ray_files._ScoreParts)
    work._client, work._options = golongrl.connect(), options
    return work._score({"file": name, "lines": list(range(1, len(lines) + 1)), "rows": lines})


def without_error(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: (bool(v) if k == "error" else v) for k, v in row.items()} for row in rows]


def test_examples_are_the_command_s(server_program: str) -> None:
    want = cli(server_program, "score", "--quiet", "--explain", str(EXAMPLES))
    assert score_lines(EXAMPLES.read_bytes().splitlines(), str(EXAMPLES), explain=True) == want
    assert len(want) == 108


def test_hostile_lines_are_the_command_s(server_program: str, tmp_path: Path) -> None:
    file = tmp_path / "hostile.jsonl"
    file.write_bytes(b"\n".join(HOSTILE))
    for options in {}, {"metric": "0.5*task", "force": True}, {"profile": "reference"}:
        flags = [f"--{k}" if v is True else f"--{k}={v}" for k, v in options.items()]
        want = cli(server_program, "score", "--quiet", *flags, str(file))
        got = score_lines(HOSTILE, str(file), **options)
        for g, w in zip(without_error(got), without_error(want), strict=True):
            assert g == w


def test_columns_are_rows(server_program: str) -> None:
    client = golongrl.connect()
    rows = [json.loads(line) for line in EXAMPLES.read_text().splitlines()]
    todo = [sample for row in rows for sample in _ray_rows.samples(row)]
    want = [row["score"] for row in cli(server_program, "score", "--quiet", str(EXAMPLES))]
    assert [s.score for s in _ray_rows.score(client, todo, {})] == want


def test_a_value_without_json_is_its_row_s(server_program: str) -> None:
    good = {"task": "em", "reference": "A", "response": "<think>x</think>A"}
    bad = {"task": "em", "reference": object(), "response": "A"}
    todo = [_ray_rows.one(item) for item in [good, bad, good, {**good, "responses": ["a"]}]]
    scores = _ray_rows.score(golongrl.connect(), todo, {})
    assert [s.score for s in scores] == [1.0, None, 1.0, None]
    assert [s.status for s in scores] == ["judged", "error", "judged", "error"]
    assert "object" in (scores[1].error or "")
    with pytest.raises(golongrl.CallError):
        _ray_rows.score(golongrl.connect(), todo, {"profile": "lenient"})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (7, "7"),
        ("7", '"7"'),
        (True, "true"),
        ("true", '"true"'),
        ('"a"', '"\\"a\\""'),
        ("", ""),
        (1.5, "1.5"),
        (7.0, "7"),
    ],
)
def test_names_stay_apart(value: Any, text: str) -> None:
    assert _ray_rows.name(value) == text


def test_which_estimators_need_a_batch(server_program: str) -> None:
    """Of every estimator: computed group by group is computed at once, exactly if needs_batch says so."""
    rng = random.Random(3)
    groups = [g for g in range(12) for _ in range(6)]
    rewards = [rng.choice([0.0, 0.25, 0.5, 1.0]) + 0.01 * g for g in groups]
    tasks = ["ab"[g % 2] for g in groups]
    extra: dict[str, Any] = {"lengths": [rng.randrange(5, 50) for _ in groups], "baselines": [0.3] * len(groups)}
    extra["components"] = {"x": rewards, "y": [rng.random() for _ in groups]}
    client = golongrl.connect()
    names = list(client.registry()["estimators"])
    names = [n if isinstance(n, str) else n["name"] for n in names]
    assert set(names) > _ray_advantage.PER_GROUP
    differ = set()
    for name in [*names, "f_grpo(base=batch_std)", "grpo(ddof=0)", "dr_grpo(drop_constant=true)"]:
        whole = client.advantage(rewards, groups, estimator=name, tasks=tasks, **extra)
        for g in range(12):
            rows = [i for i, x in enumerate(groups) if x == g]
            part = client.advantage(
                [rewards[i] for i in rows],
                [g] * 6,
                estimator=name,
                tasks=[tasks[i] for i in rows],
                lengths=[extra["lengths"][i] for i in rows],
                baselines=[0.3] * 6,
                components={k: [v[i] for i in rows] for k, v in extra["components"].items()},
            )
            if part != [whole[i] for i in rows]:
                differ.add(name)
        if not _ray_advantage.needs_batch(name):
            assert name not in differ
    assert {"tmn", "tmn_reweight", "batch_std", "gdpo", "qwenlong", "reinforce_pp", "f_grpo(base=batch_std)"} <= differ


def test_stacks_need_a_batch() -> None:
    # grpo(stack=...) may stand for an estimator that looks at batches.
    assert _ray_advantage.needs_batch("grpo(stack=trl)") and _ray_advantage.needs_batch("no_such_estimator")


def test_blocks_are_bounded_and_always_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_ray_files, "BLOCK_BYTES", 10)
    monkeypatch.setattr(_ray_files, "BLOCK_ROWS", 3)
    rows = [(i, b"x" * n) for i, n in enumerate([1, 1, 1, 1, 50, 9, 1, 1])]
    assert [numbers for numbers, _ in _ray_files.blocks(rows)] == [[0, 1, 2], [3], [4], [5, 6], [7]]
    assert list(_ray_files.blocks([])) == []


def test_lines(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    import gzip

    data = b"\xef\xbb\xbf{1}\n\n  \t\r\n" + b"y" * 3_000_000 + b"\r\n{4}"
    (tmp_path / "a.jsonl").write_bytes(data)
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(data + b"\n"))
    for name in "a.jsonl", "b.jsonl.gz":
        got = list(_ray_files.lines(str(tmp_path / name)))
        assert [(n, len(line)) for n, line in got] == [(1, 3), (4, 3_000_001), (5, 3)]
    (tmp_path / "_golongrl.json").write_bytes(b"")
    assert _ray_files.expand(tmp_path) == [str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl.gz")]
    assert _ray_files.expand([str(tmp_path / "b*"), tmp_path / "a.jsonl"])[1:] == [str(tmp_path / "a.jsonl")]
    for missing in str(tmp_path / "c"), str(tmp_path / "c*"):
        with pytest.raises(ValueError, match="no such file"):
            _ray_files.expand(missing)


def test_a_folder_of_another_job_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "in.jsonl").write_text("{}")
    out = tmp_path / "out"
    files = [str(tmp_path / "in.jsonl")]
    _ray_files._prepare(str(out), files, {"metric": None}, True)
    _ray_files._write(str(out), "part-00000-000000.jsonl", [{"id": 1}])
    (out / ".part-00000-000001.jsonl.0").write_text("half")
    _ray_files._prepare(str(out), files, {"metric": None}, True)
    assert sorted(p.name for p in out.iterdir()) == ["_golongrl.json", "part-00000-000000.jsonl"]
    with pytest.raises(ValueError, match="options"):
        _ray_files._prepare(str(out), files, {"metric": "em"}, True)
    (tmp_path / "in.jsonl").write_text("{}{}")
    with pytest.raises(ValueError, match="files"):
        _ray_files._prepare(str(out), files, {"metric": None}, True)
    _ray_files._prepare(str(out), files, {"metric": "em"}, False)
    assert [p.name for p in out.iterdir()] == ["_golongrl.json"]


def test_summary() -> None:
    one, two = golongrl.ray.Summary(parts=1), golongrl.ray.Summary(parts=1, kept=1)
    one.add([{"status": "judged", "task": "em", "score": 1.0}, {"status": "error", "task": None, "score": None}])
    two.add([{"status": "no_answer", "task": "em", "score": 0.0}])
    one.merge(two)
    assert (one.rows, one.scored, one.parts, one.kept) == (3, 2, 2, 1)
    assert one.statuses == {"judged": 1, "error": 1, "no_answer": 1}
    assert one.tasks == {"em": [2, 2, 1.0], "-": [1, 0, 0.0]}
    assert "0.5000" in str(one)
