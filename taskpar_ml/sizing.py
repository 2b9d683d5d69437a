"""What speaks for how long tasks take: the shipped effort model, and durations on record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from taskpar_ml.domain.task import Task
from taskpar_ml.domain.taskset import Notice
from taskpar_ml.errors import ModelFileError
from taskpar_ml.estimators.effort_file import load_effort
from taskpar_ml.estimators.effort_model import EffortModel
from taskpar_ml.estimators.effort_terms import EffortText
from taskpar_ml.estimators.recorded_line import recorded_line
from taskpar_ml.history.recorded_durations import RecordedDuration
from taskpar_ml.planner.durations import Durations, EstimatedDurations, estimated_durations

_PLACES: Final = (
    Path(__file__).parent / "shipped_effort",
    Path(__file__).parents[1] / "models" / "effort",
)
"""Where the effort model lies: in an installed package, and in a checkout of its sources."""


class SizedTasks(NamedTuple):
    """What is known of how long tasks take, besides what they declare.

    Attributes
    ----------
    predicted
        By their texts, beside the usual task; ``None`` where there is no model.
    recorded
        The same in seconds, corrected by what earlier tasks took; ``None`` where nothing of that is
        known.
    notices
        What a person should know.
    """

    predicted: Durations | None = None
    recorded: Durations | None = None
    notices: Sequence[Notice] = ()

    def estimated(self, tasks: Sequence[Task]) -> EstimatedDurations:
        """Return how long each of the tasks is expected to take, by the strongest source."""
        return estimated_durations(tasks, recorded=self.recorded, predicted=self.predicted)


def nothing_sized(tasks: Sequence[Task]) -> SizedTasks:
    """Return that nothing is known of any task: what declares no duration has the usual one."""
    return SizedTasks()


def shipped_effort() -> Path:
    """Return the folder of the effort model, whether or not it is there."""
    return next((place for place in _PLACES if place.is_dir()), _PLACES[0])


def sized_tasks(
    tasks: Sequence[Task],
    *,
    past: Sequence[RecordedDuration] = (),
    model: Path | None = None,
) -> SizedTasks:
    """Return what the effort model and recorded durations say of tasks.

    Parameters
    ----------
    tasks
        Those that are asked for. Of a recorded task that stands among them, this text counts.
    past
        Durations that were known before; those of which there is no text are left out.
    model
        Folder of the effort model; the shipped one if None.

    Raises
    ------
    ModelFileError
        If a model was named, and cannot be read. Where the shipped one cannot, nothing is said but
        a notice.
    """
    try:
        effort = load_effort(model or shipped_effort())
    except ModelFileError as error:
        if model is not None:
            raise
        said = f"{error} Tasks without an estimate are taken to be of one length."
        return SizedTasks(notices=(Notice("the shipped effort model", said),))
    predicted = Durations(effort.durations(tasks), effort.duration_spread)
    return SizedTasks(predicted, _recorded(effort, tasks, past))


def _recorded(
    effort: EffortModel, tasks: Sequence[Task], past: Sequence[RecordedDuration]
) -> Durations | None:
    """Return what is expected in seconds; None if there is nothing to tell it by."""
    texts = {task.id: EffortText.of(task) for task in tasks}
    rows = [
        (text, each.seconds)
        for each in past
        if any(text := texts.get(each.task, EffortText(each.title, each.body)))
    ]
    foretold = effort.log_durations(text for text, _ in rows).tolist()
    line = recorded_line(foretold, [seconds for _, seconds in rows], spread=effort.duration_spread)
    if line is None:
        return None
    asked = effort.log_durations(texts.values()).tolist()
    expected = {id: line.duration(log) for id, log in zip(texts, asked, strict=True)}
    return Durations(expected, line.spread)
