"""What carriers do when the other side is busy, slow, strange or gone; and that there is one library to a process."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Running, run

import golongrl
from golongrl import CallError, Unavailable, _wire

Answer = tuple[int, dict[str, str], bytes]
GOOD = json.dumps({"results": [{"score": 0.5, "status": "judged", "metric": "f1", "task": None}]}).encode()


class Stub:
    """An HTTP server that gives the answers that it was told."""

    def __init__(self) -> None:
        self.answers: list[Answer | None] = []
        self.asked: list[tuple[str, dict[str, str], Any]] = []
        self.connections = 0
        stub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                stub.connections += 1

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stub.asked.append((self.path, dict(self.headers), json.loads(body)))
                answer = stub.answers.pop(0)
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, data = answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/base/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def stub() -> Iterator[Stub]:
    s = Stub()
    yield s
    s.stop()


def refusal(status: int, **headers: str) -> Answer:
    return status, {k.replace("_", "-"): v for k, v in headers.items()}, b'{"error":"what to do","item":3}'


def test_http_is_kept_alive(stub: Stub) -> None:
    stub.answers = [(200, {}, GOOD)] * 3
    with golongrl.connect(url=stub.url, token="t") as c:
        for _ in range(3):
            assert c.score("r", "g", metric="f1", explain=False) == golongrl.Score(0.5, "judged", "f1")
    path, headers, body = stub.asked[0]
    assert (path, headers["Authorization"], stub.connections) == ("/base/v1/score", "Bearer t", 1)
    assert body["items"] == [{"reference": "g", "metric": "f1", "response": "r"}]


def test_http_waits_where_it_is_told_to(stub: Stub) -> None:
    stub.answers = [refusal(429, Retry_After="1"), refusal(503), None, (200, {}, GOOD)]
    with golongrl.connect(url=stub.url) as c:
        begun = time.monotonic()
        assert c.score("r", "g", metric="f1").score == 0.5
        assert time.monotonic() - begun >= 1
    assert len(stub.asked) == 4


def test_http_gives_up(stub: Stub) -> None:
    stub.answers = [refusal(429, Retry_After="20")] * 9
    with (
        golongrl.connect(url=stub.url, timeout=1) as c,
        pytest.raises(Unavailable, match="too busy: item 3: what to do"),
    ):
        c.score("r", "g", metric="f1")
    stub.answers = [None] * 9
    with golongrl.connect(url=stub.url) as c, pytest.raises(Unavailable, match="see if the server runs"):
        c.score("r", "g", metric="f1")
    assert len(stub.answers) == 6  # three tries


@pytest.mark.parametrize("status", [400, 401, 404, 413, 422, 500])
def test_http_errors(stub: Stub, status: int) -> None:
    stub.answers = [refusal(status), (status, {}, b"<html>")]
    with golongrl.connect(url=stub.url) as c:
        for item, message in ((3, "what to do"), (None, f"answers {status}: <html>")):
            with pytest.raises(CallError) as e:
                c.score("r", "g", metric="f1")
            assert (e.value.code, e.value.item) == (status, item) and e.value.message.endswith(message)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"results":[]}',
        b'{"results":7}',
        b'{"ok":1}',
        b'{"results":[7]}',
        b'{"results":[{}]}',
    ],
)
def test_http_strangers(stub: Stub, data: bytes) -> None:
    stub.answers = [(200, {}, data)] * 3
    with golongrl.connect(url=stub.url) as c:
        calls = (lambda: c.score("r", metric="f1"), lambda: c.verify("g", "r"), lambda: c.advantage([1], [1]))
        for call in calls:
            with pytest.raises(golongrl.Error, match="not that of a golongrl server"):
                call()


@pytest.mark.parametrize("status", [502, 504])
def test_http_behind_a_proxy(stub: Stub, status: int) -> None:
    stub.answers = [(status, {}, b"<html>")]
    with golongrl.connect(url=stub.url) as c, pytest.raises(Unavailable, match=f"answers {status}: <html>"):
        c.score("r", "g", metric="f1")


@pytest.mark.parametrize("sent", [b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\n"])
def test_http_drops_of_an_answer(sent: bytes) -> None:
    """The time is that of the whole call, not that between two bytes. Half an answer is none."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = threading.Event()

        def drip() -> None:
            with server.accept()[0] as connection:
                connection.sendall(sent)
                while not done.wait(0.05):
                    connection.sendall(b" ")

        thread = threading.Thread(target=drip)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        try:
            with (
                golongrl.connect(url=url, timeout=0.3) as c,
                pytest.raises(Unavailable, match=r"no answer after 0.3 s"),
            ):
                c.score("r", "g", metric="f1")
        finally:
            done.set()
            thread.join()


