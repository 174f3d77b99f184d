"""Makes the math records that released_goldens.py scores: math has the data
sources that need neither Math-Verify nor sympy, verified the others."""

import json
from math import comb

import grader_inputs
from released_inputs import gated, listed, record

HENDRYCKS = ["lighteval/MATH", "DigitalLearningGmbH/MATH-lighteval", "HuggingFaceH4/MATH-500"]
MINERVA = ["math_dapo", "math", "math_dapo_reasoning", "math_longcot"]
ODD = [None, 5, 2.5, True, [], ["7"], {}, {"golden_label": "7"}, [{"golden_label": "7"}], ""]


def math(rng, rows):
    for i in range(rows):
        if i % 5 == 4:
            yield retrieval(rng)
            continue
        form, source = ("box", rng.choice(HENDRYCKS)) if i % 2 else ("line", rng.choice(MINERVA))
        g, a = grader_inputs.pair(rng)
        if rng.random() < 0.05:
            g = rng.choice(ODD)
        yield record(source, g, gated(rng, grader_inputs.response(rng, a, form), grader_inputs.response(rng, a)))


def retrieval(rng):
    """A record whose documents differ or are absent, so that the reasoning does not count."""
    ids = [f"<|doc_{n}|>" for n in rng.sample(range(1000), rng.randrange(1, 6))]
    found = [x for x in ids if rng.random() < 0.7] + [f"<|doc_{rng.randrange(1000, 2000)}|>"]
    text = rng.choice([", ", "", "\n"]).join(found)
    if rng.random() < 0.2:
        text = rng.choice(["", "none", "<|doc_|>", "<|doc_x|>", "doc_5", "<|doc_٣|>", "<|doc_1|", "<|doc_<|doc_2|>"])
    answer = rng.choice(["The result is \\boxed{7}", " ", "", "7", "\n\n"])
    resp = rng.choice(["<relevant_doc_ids>%s</relevant_doc_ids>\n<summary>s</summary>\n<continue_reasoning>%s</continue_reasoning>"] * 6 + [
        "<relevant_doc_ids>%s</>\n<continue_reasoning>%s</continue_reasoning>", "%s %s", "<continue_reasoning>%s</continue_reasoning>%s",
        "<relevant_doc_ids>%s</relevant_doc_ids><continue_reasoning>%s"]) % (text, answer)
    truth = {"doc_ids": ids, "golden_label": "7", "summary": ""}
    if rng.random() < 0.3:
        truth = rng.choice([{"golden_label": "7"}, {"doc_ids": ids}, "7", None, [], 3, dict(truth, doc_ids=None), dict(truth, doc_ids=3), dict(truth, doc_ids="".join(ids)),
                            dict(truth, doc_ids=[ids]), dict(truth, doc_ids=[]), dict(truth, doc_ids=[1, None]), dict(truth, doc_ids={"a": 1}), dict(truth, doc_ids=0)])
    else:
        truth = listed(rng, truth, {"golden_label": "decoy"})
    return record("retrieval_calculate", truth, gated(rng, resp, resp))


# --- records that Math-Verify decides ---------------------------------------

T4 = ["math_longcot_math_verify", "docmath_math_longcot_math_verify", "math_longcot_math_verify_v2", "finqa##math_longcot_math_verify"]
OTHERS = ["math_dapo_math_verify", "MATH##algebra", "MATH##", "aime", "aime24", "aime_2025", "retrieval_calculate",
          "numina_olympiads", "numina_cn_k12", "numina_amc_aime", "numina_aops_forum", "numina_synthetic_math", "numina_synthetic_amc"]

