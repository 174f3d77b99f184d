"""Makes the records that released_goldens.py scores. Nothing here knows a score."""

import json

# Python's str.split and str.strip know all of SPACES and none of LOOKALIKES.
SPACES = [chr(c) for c in (0x09, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F, 0x20, 0x85, 0xA0, 0x1680, 0x2000,
                           0x2001, 0x2003, 0x2007, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)]
LOOKALIKES = [chr(c) for c in (0x00, 0x08, 0x1B, 0x7F, 0x180E, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF)]
CASES = ["İstanbul", "i̇stanbul", "ıstanbul", "ISTANBUL", "Straße", "STRASSE", "STRAẞE", "ΑΣ", "ας", "ασ", "ΑΣ.",
         "Α\u0301Σ", "ΌΣΟΣ Σ", "aΣ\u00adb", "'Σ", "ΑΣ'", "ﬁn", "FIN", "ﬁN", "\u13a0\u13a1", "\uab70\uab71", "\u13f8",
         "\u13f0", "Kelvin", "\u212aelvin", "ǅ", "ǆ", "Å", "Å", "A\u030a", "\U00010400", "\U00010428", "Ωmega",
         "Ωmega", "ŉ", "ʼN", "ⅷ", "Ⅷ", "\u1c89", "\ua7dc"]
EMOJI = ["👍", "👩‍👩‍👧", "🇩🇪", "e\u0301", "é", "\U0001F468\U0001F3FD", "𝒜", "\U0010FFFF", "ﷺ"]
SURROGATES = ["\ud800", "\udfff", "\udc00\ud800", "a\ud83d", "\ude00b"]

THOUGHTS = ["Let me go through the parts one by one.", "The second document contradicts the first.",
            "So it has to be the later date.", "Hmm, wait.", "I should list only the ids.",
            "Part 3 mentions the merger, Part 7 the lawsuit.", "先看第三段。", "文中提到两次，答案应该是后者。",
            "Counting again gives 14.", "The answer format is one item per line.", "", "\n", "A or B? Probably B.",
            "Check: 25.00% of 48 is 12."]

MODES = {
    "NDCG": ["T1.1 Global Cohesive Retrieval", "T1.2 Key-Snippet Retrieval"],
    "Pairwise_Accuracy": ["T2.1 Global Timeline Reconstruction", "T2.2 Local Causal Chain Sorting",
                          "T6.3 Global Frequency Analysis"],
    "Accuracy": ["T3.1 Multi-Doc Integration QA", "T3.2 Single-Hop Fact QA",
                 "T11.1 Long-Range Entity & Commitment Tracking",
                 "T11.2 Short-Range Reference Resolution & State Query"],
    "Summary": ["T4.1 Global-Coverage Constrained Summary", "T4.2 Query-Focused Summary"],
    "F1_Score": ["T5.1 Full-Sentence Citation Alignment", "T5.2 Key-Statement Citation Alignment",
                 "T6.2 Targeted Subset Cluster Identification", "T7.1 Global Conflict & Inconsistency Localization",
                 "T7.2 Targeted Rule or Condition Violation Detection", "T7.3 Comprehensive Error & Anomaly Sweep",
                 "T9.1 Dependency-Aware Multi-Version Impact Analysis", "T9.2 Localized Interface Change Detection"],
    "SubEM": ["T6.1 Large-Scale Document Clustering", "T8.1 Structured Multi-Source Consistency Verification",
              "T8.2 Single-Source Targeted Aggregation", "T8.3 Long-Context Procedural State Tracking",
              "T10.1 Large-Scale In-Context Rule Induction", "T10.2 Targeted Example-Based Rule Induction"],
}


def pick(rng, weighted):
    """One of the values of a dict value → weight."""
    return rng.choices(list(weighted), list(weighted.values()))[0]


def record(source, truth, response, mode=None, **extra):
    rec = {"data_source": source, "prompt": [{"role": "user", "content": "Read the documents and answer."}],
           "reward_model": {"ground_truth": truth}, "extra_info": {}, "response": response}
    if mode is not None:
        rec["extra_info"]["reward_mode"] = mode
    rec["extra_info"].update(extra)
    return rec


