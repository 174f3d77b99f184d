#!/usr/bin/env python3.11
"""Writes the goldens of package internal/py.

    python3.11 benchmarks/reference/py_goldens.py internal/py/testdata/golden

Strings that hold lone surrogates are stored as {"hex": "..."} of their generalized
UTF-8, all others as they are.  The output is a function of this file and of the
interpreter alone.
"""

import gzip
import hashlib
import json
import os
import platform
import random
import struct
import subprocess
import sys
import unicodedata


def enc(s):
    try:
        s.encode("utf-8")
        return s
    except UnicodeEncodeError:
        return {"hex": wtf8(s).hex()}


def wtf8(s):
    return s.encode("utf-8", "surrogatepass")


def write(folder, name, what, rows):
    head = {
        "reference": f"CPython {platform.python_version()} {what}",
        "unicode": unicodedata.unidata_version,
        "script": "benchmarks/reference/py_goldens.py",
    }
    text = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in [head, *rows])
    with open(os.path.join(folder, name + ".jsonl.gz"), "wb") as f:
        f.write(gzip.compress(text.encode("utf-8"), 9, mtime=0))


# ---- every code point --------------------------------------------------------------

BLOCK = 0x1000


def chars():
    yes = {False: b"0", True: b"1"}
    properties = {
        "isspace": lambda c: yes[c.isspace()],
        "isprintable": lambda c: yes[c.isprintable()],
        "isalnum": lambda c: yes[c.isalnum()],
        "isdigit": lambda c: yes[c.isdigit()],
        "isdecimal": lambda c: yes[c.isdecimal()],
        "lower": lambda c: wtf8(c.lower()) + b"\n",
        "casefold": lambda c: wtf8(c.casefold()) + b"\n",
        "repr": lambda c: wtf8(repr(c)) + b"\n",
        "split": lambda c: b"%d" % len(("a" + c + "b").split()),
        "sigma-before": lambda c: wtf8((c + "\u03a3").lower()) + b"\n",
        "sigma-between": lambda c: wtf8(("a" + c + "\u03a3").lower()) + b"\n",
        "sigma-after": lambda c: wtf8(("a\u03a3" + c).lower()) + b"\n",
        "sigma-around": lambda c: wtf8(("a\u03a3" + c + "b").lower()) + b"\n",
    }
    for name, get in properties.items():
        blocks = []
        for start in range(0, 0x110000, BLOCK):
            h = hashlib.sha256(b"".join(get(chr(cp)) for cp in range(start, start + BLOCK)))
            blocks.append(h.hexdigest()[:12])
        yield {"property": name, "blocks": ",".join(blocks)}
    for name in "lower", "casefold":
        differ = {cp: getattr(chr(cp), name)() for cp in range(0x110000)}
        yield {"map": name, "of": [[cp, to] for cp, to in differ.items() if to != chr(cp)]}


# ---- strings -----------------------------------------------------------------------

SPACES = [chr(c) for c in range(0x110000) if chr(c).isspace()]
SIGMA = ["\u03a3", "\u03a3", "\u03a3", "a", "\u0391", "\u03b1", "'", ".", ":", "\u0301", "\u00ad", " ", "1",
         "\u02b0", "\u0345", "\U0001d400", "\u01c5", "\u4e2d", "\ud800", "\u0130", "-", "\u2019"]
MIXED = ["a", "Z", "\u00c9", "\u00df", "\u0130", "\u1e9e", "\u03a3", "\u0416", "\u4e2d", "\uff21", "\U00010400",
         "\U0001f600", "\ud83d", "\ude00", "\udfff", "'", '"', "\\", "\n", "\t", "\r", "\x00", "\x1f", "\x7f",
         "\x80", "\xa0", "\xad", "\u200b", "\u2028", "\ufeff", "\ufffd", "\uffff", "\ue000", "\U0010ffff", "\ufb01",
         "\u0149", "\u1f80", "\u13a0", "\uab70", "\u10a0", "\u1c90", "\u2c2f", "\ua7c0", "\U00010570"]


def strings(rnd):
    yield from ["", " ", "a", " a", "a ", "a  b", "\x1ca\x1fb\x85", "\u03a3", "\u03a3\u03a3", "a\u03a3", "a\u03a3b",
                "\u039f\u0394\u039f\u03a3 \u039f\u0394\u039f\u03a3", "a\u03a3.b", "a\u03a3. b", "it's", '"q"', "'\"",
                "\ud83d\ude00", "\U0001f600", "I\u0307", "\u0130stanbul", "STRASSE Stra\u00dfe", "x" * 40 + "Y", "ABC" * 30]
    for alphabet, n in (SIGMA, 700), (MIXED, 700), (SPACES + ["a", "b", "\u00e9"] * 6, 300):
        for _ in range(n):
            yield "".join(rnd.choice(alphabet) for _ in range(rnd.randrange(1, 14)))
    for _ in range(200):
        yield "".join(rnd.choice("ab \t\nXY.'") for _ in range(rnd.randrange(1, 60)))
    for _ in range(200):
        yield "".join(chr(rnd.choice([rnd.randrange(0x3000), rnd.randrange(0x110000)])) for _ in range(rnd.randrange(1, 12)))


