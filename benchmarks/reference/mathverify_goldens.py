#!/usr/bin/env python3.11
"""Writes the goldens of package mathverify/internal/mvsym.

    mathverify_goldens.py RELEASE_DIR OUT_DIR [--only parse|verify|released]

RELEASE_DIR is a checkout of xiaoxuanNLP/GoLongRL at c34dba3, whose wrapper is
imported where it lies.  Needs math-verify 0.8.0, latex2sympy2_extended 1.10.2,
sympy 1.14.0 and antlr4-python3-runtime 4.13.2.

parse.jsonl.gz     [normalised text, value]: the value as dump() writes it, or
                   null where the parser raises
verify.jsonl.gz    [gold, answer, verdict, swapped verdict] of normalised texts,
                   each parsed and paired with itself as the fallback string
released.jsonl.gz  [gold, response, score of the released wrapper, score of its
                   math_verify metric]; gold is a text or a list

Rows that took longer than LIMIT seconds are left out: the reference may have hit
its clock.  Apart from these, equal versions give equal lines.
"""

import argparse
import gzip
import importlib
import json
import logging
import os
import pathlib
import random
import sys
import time
import types

import sympy
from math_verify import verify
from math_verify.parser import parse_latex_cached
from latex2sympy2_extended.math_normalization import NormalizationConfig, normalize_latex

SEED = 20261123
LIMIT = 3.0
NORMAL = NormalizationConfig(
    basic_latex=True, units=True, malformed_operators=True, nits=True, boxed="all", equations=False
)
VERSIONS = "math-verify 0.8.0, latex2sympy2_extended 1.10.2, sympy 1.14.0, antlr4 4.13.2"


def dump(e):
    """A value as text: class names, arguments in stored order, sets as written, unions sorted."""
    if isinstance(e, (list, tuple)):
        return "[" + ",".join(dump(x) for x in e) + "]"
    if isinstance(e, sympy.MatrixBase):
        rows = ["[" + ",".join(dump(x) for x in e.row(i)) + "]" for i in range(e.rows)]
        return "Matrix[" + ",".join(rows) + "]"
    if isinstance(e, (bool, int, dict, str)):
        return repr(e)
    if isinstance(e, sympy.Symbol):
        return "$" + e.name + ("" if e.is_real else "~")
    if isinstance(e, sympy.Float):
        return "F" + str(e.evalf(15))
    if isinstance(e, sympy.Number):
        return str(e)
    name = type(e).__name__
    if not e.args:
        return name
    args = e._unsorted_args if hasattr(e, "_unsorted_args") else e.args
    parts = [dump(a) for a in args]
    if name in ("Union", "Intersection"):
        parts.sort()
    return name + "(" + ",".join(parts) + ")"


def write(folder, name, what, rows):
    head = {"reference": VERSIONS + what, "script": "benchmarks/reference/mathverify_goldens.py", "seed": SEED}
    text = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in [head, *rows])
    with open(os.path.join(folder, name + ".jsonl.gz"), "wb") as f:
        f.write(gzip.compress(text.encode(), 9, mtime=0))
    print(name, len(rows), "rows", file=sys.stderr)


# ---- expressions -------------------------------------------------------------------

