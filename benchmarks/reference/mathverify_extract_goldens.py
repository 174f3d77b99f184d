"""Writes the goldens of mathverify/internal/mvtext by running Math-Verify.

    python mathverify_extract_goldens.py OUT.jsonl.gz [COUNT]
    python mathverify_extract_goldens.py --run ROWS.jsonl OUT.jsonl.gz

Needs math-verify 0.8.0 with latex2sympy2_extended 1.10.2 and sympy 1.14.0. The
first line of the output names the versions. Each further line is one of

    {"text": t, "config": c, "found": [[kind, start, end, raw, whole, parts], ...]}
    {"latex": t, "norm": flags, "out": normalised}

"found" lists the candidates in the order in which the reference tries them when
none parses. Offsets count code points. "raw" is the string kept if a match does
not parse, "whole" the one kept if it does; parts are [string, percent] pairs.
"fatal" marks candidates on which the reference raises. The symbolic parsers are
replaced by markers, nothing else is changed. Texts that take the reference's
regular expressions longer than a few seconds are left out; their number is in
the first line. The generator is seeded.

With --run the rows {"text", "config"} of a file are used in place of generated
ones.
"""

import gzip
import itertools
import json
import logging
import platform
import random
import signal
import sys
from importlib.metadata import version

import math_verify.parser as mv
from latex2sympy2_extended.math_normalization import NormalizationConfig, normalize_latex

logging.disable(logging.WARNING)

BOXES = ["all", "last", "none"]


class Tex:
    def __init__(self, text, percent=False):
        self.text, self.percent = text, percent


class Joined:
    def __init__(self, *parts):
        self.args = parts


mv.parse_latex_cached = Tex
mv.parse_expr_cached = lambda text: ("expr", text)
mv.convert_to_pct = lambda v: Tex(v.text, True) if isinstance(v, Tex) else ("percent", v)
mv.FiniteSet = Joined
sympy_number = mv.Number


def number(text):
    try:
        sympy_number(text)
    except Exception:
        return ("fatal", text)
    return ("num", text)


mv.Number = number
extract = mv.extract_match
seen = []


def visit(match, target):
    value, raw = extract(match, target)
    fatal = False
    if isinstance(target, mv.LatexExtractionConfig):
        parts = value.args if isinstance(value, Joined) else [value]
        row = ["latex", match.start(), match.end(), parts[0].text, raw, [[p.text, p.percent] for p in parts]]
    elif isinstance(target, mv.StringExtractionConfig):
        row = ["literal", match.start(), match.end(), raw, raw, [[value, False]]]
    else:
        percent = value[0] == "percent"
        kind, text = value[1] if percent else value
        fatal = kind == "fatal"
        row = ["expr" if kind == "expr" else "number", match.start(), match.end(), raw, raw, [[text, percent]]]
    seen.append(row + (["fatal"] if fatal else []))
    return None, raw


mv.extract_match = visit


def targets(c):
    """Turns [order, boxed priority, unanchored, strings, lowercase, norm] into targets."""
    order, boxed, unanchored, strings, lowercase, norm = c
    make = {
        "l": lambda: mv.LatexExtractionConfig(unanchored, boxed, normalization(norm)),
        "e": lambda: mv.ExprExtractionConfig(unanchored),
        "s": lambda: mv.StringExtractionConfig(tuple(strings), unanchored, lowercase),
    }
    return [make[o]() for o in order]


def normalization(flags):
    basic, units, malformed, nits, equations, boxed = flags
    return NormalizationConfig(bool(basic), bool(units), bool(malformed), bool(nits), BOXES[boxed], bool(equations))


class Slow(BaseException):
    pass


def alarm(*_):
    raise Slow


signal.signal(signal.SIGALRM, alarm)


def found(text, config):
    seen.clear()
    signal.setitimer(signal.ITIMER_REAL, 3)
    try:
        mv.extract_target_from_pred(text, mv.get_extraction_regexes(targets(config)))
    except Slow:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return list(seen)


DEFAULT = ["le", 50, True, ["A", "B", "C", "D"], True, [1, 1, 1, 1, 0, 0]]
CONFIGS = [
    ["l", 0, True, [], True, [1, 1, 1, 1, 0, 0]],
    ["e", 50, True, [], True, [1, 1, 1, 1, 0, 0]],
    ["s", 50, True, ["A", "B", "C", "D"], True, [1, 1, 1, 1, 0, 0]],
    ["el", 0, True, [], True, [1, 1, 1, 1, 0, 0]],
    ["el", -1, False, [], True, [1, 0, 1, 1, 0, 1]],
    ["les", 300, True, ["yes", "no", "y", "**", "A."], False, [1, 1, 0, 0, 0, 2]],
    ["sle", 100, False, ["Yes", "No", "A", "AB"], True, [1, 1, 1, 1, 1, 0]],
    ["l", 75, True, [], True, [0, 0, 0, 0, 0, 0]],
]

