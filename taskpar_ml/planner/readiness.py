"""What may start now, and what keeps the rest waiting."""

from __future__ import annotations

from collections.abc import Sequence

from taskpar_ml.domain.readiness import Readiness, ReadyTask, WaitingTask
from taskpar_ml.planner.dispatch import dispatch
from taskpar_ml.planner.planner import PlanInputs
from taskpar_ml.planner.urgency import urgency
from taskpar_ml.planner.wording import after_words, apart_words, busy_words, pair_reason


def make_readiness(inputs: PlanInputs, *, running: Sequence[str], workers: int) -> Readiness:
    """Return which tasks may start beside those that run, with the reasons of the others.

    Parameters
    ----------
    inputs
        Tasks, their order, and all that bears on their pairs.
    running
        Ids of the tasks that run now.
    workers
        Most tasks at the same time, those that run included.
    """
    decisions = inputs.grounds.decide()
    pairs = inputs.scored.pairs
    ready, held = dispatch(
        inputs.order,
        ids=pairs.ids,
        apart=decisions.apart_matrix(),
        rank=urgency(inputs.tasks, inputs.order),
        running=running,
        workers=workers,
    )
    titles = {task.id: task.title for task in inputs.tasks}
    position = {task: index for index, task in enumerate(pairs.ids)}
    row_of = pairs.row_matrix()
    waiting = []
    for task, hold in held.items():
        if hold.by is None:
            why = busy_words(workers)
        elif hold.ordered:
            why = after_words(inputs.order, hold.by, task)
        else:
            row = int(row_of[position[task], position[hold.by]])
            why = apart_words(hold.by, pair_reason(row, inputs.scored, decisions))
        waiting.append(WaitingTask(id=task, title=titles[task], why=why))
    return Readiness(
        running=tuple(running),
        ready=tuple(ReadyTask(id=task, title=titles[task]) for task in ready),
        waiting=(
            *waiting,
            *(WaitingTask(id=each.id, title=each.title, why=each.why) for each in inputs.held),
        ),
        workers=workers,
        model=inputs.scored.model,
        threshold=inputs.grounds.threshold,
        repository=inputs.repository,
        commit=inputs.commit,
        notices=tuple(inputs.notices),
    )
