"""OpenRLHF's reward clients, as they are, against golongrl: over HTTP to ``golongrl-score serve``, and the file
golongrl/openrlhf.py as ``--reward.remote_url``.

OpenRLHF needs vLLM and a GPU to be installed, so its unmodified files are loaded from a source tree: OPENRLHF_SOURCE,
or a checkout of the pinned commit. vllm is a stub, and so is the engine: it answers with the responses of the
examples. The tokenizer, SingleTurnAgentExecutor and the code that makes experiences of its answers are real.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import json
import subprocess
import sys
import tempfile
import time
import types
from importlib.metadata import version
from pathlib import Path
from typing import Any

from clientfile import SERVER, Absent, Server, check, source

ROOT = Path(__file__).resolve().parent.parent.parent.parent
REPOSITORY, COMMIT = "https://github.com/OpenRLHF/OpenRLHF", "3c3be6234e0cb353e76bb8019947db9dfe99fca7"


def load(tree: Path) -> tuple[Any, Any]:
    """The two files that are tried. Their packages' __init__ files, which import trainers, are left out."""
    for name in (
        "openrlhf",
        "openrlhf.utils",
        "openrlhf.trainer",
        "openrlhf.trainer.ppo_utils",
        "openrlhf.trainer.ray",
    ):
        package = types.ModuleType(name)
        package.__path__ = [str(tree.joinpath(*name.split(".")))]
        sys.modules[name] = package
    sys.meta_path.append(Absent("vllm", "deepspeed"))
    agent = importlib.import_module("openrlhf.utils.agent")
    samples = importlib.import_module("openrlhf.trainer.ppo_utils.samples_generator")
    commit = subprocess.run(
        ["git", "-C", str(tree), "rev-parse", "HEAD"], capture_output=True, text=True
    ).stdout.strip()
    packages = ", ".join(f"{p} {version(p)}" for p in ("torch", "transformers", "aiohttp"))
    print(f"   OpenRLHF {(tree / 'version.txt').read_text().strip()}, commit {commit}; {packages}")
    for module in (agent, samples):
        path = Path(module.__file__)
        print(f"   sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(tree)}")
    return agent, samples


def tokenizer() -> Any:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    inner = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    inner.decoder = decoders.ByteLevel()
    inner.add_special_tokens([AddedToken("<|im_start|>", special=True)])
    return PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<|im_end|>", pad_token="<|pad|>")


class Engine:
    """Stands for vLLM: answers with a given text."""

    def __init__(self, tok: Any, response: str) -> None:
        self.ids = tok(response, add_special_tokens=False)["input_ids"] + [tok.eos_token_id]

    async def generate(self, prompt_token_ids: list[int], params: Any, multi_modal_data: Any = None) -> Any:
        output = types.SimpleNamespace(token_ids=self.ids, finish_reason="stop", logprobs=None)
        return types.SimpleNamespace(outputs=[output])


def rows() -> list[dict[str, Any]]:
    found = [json.loads(line) for line in (ROOT / "examples" / "rollouts.jsonl").read_text().splitlines()]
    return [row for row in found if "data_source" in row]


