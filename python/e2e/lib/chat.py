"""A server with the chat interface of OpenAI that reads its answers from a script."""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Answers to each prompt of samples.SAMPLES in turn: right, partly right, wrong, of no form.
TABLE = '<answer>{"columns": ["x", "y"], "data": [["1", "2"], ["3", "4"]]}</answer>'
ANSWERS = {
    "one": ["<think>hm</think>\nA", "C", "B", "nothing"],
    "two": ["The correct answer is (A).", "The correct answer is (B).", "(A)", "no"],
    "three": ["[Answer]\na\nb", "<think>hm</think>[Answer]\na\nc", "[Answer]\nc", "none"],
    "four": ["So it is \\boxed{4}.", "\\boxed{\\frac{8}{2}}", "\\boxed{5}", "four"],
    "five": [TABLE, TABLE.replace('"3"', '"7"'), "<answer>[]</answer>", "x"],
    "six": ["[Answer]\na\nb", "[Answer]\na", "[Answer]\nc", "nothing"],
    "seven": ["[Answer]\na\nb\nc", "[Answer]\nc\nb\na", "[Answer]\nd", "nothing"],
    "eight": ["[Answer]\na\nb\nc", "[Answer]\nb\na\nc", "[Answer]\nd", "nothing"],
    "nine": ["the cat sat", "the dog sat", "a", "<think>hm</think>"],
    "unknown": ["A", "B", "C", "D"],
    "empty": ["[Answer]\na", "[Answer]\nb", "[Answer]\nc", "[Answer]\nd"],
}


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The URL of a running server, to which /chat/completions is appended."""
    turns = {prompt: itertools.cycle(answers) for prompt, answers in ANSWERS.items()}
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            content = body["messages"][-1]["content"]
            prompt = content if isinstance(content, str) else content[0]["text"]
            with lock:
                answer = next(turns[prompt.strip()])
            message = {"role": "assistant", "content": answer}
            reply = {
                "id": "chat-1",
                "object": "chat.completion",
                "created": 1,
                "model": body["model"],
                "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
                "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
            }
            data = json.dumps(reply).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}/v1"
        httpd.shutdown()
