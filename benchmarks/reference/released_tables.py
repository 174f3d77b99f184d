"""Records of multitableqa_pretraining for released_goldens.py."""

import json

from released_inputs import LOOKALIKES, ODD_EXTRA, SPACES, gated, pick, record, with_extra

# Cells as JSON source, because much of what matters is lost once it is parsed.
NUMBERS = ["1", "1.0", "1.00", "1e0", "10E-1", "-0", "-0.0", "0", "0.0", "1e400", "-1e400", "NaN", "Infinity",
           "-Infinity", "12345678901234567890", "9007199254740993", "123456789012345678901234567890123456789", "0.1",
           "0.30000000000000004", "1e15", "1e16", "123456789012345680.0", "1e22", "1e23", "1e-4", "1e-5",
           "0.00001234", "1.7976931348623157e308", "5e-324", "2.5", "2.50", "-7", "100", "1E+2", "100.0",
           "33.333333333333336"]
WORDS = ['true', 'false', 'null', '"true"', '"True"', '"None"', '"nan"', '"inf"', '"1"', '"1.0"', '"a"', '" a "',
         '"A"', '"it\'s"', '"say \\"hi\\""', '"both \' and \\""', '"\\u0000"', '"a\\nb"', '"a\\tb"', '"\\ud800"',
         '"\\udc00\\ud800"', '"\\ud83d\\ude00"', '"😀"', '"\\u200b"', '"\\u00ad"', '"é"', '"e\\u0301"', '"\\\\"',
         '"\\/"', '"/"', '"北京"', '""', '"\\u2028"', '"\\u00e9"', '"İ"', '"2024-01-31"', '"12%"', '"$1,200"',
         '"New York"', '"Müller"', '"第一季度"']
NESTED = ['[1, "a"]', '[1,"a"]', '["it\'s"]', '["say \\"hi\\""]', '["both \' and \\""]', '{"a": 1}', '{"b":1,"a":2}',
          '{"a":2,"b":1}', '{"a":1,"a":2}', '{"a":1,"b":2,"a":3}', '[]', '{}', '[[]]', '[null, true, false]',
          '["\\u0001\\u007f\\u0080\\u00a0\\u00ad"]', '["\\u200b\\u2028\\ufeff\\ue000"]', '["\\ud800", "\\udfff"]',
          '["\\ud83d\\ude00", "\\udb40\\udc01"]',
          '["\\t\\r\\n\\b\\f\\\\"]', '[1.0, 1]', '[NaN, Infinity, -Infinity]', '[1e400, -0.0]',
          '["北京", "é", "e\\u0301"]', '{"it\'s": "\\""}', '{"": null}', '{"a": {"b": [1, {"c": "\\u0378"}]}}',
          '[12345678901234567890, 1e16, 1e-5]', '"[1, \'a\']"', '"{\'a\': 1}"', '"(\'a\',)"',
          '["\\u0600\\u061c\\u3000\\ufdd0\\ufffe"]', '["\\ud83e\\udee8\\ud83c\\uddea"]', '["\\u180e\\u2800\\u1680"]']
BROKEN = ["01", "1.", ".5", "+1", "'a'", "True", "None", '"a', '"\\x41"', '"\\u12"', '"tab\there"', '"nl\nhere"',
          "[1,]", "{a:1}", '{"a"}', "nan", "-", "1e", "0x1", "undefined", "-Inf", '"\\ud83d', "１", "[1 2]",
          '{"a":1,}', "infinity", "/*c*/1", '"\x00"', "\x0b1", "\u00a01", '"\\ud83d\\u"', "--1", "1_000", '{1: 2}',
          "[", "}", '"\\U0001F600"', "-NaN"]
HEADS = ["Region", "Year", "Sales", "Team", "Points", "Name", "城市", "人口", "Date", "Price ($)", "", "region",
         "Growth %"]


def cell(rng, odd):
    x = rng.random()
    if x < 0.4:
        return rng.choice(NUMBERS) if rng.random() < odd else str(rng.randrange(1, 400))
    if x < 0.4 + odd / 3:
        return rng.choice(NESTED)
    if x < 0.85:
        return rng.choice(WORDS)
    return json.dumps(rng.choice(["North", "South", "Q1", "Q2", "Smith", "Jones", "上海", "Lyon"]))


def row(rng, width, odd):
    if rng.random() < odd / 4:
        return rng.choice([cell(rng, 1), '{"%s": %s, "y": %s}' % (rng.choice("xy"), cell(rng, 0), cell(rng, odd)),
                           "[]", "null", "[[1,2]]", '"ab"', "[" * 3 + "]" * 3])
    return [cell(rng, odd) for _ in range(width)]


def source(rng, r):
    """A row as JSON."""
    if isinstance(r, str):
        return r
    return "[" + pick(rng, {", ": 6, ",": 3, " ,\n ": 1, "\t,\r\n": 1}).join(r) + "]"


