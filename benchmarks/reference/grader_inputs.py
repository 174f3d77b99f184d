"""Makes the pairs that grader_goldens.py grades. Nothing here knows a grade."""

UNITS = ["cm", "cm^2", "meters", "inches", "square feet", "degrees", "hours", "dollars", "km", "mph", "units", "cents", "feet", "years", "liters",
         "minutes", "points", "mi", "kg", "m", "s", "million", "billion", "shares", "bps", "USD", "people"]
WORDS = ["yes", "no", "true", "False", "Evelyn", "north", "not enough information", "red", "odd", "No solution", "undefined", "infinite", "even",
         "(A)", "A", "B.", "C)", "\\text{D}", "the third", "five", "None", "π", "∞", "x", "n", "Tuesday", "\\text{Monday}", "ABC", "1:2", "2:3"]
FRAGMENTS = ["\\frac", "\\dfrac", "\\sqrt", "\\text{", "\\text{ ", "}", "{", "(", ")", "[", "]", "$", "%", "\\%", "\\\\%", "\\$", "\\!", ",\\!", "\\ ", " ", "  ", ",",
             ", ", ".", " .", "{.", "=", "==", "x=", "_", "^", "^2", "^{", "^\\circ", "^{\\circ}", "\\left", "\\right", "\\pi", "pi", "-", "--", "---", "- ", "+",
             "/", "*", "&", "\\\\", "\\", "\n", "\n\n", "\\cdot", "\\times", "\\infty", "\\cup", "~", "''", "``", "e5", "E-3", "inf", "nan", "1_000", "_",
             "\u00a0", "\u2003", "٣", "５", "²", "½", "é", "ſ", "İ", "ı", "ß", "−", "≈", "°", "£", "€", "¥", "million", "thousand", " or ", " and ", "mbox{",
             "\\mbox{a}", "\\textbf{", "\\overline{3}", "\\boxed{", "\\boxed ", "\\fbox{", "frac12", "sqrt2", "an ", "a ", "units", "inches^2", "degrees ",
             "\\begin{pmatrix}", "\\end{pmatrix}", "\\begin{cases}", "\\end{cases}", "\\(", "\\)", "\\[", "\\]", "\\sqrt[3]{", "\\frac1", "\\mathrm{", "\\mathbf{R}",
             "\\vec{v}", "\\hat", "\\,", "\\;", "\\quad", "\\ldots", "\\ge", "\\foo", "\\textcolor{red}{", "\\underline{", "answer:", "Answer: ", "is ", "be ",
             "Point(", "Interval(", "Matrix([[", "True", "0", "00", "10^", "10^3", " x ", "\x1c", "\U0001d7db"]
MACROS = ["\\alpha", "\\beta", "\\theta", "\\pi", "\\infty", "\\cup", "\\cap", "\\cdot", "\\times", "\\pm", "\\le", "\\geq", "\\neq", "\\in", "\\emptyset", "\\ldots",
          "\\cos", "\\sin", "\\log", "\\ln", "\\circ", "\\angle", "\\triangle", "\\lfloor", "\\rceil", "\\rightarrow", "\\mathbb{R}", "\\mathbb{Z}", "\\mathbf{j}",
          "\\mathcal{B}", "\\overline{AB}", "\\vec{a}", "\\hat{x}", "\\bar", "\\%", "\\#", "\\&", "\\{", "\\}", "\\|", "\\,", "\\;", "\\!", "\\quad", "\\qquad",
          "\\mbox{or}", "\\hspace{1cm}", "\\textrm{ft}", "\\mathrm{e}", "\\operatorname{lcm}", "\\binom{5}{2}", "\\displaystyle", "\\sqrt", "\\frac", "\\not=",
          "\\xrightarrow[a]{b}", "\\langle", "\\rangle", "\\ell", "\\partial", "\\sum", "\\int", "\\prime", "\\dagger", "\\stackrel{a}{b}", "\\\\", "\\\\*", "\\\\[2mm]"]


