"""Writes the golden files of package rouge.

usage: python3.11 rouge_goldens.py OUTDIR

Needs rouge==1.0.1 and rouge-score==0.1.2 (with nltk, whose Porter stemmer it
uses). Every value is computed by those packages; this file only makes inputs
and counts the calls of the recursive back-trace.
"""

import gzip
import importlib.metadata
import importlib.util
import json
import pathlib
import platform
import random
import re
import sys
from pydoc_data.topics import topics

import nltk.stem.porter
import rouge
import rouge.rouge_score as pltrdy
from rouge_score import rouge_scorer, tokenize

SEED = 20261123

PROSE = re.sub(r"[^A-Za-z0-9 ,.'\n-]+", " ", "\n".join(topics[k] for k in sorted(topics)))
PROSE = re.sub(r"[ ]+", " ", PROSE)
WORDS = sorted(set(re.findall(r"[A-Za-z]+", PROSE)))
HAN = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所"


def version(name):
    return importlib.metadata.version(name)


def write(path, header, lines):
    """Writes gzip JSON lines that depend on the contents only."""
    header["python"] = platform.python_version()
    header["seed"] = SEED
    header["cases"] = len(lines)
    with open(path, "wb") as raw:
        with gzip.GzipFile("", "wb", 9, raw, mtime=0) as f:
            for x in [header] + lines:
                f.write(json.dumps(x, separators=(",", ":")).encode() + b"\n")
    print(path.name, len(lines), path.stat().st_size)


def text_fields(**fields):
    """Spells texts as JSON, or as hexadecimal UTF-8 if they hold surrogates."""
    if any("\ud800" <= c <= "\udfff" for t in fields.values() for c in t):
        out = {k: t.encode("utf-8", "surrogatepass").hex() for k, t in fields.items()}
        return dict(out, hex=True)
    return fields


# --- inputs ---------------------------------------------------------------

GAPS = [" "] * 12 + ["  ", "\t", "\n", ". ", ". ", ".", "...", " . ", "\u3000", "\xa0",
        "\x1c", "\x1f", "\x85", "\u200b", "\u2028", "\u2003", "\u1680", "\u205f", "\ufeff"]


def salad(rng, alphabet, n, gaps):
    return "".join(rng.choice(alphabet) + rng.choice(gaps) for _ in range(n))


def passage(rng, n):
    at = rng.randrange(len(PROSE) - 20 * n)
    return " ".join(PROSE[at:at + 20 * n].split(" ")[1:n + 1])


def edited(rng, text, rate):
    out = []
    for w in text.split(" "):
        x = rng.random()
        if x < rate / 4:
            continue
        if x < rate / 2:
            out.append(rng.choice(WORDS))
        elif x < 3 * rate / 4:
            out += [w, w]
        else:
            out.append(w)
        if x > 1 - rate / 4 and len(out) > 1:
            out[-1], out[-2] = out[-2], out[-1]
    return " ".join(out)


