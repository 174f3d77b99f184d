"""Makes the math records that released_goldens.py scores: the data sources that need neither Math-Verify nor sympy."""

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
