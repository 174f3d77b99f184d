"""golongrl.verl against a small verl: modules of the same names, with the parts that are wrapped. python/e2e/verl has
the real one."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import golongrl
import golongrl.verl as gv
from golongrl import _verl_advantage

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "rollouts.jsonl"


def test_rows_are_those_of_the_command(server_program: str) -> None:
    lines = [line for line in EXAMPLES.read_text().splitlines() if "data_source" in json.loads(line)]
    rows = [json.loads(line) for line in lines]
    done = subprocess.run(
        [server_program, "score", "--quiet", "-"], input="\n".join(lines), capture_output=True, text=True, timeout=60
    )
    want = [json.loads(line) for line in done.stdout.splitlines()]
    columns = [[row[name] for row in rows] for name in ("data_source", "response")]
    truths = [row["reward_model"]["ground_truth"] for row in rows]
    batch = gv.compute_score_batch(*columns, truths, [row["extra_info"] for row in rows])
    assert len(batch) == len(want) > 50
    for row, got, w in zip(rows, batch, want, strict=True):
        assert (got["score"], got[w["status"]]) == (w["score"], 1.0), row["id"]
    assert {0.0, 1.0} < {w["score"] for w in want}
    one = rows[0]["data_source"], rows[0]["response"], json.dumps(truths[0]), rows[0]["extra_info"]
    assert gv.compute_score(*one) == asyncio.run(gv.compute_score_async(*one)) == batch[0]


class Array:
    """Stands for numpy's arrays and scalars, of which verl's rows are full."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def tolist(self) -> Any:
        return self.value


def test_keys_are_the_same_whatever_happens() -> None:
    assert gv.STATUSES == tuple(s["name"] for s in golongrl.registry()["statuses"])
    truth = {"doc_ids": Array([]), "golden_label": "A", "summary": "English"}
    extra = {"reward_mode": "EM", "num_turns": None, "tools": object(), "index": 3}
    cases: list[tuple[Any, ...]] = [
        ("EM", "<think>.</think>A", truth, extra),
        ("EM", "<think>A", truth, extra),
        ("EM", "<think>.</think>A", None, extra),
        ("juggling", "A", truth, {}),
        (None, "A", truth, None),
        ("EM", "<think>.</think>A", json.dumps({**truth, "doc_ids": []}), json.dumps({"reward_mode": "EM"})),
        ("EM", "<think>.</think>A", Array(["B", "A"]), extra),
        ("EM", "\ud800", truth, extra),
    ]
    results = [gv.compute_score(*case, unscored=-1.0) for case in cases]
    assert all(tuple(r) == gv.KEYS and all(type(v) is float for v in r.values()) for r in results)
    assert all(sum(r[name] for name in gv.STATUSES) == 1.0 for r in results)
    assert [r["score"] for r in results[:6]] == [1.0, 0.0, -1.0, -1.0, -1.0, 1.0]
    assert [r["scored"] for r in results[:6]] == [1.0, 1.0, 0.0, 0.0, 0.0, 1.0]
    assert results[1]["bad_format"] == results[3]["error"] == 1.0


def test_options() -> None:
    row = ("juggling", "<think>.</think>A", "A")
    verls = {"reward_router_address": "x", "reward_model_tokenizer": None}
    assert gv.compute_score(*row, metric="em", **verls)["score"] == 1.0
    assert gv.compute_score(*row, metric="em", force=False)["error"] == 1.0  # there is no such data_source
    assert gv.compute_score("EM", row[1], {"golden_label": "B"}, metric="1 - task")["score"] == 1.0
    with pytest.raises(golongrl.CallError, match="metric"):
        gv.compute_score(*row, metric="emm")


def test_a_row_without_score_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    gv._told.clear()
    for _ in range(3):
        gv.compute_score("juggling", "A", "A")
    assert len(caplog.records) == 1 and "juggling" in caplog.text


def test_pickled_and_executed_by_path() -> None:
    assert pickle.loads(pickle.dumps(gv.compute_score)) is gv.compute_score
    command = [sys.executable, "-m", "golongrl.verl", "path"]
    path = subprocess.run(command, check=True, capture_output=True, text=True, env=_env(), timeout=30)
    spec = importlib.util.spec_from_file_location("custom_module", path.stdout.strip())
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.compute_score("EM", "<think>.</think>A", {"golden_label": "A"})["score"] == 1.0
    assert module.register is gv.register


def _env() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(golongrl.__file__).parents[1])}


