"""An environment for SkyRL whose reward golongrl computes.

Once, before environments are made; in SkyRL's training that is the function of the entry point that runs in the Ray
task, as with every environment of one's own::

    import golongrl.skyrl
    golongrl.skyrl.register()                              # "golongrl"; options of GolongrlEnv may be given

The rows of the data set then have ``env_class: "golongrl"`` and, beside the prompt, either ``reward_spec`` with
``ground_truth`` and a ``data_source`` or ``task`` or ``metric`` (in the row or in ``extra_info``), or the fields of
golongrl-score or verl as they are. An episode is one answer; nothing is executed.

SkyRL wants a number from every step: a row without a score is worth ``unscored``, 0 unless said otherwise, and the
step's metadata and the environment's metrics say so (``golongrl/scored`` is the share of rows that had a score).
A failure of golongrl itself raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from golongrl import Score, _columns

if TYPE_CHECKING:
    from skyrl_gym.envs.base_text_env import BaseTextEnv, BaseTextEnvStepOutput

__all__ = ["GolongrlEnv", "register", "row"]  # noqa: F822

ENTRY_POINT = "golongrl.skyrl:GolongrlEnv"


def row(extras: Mapping[str, Any]) -> dict[str, Any]:
    """The row in golongrl's schema that the columns of a data set of SkyRL stand for.

    ``reward_spec`` is what verl calls ``reward_model``. Without a ``data_source`` the row is one of the simple
    schema: ``reward_spec.ground_truth`` is the reference, and what names the task may lie in ``reward_spec`` or in
    ``extra_info``. A null, which data sets put where other rows have a field, counts as absent.
    """
    fields = {name: value for name, value in extras.items() if value is not None}
    spec, extra = fields.pop("reward_spec", None), fields.get("extra_info")
    for holder in (spec, extra):
        if isinstance(holder, Mapping):
            for name in ("task", "metric", "lang"):
                if holder.get(name) is not None:
                    fields.setdefault(name, holder[name])
    if isinstance(spec, Mapping) and spec.get("ground_truth") is not None and not _has_reference(fields):
        fields["reward_model"] = {"ground_truth": spec["ground_truth"]}
    return _columns.row(fields)


def _has_reference(fields: Mapping[str, Any]) -> bool:
    return any(name in fields for name in ("reference", "solution", "answer", "ground_truth", "reward_model"))


def register(name: str = "golongrl", **options: Any) -> None:
    """Registers the environment in skyrl_gym under a name; the options are those of GolongrlEnv.

    Doing so again with the same options is nothing; with others it raises ValueError, since a name means one thing.
    """
    import skyrl_gym

    known = skyrl_gym.registry.get(name)
    if known is None:
        skyrl_gym.register(id=name, entry_point=ENTRY_POINT, kwargs=options)
    elif (known.entry_point, known.kwargs) != (ENTRY_POINT, options):
        raise ValueError(f"skyrl_gym has another environment named {name!r}: register under another name")


def _make_env() -> type[BaseTextEnv]:
    from skyrl_gym.envs.base_text_env import BaseTextEnv, BaseTextEnvStepOutput

    class GolongrlEnv(BaseTextEnv):  # type: ignore[misc, unused-ignore]
        """One prompt, one answer, one reward.

        Options, given to ``register`` or to ``skyrl_gym.make``, or set in SkyRL's configuration under
        ``environment.skyrl_gym.golongrl``, which goes first: ``metric``, the metric of rows that name none;
        ``force``, to let it judge all rows; ``profile``; and ``unscored``.
        """

        def __init__(
            self,
            env_config: Any = None,
            extras: Mapping[str, Any] | None = None,
            *,
            metric: str | None = None,
            profile: str | None = None,
            force: bool = False,
            unscored: float = 0.0,
        ) -> None:
            super().__init__()
            self.options = {"metric": metric, "profile": profile, "force": force}
            for name in self.options:
                value = _columns.get(env_config, name) if env_config is not None else None
                if value is not None:
                    self.options[name] = value
            value = _columns.get(env_config, "unscored") if env_config is not None else None
            self.unscored = float(unscored if value is None else value)
            self.row = row(extras or {})
            self.result: Score | None = None

        def step(self, action: str) -> BaseTextEnvStepOutput:
            """Judges the answer. The episode is over."""
            self.turns += 1
            item: dict[str, Any] = {**self.row, "response": action}
            self.result = s = _columns.score([item], **self.options)[0]
            metadata = {"score": s.score, "status": s.status, "metric": s.metric, "task": s.task, "error": s.error}
            return BaseTextEnvStepOutput(
                observations=[], reward=s.value(self.unscored), done=True, metadata=metadata, postprocessed_action=None
            )

        def get_metrics(self) -> dict[str, Any]:
            """What SkyRL averages over episodes: whether there was a score, and how it came about."""
            if self.result is None:
                return {}
            s = self.result
            metrics: dict[str, Any] = {"golongrl/scored": float(s.scored)}
            for status in ("judged", "no_answer", "bad_answer", "bad_format"):
                metrics[f"golongrl/{status}"] = float(s.status == status)
            return metrics

    GolongrlEnv.__module__, GolongrlEnv.__qualname__ = __name__, "GolongrlEnv"
    return GolongrlEnv


def __getattr__(name: str) -> Any:
    # The class is made when it is asked for, so that the module can be imported without skyrl_gym.
    if name == "GolongrlEnv":
        value = globals()[name] = _make_env()
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