def union_inputs(rng):
    odd = ["", ".", "...", " ", " . ", ". .", "a", "a.", ".a", "a .", "a..b", "\u3000", "\x1c.\x1d",
           "a\u200bb a b", "a\x00b a", "\ud800 a. \udfff", "\ud800\udc00 x", "\U00010000 x",
           "\u0130 i", "a\ufeff", "a \u2028. \x85 b", "x. . y", "x y", "A a", "1.5 2.5", "e.g. i.e.", "。 . 。"]
    for a in odd:
        for b in odd:
            yield a, b
    for _ in range(520):
        k = rng.choice([1, 2, 3, 5, 9])
        yield (salad(rng, "abcdefghi"[:k], rng.randrange(1, 20), GAPS),
               salad(rng, "abcdefghi"[:k + 1], rng.randrange(1, 30), GAPS))
    for _ in range(600):
        ref = passage(rng, rng.randrange(3, 50))
        yield ref, edited(rng, ref, rng.choice([0.05, 0.2, 0.5, 1.0]))
    for _ in range(300):
        yield passage(rng, rng.randrange(3, 40)), passage(rng, rng.randrange(3, 60))
    for _ in range(200):
        ref = passage(rng, rng.randrange(4, 30)).replace(".", " ")
        words = ref.split() * rng.choice([1, 1, 2, 5])
        rng.shuffle(words)
        yield ref, " . ".join(words) + "."
        yield ". ".join(words), ref
    for _ in range(240):
        k = rng.choice([5, 20, 50])
        yield (salad(rng, HAN[:k], rng.randrange(2, 60), [" "] * 9 + [" 。 ", " . "]),
               salad(rng, HAN[:k], rng.randrange(2, 90), [" "] * 9 + [" 。 ", " . "]))
    # Sentences whose length is near a multiple of 64.
    for m in (62, 63, 64, 65, 66, 126, 127, 128, 129, 130, 190, 192, 193, 250, 256, 257):
        for k in (2, 3, 5, 12, 50):
            for _ in range(3):
                n = rng.choice([1, 5, 40, 63, 64, 65, 100, 130])
                stops = [" "] if rng.random() < 0.6 else [" "] * 60 + [" . "]
                yield (" ".join(rng.choice(HAN[:k]) for _ in range(m)), salad(rng, HAN[:k + 1], n, stops))
                yield (salad(rng, HAN[:k], n, stops), " ".join(rng.choice(HAN[:k + 1]) for _ in range(m)))
    # Back-traces around Python's default recursion limit.
    for m, n in ((400, 580), (480, 505), (700, 700), (100, 900), (900, 100), (500, 495)):
        ref = [rng.choice(WORDS) for _ in range(m)]
        yield " ".join(ref), " ".join(rng.choice(WORDS) for _ in range(n))
        yield " ".join(ref), " ".join((ref + [rng.choice(WORDS) for _ in range(n)])[:n])
        yield " ".join(ref), " ".join(([rng.choice(WORDS) for _ in range(n)] + ref)[-n:])


def score_inputs(rng):
    odd = ["", " ", "\n", "\n\n", "a", "a\n", "\na", "---", "!\n!", "\u212a", "k", "\u0130", "i", "I\u0307 i",
           "\u0130\u0130x", "3\u212am 3km", "\u03a3 \u1e9e \u00df ss", "na\u00efve caf\u00e9", "\u0661\u0662 12",
           "\uff11\uff12", "a_b a-b a'b", "\ud800 a \udfff b", "a\ud800b", "a\x00b", "a\r\nb", "a\u2028b",
           "\U0001d400 A", "x" * 70 + "ing", "yyyyyyyying", "dying skies news proceed", "The the THE", "a b a b a"]
    for a in odd:
        for b in odd:
            yield a, b
    for _ in range(1300):
        ref = passage(rng, rng.randrange(3, 60))
        yield ref, edited(rng, ref, rng.choice([0.05, 0.2, 0.5, 1.0]))
    for _ in range(500):
        yield passage(rng, rng.randrange(3, 60)), passage(rng, rng.randrange(3, 80))
    for _ in range(800):
        gaps = [" "] * 6 + ["\n", "\n", "\n\n", ", ", " \u4e2d ", "-", "\n-\n"]
        k = rng.choice([2, 4, 8])
        yield (salad(rng, "abcdefghij"[:k], rng.randrange(1, 25), gaps),
               salad(rng, "abcdefghij"[:k + 1], rng.randrange(1, 40), gaps))
    for m in (63, 64, 65, 127, 128, 129, 192, 193):
        for k in (2, 5, 24):
            for _ in range(3):
                letters = "abcdefghijklmnopqrstuvwxyz"
                gaps = [" "] * rng.choice([5, 50]) + ["\n"]
                a = " ".join(rng.choice(letters[:k]) for _ in range(m))
                b = salad(rng, letters[:k + 1], rng.choice([5, 64, 150]), gaps)
                yield a, b
                yield b, a


