"""Writes what Qwen3's chat template makes of conversations, for trainer/dataset.

    python chat_template_goldens.py TEMPLATE.jinja OUT.jsonl.gz

Needs jinja2 3.1.6.  TEMPLATE.jinja is the field chat_template of Qwen3's
tokenizer_config.json, as trl keeps it in trl/chat_templates/qwen3.jinja.  The
environment is that of transformers (trim_blocks, lstrip_blocks).  Behind a first line
that names the reference, each line is {"messages", "text"}.
"""

import gzip
import hashlib
import json
import pathlib
import platform
import random
import sys

import jinja2
import jinja2.sandbox

SHA256 = "a55ee1b1660128b7098723e0abcd92caa0788061051c62d51cbe87d9cf1974d8"

PIECES = [
    "What is 2+2?", "", "\n", "  spaced  ", "line\nline", "第三部分", "<think>\nhm\n</think>\n\nFour.", "<think>\n\n</think>\n\n5",
    "</think>\n\n\nx</think>\ny", "no thoughts", "<tool_response>x", "a</tool_response>", "<|im_end|>", "\"quoted\" {{ braces }} {% raw %}",
]


def conversations():
    yield [("user", "Hello")]
    yield [("system", "Be brief."), ("user", "Hello")]
    yield [("user", "a"), ("system", "late"), ("user", "b")]
    rng = random.Random(6)
    for _ in range(300):
        turns = [("system", rng.choice(PIECES))] if rng.random() < 0.4 else []
        for _ in range(rng.randrange(4)):
            turns.append((rng.choice(["user", "user", "assistant", "system"]), rng.choice(PIECES)))
        turns.append(("user", rng.choice(PIECES)))
        yield turns


def main():
    source = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    digest = hashlib.sha256(source.encode()).hexdigest()
    if digest != SHA256:
        sys.exit(f"another template: {digest}")
    env = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    template = env.from_string(source)
    lines = [json.dumps({
        "reference": "chat_template of Qwen3 as in huggingface/trl f2cd577, sha256 " + digest,
        "jinja2": jinja2.__version__, "python": platform.python_version(),
    })]
    for turns in conversations():
        messages = [{"role": r, "content": c} for r, c in turns]
        text = template.render(messages=messages, add_generation_prompt=True)
        lines.append(json.dumps({"messages": messages, "text": text}, ensure_ascii=False))
    with open(sys.argv[2], "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as out:
        out.write(("\n".join(lines) + "\n").encode())


main()
