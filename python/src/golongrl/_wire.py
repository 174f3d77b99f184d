"""The binary messages of frames and of the C library: the other side is package serve/wire in Go."""

from __future__ import annotations

import json
import math
import struct
import sys
from array import array
from collections.abc import Iterator, Mapping
from typing import Any

from . import _rows
from ._types import STATUSES, VERDICTS, Batch, CallError, Error, Row, Score, ScoreOptions, Verdict

PREFACE = b"GLR1"
HELLO, SCORE, VERIFY, ADVANTAGE, REGISTRY, ERROR = 1, 2, 3, 4, 5, 255
HEADER = struct.Struct("<BI")  # op, id
LENGTH = struct.Struct("<I")

_HEAD = struct.Struct("<BI")  # of a field: tag, length
_RESULT = struct.Struct("<dB")  # score, status
_FAILURE = struct.Struct("<Hi")  # code, item
_NUMBER = struct.Struct("<BId")  # a field of one f64
_FIELD_TAGS = {"reference": b"g", "task": b"t", "metric": b"m", "lang": b"l", "random_string_to_prepend": b"x"}
_END = b"\0"

# Items are sent in messages of about this size, far below the limits of servers,
# so that a batch of any size needs little memory on both sides.
CHUNK = 8 << 20


def utf8(s: str) -> bytes:
    """Return s as UTF-8, lone surrogates as the three bytes that they would have."""
    try:
        return s.encode()
    except UnicodeEncodeError:
        # As in JSON, two surrogates that are a pair are one character.
        units = s.encode("utf-16-le", "surrogatepass")
        return units.decode("utf-16-le", "surrogatepass").encode("utf-8", "surrogatepass")


def unutf8(b: bytes) -> str:
    """Return the text of UTF-8 as utf8 writes it."""
    return b.decode("utf-8", "surrogatepass")


def _field(tag: bytes, text: str) -> bytes:
    b = utf8(text)
    return b"".join((_HEAD.pack(tag[0], len(b)), b))


def sized(s: str) -> bytes:
    b = utf8(s)
    return LENGTH.pack(len(b)) + b


def encode_item(row: Row, i: int) -> bytes:
    """Return an item of Score."""
    response = utf8(row["response"])
    fields = row["fields"]
    parts = [_HEAD.pack(114, len(response)), response]  # 'r'
    if row["plain"]:
        for name, value in fields.items():
            if name == "length":
                parts.append(_NUMBER.pack(110, 8, value))  # 'n'
            else:
                parts.append(_field(_FIELD_TAGS[name], value))
    else:
        parts.append(_field(b"j", _rows.dumps(fields, f"item {i}: ")))
    parts.append(_END)
    return b"".join(parts)


def _options(o: ScoreOptions) -> bytes:
    parts = []
    if o.metric:
        parts.append(_field(b"m", o.metric))
    if o.profile:
        parts.append(_field(b"p", o.profile))
    if o.force:
        parts.append(_field(b"f", ""))
    if o.explain:
        parts.append(_field(b"e", ""))
    parts.append(_END)
    return b"".join(parts)


def _chunks(head: bytes, items: Iterator[bytes]) -> Iterator[tuple[int, int, bytes]]:
    first = count = size = 0
    parts: list[bytes] = []
    for item in items:
        if parts and size + len(item) > CHUNK:
            yield first, count, b"".join((head, LENGTH.pack(count), *parts))
            first, count, size, parts = first + count, 0, 0, []
        parts.append(item)
        size += len(item)
        count += 1
    if parts or first == 0:
        yield first, count, b"".join((head, LENGTH.pack(count), *parts))


def encode_score(o: ScoreOptions, rows: list[Row]) -> Iterator[tuple[int, int, bytes]]:
    """Yield bodies of Score, each with the index of its first item and their number."""
    return _chunks(_options(o), (encode_item(row, i) for i, row in enumerate(rows)))


def encode_verify(options: Mapping[str, Any], pairs: list[tuple[str, str]]) -> Iterator[tuple[int, int, bytes]]:
    """Yield bodies of Verify, each with the index of its first pair and their number."""
    head = (_field(b"o", _rows.dumps(options, "options: ")) if options else b"") + _END
    return _chunks(head, (sized(gold) + sized(response) for gold, response in pairs))


def _floats(values: list[float]) -> bytes:
    return _little(array("d", values)).tobytes()


def _u32s(values: list[int]) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


def _little(a: array[float]) -> array[float]:
    if sys.byteorder == "big":
        a.byteswap()
    return a


def encode_advantage(b: Batch) -> bytes:
    """Return the body of Advantage."""
    parts = [_field(b"e", b.estimator)]

    def add(tag: bytes, data: bytes) -> None:
        parts.extend((_HEAD.pack(tag[0], len(data)), data))

    add(b"r", _floats(b.rewards))
    add(b"g", _u32s(b.groups))
    if b.tasks is not None:
        numbers: dict[str, int] = {}
        add(b"t", _u32s([numbers.setdefault(t, len(numbers)) for t in b.tasks]))
        add(b"T", b"".join(sized(t) for t in numbers))
    if b.lengths is not None:
        add(b"l", _u32s(b.lengths))
    if b.baselines is not None:
        add(b"b", _floats(b.baselines))
    for name, values in (b.components or {}).items():
        add(b"c", sized(name) + _floats(values))
    parts.append(_END)
    return b"".join(parts)


