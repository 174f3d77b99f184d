"""golongrl.ray.read, score_files and the command."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import IO, TYPE_CHECKING, Any

from golongrl import _ray_rows

if TYPE_CHECKING:
    import pyarrow.fs
    import ray.data

BLOCK_BYTES = 8 << 20
"""About how many bytes of lines are kept together: in a table of read, and in a part of score_files."""
BLOCK_ROWS = 4096
_MANIFEST = "_golongrl.json"
_BOM = b"\xef\xbb\xbf"


def _filesystem(path: str) -> tuple[pyarrow.fs.FileSystem, str]:
    """The file system that a path or URI is in, and its path there."""
    from pyarrow import fs

    if "://" in path:
        system, inside = fs.FileSystem.from_uri(path)
        return system, inside
    return fs.LocalFileSystem(), os.path.abspath(path)


def expand(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[str]:
    """The files that names, patterns (of local files) and folders stand for, those of one name in order of their names.

    Raises ValueError if there is none.
    """
    from glob import glob, has_magic

    from pyarrow import fs

    given = [os.fspath(paths)] if isinstance(paths, (str, os.PathLike)) else [os.fspath(p) for p in paths]
    files: list[str] = []
    for name in given:
        found = sorted(glob(name)) if "://" not in name and has_magic(name) and not os.path.exists(name) else [name]
        for one in found:
            system, path = _filesystem(one)
            kind = system.get_file_info(path).type
            if kind == fs.FileType.NotFound:
                raise ValueError(f"{one}: there is no such file")
            if kind == fs.FileType.Directory:
                inside = system.get_file_info(fs.FileSelector(path, recursive=True))
                prefix = one.split("://")[0] + "://" if "://" in one else ""
                hidden = ("_", ".")
                files += sorted(
                    prefix + i.path for i in inside if i.is_file and not i.base_name.startswith(hidden)
                )  # fmt: skip
            else:
                files.append(one)
        if not found:
            raise ValueError(f"{name}: there is no such file")
    if not files:
        raise ValueError(f"{', '.join(given)}: there are no files")
    return files


def is_parquet(path: str) -> bool:
    """Whether a file is read as Parquet and not as lines of JSON."""
    return path.lower().endswith((".parquet", ".pq"))


def lines(path: str) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that are not blank, with their numbers counted from 1. What is compressed (.gz, .zst, .bz2,
    .lz4) is unpacked."""
    system, inside = _filesystem(path)
    with system.open_input_stream(inside, compression="detect", buffer_size=1 << 20) as f:
        rest: list[bytes] = []
        number, first = 0, True
        while chunk := f.read(1 << 20):
            if first:
                chunk, first = chunk.removeprefix(_BOM), False
            *whole, last = chunk.split(b"\n")
            for line in whole:
                number += 1
                if rest:
                    line = b"".join((*rest, line))
                    rest = []
                if line.strip(b" \t\r"):
                    yield number, line
            if last:
                rest.append(last)
        if rest and (line := b"".join(rest)).strip(b" \t\r"):
            yield number + 1, line


def records(path: str) -> Iterator[tuple[int, bytes]]:
    """The rows of a Parquet file as lines of JSON, of the fields that are read."""
    import pyarrow.parquet as pq

    system, inside = _filesystem(path)
    with system.open_input_file(inside) as f:
        file = pq.ParquetFile(f)
        columns = [name for name in file.schema_arrow.names if name in _ray_rows.FIELDS]
        number = 0
        for batch in file.iter_batches(batch_size=256, columns=columns):
            for row in batch.to_pylist(maps_as_pydicts="strict"):
                number += 1
                yield number, json.dumps(row, default=_plain).encode()


def _plain(value: Any) -> Any:
    try:
        from golongrl import _rows

        return _rows.plain(value)
    except (TypeError, ValueError):
        return str(value)


def blocks(rows: Iterable[tuple[int, bytes]]) -> Iterator[tuple[list[int], list[bytes]]]:
    """Rows in blocks of bounded size, always the same ones."""
    numbers: list[int] = []
    texts: list[bytes] = []
    size = 0
    for number, text in rows:
        if numbers and (size + len(text) > BLOCK_BYTES or len(numbers) == BLOCK_ROWS):
            yield numbers, texts
            numbers, texts, size = [], [], 0
        numbers.append(number)
        texts.append(text)
        size += len(text)
    if numbers:
        yield numbers, texts