def test_importing_starts_and_imports_nothing() -> None:
    code = (
        "import sys, os, golongrl.verl_plugin, golongrl.verl, golongrl.openrlhf, golongrl.slime; "
        "assert not {'verl', 'torch', 'slime', 'openrlhf'} & set(sys.modules); "
        "assert not os.path.exists(os.environ['GOLONGRL_SERVER_SOCKET'])"
    )
    env = {k: v for k, v in _env().items() if k != "GOLONGRL_SERVER_SOCKET"}
    subprocess.run([sys.executable, "-c", code], check=True, env=env, timeout=30)


# The advantages.


class Tensor:
    """The few things that are asked of a matrix."""

    dtype = "float32"

    def __init__(self, rows: Sequence[Any]) -> None:
        self.rows = list(rows)

    def double(self) -> Tensor:
        return self

    def sum(self, _: int) -> Tensor:
        return Tensor([sum(row) for row in self.rows])

    def tolist(self) -> list[Any]:
        return self.rows

    def new_tensor(self, values: Sequence[float]) -> Tensor:
        return Tensor(values)

    def unsqueeze(self, _: int) -> Tensor:
        return self

    def __mul__(self, mask: Tensor) -> Tensor:
        return Tensor([[a * m for m in row] for a, row in zip(self.rows, mask.rows, strict=True)])


CORE = """
from enum import Enum
class AdvantageEstimator(str, Enum):
    GRPO = "grpo"
ADV_ESTIMATOR_REGISTRY = {}
def register_adv_est(name):
    def decorator(fn):
        name_ = name.value if isinstance(name, Enum) else name
        if ADV_ESTIMATOR_REGISTRY.get(name_, fn) != fn:
            raise ValueError(name_)
        ADV_ESTIMATOR_REGISTRY[name_] = fn
        return fn
    return decorator
@register_adv_est(AdvantageEstimator.GRPO)
def grpo(**kwargs):
    return "verl's own", None
"""
TRAINER = """
from verl.trainer.ppo import core_algos
def compute_advantage(data, adv_estimator, config=None):
    fn = core_algos.ADV_ESTIMATOR_REGISTRY[getattr(adv_estimator, "value", adv_estimator)]
    kwargs = {k: data.batch[k] for k in ("token_level_rewards", "response_mask", "reward_baselines") if k in data.batch}
    data.batch["advantages"], _ = fn(index=data.uid, config=config, **kwargs)
    return data
"""
V1 = """
from verl.trainer.ppo import core_algos
from verl.trainer.ppo.ray_trainer import compute_advantage
tq = None
class PPOTrainer:
    def _compute_advantage(self, batch, metrics):
        return compute_advantage(self.data, adv_estimator=self.config.algorithm.adv_estimator, config=None)
"""


class Data:
    def __init__(
        self, rewards: Sequence[float], uid: Sequence[str], lengths: Sequence[int] = (), **columns: Any
    ) -> None:
        lengths = lengths or [1] * len(rewards)
        width = max(lengths)
        self.batch = {
            "token_level_rewards": Tensor([[0.0] * (width - 1) + [_verl_advantage._float32(r)] for r in rewards]),
            "response_mask": Tensor([[1.0] * n + [0.0] * (width - n) for n in lengths]),
        }
        self.uid = uid
        self.non_tensor_batch = columns

    def values(self) -> list[float]:
        return [row[0] for row in self.batch["advantages"].rows]