def listed(rng, truth, decoy):
    """Sometimes a list of reference answers: the release takes the last."""
    if rng.random() < 0.94 or not isinstance(truth, dict):
        return truth
    return rng.choice([[truth], [decoy, truth], [truth, decoy], ["", truth]])


# --- pieces of responses ---------------------------------------------------

def spoil(rng, s):
    """Changes a text in one way that scorers may or may not see through."""
    kind = rng.randrange(20)
    at = rng.randrange(len(s) + 1)
    if kind == 0:
        return s.upper()
    if kind == 1:
        return s.lower()
    if kind == 2:
        return s.swapcase()
    if kind == 3:
        return s.title()
    if kind == 4:
        return rng.choice(SPACES) + s
    if kind == 5:
        return s + rng.choice(SPACES) + rng.choice(SPACES)
    if kind == 6:
        return s.replace(" ", rng.choice(SPACES) + rng.choice(SPACES))
    if kind == 7:
        return s[:at] + rng.choice(SPACES) + s[at:]
    if kind in (8, 9):
        return s[:at] + rng.choice(LOOKALIKES) + s[at:]
    if kind == 10:
        return rng.choice(["- ", "* ", "1. ", "**", "• ", "("]) + s
    if kind == 11:
        return s + rng.choice([".", "。", ",", ";", ")", "**", "!", "?"])
    if kind == 12:
        return s + rng.choice(EMOJI)
    if kind == 13:
        return s[:at] + rng.choice(SURROGATES) + s[at:]
    if kind == 14:
        return rng.choice(CASES) + " " + s
    if kind == 15:
        return s + "\r"
    if kind == 16:
        return s[:at] + "\x00" + s[at:] + rng.choice(["", "x", "\x00"])
    if kind == 17:
        return s.replace("1", "１").replace("a", "а")
    if kind == 18:
        return s[:-1]
    return s.casefold()


def maybe(rng, p, s):
    return spoil(rng, s) if rng.random() < p else s


def thought(rng, hint=""):
    lines = [rng.choice(THOUGHTS) for _ in range(rng.randrange(4))]
    if rng.random() < 0.15:
        lines.append(rng.choice(["[Answer]", "[答案]", "<answer>", "</answer>", "[Answer]\n" + hint, "[答案]" + hint]))
    if hint and rng.random() < 0.2:
        lines.insert(rng.randrange(len(lines) + 1), hint)
    return "\n".join(lines)


def gated(rng, body, hint=""):
    """body behind thinking, mostly well-formed."""
    t = thought(rng, hint)
    kind = rng.randrange(100)
    forms = ["<think>\n" + body, body, "<think>a</think>" + t + "</think>" + body,
             "<think><think>" + t + "</think>" + body, "</think>" + body + "<think>", body + "</think>",
             body + "\n</think>\n" + t, "<THINK>" + t + "</THINK>" + body, "<think>" + t + "</think >" + body,
             "< think>" + t + "</think>" + body, "<<think>>" + t + "<</think>>" + body, "<think>" + t + "</think>",
             "</think></think>" + body, "<think></think>" + body + "</think>", "</think>", "",
             "<think>" + t + "\\u003c/think\\u003e" + body, "</thi</think>nk>" + body]
    if kind < 58:
        return "<think>\n" + t + "\n</think>\n\n" + body
    if kind < 74:
        return t + "\n</think>\n\n" + body
    if kind < 80:
        return "</think>" + body
    return rng.choice(forms)


def tagged(rng, body, hint=""):
    """body behind an answer tag, mostly exactly one."""
    kind = rng.randrange(100)
    if kind < 48:
        return "[Answer]\n" + body
    if kind < 60:
        return body
    if kind < 70:
        return "[答案]\n" + body
    return rng.choice([
        "[Answer]\n" + hint + "\n[Answer]\n" + body, "[Answer]\n" + body + "\n[Answer]\n" + hint,
        "[答案]" + hint + "[答案]\n" + body, "[Answer]\n" + hint + "\n[答案]\n" + body,
        "[答案]\n" + hint + "\n[Answer]\n" + body, "[Answer]\n" + body + "\n[答案]", "[answer]\n" + body,
        "[ANSWER]" + body, "[Answer] " + body, "[Answer]: " + body, "**[Answer]**\n" + body, "[Answer]",
        "[Answer]\n\n", "[[Answer]\n" + body, "[ Answer ]\n" + body, "[Answer][Answer]" + body, "[答案" + body,
        "Sure.\n\n[Answer]\r\n" + body.replace("\n", "\r\n"), "[Answer]\n" + body + "\n\n", "[Answer]\u2028" + body,
        body + "\n[Answer]", "[Answer\u200b]\n" + body, "[Answ[Answer]er]\n" + body,
        "Here it is:\n[Answer]\n```\n" + body + "\n```", "[Answer]\n" + body + "\nI hope this helps."])


