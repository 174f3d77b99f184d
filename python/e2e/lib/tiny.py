"""A random model and its tokenizer, made on the spot: nothing is downloaded.

A token of the answer is a whole phrase, so that random answers hit the references often enough to have rewards.
"""

from __future__ import annotations

from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM, set_seed

TABLE = '<answer>{"columns": ["x", "y"], "data": [["1", "2"], ["3", "4"]]}</answer>'
PHRASES = [
    "A",
    "B",
    "The correct answer is (A).",
    "\\boxed{4}",
    "\\boxed{5}",
    "[Answer]\n",
    "[Answer]\na\nb\n",
    "a\n",
    "b\n",
    "c\n",
    "the cat sat on the mat",
    " a dog ran",
    "<think>hm</think>\n",
    TABLE,
    TABLE.replace('"3"', '"7"'),
]
BLANKS = [f"<blank{i}>" for i in range(16)]  # tokens that are not in the text


def tokenizer(words: list[str]) -> PreTrainedTokenizerFast:
    """A tokenizer of the phrases above for answers, and of words for prompts."""
    special = ["<pad>", "<eos>", "<unk>", *BLANKS]
    vocabulary = {token: i for i, token in enumerate(dict.fromkeys([*special, *PHRASES, *words]))}
    inner = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    inner.decoder = decoders.Fuse()
    out = PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>", padding_side="left"
    )
    out.add_special_tokens({"additional_special_tokens": BLANKS})
    out.chat_template = (
        "{% for m in messages %}{{ m['content'] }} {% endfor %}{% if add_generation_prompt %}assistant{% endif %}"
    )
    return out


def model(vocabulary: int, seed: int = 0) -> Qwen2ForCausalLM:
    """A Qwen2 of about a million parameters."""
    set_seed(seed)
    return Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=vocabulary,
            hidden_size=128,
            intermediate_size=384,
            num_hidden_layers=4,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=64,
            pad_token_id=0,
            eos_token_id=1,
            bos_token_id=1,
        )
    )