FIXED = r"""
x^2^3 ; 2^{3^2} ; (1,2) ; (2,1) ; (a,b) ; [1,2] ; [2,1] ; (1,2] ; [1,\infty) ; (-\infty,3] ; (3,3) ; [3,3] ; (1,2,3) ; (1) ; [1,2,3]
1,2,3 ; \{1,2\} ; \{1,2,2\} ; \{\} ; {1,2} ; \{x\} ; \{x,y\} ; \{(1,2),(3,4)\} ; (1,2),(3,4) ; 1;2 ; (1;2) ; \{1;2\} ; 2, 345 ; 100,200 ; 1,000 ; 1,000,000 ; 12,34 ; 0,5
x=5 ; x=1,y=2 ; x=1,2,3 ; x=1 , 2 ; 5=x ; x=y=3 ; x=2=2 ; a=b ; x+y=3 ; x^2+y^2=1 ; y=2x+1 ; f(x)=x^2 ; f(x,y)=x+y ; x==5 ; x\equiv 5 ; A=\{1,2\} ; x=\{1,2\} ; x=(1,2) ; (x,y)=(1,2) ; x=\pm 3 ; x=1\pm\sqrt{2} ; x = -3 ; x_1=2, x_2=3 ; V=\frac{1}{3}\pi r^2h
3\frac{1}{2} ; -3\frac{1}{2} ; 2\frac{3}{4} ; 2 \frac{1}{x} ; 3\frac{-1}{2} ; 2 3 ; 2(3) ; (2)(3) ; 2 1/2 ; 10\frac{1}{2}\% ; 3\frac{1}{2}\frac{1}{2}
\sin 2x ; \sin 2x \cos x ; \sin(x) ; \sin(x)+1 ; \sin x+1 ; \sin^2 x ; \sin^{-1} x ; \sin^{2}(x) ; \sin{x} ; \sin\left(2x\right) ; \cos\frac{\pi}{4} ; \tan x^2 ; \sin x y ; \sin 30^\circ ; \arcsin 1 ; \arctan\frac{1}{2} ; \sinh x ; \cosh^{-1} x ; \arcsinh x ; \cot x ; \sec x ; \csc x ; \sin 2\cdot x ; \sin\theta\cos\theta ; \sin -x ; \sin x! ; (\sin x)^2 ; \sin(x)^2 ; \sin(x)(y) ; \sin \sin x ; \tan^{-1}(1) ; \cos^2\theta+\sin^2\theta
e^{x} ; e ; e^2 ; e^{-x} ; 2e ; xe^x ; \exp x ; \exp(x+1) ; e^{i\pi} ; e^{2} x ; ex ; E ; Ee ; 2E ; e^x+e^{-x}
50\% ; 50% ; 12.5\% ; -5\% ; 5 \% ; 50\%+1 ; x\% ; 1,000\% ; 5.5\%, -2.2\% ; -2.2\%
x_1 ; x_{12}+y ; x_{ab} ; a_n ; a_{n+1} ; x_1^2 ; x^2_1 ; x_i ; \alpha_1 ; 5_2 ; 5_{2} ; 101_{2}
f(x) ; f(2) ; f(x+1) ; f(x,y) ; g(x)^2 ; f^2(x) ; f[x] ; a(b) ; a(b+c) ; a(b)(c) ; x(x+1) ; x(y) ; x(1) ; x(2)+1 ; P(A) ; f'(x) ; P(A|B) ; x(x) ; 2x(x) ; ab(c) ; f(x)g(x) ; y(x-1) ; \pi(2) ; \alpha(x) ; k(3) ; n(n+1) ; n(n) ; x(-1)
\pm 3 ; 1\pm\sqrt{2} ; \pm\frac{1}{2} ; \pm x ; \frac{1\pm\sqrt{5}}{2} ; \mp 2 ; 3\pm 1 ; -1\pm i ; \pm 1,\pm 2 ; \pm 2\%
5! ; (n+1)! ; n!! ; 5!! ; n! ; -5! ; 2^5! ; \frac{1}{n!} ; x!y
\binom{5}{2} ; \binom{n}{k} ; \dbinom{n}{2} ; {5 \choose 2} ; \tbinom{4}{2} ; \binom{n}{1} ; \binom{-1}{2} ; \binom{5}{7}
\log_2 8 ; \log x ; \log_{10} x ; \ln x ; \ln 2x ; \ln(x+1) ; \log_2 3 \cdot \log_3 4 ; \lg 100 ; \log_a b ; \log^2 x ; \log_2^2 x ; \ln^2 x ; \ln|x| ; \ln|x+1|+C ; \ln\frac{1}{2} ; \log_{\frac{1}{2}} 4 ; \log 100 ; \ln e ; \log_{2}{3}+1
\int x^2 dx ; \int_0^1 x^2 dx ; \int_{0}^{\pi} \sin x dx ; \int \frac{1}{x} dx ; \int \frac{dx}{x} ; \int f(x)dx ; \int x ; \int_1^2 t dt
\sum_{n=1}^{10} n ; \sum_{k=1}^n k^2 ; \sum_{n=1}^{\infty} \frac{1}{n^2} ; \prod_{i=1}^{5} i ; \sum_{n=0}^{\infty} x^n ; \sum_{n=1}^{3} n+1 ; \sum n
\lim_{x\to 0}\frac{\sin x}{x} ; \lim_{n\to\infty} n ; \lim_{x\to 0^+} x ; \lim_{x\to 1} x^2+1 ; \lim_{x \rightarrow 2} x
\begin{pmatrix}1&2\\3&4\end{pmatrix} ; \begin{bmatrix}1\\2\end{bmatrix} ; \begin{pmatrix}1&2\end{pmatrix} ; \begin{matrix}a&b\\c&d\end{matrix} ; \begin{vmatrix}1&2\\3&4\end{vmatrix} ; \begin{array}{cc}1&2\\3&4\end{array} ; 2\begin{pmatrix}1\\2\end{pmatrix} ; \begin{pmatrix}1&2\\3&4\end{pmatrix}\begin{pmatrix}1\\2\end{pmatrix} ; \begin{pmatrix}1\\2\end{pmatrix}+\begin{pmatrix}3\\4\end{pmatrix} ; -\begin{pmatrix}1\\2\end{pmatrix} ; \begin{pmatrix}1&2\\3&4\end{pmatrix}^{-1} ; \begin{pmatrix}1&2\\3&4\end{pmatrix}^T ; \det\begin{pmatrix}1&2\\3&4\end{pmatrix} ; \begin{pmatrix}1/2&\sqrt{2}\\0.5&x\end{pmatrix} ; \begin{pmatrix}1&2\\3\end{pmatrix} ; \begin{cases}1\\2\end{cases} ; \begin{pmatrix}1&2\\3&4\\\end{pmatrix} ; A\begin{pmatrix}1\\2\end{pmatrix}
a<x<b ; x \le 3 ; x<3 ; x\geq 3 ; x>y ; 3>x ; 1\leq x<2 ; x \ne 1 ; x!=1 ; x\neq 1 ; 0<x and x<1 ; x<1 or x>2 ; x<1, x>2 ; a\le b\le c ; x<=3 ; x>=3 ; x = 3 < 4 ; -1<x ; x>-\frac{1}{2} ; 1<2 ; x\lt 3 ; x\gt 3 ; x\leqslant 3 ; |x|<3
x \in [1,2] ; x\in\mathbb{R} ; x \in \{1,2\} ; x\in(1,2)\cup(3,4) ; x \notin \{1\} ; k\in\mathbb{Z} ; x \in A ; (x,y)\in A ; x\in (0,1)
(1,2)\cup(3,4) ; (1,2)\cap(1,3) ; [1,2]\cup\{5\} ; \mathbb{R}\setminus\{1\} ; (-\infty,1)\cup(1,\infty) ; (-\infty,-1]\cup[1,\infty) ; \{1\}\cup\{2\} ; \mathbb{R} ; \mathbb{Z} ; \mathbb{N} ; \mathbb{Q} ; \mathbb{C} ; \mathbb{P} ; \emptyset ; \varnothing ; A\cup B ; ((1,2)\cup(3,4)) ; (1,2)\cup(3,4)\cup(5,6) ; (0,1)\setminus\{\frac{1}{2}\} ; \{1,2\}\subseteq\{1,2,3\} ; (2,1)\cup(3,4) ; (1,2),[3,4] ; \{1,2\}\cap\{2,3\}
2:3 ; 12:00 ; 3:30 ; 1:2:3 ; a:b ; 2x:3 ; 1:\sqrt{2}
-3 ; -x ; --3 ; -(-3) ; +3 ; a-b ; a-2 ; a-\frac{1}{2} ; a-b-c ; a+b+c ; 2-3 ; 2-3-4 ; -2x ; -\sqrt{2} ; -x^2 ; (-x)^2 ; -2^2 ; 3-(-2) ; -\frac{1}{2} ; -\frac{x}{2} ; 1-x ; x-0.5 ; x-\sqrt{2} ; -3x+2 ; 2--3 ; a+-b ; a-50\%
ab ; abc ; a b ; 2ab ; a2 ; a^2b ; x y z ; \text{abc} ; \mathrm{abc} ; \text{cat dog} ; \text{A} ; \text{Yes} ; \text{(A)} ; A ; B ; (A) ; AB ; ABC ; \text{A, B} ; \mathbf{x} ; \vec{v} ; \overrightarrow{AB} ; \overline{AB} ; \hat{x} ; \bar{x} ; \mathcal{A} ; \boldsymbol{x} ; \text{ } ; \textbf{abc} ; \text{abc}x ; \text{x}^2
0.5 ; .5 ; 1.50 ; 3.14 ; -0.25 ; 0.333333 ; 1.0 ; 5. ; 007 ; 0.10 ; 1.2.3 ; 1.5x ; 100000000000000000000 ; 0.1234567890123456789 ; 1234567.891 ; 0 ; -0 ; 00 ; 1,234.56 ; -1,234 ; \$5 ; \$1,234.56
i ; 2i ; I ; 3+4i ; \imath ; j ; |3+4i| ; i^2 ; \frac{1}{i} ; a+bi ; \sqrt{-1} ; \sqrt{-4}
|x| ; |x-1|+|x+1| ; ||x|-1| ; \left|x\right| ; \lvert x\rvert ; \vert x\vert ; |x||y| ; |2| ; \|x\| ; a|b ; |x
\sqrt{2} ; \sqrt2 ; \sqrt[3]{8} ; \sqrt[n]{x} ; \sqrt{\sqrt{2}} ; 2\sqrt{3} ; \sqrt{2}\sqrt{3} ; \sqrt{x^2+1} ; \sqrt(2) ; \frac{\sqrt{3}}{2} ; \sqrt[3]{-8} ; \sqrt{2+\sqrt{3}} ; \sqrt 2 ; √2 ; \sqrt[4]{x}
\frac{1}{2} ; \frac12 ; \dfrac{1}{2} ; \tfrac{3}{4} ; \frac{x}{2} ; \frac{2}{4} ; \frac{0}{5} ; \frac{5}{0} ; \frac{1}{-2} ; \frac{-1}{2} ; \frac{-x}{y} ; \frac{a+b}{c} ; \frac{1}{\frac{1}{2}} ; \frac{1.5}{2} ; \frac{\pi}{4} ; \frac{1}{2}x ; x\frac{1}{2} ; \frac{x+1}{x-1} ; \frac ab ; 1/2 ; x/2 ; 1/2/3 ; a/b/c ; 1/(x+1) ; (x+1)/(x-1) ; 2/x y ; \frac{1}{2}/\frac{3}{4} ; 6\div 2 ; 3 \over 4 ; \frac{\frac{1}{2}}{3}
\infty ; -\infty ; +\infty ; 2\infty ; \infty+1 ; \infty\% ; \frac{1}{\infty}
x\approx 5 ; \pi\approx 3.14 ; \sqrt{2}\approx 1.41 ; x=\sqrt{2}\approx 1.41 ; \approx 5 ; x\approx y ; ab\approx 3
10 \bmod 3 ; 10 \mod 3 ; x \equiv 1 \pmod 3 ; 7\pmod{3} ; a\mod b
\gcd(4,6) ; \gcd(12,18) ; \text{lcm}(4,6) ; \max(1,2) ; \min(3,x) ; \max(1,2,3) ; \lfloor 2.5\rfloor ; \lceil x\rceil ; \floor(x) ; \operatorname{gcd}(4,6) ; \operatorname{floor}(2.5) ; \operatorname{lcm}(4,6) ; \gcd 4 ; \operatorname{foo}(x) ; \max\{1,2\} ; \lceil 2.1\rceil+1
2^{10} ; x^{-1} ; x^2 ; x^{2}y^{3} ; (x+1)^2 ; 2^{x+1} ; 10^{-3} ; 3\times 10^8 ; 3\cdot 10^{8} ; 1.5\times 10^{-3} ; 10^3 ; x^{\frac{1}{2}} ; x^{1/2} ; (-8)^{1/3} ; (-8)^{\frac{1}{3}} ; 2^n ; x^10 ; x^ab ; 2^\pi ; x^{2}^{3} ; x^{a}_{b} ; 2^{-100} ; 4^{\frac{1}{2}} ; 8^{2/3}
1e3 ; 3E5 ; 3e8 ; 2E-3 ; 1.5E+3 ; 6.02\times 10^{23}
5\text{ cm} ; 5 cm ; 5\ \text{m/s} ; 2d ; 5t ; 10\text{ cm}^2 ; 5\,\text{kg} ; \text{5 cm} ; 5\text{ is wrong} ; 3 hours ; 2\text{ million}
dx ; 2dx ; \frac{dy}{dx} ; \frac{d}{dx}x^2 ; \frac{d}{dx}(x^2+1) ; \frac{\partial f}{\partial x} ; dy ; d ; cd ; 3d+1 ; dx+dy ; d_1 ; ad-bc ; d^2 ; \frac{\partial}{\partial x}x^2
\gamma ; \Gamma ; \theta ; \Theta ; \pi ; \pi r^2 ; 2\pi ; \Pi ; π ; \alpha+\beta ; \phi ; \varphi ; \lambda ; \omega ; \Delta x ; \epsilon ; \mu ; \sigma^2 ; \eta ; \rho
]1,3[ ; [1,3[ ; 1 000 ; 1\,000 ; 90^\circ ; 90^{\circ} ; \angle A ; A^T ; A^{T} ; x' ; f' ; x'' ; \langle 1,2,3\rangle ; \langle x\rangle ; \lbrace 1,2\rbrace ; \{1, 2 ; (1,2 ; 1+ ; +  ; x+ ; ^2 ; \frac{1}{2 ; 3} ; 2..3 ; a,,b ; ,1 ; 1, ; ; () ; [] ; x\to 2 ; \ldots ; 1,2,\ldots ; 1,2,3,\dots ; a\&b ; # ; @ ; \forall x ; \triangle ABC ; 甲 ; 5元 ; ½ ; x² ; −5 ; 2×3 ; 6÷2 ; 3∕4 ; a·b ; ≤ 3 ; x≤3 ; x≥3 ; x≠3 ; ∞ ; 5° ; \degree ; \boxed{5} ; \boxed{1,2} ; \phantom{x} ; \boxed{x}+1 ; \overbrace{x} ; \underline{x} ; \left(1,2\right) ; \left[0,1\right) ; \quad x ; x\;y ; \displaystyle x ; n \ge 1 ; \lim x ; \sin ; \sqrt{} ; \frac{}{2} ; {} ; {x} ; {{x}} ; [x] ; (x) ; ((x)) ; [x+1]y ; \{x+1\}y ; |x+1|y ; a=1;b=2 ; a=1,b ; 1,b=2 ; x=1 y=2 ; x:y=2:3 ; y-1=2(x-3) ; 2x+3y-6=0 ; x+y\le 3 ; x^2-5x+6=0 ; (x-2)(x-3)=0 ; x(x-1)=0 ; \sin x = \frac{1}{2} ; \frac{x^2}{4}+\frac{y^2}{9}=1 ; y=\frac{1}{x} ; y = mx+b ; S_n = n^2 ; a_n=2n-1 ; a_n = 2^{n}-1 ; \angle ABC=90^\circ ; BC = 5 ; \triangle ; P(X=2)=\frac{1}{4} ; P(2)=\frac{1}{4} ; f(3)=7 ; f(x) = x+1, x>0 ; x=2k\pi, k\in\mathbb{Z} ; x=2k\pi+\frac{\pi}{2} ; \frac{\pi}{2}+k\pi,k\in Z ; x\in\{2,3\} ; \{x|x>1\} ; \{x\mid x>1\} ; \{x:x>1\}
"""