def test_http_half_an_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def halves() -> None:
            for _ in range(3):
                with server.accept()[0] as connection:
                    while not connection.recv(1 << 16).endswith(b"]}"):
                        pass
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + GOOD)

        thread = threading.Thread(target=halves, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with golongrl.connect(url=url) as c, pytest.raises(Unavailable, match="IncompleteRead"):
            c.score("r", "g", metric="f1")
        thread.join()


def test_https_says_how_to_trust(
    tmp_path: Path, serve: Callable[..., Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate")
    key, certificate = str(tmp_path / "k.pem"), str(tmp_path / "c.pem")
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    make += ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate]
    subprocess.run(make, check=True, capture_output=True)
    url = serve("--addr", "127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key).url
    with golongrl.connect(url=url) as c, pytest.raises(Unavailable, match="SSL_CERT_FILE"):
        c.score("r", "g", metric="f1")
    monkeypatch.setenv("SSL_CERT_FILE", certificate)
    with golongrl.connect(url=url) as c:
        assert c.score("[Answer]\na", "a", task="sub_em").score == 1.0


def test_http_in_forked_children(http_url: str) -> None:
    script = f"""if True:
        import golongrl, os
        c = golongrl.connect(url={http_url!r})
        for _ in range(20):
            assert c.score("[Answer]\\na", "a", task="sub_em").score == 1.0
            child = os.fork()
            if child == 0:
                os._exit(0 if c.score("[Answer]\\na", "b", task="sub_em").score == 0.0 else 1)
            assert c.score("[Answer]\\na", "a", task="sub_em").score == 1.0
            assert os.waitpid(child, 0)[1] == 0
        c.close()
    """
    run(["-c", script], 60)


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(str(tmp_path / "s"))
        s.listen()
        yield s, f"unix:{tmp_path}/s"


def hello(connection: socket.socket) -> None:
    """Be a server as far as that a connection is made."""
    assert connection.recv(4) == b"GLR1"
    message = connection.recv(100)
    assert message == b"\x09\0\0\0" + b"\x01\x01\0\0\0" + b"\0\0\0\0"
    connection.sendall(b"\x07\0\0\0" + b"\x01\x01\0\0\0" + b"{}")


def answering(listener: socket.socket, *replies: bytes | None) -> threading.Thread:
    """Give replies to the first call of a connection each; None: close it."""

    def serve() -> None:
        for reply in replies:
            connection, _ = listener.accept()
            with connection:
                hello(connection)
                connection.recv(1000)
                if reply is not None:
                    connection.sendall(reply)
                    connection.recv(1)  # until the client is done

    thread = threading.Thread(target=serve)
    thread.start()
    return thread


def result(score: bytes) -> bytes:
    body = b"\x02\x02\0\0\0" + b"\x01\0\0\0" + score + b"\0" + b"\0"
    return _wire.LENGTH.pack(len(body)) + body


HALF = b"\0\0\0\0\0\0\xe0\x3f"


def test_socket_calls_again_when_the_connection_is_lost(listener: tuple[socket.socket, str]) -> None:
    s, url = listener
    thread = answering(s, None, None, result(HALF))
    with golongrl.connect(url=url, timeout=20) as c:
        assert c.score("r", "g", metric="f1").score == 0.5
    thread.join()
    thread = answering(s, None, None, None)
    with golongrl.connect(url=url, timeout=20) as c, pytest.raises(Unavailable, match="lost 3 times"):
        c.score("r", "g", metric="f1")
    thread.join()


def test_socket_strangers(listener: tuple[socket.socket, str]) -> None:
    s, url = listener
    other = result(HALF).replace(b"\x02\x02\0\0\0", b"\x02\x03\0\0\0")
    for reply in (b"HTTP/1.1 400 Bad Request\r\n\r\n", other, b"\x00\0\0\0", b"\x06\0\0\0\x02\x02\0\0\0\x07"):
        thread = answering(s, reply)
        with golongrl.connect(url=url, timeout=20) as c, pytest.raises(golongrl.Error) as e:
            c.score("r", "g", metric="f1")
        assert not isinstance(e.value, (CallError, Unavailable))
        thread.join()


def test_socket_time_over(listener: tuple[socket.socket, str]) -> None:
    s, url = listener
    # A reply that drips is as late as one that does not come.
    thread = answering(s, result(HALF)[:7])
    with golongrl.connect(url=url, timeout=0.3) as c, pytest.raises(Unavailable, match=r"no answer after 0\.3 s"):
        c.score("r", "g", metric="f1")
    thread.join()


def test_server_that_is_not_ours_is_not_restarted(serve: Callable[..., Running], tmp_path: Path) -> None:
    path = tmp_path / "s"
    server = serve("--addr", "", "--unix", str(path))
    with golongrl.connect(url=server.url) as c:
        assert c.score("a", "a", task="sub_em").score == 1.0
        assert c.server_info()["pid"] == server.process.pid
        server.process.kill()
        server.process.wait()
        with pytest.raises(Unavailable, match="no server at unix:"):
            c.score("a", "a", task="sub_em")
        serve("--addr", "", "--unix", str(path))
        assert c.score("a", "a", task="sub_em").score == 1.0


def test_one_library_to_a_process(library: str, tmp_path: Path) -> None:
    copy = tmp_path / "libgolongrl.so"
    shutil.copy(library, copy)
    script = f"""if True:
        import golongrl, os, threading
        os.environ["GOLONGRL_LIBRARY"] = {__file__!r}
        for _ in range(2):
            try:
                golongrl.connect("inproc").score("a", "a", task="em")
            except golongrl.Unavailable as e:
                assert "cannot be loaded" in str(e), e
            else:
                raise AssertionError
        os.environ["GOLONGRL_LIBRARY"] = {library!r}
        c = golongrl.connect("inproc")
        threads = [threading.Thread(target=c.score, args=("a", "a"), kwargs={{"task": "em"}}) for _ in range(8)]
        for t in threads: t.start()
        for t in threads: t.join()
        os.environ["GOLONGRL_LIBRARY"] = {str(copy)!r}
        try:
            golongrl.connect("inproc").score("a", "a", task="em")
        except golongrl.Error as e:
            assert "a second library" in str(e), e
        else:
            raise AssertionError
        maps = open("/proc/self/maps").read()
        assert {library!r} in maps and {str(copy)!r} not in maps
    """
    run(["-c", script], 60)


def test_fork_error_says_what_to_do(library: str) -> None:
    script = """if True:
        import golongrl, os
        golongrl.score("a", "a", task="em")
        if os.fork() == 0:
            try:
                golongrl.score("a", "a", task="em")
            except golongrl.ForkError as e:
                print(e, flush=True)
            with golongrl.connect("socket") as c:  # the other backend works beside it
                print(c.score("[Answer]\\na", "a", task="sub_em").score, flush=True)
            os._exit(0)
        os.wait()
        print(golongrl.score("[Answer]\\na", "a", task="sub_em").score)
    """
    said, *scores = run(["-c", script], 60, GOLONGRL_BACKEND="inproc").splitlines()
    assert "GOLONGRL_BACKEND=socket" in said and "spawn" in said
    assert scores == ["1.0", "1.0"]


def test_token_stays_out_of_the_server(server_program: str) -> None:
    """GOLONGRL_TOKEN is for servers elsewhere; the one that is started here has a private socket."""
    script = "import golongrl; print(golongrl.score('[Answer]\\na', 'a', task='sub_em').score)"
    assert run(["-c", script], 30, GOLONGRL_TOKEN="secret").strip() == "1.0"
    assert os.environ.get("GOLONGRL_TOKEN") is None