def number(rng):
    k = rng.randrange(14)
    n = rng.choice([rng.randrange(10), rng.randrange(100), rng.randrange(5000), rng.randrange(10**6), rng.randrange(10**9)])
    if k < 4:
        return str(n)
    if k == 4:
        return f"-{n}"
    if k == 5:
        return f"{n:,}"
    if k == 6:
        return f"{n / 100:.2f}"
    if k == 7:
        return f"{n / 1000:.{rng.randrange(1, 6)}f}"
    if k == 8:
        return f"{n % 1000 / 10}%"
    if k == 9:
        return f"${n:,}.{rng.randrange(100):02}"
    if k == 10:
        return f".{n}"
    if k == 11:
        return f"{n % 97}\\%"
    if k == 12:
        return f"{n / 7}"
    return rng.choice(["0.5", "0", "-0", "0.0", "1e3", "1.5e-7", "007", "1000000", "100", "0.1", "50", "3.14", "1e400", "99999999999999999999",
                       "12345678901234567890.5", "0.30000000000000004", "2.9999999999", "4.99999999"])


def fraction(rng):
    a, b = rng.randrange(1, 30), rng.randrange(1, 30)
    s = rng.choice(["\\frac{%d}{%d}", "\\dfrac{%d}{%d}", "\\tfrac{%d}{%d}", "%d/%d", "-\\frac{%d}{%d}", "\\frac %d %d", "(%d)/(%d)", "%d / %d", "-%d/%d"]) % (a, b)
    if rng.random() < 0.2:
        s = f"\\frac{a % 10}{b % 10}"
    if rng.random() < 0.15:
        s = f"{rng.randrange(1, 9)}{rng.choice(['', ' '])}{s}"
    return s


def surd(rng):
    a, b = rng.randrange(2, 20), rng.randrange(2, 12)
    return rng.choice([f"\\sqrt{{{a}}}", f"{b}\\sqrt{{{a}}}", f"\\sqrt{a}", f"{b}\\sqrt{a}", f"\\frac{{\\sqrt{{{a}}}}}{{{b}}}", f"{a}+{b}\\sqrt{{3}}",
                       f"\\sqrt[3]{{{a}}}", f"sqrt({a})", f"{b}*sqrt({a})", f"\\frac{{{b}\\sqrt{{{a}}}}}{{{b + 1}}}", f"{a}\\pm\\sqrt{{{b}}}"])


def pies(rng):
    a, b = rng.randrange(2, 20), rng.randrange(2, 12)
    return rng.choice(["\\pi", f"{a}\\pi", f"\\frac{{{a}\\pi}}{{{b}}}", f"{a}\\pi/{b}", f"{a}\\pi + {b}", f"{a} \\pi", f"({a}\\pi,{b})", f"{a}*\\pi", f"\\pi/{b}",
                       f"{a * 3.14:.2f}", f"{a * 3.141592653589793}", f"{a}pi", f"-\\pi^{b % 4}", f"{a}\\pi\\pi", f"{a}\\pi^2", f"{b}-\\pi", f"\\pi*{a}-{b}"])


def poly(rng):
    a, b, c = (rng.randrange(-9, 10) for _ in range(3))
    v = rng.choice("xynt")
    return rng.choice([f"{a}{v}^2+{b}{v}+{c}", f"{v}^2-{abs(c)}", f"({v}+{abs(a)})({v}-{abs(b)})", f"{a}{v}+{b}", f"{v}^{{{abs(b)}}}", f"{abs(a)}{v}y", f"2^{{{abs(b)}}}",
                       f"\\frac{{{v}+{abs(a)}}}{{{v}-{abs(b)}}}", f"{v} + {abs(a)}", f"{abs(a)} + {v}", f"{v}^{abs(c)}{v}", f"{v}/2+{v}/2", f"2{v}-{v}", f"{v}^12"])


def several(rng):
    parts = [rng.choice([number, number, fraction, surd, pies])(rng) for _ in range(rng.randrange(2, 5))]
    sep = rng.choice([",", ", ", ",\\ ", " , ", "\n"])
    o, c = rng.choice(["()", "[]", "(]", "[)", "{}", ("", ""), ("\\{", "\\}"), ("\\left(", "\\right)"), ("(", "")])
    return o + sep.join(parts) + c


def interval(rng):
    a, b = sorted(rng.randrange(-20, 50) for _ in range(2))
    return rng.choice([f"({a},{b})", f"[{a},{b}]", f"[{a}, {b})", f"(-\\infty,{a}]", f"(-\\infty, {a}) \\cup ({b}, \\infty)", f"Interval({a}, {b})", f"Interval.open({a}, {b})",
                       f"Interval.Ropen({a}, {b})", f"{a} < x < {b}", f"x \\geq {a}", f"({a},\\infty)", f"\\left[{a},{b}\\right]", f"Point({a}, {b})", f"Point2D({a}, {b})"])