def fixed():
    out, depth = [], 0
    for line in FIXED.strip().splitlines():
        out += [p.strip() for p in line.split(" ; ")]
    return out


class Maker:
    """Random answers in the spellings that models use."""

    def __init__(self, seed):
        self.r = random.Random(seed)

    def pick(self, *options):
        return self.r.choice(options)

    def int(self, low=-20, high=60):
        return str(self.r.randint(low, high))

    def positive(self, high=40):
        return str(self.r.randint(1, high))

    def big(self):
        n = self.r.randint(1000, 99999999)
        return self.pick(str(n), f"{n:,}", f"{n:,}".replace(",", "{,}"), f"\\${n:,}")

    def decimal(self):
        n = self.r.randint(-99999, 999999)
        return f"{n / 10 ** self.r.randint(1, 4):.{self.r.randint(1, 4)}f}"

    def percent(self):
        return self.pick(self.decimal(), self.int()) + self.pick("\\%", "%", " \\%", "\\text{ percent}")

    def frac(self):
        a, b = self.int(), self.positive()
        return self.pick(f"\\frac{{{a}}}{{{b}}}", f"\\dfrac{{{a}}}{{{b}}}", f"{a}/{b}", f"-\\frac{{{b}}}{{{self.positive()}}}", f"{self.positive(9)}\\frac{{{self.positive(5)}}}{{{self.positive(12)}}}")

    def var(self):
        return self.pick("x", "y", "a", "b", "n", "t", "k", "m", "z", "x", "\\theta", "x_1", "A", "R")

    def surd(self):
        n = self.positive(30)
        return self.pick(
            f"\\sqrt{{{n}}}", f"{self.positive(9)}\\sqrt{{{n}}}", f"{self.int()}+\\sqrt{{{n}}}", f"{self.int()}-{self.positive(9)}\\sqrt{{{n}}}",
            f"\\frac{{\\sqrt{{{n}}}}}{{{self.positive(9)}}}", f"\\sqrt[3]{{{n}}}", f"\\frac{{{self.int()}+\\sqrt{{{n}}}}}{{{self.positive(9)}}}", f"\\sqrt{{{self.positive(9)}+\\sqrt{{{n}}}}}",
        )

    def pi(self):
        return self.pick(f"{self.positive(20)}\\pi", f"\\frac{{{self.positive(11)}\\pi}}{{{self.positive(12)}}}", f"\\pi^{self.positive(4)}", f"{self.positive(9)}+{self.positive(9)}\\pi", f"\\frac{{\\pi}}{{{self.positive(9)}}}", "\\pi/" + self.positive(9))

    def poly(self, v=None):
        v = v or self.var()
        terms = []
        for p in sorted(self.r.sample(range(4), self.r.randint(2, 3)), reverse=True):
            c = self.r.randint(-9, 9) or 1
            body = "" if p == 0 else v if p == 1 else f"{v}^{p}" if self.r.random() < 0.6 else f"{v}^{{{p}}}"
            terms.append(("" if abs(c) == 1 and p else str(abs(c))) + body if not terms and c > 0 else ("-" if c < 0 else "+" if terms else "") + ("" if abs(c) == 1 and p else str(abs(c))) + body)
        return "".join(terms)

    def rational(self):
        v = self.var()
        return self.pick(f"\\frac{{{self.poly(v)}}}{{{self.poly(v)}}}", f"\\frac{{{self.positive()}}}{{{v}}}", f"\\frac{{{v}+{self.positive(9)}}}{{{v}-{self.positive(9)}}}", f"({self.poly(v)})/({v}+{self.positive(5)})")

    def func(self):
        v = self.var()
        f = self.pick("\\sin", "\\cos", "\\tan", "\\ln", "\\log", "\\arctan", "\\exp", "\\log_2", "\\sin^2", "\\cos^{2}", "\\sec", "\\cot")
        arg = self.pick(v, f"({v})", f"2{v}", f"({self.poly(v)})", f"\\left({v}+1\\right)", f"{{{v}}}", self.positive(9), f"\\frac{{{v}}}{{2}}", "\\frac{\\pi}{" + self.positive(8) + "}")
        return f + self.pick(" ", "") .join(["", arg]) if arg[0] in "({\\" else f + " " + arg

    def power(self):
        return self.pick(f"{self.positive(9)}^{{{self.int(-6, 12)}}}", f"10^{self.positive(9)}", f"{self.positive(9)}\\times 10^{{{self.int(-9, 9)}}}", f"e^{{{self.poly()}}}", f"e^{self.positive(5)}", f"{self.decimal()}\\cdot 10^{{{self.int(-5, 5)}}}", f"{self.var()}^{{{self.positive(5)}/{self.positive(4)}}}", f"\\left({self.frac()}\\right)^{self.positive(5)}")

    def counting(self):
        n = self.r.randint(2, 12)
        return self.pick(f"{n}!", f"\\binom{{{n}}}{{{self.r.randint(0, n)}}}", f"\\frac{{{n}!}}{{{self.r.randint(1, n)}!}}", f"C({n},2)", f"\\binom{{n}}{{{n}}}", f"2^{{{n}}}-1", f"{n}\\cdot {self.int()}")

    def atom(self):
        return self.pick(self.int, self.int, self.frac, self.decimal, self.surd, self.pi, self.var, self.poly, self.power, self.rational)()

    def expression(self):
        kind = self.r.random()
        if kind < 0.45:
            return self.pick(self.int, self.big, self.decimal, self.percent, self.frac, self.surd, self.pi, self.poly, self.rational, self.func, self.power, self.counting)()
        a, b = self.atom(), self.atom()
        return self.pick(
            f"{a}+{b}", f"{a}-{b}", f"{a} \\cdot {b}", f"{a} \\times {b}", f"({a})({b})", f"\\frac{{{a}}}{{{b}}}", f"{a}{self.func()}", f"{self.func()}+{b}",
            f"({a})^2", f"|{a}|", f"\\sqrt{{{a}}}", f"\\left({a}\\right)\\left({b}\\right)", f"{a} / {b}", f"-({a})", f"{self.func()}{self.func()}",
        )

    def structure(self):
        a, b, c = self.value(), self.value(), self.value()
        v = self.var()
        rel = self.pick("<", ">", "\\le", "\\ge", "\\leq ", "\\geq ", "\\neq ", "=")
        return self.pick(
            f"({a},{b})", f"({a}, {b}, {c})", f"[{a},{b}]", f"[{a},{b})", f"({a},{b}]", f"\\{{{a},{b}\\}}", f"\\{{{a}, {b}, {c}\\}}", f"{a},{b}", f"{a}, {b}, {c}",
            f"{v}={a}", f"{v} = {a}", f"{v}={a}, {self.var()}={b}", f"{v}={a} \\text{{ or }} {v}={b}", f"{a} \\text{{ and }} {b}", f"{v}{rel}{a}", f"{a}<{v}<{b}", f"{a} \\le {v} \\le {b}",
            f"(-\\infty, {a})\\cup({b},\\infty)", f"[{a},{b}]\\cup[{c},\\infty)", f"{v}\\in[{a},{b})", f"{v}\\in\\{{{a},{b}\\}}", f"\\pm {self.positive()}", f"{v}=\\pm {self.surd()}",
            f"y={self.poly('x')}", f"{self.poly('x')}={self.poly('x')}", f"f(x)={self.poly('x')}", f"{self.positive(9)}:{self.positive(9)}", f"({a},{b}),({c},{a})",
            f"\\begin{{pmatrix}}{a}\\\\{b}\\end{{pmatrix}}", f"\\begin{{bmatrix}}{a}&{b}\\\\{c}&{a}\\end{{bmatrix}}", f"\\mathbb{{R}}\\setminus\\{{{a}\\}}", f"{v}={a}={b}", f"\\text{{{self.word()}}}", self.word(),
        )

    def value(self):
        return self.pick(self.int, self.int, self.frac, self.decimal, self.surd, self.pi)()

    def word(self):
        return self.pick("yes", "no", "True", "A", "B", "C", "even", "odd", "Monday", "cat", "increase", "revenue", "A and B", "no solution", "ACD", "Paris", "net income")

    def mutate(self, s):
        if not s:
            return s
        i = self.r.randrange(len(s))
        return self.pick(s[:i] + s[i + 1:], s[:i] + self.pick("(", ")", "{", "}", "^", "_", ",", "=", "+", "-", " ", "|", "x", "2", "\\", "!", "%", ".", "e", "d") + s[i:], s[:i] + s[i:][::-1][:2] + s[i + 2:], s + self.pick("+1", "^2", "x", "!", ")", "\\%", "=0", ",1", "(x)", "_1", "'"))


