"""golongrl.ray on a cluster of three nodes on this machine, in which actors, servers and a node are killed.

Every result is compared, line by line, with what golongrl-score makes of the same files. At the end no process of the
cluster may be left.
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

MARK = f"e2e-{uuid.uuid4().hex}"
os.environ["GOLONGRL_E2E_MARK"] = MARK  # every process of the cluster inherits it
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")

import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
import ray  # noqa: E402
import ray.data  # noqa: E402
from ray.cluster_utils import Cluster  # noqa: E402

import golongrl.ray  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
SERVER = os.environ["GOLONGRL_SERVER"]
FILES, ROWS = 30, 150


def check(fact: bool, what: str) -> None:
    if not fact:
        raise SystemExit(f"does not hold: {what}")


def say(what: str) -> None:
    print(f"{time.monotonic() - START:4.0f} s  {what}", flush=True)


START = time.monotonic()


def cli(*arguments: str) -> list[dict[str, Any]]:
    done = subprocess.run([SERVER, *arguments], capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


# The processes of the cluster.


def processes() -> dict[int, tuple[int, str]]:
    """Of every process that has the mark: its parent and its command."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if f"GOLONGRL_E2E_MARK={MARK}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                    parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                    found[int(entry.name)] = (
                        parent,
                        (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"),
                    )
            except OSError:
                continue
    return found


def servers(name: str) -> list[int]:
    """The servers under actors of a name."""
    above = set(actors(name))
    return [pid for pid, (parent, command) in processes().items() if parent in above and " serve " in command]


def actors(name: str) -> list[int]:
    return [pid for pid, (_, command) in processes().items() if command.startswith("ray::") and name in command]


def wait(what: str, seconds: float, condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        check(time.monotonic() < deadline, f"{what}, within {seconds:.0f} s; there are {processes()}")
        time.sleep(0.05)
    return value


def kill(what: str, pids: Callable[[], Iterable[int]]) -> None:
    pid = wait(f"there is {what}", 60, lambda: sorted(pids()))[0]
    os.kill(pid, signal.SIGKILL)
    say(f"killed {what}, process {pid}")


def start() -> tuple[Cluster, list[Any]]:
    """A cluster of three nodes. On a machine that is busy a node may take longer to start than Ray waits."""
    small = {"num_cpus": 1, "object_store_memory": 80 << 20}
    for last in False, False, True:
        cluster = Cluster()
        try:
            cluster.add_node(**small, include_dashboard=False)
            return cluster, [cluster.add_node(**small) for _ in range(2)]
        except Exception:
            if last:
                raise
            for pid in set(processes()) - {os.getpid()}:
                os.kill(pid, signal.SIGKILL)
            time.sleep(10)
    raise AssertionError


# The data.


def make_files(folder: Path) -> list[Path]:
    """Files of rows of all tasks and both schemas, some with several responses, some that cannot be read."""
    rng = random.Random(8)
    examples = [json.loads(line) for line in (ROOT / "examples" / "rollouts.jsonl").read_text().splitlines()]
    files = []
    for k in range(FILES):
        lines = []
        for i in range(ROWS):
            row = dict(rng.choice(examples))
            row |= {"id": f"{k}-{i}", "group": f"g{k}-{i // 5}", "step": k}
            kind = rng.random()
            if kind < 0.1:
                row["responses"] = [
                    row.pop("response"),
                    rng.choice(examples)["response"],
                    "",
                    "<think>x</think>[Answer]\nA",
                ]
            elif kind < 0.2:
                row = {
                    "id": i,
                    "group": i // 5,
                    "task": "f1",
                    "reference": ["a", "b"],
                    "response": "<think></think>[Answer]\na\n\ud800",
                }
            elif kind < 0.25:
                row = {
                    "task": rng.choice(["T3", "none"]),
                    "reference": rng.choice([None, "a", ["a"], 1.5]),
                    "response": "a",
                }
            lines.append(json.dumps(row, ensure_ascii=rng.random() < 0.5).encode("utf-8", "replace"))
            if kind > 0.98:
                lines.append(rng.choice([b"", b"  ", b'{"id": 1', b"\xff", b"[]"]))
        data = b"\n".join(lines)
        path = folder / f"rollouts-{k:02d}.jsonl{'.gz' if k % 7 == 3 else ''}"
        path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
        files.append(path)
    return files


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A result whose error, which has the words of another parser of JSON, is only there or not."""
    return {name: bool(value) if name == "error" else value for name, value in row.items()}


def compare(got: list[dict[str, Any]], want: list[dict[str, Any]], what: str) -> None:
    check(len(got) == len(want), f"{what}: {len(got)} rows of {len(want)}")
    for g, w in zip(got, want, strict=True):
        check(plain(g) == plain(w), f"{what}: {g} is {w}")


def parts(folder: Path) -> list[Path]:
    return sorted(folder.glob("part-*.jsonl"))


def read_parts(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for part in parts(folder) for line in part.read_text().splitlines()]


# What is tried.


def files_and_kills(cluster: Cluster, node: Any, files: list[Path], want: list[dict[str, Any]], out: Path) -> None:
    """score_files while an actor, a server and a node are killed; then again, where there is nothing left to do."""
    result: list[Any] = []
    work = threading.Thread(
        target=lambda: result.append(golongrl.ray.score_files(files, out, concurrency=(2, 3))), daemon=True
    )
    work.start()
    for n, what, pids in (
        (2, "an actor", lambda: actors("_ScoreParts")),
        (6, "a server", lambda: servers("_ScoreParts")),
    ):
        wait(f"{n} parts", 240, lambda n=n: len(parts(out)) >= n)
        kill(what, pids)
    wait("11 parts", 240, lambda: len(parts(out)) >= 11)
    check(len(parts(out)) < FILES, "the killing is done in the middle")
    cluster.remove_node(node, allow_graceful=False)
    say("killed a node")
    work.join(300)
    check(bool(result), "score_files ends")
    summary = result[0]
    compare(read_parts(out), want, "score_files")
    check((summary.rows, summary.scored) == (len(want), sum(w["score"] is not None for w in want)), "the summary")
    check(summary.kept == 0 and summary.parts == FILES, "parts")
    say(f"score_files: {summary.rows} rows equal to golongrl-score, through the death of an actor, a server and a node")

    times = {part: part.stat().st_mtime_ns for part in parts(out)}
    for part in parts(out)[4:8]:
        part.unlink()
    again = golongrl.ray.score_files(files, out, concurrency=1)
    compare(read_parts(out), want, "score_files, resumed")
    check(
        (again.rows, again.kept, again.statuses) == (summary.rows, FILES - 4, summary.statuses),
        "kept parts are counted",
    )
    check(sum(part.stat().st_mtime_ns == t for part, t in times.items()) == FILES - 4, "kept parts are left alone")
    say(f"resumed: {again.kept} of {again.parts} parts kept")


def dataset(files: list[Path], want: list[dict[str, Any]], backend: str | None) -> ray.data.Dataset:
    """read and score_dataset, with a server killed in the middle."""
    ds = golongrl.ray.score_dataset(
        golongrl.ray.read([str(f) for f in files]),
        concurrency=2,
        batch_size=50,
        explain=True,
        keep=["file", "line"],
        backend=backend,
    )
    if backend is None:
        threading.Thread(target=lambda: kill("a server", lambda: servers("_ScoreTable")), daemon=True).start()
    ds = ds.materialize()
    rows = sorted(ds.take_all(), key=lambda r: (r["file"], r["line"], r["sample"]))
    check(len(rows) == len(want), f"{len(rows)} rows of {len(want)}")
    for r, w in zip(rows, want, strict=True):
        names = ("score", "status", "metric", "task", "sample")
        check([r[n] for n in names] == [w[n] for n in names] and bool(r["error"]) == ("error" in w), f"{r} is {w}")
        check(set(json.loads(r["detail"] or "{}")) <= {"answer", "why", "parts"}, "detail")
    say(f"score_dataset, backend {backend or 'socket'}: {len(rows)} rows equal to golongrl-score")
    return ds


def columns(files: list[Path], want: list[dict[str, Any]], folder: Path) -> None:
    """Data sets of columns, and Parquet."""
    rows = [json.loads(line) for line in (ROOT / "examples" / "rollouts.jsonl").read_text().splitlines()]
    for row in rows:
        row["reward_model"] = json.dumps(row["reward_model"])
        row["responses"] = [row.pop("response"), "none"]
    pq.write_table(pa.Table.from_pylist(rows), folder / "rows.parquet", row_group_size=20)
    want = cli("score", "--quiet", str(folder / "rows.parquet"))
    ds = golongrl.ray.score_dataset(golongrl.ray.read(folder / "rows.parquet"), concurrency=1)
    got = sorted(ds.take_all(), key=lambda r: (r["id"], r["sample"]))
    names = ("id", "sample", "group", "score", "status", "metric", "task")
    check([[r[n] for n in names] for r in got] == sorted([r[n] for n in names] for r in want), "Parquet, as columns")
    check(len(got) == 216 and "responses" not in got[0] and got[1]["response"] == "none", "lists become rows")
    out = folder / "parquet"
    golongrl.ray.score_files(folder / "rows.parquet", out, concurrency=1)
    compare(read_parts(out), want, "Parquet, as files")
    say(f"Parquet with lists of responses: {len(got)} rows equal to golongrl-score")


def scorers(rows: list[dict[str, Any]], want: list[float | None]) -> None:
    """Actors of one's own, of which one is killed, and then the server under one."""
    crew = [golongrl.ray.Scorer.start(num_cpus=0.5) for _ in range(2)]
    infos = ray.get([s.info.remote() for s in crew])
    check(len({i["pid"] for i in infos}) == len({i["actor"] for i in infos}) == 2, "each actor has a server of its own")
    batches = [rows[i : i + 9] for i in range(0, len(rows), 9)] * 4
    calls = [crew[k % 2].score_batch.remote(batch) for k, batch in enumerate(batches)]
    ray.wait(calls, num_returns=3)
    os.kill(infos[0]["actor"], signal.SIGKILL)
    os.kill(infos[1]["pid"], signal.SIGKILL)
    got = [s.score for batch in ray.get(calls, timeout=240) for s in batch]
    check(got == want * 4, "scores of actors, one of which was killed, and one lost its server")
    after = ray.get([s.info.remote() for s in crew])
    check(after[0]["actor"] != infos[0]["actor"] and after[1]["pid"] != infos[1]["pid"], "both were started anew")
    for s in crew:
        ray.kill(s)
    say(f"Scorer: {len(got)} scores equal to golongrl-score, through the death of an actor and of a server")


def advantages(scored: ray.data.Dataset, want: list[dict[str, Any]], folder: Path) -> None:
    """advantage_dataset, by group and by batch, beside the command."""
    # Of the first two files, each the batch of a step; rows of one id and group of both are told apart by it.
    few = scored.filter(lambda r: r["file"].endswith(("00.jsonl", "01.jsonl")) and r["task"] is not None)
    # A group has one task.
    few = few.map(
        lambda r: {**r, "step": int(r["file"].endswith("01.jsonl")), "group": r["group"] + r["task"]}
    ).materialize()
    rows = sorted(few.take_all(), key=lambda r: (r["file"], r["line"], r["sample"]))
    for estimator in ("grpo", "tmn_reweight"):
        expected = []
        for step in 0, 1:
            of_step = [r for r in rows if r["step"] == step]
            file = folder / "step.jsonl"
            named = (
                {"id": i, "group": r["group"], "task": r["task"], "reward": r["score"]} for i, r in enumerate(of_step)
            )
            file.write_text("".join(json.dumps(r) + "\n" for r in named))
            expected += [r["advantage"] for r in cli("advantage", "--quiet", "--estimator", estimator, str(file))]
        ds = golongrl.ray.advantage_dataset(few, estimator=estimator, batch="step", concurrency=1, num_partitions=4)
        got = sorted(ds.take_all(), key=lambda r: (r["file"], r["line"], r["sample"]))
        check(len(got) == len(expected) and len(expected) > 100, f"{len(got)} advantages of {len(expected)}")
        check([r["advantage"] for r in got] == expected, f"{estimator} is that of golongrl-score advantage")
    try:
        golongrl.ray.advantage_dataset(few, max_rows=10)
    except ValueError as e:
        check("batch" in str(e), "the error says what to do")
    else:
        check(False, "a data set that is too big for one batch is refused")
    say(f"advantage_dataset: {len(got)} rows in two steps, grpo and tmn_reweight equal to golongrl-score advantage")


def command(cluster: Cluster, files: list[Path], want: list[dict[str, Any]], out: Path) -> None:
    """python -m golongrl.ray."""
    arguments = [sys.executable, "-m", "golongrl.ray", "score", *map(str, files), str(out), "--concurrency", "1"]
    done = subprocess.run([*arguments, "--address", cluster.address], capture_output=True, text=True, timeout=240)
    check(done.returncode == 0, f"the command ends well: {done.stderr}")
    compare(read_parts(out), want, "the command")
    check(f"{len(want)} rows in" in done.stderr, "the command says what it did")
    done = subprocess.run(
        [*arguments, "--address", cluster.address, "--metric", "em"], capture_output=True, text=True, timeout=240
    )
    check(done.returncode == 2 and "options" in done.stderr, "the command refuses a folder of another job")
    say("python -m golongrl.ray score: equal to golongrl-score")


def main() -> None:
    print(f"ray {ray.__version__}, pyarrow {pa.__version__}, Python {platform.python_version()}; host run")
    with tempfile.TemporaryDirectory(prefix="golongrl-e2e-") as temporary:
        folder = Path(temporary)
        files = make_files(folder)
        want = cli("score", "--quiet", *map(str, files))
        check(len(want) > FILES * ROWS, "the command scores the files")
        cluster, nodes = start()
        ray.init(address=cluster.address, log_to_driver=False)
        ray.data.DataContext.get_current().enable_progress_bars = False
        try:
            say(f"a cluster of {sum(n['Alive'] for n in ray.nodes())} nodes; {len(files)} files, {len(want)} rows")
            files_and_kills(cluster, nodes[0], files, want, folder / "out")
            few = [json.loads(line) for line in (ROOT / "examples" / "rollouts.jsonl").read_text().splitlines()]
            scores = [row["score"] for row in cli("score", "--quiet", str(ROOT / "examples" / "rollouts.jsonl"))]
            scorers(few, scores)
            scored = dataset(files, want, None)
            if os.path.exists(os.environ.get("GOLONGRL_LIBRARY", "")):
                head = files[:2]
                dataset(head, cli("score", "--quiet", *map(str, head)), "inproc")
            else:
                say("no GOLONGRL_LIBRARY: the backend inproc is not tried")
            advantages(scored, want, folder)
            columns(files, want, folder)
            command(cluster, files[:1], cli("score", "--quiet", str(files[0])), folder / "command")
        finally:
            ray.shutdown()
            cluster.shutdown()
        wait("no process is left", 40, lambda: set(processes()) <= {os.getpid()})
        say("no process is left")


if __name__ == "__main__":
    main()
