"""What speaks for how long tasks take: the shipped effort model, and durations on record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from taskpar_ml.domain.task import Task
from taskpar_ml.domain.taskset import Notice
from taskpar_ml.errors import ModelFileError
from taskpar_ml.estimators.effort_model import EffortModel
from taskpar_ml.estimators.effort_terms import EffortText
from taskpar_ml.estimators.model_folder import load_effort
from taskpar_ml.estimators.recorded_line import recorded_line
from taskpar_ml.estimators.shipped import shipped_model
from taskpar_ml.history.recorded_durations import RecordedDuration
from taskpar_ml.planner.durations import Durations, EstimatedDurations, estimated_durations


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
        Folder of the model that tells sizes; the shipped one if None.

    Raises
    ------
    ModelFileError
        If a model was named, and cannot be read. Where the shipped one cannot, nothing is said but
        a notice.
    """
    try:
        effort = load_effort(model or shipped_model())
    except ModelFileError as error:
        if model is not None:
            raise
        said = f"{error} Tasks without an estimate are taken to be of one length."
        return SizedTasks(notices=(Notice("the shipped model", said),))
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