def matrix(rng):
    n = rng.randrange(1, 4)
    env = rng.choice(["pmatrix", "pmatrix", "bmatrix", "vmatrix"])
    rows = [[rng.choice([number, fraction])(rng) if rng.random() < 0.4 else str(rng.randrange(-9, 10)) for _ in range(n)] for _ in range(rng.randrange(1, 4))]
    k = rng.randrange(5)
    if k == 0:
        return str([[x for x in r] for r in rows]).replace("'", "")
    if k == 1:
        return "\\{" + ",".join(rows[0]) + "\\}"
    if k == 2:
        return "[" + ", ".join(rows[0]) + "]"
    return f"\\begin{{{env}}}" + rng.choice([" \\\\ ", "\\\\", " \\\\\n"]).join(rng.choice([" & ", "&"]).join(r) for r in rows) + f"\\end{{{env}}}"


def based(rng):
    return rng.choice([f"{rng.randrange(1000)}_{rng.randrange(2, 10)}", f"{rng.randrange(1000)}_{{{rng.randrange(2, 10)}}}", f"{rng.randrange(90)}^\\circ",
                       f"{rng.randrange(90)}^{{\\circ}}", f"x={rng.randrange(50)}", f"y = {rng.randrange(50)}x + {rng.randrange(9)}", f"xyz={rng.randrange(50)}",
                       f"{rng.randrange(90)} ^ \\circ", f"{rng.randrange(1, 9)} {rng.randrange(1, 9)}/{rng.randrange(2, 9)}", f"1,\\!{rng.randrange(100, 1000)}",
                       f"{rng.randrange(1, 99)}{{,}}{rng.randrange(100, 1000)}", f"x+y={rng.randrange(9)}", f"{rng.randrange(9)}=x+y", f"{rng.randrange(1, 9)}!"])


def measured(rng):
    u = rng.choice(UNITS)
    n = number(rng)
    return rng.choice([f"{n} {u}", f"{n}\\text{{ {u}}}", f"{n}\\ \\text{{{u}}}", f"{n}{u}", f"{n} \\mbox{{ {u}}}", f"${n}$ {u}", f"{n}\\text{{{u}}}", f"{n}~\\text{{{u}}}^2",
                       f"{n}\\,\\mathrm{{{u}}}", f"{u} {n}", f"approximately {n}", f"about {n} {u}"])


def word(rng):
    w = rng.choice(WORDS)
    return rng.choice([w, w, f"\\text{{{w}}}", w.upper(), w.lower(), f"\\textbf{{({w})}}"])


def macros(rng):
    out = []
    for _ in range(rng.randrange(1, 5)):
        out.append(rng.choice([rng.choice(MACROS), number(rng), rng.choice(["x", " ", "{a b}", "+", "{", "}", "[1]", "\\( x \\)", "\\[ y \\]", "\n\n", "$"])]))
    return "".join(out)


KINDS = [number, number, number, fraction, fraction, surd, pies, poly, several, interval, matrix, based, measured, word, macros]


def gold(rng):
    return rng.choice(KINDS)(rng)


def respell(rng, s):
    """s in another spelling, often of the same value."""
    k = rng.randrange(26)
    if k == 0:
        return f"${s}$"
    if k == 1:
        return s.replace("\\frac", rng.choice(["\\dfrac", "\\tfrac", "\\frac "]))
    if k == 2:
        return f"\\text{{{s}}}"
    if k == 3:
        return s + rng.choice([".", " ", "\n", "%", "\\%", "^\\circ", " units", "\\text{ cm}", "\\\\", "/"])
    if k == 4:
        return rng.choice([" ", "\n", "x=", "x = ", "y=", "\\$", "$", "-", "+", "= ", "n="]) + s
    if k == 5:
        return s.replace(" ", "")
    if k == 6:
        return s.replace(",", ", ")
    if k == 7:
        return s.replace("(", "\\left(").replace(")", "\\right)")
    if k == 8:
        return s.replace("-", rng.choice(["- ", "−", "--"]))
    if k == 9:
        return s.translate(str.maketrans("0123456789", "０１２３４５６７８９")) if rng.random() < 0.5 else s.translate(str.maketrans("()", "[]"))
    if k == 10:
        return s.replace(",", "")
    if k == 11:
        return "{" + s + "}"
    if k == 12:
        return s.replace("\\", "")
    if k == 13:
        return s.replace("{", "").replace("}", "")
    if k == 14:
        return rng.choice([s.upper(), s.lower()])
    if k == 15:
        return s.replace("\\sqrt{", "\\sqrt {").replace("sqrt(", "sqrt (")
    if k == 16:
        return f"\\boxed{{{s}}}"
    if k == 17:
        return f"({s})"
    if k == 18:
        return s.replace("\\\\", "\\\\ ")
    return value(rng, s)