STEPS = ["The filing lists net sales of $4,310 million for 2018 and $3,987 million for 2017.", "From Table 3, total assets are 12,455 and equity is 6,120.", "So the ratio is about 2.03.",
         "Let $x$ be the number of shares; then $x + 40 = 3x$.", "Note 14 gives a tax rate of 21%.", "Dividing both sides by $7$ gives $k = 5$.", "We need to double-check the sign.",
         "The first term is $a_1 = 3$ and the ratio is $r = 2$.", "By symmetry there are \\(6\\) cases.", "Interest expense rose from 88.4 to 91.7.", "\\[ S = \\frac{n(n+1)}{2} \\]",
         "$$a^2 + b^2 = c^2$$", "Substituting, $2(3)^2 - 4 = 14$.", "In thousands, the amounts are (1,204) and 3,310.", "Hmm, the answer could be 17, but page 41 restates it.",
         "Therefore the discriminant is $\\Delta = 49 - 40 = 9$.", "Step 2: apply the quadratic formula.", "A quick estimate is $\\boxed{10}$, to be refined.", "根据第5页的表格，净利润为 1,024 万元。", "The fiscal year ends on June 30, 2019."]
TAILS = ["", "", "", "", ".", "\n", "\n\nThis matches the table above.", " I hope it is correct.", "\n\n**Note:** amounts are in millions of dollars.", "\n\nLet me know if you need more detail.", "\n\\]",
         "\n\n(See note 7 on page 112.)", "\n\nCheck: $2 + 2 = 4$.", "\n\n- Source: Form 10-K, 2019.", "\n```"]
CLOSERS = ["\\boxed{%s}", "\\boxed{%s}", "$\\boxed{%s}$", "\\[\n\\boxed{%s}\n\\]", "The final answer is $\\boxed{%s}$.", "Therefore, the answer is \\boxed{%s}.", "\\(\\boxed{%s}\\)", "**Final Answer**\n\\boxed{%s}",
           "Thus $x = \\boxed{%s}$.", "The answer is %s.", "The answer is $%s$.", "Answer: %s", "**Answer:** $%s$", "Therefore, the answer is %s", "Hence the result is **%s**.", "= %s", "%s", "$$%s$$",
           "So we get $%s$.", "The final answer is: %s", "Final answer: $%s$. I hope it is correct.", "\\boxed{x = %s}", "\\boxed{\\text{%s}}", "\\fbox{%s}", "\\boxed {%s}", "答案是 $%s$。", "<answer>%s</answer>",
           "\\begin{equation}\n%s\n\\end{equation}", "So it is $\\approx %s$.", "\\boxed{%s"]