NUMBERS = [
    "5", "-3", "42", "0", "007", "-007", "1,234", "1 234", "1,234,567.89", "12 000 000", "3.14", "0,5", ".75", "-.5", "1,000 =", "100,2",
    "0.5", "1e5", "1000000", "1,23,456", "12.", "12.5.3", "٣", "１２", "3²", "1234,567", "-1,200.5", "00.50", "7 = 7", "5=5", "9,999,99",
]
ARITHMETIC = [
    "1/2", "3+4", "(1+2)*3", "2^10", "-(3-4)", "5 - 3", "2×3", "8÷4", "1+", "1 + 2 = 3", "(2)(3)", "10-5.", "3 * (4 + 5)", "2^(3)", "(-7)", "1/2/3",
    "2+3)", "((2)+3)", "4**", "**4+1**", "1\n+\n2", "6/ 2:", "3-,", "2**3", "1.5+2.5$",
]
CURRENCY = ["$", "€", "£", "¥", "₹", "₿", "US$", "\\$", ""]
PERCENT = ["%", " %", "\\%", " percent", " Percent", " percentage", " pct", "percentage points", " percent =", " Pct.", ""]
UNITS = [
    "", " cm", "m", " km^2", "\\text{ cm}", "\\text{cm}^2", "\\mbox{ inches}^{3}", " dollars", " degrees", "^\\circ", " a .", " p . m", " sq . m  ",
    " rs ..", " meters", " unit", " units", "d", "t", "\\text{ and }", "\\text{or}5", " square feet", " miles per hour", " years", " π r 2", "° f", "cents", "\\textbf{ kg}", " a  ",
]
LATEX = [
    "\\frac{1}{2}", "\\frac12", "\\dfrac{3}{4}", "\\tfrac 3 4", "\\frac1{2}", "\\frac{1}2", "\\frac", "\\frac1", "\\frac ab", "\\frac{3", "\\sqrt3", "\\sqrt 5", "\\sqrt[3]{2}",
    "\\sqrt(2)", "sqrt(3)", " sqrt2", "2^(10)", "x^ (2+1)", "x^{2}", "\\left( 1, 2 \\right]", "\\left\\{1,2\\right\\}", "\\mleft[3\\mright]", "\\left.x\\right|", "x=5", "a=b=3", "x = 2, y=3",
    "\\pi r^2", "50\\%", "50\\text{percent}", "10 percent", "3 percentage", "\\text{percentage}", "5 pct", "\\text{pct}", "1{,}000", "1 { , } 2", "1,2", "1, 2 and 3", "2 or 3",
    "2, and 3", "x and", "4\\text{ and }5", ",\\text{or}", "\\ 5", "\\\\ 5", "infinity", "\\infty", "inf", "-inf", "\\infinity", "\\ldots", "1,\\ldots,5", "\\mathrm{e}", "\\mathrm{T}",
    "\\mathrm{d}x", "{\\rm d}x", "\\mathrm{th}", "5\\mathrm{th}", "\\mathbf{x}", "\\textnormal{a}", "\\text{yes}", "\\text{}", "\\text  { }", "\\!5", "1\\!\\!000", "\\displaystyle x",
    "\"a\"", "'b'", "\\'c", ".5", "0.5", " .5", "{.5}", "x~=3", "(5)_{3}", "(n+1)_{k}", "\\log_28", "\\log_ 2 16", "\\log_{2}8", "3/4", "-3/4", "3/-4", "03/4", "1/2/3",
    "\\begin{pmatrix}1\\\\2\\end{pmatrix}", "\\left[\\begin{matrix}1 & 2\\\\3 & 4\\end{matrix}\\right]", "\\\\frac{1}{2}", "\\\\sqrt{2}", "\\\\\\alpha", "1-\\frac{1}{\\mathrm{e}}",
    "[1,2)", "(1,2)", "\\{1,2\\}", "\\mathbb{R}", "x \\in [0, 1]", "\\approx 3.1", "2\\frac{1}{2}", "-\\frac{3}{4}", "\\frac{-1.5}{2,5}", "\\frac{٣}{4}", "\\cfrac{1}{2}",
    "2\\cdot 3", "5\\times 10^3", "\\$5", "\\$ 1,000", "90^\\circ", "\\text{A}", "A", "x^2+1", "\\boxed{7}", "\\fbox{8}", "\\boxed{}", "\\boxed {9}", "\\boxed5", "\\boxed{\\boxed{3}}", "\\boxed{1",
    "圆", "３", "\\sqrt圆", "^(1\n2)", "\\frac{1\n2}3", "\\sqrt\u00a03", "x^\u3000(2)", "\\rightarrow", "\\leftarrow 3", "\\left\\lfloor x\\right\\rfloor",
]
OPEN = ["$", "$$", "\\[", "\\(", " [", "\\boxed{", "\\fbox{", "\n[", "\\text{", "{", "**", "\\\\[", "\\$", "\\\\(", "(", "$\\boxed{", "\\[\\boxed{", "$$ \\boxed{", "\\(\\boxed{", " [\\boxed{"]
CLOSE = ["$", "$$", "\\]", "\\)", "] ", "}", "}", "]\n", "}", "}", "**", "\\\\]", "\\$", "\\\\)", ")", "}$", "}\\]", "}$$", "}\\)", "}] "]
JOIN = [" and ", " or ", ", ", ",", ", and ", "and", ",or ", " , ", "; ", " ", "\n", "\n\n", " and\n[", ". ", " = ", " but not ", " or equivalently, by symmetry of the two roots, "]
PHRASES = [
    "The answer is", "answer:", "Answer: ", "Final answer: ", "The final answer is ", "the final answer is:", "Final Answer is ", "FINAL ANSWER IS ", "So the final answer to the question is",
    "**Answer:** ", "The answer to this long question, which took a while, is ", "answer ", "ANSWER", "final answer\n is ", "fınal anſwer is ", "The correct answer is (", "answer = ", "answer: x = ",
    "the final answer, after a very long computation that needs more than one hundred characters before its verb finally arrives here, is ", "final answer  is ", "final answer is  ", "answer : ", "答案：answer:",
]
TAILS = [". I hope", " I hope it is correct.", ".I hope so", ".", "\n", "", "  ", "% I hope", " percentage. I hope it is correct", ".\n\n", " =", "  = 7", ")", "**", "。", "$", ".  I hope", "= 3.", " . I hope"]
PROSE = [
    "Revenue grew from $1,234.5 million in 2019 to $1,500 million in 2020. ", "We get 3 apples and 4 pears. ", "Note that x = 5 - 3. ", "(1) First, (2) second. ", "Let $x$ be the cost, $5 each. ",
    "It costs $5 and $6 in total. ", "2019: 12.5%; 2020: 13.5 percent. ", "Therefore, ", "根据公式，净利润为 1,234 万元，", "因此答案是 ", "| 2019 | 1,234 | (56) |\n|---|---|---|\n", "Step 1:\n", "A. 5 B. 6 C. 7 D. 8\n",
    "Is it A or B? ", "- **Yes** ", "yes, no.", "See [1] for more. ", " [ 1 ] ", "a [b] c ", "\\[ x = 1 \\] ", "\\( y \\) ", "$$z$$ ", "```\n1+1\n```\n", "100% sure. ", "-5 and -6 ", "5k, 6m2, x7 ", "=3 ", "==4 ", "\u00a05\u20036\u30007 ",
    "\x1c8 \x859 ", "f(2)=3, ", "1 1 1 ", " 000 000 ", "e.g. 3.5/2 ", "\u2028 12", "😀 13 ", "\\frac{1}{2} ", "-\\frac{3}{4} ", "\\boxed", "boxed{3}", "is 4", " is: 5", "2024-01-02 10:30 ",
]
PIECES = ["$", "$$", "\\", "[", "]", "(", ")", "{", "}", " ", "\n", ",", ".", "=", "-", "*", "**", "%", "5", "12", "000", "/", "+", "^", "answer", "final ", " is", ":", "and", "or", "boxed", "\\boxed{", "I hope", "x", "\u3000", "圆", "×", "÷", "\t"]


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def value(self):
        r, p = self.r, self.r.random()
        if p < 0.35:
            return r.choice(CURRENCY) * (r.random() < 0.3) + r.choice(NUMBERS) + r.choice(PERCENT) * (r.random() < 0.3)
        if p < 0.5:
            return r.choice(ARITHMETIC)
        return "".join(r.choice(LATEX) for _ in range(r.choice([1, 1, 1, 2, 2, 3]))) + r.choice(UNITS) * (r.random() < 0.4)

    def env(self):
        k = self.r.randrange(len(OPEN))
        close = CLOSE[k] if self.r.random() < 0.93 else self.r.choice(CLOSE)
        inner = self.value() if self.r.random() < 0.85 else self.env()
        return OPEN[k] + inner + close + self.r.choice(PERCENT) * (self.r.random() < 0.2)

    def answer(self):
        r = self.r
        n = r.choice([1, 1, 1, 1, 2, 2, 3, 7])
        pick = [self.env() if r.random() < 0.75 else self.value() for _ in range(n)]
        joins = [r.choice(JOIN) for _ in range(n)]
        return "".join(a + b for a, b in zip(pick, joins[: n - 1] + [""]))

    def text(self):
        r = self.r
        out = []
        for _ in range(r.choice([1, 1, 2, 3, 4])):
            out.append("".join(r.choice(PROSE) for _ in range(r.choice([0, 0, 1, 2]))))
            out.append(r.choice(PHRASES) if r.random() < 0.5 else "")
            out.append(self.answer())
            out.append(r.choice(TAILS))
        return self.mutate("".join(out)) if r.random() < 0.35 else "".join(out)

    def mutate(self, s):
        r = self.r
        for _ in range(r.choice([1, 1, 2, 5])):
            i = r.randint(0, len(s))
            k = r.random()
            if k < 0.4:
                s = s[:i] + r.choice(PIECES) + s[i:]
            elif k < 0.7:
                s = s[:i] + s[i + r.choice([1, 1, 2, 5]):]
            elif k < 0.85:
                s = s[:i] + s[i:i + 30] * 2 + s[i + 30:]
            else:
                s = s[:i] + r.choice(PIECES) * r.choice([2, 3, 8]) + s[i:]
        return s

    def soup(self):
        return "".join(self.r.choice(PIECES) for _ in range(self.r.choice([4, 8, 15, 30, 60])))

    def latex(self):
        r = self.r
        s = "".join(r.choice(LATEX + UNITS + NUMBERS + [" ", "  ", ",", "\n"]) for _ in range(r.choice([1, 2, 3, 4, 6])))
        if r.random() < 0.3:
            s += r.choice(UNITS) + r.choice(["", " ", "s", "es", " \n", "\n", "  "])
        if r.random() < 0.25:
            s += r.choice(JOIN) + "\\boxed{" + r.choice(LATEX) + "}" + r.choice(JOIN) + "\\boxed{" + r.choice(LATEX) + "}" + r.choice(TAILS)
        return self.mutate(s) if r.random() < 0.3 else s


