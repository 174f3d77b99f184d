"""Records of the summary tasks and of token F1 for released_goldens.py."""

from released_inputs import (CASES, EMOJI, LOOKALIKES, MODES, ODD_EXTRA, SPACES, SURROGATES, gated, listed, maybe,
                             odd_truths, pick, record, spoil, tagged, with_extra)

SUBJECTS = ["The board", "A second audit", "The defendant", "Dr. Ramos", "The city council", "Our model",
            "The treaty", "Each reviewer", "The U.S. agency", "The survey of 1,204 patients", "Her brother",
            "The pump station", "A small group of engineers", "The 2019 amendment", "Nobody", "The narrator",
            "Acme Corp.", "The river", "The appellate court", "The baseline"]
VERBS = ["approved", "rejected", "delayed", "rewrote", "measured", "discovered", "denied", "outperformed",
         "inherited", "questioned", "rebuilt", "cited", "lost", "funded", "ignored", "sold"]
OBJECTS = ["the merger", "three of the five claims", "a 12.5% tax credit", "the dam", "every earlier result",
           "the letter from Lisbon", "the liability clause", "its own forecast", "the old mill", "a smaller network",
           "the evidence", "the trade route", "the vaccine trial", "an appeal", "the harbour wall",
           "the final chapter", "the dataset"]
TAILS = ["in March", "after a long debate", "without explanation", "because costs had doubled", "for the second time",
         "at 3.5 times the price", "to avoid a lawsuit", "despite the warnings", "in the north",
         "when the bridge failed", "on the advice of counsel", "as the paper shows", "", ""]

ZH_SUBJECTS = ["董事会", "第二次审计", "被告人张某", "市政府", "本文提出的模型", "该条约", "课题组", "国家统计局", "一千二百名患者", "她的弟弟", "上诉法院", "几位工程师",
               "2019年修正案", "叙述者", "长江中下游", "甲公司", "GPT-4模型", "联合国教科文组织"]
ZH_VERBS = ["批准了", "驳回了", "推迟了", "重新测量了", "发现了", "否认了", "优于", "继承了", "质疑", "重建了", "引用了", "失去了", "资助了", "忽视了", "出售了",
            "完善"]
ZH_OBJECTS = ["合并方案", "五项请求中的三项", "百分之十二点五的税收抵免", "大坝", "此前的全部结果", "来自里斯本的信", "责任条款", "自己的预测", "老磨坊", "更小的网络", "相关证据",
              "贸易路线", "疫苗试验", "上诉申请", "堤防工程", "数据集ImageNet", "人工智能治理框架"]
ZH_TAILS = ["，原因是成本翻倍", "，未作任何解释", "，并于三月公布", "，以避免诉讼", "，尽管早有警告", "", "", "（见附录B.7）", "；其影响深远", "，同比增长3.5%"]


def sentence(rng, zh):
    if zh:
        return "".join(rng.choice(x) for x in (ZH_SUBJECTS, ZH_VERBS, ZH_OBJECTS, ZH_TAILS, "。。。。！？；"))
    return " ".join(filter(None, [rng.choice(SUBJECTS), rng.choice(VERBS), rng.choice(OBJECTS),
                                  rng.choice(TAILS)])) + rng.choice("....!?;")


def passage(rng, zh, n):
    return ("" if zh else " ").join(sentence(rng, zh) for _ in range(n))


def units(text, zh):
    return list(text) if zh else text.split(" ")


def rewritten(rng, text, zh):
    """A text that shares much with text."""
    parts = units(text, zh)
    for _ in range(pick(rng, {0: 2, 1: 5, 2: 3, 3: 1})):
        kind = rng.randrange(10)
        at, end = sorted((rng.randrange(len(parts) + 1), rng.randrange(len(parts) + 1)))
        if kind == 0:
            parts = parts[:at] + parts[end:]
        elif kind == 1:
            parts = parts[:at] + units(sentence(rng, zh), zh) + parts[at:]
        elif kind == 2:
            parts = parts[end:] + parts[:end]
        elif kind == 3:
            parts = [p for p in parts if rng.random() > 0.15]
        elif kind == 4:
            parts = [maybe(rng, 0.08, p) if p else p for p in parts]
        elif kind == 5:
            rng.shuffle(parts)
        elif kind == 6:
            parts = parts + parts
        elif kind == 7 and len(parts) < 60:
            parts = [p + "." for p in parts]
        elif kind == 8:
            parts = [p.upper() if rng.random() < 0.3 else p for p in parts]
        elif kind == 9:
            parts = [p.replace(".", rng.choice(["", "。", "..", " . ", ".\n"])) for p in parts]
    return ("" if zh else " ").join(parts)