def finance(rng):
    """(gold, spellings of the same value, other values) of a figure from a report."""
    a, b = rng.randrange(50, 99999) / rng.choice([1, 1, 10, 100]), rng.randrange(50, 99999) / rng.choice([1, 1, 10, 100])
    kind = rng.randrange(9)
    if kind < 3:
        p = (b - a) / a * 100
        n = rng.choice([0, 1, 2, 2, 2, 3])
        s = f"{p:.{n}f}"
        gold = rng.choice([s, s, s + "%", s + "\\%", s + " %", f"{p / 100:.4f}"])
        same = [s, s + "%", s + "\\%", s + " \\%", s + "\\text{%}", s + " percent", f"{s}\\,\\%", f"{float(s) / 100:.6g}", f"\\frac{{{s}}}{{100}}"]
        return gold, same, [f"{p:.{n + 1}f}\\%", f"{-p:.{n}f}\\%", f"{p + 0.1:.{n}f}", f"{p / 10:.2f}%", f"{(a - b) / b * 100:.2f}\\%", f"{p:.0f}", f"{p:.5f}"]
    if kind < 6:
        v = round(rng.choice([a, b, a - b, a + b, (a + b) / 2]), rng.choice([0, 1, 2]))
        s = f"{v:.2f}".rstrip("0").rstrip(".")
        c = f"{v:,.2f}".rstrip("0").rstrip(".")
        gold = rng.choice([s, c, "$" + c, "\\$" + c, s + " million", c + " thousand", f"{v:.2f}", "-" + s])
        same = [s, c, "\\$" + c, "$" + c, c.replace(",", "{,}"), c.replace(",", ",\\!"), c.replace(",", "\\,"), s + "\\text{ million}", c + " million", "\\$" + c + "\\text{ million}", s + "0", s + ".0",
                "\\text{USD } " + s, s + " dollars", c + "\\text{ thousand}", "\\text{\\$" + c + "}", "(" + c + ")", "-" + s, "−" + s]
        return gold, same, [f"{v + 1:,.0f}", f"{v * 1000:,.0f}", f"{v / 1000:.3f}", f"{-v:.2f}", f"{v:.0f}", f"{v * 1e6:.0f}", f"{v:.3e}", f"{v + 0.01:.2f}"]
    if kind == 6:
        r = a / b
        s = f"{r:.{rng.choice([1, 2, 2, 3, 4])}f}"
        return rng.choice([s, s, s + "x", s + ":1", s + " times"]), [s, s + "x", s + "\\times", s + ":1", s + "\\text{ times}", f"\\frac{{{a:g}}}{{{b:g}}}", f"{r:.6f}", f"{a:g}/{b:g}", f"{float(s) * 100:.2f}\\%"], [
            f"{b / a:.2f}", f"{r:.0f}", f"{r + 0.01:.2f}", f"1:{s}"]
    if kind == 7:
        w = rng.choice(["Yes", "No", "2019", "2017 and 2018", "increase", "FY2020", "Q3 2018", "Segment A", "goodwill", "true", "None", "not enough information", "25 bps", "March 31, 2019"])
        return w, [w, f"\\text{{{w}}}", w.lower(), w.upper(), f"\\textbf{{{w}}}", f"{w}."], ["no", "yes", "2018", "decrease", "\\text{No}", "0.25\\%", "Segment B"]
    xs = [f"{rng.uniform(-50, 900):.{rng.choice([0, 1, 2])}f}" for _ in range(rng.randrange(2, 4))]
    u = rng.choice(["", "", "%", "\\%"])
    gold = ", ".join(x + u for x in xs)
    return gold, [gold, gold.replace(", ", ","), " and ".join(x + u for x in xs), "\\{" + gold + "\\}", "(" + gold + ")", ", \\quad ".join(x + u for x in xs), "} and \\boxed{".join(x + u for x in xs),
                  "}, \\boxed{".join(x + u for x in xs), " \\text{ and } ".join(x + u for x in xs)], [xs[0] + u, ", ".join(reversed(xs)), xs[-1], ", ".join(xs + ["1"]), "} or \\boxed{".join(reversed(xs))]