def command_line(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    text = "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run([SERVER, "score", "--quiet", "-"], input=text, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def prompt_of(row: dict[str, Any]) -> str:
    text = "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in row["prompt"])
    return text + "<|im_start|>assistant\n"


def label_of(row: dict[str, Any]) -> str:
    return json.dumps({name: row[name] for name in ("data_source", "reward_model", "extra_info")})


def main() -> None:
    tree = source("OPENRLHF_SOURCE", REPOSITORY, COMMIT)
    agent, samples = load(tree)
    agent.logger.setLevel("ERROR")  # it tells of each prompt that it cuts and of each try
    import torch

    import golongrl.openrlhf

    tok = tokenizer()
    examples = rows()
    want = command_line(examples)
    check(all(w["score"] is not None for w in want), "all rows have a score")
    params = types.SimpleNamespace(max_tokens=4096, logprobs=None)

    def ask(endpoints: Any, chosen: list[int], max_length: int = 1 << 20) -> list[dict[str, Any]]:
        executor = agent.SingleTurnAgentExecutor(endpoints)

        async def all_of_them() -> list[dict[str, Any]]:
            return await asyncio.gather(*(
                executor.execute(prompt_of(examples[i]), label_of(examples[i]), params, max_length, tok, Engine(tok,
                examples[i]["response"])) for i in chosen
            ))  # fmt: skip

        return asyncio.run(all_of_them())

    def agree(outputs: list[dict[str, Any]], chosen: list[int], what: str) -> None:
        experiences = [
            samples.SamplesGenerator._process_response_into_experience(None, o, max_len=1 << 20) for o in outputs
        ]
        rewards = torch.cat([e.rewards for e in experiences]).flatten()
        scores = torch.cat([e.scores for e in experiences]).flatten()
        expected = torch.tensor([want[i]["score"] for i in chosen], dtype=torch.float32)
        check(rewards.dtype == torch.float32 and torch.equal(rewards, expected), f"{what}: rewards {rewards}")
        check(torch.equal(scores, expected.clamp(0, 1)), f"{what}: scores")
        for e, i in zip(experiences, chosen, strict=True):
            check(e.info["scored"].item() == 1.0 and e.info[want[i]["status"]].item() == 1.0, f"{what}: {e.info}")
        keys = {frozenset(e.info) for e in experiences}
        check(len(keys) == 1, f"{what}: the same logs for every row")
        print(f"   {what}: {len(chosen)} rewards as golongrl-score, {len(next(iter(keys)))} logged values")

    everything = list(range(len(examples)))
    first, second = Server(), Server()
    urls = [s.url + "/get_reward" for s in (first, second)]
    agree(ask(urls[0], everything), everything, "one server")
    agree(ask(urls, everything), everything, "two servers, of which the second gets empty lists")

    # A prompt that does not fit loses its beginning, and with it the place where the response begins.
    long = [i for i in everything if len(tok(prompt_of(examples[i]))["input_ids"]) > 200]
    outputs = ask(urls[0], long, max_length=4096 + 150)
    check(all(len(o["observation_tokens"]) - len(Engine(tok, examples[i]["response"]).ids) == 150
              for o, i in zip(outputs, long, strict=True)), "prompts are cut")  # fmt: skip
    agree(outputs, long, "prompts cut to 150 tokens")

    # Nobody listens at first: OpenRLHF tries five times, a second apart.
    port = second.port
    second.stop()
    late: list[Server] = []

    def restart() -> None:
        time.sleep(2)
        late.append(Server(port))

    import threading

    starter = threading.Thread(target=restart)
    starter.start()
    agree(ask(urls[1], everything[:8]), everything[:8], "a server that starts two seconds later")
    starter.join()
    late[0].stop()

    # A label that cannot be used: OpenRLHF gives up after five tries and has no reward, rather than a wrong one.
    executor = agent.SingleTurnAgentExecutor(urls[0])
    bad = asyncio.run(executor.execute("p", '{"metric":"emm","reference":"x"}', params, 1 << 20, tok, Engine(tok, "x")))
    check(bad["reward"] is None, "a label that cannot be used gives no reward over HTTP")
    first.stop()

    file = subprocess.run(
        [sys.executable, "-m", "golongrl.openrlhf", "path"], capture_output=True, text=True
    ).stdout.strip()
    check(file == golongrl.openrlhf.__file__, "python -m golongrl.openrlhf path")
    agree(ask(file, everything), everything, "the file golongrl/openrlhf.py")
    with tempfile.TemporaryDirectory() as folder:
        two_lines = Path(folder, "reward.py")
        two_lines.write_text('from golongrl.openrlhf import make\nreward_func = make("em")\n')
        agree(ask(str(two_lines), everything), everything, "a file of two lines")
        executor = agent.SingleTurnAgentExecutor(str(two_lines))
        bad = asyncio.run(
            executor.execute("p", '{"metric":"emm","reference":"x"}', params, 1 << 20, tok, Engine(tok, "x"))
        )
        e = samples.SamplesGenerator._process_response_into_experience(None, bad, max_len=1 << 20)
        check(
            e.rewards.tolist() == [0.0] and e.info["scored"].item() == 0.0 and e.info["error"].item() == 1.0,
            f"{e.info}",
        )
    print("all facts hold (client file: OpenRLHF's own code, without vLLM)")


if __name__ == "__main__":
    main()