HOSTILE = [piece * n for piece, n in itertools.product(
    ["1 ", " 000", "\\[ ", "\\( ", "$ ", "$$ ", " [ ", "1+", "answer: ", "final answer is ", "\\boxed{", "}{", "and ", "^(", "\\frac{", "\\text{ ", "  ", "1 1=", "** ", "5% "], [3, 12])]


def rows(count):
    m = Maker(20250713)
    for t in HOSTILE:
        yield {"text": t, "config": DEFAULT}
    for i in range(count):
        config = DEFAULT if i % 3 else CONFIGS[m.r.randrange(len(CONFIGS))]
        yield {"text": m.soup() if i % 5 == 4 else m.text(), "config": config}
    for i in range(count // 2):
        flags = [1, 1, 1, 1, 0, m.r.randrange(3)] if i % 2 else [m.r.randrange(2) for _ in range(5)] + [m.r.randrange(3)]
        yield {"latex": m.latex(), "norm": flags}


def main():
    if sys.argv[1] == "--run":
        source = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
        out = sys.argv[3]
    else:
        out = sys.argv[1]
        source = rows(int(sys.argv[2]) if len(sys.argv) > 2 else 3600)
    lines, slow = [], 0
    for row in source:
        if "latex" in row:
            row["out"] = normalize_latex(row["latex"], normalization(row["norm"]))
        else:
            row["found"] = found(row["text"], row["config"])
            if row["found"] is None:
                slow += 1
                continue
        lines.append(row)
    head = {
        "reference": "math-verify " + version("math-verify"),
        "latex2sympy2_extended": version("latex2sympy2_extended"),
        "sympy": version("sympy"),
        "python": platform.python_version(),
        "left_out_slow": slow,
    }
    with open(out, "wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as f:
        for row in [head] + lines:
            f.write((json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n").encode())


main()