def competition(rng):
    """(gold, spellings of the same value, other values) of a contest's answer."""
    n, m, k = rng.randrange(2, 60), rng.randrange(2, 30), rng.randrange(1, 13)
    v = rng.choice("xyntabm")
    return rng.choice([
        lambda: (f"{n * m}", [f"{n * m}", f"{n * m}.0", f"{n}\\cdot {m}", f"{n}\\times {m}", f"{n * m}^\\circ", f"{n * m}\\text{{ cm}}^2", f"{v} = {n * m}", f"\\frac{{{2 * n * m}}}{{2}}", f"0{n * m}", f"{n * m} \\text{{ ways}}",
                                  f"\\sqrt{{{(n * m) ** 2}}}", f"{n * m - k} + {k} = {n * m}", f"|{-n * m}|"], [f"{n * m + 1}", f"-{n * m}", f"{n}{m}", f"{n * m}.5", f"{n * m}\\%", f"{n * m}{v}", f"{n}, {m}"]),
        lambda: (f"{1000 * n + m:,}", [f"{1000 * n + m}", f"{1000 * n + m:,}", f"{n}{{,}}{m:03}", f"{n},\\!{m:03}", f"{n}\\,{m:03}", f"{n} {m:03}", f"{1000 * n + m}."], [f"{n},{m}", f"{n}.{m:03}", f"{1000 * n}", f"{n}{m:02}"]),
        lambda: (f"\\frac{{{n}}}{{{m}}}", [f"\\frac{{{n}}}{{{m}}}", f"\\dfrac{{{n}}}{{{m}}}", f"{n}/{m}", f"\\tfrac{{{2 * n}}}{{{2 * m}}}", f"{n / m:.6f}", f"{n / m:.10f}", f"\\frac{n % 10}{m % 10}", f"{n}:{m}", f"{n} \\div {m}", f"{{{n} \\over {m}}}",
                                           f"P = \\frac{{{n}}}{{{m}}}", f"\\frac{{{n}}}{{{m}}} \\approx {n / m:.3f}"], [f"\\frac{{{m}}}{{{n}}}", f"-\\frac{{{n}}}{{{m}}}", f"{n / m:.2f}", f"{n}{m}", f"\\frac{{{n}}}{{{m + 1}}}", f"{n / m:.4f}"]),
        lambda: (f"{k}\\frac{{1}}{{{m}}}", [f"{k}\\frac{{1}}{{{m}}}", f"\\frac{{{k * m + 1}}}{{{m}}}", f"{k} \\frac{{1}}{{{m}}}", f"{k} 1/{m}", f"{k} + \\frac{{1}}{{{m}}}"], [f"\\frac{{{k}}}{{{m}}}", f"{k}\\cdot\\frac{{1}}{{{m}}}"]),
        lambda: (f"{k}\\sqrt{{{m}}}", [f"{k}\\sqrt{{{m}}}", f"\\sqrt{{{k * k * m}}}", f"{k} \\sqrt {m}" if m < 10 else f"{k} \\cdot \\sqrt{{{m}}}", f"\\frac{{{k * m}}}{{\\sqrt{{{m}}}}}", f"{k}*sqrt({m})", f"{k * m ** 0.5:.6f}", f"{k}√{m}"],
                 [f"\\sqrt{{{k * m}}}", f"-{k}\\sqrt{{{m}}}", f"{k}\\sqrt[3]{{{m}}}", f"{k * m ** 0.5:.2f}", f"\\pm {k}\\sqrt{{{m}}}", f"{k} + \\sqrt{{{m}}}"]),
        lambda: (f"{n}+{k}\\sqrt{{{m}}}", [f"{n} + {k}\\sqrt{{{m}}}", f"{k}\\sqrt{{{m}}} + {n}", f"{n}+\\sqrt{{{k * k * m}}}", f"\\frac{{{2 * n} + {2 * k}\\sqrt{{{m}}}}}{{2}}", f"{n + k * m ** 0.5:.8f}"], [f"{n} - {k}\\sqrt{{{m}}}", f"{n}{k}\\sqrt{{{m}}}", f"{n} \\pm {k}\\sqrt{{{m}}}"]),
        lambda: (f"\\frac{{{k}\\pi}}{{{m}}}", [f"\\frac{{{k}\\pi}}{{{m}}}", f"\\frac{{{k}}}{{{m}}}\\pi", f"{k}\\pi/{m}", f"{k / m * 3.141592653589793:.6f}", f"{k}π/{m}"], [f"\\frac{{{k}}}{{{m}}}", f"{k * 180 / m:g}^\\circ", f"\\frac{{{m}\\pi}}{{{k}}}", f"{k / m * 3.14:.4f}"]),
        lambda: (f"({k}, {m})", [f"({k}, {m})", f"({k},{m})", f"\\left({k}, {m}\\right)", f"(x, y) = ({k}, {m})", f"x = {k}, y = {m}", f"({k}.0, \\frac{{{2 * m}}}{{2}})", f"\\left( {k}, {m} \\right)", f"{k}, {m}"], [f"({m}, {k})", f"[{k}, {m}]", f"\\{{{k}, {m}\\}}", f"{k} < x < {m}", f"({k}, {m}, 0)"]),
        lambda: (f"[{-k}, {m})", [f"[{-k}, {m})", f"\\left[{-k}, {m}\\right)", f"-{k} \\le x < {m}", f"x \\in [-{k}, {m})", f"[-{k}.0,{m})", f"{m} > x \\geq -{k}"], [f"(-{k}, {m})", f"[-{k}, {m}]", f"x < {m}", f"[{-k}, {m + 1})"]),
        lambda: (f"(-\\infty, {k}) \\cup ({k + m}, \\infty)", [f"(-\\infty, {k}) \\cup ({k + m}, \\infty)", f"({k + m}, +\\infty) \\cup (-\\infty, {k})", f"x < {k} \\text{{ or }} x > {k + m}", f"(-\\infty,{k})\\cup({k + m},\\infty)", f"\\mathbb{{R}} \\setminus [{k}, {k + m}]"],
                 [f"(-\\infty, {k}] \\cup [{k + m}, \\infty)", f"({k}, {k + m})", f"(-\\infty, {k})"]),
        lambda: (f"\\{{{k}, {k + m}\\}}", [f"\\{{{k}, {k + m}\\}}", f"{k}, {k + m}", f"{k + m}, {k}", f"x = {k} \\text{{ or }} x = {k + m}", f"x={k}, x={k + m}", f"\\left\\{{ {k + m}, {k} \\right\\}}", f"x_1 = {k}, x_2 = {k + m}", f"{k} and {k + m}"], [f"{k}", f"({k}, {k + m})", f"\\{{{k}, {m}, 0\\}}"]),
        lambda: (f"{v}^2 - {n}{v} + {m}", [f"{v}^2 - {n}{v} + {m}", f"{v}^{{2}}-{n}{v}+{m}", f"{m} - {n}{v} + {v}^2", f"{v}({v} - {n}) + {m}", f"y = {v}^2 - {n}{v} + {m}", f"{v}**2 - {n}*{v} + {m}", f"f({v}) = {v}^2 - {n}{v} + {m}"], [f"{v}^2 + {n}{v} + {m}", f"{v}^2 - {n}{v}", f"z^2 - {n}z + {m}"]),
        lambda: (f"({v}+{k})({v}-{m})", [f"({v}+{k})({v}-{m})", f"({v} - {m})({v} + {k})", f"{v}^2 + {k - m}{v} - {k * m}".replace("+ -", "- "), f"\\left({v}+{k}\\right)\\left({v}-{m}\\right)"], [f"({v}-{k})({v}+{m})", f"({v}+{k})^2", f"{v} = -{k}, {v} = {m}"]),
        lambda: (f"\\frac{{{v}+{k}}}{{{v}-{m}}}", [f"\\frac{{{v}+{k}}}{{{v}-{m}}}", f"({v}+{k})/({v}-{m})", f"1 + \\frac{{{k + m}}}{{{v}-{m}}}", f"\\frac{{-{v}-{k}}}{{{m}-{v}}}"], [f"{v}+{k}/{v}-{m}", f"\\frac{{{v}-{k}}}{{{v}-{m}}}"]),
        lambda: (f"y = {k}x + {m}", [f"y = {k}x + {m}", f"y={m}+{k}x", f"{k}x + {m}", f"{k}x - y + {m} = 0", f"y - {m} = {k}x", f"f(x) = {k}x + {m}"], [f"y = {k}x - {m}", f"y = {m}x + {k}", f"x = {k}y + {m}"]),
        lambda: (f"x^2 + y^2 = {n}", [f"x^2 + y^2 = {n}", f"{n} = y^2 + x^2", f"x^2 + y^2 - {n} = 0", f"2x^2 + 2y^2 = {2 * n}"], [f"x^2 + y^2 = {n + 1}", f"x^2 - y^2 = {n}", f"{n}"]),
        lambda: (f"x > {k}", [f"x > {k}", f"({k}, \\infty)", f"{k} < x", f"x \\gt {k}", f"x \\in ({k}, +\\infty)", f"2x > {2 * k}"], [f"x \\ge {k}", f"x < {k}", f"{k}", f"y > {k}"]),
        lambda: (f"\\log_{{{m}}} {n}", [f"\\log_{{{m}}} {n}", f"\\frac{{\\ln {n}}}{{\\ln {m}}}", f"\\frac{{\\log {n}}}{{\\log {m}}}", f"\\log_{{{m}}}({n})"], [f"\\log_{{{n}}} {m}", f"\\ln {n}", f"\\frac{{{n}}}{{{m}}}"]),
        lambda: (f"\\binom{{{m + k}}}{{{k % 4}}}", [f"\\binom{{{m + k}}}{{{k % 4}}}", str(comb(m + k, k % 4)), f"\\dbinom{{{m + k}}}{{{k % 4}}}", f"C({m + k}, {k % 4})"], [f"\\binom{{{m}}}{{{k % 4}}}", f"{m + k}"]),
        lambda: (f"{m}^{{{k}}}", [f"{m}^{{{k}}}", f"{m}^{k}" if k < 10 else f"{m}^{{{k}}}", str(m ** k), f"{m} \\cdot {m}^{{{k - 1}}}", f"{m ** k:,}"], [f"{m}^{{{k + 1}}}", f"{m * k}", f"{k}^{{{m}}}"]),
        lambda: (f"{k}+{m}i", [f"{k}+{m}i", f"{m}i + {k}", f"{k} + {m} i", f"z = {k}+{m}i"], [f"{k}-{m}i", f"{m}+{k}i", f"{k}"]),
        lambda: (f"\\begin{{pmatrix}} {k} & {m} \\\\ {n} & 1 \\end{{pmatrix}}", [f"\\begin{{pmatrix}} {k} & {m} \\\\ {n} & 1 \\end{{pmatrix}}", f"\\begin{{bmatrix}}{k}&{m}\\\\{n}&1\\end{{bmatrix}}", f"\\left(\\begin{{array}}{{cc}}{k}&{m}\\\\{n}&1\\end{{array}}\\right)"],
                 [f"\\begin{{pmatrix}} {k} & {n} \\\\ {m} & 1 \\end{{pmatrix}}", f"({k}, {m}, {n}, 1)"]),
        lambda: (rng.choice("ABCDE"), [rng.choice(["%s", "\\text{%s}", "(%s)", "\\textbf{(%s)}", "\\textbf{(%s) }7", "\\mathrm{%s}"]) % c for c in "ABCDE"], ["\\text{A or B}", "1", "F"]),
        lambda: (f"{k}e^{{{m}x}}", [f"{k}e^{{{m}x}}", f"{k} e^{{{m}x}}", f"{k}\\exp({m}x)", f"e^{{{m}x}}\\cdot {k}"], [f"{k}e^{{{n}x}}", f"{k}xe^{m % 10}"]),
        lambda: (f"\\frac{{\\sqrt{{3}}}}{{{m}}}", [f"\\frac{{\\sqrt{{3}}}}{{{m}}}", f"\\frac{{1}}{{{m}}}\\sqrt{{3}}", f"\\frac{{3}}{{{m}\\sqrt{{3}}}}", f"\\frac{{\\sqrt3}}{{{m}}}", f"\\sqrt{{3}}/{m}", f"\\frac{{\\tan 60^\\circ}}{{{m}}}"], [f"\\frac{{\\sqrt{{2}}}}{{{m}}}", f"\\frac{{{m}}}{{\\sqrt{{3}}}}"]),
        lambda: (f"{n / 10}\\times 10^{{{k}}}", [f"{n / 10}\\times 10^{{{k}}}", f"{n / 10} \\cdot 10^{{{k}}}", f"{n}\\times 10^{{{k - 1}}}", f"{n * 10 ** k // 10}", f"{n / 10}e{k}", f"{n / 10}*10^{{{k}}}"], [f"{n / 10}\\times 10^{{-{k}}}", f"{n / 10}"]),
        lambda: (f"{n}^\\circ", [f"{n}^\\circ", f"{n}^{{\\circ}}", f"{n}", f"{n}°", f"{n} \\text{{ degrees}}", f"\\angle ABC = {n}^\\circ", f"\\frac{{{n}\\pi}}{{180}}"], [f"{90 - n}^\\circ", f"{n}\\%"]),
        lambda: (f"x = {k}, y = {m}", [f"x = {k}, y = {m}", f"y={m}, x={k}", f"({k}, {m})", f"x={k} and y={m}", f"{k}, {m}"], [f"x = {m}, y = {k}", f"x = {k}"]),
        lambda: (f"\\pm {k}", [f"\\pm {k}", f"{k}, -{k}", f"x = \\pm {k}", f"\\{{-{k}, {k}\\}}", f"-{k} \\text{{ and }} {k}"], [f"{k}", f"-{k}", f"\\mp {k + 1}"]),
    ])()