# --- outputs --------------------------------------------------------------

def recursion_depth(ref, hyp):
    """Nested calls of _recon, from the package's own table."""
    i, j, calls = len(ref), len(hyp), 1
    table = pltrdy._lcs(ref, hyp)
    while i > 0 and j > 0:
        if ref[i - 1] == hyp[j - 1]:
            i, j = i - 1, j - 1
        elif table[i - 1, j] > table[i, j - 1]:
            i -= 1
        else:
            j -= 1
        calls += 1
    return calls


def pieces(text):
    return [" ".join(p.split()).split(" ") for p in text.split(".") if len(p) > 0]


def passes(scorer, hyp, ref, limit):
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(limit)
    try:
        scorer.get_scores(hyp, ref)
        return True
    except RecursionError:
        return False
    finally:
        sys.setrecursionlimit(before)


def union_golden(out):
    rng = random.Random(SEED)
    sys.setrecursionlimit(20000)
    scorer = rouge.Rouge(metrics=["rouge-l"], stats=["p", "r", "f"])
    lines, offsets = [], {}
    for ref, hyp in union_inputs(rng):
        line = text_fields(ref=ref, hyp=hyp)
        try:
            s = scorer.get_scores(hyp, ref)[0]["rouge-l"]
        except ValueError:
            lines.append(dict(line, empty=True))
            continue
        depth = max(recursion_depth(r, h) for r in pieces(ref) for h in pieces(hyp))
        # The interpreter's own limit must agree: the least limit that passes
        # exceeds the depth by the frames outside. CPython 3.11 counts a
        # comparison that it has not specialized as one more level, so that the
        # last call may need one more, depending on what ran before.
        if depth > 150 and len(lines) % 7 == 0 or depth > 500:
            k = next(k for k in range(40) if passes(scorer, hyp, ref, depth + k))
            offsets[k] = offsets.get(k, 0) + 1
        lines.append(dict(line, p=s["p"], r=s["r"], f=s["f"], depth=depth))
    print("least recursion limit minus depth:", offsets)
    assert max(offsets) - min(offsets) <= 1, offsets
    write(out / "union.jsonl.gz",
          {"reference": "rouge " + version("rouge"), "metric": "rouge-l, exclusive=True",
           "least_limit_minus_depth": offsets}, lines)


TYPES = ["rouge1", "rouge2", "rougeL", "rougeLsum"]


def score_golden(out):
    rng = random.Random(SEED + 1)
    plain = rouge_scorer.RougeScorer(TYPES)
    stemmed = rouge_scorer.RougeScorer(TYPES, use_stemmer=True)
    long = rouge_scorer.RougeScorer(["rouge%d" % n for n in range(3, 10)])
    lines = []
    for n, (ref, hyp) in enumerate(score_inputs(rng)):
        line = text_fields(ref=ref, hyp=hyp)
        line["plain"] = [list(plain.score(ref, hyp)[t]) for t in TYPES]
        line["stem"] = [list(stemmed.score(ref, hyp)[t]) for t in TYPES]
        if n % 10 == 0:
            line["long"] = [list(long.score(ref, hyp)["rouge%d" % k]) for k in range(3, 10)]
        lines.append(line)
    write(out / "score.jsonl.gz",
          {"reference": "rouge-score %s, nltk %s" % (version("rouge-score"), version("nltk")),
           "types": TYPES, "long": ["rouge%d" % n for n in range(3, 10)]}, lines)