# --- lines: Accuracy, F1, SubEM, NDCG, Pairwise ----------------------------

def pool(rng, mode):
    """Items as the task named mode asks for them."""
    n = rng.randrange(3, 60)
    head = mode.split(" ")[0]
    zh = rng.random() < 0.3
    made = {
        "T1.1": [f"第{i}段" if zh else f"Paragraph {i}" for i in range(1, n)],
        "T1.2": [f"doc_{i}" for i in range(1, n)],
        "T2.1": [f"第{i}部分" if zh else f"Part {i}" for i in range(1, n)],
        "T2.2": list("ABCDEFGH"),
        "T3.1": list("ABCD"), "T3.2": list("ABCD"), "T11.1": list("ABCDE"), "T11.2": list("ABCD"),
        "T5.1": [f"Part {i:02}" for i in range(1, n)],
        "T5.2": [f"[{i}]" for i in range(1, n)],
        "T6.1": [f"{'类别' if zh else 'Cluster_'}{c} {p}.{p % 4 * 25:02}%" for c in "ABCDEFG" for p in (5, 12, 25)],
        "T6.2": [f"ID-{i * 37 % 1000:03}" for i in range(1, n)],
        "T6.3": ["merger", "Liability", "劳动合同", "force majeure", "indemnity", "赔偿", "the Board", "net income"],
        "T7.1": [f"A[{i}] B[{i * 7 % 50}]" for i in range(1, n)],
        "T7.2": [f"Rule {i}.{i % 5}" for i in range(1, n)],
        "T7.3": ["line 12: teh -> the", "第4行：日期错误", "Total = 1,200 (should be 1,250)", "unit mismatch (kg/lb)",
                 "duplicate id 77"],
        "T8.1": ["No Error", "无错误"] + [f"Invoice {i}" for i in range(1, n)],
        "T8.2": [f"{i * 1.25:.2f}" for i in range(1, n)] + ["1,234.50", "$12"],
        "T8.3": ["Open", "Closed", "Pending Review", "已完成", "x = 3", "queue: [a, b]"],
        "T9.1": ["UserService.getUser(String)", "Cache.put(K, V)", "a.b.C#d()", "Foo<T>.bar(List<String>)", "init()"],
        "T9.2": ["Order : total_price", "User : e-mail", "订单 : 状态", "Item : SKU"],
        "T10.1": ["If the suffix is -ka, the verb is past tense.", "Swap the first and the last letter.",
                  "规则：相邻相同则删除。"],
        "T10.2": ["blorp", "42", "K7-X", "红色", "zig zag"],
    }
    return made.get(head, ["a", "b", "c", "d"])


def gold_lines(rng, mode):
    items = pool(rng, mode)
    rng.shuffle(items)
    gold = items[:pick(rng, {1: 18, 2: 14, 3: 16, 4: 12, 5: 10, 8: 8, 12: 6, 20: 4, 40: 2})]
    if rng.random() < 0.2:
        gold[rng.randrange(len(gold))] = rng.choice(CASES)
    if rng.random() < 0.15:
        gold[rng.randrange(len(gold))] = spoil(rng, rng.choice(gold))
    if rng.random() < 0.12:
        gold.insert(rng.randrange(len(gold) + 1), rng.choice(gold))
    if rng.random() < 0.05:
        gold.insert(rng.randrange(len(gold) + 1), rng.choice(["", " ", "\u3000", "\n", "two\nlines", "\x1c"]))
    return gold


