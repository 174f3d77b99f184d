"""Writes the Parquet fixtures of scoring/parquet and what Python reads from them.

    python parquet_fixture.py FOLDER

Needs pyarrow 26.0.1.  For each fixture NAME.parquet a file NAME.jsonl.gz holds, behind
a first line that names the reference, each row as JSON: what pyarrow reads back, with
dates and times as the numbers stored, decimals as numbers with their fraction, and
bytes as text.
"""

import decimal
import gzip
import json
import pathlib
import sys
import uuid

import pyarrow as pa
import pyarrow.parquet as pq


def verl_table():
    """Rows as the GoLongRL data set has them, with responses."""
    truth = pa.struct([
        ("doc_ids", pa.list_(pa.string())),
        ("golden_label", pa.string()),
        ("summary", pa.string()),
    ])
    schema = pa.schema([
        ("data_source", pa.string()),
        ("prompt", pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))),
        ("ability", pa.string()),
        ("reward_model", pa.struct([("style", pa.string()), ("ground_truth", truth)])),
        ("extra_info", pa.struct([("index", pa.int64()), ("reward_mode", pa.string()), ("question", pa.string())])),
        ("uid", pa.string()),
        ("responses", pa.list_(pa.string())),
    ])
    rows = []
    for i in range(60):
        kind = i % 4
        if kind == 0:
            source, mode, gold = "EM", "EM", {"golden_label": f"label {i}"}
            good = f"<think>why</think>label {i}"
        elif kind == 1:
            source, mode, gold = "selection", "selection", {"golden_label": "B"}
            good = "<think>why</think>The correct answer is (B)"
        elif kind == 2:
            source, mode = "longbench_pro", "T5.1 Full-Sentence Citation Alignment"
            gold = {"doc_ids": [f"Part {i}", "Part 2"], "summary": "English"}
            good = f"<think>why</think>[Answer]\nPart {i}\nPart 2"
        else:
            source, mode = "longbench_pro", "T4.1 Global-Coverage Constrained Summary"
            gold = {"doc_ids": ["今天天气很好，我们去公园。"], "summary": "Chinese"}
            good = "<think>想</think>[答案]\n今天天气很好，我们去公园。"
        rows.append({
            "data_source": source,
            "prompt": [{"role": "user", "content": "question " * 50}],
            "ability": "x",
            "reward_model": None if i == 50 else {"style": "rule", "ground_truth": None if i == 51 else gold},
            "extra_info": {"index": i, "reward_mode": mode, "question": None},
            "uid": None if i % 5 == 0 else f"u{i // 2}",
            "responses": None if i == 52 else [] if i == 53 else [good, None, "wrong \"\\\n\t\x00 \U0001F600"][: 1 + i % 3],
        })
    return pa.Table.from_pylist(rows, schema=schema)


