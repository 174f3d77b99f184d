"""The Python side of benchmarks/speed: times the released rewards.

    released_time.py RELEASE_DIR

RELEASE_DIR is a checkout of xiaoxuanNLP/GoLongRL. Reads one JSON record per
line from standard input, scores it with the released default_compute_score for
at least a tenth of a second and at least once, and answers with a line
{"Seconds": per call, "Value": score}.
"""

import importlib.util
import json
import os
import sys
import threading
import time
import types


def load(release):
    """Loads the reward package where it lies, without the rest of verl."""
    root = os.path.join(release, "Train", "verl")
    for name in ("verl", "verl.utils"):
        module = types.ModuleType(name)
        module.__path__ = [os.path.join(root, *name.split("."))]
        sys.modules[name] = module
    stub = types.ModuleType("verl.utils.import_utils")
    stub.deprecated = lambda *a, **k: (lambda f: f)
    sys.modules["verl.utils.import_utils"] = stub
    if importlib.util.find_spec("math_verify") is None:
        # multi_choices imports it through math_dapo and does not use it.
        stub = types.ModuleType("math_verify")
        stub.parse = stub.verify = None
        sys.modules["math_verify"] = stub
    name = "verl.utils.reward_score"
    folder = os.path.join(root, "verl", "utils", "reward_score")
    spec = importlib.util.spec_from_file_location(name, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder])
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module.default_compute_score


def main():
    score = load(sys.argv[1])
    import jieba

    jieba.setLogLevel(60)
    jieba.initialize()
    for line in sys.stdin:
        row = json.loads(line)
        args = (row["data_source"], row["response"], row["ground_truth"], row["extra_info"])
        value = score(*args)
        calls, start = 0, time.perf_counter()
        while True:
            score(*args)
            calls += 1
            elapsed = time.perf_counter() - start
            if elapsed > 0.1:
                break
        print(json.dumps({"Seconds": elapsed / calls, "Value": value}), flush=True)


if __name__ == "__main__":
    # The released ROUGE-L recurses once per word; without room it gives up and
    # returns 0, which would time less work than there is.
    sys.setrecursionlimit(10**7)
    threading.stack_size(1 << 29)
    thread = threading.Thread(target=main)
    thread.start()
    thread.join()