def _tables(batch: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    import pyarrow as pa

    for path in batch["file"]:
        for numbers, texts in blocks(lines(path)):
            yield pa.table(
                {
                    "file": pa.array([str(path)] * len(numbers), pa.string()),
                    "line": pa.array(numbers, pa.int64()),
                    "row": pa.array(texts, pa.binary()),
                }
            )


def _listed(files: list[dict[str, Any]]) -> ray.data.Dataset:
    """A data set of files to read, whose descendants have blocks small enough to keep many actors busy."""
    import ray.data

    ds = ray.data.from_items(files, override_num_blocks=min(len(files), 1000))
    ds.context.target_max_block_size = BLOCK_BYTES
    return ds


def _readers(files: Sequence[str]) -> Any:
    """Tasks that read, one for every four CPUs; to be had with no CPU, as they wait for disks while the actors may have
    all of them."""
    import ray
    import ray.data

    ray.init(ignore_reinit_error=True)
    cpus = int(ray.cluster_resources().get("CPU", 1))
    return ray.data.TaskPoolStrategy(size=min(len(files), max(2, cpus // 4)))


def read(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> ray.data.Dataset:
    """A data set of files of rollouts: names, patterns, folders, or URIs that pyarrow knows (s3://, gs://, hdfs://).

    Parquet files become the columns that they have. Files of JSON lines, also compressed, become the columns
    ``file``, ``line`` (counted from 1) and ``row``, the bytes of the line: rows whose references differ in type, which
    no table can hold, stay what they are. A line that cannot be read is a row with status error when it is scored.

    Raises ValueError if there are no files or files of both kinds.
    """
    import ray.data

    files = expand(paths)
    parquet = [is_parquet(path) for path in files]
    if all(parquet):
        return ray.data.read_parquet(files)
    if any(parquet):
        raise ValueError("some files are Parquet and some lines of JSON: read them one kind at a time")
    names = _listed([{"file": path} for path in files])
    return names.map_batches(_tables, batch_size=1, batch_format="numpy", num_cpus=0, compute=_readers(files))


@dataclass
class Summary:
    """What score_files did."""

    rows: int = 0
    scored: int = 0
    """Rows that have a score."""
    statuses: dict[str, int] = field(default_factory=dict)
    tasks: dict[str, list[float]] = field(default_factory=dict)
    """By task: rows, rows with a score, and the sum of the scores."""
    parts: int = 0
    kept: int = 0
    """Parts that an earlier run had made."""

    def add(self, results: Iterable[Mapping[str, Any]]) -> None:
        """Counts results."""
        for r in results:
            self.rows += 1
            self.statuses[r["status"]] = self.statuses.get(r["status"], 0) + 1
            task = self.tasks.setdefault(r["task"] or "-", [0, 0, 0.0])
            task[0] += 1
            if r["score"] is not None:
                self.scored += 1
                task[1] += 1
                task[2] += r["score"]

    def merge(self, other: Summary) -> None:
        """Adds another's counts."""
        self.rows += other.rows
        self.scored += other.scored
        self.parts += other.parts
        self.kept += other.kept
        for status, n in other.statuses.items():
            self.statuses[status] = self.statuses.get(status, 0) + n
        for name, counts in other.tasks.items():
            mine = self.tasks.setdefault(name, [0, 0, 0.0])
            self.tasks[name] = [a + b for a, b in zip(mine, counts, strict=True)]

    def __str__(self) -> str:
        out = [f"{'task':<14}{'rows':>10}{'mean':>10}{'scored':>9}"]
        for name, (rows, scored, total) in sorted(self.tasks.items()):
            mean = f"{total / scored:.4f}" if scored else "-"
            out.append(f"{name[:13]:<14}{rows:>10.0f}{mean:>10}{scored / rows:>9.1%}")
        return "\n".join(out)


def _chunks(batch: Mapping[str, Any], out: str, resume: bool) -> Iterator[Any]:
    """The blocks of files, each a row of a table: what one part is made of."""
    import pyarrow as pa

    system, folder = _filesystem(out)
    for path, index in zip(batch["file"], batch["index"], strict=True):
        path = str(path)
        rows = records(path) if is_parquet(path) else lines(path)
        for k, (numbers, texts) in enumerate(blocks(rows)):
            name = f"part-{int(index):05d}-{k:06d}.jsonl"
            done = resume and system.get_file_info(f"{folder}/{name}").is_file
            yield pa.table(
                {
                    "part": pa.array([name], pa.string()),
                    "file": pa.array([path], pa.string()),
                    "done": pa.array([done], pa.bool_()),
                    "lines": pa.array([[] if done else numbers], pa.list_(pa.int64())),
                    "rows": pa.array([[] if done else texts], pa.list_(pa.large_binary())),
                }
            )


class _ScoreParts:
    """Scores blocks and writes parts."""

    def __init__(self, options: dict[str, Any], out: str, backend: str | None, num_cpus: float) -> None:
        self._client = _ray_rows.own_backend(backend, num_cpus)
        self._options, self._out = options, out

    def __call__(self, table: Any) -> dict[str, list[Any]]:
        summaries = []
        for chunk in table.to_pylist():
            summary = Summary(parts=1, kept=int(chunk["done"]))
            if chunk["done"]:
                system, folder = _filesystem(self._out)
                with system.open_input_stream(f"{folder}/{chunk['part']}") as f:
                    summary.add(json.loads(line) for line in f.read().splitlines())
            else:
                results = self._score(chunk)
                summary.add(results)
                _write(self._out, chunk["part"], results)
            summaries.append(json.dumps(asdict(summary)))
        return {"summary": summaries}

    def _score(self, chunk: Mapping[str, Any]) -> list[dict[str, Any]]:
        names, todo = [], []
        for number, line in zip(chunk["lines"], chunk["rows"], strict=True):
            fields, found = _ray_rows.read(line)
            names += [(*_ray_rows.names(fields, number), number)] * len(found)
            todo += found
        scores = _ray_rows.score(self._client, todo, self._options)
        return [
            _ray_rows.result(row_id, group, s.number, score, f"{chunk['file']}:{number}: ")
            for (row_id, group, number), s, score in zip(names, todo, scores, strict=True)
        ]


def _write(out: str, name: str, results: Iterable[Mapping[str, Any]]) -> None:
    """Writes a part so that it is there as a whole or not at all."""
    from pyarrow import fs

    data = b"".join(json.dumps(r, separators=(",", ":")).encode() + b"\n" for r in results)
    system, folder = _filesystem(out)
    path = f"{folder}/{name}"
    # Object stores show a file when it has been closed; others need another name until then.
    local = isinstance(system, fs.LocalFileSystem)
    writing = f"{folder}/.{name}.{uuid.uuid4().hex}" if local else path
    with system.open_output_stream(writing, compression=None) as f:
        f.write(data)
    if local:
        os.replace(writing, path)


def _prepare(out: str, files: Sequence[str], options: Mapping[str, Any], resume: bool) -> None:
    """Makes the folder, or sees that it is one of the same job."""
    from pyarrow import fs

    system, folder = _filesystem(out)
    system.create_dir(folder, recursive=True)
    job: dict[str, Any] = {"golongrl": 1, "options": dict(options), "block": [BLOCK_BYTES, BLOCK_ROWS], "files": []}
    for path in files:
        inside, name = _filesystem(path)
        job["files"].append([path, inside.get_file_info(name).size])
    manifest = f"{folder}/{_MANIFEST}"
    if system.get_file_info(manifest).is_file:
        with system.open_input_stream(manifest) as f:
            before = json.loads(f.read())
        if resume and before != job:
            changed = [name for name in job if before.get(name) != job[name]]
            raise ValueError(
                f"{out} was made by another job, which differs in {', '.join(changed)}: choose another folder, or make "
                "it anew (resume=False, --no-resume)"
            )
    found = system.get_file_info(fs.FileSelector(folder))
    parts = [i.path for i in found if i.is_file and i.base_name.startswith(("part-", ".part-"))]
    if parts and resume and not system.get_file_info(manifest).is_file:
        raise ValueError(f"{out} has parts, but not the file {_MANIFEST} that says of which job: choose another folder")
    for path in parts:
        if not resume or os.path.basename(path).startswith("."):  # a temporary file of a process that was killed
            with contextlib.suppress(FileNotFoundError):
                system.delete_file(path)
    with system.open_output_stream(manifest) as f:
        f.write(json.dumps(job).encode())


def score_files(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    *,
    metric: str | None = None,
    profile: str | None = None,
    force: bool = False,
    explain: bool = False,
    resume: bool = True,
    concurrency: int | tuple[int, int] | None = None,
    num_cpus: float = 1,
    backend: str | None = None,
    progress: IO[str] | None = None,
) -> Summary:
    """Scores files, see ``read`` for their names, Parquet and JSON lines, and writes results into a folder.

    The folder out, which may be a URI too, gets files ``part-FILE-BLOCK.jsonl`` whose order by name is that of the
    input, with the lines that golongrl-score writes: ``cat out/part-*.jsonl`` can be given to ``golongrl-score
    advantage``. A part is there as a whole or not at all. When a job is started again after it was killed, finished
    parts are kept; inputs or options that differ from those of the folder are refused with ValueError, unless resume
    is False, which removes the parts and starts anew.

    progress gets lines about the progress. The other arguments are those of score_dataset.
    """

    files, out = expand(paths), os.fspath(out)
    if "://" not in out:
        out = os.path.abspath(out)
    files = [path if "://" in path else os.path.abspath(path) for path in files]
    options = {"metric": metric, "profile": profile, "force": force, "explain": explain}
    _prepare(out, files, options, resume)
    names = _listed([{"file": path, "index": i} for i, path in enumerate(files)])
    chunks = names.map_batches(
        _chunks,
        fn_kwargs={"out": out, "resume": resume},
        batch_size=1,
        batch_format="numpy",
        num_cpus=0,
        compute=_readers(files),
    )
    done = chunks.map_batches(
        _ScoreParts,
        fn_constructor_kwargs={"options": options, "out": out, "backend": backend, "num_cpus": num_cpus},
        batch_size=1,
        batch_format="pyarrow",
        num_cpus=num_cpus,
        compute=_ray_rows.pool(concurrency),
    )
    total, began = Summary(), time.monotonic()
    said = began
    for row in done.iter_rows():
        total.merge(Summary(**json.loads(row["summary"])))
        if progress is not None and (now := time.monotonic()) - said >= 5:
            said = now
            print(f"{total.rows} rows, {total.rows / (now - began):.0f} rows/s", file=progress, flush=True)
    if progress is not None:
        seconds = time.monotonic() - began
        kept = f", {total.kept} of {total.parts} parts kept from before" if total.kept else ""
        print(f"{total}\n{total.rows} rows in {seconds:.1f} s{kept}", file=progress, flush=True)
    return total


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m golongrl.ray", description="golongrl on a Ray cluster.")
    commands = parser.add_subparsers(dest="command", required=True)
    p = commands.add_parser(
        "score", help="score files of rollouts", description=(score_files.__doc__ or "").split("\n")[0]
    )
    p.add_argument("input", nargs="+", metavar="IN", help="files, patterns, folders or URIs: JSON lines or Parquet")
    p.add_argument("out", metavar="OUT", help="folder for the results")
    p.add_argument("--metric", help="metric of rows that name none; may be an expression")
    p.add_argument("--profile", choices=("strict", "reference"))
    p.add_argument("--force", action="store_true", help="the metric judges every row")
    p.add_argument("--explain", action="store_true", help="say in each row why")
    p.add_argument("--no-resume", action="store_true", help="remove what an earlier run made")
    p.add_argument("--concurrency", type=int, metavar="N", help="actors (default: as many as the cluster has room for)")
    p.add_argument("--num-cpus", type=float, default=1, metavar="N", help="CPUs and threads of an actor (default: 1)")
    p.add_argument("--backend", choices=("socket", "inproc"), help="default: socket")
    p.add_argument("--address", help="the cluster, as for ray.init (default: the one that runs, or a local one)")
    a = parser.parse_args(arguments)
    import ray
    import ray.data

    ray.init(address=a.address, log_to_driver=False, ignore_reinit_error=True)
    ray.data.DataContext.get_current().enable_progress_bars = False
    try:
        score_files(
            a.input,
            a.out,
            metric=a.metric,
            profile=a.profile,
            force=a.force,
            explain=a.explain,
            resume=not a.no_resume,
            concurrency=a.concurrency,
            num_cpus=a.num_cpus,
            backend=a.backend,
            progress=sys.stderr,
        )
    except ValueError as e:
        print(f"golongrl.ray: {e}", file=sys.stderr)
        return 2
    finally:
        ray.shutdown()
    return 0
