"""How well a model predicts what past tasks did, in numbers."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, JsonValue

ALL: Final = "all"
DIFFERENT: Final = "different authors"
CONCURRENT: Final = "concurrent"
CHOICES: Final = (ALL, DIFFERENT, CONCURRENT)
"""Which pairs are judged, each apart."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Measure(_Part):
    """A value with the 95 % interval of a bootstrap over batches, null where there is none."""

    value: float | None
    low: float | None
    high: float | None


class EvaluatedRepository(_Part):
    """What was looked at."""

    name: str
    tasks: int
    """Past tasks in whole batches."""
    tested: int
    """Batches of the test, the newest of all."""
    pairs: int
    """Pairs of the test whose outcome is known."""
    conflicts: int
    """Those of them that conflict by text."""
    is_taught: bool
    """Whether the model says that it learned from a repository of this name: it has seen it."""
    texts: int = 0
    """Tasks of the tested batches of which a tracker told before the base of their batch."""
    text_pairs: int = 0
    """Pairs of two such tasks whose outcome is known."""
    text_conflicts: int = 0
    """Those of them that conflict by text."""


class JudgedModel(_Part):
    """How well one model ranks the same pairs as others do."""

    known: str
    """What is known of the tasks: a wording, what a tracker said, or that all files were seen."""
    pairs: str
    """Which pairs: all, those of different authors, or those that were really concurrent."""
    repository: str | None
    """Where; the mean over all repositories if null."""
    model: str
    conflicts: int
    measures: dict[str, Measure]
    """Of conflicts by text: AUC, AP, lift of AP over the base rate, shares of conflicts caught
    among the riskiest 5, 10 and 20 % of pairs. Of all conflicts that the policy counts: Brier score
    and expected calibration error of those that tell probabilities."""


class Advantage(_Part):
    """By how much one model is better than another, on the same pairs."""

    known: str
    pairs: str
    repository: str | None
    """Where; the mean over all repositories if null."""
    model: str
    other: str
    auc: Measure
    """Difference."""
    ap: Measure
    """Difference."""
    ap_ratio: Measure
    """How many times the other's."""


class Decile(_Part):
    """A tenth of the pairs of a repository, by the probability that was told."""

    known: str
    repository: str
    model: str
    decile: int
    """1 for the least risky tenth."""
    pairs: int
    expected: float
    """Conflicts that the probabilities come to."""
    observed: int
    """Conflicts that there were, of every kind that the policy counts."""
    ratio: Measure
    """Observed over expected."""


class RankedFiles(_Part):
    """How well files are ranked, mean over repositories of means over tasks."""

    known: str
    ranker: str
    recall: Measure
    """Share of the files that a task changed among the ten likeliest."""
    gain: Measure
    """Normalised discounted cumulative gain of these ten."""
    held: float
    """Share of the files that a task changed that were looked at."""


class CaseKind(StrEnum):
    """How a model was wrong about a pair."""

    MISSED = "missed"
    """It conflicts by text, and others that do not were told to be riskier."""
    FALSE_ALARM = "false alarm"
    """No conflict that the policy counts, though it was told to be risky."""


class BelievedFile(_Part):
    """A file that a task was believed to touch."""

    path: str
    probability: float
    """P(touch), in (0, 1]."""


class CaseTask(_Part):
    """One task of a pair worth reading."""

    id: str
    """Its newest commit, abbreviated."""
    title: str
    """On one line, cut, without characters that could steer a terminal."""
    believed: tuple[BelievedFile, ...]
    """The files that it was believed to touch most, at most three."""


class PairCase(_Part):
    """A pair about which the model as it was handed in was most wrong: one to read."""

    known: str
    repository: str
    kind: CaseKind
    earlier: CaseTask
    """The task that landed first."""
    later: CaseTask
    p_conflict: float | None
    """The probability told; null where there was none, which counts as the riskiest."""
    riskier: float
    """Share in [0, 1] of the tested pairs of the repository that were told a higher risk."""
    conflicted: tuple[str, ...]
    """Files in which both really conflict by text, those left out that do not count."""
    shared: tuple[str, ...]
    """Other files that both changed."""
    one_author: bool


class Evaluation(_Part):
    """Everything that one evaluation found."""

    model: str
    encoder: str | None = None
    """Who told it what texts mean, if anybody did."""
    facts: dict[str, JsonValue]
    """What the model says of itself."""
    resamples: int
    """How often batches were drawn for the intervals."""
    repositories: tuple[EvaluatedRepository, ...]
    judged: tuple[JudgedModel, ...]
    advantages: tuple[Advantage, ...]
    deciles: tuple[Decile, ...]
    files: tuple[RankedFiles, ...]
    cases: tuple[PairCase, ...] = ()
    """Pairs worth reading, the worst of each kind first."""