def normal(s):
    try:
        return normalize_latex(s, NORMAL)
    except Exception:
        return None


def parse_rows():
    m = Maker(SEED)
    texts = fixed()
    texts += [m.expression() for _ in range(1100)] + [m.structure() for _ in range(700)]
    texts += [m.mutate(t) for t in m.r.sample(texts, 700)]
    rows, seen = [], set()
    for t in texts:
        n = normal(t)
        if n is None or n in seen or len(n) > 300:
            continue
        seen.add(n)
        start = time.monotonic()
        try:
            value = dump(parse_latex_cached(n))
        except Exception:
            value = None
        if time.monotonic() - start < LIMIT:
            rows.append([n, value])
    return rows


# ---- pairs -------------------------------------------------------------------------

PAIRS = r"""
\frac{1}{2} ~ 0.5 ~ 1/2 ~ \frac{2}{4} ~ 50\% ~ 0.50 ~ \frac{1}{3} ~ 2^{-1} ~ \sqrt{\frac{1}{4}} ~ 0.4999999 ~ 0.49999999 ~ x=\frac{1}{2} ~ \frac12 ~ .5 ~ 5\cdot 10^{-1} ~ \sin\frac{\pi}{6} ~ \cos\frac{\pi}{3}
5 ~ 5.0 ~ x=5 ~ 1=5 ~ 3+2 ~ 3+2=5 ~ x=6=5 ~ \sqrt{25} ~ 500\% ~ 5\% ~ \{5\} ~ (5) ~ [5] ~ |{-5}| ~ \frac{10}{2} ~ 5.0000001 ~ 5.000001 ~ 4.9999996 ~ x^2=5 ~ x<5 ~ \log 100000 ~ 5! ~ \text{5} ~ a^2+b^2=5 ~ -5 ~ y=5 ~ 05 ~ 5x ~ (5,5) ~ [5,5]
0 ~ 10^{-20} ~ 0.0 ~ 0.0000001 ~ -0 ~ R-r ~ x-x ~ x=0 ~ \sin\pi ~ \ln 1 ~ 8.85\cdot 10^{-12} ~ \emptyset ~ 0\% ~ \frac{0}{7} ~ x^2-5x+6=0 ~ \{0\} ~ 10^{-20}\sqrt{2}
\sqrt{2} ~ 1.414214 ~ 1.41421356 ~ 2^{\frac{1}{2}} ~ \frac{2}{\sqrt{2}} ~ \sqrt[4]{4} ~ 1.4142 ~ \sqrt{2}+10^{-20} ~ \frac{\sqrt{8}}{2} ~ -\sqrt{2} ~ \sqrt{3} ~ 2^{0.5} ~ \pm\sqrt{2} ~ \sqrt{2}\%
\pi ~ 3.14159 ~ 3.141593 ~ 3.14 ~ \frac{22}{7} ~ 180^\circ ~ \pi^1 ~ 4\arctan 1 ~ \frac{2\pi}{2} ~ p ~ \text{pi} ~ \arccos(-1) ~ \sqrt{\pi^2}
\frac{1}{2004!} ~ \frac{1}{2006!} ~ \frac{1}{20!} ~ \frac{1}{19!} ~ 2^{-100} ~ -2^{-100} ~ (1/6)^{20} ~ (1/6)^{21} ~ 10^{-20} ~ 10^{-30} ~ 0
1-2^{-60} ~ 1-3^{-60} ~ 1 ~ \frac{10^{30}+1}{10^{30}} ~ \frac{10^{30}+2}{10^{30}} ~ 1.0
\sqrt{10^{40}+1} ~ 10^{20} ~ 100000000000000000000 ~ \sqrt{10^{40}}
x+1 ~ 1+x ~ y+1 ~ X+1 ~ x+1.0 ~ (x^2-1)/(x-1) ~ \frac{x^2-1}{x-1} ~ x-1 ~ x=1 ~ \frac{x}{1}+1 ~ \frac{2x+2}{2} ~ x + \sin^2 x+\cos^2 x ~ y=x+1 ~ \sqrt{(x+1)^2} ~ |x+1|
(x+1)^2 ~ x^2+2x+1 ~ (1+x)^2 ~ (x+1)(x+1) ~ x^2+1 ~ x^2+2x+1.0 ~ (x-1)^2+4x ~ \left(x+1\right)^{2} ~ (-x-1)^2 ~ (x+1)^3/(x+1)
\frac{x+1}{x-1} ~ 1+\frac{2}{x-1} ~ \frac{1+x}{1-x} ~ -\frac{1+x}{1-x} ~ \frac{(x+1)^2}{x^2-1} ~ (x+1)(x-1)^{-1}
\sin 2x ~ 2\sin x\cos x ~ \sin(2x) ~ \sin 2 x ~ 2\cos x\sin x ~ \sin x ~ \cos(\frac{\pi}{2}-2x) ~ -\sin(-2x) ~ \sin x \cdot 2
\sin^2 x ~ 1-\cos^2 x ~ \frac{1-\cos 2x}{2} ~ (\sin x)^2 ~ \sin x^2 ~ \sin^{2}(x) ~ \tan^2 x\cos^2 x
\ln x ~ \log x ~ \log_{e} x ~ \frac{\log x}{\log e} ~ \ln(x) ~ \ln|x| ~ \frac{1}{2}\ln x^2 ~ -\ln\frac{1}{x} ~ \ln 2x-\ln 2
\ln 2 ~ 0.693147 ~ 0.6931 ~ -\ln\frac{1}{2} ~ \frac{\ln 4}{2} ~ \ln 6-\ln 3 ~ \log_{e}{2} ~ \frac{1}{\log_2 e} ~ \log 2
\log_2 8 ~ 3 ~ \log_2{8} ~ \log_4 64 ~ \log 1000 ~ \frac{\ln 8}{\ln 2} ~ 3.0 ~ \log_3 27
e^x ~ \exp(x) ~ \exp x ~ e^{x} ~ \frac{1}{e^{-x}} ~ e^{x+1}/e ~ E^x ~ (e)^x
e ~ E ~ 2.718282 ~ \text{e} ~ e^1 ~ \exp(1) ~ 2.71828
xy ~ yx ~ x\cdot y ~ \text{xy} ~ y x ~ x y z ~ XY ~ ab ~ \text{yx}
\text{cat} ~ \text{act} ~ cat ~ act ~ tac ~ \text{Cat} ~ \text{dog} ~ c\cdot a\cdot t
A ~ a ~ \text{A} ~ (A) ~ \text{(A)} ~ B ~ \text{a} ~ \mathrm{A} ~ A^T ~ \textbf{A}
\{1,2\} ~ \{2,1\} ~ 1,2 ~ 2,1 ~ (1,2) ~ (2,1) ~ [1,2] ~ \{1,2,2\} ~ \{1,2,3\} ~ \{1.0,2\} ~ x=1,2 ~ x=1 or x=2 ~ x=1, y=2 ~ x\in\{1,2\} ~ \{\frac{2}{2},\sqrt{4}\} ~ (1,2] ~ 1 ~ \{1,\{2\}\} ~ x=2,y=1
(1,2) ~ 1<x<2 ~ (1.0,2.0) ~ 2>x>1 ~ x\in(1,2) ~ (1,2,3) ~ (\frac{2}{2},2) ~ x>1 and x<2 ~ (1;2) ~ [1,2] ~ (1,2)\cup(2,3) ~ (x,y)=(1,2)
(3,1,2) ~ (1,2,3) ~ \{1,2,3\} ~ 3,1,2 ~ 1,2,3 ~ [3,1,2] ~ \langle 3,1,2\rangle ~ \{3,1,2\}
[1,\infty) ~ x\ge 1 ~ x\geq 1 ~ (1,\infty) ~ x>1 ~ 1\le x ~ 2x\ge 2 ~ [1,+\infty) ~ [\frac{2}{2},\infty) ~ x\in[1,\infty) ~ 1\leq x<\infty
(5,\infty) ~ x>5 ~ 5<x ~ y>5 ~ x\ge 5 ~ 2x>10 ~ -x<-5 ~ x-5>0 ~ f(x)>5
1\le x\le 2 ~ [1,2] ~ 2\ge x\ge 1 ~ x\in[1,2] ~ 1\leq x\leq 2 ~ 1\le y\le 2 ~ 1<x\le 2 ~ 1.0\le x\le 2.0
(-\infty,1)\cup(2,\infty) ~ x<1 or x>2 ~ (2,\infty)\cup(-\infty,1) ~ \mathbb{R}\setminus[1,2] ~ x\in(-\infty,1)\cup(2,\infty) ~ (-\infty,1]\cup[2,\infty) ~ (-\infty,1),(2,\infty)
x\ne 1 ~ (-\infty,1)\cup(1,\infty) ~ \mathbb{R}\setminus\{1\} ~ x \neq 1 ~ 1\ne x ~ x-1\ne 0
\emptyset ~ \{\} ~ \varnothing ~ (0,1)\cap(1,2) ~ \text{no solution} ~ (1,1)
x=2 ~ 2x=4 ~ 2=x ~ x-2=0 ~ y=2 ~ 2 ~ x=2.0 ~ x=\frac{4}{2} ~ x=1+1=2 ~ x^2=4 ~ x=\pm 2 ~ x=3 ~ f(x)=2 ~ x = 4/2 ~ x\approx 2
y=2x+1 ~ 2x+1 ~ y-2x=1 ~ 2x-y+1=0 ~ y=1+2x ~ -y+2x+1=0 ~ 4x-2y+2=0 ~ f(x)=2x+1 ~ y=2x-1 ~ x=\frac{y-1}{2} ~ y-1=2x
x^2+y^2=1 ~ y^2+x^2=1 ~ 1=x^2+y^2 ~ x^2+y^2-1=0 ~ 2x^2+2y^2=2 ~ 1 ~ x^2+y^2=2 ~ \frac{x^2}{1}+\frac{y^2}{1}=1
\frac{x^2}{4}+\frac{y^2}{3}=1 ~ 3x^2+4y^2=12 ~ \frac{y^2}{3}+\frac{x^2}{4}=1 ~ \frac{x^2}{3}+\frac{y^2}{4}=1
x>0 ~ 2x>0 ~ 0<x ~ -x<0 ~ x\ge 0 ~ (0,\infty) ~ x > 0 ~ y>0
\begin{pmatrix}1&2\\3&4\end{pmatrix} ~ \begin{bmatrix}1&2\\3&4\end{bmatrix} ~ \begin{pmatrix}1&2\\3&5\end{pmatrix} ~ \begin{pmatrix}1.0&2\\3&4\end{pmatrix} ~ \begin{pmatrix}2&4\\6&8\end{pmatrix}/2 ~ \frac{1}{2}\begin{pmatrix}2&4\\6&8\end{pmatrix} ~ \begin{pmatrix}1&0\\0&1\end{pmatrix}\begin{pmatrix}1&2\\3&4\end{pmatrix} ~ \begin{pmatrix}1&3\\2&4\end{pmatrix}^T ~ (1,2,3,4) ~ \begin{pmatrix}1&1\\1&1\end{pmatrix}+\begin{pmatrix}0&1\\2&3\end{pmatrix}
\begin{pmatrix}1\\2\end{pmatrix} ~ \begin{pmatrix}1&2\end{pmatrix} ~ (1,2) ~ \begin{pmatrix}x\\y\end{pmatrix} ~ \begin{bmatrix}1\\2\end{bmatrix} ~ \begin{pmatrix}2/2\\\sqrt{4}\end{pmatrix}
-2 ~ \begin{vmatrix}1&2\\3&4\end{vmatrix} ~ \det\begin{pmatrix}1&2\\3&4\end{pmatrix} ~ -2.0
\frac{n(n+1)}{2} ~ \sum_{k=1}^{n} k ~ \binom{n+1}{2} ~ \frac{n^2+n}{2} ~ n(n+1)/2 ~ \frac{1}{2}n(n+1) ~ \frac{N(N+1)}{2}
\frac{\pi^2}{6} ~ \sum_{n=1}^{\infty}\frac{1}{n^2} ~ 1.644934 ~ \frac{1}{6}\pi^2
55 ~ \sum_{n=1}^{10} n ~ \binom{11}{2} ~ 1+2+3+4+5+6+7+8+9+10
\frac{1}{3} ~ \int_0^1 x^2 dx ~ 0.333333 ~ 0.3333 ~ 0.33333333 ~ \frac{2}{6} ~ 33.3\% ~ 3^{-1}
120 ~ 5! ~ \frac{6!}{6} ~ 5\cdot 4\cdot 3\cdot 2 ~ \binom{10}{3} ~ 2^3\cdot 15 ~ 120.0 ~ 12000\%
3+4i ~ 4i+3 ~ 3-4i ~ 3+4\mathrm{i} ~ 5e^{i\theta} ~ (2+i)^2
i^2 ~ -1 ~ i\cdot i ~ 1 ~ I^2 ~ -i^0
(1+i)^2 ~ 2i ~ 1+2i+i^2 ~ 1+2i
3\frac{1}{2} ~ \frac{7}{2} ~ 3.5 ~ 3 + \frac{1}{2} ~ 3\cdot\frac{1}{2} ~ 3 1/2
1{,}000 ~ 1000 ~ 1,000 ~ 1 000 ~ 10^3 ~ 1e3 ~ 1E3 ~ 1000.0
2:3 ~ \frac{2}{3} ~ 4:6 ~ 2/3 ~ 3:2 ~ 0.666667
12\% ~ 0.12 ~ 12 ~ \frac{12}{100} ~ \frac{3}{25} ~ 12.0\% ~ 0.12\% ~ 12.0000001\%
5.5\%, -2.2\% ~ 5.5\%,-2.2\% ~ -2.2\%, 5.5\% ~ 5.5, -2.2 ~ 0.055, -0.022 ~ \{5.5\%,-2.2\%\} ~ 5.5\%
\sqrt{x^2} ~ x ~ |x| ~ \sqrt{x}^2 ~ \sqrt[4]{x^4}
\frac{1}{x}+\frac{1}{y} ~ \frac{x+y}{xy} ~ \frac{y+x}{x y} ~ x^{-1}+y^{-1} ~ \frac{2}{x+y}
f(x)=x^2 ~ x^2 ~ f(t)=t^2 ~ y=x^2 ~ f(x)=x\cdot x ~ f(x) = x^2+0 ~ g(x)=x^2
\frac{3}{4} ~ 0.75 ~ 75\% ~ \frac{6}{8} ~ 3/4 ~ \cos^2\frac{\pi}{6} ~ 1-\frac{1}{4} ~ 0.7500001 ~ \frac{3}{4}x
2^{10} ~ 1024 ~ 2^{9}\cdot 2 ~ 1024.0 ~ 32^2 ~ 4^5
6.626\cdot 10^{-34} ~ 1.6\cdot 10^{-19} ~ 0.0 ~ 6.626E-34
0.1234565 ~ 0.12345649 ~ 0.123457 ~ 0.123456
\frac{\sqrt{3}}{3} ~ \frac{1}{\sqrt{3}} ~ \sqrt{\frac{1}{3}} ~ \tan\frac{\pi}{6} ~ 0.577350 ~ 3^{-\frac{1}{2}} ~ \frac{\sqrt{3}}{2}
\frac{1+\sqrt{5}}{2} ~ 1.618034 ~ \frac{2}{\sqrt{5}-1} ~ \frac{\sqrt{5}+1}{2} ~ 2\cos\frac{\pi}{5} ~ \frac{1-\sqrt{5}}{2} ~ 2\cos 36^\circ
\sqrt{3+2\sqrt{2}} ~ 1+\sqrt{2} ~ \sqrt{2}+1 ~ 2.414214 ~ \frac{1}{\sqrt{2}-1}
\sqrt[3]{-8} ~ -2 ~ (-8)^{1/3} ~ 2 ~ 1+\sqrt{3}i
\infty ~ +\infty ~ -\infty ~ \infty+1 ~ 2\cdot\infty ~ 10^{100}
-\frac{1}{2} ~ \frac{-1}{2} ~ \frac{1}{-2} ~ -0.5 ~ -1/2 ~ -2^{-1} ~ \frac{1}{2}
k\pi ~ n\pi ~ \pi k ~ x=k\pi ~ x=n\pi ~ 180^\circ k
\binom{n}{2} ~ \frac{n(n-1)}{2} ~ \frac{n!}{2(n-2)!} ~ \frac{n^2-n}{2} ~ \binom{n}{n-2}
n! ~ n\cdot (n-1)! ~ \Gamma(n+1) ~ n(n-1)!
\frac{1}{2}e^{2x}+C ~ \frac{e^{2x}}{2}+C ~ \frac{e^{2x}}{2}+c ~ \frac{e^{2x}}{2}
x^{2}y ~ yx^2 ~ x\cdot x\cdot y ~ x^2 Y ~ xyx
\frac{a}{b} ~ a/b ~ ab^{-1} ~ \frac{A}{B} ~ a:b ~ \frac{2a}{2b}
|x-1| ~ |1-x| ~ \sqrt{(x-1)^2} ~ x-1
\tan x ~ \frac{\sin x}{\cos x} ~ \frac{1}{\cot x} ~ \tan(x) ~ \tan(x+\pi)
\arctan\left(\frac{1}{2}\right)+\arctan\left(\frac{1}{3}\right) ~ \frac{\pi}{4} ~ \arctan 1 ~ 0.785398
\lfloor 2.5\rfloor ~ 2 ~ \lceil 1.5\rceil ~ 2.0
10\mod 3 ~ 1 ~ 10 \bmod 3
\{(1,2),(3,4)\} ~ (1,2),(3,4) ~ (3,4),(1,2) ~ \{(2,1),(3,4)\} ~ (1,2)\cup(3,4)
\{x(x+1),x-1\} ~ \{x-1,x^2+x\} ~ x-1,x(x+1)
\{\sqrt{2},-\sqrt{2}\} ~ \pm\sqrt{2} ~ -\sqrt{2},\sqrt{2} ~ x=\pm\sqrt{2} ~ \{1.414214,-1.414214\}
1\pm\sqrt{2} ~ 1+\sqrt{2},1-\sqrt{2} ~ \{1-\sqrt{2},1+\sqrt{2}\} ~ x=1\pm\sqrt{2}
a=1,b=2 ~ b=2,a=1 ~ 1,2 ~ (1,2) ~ a=2,b=1 ~ \{1,2\} ~ a=1;b=2
x=1,y=2 ~ (x,y)=(1,2) ~ (1,2) ~ x=1 and y=2
x\in\mathbb{R} ~ \mathbb{R} ~ (-\infty,\infty) ~ (-\infty,+\infty) ~ \text{all real numbers}
x<y ~ y>x ~ x-y<0 ~ x\le y ~ y<x
3x+4y+14=0 ~ 3x+4y=-14 ~ y=-\frac{3x+14}{4} ~ 6x+8y+28=0
A\cup B ~ B\cup A ~ A\cap B
0.1+0.2 ~ 0.3 ~ \frac{3}{10} ~ 0.30000004
1.5x ~ \frac{3}{2}x ~ \frac{3x}{2} ~ 1.50x ~ 1.5000001x
2.5\times 10^3 ~ 2500 ~ 2.5\cdot 1000 ~ 2500.0
"""


