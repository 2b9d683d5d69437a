"""What a plan is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Final

import networkx as nx
import numpy as np

from taskpar_ml.domain.plan import Because, HeldTask, SuggestedDependency
from taskpar_ml.domain.scored import ScoredPairs
from taskpar_ml.domain.task import Task, TaskStatus
from taskpar_ml.domain.watching import UNWATCHED, Watch
from taskpar_ml.planner.decisions import PairDecisions, PairGrounds
from taskpar_ml.planner.durations import EstimatedDurations
from taskpar_ml.planner.instance import Instance
from taskpar_ml.planner.starts import StartRules
from taskpar_ml.planner.urgency import priority_weights
from taskpar_ml.planner.waves import tail_durations

_USUAL_MINUTES: Final = 1_000.0
"""Whole minutes that a task of mean length is planned as."""


@dataclass(frozen=True)
class PlanInputs:
    """Everything a plan is made from.

    Attributes
    ----------
    tasks
        The tasks to place, in file order.
    held
        Tasks that wait for something outside the plan.
    declared, order
        Order of the tasks as declared, and with the suggested dependencies that were followed.
    suggested
        What was suggested.
    scored, grounds
        All pairs of the tasks, in the same rows.
    unknown
        Tasks of which nothing says what they touch.
    workers
        Most tasks at one time; None for no limit.
    estimated
        How long each task is expected to take, and where that is from.
    watch
        How running tasks are watched.
    budget
        Hits that are expected at most; None for no limit.
    previous
        The number of each task's wave in an earlier plan; None if there is none.
    """

    tasks: Sequence[Task]
    held: Sequence[HeldTask]
    declared: nx.DiGraph[str]
    order: nx.DiGraph[str]
    suggested: tuple[SuggestedDependency, ...]
    scored: ScoredPairs
    grounds: PairGrounds
    unknown: Sequence[str]
    workers: int | None
    repository: str
    commit: str | None
    notices: Sequence[str]
    estimated: EstimatedDurations
    watch: Watch = UNWATCHED
    budget: float | None = None
    previous: Mapping[str, int] | None = None

    @cached_property
    def durations(self) -> Mapping[str, float]:
        """How long each task is expected to take, above 0, in one unit."""
        return self.estimated.expected

    @property
    def spread(self) -> float:
        """Deviation of the logarithm of what the tasks take: the middle of theirs."""
        return median([each.spread for each in self.estimated.of.values()] or [1.0])

    def instance(
        self,
        decisions: PairDecisions,
        *,
        order: nx.DiGraph[str] | None = None,
    ) -> Instance:
        """Return what is to be placed, in numbers.

        Parameters
        ----------
        order
            In place of that of the plan.
        """
        row = {name: place for place, name in enumerate(self.scored.pairs.ids)}
        names = tuple(sorted(row))
        position = {name: place for place, name in enumerate(names)}
        running = tuple(position[name] for name in self._running)
        edges = (self.order if order is None else order).subgraph(names).edges
        before = [(position[first], position[second]) for first, second in edges]
        # Whatever a running task waited for, it no longer waits.
        before = sorted(edge for edge in before if edge[1] not in running)
        return Instance(
            names=names,
            durations=np.array([self.durations[name] for name in names]),
            before=np.array(before, dtype=np.intp).reshape(-1, 2),
            rules=self.start_rules(decisions).at(np.array([row[name] for name in names])),
            running=running,
            workers=self.workers or max(len(names), 1),
            budget=self.budget,
            minute=float(np.mean(list(self.durations.values()))) / _USUAL_MINUTES,
        )

    @property
    def _running(self) -> list[str]:
        """The tasks that run already, as many as there are workers."""
        found = [task.id for task in self.tasks if task.status == TaskStatus.IN_PROGRESS]
        return found[: self.workers]

    def start_rules(self, decisions: PairDecisions) -> StartRules:
        """Return what decides which tasks may start, rows as in the pairs.

        Where something stronger than risk lets two tasks run together, their risk does not count;
        where something stronger keeps them apart, they have to take turns for sure. Of pairs that
        cannot be scored nothing is known, and one that has to run alone may do so at any time. What
        is no probability is held against the threshold pair by pair, and weighs nothing.
        """
        pairs, apart = self.scored.pairs, decisions.apart_matrix()
        by_risk = decisions.decided_by(Because.LOW_RISK) | decisions.decided_by(Because.RISK)
        by_risk |= decisions.decided_by(Because.LEVEL)
        sure = ~decisions.together & ~decisions.decided_by(Because.UNSCORED)
        told = self.scored.estimates.p_conflict
        risk = np.zeros(apart.shape)
        risk[pairs.a, pairs.b] = np.where(by_risk & ~np.isnan(told), told, sure)
        risk += risk.T
        alone = apart.sum(axis=1) == len(apart) - 1
        risk[alone], risk[:, alone] = 0, 0
        means = {name: each.mean for name, each in self.estimated.of.items()}
        chains = tail_durations(self.order, means)
        weights = priority_weights(self.tasks)
        return StartRules(
            apart=apart,
            risk=risk,
            minutes=np.array([means[name] for name in pairs.ids]),
            chain=np.array([chains[name] * weights[name] for name in pairs.ids]),
            threshold=self.grounds.threshold,
            watch=self.watch,
            spread=self.spread,
        )