SUFFIXES = """ s es ed ing ies ied eed y ly ally ational tional enci anci izer bli abli alli entli eli ousli
ization ation ator alism iveness fulness ousness aliti iviti biliti fulli logi icate ative alize iciti ical ful
ness al ance ence er ic able ible ant ement ment ent sion tion ion ou ism ate iti ous ive ize e ll l ss sses
ology ologies fully alli ily ying yed yy ity ities""".split() + [""]
HEADS = """a b tr tree y by trouble oat private ivy hop hopp fall fil fail siz conflat troubl happ enjo sk fl t d
l geo theo archaeo philo radic vil valenc hesitanc digit conform differ analog vietnam predic oper feudal decis
hope callous formal sensit sensib triplic form electr electric good reviv allow infer airlin gyroscop adjust
defens irrit replac depend adopt homolog commun activ angular effect bowdler prob rat ceas contr roll syzyg
toy say boy yy yay ayy yyy xyz qu queue bl at iz el ol w x wax box how play sta sst zz ll aa ee co re un""".split()


def stem_words(rng):
    words = {"", "a", "*d", "a*ding", "ab*ded", "ed", "ing", "ied", "ies", "eed", "sses", "ssess", "lies", "dies"}
    words |= {"sky", "skies", "dying", "lying", "tying", "news", "innings", "inning", "outings", "outing",
              "cannings", "canning", "howe", "proceed", "exceed", "succeed", "Proceed", "SKIES"}
    words |= set(WORDS)
    # The standard library's own text, so that most words are real ones.
    for mod in sorted(sys.stdlib_module_names):
        try:
            src = importlib.util.find_spec(mod)
        except (ImportError, ValueError):
            continue
        if src and src.origin and src.origin.endswith(".py"):
            body = pathlib.Path(src.origin).read_text("utf-8", "replace")
            words |= {w.lower() for w in re.findall(r"[A-Za-z]{3,}", body)}
    words |= {h + s for h in HEADS for s in SUFFIXES}
    for _ in range(3000):
        w = "".join(rng.choice("aeiouybcdlstz") for _ in range(rng.randrange(1, 8)))
        words.add(w + rng.choice(SUFFIXES))
    for _ in range(600):
        w = "".join(rng.choice("aey1\u00f1\u00e9\u4e2d\u0130\u212az*d") for _ in range(rng.randrange(1, 7)))
        words.add(w + rng.choice(SUFFIXES))
    for _ in range(300):
        words.add("".join(rng.choice("0123456789abes") for _ in range(rng.randrange(1, 9))))
    words |= {"y" * n + s for n in range(1, 9) for s in SUFFIXES}
    return sorted(words)


def stem_golden(out):
    stemmer = nltk.stem.porter.PorterStemmer()
    words = stem_words(random.Random(SEED + 2))
    lines = [[w, stemmer.stem(w)] for w in words]
    write(out / "stem.jsonl.gz", {"reference": "nltk %s, PorterStemmer()" % version("nltk")}, lines)


def token_golden(out):
    """Tokens of random Unicode text, and every letter whose lower case is ASCII."""
    rng = random.Random(SEED + 3)
    stemmer = nltk.stem.porter.PorterStemmer()
    special = [c for c in map(chr, range(0x80, 0x110000)) if re.search("[a-z0-9]", c.lower())]
    pool = list("abcxyzABCXYZ0189 _-'\n\t") * 4 + special * 4 + \
        [chr(c) for c in rng.sample(list(range(0x80, 0xd800)) + list(range(0xe000, 0x30000)), 400)]
    lines = []
    for _ in range(600):
        t = "".join(rng.choice(pool) for _ in range(rng.randrange(0, 60)))
        if rng.random() < 0.5:
            t += rng.choice([" Running", "\u212aings", "sk\u0130es ", "SKIES", " B" + "A" * 70 + "TED"])
        lines.append([t, tokenize.tokenize(t, None), tokenize.tokenize(t, stemmer)])
    write(out / "tokens.jsonl.gz",
          {"reference": "rouge-score %s, nltk %s" % (version("rouge-score"), version("nltk")),
           "ascii_when_lowered": [ord(c) for c in special]}, lines)


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    union_golden(out)
    score_golden(out)
    stem_golden(out)
    token_golden(out)


main()