def answer_lines(rng, gold, mode):
    out = list(gold)
    for _ in range(pick(rng, {0: 3, 1: 5, 2: 3, 3: 1})):
        kind = rng.randrange(12)
        at = rng.randrange(len(out) + 1)
        if kind == 0:
            rng.shuffle(out)
        elif kind == 1:
            out.reverse()
        elif kind == 2:
            out = out[:at]
        elif kind == 3:
            out += rng.choices(pool(rng, mode), k=3)
        elif kind == 4 and out:
            out.insert(at, rng.choice(out))
        elif kind == 5:
            out.insert(at, rng.choice(["", "", " ", "\t", "\u3000", "\x1f"]))
        elif kind == 6 and out:
            i = rng.randrange(len(out))
            out[i] = spoil(rng, out[i])
        elif kind == 7:
            out.insert(0, rng.choice(["The answer is:", "I think", "x\x00y", "I do not know"]))
        elif kind == 8 and len(out) > 1:
            i = rng.randrange(len(out) - 1)
            out[i], out[i + 1] = out[i + 1], out[i]
        elif kind == 9:
            out = [maybe(rng, 0.5, x) for x in out]
        elif kind == 10:
            out = out[at:] + out[:at]
        else:
            out = [x.lower() if rng.random() < 0.5 else x.upper() for x in out]
    glue = pick(rng, {"\n": 88, "\r\n": 4, "\n\n": 3, "\r": 1, ", ": 1, "\u2028": 1, "\x0b": 1, " \n\t": 1})
    return glue.join(out)


def odd_truths(rng, gold):
    """Reference answers that only defective data have; gold is a good doc_ids."""
    good = {"doc_ids": gold, "golden_label": "", "summary": "English"}
    return rng.choice([
        dict(good, doc_ids="".join(gold)), dict(good, doc_ids="\n".join(gold)), dict(good, doc_ids=""),
        dict(good, doc_ids=None), dict(good, doc_ids=[]), dict(good, doc_ids={g: i for i, g in enumerate(gold)}),
        dict(good, doc_ids={}), dict(good, doc_ids=7), dict(good, doc_ids=0), dict(good, doc_ids=1.5),
        dict(good, doc_ids=True), dict(good, doc_ids=False), dict(good, doc_ids=[gold]),
        dict(good, doc_ids=gold + [3]), dict(good, doc_ids=[None]), dict(good, doc_ids=[1, 2]),
        dict(good, doc_ids=[True]), dict(good, doc_ids=[""]), dict(good, doc_ids=["", ""]),
        dict(good, doc_ids=[{"id": gold[0]}]), dict(good, doc_ids=gold[:1] + [1.0]),
        {"golden_label": "", "summary": "English"}, {"doc_ids": gold}, {"doc_ids": []}, {}, {"summary": "English"},
        [good], [{"doc_ids": ["x"], "summary": "English"}, good], [], [gold], ["x"], [good, "x"], [None], [[good]],
        "\n".join(gold), json.dumps(good), "", None, 3, 1.5, True, dict(good, summary=None), dict(good, summary=3),
        dict(good, summary=["English"]), dict(good, summary="chinese"), dict(good, golden_label=None),
        dict(good, extra=1)])


ODD_EXTRA = [None, "absent", {}, {"index": 0}, {"reward_mode": None}, {"reward_mode": ""}, {"reward_mode": 3},
             {"reward_mode": ["NDCG"]}, {"reward_mode": {"a": 1}}, {"reward_mode": "NDCG"}, {"reward_mode": "T1.1"},
             {"reward_mode": "T1.1 global cohesive retrieval"}, {"reward_mode": " T1.1 Global Cohesive Retrieval"},
             {"reward_mode": "T12.1 Unknown"}, {"reward_mode": "F1_Score"}, {"reward_mode": True}, [], "x", 1]


def with_extra(rec, extra):
    if extra == "absent":
        del rec["extra_info"]
    else:
        rec["extra_info"] = extra
    return rec


