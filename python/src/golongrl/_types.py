"""What calls return and raise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypedDict

__all__ = ["CallError", "Error", "ForkError", "Score", "Unavailable", "Verdict"]

# By the number that frames have. The registry lists the same, and a test compares.
STATUSES = (
    "judged",
    "no_answer",
    "bad_answer",
    "bad_format",
    "bad_gold",
    "over_budget",
    "undecided",
    "error",
)

VERDICTS = ("different", "equal", "undecided")


@dataclass(frozen=True, slots=True)
class Score:
    """The judgement of one response.

    A response that is wrong has a score of 0 and a status that says how:
    ``judged``, or ``no_answer``, ``bad_answer``, ``bad_format``, which are the
    model's fault. The other statuses (``bad_gold``, ``over_budget``,
    ``undecided``, ``error``) are not, and ``score`` is None: such rows are to be
    left out of training, not to be rewarded with 0.

    >>> Score(0.5, "judged", "f1", "f1").value(0.0)
    0.5
    >>> Score(None, "bad_gold", "f1", "f1", "reference: ...").scored
    False
    """

    score: float | None
    """The reward, or None where there is none."""
    status: str
    """What kind of judgement this is."""
    metric: str | None = None
    """The canonical spelling of the metric that judged."""
    task: str | None = None
    """The canonical name of the item's task."""
    error: str | None = None
    """What was wrong and what to do, where there is no score."""
    detail: dict[str, Any] | None = None
    """With ``explain``: the answer that was found, why, and the parts of a composite."""

    @property
    def scored(self) -> bool:
        """Whether there is a score."""
        return self.score is not None

    def value(self, default: float) -> float:
        """Return the score, or default where there is none."""
        return default if self.score is None else self.score


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a mathematical answer equals the gold answer. It is true only if it was proven equal.

    >>> bool(Verdict("equal", True)), bool(Verdict("undecided", None))
    (True, False)
    """

    verdict: str
    """``equal``, ``different`` or ``undecided``."""
    equal: bool | None
    """The verdict as a bool; None if it is undecided."""
    rule: str | None = None
    """The rule that decided."""
    gold: str | None = None
    """The gold answer as it was found in its text."""
    answer: str | None = None
    """The answer of the response as it was found; None if there is none."""
    error: str | None = None
    """What went wrong if a defect made the comparison impossible."""
    no_answer: str | None = None
    """Why there is no answer: ``no_answer`` or ``bad_answer``."""

    def __bool__(self) -> bool:
        return self.equal is True


class Error(Exception):
    """The base of all errors that this package raises on purpose."""


class CallError(Error):
    """The call cannot be answered as it is: an option or an item cannot be used.

    ``code`` has the meaning that it has in HTTP (422: an option or an item, 413:
    too large, 401: a token is missing, 500: a defect of golongrl); ``item`` is the
    index of the item that is meant, or None.
    """

    def __init__(self, code: int, item: int | None, message: str) -> None:
        super().__init__(code, item, message)
        self.code = code
        self.item = item
        self.message = message

    def __str__(self) -> str:
        return self.message if self.item is None else f"item {self.item}: {self.message}"


class Unavailable(Error):
    """No answer was to be had: the server could not be started or reached, or it took too long."""


class ForkError(Error):
    """The library was loaded before this process was forked, and cannot be used in it."""


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """The options of a call to score."""

    metric: str | None = None
    profile: str | None = None
    force: bool = False
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """The columns of a call to advantage, checked and plain."""

    estimator: str
    rewards: list[float]
    groups: list[int]
    tasks: list[str] | None = None
    lengths: list[int] | None = None
    baselines: list[float] | None = None
    components: Mapping[str, list[float]] | None = None


class Row(TypedDict):
    """An item of score, ready to be sent."""

    response: str
    fields: dict[str, Any]
    """What stands beside the response, without None."""
    plain: bool
    """Every field is one that has a tag of its own in frames."""


class Backend(Protocol):
    """What carries calls."""

    name: str

    def score(self, options: ScoreOptions, rows: list[Row]) -> list[Score]:
        """Judge rows, in order."""

    def verify(self, options: Mapping[str, Any], pairs: list[tuple[str, str]]) -> list[Verdict]:
        """Compare pairs of gold and response, in order."""

    def advantage(self, batch: Batch) -> list[float]:
        """Compute the advantages of a batch."""

    def registry(self) -> dict[str, Any]:
        """Describe what can be called."""

    def info(self) -> dict[str, Any]:
        """Describe the other side: at least version and pid."""

    def close(self) -> None:
        """Give back what is held. A later call takes it again."""
