"""Why tasks are not in an earlier wave."""

from __future__ import annotations

from collections.abc import Sequence

from taskpar_ml.domain.plan import PairReason
from taskpar_ml.planner.decisions import PairDecisions
from taskpar_ml.planner.inputs import PlanInputs
from taskpar_ml.planner.scheduler import Scheduler
from taskpar_ml.planner.wording import (
    after_words,
    apart_words,
    busy_words,
    longer_words,
    pair_reason,
    wasteful_words,
)


class WhyNot:
    """Says what keeps each task out of the wave before its own."""

    def __init__(self, inputs: PlanInputs, decisions: PairDecisions, plan: Scheduler) -> None:
        self._inputs, self._decisions, self._plan = inputs, decisions, plan
        pairs = inputs.scored.pairs
        self._position = {task: index for index, task in enumerate(pairs.ids)}
        self._place = {task: index for index, task in enumerate(plan.instance.names)}
        self._row_of = pairs.row_matrix()

    def of(self, task: str, before: Sequence[str]) -> str:
        """Say it of one task; ``before`` is the wave before its own, nothing for the first."""
        if not before:
            return ""
        for other in before:
            if self._inputs.order.has_edge(other, task):
                return after_words(self._inputs.order, other, task)
        for other in before:
            if not self._decisions.together[self._row(task, other)]:
                return apart_words(other, self._reason(task, other))
        if len(before) >= self._plan.instance.workers:
            return busy_words(self._plan.instance.workers)
        durations = self._inputs.durations
        longest = max(durations[other] for other in before)
        if durations[task] > longest:
            return longer_words(durations[task], longest)
        loss = self._plan.instance.problem.loss[self._place[task]]
        dearest = max(before, key=lambda other: loss[self._place[other]])
        return wasteful_words(dearest, self._reason(task, dearest))

    def _row(self, task: str, other: str) -> int:
        return int(self._row_of[self._position[task], self._position[other]])

    def _reason(self, task: str, other: str) -> PairReason:
        return pair_reason(self._row(task, other), self._inputs.scored, self._decisions)