def argue(rng, answer, tail=True):
    """A response that gives an answer, with a tail that the cut to 500 characters often reaches."""
    steps = [rng.choice(STEPS) for _ in range(rng.randrange(5))]
    closer = rng.choice(CLOSERS)
    if rng.random() < 0.6:
        closer = rng.choice(CLOSERS[:9])
    text = rng.choice([" ", "\n", "\n\n"]).join(steps + [closer.replace("%s", answer)]) + rng.choice(TAILS)
    if tail and rng.random() < 0.22:
        more = " ".join(rng.choice(STEPS[:11]) for _ in range(12))
        text += "\n\n" + more[:rng.choice([rng.randrange(400, 500), rng.randrange(460, 500), rng.randrange(600)])]
    elif rng.random() < 0.1:
        text = "\n".join([closer.replace("%s", rng.choice(["1", "0", answer]))] + [text])
    return text


ODD_LABELS = [5, 2.5, -1, 0, True, False, None, [], [5], [5, "7"], [2.5, "0.5"], [None, "3"], [True], {}, {"7": 1}, {"a": "7", "1/2": 0}]


def verified(rng, rows):
    """Records of the sources that Math-Verify decides, and of those that ask sympy."""
    for i in range(rows):
        source = rng.choice(T4) if i % 2 else rng.choice(OTHERS)
        if source.startswith("numina") and rng.random() < 0.4:
            source = rng.choice(OTHERS[:7])
        gold, same, other = rng.choice([finance, finance, competition, competition, competition])(rng)
        answer = rng.choice(same if rng.random() < 0.72 else other)
        label = gold
        if rng.random() < 0.1:
            answer, label = gold, rng.choice(same)
        if rng.random() < 0.1:
            label = rng.choice([[gold], [rng.choice(other), gold], [gold, rng.choice(other)], [rng.choice(other), rng.choice(same)], [rng.choice(other), rng.choice(other), gold]])
        elif rng.random() < 0.05:
            label, answer = rng.choice(ODD_LABELS), rng.choice(["5", "7", "2.5", "\\text{none}", "-1", "True"])
        body = argue(rng, answer)
        if source in T4:
            body = gated(rng, body, rng.choice(["", gold, "\\boxed{" + gold + "}"]))
            truth = rng.choice([{"golden_label": label}, {"golden_label": label, "summary": ""}])
            if rng.random() < 0.35 and isinstance(label, str):
                truth = label
            if rng.random() < 0.06:
                truth = rng.choice([json.dumps(truth), {"label": label}, [], None, 7, ["7", truth], [truth, []]])
            yield record(source, listed(rng, truth, {"golden_label": "decoy"}), body)
        elif source == "retrieval_calculate":
            ids = [f"<|doc_{n}|>" for n in rng.sample(range(1000), rng.randrange(1, 6))]
            found = rng.sample(ids, len(ids)) + (ids[:1] if rng.random() < 0.3 else [])
            body = (f"<relevant_doc_ids>{', '.join(found)}</relevant_doc_ids>\n<summary>The filings agree.</summary>\n"
                    f"<continue_reasoning>{body}</continue_reasoning>" + rng.choice(["", "\n", "\n\\boxed{0}"]))
            yield record(source, listed(rng, {"doc_ids": ids, "golden_label": label, "summary": ""}, {"golden_label": "7"}), gated(rng, body))
        else:
            yield record(source, label, gated(rng, body, rng.choice(["", gold])))
