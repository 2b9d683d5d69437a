"""What may start now, and what keeps the rest waiting."""

from __future__ import annotations

from collections.abc import Mapping

from taskpar_ml.domain.readiness import Readiness, ReadyTask, WaitingTask
from taskpar_ml.planner.decisions import PairDecisions
from taskpar_ml.planner.dispatch import Held, Hold, dispatch
from taskpar_ml.planner.inputs import PlanInputs
from taskpar_ml.planner.urgency import urgency
from taskpar_ml.planner.wording import (
    after_words,
    apart_words,
    busy_words,
    crowded_words,
    loss_words,
    pair_reason,
)


def make_readiness(inputs: PlanInputs, *, running: Mapping[str, float], workers: int) -> Readiness:
    """Return which tasks may start beside those that run, with the reasons of the others.

    Parameters
    ----------
    inputs
        Tasks, their order, and all that bears on their pairs.
    running
        How long each of the tasks that run now has run, in the unit of the durations.
    workers
        Most tasks at the same time, those that run included.
    """
    decisions = inputs.grounds.decide()
    ready, held = dispatch(
        inputs.order,
        ids=inputs.scored.pairs.ids,
        rules=inputs.start_rules(decisions),
        rank=urgency(inputs.tasks, inputs.order, inputs.durations),
        running=running,
        workers=workers,
    )
    titles = {task.id: task.title for task in inputs.tasks}
    why = _Words(inputs, decisions, workers)
    waiting = [
        WaitingTask(id=task, title=titles[task], why=why.of(task, hold))
        for task, hold in held.items()
    ]
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


class _Words:
    """Says what keeps tasks waiting."""

    def __init__(self, inputs: PlanInputs, decisions: PairDecisions, workers: int) -> None:
        self._inputs, self._decisions, self._workers = inputs, decisions, workers
        pairs = inputs.scored.pairs
        self._position = {task: index for index, task in enumerate(pairs.ids)}
        self._row_of = pairs.row_matrix()

    def of(self, task: str, hold: Hold) -> str:
        """Say why one task waits."""
        if hold.by is None:
            return busy_words(self._workers)
        if hold.why is Held.ORDER:
            return after_words(self._inputs.order, hold.by, task)
        row = int(self._row_of[self._position[task], self._position[hold.by]])
        reason = pair_reason(row, self._inputs.scored, self._decisions)
        if hold.why is Held.APART:
            return apart_words(hold.by, reason)
        if hold.why is Held.RISK:
            return crowded_words(hold.hit, self._inputs.grounds.threshold, hold.by, reason)
        return loss_words(hold.by, reason)
