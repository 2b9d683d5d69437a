"""Who speaks for and against pairs of tasks: order, rules, tags, evidence of single items, risk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import combinations
from typing import Final, TypeVar

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.footprint import COLLIDING, EvidenceSource, Surface
from taskpar_ml.domain.groups import ExecutionGroup
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.plan import Because, SuggestedDependency
from taskpar_ml.domain.scored import ScoredPairs
from taskpar_ml.features.context import PairContext
from taskpar_ml.features.meetings import both_write
from taskpar_ml.features.overlap import expected_share
from taskpar_ml.footprints.matrices import file_matrix
from taskpar_ml.planner.decisions import PairGrounds
from taskpar_ml.planner.graph import with_suggestions
from taskpar_ml.planner.suggestions import (
    SUGGESTED_ORDER,
    likely_contexts,
    suggested_dependencies,
)
from taskpar_ml.policy.facts import TaskFacts
from taskpar_ml.policy.rules import RuleVerdict, forbidding, permitting
from taskpar_ml.policy.settings import Settings
from taskpar_ml.predictor import PAIRS_AT_ONCE
from taskpar_ml.repo.path_index import PathIndex

_Value = TypeVar("_Value", bound=np.generic)
_CERTAIN: Final = (EvidenceSource.DECLARED, EvidenceSource.OBSERVED)
"""What a task says that it changes, and what it was seen to change."""
_LIKELY_CONTEXT: Final = 0.5
"""P(a task changes a part of the system) from which on the task belongs to it."""


@dataclass(frozen=True)
class PairJudge:
    """Gathers everything that bears on pairs of tasks.

    Attributes
    ----------
    context
        What is known of the tasks.
    facts
        What the rules need to know of them.
    settings
        The rules and limits in force.
    paths
        Files of the repository.
    groups
        Groups that a person declared.
    threshold
        Risk from which on pairs stay apart.
    """

    context: PairContext
    facts: TaskFacts
    settings: Settings
    paths: PathIndex
    groups: Sequence[ExecutionGroup]
    threshold: float

    @cached_property
    def _let_together(self) -> frozenset[tuple[str, str]]:
        """Pairs that their author lets run together, in both orders."""
        said = {(task.id, other) for task in self.context.tasks for other in task.can_run_with}
        for group in self.groups:
            said |= set(combinations(group.parallel, 2))
        return frozenset(said | {(other, one) for one, other in said})

    def suggested(
        self, declared: nx.DiGraph[str]
    ) -> tuple[nx.DiGraph[str], tuple[SuggestedDependency, ...]]:
        """Return the order with suggested dependencies, and what became of each suggestion.

        Nothing is suggested for tasks that their author lets run together.
        """
        if not self.settings.rules.suggested:
            return declared, ()
        footprints = self.context.footprints
        likely = likely_contexts(footprints, at_least=_LIKELY_CONTEXT)
        found = suggested_dependencies(
            self.context.tasks,
            footprints,
            declared,
            contexts={
                task: likely.get(task, frozenset()).union(self.facts.task_contexts(row))
                for row, task in enumerate(footprints.tasks)
            },
        )
        wanted = [each for each in found if (each.before, each.after) not in self._let_together]
        return with_suggestions(declared, wanted)

    def grounds(
        self,
        scored: ScoredPairs,
        suggested: Sequence[SuggestedDependency],
        order: NDArray[np.bool_],
    ) -> PairGrounds:
        """Gather everything that bears on the pairs.

        Parameters
        ----------
        scored
            The pairs with their risk.
        suggested
            Orders that the texts suggest.
        order
            Which task must land before which, rows as in the context.
        """
        pairs, rules = scored.pairs, self.settings.rules
        ids = pairs.ids
        position = {task: index for index, task in enumerate(ids)}
        file_share = scored.features["file"]
        allowed = [
            (position[one], position[other])
            for one, other in self._let_together
            if one in position and other in position
        ]
        return PairGrounds(
            pairs=pairs,
            ordered=order[pairs.a, pairs.b] | order[pairs.b, pairs.a],
            forbidding=tuple(forbidding(pairs, self.facts, rules)),
            can_run_with=_marked(pairs, allowed),
            conflicts=tuple(self._conflicts(scored, suggested)),
            permitting=tuple(permitting(pairs, self.facts, rules, no_shared_code=file_share == 0)),
            risk=scored.estimates.risk,
            threshold=self.threshold,
        )

    def _conflicts(
        self, scored: ScoredPairs, suggested: Sequence[SuggestedDependency]
    ) -> Iterator[tuple[Because, RuleVerdict]]:
        """Yield the conflicts that single items show, strongest first."""
        pairs, rules = scored.pairs, self.settings.rules
        if rules.declared:
            overlap = self._declared_overlap(pairs)
            meaning = "their declared paths overlap"
            yield Because.DECLARED_OVERLAP, RuleVerdict("declared paths", meaning, overlap)
        if suggested:
            position = {task: index for index, task in enumerate(pairs.ids)}
            ends = [(position[each.before], position[each.after]) for each in suggested]
            verdict = RuleVerdict(
                SUGGESTED_ORDER, "one makes or decides what the other uses", _marked(pairs, ends)
            )
            yield Because.SUGGESTED_ORDER, verdict
        if rules.meeting is not None:
            meet = np.zeros(len(pairs), dtype=bool)
            for surface, matrix in self.context.footprints.surfaces.items():
                if surface in COLLIDING:
                    meet |= _in_blocks(
                        pairs, partial(both_write, matrix=matrix, at_least=rules.meeting)
                    )
            verdict = RuleVerdict("likely meeting", "both are likely to write one item", meet)
            yield Because.LIKELY_MEETING, verdict

    def _declared_overlap(self, pairs: PairTable) -> NDArray[np.bool_]:
        """Return the pairs whose declared paths overlap, writes against writes or reads."""
        footprints = self.context.footprints
        rows = [
            row
            for row in footprints.evidence
            if row.surface == Surface.FILE and row.source in _CERTAIN
        ]
        if not rows:
            return np.zeros(len(pairs), dtype=bool)
        position = {task: index for index, task in enumerate(footprints.tasks)}
        matrix = file_matrix(rows, position, self.paths)
        share = _in_blocks(pairs, partial(expected_share, matrix=matrix))
        return np.asarray(np.nan_to_num(share) > 0, dtype=bool)


def _in_blocks(pairs: PairTable, find: Callable[[PairTable], NDArray[_Value]]) -> NDArray[_Value]:
    """Return what is found of all pairs, looking at no more of them at once than fit in memory."""
    return np.concatenate([find(block) for block in pairs.blocks(PAIRS_AT_ONCE)])


def _marked(pairs: PairTable, chosen: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    """Return which rows of the table are among the chosen positions, in either order."""
    size = len(pairs.ids)
    mark = np.zeros((size, size), dtype=bool)
    if chosen:
        where = np.array(chosen, dtype=np.int64)
        mark[where[:, 0], where[:, 1]] = mark[where[:, 1], where[:, 0]] = True
    return np.asarray(mark[pairs.a, pairs.b], dtype=bool)