def text(rnd):
    for s in strings(rnd):
        yield {
            "s": enc(s), "len": len(s), "strip": enc(s.strip()), "split": [enc(w) for w in s.split()],
            "lower": enc(s.lower()), "casefold": enc(s.casefold()), "repr": enc(repr(s)),
        }


# ---- floats ------------------------------------------------------------------------


def floats(rnd):
    values = [0.0, -0.0, float("inf"), float("-inf"), float("nan"), 5e-324, 2.2250738585072014e-308,
              1.7976931348623157e308, 0.1, 0.3, 1e16, 9999999999999998.0, 1e15, 123456.789, 1e-4, 9.999999999999999e-5,
              1e-5, 5e-5, 1e22, 1e23, 2.0**53, 2.0**53 + 2, 100.0, 1e100, 25.0, 0.5]
    values += [2.0**e for e in range(-1074, 1024, 5)] + [10.0**e for e in range(-323, 309, 3)]
    values += [round(rnd.uniform(-100, 100), rnd.randrange(6)) for _ in range(400)]
    values += [float(rnd.randrange(10**rnd.randrange(1, 19))) for _ in range(300)]
    values += [struct.unpack("<d", rnd.randbytes(8))[0] for _ in range(2500)]
    for f in values:
        bits = struct.unpack("<Q", struct.pack("<d", f))[0]
        yield [f"{bits:016x}", repr(f)]


# ---- JSON --------------------------------------------------------------------------

FIXED = r"""
|0|-0|-|--1|+1|01|-01|1.|1.0|-1.50|.5|1e5|1E+5|1e-5|1e|1e+|1.e5|1.5e|1.5e+x|0e0|0.0|-0.0|-0e1|1e400|-1e400|1e-400|0x1|1_0|1 2
12345678901234567890|1e16|1e15|123456.7890|0.00001|9007199254740993|1.7976931348623159e308
nul|null|nulll|true|True|false|fals|NaN|nan|Na|Infinity|Inf|-Infinity|-Inf|-NaN|+Infinity|None
[|]|[]|[ ]|[,]|[1,]|[1,2|[1 2]|[1,2]]|[[]|[[],[]]|[1, 2 ,3 ]|{|}|{}|{ }|{,}|{"a"}|{"a":}|{"a":1|{"a":1,}|{"a" :1 , "b": 2}|{"a":1 "b":2}|{1:2}|{a:1}|{'a':1}|{"a":1}x
"|""|"a|"a"|"\"|"\\"|"\"|"\q"|"\/\b\f\n\r\t\"\\"|"\u"|"\u1"|"\u12"|"\u123"|"\u1234"|"\u123g"|"\u12é4"|"\u 123"|"\u+123"|"\u0000"|"\U1234"
"\ud83d\ude00"|"\ud83d"|"\ude00"|"\ude00\ud83d"|"\ud83d\ud83d\ude00"|"\ud83dx\ude00"|"\ud83d\n\ude00"|"\ud83d\u0041"|"\ud83d\|"\ud83d\u|"\ud83d\u00|"\ud83d\ude0|"\ud83d\ude00|"\ud83d\uzzzz"|"\uD83D\uDE00"|"\uDBFF\uDFFF"|"\ud800\udc00"
{"a":1,"a":2}|{"a":1,"b":2,"a":3}|{"a":1,"\u0061":2}|{"":1,"":{}}|{"\ud83d\ude00":1,"😀":2}|{"a":{"b":[1,{"c":null}]}}|{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":10,"k":11,"l":12,"m":13,"a":14,"n":15,"b":16}
["'"]|["\""]|["'\""]|["it's",'x']|["it's","\\\n\t\u0001\u007f\u00a0\u00ad\u200b\ufeff\uffff\ud800é中😀"]|[1.0,1,true,null,"1",-0,-0.0,1e400,NaN]|[ "a" , "b" ]|[1]]|// c|[1 /*c*/]|"a" "b"|{"a":[}|[{]|{"a"::1}|[1,,2]|{"a":1,,"b":2}
"""