def shapes_table():
    """Every shape and type, with nulls and empty lists at each level."""
    inner = pa.struct([("a", pa.int32()), ("b", pa.list_(pa.list_(pa.float64())))])
    schema = pa.schema([
        ("deep", pa.list_(pa.list_(inner))),
        ("map", pa.map_(pa.string(), pa.list_(pa.int64()))),
        ("intmap", pa.map_(pa.int32(), pa.string())),
        pa.field("needed", pa.struct([pa.field("x", pa.bool_(), nullable=False)]), nullable=False),
        ("u64", pa.uint64()), ("u8", pa.uint8()), ("i8", pa.int8()), ("i64", pa.int64()),
        ("f16", pa.float16()), ("f32", pa.float32()), ("f64", pa.float64()),
        ("dec", pa.decimal128(12, 3)), ("big", pa.decimal256(60, 20)),
        ("day", pa.date32()), ("time", pa.timestamp("us")),
        ("bytes", pa.binary()), ("fixed", pa.binary(4)), ("large", pa.large_string()),
        ("cat", pa.dictionary(pa.int32(), pa.string())),
        ("nothing", pa.null()),
        ("uuid", pa.uuid()),
    ])
    import numpy as np
    rows = [
        {
            "deep": [[{"a": 1, "b": [[1.0, 2.5], [], None]}, None], [], None, [{"a": None, "b": None}, {"a": 3, "b": []}]],
            "map": [("k", [1, None, 2]), ("l", None), ("", [])], "intmap": [(-5, "x"), (7, None)],
            "needed": {"x": True}, "u64": 2**64 - 1, "u8": 255, "i8": -128, "i64": -(2**63),
            "f16": np.float16(0.333), "f32": 0.1, "f64": 1e300,
            "dec": decimal.Decimal("-123456789.001"), "big": decimal.Decimal("-1234567890123456789012345678901234567890.00000000000000000001"),
            "day": 19000, "time": 1700000000123456,
            "bytes": "é\0".encode(), "fixed": b"abcd", "large": "L", "cat": "c", "uuid": uuid.UUID(int=5).bytes,
        },
        {"needed": {"x": False}},
        {
            "deep": [], "map": [], "intmap": [], "needed": {"x": False}, "u64": 0, "u8": 0, "i8": 0, "i64": 0,
            "f16": np.float16("-inf"), "f32": float("inf"), "f64": float("nan"), "dec": decimal.Decimal("0.001"), "big": decimal.Decimal("5"),
            "day": -1, "time": -1, "bytes": b"", "fixed": b"\x01\x7f\"\\", "large": "", "cat": "", "uuid": uuid.UUID(int=2**128 - 1).bytes,
        },
        {
            "deep": [[]], "map": [("d", [3])], "needed": {"x": True}, "f16": np.float16(6e-8), "f32": -0.0, "f64": 5.0,
            "dec": decimal.Decimal("-0.5"), "big": decimal.Decimal("-0.00000000000000000001"), "cat": "c",
        },
        {"deep": [None, [None]], "needed": {"x": True}, "f16": np.float16("nan")},
    ]
    return pa.Table.from_pylist(rows * 5, schema=schema)


def plain(value, kind):
    """The JSON value of what pyarrow read."""
    if value is None:
        return None
    if pa.types.is_map(kind):
        key = plain_key
        return {key(k): plain(v, kind.item_type) for k, v in value}
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return [plain(v, kind.value_type) for v in value]
    if pa.types.is_struct(kind):
        return {f.name: plain(value[f.name], f.type) for f in kind}
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, decimal.Decimal):
        return Number(f"{value:f}")
    return value


def plain_key(k):
    return k if isinstance(k, str) else json.dumps(k)


class Number(float):
    """A number with digits of its own."""

    def __new__(cls, text):
        self = super().__new__(cls, text)
        self.text = text
        return self

    def __repr__(self):
        return self.text


def dumps(row):
    marks = {}

    def mark(v):
        if isinstance(v, Number):
            marks[f"@{len(marks)}@"] = v.text
            return f"@{len(marks) - 1}@"
        if isinstance(v, dict):
            return {k: mark(x) for k, x in v.items()}
        if isinstance(v, list):
            return [mark(x) for x in v]
        return v

    text = json.dumps(mark(row), ensure_ascii=False)
    for k, v in marks.items():
        text = text.replace(f'"{k}"', v)
    return text


def write(folder, name, table, **options):
    path = folder / f"{name}.parquet"
    pq.write_table(table, path, **options)
    back = pq.read_table(path)
    schema = back.schema
    for i, f in enumerate(schema):  # as the numbers stored
        if pa.types.is_date32(f.type):
            back = back.set_column(i, f.name, back.column(i).cast(pa.int32()))
        elif pa.types.is_timestamp(f.type):
            back = back.set_column(i, f.name, back.column(i).cast(pa.int64()))
    lines = [json.dumps({"reference": f"pyarrow {pa.__version__}", "script": "benchmarks/reference/parquet_fixture.py"})]
    for row in back.to_pylist():
        lines.append(dumps({f.name: plain(row[f.name], f.type) for f in back.schema}))
    with open(folder / f"{name}.jsonl.gz", "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as z:
        z.write(("\n".join(lines) + "\n").encode())


def main():
    folder = pathlib.Path(sys.argv[1])
    write(folder, "verl", verl_table(), row_group_size=25, compression="zstd", data_page_size=200)
    write(folder, "shapes", shapes_table(), row_group_size=7, compression="snappy", data_page_version="2.0", data_page_size=64)
    write(folder, "plain", shapes_table(), compression="gzip", use_dictionary=False, write_statistics=False)


main()
