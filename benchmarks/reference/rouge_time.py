"""Times the reference packages of package rouge on files shared with it.

usage: python3.11 rouge_time.py inputs DIR     write the input texts
       python3.11 rouge_time.py time DIR       print medians in seconds as JSON
       python3.11 rouge_time.py table DIR SECONDS.json GOBENCH.txt [NAME=RIVAL.json ...]

Needs rouge==1.0.1 and rouge-score==0.1.2. GOBENCH.txt is the output of

    go test -run '^$' -bench Files ./rouge -inputs DIR

The texts depend on this file and Python 3.11's own documentation alone.
"""

import json
import pathlib
import random
import re
import statistics
import sys
import time
from pydoc_data.topics import topics

SEED = 20261123
TYPES = ["rouge1", "rouge2", "rougeL", "rougeLsum"]

PROSE = re.sub(r"[^A-Za-z0-9 ,.'-]+", " ", " ".join(topics[k] for k in sorted(topics)))
PROSE = re.sub(r" +", " ", PROSE).split(" ")


def prose(rng, n):
    at = rng.randrange(len(PROSE) - n)
    return PROSE[at:at + n]


def lines(words):
    """Ends a line after every full stop, for rougeLsum."""
    return re.sub(r"\. ", ".\n", " ".join(words)) + "\n"


def inputs(out):
    rng = random.Random(SEED)
    ref = prose(rng, 60)
    cases = {"60x500": (lines(ref), lines(prose(rng, 250) + ref + prose(rng, 190)))}
    ref = prose(rng, 400)
    think = prose(rng, 6000) + ref[::2] + prose(rng, 5800)
    cases["400x12000"] = (lines(ref), lines(think))
    plain = [[w.replace(".", "") or "x" for w in t] for t in (ref, think)]
    cases["400x12000-one-sentence"] = tuple(" ".join(t) + "\n" for t in plain)
    salad = [w.replace(".", "") or "x" for w in think]
    cases["60x12000-salad"] = (". ".join(salad[5990:6050]) + "\n", ". ".join(salad) + "\n")
    out.mkdir(parents=True, exist_ok=True)
    for name, (ref, hyp) in cases.items():
        (out / (name + ".ref.txt")).write_text(ref)
        (out / (name + ".hyp.txt")).write_text(hyp)


def median(f):
    runs = []
    while len(runs) < 3 or sum(runs) < 0.5 and len(runs) < 25:
        t = time.perf_counter()
        f()
        runs.append(time.perf_counter() - t)
    return statistics.median(runs)


def measure(folder):
    import rouge
    from rouge_score import rouge_scorer

    sys.setrecursionlimit(100000)
    union = rouge.Rouge(metrics=["rouge-l"], stats=["f"])
    out = {}
    for path in sorted(folder.glob("*.ref.txt")):
        name = path.name[:-len(".ref.txt")]
        ref = path.read_text()
        hyp = (folder / (name + ".hyp.txt")).read_text()
        out[name + "/rouge-l"] = median(lambda: union.get_scores(hyp, ref))
        for t in TYPES:
            for stem in (False, True):
                if stem and t in ("rouge2", "rougeL"):
                    continue  # differs from the unstemmed by the tokenizer alone
                scorer = rouge_scorer.RougeScorer([t], use_stemmer=stem)
                out[name + "/" + t + ("+stem" if stem else "")] = median(lambda: scorer.score(ref, hyp))
    print(json.dumps(out, indent=1))


def table(seconds, bench, rivals):
    python = json.loads(pathlib.Path(seconds).read_text())
    go = {}
    for line in pathlib.Path(bench).read_text().splitlines():
        m = re.match(r"BenchmarkFiles/(\S+?)(?:-\d+)?\s.*?([0-9.e+]+) median-ns", line)
        if m:
            go.setdefault(m[1], []).append(float(m[2]) / 1e9)
    others = {}
    for r in rivals:
        name, path = r.split("=", 1)
        others[name] = json.loads(pathlib.Path(path).read_text())
    print("%-36s %12s %12s %8s" % ("case", "python s", "go s", "ratio"),
          *("%12s s  ratio" % n for n in others))
    for case, s in python.items():
        if case not in go:
            continue
        ours = statistics.median(go[case])
        row = "%-36s %12.6f %12.6f %8.0f" % (case, s, ours, s / ours)
        for o in others.values():
            if case in o:
                row += " %14.6f %6.1f" % (o[case], o[case] / ours)
        print(row)


def main():
    do, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if do == "inputs":
        inputs(folder)
    elif do == "time":
        measure(folder)
    elif do == "table":
        table(sys.argv[3], sys.argv[4], sys.argv[5:])
    else:
        sys.exit(__doc__)


main()