@pytest.fixture()
def verl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A verl that nothing has been imported from."""
    files = {
        "trainer/ppo/core_algos.py": CORE,
        "trainer/ppo/ray_trainer.py": TRAINER,
        "trainer/ppo/v1/trainer_base.py": V1,
    }
    for name, text in files.items():
        path = tmp_path / "verl" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    finders = list(sys.meta_path)
    yield importlib.import_module
    sys.meta_path[:] = finders
    for name in [name for name in sys.modules if name.partition(".")[0] == "verl"]:
        del sys.modules[name]


def test_names(verl: Any) -> None:
    assert set(gv.ESTIMATORS) == {e["name"] for e in golongrl.registry()["estimators"]}
    core = verl("verl.trainer.ppo.core_algos")
    gv.register()
    registry = dict(core.ADV_ESTIMATOR_REGISTRY)
    assert registry["grpo"] is core.grpo
    assert registry["golongrl_grpo"] is not core.grpo and registry["tmn"] is registry["golongrl_tmn"]
    assert set(registry) == {"golongrl_" + name for name in gv.ESTIMATORS} | set(gv.ESTIMATORS)
    gv.register()
    assert core.ADV_ESTIMATOR_REGISTRY == registry


@pytest.mark.parametrize("order", ["before", "after", "between"])
def test_install_at_any_time(verl: Any, order: str) -> None:
    if order == "before":
        gv.install()
    if order == "between":
        verl("verl.trainer.ppo.core_algos")
        gv.install()
    trainer = verl("verl.trainer.ppo.ray_trainer")
    v1 = verl("verl.trainer.ppo.v1.trainer_base")
    if order == "after":
        gv.install()
    wrapped = trainer.compute_advantage
    gv.install()
    assert trainer.compute_advantage is wrapped is v1.compute_advantage
    out = trainer.compute_advantage(Data([1, 0, 0.5, 0], ["a", "a", "b", "b"], data_source=["x", "x", "y", "y"]), "tmn")
    assert out.values() == pytest.approx([2**-0.5, -(2**-0.5), 2**-0.5, -(2**-0.5)], abs=1e-5)
    own = trainer.compute_advantage(Data([1, 0], ["a", "a"]), adv_estimator=trainer.core_algos.AdvantageEstimator.GRPO)
    assert own.batch["advantages"] == "verl's own"


def compute(verl: Any, data: Data, name: str, config: Any = None) -> list[float]:
    gv.install()
    return verl("verl.trainer.ppo.ray_trainer").compute_advantage(data, adv_estimator=name, config=config).values()


def test_tasks(verl: Any) -> None:
    """reward_mode of the row, else of extra_info through the table of task keys, else data_source."""
    mode, key = next((m, k) for m, k in sorted(golongrl.registry()["task_keys"].items()) if m != k)
    rewards, uid = [1, 0, 0.5, 0], ["a", "a", "b", "b"]
    apart = golongrl.advantage(rewards, uid, estimator="tmn", tasks=["x", "x", "y", "y"])
    together = golongrl.advantage(rewards, uid, estimator="tmn", tasks=["x"] * 4)
    assert apart != together
    info = [{"reward_mode": m} for m in (mode, mode, key, key)]
    source = ["s", "s", "t", "t"]
    assert compute(verl, Data(rewards, uid, data_source=source), "tmn") == apart
    assert compute(verl, Data(rewards, uid, data_source=source, extra_info=info), "tmn") == together
    assert compute(verl, Data(rewards, uid, reward_mode=source, extra_info=info), "tmn") == apart
    some = [{"reward_mode": mode}, {"reward_mode": mode}, {}, None]
    assert compute(verl, Data(rewards, uid, data_source=[key] * 4, extra_info=some), "tmn") == together
    with pytest.raises(ValueError, match="VERL_USE_EXTERNAL_MODULES"):
        compute(verl, Data(rewards, uid), "tmn")
    with pytest.raises(ValueError, match="row 2 has neither"):
        compute(verl, Data(rewards, uid, extra_info=some), "tmn")
    assert compute(verl, Data(rewards, uid), "dr_grpo") == [0.5, -0.5, 0.25, -0.25]


def test_the_reward_functions_own_number_counts(verl: Any) -> None:
    """In float32 0.3 exceeds the mean of 0.1, 0.3 and 0.5, which changes the weights of tmn_reweight by exp(1/3)."""
    rewards, uid, source = [0.1, 0.3, 0.5], ["a"] * 3, ["x"] * 3
    want = golongrl.advantage(rewards, uid, tasks=source)
    rounded = golongrl.advantage([_verl_advantage._float32(r) for r in rewards], uid, tasks=source)
    assert abs(want[0] - rounded[0]) > 0.1
    assert compute(verl, Data(rewards, uid, data_source=source, score=rewards), "tmn_reweight") == want
    assert compute(verl, Data(rewards, uid, data_source=source, acc=rewards), "tmn_reweight") == want
    # With a penalty the sum is no longer that number.
    assert compute(verl, Data(rewards, uid, data_source=source, score=[9, 9, 9]), "tmn_reweight") == rounded


def test_rows_without_score_and_spellings(verl: Any) -> None:
    data = Data([1, 0, 0, 1], ["a"] * 4, scored=[1.0, 1.0, 0.0, 1.0], score=[1, 0, 0, 1])
    assert compute(verl, data, "golongrl_rloo") == [0.5, -1.0, 0.0, 0.5]
    assert compute(verl, Data([1, 0], ["a", "a"]), "golongrl_grpo(eps=0,ddof=0)") == [1.0, -1.0]
    data = Data([3, 0, 0], ["a"] * 3, lengths=[1, 2, 1])
    assert compute(verl, data, "golongrl_opo") == [2.25, -0.75, -0.75]
    assert data.batch["advantages"].rows == [[2.25, 0.0], [-0.75, -0.75], [-0.75, 0.0]]
    data = Data([1, 0], ["a", "a"])
    data.batch["reward_baselines"] = Tensor([0.25, 0.5])
    assert compute(verl, data, "golongrl_remax") == [0.75, -0.5]
    with pytest.raises(golongrl.CallError, match="alfa"):
        compute(verl, Data([1, 0], ["a", "a"], data_source=["x", "x"]), "tmn_reweight(alfa=1)")


def test_gdpo(verl: Any) -> None:
    parts = {"accuracy": [1.0, 0.0, 1.0, 1.0], "format": [0.0, 0.0, 1.0, 0.0]}
    uid = ["a", "a", "b", "b"]
    rewards = [x + y for x, y in zip(*parts.values(), strict=True)]
    config = {"gdpo_reward_keys": list(parts), "gdpo_reward_weights": [1.0, 0.5]}
    want = golongrl.advantage(
        rewards, uid, estimator="gdpo(weights=accuracy:1+format:0.5)", components=parts, lengths=[1] * 4
    )
    assert compute(verl, Data(rewards, uid, **parts), "golongrl_gdpo", config) == want
    with pytest.raises(ValueError, match="gdpo_reward_keys names format"):
        compute(verl, Data(rewards, uid, accuracy=parts["accuracy"]), "golongrl_gdpo", config)


class Queue:
    """verl's transfer queue, which gives the columns that it has."""

    def __init__(self, **columns: list[Any]) -> None:
        self.columns = columns

    def kv_batch_get(self, keys: list[str], partition_id: str, select_fields: list[str]) -> dict[str, list[Any]]:
        assert partition_id == "train"
        return {name: column for name, column in self.columns.items() if name in select_fields}


