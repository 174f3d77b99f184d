"""The wheel, as a new user meets it: built, installed into an empty environment without network, used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[2]
VERSIONS = ("3.10", "3.11", "3.12", "3.13")

# What a user writes to get a reward for TRL, in five lines, and then what TRL's GRPOTrainer does with it.
FIVE_LINES = r"""
from golongrl.trl import reward
prompts = ["What is one half?", "Name two animals.", "And what is that?"]
completions = [r"It is \boxed{0.5}", [{"role": "assistant", "content": "A cat and a dog."}], "Nothing to judge"]
rows = {"task": ["math_verify", "token_f1", None], "reference": ["1/2", "cat dog", None]}
print(reward(prompts=prompts, completions=completions, **rows))
"""

USE = r"""
import os, golongrl
assert "site-packages" in golongrl.__file__, golongrl.__file__
assert golongrl.score("the cat sat on the mat", "the cat is on the mat", metric="token_f1").score == 0.75
assert golongrl.verify("1/2", r"so it is \boxed{0.5}")
for backend in ("socket", "inproc"):
    with golongrl.connect(backend) as client:
        assert client.server_info()["version"] == "v" + golongrl.__version__
        items = [{"response": "b c", "reference": "b", "metric": "token_f1"}, {"response": "x", "metric": "nope"}]
        scores = client.score_batch(items)
        assert scores[0].score == 2 / 3, scores
        assert scores[1].score is None and scores[1].status == "error", scores
        assert client.advantage([1, 0], [7, 7], estimator="rloo") == [1.0, -1.0]
print("ok")
"""


def run(*command: str, **environment: str) -> str:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GOLONGRL_", "PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(command, env=env | environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that GOLONGRL_WHEEL names, or a new one."""
    if given := os.environ.get("GOLONGRL_WHEEL"):
        return Path(given)
    if not shutil.which("go") or not (REPOSITORY / "go.mod").exists():
        pytest.skip("no Go to build the wheel with: name one with GOLONGRL_WHEEL")
    out = tmp_path_factory.mktemp("dist")
    run(str(REPOSITORY / "scripts" / "wheel"), "--out", str(out))
    (path,) = out.glob("*.whl")
    return path


def interpreter(version: str) -> str | None:
    """The path of a Python, if there is one of this version here or uv can fetch it."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return sys.executable
    if found := shutil.which(f"python{version}"):
        probe = subprocess.run([found, "-c", "import venv, ensurepip"], capture_output=True)
        if probe.returncode == 0:
            return found
    if uv := shutil.which("uv"):
        done = subprocess.run([uv, "python", "install", "--quiet", version], capture_output=True, timeout=300)
        done = subprocess.run([uv, "python", "find", version], capture_output=True, text=True, timeout=60)
        if done.returncode == 0:
            return done.stdout.strip()
    return None


@pytest.fixture(scope="module", params=VERSIONS)
def installed(request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that has the wheel and nothing else."""
    python = interpreter(request.param)
    if python is None:
        pytest.skip(f"no Python {request.param}")
    home = tmp_path_factory.mktemp(f"env{request.param}")
    run(python, "-m", "venv", str(home))
    run(str(home / "bin" / "python"), "-m", "pip", "install", "--no-index", "--no-cache-dir", str(wheel))
    return home / "bin"


def test_contents(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as z:
        names = {i.filename: i for i in z.infolist()}
        metadata = z.read(next(n for n in names if n.endswith(".dist-info/METADATA"))).decode()
        tags = z.read(next(n for n in names if n.endswith(".dist-info/WHEEL"))).decode()
        licences = {n.rsplit("/", 1)[1] for n in names if "/licenses/" in n}
        modules = z.read(next(n for n in names if n.endswith("/MODULE_LICENSES"))).decode()
    assert wheel.name.split("-")[2:4] == ["py3", "none"]
    assert "manylinux" in wheel.name or "linux_" in wheel.name
    assert "Root-Is-Purelib: false" in tags
    assert "Requires-Dist" not in "".join(line for line in metadata.splitlines() if "extra ==" not in line)
    assert "Requires-Python: >=3.10" in metadata
    assert licences == {"LICENSE", "THIRD_PARTY_LICENSES", "MODULE_LICENSES"}
    assert "=== Go go1." in modules and "=== github.com/spf13/cobra " in modules
    # Parts that have other licences than their module: a package, a font, a dictionary of ours.
    parts = ("internal/github.com/golang/gddo/LICENSE", "fonts/OFL.txt", "jieba/data/LICENSE", "licenses/ftl.txt")
    assert [part for part in parts if f"{part}\n" not in modules] == []
    assert {f"golongrl/{name}" for name in ("__init__.py", "py.typed", "trl.py", "_bin/libgolongrl.so")} <= names.keys()
    assert names["golongrl/_bin/golongrl-score"].external_attr >> 16 & 0o111 == 0o111
    assert not [n for n in names if "__pycache__" in n or "_cache" in n or n.endswith(".h")]


def test_use(installed: Path) -> None:
    assert run(str(installed / "python"), "-W", "error", "-c", USE) == "ok\n"


def test_command(installed: Path) -> None:
    assert run(str(installed / "golongrl-score"), "version").startswith("golongrl-score v")
    done = subprocess.run([installed / "golongrl-score", "nope"], capture_output=True, text=True)
    assert done.returncode == 2 and "unknown command" in done.stderr


def test_five_lines_to_a_reward_for_trl(installed: Path) -> None:
    assert len(FIVE_LINES.strip().splitlines()) == 5
    assert run(str(installed / "python"), "-c", FIVE_LINES) == "[1.0, 0.8, None]\n"


def test_same_bytes_twice(wheel: Path, tmp_path: Path) -> None:
    if os.environ.get("GOLONGRL_WHEEL"):
        pytest.skip("the wheel was given")
    run(str(REPOSITORY / "scripts" / "wheel"), "--out", str(tmp_path))
    (again,) = tmp_path.glob("*.whl")
    assert again.name == wheel.name
    assert again.read_bytes() == wheel.read_bytes()
