"""How long tasks are expected to take, and where that is from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from taskpar_ml.domain.plan import DurationSource
from taskpar_ml.domain.task import Task
from taskpar_ml.errors import ModelError

ASSUMED_SPREAD: Final = {
    DurationSource.DECLARED: 0.5,
    DurationSource.COMPLEXITY: 0.8,
    DurationSource.USUAL: 1.1,
}
"""Deviation of the logarithm of what tasks take from what these sources say: assumed, not
measured."""

_UNITS: Final = (
    DurationSource.DECLARED,
    DurationSource.RECORDED,
    DurationSource.COMPLEXITY,
    DurationSource.PREDICTED,
)
"""Whose unit all durations of a plan have: the first that speaks for a task of it."""
_HIGHEST_SCORE: Final = 10
_LARGEST_LOG: Final = 700.0
"""Bound of the logarithm of what is expected, so that it is positive and finite."""


@dataclass(frozen=True)
class Durations:
    """What one source says of tasks.

    Attributes
    ----------
    expected
        By id, positive and finite, in one unit.
    spread
        Deviation of the logarithm of what tasks take from what is expected; at least 0.

    Raises
    ------
    ModelError
        If one is out of range.
    """

    expected: Mapping[str, float] = field(default_factory=dict)
    spread: float = 1.0

    def __post_init__(self) -> None:
        for id, value in self.expected.items():
            if not (value > 0 and math.isfinite(value)):
                said = f"a duration must be positive and finite. Got {value}."
                raise ModelError(f"task {id}", said, "Leave it out if it is not known.")
        if not (self.spread >= 0 and math.isfinite(self.spread)):
            said = f"it must be finite and at least 0. Got {self.spread}."
            raise ModelError("spread of durations", said, "Pass 1 if it is not known.")


@dataclass(frozen=True, slots=True)
class ExpectedDuration:
    """How long a task is expected to take.

    Attributes
    ----------
    expected
        Positive and finite, in the unit of the plan. It is the middle, not the mean: the task is
        as likely to take longer as to take less.
    source
        Where it is from.
    spread
        Deviation of the logarithm: in two of three cases the task takes between ``expected`` /
        exp(``spread``) and ``expected`` x exp(``spread``). Assumed for some sources.
    """

    expected: float
    source: DurationSource
    spread: float

    @property
    def mean(self) -> float:
        """The mean of what the task takes: above the middle, since few tasks take very long."""
        return self.expected * math.exp(self.spread**2 / 2)


@dataclass(frozen=True)
class EstimatedDurations:
    """Durations of all tasks of a plan.

    Attributes
    ----------
    of
        By id, in the order of the tasks.
    unit
        The source whose unit they have: that of the estimates for ``declared``, that in which
        durations were recorded for ``recorded``, points for ``complexity``, the usual task
        for ``predicted`` and ``usual``.
    """

    of: Mapping[str, ExpectedDuration]
    unit: DurationSource

    @property
    def expected(self) -> dict[str, float]:
        """What is expected of each task, by id."""
        return {id: each.expected for id, each in self.of.items()}


def estimated_durations(
    tasks: Sequence[Task],
    *,
    recorded: Durations | None = None,
    predicted: Durations | None = None,
) -> EstimatedDurations:
    """Return how long each task is expected to take.

    Parameters
    ----------
    tasks
        Those of the plan. Tasks that are done may stand among them: what was declared of them
        helps to compare sources.
    recorded, predicted
        What durations of earlier tasks and what texts say, each in a unit of its own. Tasks that
        are not asked for change nothing.

    Notes
    -----
    Of each task the strongest source speaks. What others say is brought to the unit of the plan by
    the middle of the ratios over the tasks of which both speak; where there are none, by the ratio
    of the middles of all that each of them says. What is declared stays as it is. Tasks of
    which nothing speaks get the middle of the others.

    Examples
    --------
    >>> tasks = [Task(id="a", title="A", estimate=8), Task(id="b", title="B")]
    >>> found = estimated_durations(tasks, predicted=Durations({"a": 2.0, "b": 0.5}))
    >>> round(found.expected["b"], 6), found.of["b"].source.value
    (2.0, 'predicted')
    """
    said = _logs_of(tasks, recorded=recorded, predicted=predicted)
    unit = next((source for source in _UNITS if said[source]), DurationSource.USUAL)
    spreads = dict(ASSUMED_SPREAD)
    for source, told in (
        (DurationSource.RECORDED, recorded),
        (DurationSource.PREDICTED, predicted),
    ):
        spreads[source] = told.spread if told is not None else 0.0
    logs: dict[str, tuple[float, DurationSource]] = {}
    for source, known in said.items():
        shift = _shift(known, said[unit]) if known else 0.0
        for id, log in known.items():
            logs.setdefault(id, (log + shift, source))
    usual = median(log for log, _ in logs.values()) if logs else 0.0
    found = {}
    for task in tasks:
        log, source = logs.get(task.id, (usual, DurationSource.USUAL))
        expected = math.exp(max(-_LARGEST_LOG, min(log, _LARGEST_LOG)))
        if task.estimate is not None:
            expected = task.estimate
        found[task.id] = ExpectedDuration(expected, source, spreads[source])
    return EstimatedDurations(found, unit)


def _logs_of(
    tasks: Iterable[Task], *, recorded: Durations | None, predicted: Durations | None
) -> dict[DurationSource, dict[str, float]]:
    """Return the logarithm of what each source says of the tasks, the strongest first."""
    ids = [task.id for task in tasks]
    return {
        DurationSource.DECLARED: _logs({task.id: task.estimate for task in tasks}, ids),
        DurationSource.COMPLEXITY: _logs({task.id: _score(task) for task in tasks}, ids),
        DurationSource.RECORDED: _logs(recorded.expected if recorded else {}, ids),
        DurationSource.PREDICTED: _logs(predicted.expected if predicted else {}, ids),
    }


def _score(task: Task) -> float | None:
    """Return the complexity, None if there is none or it is of another scale."""
    score = task.complexity
    return score if score is not None and 1 <= score <= _HIGHEST_SCORE else None


def _logs(values: Mapping[str, float | None], ids: Iterable[str]) -> dict[str, float]:
    """Return logarithms of what is known."""
    found = ((id, values.get(id)) for id in ids)
    return {id: math.log(value) for id, value in found if value is not None}


def _shift(source: Mapping[str, float], unit: Mapping[str, float]) -> float:
    """Return what is added to the logarithms of a source so that they have another one's unit."""
    both = [unit[id] - log for id, log in source.items() if id in unit]
    return median(both) if both else median(unit.values()) - median(source.values())