class Bag:
    def __init__(self, **members: Any) -> None:
        self.__dict__.update(members)


def test_v1_trainer(verl: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Sessions of several outputs count once, by the last; padding counts for nothing."""
    gv.install()
    v1 = verl("verl.trainer.ppo.v1.trainer_base")
    keys = ["a_0_1", "a_1_0", "a_0_0", "b_x_0_0", "b_x_1_0", "pad_0_0", "pad_1_0"]
    rewards = [1.0, 0.0, 7.0, 1.0, 1.0, 0.0, 0.0]
    scored = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    v1.tq = Queue(
        data_source=["x"] * 7,
        extra_fields=[{"reward_extra_info": {"score": r, "scored": s}} for r, s in zip(rewards, scored, strict=True)],
    )
    trainer = v1.PPOTrainer()
    trainer.config = Bag(algorithm=Bag(adv_estimator="tmn"))
    trainer.data = Data(rewards, ["a", "a", "a", "b_x", "b_x", "pad", "pad"])
    batch = Bag(keys=keys, partition_id="train", tags=[{}] * 5 + [{"is_padding": True}] * 2)
    want = golongrl.advantage([1, 0, 1, 1], ["a", "a", "b", "b"], estimator="tmn", tasks=["x"] * 4)
    got = trainer._compute_advantage(batch, {}).values()
    assert got == [want[0], want[1], want[0], want[2], want[3], 0.0, 0.0] and want[0] == pytest.approx(1.0, abs=1e-5)

    scored[3] = 0.0
    v1.tq.columns["extra_fields"][3]["reward_extra_info"]["scored"] = 0.0
    want = golongrl.advantage([1, 0, None, 1], ["a", "a", "b", "b"], estimator="tmn", tasks=["x"] * 4)
    got = trainer._compute_advantage(batch, {}).values()
    assert got[3] == 0.0 and got[:3] == [want[0], want[1], want[0]] and got[0] == pytest.approx(2**-0.5, abs=1e-5)

    # A group of which a rollout failed goes on with the rest, and that is told.
    caplog.clear()
    trainer.config.actor_rollout_ref = Bag(rollout=Bag(n=2))
    trainer._compute_advantage(batch, {})
    assert not caplog.records
    trainer.config.actor_rollout_ref.rollout.n = 3
    trainer._compute_advantage(batch, {})
    assert "2 of 2 groups have fewer than 3 responses (the shortest has 2)" in caplog.text

    trainer.config.algorithm.adv_estimator = "grpo"
    v1.tq = None  # is not asked for others
    assert trainer._compute_advantage(batch, {}).batch["advantages"] == "verl's own"