def line_metric(metric):
    def make(rng, rows):
        for i in range(rows):
            mode = MODES[metric][i % len(MODES[metric])]
            gold = gold_lines(rng, mode)
            hint = rng.choice(gold)
            answer = answer_lines(rng, gold, mode)
            if metric == "Accuracy" and rng.random() < 0.35:
                answer = rng.choice([hint, hint + ".", f"({hint})", f"{hint}. because", f"The answer is {hint}",
                                     hint + "\n" + hint, "\n" + hint, "ABCDE"])
            resp = gated(rng, tagged(rng, answer, hint), rng.choice([hint, answer]))
            truth = {"doc_ids": gold, "golden_label": "", "summary": rng.choice(["English", "Chinese"])}
            if rng.random() < 0.06:
                truth = odd_truths(rng, gold)
            truth = listed(rng, truth, {"doc_ids": ["decoy", hint], "summary": "English"})
            rec = record("longbench_pro", truth, resp, mode)
            if rng.random() < 0.015:
                with_extra(rec, rng.choice(ODD_EXTRA))
            yield rec
        yield from long_lines(rng, metric)
    return make


def long_lines(rng, metric):
    """Responses of thousands of lines."""
    mode = MODES[metric][0]
    base = [f"Part {i}" for i in range(1, 5001)]
    for n, g in ((5000, 300), (5000, 5), (4999, 1), (1500, 1500), (3000, 40)):
        gold = rng.sample(base[:n], g)
        if g == 1500:
            gold.sort(key=lambda s: int(s[5:]))
        truth = {"doc_ids": gold, "golden_label": "", "summary": "English"}
        lines = base[:n]
        if n == 3000:
            rng.shuffle(lines)
            lines += lines[:500] + [""] * 100
        if g == 1500:
            for _ in range(40):
                i, j = rng.randrange(n), rng.randrange(n)
                lines[i], lines[j] = lines[j], lines[i]
        yield record("longbench_pro", truth, "<think>\n" + "hm\n" * n + "</think>\n[Answer]\n" + "\n".join(lines),
                     mode)
        yield record("longbench_pro", truth, "\n".join(lines) + "</think>" + "\n".join(reversed(lines)), mode)


# --- EM and selection ------------------------------------------------------

LABELS = ["Paris", "the Treaty of Utrecht", "1812", "北京市海淀区", "needle-4711", "It's \"7\"", "a\nb", "O'Neill & Sons",
          "3.14", "x = 2", "No", "是"]


def odd_labels(rng, label):
    good = {"doc_ids": [], "golden_label": label, "summary": ""}
    return rng.choice([
        label, json.dumps(good), "", None, 3, 1.5, True, [], [good], [{"golden_label": "x"}, good],
        [good, {"golden_label": "x"}], [label], [None], [[good]],
        {}, {"doc_ids": [label]}, {"golden_label": None}, {"golden_label": 3}, {"golden_label": 0.5},
        {"golden_label": True}, {"golden_label": [label]},
        {"golden_label": {"a": label}}, {"golden_label": []}, {"golden_label": ""}, {"golden_label": " "},
        {"GOLDEN_LABEL": label}])


def em(rng, rows):
    for _ in range(rows):
        label = rng.choice(LABELS + CASES + EMOJI)
        if rng.random() < 0.25:
            label = spoil(rng, label)
        answer = label if rng.random() < 0.45 else spoil(rng, label)
        if rng.random() < 0.2:
            answer = rng.choice([f"[Answer]\n{label}", f"The answer is {label}.", label + "\n" + label,
                                 f"<answer>{label}</answer>", f"**{label}**", ""])
        if rng.random() < 0.3:
            answer = rng.choice(SPACES + ["\n", "\n\n"]) + answer + rng.choice(SPACES + ["\n"])
        truth = {"doc_ids": [], "golden_label": label, "summary": ""}
        if rng.random() < 0.3:
            truth["golden_label"] = rng.choice(SPACES) + label + rng.choice(SPACES + LOOKALIKES)
        if rng.random() < 0.08:
            truth = odd_labels(rng, label)
        truth = listed(rng, truth, {"golden_label": "decoy"})
        rec = record("EM", truth, gated(rng, answer, label), rng.choice(["EM", "em", "", None]))
        if rng.random() < 0.02:
            with_extra(rec, rng.choice(ODD_EXTRA))
        yield rec