def odd_text(rng, zh):
    return rng.choice([".", "..", ". .", " ", "", "\u3000", "\x1c", "a", "a.", ".a", "a b. c", "。", "。。", "的",
                       "a\x00b. a", "x" * 300, "...\n...", "-", "[Answer]", "1.5", "3.5.2", "e.g. i.e."]
                      + CASES + EMOJI + SURROGATES + LOOKALIKES + SPACES)


def summary(language):
    def make(rng, rows):
        main = language == "Chinese"
        for i in range(rows):
            mode = MODES["Summary"][i % 2]
            zh = main if rng.random() < 0.93 else not main
            gold = [passage(rng, zh, pick(rng, {1: 6, 2: 5, 4: 3, 6: 1})) for _ in range(pick(rng, {1: 8, 2: 2,
                3: 1}))]
            if rng.random() < 0.10:
                gold[rng.randrange(len(gold))] = odd_text(rng, zh)
            if rng.random() < 0.15:
                gold[0] = "".join(rng.choice(SPACES) if c == " " and rng.random() < 0.3 else c for c in gold[0])
            answer = rewritten(rng, rng.choice(gold), zh)
            x = rng.random()
            if x < 0.06:
                answer = odd_text(rng, zh)
            elif x < 0.12:
                answer = passage(rng, zh, 3)
            elif x < 0.16:
                answer = passage(rng, not zh, 1) + answer
            elif x < 0.2:
                answer = answer.replace("。" if zh else ". ", rng.choice(["\n", "\n\n- ", "\r\n", ".\u2028", "."]))
            if rng.random() < 0.2:
                answer = spoil(rng, answer)
            hint = passage(rng, zh, 1)
            resp = gated(rng, tagged(rng, answer, hint), rng.choice([hint, hint, answer]))
            truth = {"doc_ids": gold, "golden_label": "", "summary": language}
            if rng.random() < 0.04:
                truth = odd_truths(rng, gold)
            truth = listed(rng, truth, {"doc_ids": [hint], "summary": rng.choice(["English", "Chinese"])})
            rec = record("longbench_pro", truth, resp, mode)
            if rng.random() < 0.01:
                with_extra(rec, rng.choice(ODD_EXTRA))
            yield rec
        for n, m in ((90, 120), (60, 300), (250, 250)) if not main else ((45, 60), (90, 40), (60, 120)):
            ref = passage(rng, main, n)
            yield record("longbench_pro", {"doc_ids": [ref], "golden_label": "", "summary": language},
                         "<think>\n" + passage(rng, main, 5) + "\n</think>\n[Answer]\n" + rewritten(rng, ref,
                             main) + passage(rng, main, m - n if m > n else 1), MODES["Summary"][0])
    return make


def token_f1(rng, rows):
    """Not records: token F1 has no place in the released schema."""
    names = ["the Treaty of Utrecht", "A man, a plan", "U.S.A.", "42", "3,000.5", "don't", "an", "the the", "«quote»",
             "—", "the_", "_a", "a\u0301", "thé", "b the", "theatre", "αthe a", "the的"]
    for i in range(rows):
        lang = "zh" if i % 2 else "en"
        zh = lang == "zh"
        refs = []
        for _ in range(pick(rng, {1: 6, 2: 2, 3: 1})):
            refs.append(rng.choice([passage(rng, zh, 1), passage(rng, zh, 1), rng.choice(names),
                                    rng.choice(ZH_OBJECTS), odd_text(rng, zh)]))
        out = rewritten(rng, rng.choice(refs), zh)
        x = rng.random()
        if x < 0.1:
            out = odd_text(rng, zh)
        elif x < 0.2:
            out = rng.choice(names) + " " + out
        elif x < 0.3:
            out = passage(rng, zh, 1)
        elif x < 0.4:
            out = passage(rng, not zh, 1) + out
        if rng.random() < 0.3:
            out = spoil(rng, out)
        yield {"lang": lang, "reference": refs, "response": out}