def table(rng, heads, rows):
    pad = pick(rng, {"": 5, " ": 4, "\n  ": 2, "\r\n\t": 1})
    data = "[" + ("," + pad).join(source(rng, r) for r in rows) + "]"
    fields = ['"columns":' + pad + json.dumps(heads, ensure_ascii=rng.random() < 0.5), '"data":' + pad + data]
    if rng.random() < 0.1:
        rng.shuffle(fields)
    if rng.random() < 0.05:
        fields.insert(rng.randrange(3), rng.choice(['"data": []', '"data": [[1]]', '"data": null', '"Data": [[1]]',
                                                    '"note": "x"', '"d\\u0061ta": [[2]]', '"columns": 3']))
    return "{" + pad + ("," + pad).join(fields) + pad + "}"


def edited(rng, rows):
    out = [r if isinstance(r, str) else list(r) for r in rows]
    for _ in range(pick(rng, {0: 4, 1: 5, 2: 3, 3: 1})):
        kind = rng.randrange(9)
        i = rng.randrange(len(out)) if out else 0
        if kind == 0:
            rng.shuffle(out)
        elif kind == 1 and out:
            del out[i]
        elif kind == 2 and out:
            out.insert(i, out[i])
        elif kind == 3:
            out.append(row(rng, 2, 0.5))
        elif kind == 4 and out and isinstance(out[i], list) and out[i]:
            j = rng.randrange(len(out[i]))
            out[i][j] = respelled(rng, out[i][j])
        elif kind == 5:
            out = [[respelled(rng, c) for c in r] if isinstance(r, list) else r for r in out]
        elif kind == 6:
            out = [r[::-1] if isinstance(r, list) else r for r in out]
        elif kind == 7 and out and isinstance(out[i], list):
            out[i] = rng.choice([json.dumps(str(out[i])), out[i][0] if out[i] else "0", out[i] + ["null"],
                                 [source(rng, out[i])]])
        elif kind == 8 and out and isinstance(out[i], list):
            out[i] = "{" + ",".join('"c%d":%s' % (j, c) for j, c in enumerate(out[i])) + "}"
    return out


def respelled(rng, c):
    """The same cell in other words, or nearly."""
    if c[0] == '"' or c[0] in "[{tfnNI":
        return rng.choice([c, json.dumps(c), c.replace(" ", ""), c.upper() if c[0] == '"' and "\\" not in c else c,
                           '"' + c.strip('"') + ' "' if "\\" not in c and c[0] == '"' else c])
    return rng.choice([c, c + ".0" if c.isdigit() else c, '"' + c + '"', c + "e0" if c.isdigit() else c,
                       "-" + c.lstrip("-"), c + "0" if "." in c and "e" not in c else c])


WHOLE = ["", "{}", "[]", "null", "3", '"x"', "true", "NaN", '{"data": null}', '{"data": "ab"}', '{"data": {"a": 1}}',
         '{"data": {}}', '{"data": 3}', '{"data": true}', '{"data": ""}',
         '{"data": []}', '{"data": [[]]}', '{"data": [null]}', '{"data": ["a", "b"]}', '{"data": [["a"], ["b"]]}',
         '{"columns": ["a"]}', '{"columns": [], "data": []}', '[[1, 2]]',
         '{"Data": [[1]]}', '{"data": [[1]], "data": [[2]]}', '{"data": [[2]], "data": []}', '\ufeff{"data": []}',
         '{"data": [[1]]}{"data": [[1]]}', '{"data": [[1]]} done', "{'data': [[1]]}",
         '```json\n{"data": [[1]]}\n```', '{"data": [[1],]}', '{"data": [[1]]', '\u00a0{"data": [[1]]}\u3000',
         '{"data":\u00a0[[1]]}', '{"data": [[1]]}\x00', '{"data": 1e400}', '{"data": false}',
         '{"data": 0}', '{"data": [1, 1.0, "1", true]}', '{"data": [[1], ["1"], [true], "(\'1\',)"]}',
         '{"data": [["nan"], [NaN]]}', '{"data": [{"a": 1, "b": 2}]}', '{"data": [{"b": 2, "a": 1}]}']


def huge(rng):
    """Texts at which Python's json gives up, and others just as deep that it reads."""
    return rng.choice(["[" * 300 + "]" * 300, "[" * 5000 + "]" * 5000, "[" * 100000, '{"a":' * 300 + "1" + "}" * 300,
                       '{"a":' * 5000 + "1" + "}" * 5000, "9" * 4300, "9" * 4301, "-" + "1" * 4300, "-" + "1" * 4301,
                       "1" * 5000 + ".0", "1" * 5000 + "e-4999", "0." + "0" * 400 + "1"])