def statement(rng, c):
    if rng.random() < 0.4:
        return rng.choice(["The correct answer is ({})", "The correct answer is {}",
                           "**The correct answer is {}.**"]).format(c)
    return rng.choice([
        f"The correct answer is ({c})", f"The correct answer is ({c}).", f"The correct answer is {c}",
        f"The correct answer is {c}.", f"The correct answer is **{c}**", f"**The correct answer is ({c})**",
        f"The correct answer is (**{c}**)", f"the correct answer is {c}", f"The Correct Answer is {c}",
        f"The correct answer is: {c}", f"The correct answer is  {c}", f"The correct answer is\n{c}",
        f"The correct answer is\u00a0{c}", f"The correct answer is [{c}]", f"The correct answer is ( {c} )",
        f"The correct answer is ({c}", f"The correct answer is {c.lower()}", f"[Answer]\n{c}", f"{c}",
        f"The correct answer is ({c}{c})", f"The correct answer is {c}ll of the above",
        f"T*h*e correct answer is*** ({c})", f"The correct answer is ({c}) or (A)",
        f"The correct answer is \\boxed{{{c}}}", f"The correct answer isn't {c}", f"答案是{c}",
        f"The correct answer is （{c}）", f"The correct answer is The correct answer is {c}",
        f"The correct answer is (The correct answer is ({c})",
        f"The correct answer is not clear. The correct answer is {c}", "The correct answer is \u0410",
        f"The correct answer is ({c}\u0301)", f"The correct answer is {c}\u0301", f"The correct answer\x00 is {c}",
        f"The correct answer is \ud800{c}"])


def selection(rng, rows):
    for _ in range(rows):
        label = rng.choice("AAABBBCCCDDDEFJ")
        said = [statement(rng, rng.choice([label, label, rng.choice("ABCDE")])) for _ in range(pick(rng, {1: 10, 2: 5,
            3: 2}))]
        glue = rng.choice(["\n", " ", ". Correction: ", "\n\nNo. ", ""])
        form = rng.choice(["{}"] * 8 + ["({})", "{}.", "The correct answer is {}", "The correct answer is ({})",
                                        "**{}**", "*The correct answer is {}*", " {}", "{}\n",
                                        "the correct answer is {}", "The correct answer is ({}", "{} because", "",
                                        "The correct answer is {}. The correct answer is (A)"])
        truth = {"doc_ids": [], "golden_label": form.format(label), "summary": ""}
        if rng.random() < 0.08:
            truth = odd_labels(rng, label)
        hint = statement(rng, rng.choice("ABCD"))
        truth = listed(rng, truth, {"golden_label": rng.choice("ABCD")})
        rec = record("selection", truth, gated(rng, glue.join(said), hint), rng.choice(["selection", "", None]))
        if rng.random() < 0.02:
            with_extra(rec, rng.choice(ODD_EXTRA))
        yield rec


# --- gsm8k and Search-R1 ---------------------------------------------------

def gsm8k(rng, rows):
    for _ in range(rows):
        n = rng.choice([5, 18, -3, 1234, 70000, 0, 3.5, 1200.25])
        gold = rng.choice([str(n), str(n), str(n), f"{n:,}", f"{n}.", f"{n}.0", f"+{n}", f" {n}", f"${n}", "",
                           f"#### {n}", "１２"])
        said = []
        for _ in range(pick(rng, {0: 1, 1: 6, 2: 3, 3: 1})):
            m = rng.choice([n, n, n, 7])
            if rng.random() < 0.5:
                said.append(rng.choice(["#### {}", "#### {:,}"]).format(m))
                continue
            said.append(rng.choice(["#### {}", "#### {:,}", "#### {}.", "#### {},", "####{}", "####  {}", "### {}",
                                    "##### {}", "#### ${}", "#### -{}", "#### --{}", "#### {}%",
                                    "#### {} apples", "#### .{}", "#### ,{},", "####\t{}", "####\u00a0{}",
                                    "#### #### {}", "#### - {}", "#### a {}", "#### {}\x00", "#### {}e3", "#### ...",
                                    "The answer is {}.", "#### {}\u0301", "#### \ud800{}", "#### １{}",
                                    "#### {}-5"]).format(m))
        filler = rng.choice(["", "", "", "", "", "", "x" * rng.choice([250, 280, 288, 289, 290, 291, 292, 293, 294,
            295, 300]), "汉" * rng.choice([285, 290, 292, 293, 295, 299]),
                             "👍" * rng.choice([291, 292, 293]), "\ud800" * 292, "e\u0301" * 146])
        body = rng.choice([" ", "\n", "; "]).join(said) + filler
        truth = gold if rng.random() > 0.05 else rng.choice([n, None, [gold], {"golden_label": gold}, True, {}, []])
        yield record("openai/gsm8k", truth, gated(rng, body, f"#### {n}"), "math")


