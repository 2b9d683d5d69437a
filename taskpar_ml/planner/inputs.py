"""What a plan is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

import networkx as nx
import numpy as np

from taskpar_ml.domain.plan import Because, HeldTask, SuggestedDependency
from taskpar_ml.domain.scored import ScoredPairs
from taskpar_ml.domain.task import Task
from taskpar_ml.domain.watching import UNWATCHED, Watch
from taskpar_ml.planner.decisions import PairDecisions, PairGrounds
from taskpar_ml.planner.durations import EstimatedDurations
from taskpar_ml.planner.starts import StartRules
from taskpar_ml.planner.urgency import priority_weights
from taskpar_ml.planner.waves import tail_durations


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

    @cached_property
    def durations(self) -> Mapping[str, float]:
        """How long each task is expected to take, above 0, in one unit."""
        return self.estimated.expected

    @property
    def spread(self) -> float:
        """Deviation of the logarithm of what the tasks take: the middle of theirs."""
        return median([each.spread for each in self.estimated.of.values()] or [1.0])

    def start_rules(self, decisions: PairDecisions) -> StartRules:
        """Return what decides which tasks may start, rows as in the pairs.

        Where something stronger than risk lets two tasks run together, their risk does not count.
        What is no probability is held against the threshold pair by pair, and weighs nothing.
        """
        pairs = self.scored.pairs
        told = np.nan_to_num(self.scored.estimates.p_conflict)
        counts = decisions.decided_by(Because.LOW_RISK)
        risk = np.zeros((len(pairs.ids), len(pairs.ids)))
        risk[pairs.a[counts], pairs.b[counts]] = told[counts]
        means = {name: each.mean for name, each in self.estimated.of.items()}
        chains = tail_durations(self.order, means)
        weights = priority_weights(self.tasks)
        return StartRules(
            apart=decisions.apart_matrix(),
            risk=risk + risk.T,
            minutes=np.array([means[name] for name in pairs.ids]),
            chain=np.array([chains[name] * weights[name] for name in pairs.ids]),
            threshold=self.grounds.threshold,
            watch=self.watch,
            spread=self.spread,
        )