def iou(rng, rows):
    for i in range(rows):
        odd = rng.choice([0, 0.2, 0.5, 1])
        width = rng.randrange(1, 5)
        heads = rng.sample(HEADS, width)
        gold = [row(rng, width, odd) for _ in range(pick(rng, {0: 1, 1: 4, 2: 5, 3: 5, 5: 4, 9: 2, 20: 1}))]
        label, answer = table(rng, heads, gold), table(rng, heads, edited(rng, gold))
        x = rng.random()
        if x < 0.06:
            answer = rng.choice(WHOLE)
        elif x < 0.10:
            label = rng.choice(WHOLE)
        elif x < 0.16:
            label, answer = rng.choice(WHOLE), rng.choice(WHOLE)
        elif x < 0.22:
            bad = rng.choice(BROKEN)
            answer = rng.choice(['{"data": [[%s]]}' % bad, '{"data": [%s]}' % bad,
                                 '{"columns": [%s], "data": [[1]]}' % bad, bad])
        elif x < 0.24:
            label = '{"data": [[%s]]}' % rng.choice(BROKEN)
        elif x < 0.25:
            answer = '{"data": [[1], [%s]]}' % huge(rng)
        elif x < 0.257:
            answer = label = '{"data": [[1], [%s]]}' % huge(rng)
        elif x < 0.262:
            label = '{"data": [[%s]]}' % huge(rng)
        truth = {"doc_ids": [], "golden_label": label, "summary": ""}
        if rng.random() < 0.08:
            truth = odd_truth(rng, label)
        mode = rng.choice(["multitableqa_pretraining", "IoU", "", None])
        rec = record("multitableqa_pretraining", truth, answered(rng, answer, label), mode)
        if rng.random() < 0.02:
            with_extra(rec, rng.choice(ODD_EXTRA))
        yield rec
    for n in (3000, 5000):
        gold = [[str(i), json.dumps(f"name {i % 977}")] for i in range(n)]
        pred = gold[:n // 2] + [[a, "null"] for a, _ in gold[n // 2:]] + gold[:100]
        rng.shuffle(pred)
        truth = {"golden_label": table(rng, ["id", "name"], gold)}
        yield record("multitableqa_pretraining", truth, "<think></think><answer>" + table(rng, ["id", "name"],
            pred) + "</answer>", "IoU")


def odd_truth(rng, label):
    good = {"doc_ids": [], "golden_label": label, "summary": ""}
    try:
        parsed = json.loads(label)
        json.dumps(parsed, allow_nan=False)
    except (ValueError, RecursionError):
        parsed = {"data": [[1]]}
    return rng.choice([label, parsed, [good], [good, good], [parsed], [], {}, None, 3, True, "", {"data": [[1, "a"]]},
                       {"data": None}, {"data": "ab"}, {"data": {"a": 1}}, {"data": 5},
                       {"columns": ["a"]}, dict(good, golden_label=None), dict(good, golden_label=3),
                       dict(good, golden_label=parsed), dict(good, golden_label=[]), dict(good, golden_label=True),
                       dict(good, golden_label=""), dict(good, golden_label=" "), {"doc_ids": []},
                       {"golden_label": "{}", "data": [[1]]}])


def answered(rng, answer, label):
    x = rng.random()
    if x < 0.6:
        return gated(rng, "<answer>" + rng.choice(["", "\n", " "]) + answer + rng.choice(["", "\n",
            rng.choice(SPACES)]) + "</answer>")
    if x < 0.64:
        return answer + "</think>"
    if x < 0.69 and answer.startswith("{"):
        # The whole response is the table, and the closing tag is in a string of it.
        whole = '{"t": "</think>"' + ("," if answer[1:].strip() != "}" else "") + answer[1:]
        return rng.choice(["", "\n", *SPACES, *LOOKALIKES[:3]]) + whole + rng.choice(["", "\n", *SPACES])
    other = '{"data": [[1]]}'
    body = rng.choice([
        answer, f"<answer>{answer}", f"{answer}</answer>", f"<answer>{other}</answer><answer>{answer}</answer>",
        f"<answer>{answer}</answer> <answer>{other}</answer>", f"<answer><answer>{answer}</answer></answer>",
        f"<ANSWER>{answer}</ANSWER>", f"<answer>```json\n{answer}\n```</answer>", f"[Answer]\n{answer}",
        f"<answer>\ufeff{answer}</answer>", f"The table:\n<answer>{answer}</answer>\nThat is all.",
        f"<answer >{answer}</answer>", f"</answer><answer>{answer}</answer>", "<answer></answer>", "<answer>",
        f"<answer>{answer} </answer"])
    return rng.choice([gated(rng, body), gated(rng, body), f"<think><answer>{answer}</answer></think>nothing",
                       f"<think>in <answer>..</answer> tags</think><answer>{answer}</answer>",
                       f"<answer>{answer}</think></answer>", f"<think>t</think>\n<answer>{label}</answer>",
                       f"<answer>{label}</answer></think>"])
