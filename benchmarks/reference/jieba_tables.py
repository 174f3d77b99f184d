#!/usr/bin/env python3
"""Write the segmentation tables of jieba 0.42.1 as internal/jieba embeds them.

    jieba_tables.py OUT.gz

needs jieba==0.42.1 (MIT, Copyright (c) 2013 Sun Junyi). Every number is taken
from the imported package: dictionary frequencies after jieba has read its own
dict.txt, logarithms by this interpreter's math.log, emission probabilities from
jieba.finalseg. The output is the same on every run.

Layout before gzip, integers as unsigned LEB128, floats as little-endian float64:

    "jieba 0.42.1\\n"
    nchars, then nchars gaps: the han characters of code 70, 71, ... as
        zigzag differences of code points
    nweights, then nweights floats: weight 0 is log(1) - log(total), the rest
        log(freq) - log(total), one for each distinct frequency
    nnodes, then the trie in breadth-first order, root first:
        nnodes child counts
        nnodes-1 labels: the code of each child; the first child of a node is
            written whole, each further one as the difference from its sibling
        nnodes weight numbers, 0 where the node is no word
    nemits, then nemits floats: the distinct emission log-probabilities
    4*nchars numbers: for B, E, M, S, each character's emission plus one, or 0

Codes 1 to 69 are the ASCII characters of a block in the order of ASCII below;
han characters follow by falling dictionary frequency, which keeps the labels
small and the hot parts of the trie together.
"""
import collections
import gzip
import math
import struct
import sys

import jieba
from jieba.finalseg import emit_P

ASCII = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#%&+-._"
FIRST, LAST = 0x4E00, 0x9FD5
MAGIC = b"jieba 0.42.1\n"


def uvarint(out, x):
    while x >= 0x80:
        out.append(x & 0x7F | 0x80)
        x >>= 7
    out.append(x)


def floats(values):
    return struct.pack("<%dd" % len(values), *values)


def by_use(values):
    """Distinct values, most used first, so that common ones get short numbers."""
    count = collections.Counter(values)
    return sorted(count, key=lambda v: (-count[v], v))


def build():
    assert jieba.__version__ == "0.42.1", jieba.__version__
    jieba.setLogLevel(60)
    freq, total = jieba.Tokenizer.gen_pfdict(jieba.dt.get_dict_file())

    alphabet = set(ASCII) | {chr(c) for c in range(FIRST, LAST + 1)}
    # A word with a character that never occurs in a block can never match.
    words = {w: f for w, f in freq.items() if f and alphabet.issuperset(w)}

    use = collections.Counter()
    for w, f in words.items():
        for c in w:
            use[c] += f
    han = sorted(map(chr, range(FIRST, LAST + 1)), key=lambda c: (-use[c], c))
    code = {c: i + 1 for i, c in enumerate(ASCII + "".join(han))}

    out = bytearray(MAGIC)
    uvarint(out, len(han))
    prev = FIRST
    for c in han:
        d = ord(c) - prev
        uvarint(out, 2 * d if d >= 0 else -2 * d - 1)
        prev = ord(c)

    freqs = by_use(words.values())
    number = {f: i + 1 for i, f in enumerate(freqs)}
    logtotal = math.log(total)
    uvarint(out, len(freqs) + 1)
    out += floats([math.log(f) - logtotal for f in [1] + freqs])

    children = collections.defaultdict(list)
    for p in {w[:i] for w in words for i in range(1, len(w) + 1)}:
        children[p[:-1]].append(p)
    counts, labels, weights = bytearray(), bytearray(), bytearray()
    queue = [""]
    for p in queue:
        kids = sorted(children.get(p, ()), key=lambda q: code[q[-1]])
        uvarint(counts, len(kids))
        uvarint(weights, number.get(words.get(p), 0))
        last = 0
        for q in kids:
            uvarint(labels, code[q[-1]] - last)
            last = code[q[-1]]
        queue += kids
    uvarint(out, len(queue))
    out += counts + labels + weights

    emits = by_use([x for s in "BEMS" for x in emit_P[s].values()])
    number = {x: i + 1 for i, x in enumerate(emits)}
    uvarint(out, len(emits))
    out += floats(emits)
    for s in "BEMS":
        for c in han:
            uvarint(out, number.get(emit_P[s].get(c), 0))

    print("words %d (of %d), nodes %d, weights %d, emissions %d, longest word %d, total %d" % (
        len(words), sum(1 for f in freq.values() if f), len(queue), len(freqs) + 1, len(emits),
        max(map(len, words)), total))
    return bytes(out)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    raw = build()
    packed = gzip.compress(raw, 9, mtime=0)
    with open(sys.argv[1], "wb") as f:
        f.write(packed)
    print("%d bytes, %d packed" % (len(raw), len(packed)))


if __name__ == "__main__":
    main()