def value(rng, s):
    """Another number with the value of s, or near it, if s is a number."""
    try:
        f = float(s.replace(",", "").replace("%", "").replace("$", "").replace("\\", ""))
    except ValueError:
        return s
    k = rng.randrange(9)
    if abs(f) > 1e15:
        return repr(f)
    return [repr(f), repr(f * 100), repr(f / 100), repr(f * 1.00009), repr(f * 1.001), f"{f:.2f}", f"{f:,}", repr(f + 1e-8), f"{int(f)}/1", str(-f)][k]


def spoil(rng, s):
    """s with a small mistake."""
    k = rng.randrange(8)
    at = rng.randrange(len(s) + 1)
    if k < 2 and s:
        i = rng.randrange(len(s))
        return s[:i] + (str((int(s[i]) + 1) % 10) if s[i] in "0123456789" else rng.choice("019x-")) + s[i + 1:]
    if k == 2 and s:
        i = rng.randrange(len(s))
        return s[:i] + s[i + 1:]
    if k == 3 and len(s) > 1:
        i = rng.randrange(len(s) - 1)
        return s[:i] + s[i + 1] + s[i] + s[i + 2:]
    if k == 4:
        return s[:at]
    return s[:at] + rng.choice(FRAGMENTS) + s[at:]


def pair(rng):
    g = gold(rng)
    a = g
    for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
        a = respell(rng, a) if rng.random() < 0.65 else spoil(rng, a)
    if rng.random() < 0.12:
        a = gold(rng)
    if rng.random() < 0.12:
        g = spoil(rng, g)
    if rng.random() < 0.02:
        a = rng.choice(["", " ", "$", "{}", "()", "\\", "\\frac", "\\sqrt", "\\text{}", "%", "=", "x=", "\n"])
    if rng.random() < 0.03:
        g = a = "".join(rng.choice(FRAGMENTS) for _ in range(rng.randrange(1, 6)))
        a = spoil(rng, a)
    return g, a


PROSE = ["So we get 12 from the first part. ", "Let x be 3. ", "The total is 40 and the rest is 2.5.\n", "Step 2: solve.\n", "Therefore ", "<think>maybe 7</think>\n", "Hence, ",
         "I am sure. ", "We have $x^2=4$. ", "\n\n", "Note that the answer is not 5. ", "First, \\boxed{1}. ", "Step 1: \\fbox{2} ", "Since 3. 4 is "]


FORMS = {
    "box": ["\\boxed{%s}", "$\\boxed{%s}$", "\\boxed %s$", "\\boxed{x=%s}", "The final answer is \\boxed{%s}"],
    "line": ["Answer: %s", "Answer: $%s$", "answer : %s", "ANSWER:\n%s", "Anſwer: %s", "Answer:%s\nAnswer: %s", "Answer: $%s$."],
    "any": [],
}