NAMES = ["Barack Obama", "The Beatles", "a cat", "An apple a day", "the", "U.S.A.", "São Paulo", "3,000",
         "'Til Tuesday", "Ⅷ", "theatre", "αthe", "the\u0301", "a-b", "a_b", "_the_", "北京", "the 的", "", "!!!",
         "a an the"] + CASES[:12]


def search_r1(rng, rows):
    sources = ["nq", "triviaqa", "popqa", "hotpotqa", "2wikimultihopqa", "musique", "bamboogle"]
    for i in range(rows):
        gold = [maybe(rng, 0.3, rng.choice(NAMES)) for _ in range(pick(rng, {1: 6, 2: 3, 5: 1}))]
        answer = rng.choice(gold + [rng.choice(NAMES)])
        if rng.random() < 0.6:
            answer = rng.choice([answer.upper(), answer.lower(), f"The {answer}", f"{answer}.", f" {answer}\n",
                                 f"\"{answer}\"", f"a {answer} an", answer.replace(" ", "\u3000"),
                                 spoil(rng, answer)])
        body = rng.choice([f"<answer>{answer}</answer>"] * 6 + [
            f"<answer>x</answer> no <answer>{answer}</answer>", f"<answer>{answer}</answer><answer>x</answer>",
            f"<answer>{answer}", f"{answer}</answer>", answer, f"<answer><answer>{answer}</answer></answer>",
            f"<answer>a\n{answer}\n</answer>", f"<Answer>{answer}</Answer>",
            f"<answer>{answer}</answer>" + "</answer>" * rng.choice([9, 10, 11]),
            f"<answer>{answer}</answer>" * rng.choice([9, 10, 11, 12]),
            "<answer>" * rng.choice([9, 10, 11]) + answer + "</answer>", f"</answer>{answer}<answer>",
            "<answer></answer>", f"<answer> {answer} </answer> <answer>",
            f"<answer>{answer}</answer>" + "<answer>" * rng.choice([9, 10, 11])])
        truth = {"target": rng.choice([gold, gold, gold, gold, gold[0]])}
        if rng.random() < 0.1:
            truth = rng.choice([{}, {"target": None}, {"target": 3}, {"target": []}, {"target": [None]},
                                {"target": [3] + gold}, {"target": gold + [3]}, {"target": {g: 1 for g in gold}},
                                {"target": [gold]}, {"target": True}, gold, gold[0], [truth], None, 7, {"target": ""},
                                {"target": [""]}, {"golden_label": gold[0]}, {"target": 1.5}])
        yield record("searchR1_" + sources[i % 7], truth, gated(rng, body, rng.choice([answer,
            f"<answer>{answer}</answer>"])), "qa")


# --- dispatch --------------------------------------------------------------

def dispatch(rng, rows):
    """Sources and modes that the release does not know, before and behind its gate."""
    sources = ["", "em", "EM ", "Selection", "longbench", "longbench_pro ", "LongBench_Pro", "multitableqa",
               "searchR1_", "searchR1_other", "gsm8k", "openai/gsm8k ", "unknown", "ｅｍ", "EM\x00", "T3", "f1",
               "math_stem", "math_stem_longcot", "model_judge", "retrieval_summary_calculate", "xx_model_verify",
               "retrieval_model_judge", "\ud800"]
    for i in range(rows // 4):
        truth = {"doc_ids": ["a"], "golden_label": "a", "summary": "English", "target": ["a"]}
        resp = gated(rng, rng.choice(["a", "[Answer]\na", "<answer>a</answer>", "#### 5"]), "a")
        if i % 2:
            yield record(sources[i // 2 % len(sources)], truth, resp,
                         rng.choice(["EM", "NDCG", "model_judge", "T1.1 Global Cohesive Retrieval"]))
            continue
        if rng.random() < 0.3:
            truth = odd_truths(rng, ["a", "b"])
        yield with_extra(record("longbench_pro", truth, resp), ODD_EXTRA[i // 2 % len(ODD_EXTRA)])