def pairs():
    m = Maker(SEED + 1)
    for line in PAIRS.strip().splitlines():
        forms = [f.strip() for f in line.split(" ~ ")]
        for i, g in enumerate(forms):
            for p in forms[i:]:
                yield g, p
    for _ in range(1200):
        yield spelled(m)
    for _ in range(350):
        make = m.pick(m.expression, m.structure, m.value)
        g = make()
        yield g, m.pick(g, m.mutate(g), make(), g.replace("\\dfrac", "\\frac"), "x=" + g, "(" + g + ")", g.replace(",", ", "), "\\text{" + g + "}", m.mutate(g))


def spelled(m):
    """One answer in two spellings, or with a mistake in the second."""
    r, d = m.r, m.positive
    a, b, c, k = (r.randint(-9, 9) or 1 for _ in range(4))
    n, q = r.randint(2, 12), r.randint(2, 12)
    v, w = r.sample(["x", "y", "t", "a", "n", "\\theta"], 2)
    wrong = r.random() < 0.4
    off = r.choice([-1, 1, 2]) if wrong else 0

    def sgn(x):
        return f"+{x}" if x >= 0 else str(x)

    def lin(p, q, v):
        return f"{p}{v}{sgn(q)}" if abs(p) != 1 else f"{'-' if p < 0 else ''}{v}{sgn(q)}"

    def quad(p, q, s, v):
        return f"{p}{v}^2{sgn(q)}{v}{sgn(s)}"

    x = r.randint(1, 9999)
    kinds = [
        lambda: (f"\\frac{{{a}}}{{{n}}}", m.pick(f"\\frac{{{a * k}}}{{{n * k + off}}}", f"{a}/{n + off}", f"{(a + off) / n:.{r.randint(3, 9)}f}", f"{100 * (a + off) / n:.4f}\\%")),
        lambda: (str(x), m.pick(f"{x + off}.0", f"{x + off:,}", f"{x + off}.00", f"{(x + off) / 100}\\cdot 100", f"{x + off}\\%", f"\\sqrt{{{(x + off) ** 2}}}", f"{x + off}.0000001", f"{x}.5")),
        lambda: (f"{x / 100}", m.pick(f"\\frac{{{x + off}}}{{100}}", f"{x + off}\\%", f"{(x + off) / 100:.3f}", f"{x / 100 + 0.0000004}", f"{x / 100 + 0.000002}", f"{(x + off) / 1000}\\times 10")),
        lambda: (f"{n}\\sqrt{{{q}}}", m.pick(f"\\sqrt{{{n * n * q + off}}}", f"{n + off}\\cdot\\sqrt{{{q}}}", f"\\sqrt{{{q}}}\\cdot {n + off}", f"{(n + off) * q ** 0.5:.6f}", f"\\frac{{{n * q + off}}}{{\\sqrt{{{q}}}}}")),
        lambda: (f"{a}+{n}\\sqrt{{{q}}}", m.pick(f"{n}\\sqrt{{{q}}}{sgn(a + off)}", f"{a}-({-n})\\sqrt{{{q + off}}}", f"\\frac{{{2 * a}+{2 * n}\\sqrt{{{q + off}}}}}{{2}}", f"{a + n * q ** 0.5 + off:.6f}")),
        lambda: (f"\\frac{{{n}\\pi}}{{{q}}}", m.pick(f"\\frac{{{n + off}}}{{{q}}}\\pi", f"{n + off}\\pi/{q}", f"{(n + off) / q * 3.14159265358979:.6f}", f"\\pi\\cdot\\frac{{{n}}}{{{q + off}}}")),
        lambda: (f"({lin(a, b, v)})({lin(c, k, v)})", m.pick(quad(a * c, a * k + b * c, b * k + off, v), f"({lin(c, k, v)})({lin(a, b + off, v)})", f"{a * c}{v}^{{2}}+{b * k + off}+({a * k + b * c}){v}")),
        lambda: (quad(1, 2 * a, a * a, v), m.pick(f"({lin(1, a + off, v)})^2", f"({v}{sgn(a)})\\cdot({v}{sgn(a + off)})", quad(1, 2 * a + off, a * a, v))),
        lambda: (f"\\frac{{{lin(a, b, v)}}}{{{lin(1, c, v)}}}", m.pick(f"\\frac{{{lin(-a, -b, v)}}}{{{lin(-1, -c + off, v)}}}", f"{a}+\\frac{{{b - a * c + off}}}{{{lin(1, c, v)}}}", f"({lin(a, b, v)})/({lin(1, c + off, v)})")),
        lambda: (f"({a},{b})", m.pick(f"\\left({a}, {b + off}\\right)", f"({a}.0,{b + off})", f"\\{{{a},{b + off}\\}}", f"{a},{b + off}", f"[{a},{b + off}]", f"{b},{a}", f"(x,y)=({a},{b + off})", f"x={a},y={b + off}", f"{a}<x<{b + off}")),
        lambda: (f"({a},{b},{c})", m.pick(f"({a}, {b + off}, {c})", f"\\{{{a},{b},{c + off}\\}}", f"{a},{b},{c + off}", f"({b},{a},{c})", f"[{a},{b},{c}]", f"\\begin{{pmatrix}}{a}\\\\{b}\\\\{c}\\end{{pmatrix}}")),
        lambda: (f"\\{{{a},{b},{c}\\}}", m.pick(f"\\{{{c},{a},{b + off}\\}}", f"{c},{b},{a + off}", f"{a}, {c}, {b}", f"x={a},x={b},x={c + off}", f"{a} \\text{{ and }} {b + off} \\text{{ and }} {c}", f"\\{{{a},{b},{b},{c}\\}}", f"\\{{{a}.0,{b},{c}\\}}")),
        lambda: (f"\\{{\\sqrt{{{n}}},-\\sqrt{{{n}}}\\}}", m.pick(f"\\pm\\sqrt{{{n + off}}}", f"-\\sqrt{{{n}}},\\sqrt{{{n + off}}}", f"{v}=\\pm\\sqrt{{{n + off}}}", f"\\{{{n ** 0.5:.6f},-{n ** 0.5:.6f}\\}}")),
        lambda: (f"({a},\\infty)", m.pick(f"{v}>{a + off}", f"{a + off}<{v}", f"({a + off}.0,\\infty)", f"({a},+\\infty)", f"{v}\\ge {a}", f"{v}\\in({a + off},\\infty)", f"[{a},\\infty)")),
        lambda: (f"{a}<{v}\\le {a + n}", m.pick(f"({a},{a + n + off}]", f"{v}\\in({a + off},{a + n}]", f"{a + n}\\ge {v}>{a}", f"{a} < {v} \\leq {a + n + off}", f"[{a},{a + n}]")),
        lambda: (f"{v}>{a}", m.pick(f"({a + off},\\infty)", f"{v}-{n}>{a - n + off}", f"{a + off}<{v}", f"{n}{v}>{n * a + off}", f"{w}>{a}", f"{v}\\geq {a}")),
        lambda: (f"(-\\infty,{a})\\cup({a + n},\\infty)", m.pick(f"({a + n},\\infty)\\cup(-\\infty,{a + off})", f"{v}<{a} \\text{{ or }} {v}>{a + n}", f"\\mathbb{{R}}\\setminus[{a},{a + n + off}]", f"(-\\infty,{a}]\\cup[{a + n},\\infty)")),
        lambda: (f"[{a},{a + n})", m.pick(f"[{a},{a + n}]", f"[{a}.0,{a + n + off}.0)", f"{a}\\le {v}<{a + n + off}", f"[{a},{a + 1})\\cup[{a + 1},{a + n + off})", f"[{a},\\frac{{{2 * a + 2 * n + off}}}{{2}})")),
        lambda: (f"{v}={a}", m.pick(str(a + off), f"{a + off}.0", f"{v} = {a + off}", f"{w}={a + off}", f"{a}={v}", f"{n}{v}={n * a + off}", f"{v}={a - n}+{n}={a + off}", f"\\boxed{{{a + off}}}", f"{v}\\approx {a + off}")),
        lambda: (f"y={lin(a, b, 'x')}", m.pick(lin(a, b + off, "x"), f"y-{lin(a, b + off, 'x')}=0".replace("--", "+"), f"{n}y={lin(n * a, n * b + off, 'x')}", f"y={b + off}{sgn(a)}x", f"f(x)={lin(a, b + off, 'x')}", f"{lin(a, b + off, 'x')}=y")),
        lambda: (f"{v}^2+{w}^2={n}", m.pick(f"{w}^2+{v}^2={n + off}", f"{v}^2+{w}^2-{n + off}=0", f"{n}-{v}^2={w}^2", f"{q}{v}^2+{q}{w}^2={q * n + off}", str(n + off))),
        lambda: (f"{n}!", m.pick(str(__import__("math").factorial(n) + off), f"{n}\\cdot {n - 1}!", f"\\frac{{{n + 1}!}}{{{n + 1 + off}}}")),
        lambda: (f"\\binom{{{n + 2}}}{{2}}", m.pick(str((n + 2) * (n + 1) // 2 + off), f"\\frac{{{(n + 2)}\\cdot {n + 1 + off}}}{{2}}", f"\\frac{{{n + 2}!}}{{2!{n}!}}")),
        lambda: (f"{n}^{{{q}}}", m.pick(str(n ** q + off), f"{n}^{{{q - 1}}}\\cdot {n + off}", f"{n * n}^{{{q}/2}}", f"\\frac{{1}}{{{n}^{{{-q}}}}}")),
        lambda: (f"{v}^{{{n}}}{w}^{{{q}}}", m.pick(f"{w}^{{{q + off}}}{v}^{{{n}}}", f"{v}^{n % 10}\\cdot {v}^{{{n - n % 10 + off}}}{w}^{{{q}}}", f"({v}{w})^{{{n}}}{w}^{{{q - n + off}}}")),
        lambda: (f"\\sin({n}{v})", m.pick(f"\\sin {n}{v}", f"2\\sin({n}{v}/2)\\cos({n}{v}/2)", f"\\cos(\\frac{{\\pi}}{{2}}-{n + off}{v})", f"-\\sin(-{n + off}{v})")),
        lambda: (f"\\ln({n}{v})", m.pick(f"\\ln {n + off}+\\ln {v}", f"\\log({n}{v})", f"\\ln {n}{v}", f"-\\ln(\\frac{{1}}{{{n}{v}}})", f"\\frac{{1}}{{2}}\\ln({n * n}{v}^2)")),
        lambda: (f"\\ln {n * q}", m.pick(f"\\ln {n}+\\ln {q + off}", f"2\\ln\\sqrt{{{n * q + off}}}", f"\\ln({n}\\cdot {q})", f"\\frac{{\\log {n * q}}}{{\\log e}}")),
        lambda: (f"\\log_{{{n}}} {q}", m.pick(f"\\frac{{\\ln {q + off}}}{{\\ln {n}}}", f"\\frac{{1}}{{\\log_{{{q}}} {n + off}}}", f"\\frac{{\\log {q}}}{{\\log {n}}}")),
        lambda: (f"e^{{{n}{v}}}", m.pick(f"(e^{{{v}}})^{{{n + off}}}", f"\\exp({n}{v})", f"e^{{{n + off}{v}}}", f"\\frac{{1}}{{e^{{-{n}{v}}}}}", f"e^{{{v}}}\\cdot e^{{{n - 1 + off}{v}}}")),
        lambda: (f"\\begin{{pmatrix}}{a}&{b}\\\\{c}&{k}\\end{{pmatrix}}", m.pick(f"\\begin{{bmatrix}}{a}&{b + off}\\\\{c}&{k}\\end{{bmatrix}}", f"{n}\\begin{{pmatrix}}\\frac{{{a}}}{{{n}}}&\\frac{{{b}}}{{{n}}}\\\\\\frac{{{c}}}{{{n}}}&\\frac{{{k + off}}}{{{n}}}\\end{{pmatrix}}", f"\\begin{{pmatrix}}{a}.0&{b + off}\\\\{c}&{k}\\end{{pmatrix}}", f"\\begin{{pmatrix}}{a}&{c}\\\\{b}&{k}\\end{{pmatrix}}^T")),
        lambda: (f"\\frac{{1}}{{{v}}}+\\frac{{1}}{{{w}}}", m.pick(f"\\frac{{{v}+{w}}}{{{v}{w}}}", f"\\frac{{{1 + off}}}{{{w}}}+\\frac{{1}}{{{v}}}", f"({v}+{w})/({v}{w})")),
        lambda: (f"\\sqrt{{{n}{v}^2}}", m.pick(f"\\sqrt{{{n + off}}}|{v}|", f"\\sqrt{{{n}}}{v}", f"|{v}|\\sqrt{{{n + off}}}")),
        lambda: (f"{n}:{q}", m.pick(f"{2 * n}:{2 * q + off}", f"\\frac{{{n}}}{{{q + off}}}", f"{n + off}/{q}", f"{n}:{q}:1")),
        lambda: (m.word(), m.pick(m.word(), "\\text{" + m.word() + "}", m.word().upper())),
        lambda: (f"{n}\\frac{{1}}{{{q}}}", m.pick(f"\\frac{{{n * q + 1 + off}}}{{{q}}}", f"{n}+\\frac{{1}}{{{q + off}}}", f"{n + 1 / q + off:.7f}")),
        lambda: (f"{x / 100}\\%", m.pick(f"{(x + off) / 10000}", f"{(x + off) / 100}", f"\\frac{{{x + off}}}{{10000}}", f"{(x + off) / 100:.3f}\\%")),
        lambda: (f"{v}=\\frac{{{a}\\pi}}{{{n}}}+k\\pi", m.pick(f"\\frac{{{a + off}\\pi}}{{{n}}}+k\\pi", f"{v}=k\\pi+\\frac{{{a + off}}}{{{n}}}\\pi", f"{v}=\\frac{{{a}\\pi}}{{{n}}}+n\\pi")),
        lambda: (f"{a}+{n}i", m.pick(f"{n}i+{a + off}", f"{a}+{n + off}\\mathrm{{i}}", f"{a}+{n}I", f"i({n}-{a}i)")),
        lambda: (f"|{v}-{n}|", m.pick(f"|{n}-{v}|", f"|{v}-{n + off}|", f"\\sqrt{{({v}-{n + off})^2}}")),
        lambda: (f"2^{{{v}+{n}}}", m.pick(f"{2 ** n + off}\\cdot 2^{v if len(v) == 1 else '{' + v + '}'}", f"2^{{{v}}}\\cdot 2^{{{n + off}}}", f"4^{{\\frac{{{v}+{n}}}{{2}}}}")),
        lambda: (f"\\frac{{n(n+{k})}}{{2}}", m.pick(f"\\frac{{n^2{sgn(k + off)}n}}{{2}}", f"\\frac{{1}}{{2}}n(n{sgn(k + off)})", f"n(n{sgn(k)})/2")),
        lambda: (f"\\sum_{{k=1}}^{{{n}}} k", m.pick(str(n * (n + 1) // 2 + off), f"\\frac{{{n}({n + 1 + off})}}{{2}}")),
        lambda: (f"\\int_0^{n} x^2 dx" if n < 10 else f"\\int_0^{{{n}}} x^2 dx", m.pick(f"\\frac{{{n ** 3 + off}}}{{3}}", f"{(n ** 3 + off) / 3:.6f}")),
        lambda: (f"f({v})={lin(a, b, v)}", m.pick(lin(a, b + off, v), f"f({w})={lin(a, b, w)}", f"f({v})={b + off}{sgn(a)}{v}", f"y={lin(a, b, v)}")),
        lambda: (f"{v}^2{sgn(b)}{v}{sgn(c)}=0", m.pick(f"{v}^2={-b}{v}{sgn(-c)}", f"{n}{v}^2{sgn(n * b)}{v}{sgn(n * c + off)}=0", "0", f"{v}^2{sgn(b)}{v}={-c + off}")),
    ]
    return r.choice(kinds)()


def verify_rows():
    rows, seen = [], set()
    for g, p in pairs():
        g, p = normal(g), normal(p)
        if g is None or p is None or (g, p) in seen:
            continue
        seen.add((g, p))
        start = time.monotonic()
        both = []
        for s in (g, p):
            try:
                both.append([parse_latex_cached(s), s])
            except Exception:
                both.append([s])
        got = [bool(verify(both[0], both[1])), bool(verify(both[1], both[0]))]
        if time.monotonic() - start < LIMIT:
            rows.append([g, p, *got])
    return rows


# ---- the released wrapper ----------------------------------------------------------

WRAPS = [
    "The answer is {0}.", "\\boxed{{{0}}}", "So the final answer is $\\boxed{{{0}}}$.", "Therefore, the answer is \\boxed{{{0}}}.", "Answer: {0}", "**Answer:** ${0}$", "$${0}$$", "\\[ {0} \\]",
    "Final answer: $\\boxed{{{0}}}$", "We get {0}", "Thus $x = {0}$.", "<answer>{0}</answer>", "<think>Let me see.\nFirst 12 + 7.</think>\n\\boxed{{{0}}}", "The final answer is: $\\boxed{{{0}}}$. I hope it is correct.",
    "After checking the table on page 12, the value is ${0}$ for 2019.", "\\boxed{{{0}}} \\text{{ million}}", "Hence \\boxed{{{0} }}\n\nNote that 3 of them remain.", "\\(\\boxed{{{0}}}\\)", "#### {0}",
    "Step 1: compute.\nStep 2: simplify.\n\nAnswer: \\boxed{{{0}}}", "= {0}", "{0}", "I think it is \\boxed{{7}}, wait, it should be \\boxed{{{0}}}.", "\\[\n\\boxed{{{0}}}\n\\]", "The result:\n\n$$\\boxed{{{0}}}$$\n\nDone.",
]

FINANCE = [
    "The net revenue increased from ${a} million to ${b} million, so the change is {x}%.", "Operating margin = {a} / {b} = {x}%. \\boxed{{{x}\\%}}", "Total: ${a} thousand.\n\\boxed{{{x}}}", "The percentage change is\n\\boxed{{{x}\\%}}",
    "The average is ({a} + {b}) / 2 = {x}.\n\nThe answer is {x}", "Answer: ${x} million", "**{x}%**", "\\boxed{{\\${x}}}", "\\boxed{{{x}\\text{{ million}}}}", "The ratio is {x}. Therefore the answer: {x}", "\\boxed{{\\text{{{x} million}}}}",
    "$\\boxed{{{x}}}$ (in thousands)", "Goodwill was {a} in 2018 and {b} in 2019.\n\\boxed{{{x}}}", "\\boxed{{-{x}\\%}}", "The difference is {a} - {b} = {x}\n\n\\boxed{{{x}}}", "The EPS is \\${x} per share.\n\\boxed{{\\${x}}}",
]


def near(m, g):
    """A gold's spelling variant, a mistake of it, or the gold itself."""
    k = m.r.random()
    if k < 0.35:
        return g
    if k < 0.5:
        return m.mutate(g)
    if k < 0.6:
        return g.replace("\\frac", m.pick("\\dfrac", "\\frac", "\\tfrac")).replace(",", ", ")
    if k < 0.68:
        return m.pick("x = " + g, g + m.pick("\\text{ cm}", "\\%", " units", ".0", "^\\circ"), "-" + g, g + "0")
    return m.pick(m.value, m.expression, m.structure)()


def released_rows(release):
    folder = pathlib.Path(release, "Train/verl/verl/utils/reward_score")
    package = types.ModuleType("released")
    package.__path__ = [str(folder)]
    sys.modules["released"] = package
    dapo = importlib.import_module("released.math_dapo")
    metric = importlib.import_module("released.math_verify")
    m = Maker(SEED + 2)
    rows = []

    def add(gold, response):
        start = time.monotonic()
        first = dapo.compute_score(response, gold, is_longcot=True, is_use_math_verify=True)
        second = None
        if isinstance(gold, str):
            second = float(metric.compute_score(response, gold))
        if time.monotonic() - start < LIMIT:
            rows.append([gold, response, float(first), second])

    for _ in range(1000):
        gold = m.pick(m.int, m.frac, m.decimal, m.surd, m.pi, m.poly, m.expression, m.structure, m.structure, m.power, m.big, m.word)()
        response = m.pick(*WRAPS).format(near(m, gold))
        if m.r.random() < 0.1:
            gold = [gold, m.value()]
        if m.r.random() < 0.06:
            response += " " + "This follows from the text above, see paragraph 4 of the annual report. " * 8
        add(gold, response)
    for _ in range(700):
        gold, answer = spelled(m)
        add(gold, m.pick(*WRAPS).format(answer))
    for _ in range(800):
        n = m.r.randint(1, 10 ** m.r.randint(2, 8))
        x = m.pick(str(n), f"{n:,}", f"{n / 100:.2f}", f"{n / 1000:.1f}", f"{n / 100:,.2f}", f"{n / 37:.4f}")
        gold = m.pick(x, x, x, x.replace(",", ""), x + "%", x + "\\%", f"{x} million", f"\\${x}", f"-{x}", f"{n + 1}", x + "\n" + m.decimal(), f"{float(x.replace(',', '')):.1f}", x.rstrip("0") or "0")
        a, b = m.big(), m.big()
        add(gold, m.pick(*FINANCE).format(x=x, a=a, b=b))
    return rows


def main():
    p = argparse.ArgumentParser()
    p.add_argument("release")
    p.add_argument("out")
    p.add_argument("--only")
    args = p.parse_args()
    logging.disable(logging.CRITICAL)
    jobs = {"parse": parse_rows, "verify": verify_rows, "released": lambda: released_rows(args.release)}
    for name, job in jobs.items():
        if args.only in (None, name):
            extra = "; GoLongRL c34dba3 math_dapo.py, math_verify.py" if name == "released" else ""
            write(args.out, name, extra, job())


main()
