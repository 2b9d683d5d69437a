"""What may start now, and what keeps the rest waiting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.levels import LEVELS, Level
from taskpar_ml.domain.readiness import Readiness, ReadyTask, WaitingTask
from taskpar_ml.planner.decisions import PairDecisions
from taskpar_ml.planner.dispatch import Held, Hold, dispatch
from taskpar_ml.planner.exploring import DECLARED
from taskpar_ml.planner.grown import GrownTo, within
from taskpar_ml.planner.inputs import PlanInputs
from taskpar_ml.planner.urgency import urgency
from taskpar_ml.planner.wording import (
    after_words,
    apart_words,
    busy_words,
    crowded_words,
    loss_words,
    pair_reason,
    room_words,
    stranger_words,
)


@dataclass(frozen=True)
class ReadyQuestion:
    """Which tasks may start now: all that can be prepared before anybody says what runs.

    Attributes
    ----------
    inputs
        Tasks, their order, and all that bears on their pairs.
    levels
        Level of each of their pairs as its place among the levels, shape ``(n_pairs,)``.
    workers
        Most tasks at the same time, those that run included.
    limit
        Highest threshold that growth may reach; None for no limit.
    """

    inputs: PlanInputs
    levels: NDArray[np.int8]
    workers: int
    limit: float | None = None

    def answer(self, running: Mapping[str, float], grown: GrownTo | None = None) -> Readiness:
        """Return which tasks may start beside those that run, with the reasons of the others.

        Parameters
        ----------
        running
            How long each of the tasks that run has run, in the unit of the durations; whoever is in
            flight need not be named.
        grown
            What growth allows: no more starts than the bank has room for, at its threshold, and
            nothing beside tasks of levels that are closed. None where nobody keeps a bank.
        """
        inputs, ids = self.inputs, self.inputs.scored.pairs.ids
        if grown is not None:
            inputs = within(inputs, grown, self.levels, limit=self.limit)
            running = {**dict.fromkeys(sorted(grown.running & set(ids)), 0.0), **running}
        decisions = inputs.grounds.decide()
        strangers = sorted(grown.running - set(ids)) if grown else []
        room = self.workers - len(running) - len(strangers)
        if grown is not None:
            bank = grown.admission.bank
            # Nobody starts on nothing beside somebody of whom the bank knows nothing.
            outside = running.keys() - grown.running
            room = min(room, max(bank.covered, 0) if outside else bank.room)
            room = 0 if strangers else room
        ready, held = dispatch(
            inputs.order,
            ids=ids,
            rules=inputs.start_rules(decisions),
            rank=urgency(inputs.tasks, inputs.order, inputs.durations),
            running=running,
            workers=max(len(running) + room, 0),
        )
        titles = {task.id: task.title for task in inputs.tasks}
        busy = self._busy(grown, strangers, running=len(running) + len(ready))
        why = _Words(inputs, decisions, busy)
        waiting = [
            WaitingTask(id=task, title=titles[task], why=why.of(task, hold))
            for task, hold in held.items()
        ]
        return Readiness(
            running=(*running, *strangers),
            ready=tuple(ReadyTask(id=task, title=titles[task]) for task in ready),
            waiting=(
                *waiting,
                *(WaitingTask(id=each.id, title=each.title, why=each.why) for each in inputs.held),
            ),
            workers=self.workers,
            model=inputs.scored.model,
            threshold=inputs.grounds.threshold,
            repository=inputs.repository,
            commit=inputs.commit,
            notices=tuple(inputs.notices),
        )

    def levels_of(self, task: str) -> dict[str, Level | None]:
        """Return the level of the pair of a task with each other one, None where declared."""
        ids = self.inputs.scored.pairs.ids
        row = self._squared[ids.index(task)]
        return {
            other: None if place == DECLARED else LEVELS[place]
            for other, place in zip(ids, row.tolist(), strict=True)
            if other != task
        }

    @cached_property
    def _squared(self) -> NDArray[np.int8]:
        """The level of every two tasks, shape ``(n, n)``; the diagonal is declared."""
        pairs = self.inputs.scored.pairs
        square = np.full((len(pairs.ids), len(pairs.ids)), DECLARED, dtype=np.int8)
        square[pairs.a, pairs.b] = square[pairs.b, pairs.a] = self.levels
        return square

    def _busy(self, grown: GrownTo | None, strangers: list[str], *, running: int) -> str:
        """Say why nobody is free to take a task when so many run."""
        if strangers:
            return stranger_words(strangers)
        if grown is not None and running < self.workers:
            return room_words(running)
        return busy_words(self.workers)


class _Words:
    """Says what keeps tasks waiting."""

    def __init__(self, inputs: PlanInputs, decisions: PairDecisions, busy: str) -> None:
        self._inputs, self._decisions, self._busy = inputs, decisions, busy
        pairs = inputs.scored.pairs
        self._position = {task: index for index, task in enumerate(pairs.ids)}
        self._row_of = pairs.row_matrix()

    def of(self, task: str, hold: Hold) -> str:
        """Say why one task waits."""
        if hold.by is None:
            return self._busy
        if hold.why is Held.ORDER:
            return after_words(self._inputs.order, hold.by, task)
        row = int(self._row_of[self._position[task], self._position[hold.by]])
        reason = pair_reason(row, self._inputs.scored, self._decisions)
        if hold.why is Held.APART:
            return apart_words(hold.by, reason)
        if hold.why is Held.RISK:
            return crowded_words(hold.hit, self._inputs.grounds.threshold, hold.by, reason)
        return loss_words(hold.by, reason)