def _fields(b: bytes, at: int) -> tuple[dict[int, bytes], int]:
    found = {}
    while tag := b[at]:
        (n,) = LENGTH.unpack_from(b, at + 1)
        at += 5
        found[tag] = b[at : at + n]
        at += n
    return found, at + 1


def _text(found: Mapping[int, bytes], tag: int) -> str | None:
    b = found.get(tag)
    return None if b is None else unutf8(b)


def reply(b: bytes, op: int, call: int) -> bytes:
    """Check the head of a reply and return its body. A reply that is an error is raised."""
    try:
        got, number = HEADER.unpack_from(b)
        if got == ERROR and number in (call, 0):
            code, item = _FAILURE.unpack_from(b, HEADER.size)
            (n,) = LENGTH.unpack_from(b, HEADER.size + _FAILURE.size)
            at = HEADER.size + _FAILURE.size + LENGTH.size
            raise CallError(code, None if item < 0 else item, b[at : at + n].decode("utf-8", "replace"))
        if (got, number) != (op, call):
            raise Error(f"a reply to call {number} of operation {got} instead of {call} of {op}: not golongrl?")
    except struct.error:
        raise Error(f"a reply of {len(b)} bytes cannot be read: not a golongrl server?") from None
    return b[HEADER.size :]


def _damaged(n: int) -> Error:
    return Error(f"a reply to {n} items cannot be read: the server and the client differ in version?")


def decode_score(b: bytes, n: int) -> list[Score]:
    """Read the reply of Score."""
    try:
        if LENGTH.unpack_from(b)[0] != n:
            raise _damaged(n)
        at, out = LENGTH.size, []
        for _ in range(n):
            value, status = _RESULT.unpack_from(b, at)
            found, at = _fields(b, at + _RESULT.size)
            detail = found.get(100)
            out.append(
                Score(
                    None if math.isnan(value) else value,
                    STATUSES[status],
                    _text(found, 109),
                    _text(found, 116),
                    _text(found, 69),
                    None if detail is None else json.loads(detail),
                )
            )
    except (struct.error, IndexError):
        raise _damaged(n) from None
    return out


def decode_verify(b: bytes, n: int) -> list[Verdict]:
    """Read the reply of Verify."""
    try:
        if LENGTH.unpack_from(b)[0] != n:
            raise _damaged(n)
        at, out = LENGTH.size, []
        for _ in range(n):
            verdict = VERDICTS[b[at]]
            found, at = _fields(b, at + 1)
            out.append(
                Verdict(
                    verdict,
                    None if verdict == "undecided" else verdict == "equal",
                    _text(found, 114),
                    _text(found, 103),
                    _text(found, 97),
                    _text(found, 69),
                    _text(found, 110),
                )
            )
    except (struct.error, IndexError):
        raise _damaged(n) from None
    return out


def decode_advantage(b: bytes, n: int) -> list[float]:
    """Read the reply of Advantage."""
    try:
        found, _ = _fields(b, 0)
    except (struct.error, IndexError):
        raise _damaged(n) from None
    values = array("d")
    values.frombytes(found.get(97, b""))
    if len(values) != n:
        raise _damaged(n)
    return _little(values).tolist()


def shifted(e: CallError, first: int) -> CallError:
    """Return e as the error of a batch whose part begins at item first."""
    return e if e.item is None or first == 0 else CallError(e.code, e.item + first, e.message)


class WireCalls:
    """The methods of a backend that carries messages."""

    def call(self, op: int, body: bytes) -> bytes:
        """Carry a call there and its reply back; return the reply's body."""
        raise NotImplementedError

    def _call(self, op: int, first: int, body: bytes) -> bytes:
        try:
            return self.call(op, body)
        except CallError as e:
            raise shifted(e, first) from None

    def score(self, options: ScoreOptions, rows: list[Row]) -> list[Score]:
        """Judge rows, in order."""
        out: list[Score] = []
        for first, n, body in encode_score(options, rows):
            out += decode_score(self._call(SCORE, first, body), n)
        return out

    def verify(self, options: Mapping[str, Any], pairs: list[tuple[str, str]]) -> list[Verdict]:
        """Compare pairs of gold and response, in order."""
        out: list[Verdict] = []
        for first, n, body in encode_verify(options, pairs):
            out += decode_verify(self._call(VERIFY, first, body), n)
        return out

    def advantage(self, batch: Batch) -> list[float]:
        """Compute the advantages of a batch."""
        return decode_advantage(self.call(ADVANTAGE, encode_advantage(batch)), len(batch.rewards))

    def registry(self) -> dict[str, Any]:
        """Describe what can be called."""
        return _object(self.call(REGISTRY, b""))

    def hello(self) -> dict[str, Any]:
        """Describe the other side."""
        return _object(self.call(HELLO, LENGTH.pack(0)))


def _object(b: bytes) -> dict[str, Any]:
    value = json.loads(b)
    if not isinstance(value, dict):
        raise Error("the reply is no JSON object: not a golongrl server?")
    return value