def response(rng, a, form="any"):
    """A response with the answer a, mostly in the form that a grader reads."""
    if FORMS[form] and rng.random() < 0.7:
        return "".join(rng.choice(PROSE) for _ in range(rng.randrange(3))) + rng.choice(FORMS[form]).replace("%s", a) + rng.choice(["", "", ".", "\n", "\nDone."])
    head = "".join(rng.choice(PROSE) for _ in range(rng.randrange(4)))
    if rng.random() < 0.06:
        head = head * 40
    tail = rng.choice(["", "", "", ".", "\n", ". ", " is the answer.", ". I hope it is correct.", "$", "\\)", "\n\nDone.", " units.", "**"])
    body = rng.choice([
        "\\boxed{%s}", "\\boxed{%s}", "\\boxed %s$", "$\\boxed{%s}$", "\\fbox{%s}", "Answer: %s", "Answer: $%s$", "answer : %s", "ANSWER:\n%s", "Anſwer: %s", "The answer is %s",
        "the answer is: %s", "The final answer is \\boxed{%s}", "Answer:%s\nAnswer: %s", "%s is the answer", "The answers are %s", "%s", "Therefore, the answer is %s",
        "Therefore, the answer is $%s", "Therefore, the answer is **%s**", "Therefore, the answer is (%s)", "the answer is =%s", "THE ANSWER İS %s", "x = %s", "We get %s",
        "it must be %s", "\\boxed{\\text{%s}}", "\\boxed{%s", "\\boxed%s", "\\boxed{x=%s}", "the value is\n%s", "Answer: %s. ", "Answer:  \n ", "Answer:\n\n", "therefore the answer is approximately %s"])
    return head + body.replace("%s", a) + tail


DOC_GOLDS = [5, 0, 1, -5, 100, 1000, 12, 250000, 0.0, 0.5, 12.5, 0.125, -3.2, 1e-5, 0.003, 33.333333, 1234567.89, 1e22, 3.14159, 100.0, 2.675, True, False, 10**25, -0.07, 1e300]


def docmath(rng):
    """A gold value and a response."""
    g = rng.choice(DOC_GOLDS) if rng.random() < 0.4 else rng.choice([rng.randrange(10**4), round(rng.uniform(-100, 100), 2), rng.uniform(0, 1), rng.uniform(0, 10**6)])
    k = rng.randrange(30)
    f = float(g)
    near = [str(g), repr(f), f"{f:,.2f}", f"{f:.4f}", f"${f:,.2f}", f"{f * 100:.2f}%", repr(f * 1000), repr(f / 100), repr(f * 1.001), repr(f * 1.003), repr(-f), repr(f * 10), repr(f * 100000),
            f"£{f:.2f}", f"{f:.1f} million", f"€ {f:.3f}", f"{f:.2f} USD", f"{f / 10} x 10^1", f"{f} x 10^2", f"10^{rng.randrange(-3, 9)}", f"{f:.2f} or {f + 1:.2f}", f"{f:.2e}",
            f"{f / 2} + {f / 2}", f"{f} / 2 * 2", f"≈ {f:.3f}", f"{f:,.0f} dollars", f"around {f}", "yes", f"{f:.2f}.", f"a = {f:.2f}"][k]
    if rng.random() < 0.12:
        near = rng.choice(["no", "true", "False", "unknown", "", "1.2.3", "max", "[1, 2]", "1, 2", "0x10", "1e5", "5 million", "$1,234.50", "12 %", "one", "3 apples", "Q3 2020", "2019-2020",
                           "cannot be determined", "$", "-", "5!", "1/0", "2 ** 3", "7 // 2", "-7 % 3", "1 if 2 else 3", "not 5", "1 < 2", "5 > 3 > 1", "True and 0", "12 or 13", "1e400",
                           "0.1 + 0.2", "1_000", "00", "007", "1e", "5e-", "12abc", "'a'", "None", "()", "(1,)", "1,", "~5", "2 ^ 3", "1 << 4", "sum", "money", "None or 5",
                           "approximately 12.5", "5 hours 3 minutes", "10^-2", "3 × 10^2", "３", "12,50", ",5", "5,", "..5", "#5", "a5", "5a", "5 a", "a 5", "-$5", "$-5", "1,234,567.8", "1,23"])
    head = rng.choice(["", "", "Some text with 3 (three) numbers. ", "First the answer is unclear. ", "Compute * 2.\n", "the answer is x. "])
    body = rng.choice(["Therefore, the answer is %s.", "Therefore, the answer is %s", "The answer is %s.", "the answer is (%s)", "Therefore, the answer is **%s**.", "%s", "%s", "The answer is: %s",
                       "the answer is = %s", "the answer is ≈%s", "the anſwer is %s", "the answer ıs %s", "the answer is `%s`", "So %s", "the answer is $%s", "the answer is -%s"])
    return g, head + body.replace("%s", near)