def fixed():
    for line in FIXED.strip("\n").split("\n"):
        yield from line.split("|")
    yield from [" 1", "\t1\n", "\r\n 1 \r\n", "\x0b1", "\x0c1", "\xa01", "1\x00", "\u20031", "\ufeff1", " \ufeff1", "",
                '"a\nb"', '"a\tb"', '"\x00"', '"\x1f"', '"\x20\x7f\x80\u2028"', '"\ud83d\ude00"', '"\ud83d\\ude00"',
                '"\\ud83d\ude00"', '"\ud83d"', "\ud83d", '{"\ud83d":1}', '"' + "a" * 7 + '\\n"', '"' + "a" * 8 + '\x01"', '"' + "\u4e2d" * 9]
    for n in range(1, 20):
        yield from ['"' + "x" * n + '"', '"' + "x" * n, '"' + "x" * n + "\x19", '"' + "\xe9" * n + '\\"!#\x7f"']
    yield from ["9" * 4300, "9" * 4301, "-" + "9" * 4300, "-" + "9" * 4301, "[" + "1" * 5000 + ",", "1" * 5000 + ".5", "1" * 5000 + "e1",
                "1" * 5000 + "x", '{"a":' + "1" * 4301 + "}", "x" + "1" * 4301, "0." + "1" * 5000, "[1,}" + "1" * 5000]


WORDS = ["", "a", "data", "b c", "it's", 'say "x"', "\u4e2d\u6587", "\xe9", "\U0001f600", "\n", "\\", "\ud800", "/", "\x7f", "\x85", "\u2028"]


def tree(rnd, depth):
    kind = rnd.randrange(10 if depth else 7)
    if kind == 0:
        return rnd.choice([None, True, False])
    if kind == 1:
        return rnd.randrange(-10 ** rnd.randrange(1, 25), 10**20)
    if kind == 2:
        return rnd.choice([rnd.uniform(-9, 9), 10.0 ** rnd.randrange(-30, 30), float("nan"), float("inf"), -0.0, float(rnd.randrange(1000))])
    if kind <= 6:
        return rnd.choice(WORDS) + rnd.choice(WORDS)
    n = rnd.randrange(5)
    if kind <= 8:
        return [tree(rnd, depth - 1) for _ in range(n)]
    return {rnd.choice(WORDS) + rnd.choice("abc"): tree(rnd, depth - 1) for _ in range(n)}


CUTS = list('"\\{}[]:,0123456789.eE+-ntfNI \t\n\r\x00\x1f/u\u00e9\U0001f600') + ["\\u", "\\ud83d", "\\ude00", "null", "NaN", '"a":', "1e5"]


def documents(rnd):
    yield from fixed()
    for _ in range(900):
        doc = json.dumps(tree(rnd, 3), ensure_ascii=rnd.random() < 0.5, indent=rnd.choice([None, None, 1]))
        yield doc
        for _ in range(3):
            cut = doc
            for _ in range(rnd.randrange(1, 3)):
                i = rnd.randrange(len(cut) + 1)
                j = min(len(cut), i + rnd.randrange(3))
                cut = cut[:i] + rnd.choice(CUTS + [""] * 10) + cut[j:]
            yield cut
    for _ in range(600):
        yield "".join(rnd.choice(CUTS) for _ in range(rnd.randrange(1, 9)))


def outcome(doc):
    try:
        v = json.loads(doc)
    except json.JSONDecodeError as e:
        return {"doc": enc(doc), "error": e.msg, "pos": e.pos}
    except ValueError:
        return {"doc": enc(doc), "limit": "ValueError"}
    row = {"doc": enc(doc), "str": enc(str(v)), "type": type(v).__name__, "bool": bool(v)}
    if isinstance(v, (list, dict, str)):
        row["len"] = len(v)
    if isinstance(v, dict):
        row["items"] = [[enc(k), enc(str(x))] for k, x in v.items()]
    return row


# Two functions below the top level of a script, as default_compute_score and the
# compute_score of a task are.
DEPTH = """
import json
def compute_score(s):
    return json.loads(s)
def default_compute_score(s):
    return compute_score(s)
low, high = 1, 100000
while low + 1 < high:
    mid = (low + high) // 2
    try:
        default_compute_score(OPEN * mid + "0" + CLOSE * mid)
        low = mid
    except RecursionError:
        high = mid
print(low)
"""


def depths():
    for opening, closing in ("[", "]"), ('{"a":', "}"), ('[{"a":', "}]"):
        code = DEPTH.replace("OPEN", repr(opening)).replace("CLOSE", repr(closing))
        out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
        yield {"open": opening, "close": closing, "max": int(out)}


def main():
    if sys.version_info[:2] != (3, 11):
        sys.exit("py_goldens.py: needs Python 3.11, the reference version")
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    write(folder, "chars", "str methods on every code point", chars())
    write(folder, "text", "str methods", text(random.Random(1)))
    write(folder, "floats", "repr(float)", floats(random.Random(2)))
    write(folder, "json", "json.loads", map(outcome, documents(random.Random(3))))
    write(folder, "depth", "json.loads, deepest nesting before RecursionError", depths())


if __name__ == "__main__":
    main()
