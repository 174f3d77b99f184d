"""What fork tests do in a process of their own: python fork_cases.py TIMES CASE….

Every case has a parent that is in some state, makes a child in some way, and the
child scores. It prints how many times each outcome was: the right numbers ("ok"),
a ForkError ("refused"), anything else, or no answer in time ("hung").
"""

from __future__ import annotations

import collections
import concurrent.futures
import contextlib
import multiprocessing
import os
import select
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator

import golongrl

DEADLINE = 20.0  # seconds that a child may take
TEXT = "<think>hm</think>[Answer]\nb\na"


def work() -> str:
    """Score in one call and in a batch that goes to several threads; in the library both start goroutines."""
    try:
        one = golongrl.score(TEXT, "a\nb", task="f1")
        items = [{"response": TEXT + "\n" + "x" * 3000 * (i % 2), "reference": "a\nb", "task": "f1"} for i in range(32)]
        batch = golongrl.score_batch(items)
    except golongrl.ForkError:
        return "refused"
    except Exception:
        return traceback.format_exc()
    right = one.score == 1.0 and [s.score for s in batch] == [0.8 if i % 2 else 1.0 for i in range(32)]
    return "ok" if right else f"wrong: {one} {batch}"


def forked(then: Callable[[], str] = work) -> str:
    """Fork, let the child do something and return what it says."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            os.write(writing, then().encode()[-4000:])
        finally:
            os._exit(0)
    os.close(writing)
    try:
        ready, _, _ = select.select([reading], [], [], DEADLINE)
        if not ready:
            os.kill(child, signal.SIGKILL)
            return "hung"
        return os.read(reading, 8192).decode()
    finally:
        os.close(reading)
        os.waitpid(child, 0)


@contextlib.contextmanager
def busy(threads: int = 4) -> Iterator[None]:
    """Let threads of this process score meanwhile."""
    stop, begun = threading.Event(), threading.Event()
    said: list[str] = []

    def loop() -> None:
        while not stop.is_set():
            outcome = work()
            begun.set()
            if outcome != "ok":
                said.append(outcome)

    running = [threading.Thread(target=loop) for _ in range(threads)]
    for t in running:
        t.start()
    begun.wait(DEADLINE)
    try:
        yield
    finally:
        stop.set()
        for t in running:
            t.join()
        assert not said, said


def pooled(method: str) -> str:
    """Score in both workers of an executor."""
    context = multiprocessing.get_context(method)
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        tasks = [pool.submit(work) for _ in range(2)]
        _, late = concurrent.futures.wait(tasks, DEADLINE)
        if late:
            for p in list((pool._processes or {}).values()):
                p.kill()
            return "hung"
        return worst(t.result() for t in tasks)


def worst(outcomes: Iterator[str] | list[str]) -> str:
    """The outcome that is least expected."""
    order = {"ok": 0, "refused": 1}
    return max(outcomes, key=lambda o: order.get(o, 2))


def mp_pool() -> str:
    """Score in the workers of a Pool."""
    with multiprocessing.get_context("fork").Pool(2) as pool:
        try:
            return worst(pool.map_async(call, range(2)).get(DEADLINE))
        except multiprocessing.TimeoutError:
            return "hung"


def call(_: int) -> str:
    """Be what a Pool maps."""
    return work()


def daemon() -> str:
    """Score in a daemon process."""
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=say, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        return mine.recv() if mine.poll(DEADLINE) else "hung"
    finally:
        mine.close()
        process.join(1)
        process.kill()
        process.join()


def say(connection: object) -> None:
    """Send what work says."""
    connection.send(work())  # type: ignore[attr-defined]


def in_thread(then: Callable[[], str]) -> str:
    """Do it in a thread."""
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.append(then()))
    thread.start()
    thread.join(2 * DEADLINE)
    return said[0] if said else "hung"


def used(then: Callable[[], str]) -> Callable[[], str]:
    """Do it after this process has scored."""

    def do() -> str:
        outcome = work()
        return then() if outcome == "ok" else f"parent: {outcome}"

    return do


def both(then: Callable[[], str]) -> Callable[[], str]:
    """Score, then do it; in a child that is used as a parent."""

    def do() -> str:
        mine = work()
        return then() if mine == "ok" else mine

    return do


UNUSED: dict[str, Callable[[], str]] = {
    "after_import": forked,
    "nested_after_import": lambda: forked(lambda: forked()),
    "in_thread_after_import": lambda: in_thread(forked),
    "executor_fork_after_import": lambda: pooled("fork"),
    "pool_after_import": mp_pool,
    "daemon_after_import": daemon,
}
"""What is done by a process that has not called golongrl."""

USED: dict[str, Callable[[], str]] = {
    "after_use": used(forked),
    "while_calling": forked,
    "nested_after_use": lambda: forked(both(forked)),
    "in_thread_after_use": lambda: in_thread(used(forked)),
    "executor_fork": used(lambda: pooled("fork")),
    "executor_spawn": used(lambda: pooled("spawn")),
    "executor_forkserver": used(lambda: pooled("forkserver")),
    "pool": used(mp_pool),
    "daemon": used(daemon),
}
"""What is done by a process that calls golongrl, or whose child does."""

CASES = {**UNUSED, **USED}

EXECED = {"executor_spawn", "executor_forkserver"}
"""Those of USED whose children have not inherited the library. The others cannot use it."""


def main() -> None:
    times = int(sys.argv[1])
    for case in sys.argv[2:]:
        outcomes: collections.Counter[str] = collections.Counter()
        with busy() if case == "while_calling" else contextlib.nullcontext():
            outcomes.update(CASES[case]() for _ in range(times))
        print(case, dict(outcomes), flush=True)


if __name__ == "__main__":
    main()
