"""Tasks, their repository and a predictor: plans, scores and explanations come from here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import combinations
from typing import TypeVar

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.explanation import Component, EvidenceRow, Explanation, RuleWord, Side
from taskpar_ml.domain.footprint import EvidenceSource, Surface
from taskpar_ml.domain.pairs import PairTable, shortened
from taskpar_ml.domain.plan import Because, HeldTask, Plan, SuggestedDependency
from taskpar_ml.domain.scored import ScoredPairs, joined
from taskpar_ml.domain.taskset import TaskSet
from taskpar_ml.errors import UnknownTaskError
from taskpar_ml.features.context import PairContext
from taskpar_ml.features.meetings import both_write
from taskpar_ml.features.overlap import expected_share
from taskpar_ml.features.reasons import known_tasks
from taskpar_ml.footprints.matrices import file_matrix
from taskpar_ml.footprints.predictor import written_items, written_paths
from taskpar_ml.planner.contradictions import contradictions
from taskpar_ml.planner.decisions import PairGrounds
from taskpar_ml.planner.graph import (
    chain_between,
    dependency_graph,
    held_tasks,
    order_matrix,
    with_suggestions,
)
from taskpar_ml.planner.planner import PlanInputs, make_plan
from taskpar_ml.planner.suggestions import SUGGESTED_ORDER, suggested_dependencies
from taskpar_ml.planner.wording import pair_reason
from taskpar_ml.policy.contexts import Contexts
from taskpar_ml.policy.facts import TaskFacts, gather_facts
from taskpar_ml.policy.rules import RuleVerdict, forbidding, permitting
from taskpar_ml.policy.settings import Settings
from taskpar_ml.predictor import PAIRS_AT_ONCE, ConflictPredictor
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.state import State

_Value = TypeVar("_Value", bound=np.generic)


@dataclass(frozen=True)
class Workspace:
    """Tasks, the repository they are for, and who predicts: everything a question needs.

    Raises
    ------
    PatternError
        On first use, if a declared pattern cannot be matched in the repository.
    """

    task_set: TaskSet
    snapshot: RepoSnapshot
    predictor: ConflictPredictor
    settings: Settings
    state: State = field(default_factory=State)

    @cached_property
    def context(self) -> PairContext:
        """What is known of the tasks that are work."""
        return self.predictor.context(self.task_set.work, self.snapshot)

    @cached_property
    def declared_order(self) -> nx.DiGraph[str]:
        """Order of the open tasks as their files declare it."""
        return dependency_graph(self.task_set)

    @cached_property
    def facts(self) -> TaskFacts:
        """What the rules need to know of the tasks."""
        footprints = self.context.footprints
        named = {name: tuple(globs) for name, globs in self.settings.contexts.items()}
        return gather_facts(
            self.context.tasks,
            written=written_paths(footprints, self.snapshot),
            resources=written_items(footprints, Surface.RESOURCE),
            contexts=Contexts(self.snapshot.paths.paths, named=named),
            settings=self.settings,
        )

    def pairs(self, chosen: Sequence[tuple[str, str]] | None = None) -> PairTable:
        """Return all pairs of the open tasks, or the chosen ones."""
        ids = self.context.footprints.tasks
        return PairTable.of(ids) if chosen is None else PairTable.chosen(ids, chosen)

    def score(self, chosen: Sequence[tuple[str, str]] | None = None) -> Iterator[ScoredPairs]:
        """Yield scored pairs, all or the chosen ones, block by block."""
        return self.predictor.score(self.pairs(chosen), self.context)

    @cached_property
    def order_matrix(self) -> NDArray[np.bool_]:
        """Return which open task must land before which, rows as in the context."""
        return order_matrix(self.declared_order, self.context.footprints.tasks)

    @cached_property
    def _held(self) -> Mapping[str, HeldTask]:
        """Tasks that wait for something outside the plan."""
        return held_tasks(self.declared_order, self.task_set)

    @cached_property
    def _placeable(self) -> Workspace:
        """The same question without the tasks that cannot be placed."""
        if not self._held:
            return self
        tasks = tuple(task for task in self.task_set.tasks if task.id not in self._held)
        return replace(self, task_set=replace(self.task_set, tasks=tasks))

    def plan(self) -> Plan:
        """Return the plan for all open tasks that wait for nothing outside it."""
        return self._placeable._plan(tuple(self._held.values()))

    def _plan(self, held: tuple[HeldTask, ...]) -> Plan:
        tasks = self.task_set.work
        declared: nx.DiGraph[str] = nx.DiGraph(
            self.declared_order.subgraph([task.id for task in tasks])
        )
        order, suggested = self._suggested(declared)
        scored = joined(list(self.score()), self.pairs())
        grounds = self._grounds(scored, suggested)
        by_id = {task.id: task for task in tasks}
        notices = [
            *map(str, (*self.task_set.notices, *self.snapshot.lacks, *self.state.notices)),
            *contradictions(
                by_id, graph=declared, grounds=grounds, facts=self.facts, rules=self.settings.rules
            ),
        ]
        unknown = ~known_tasks(self.context.footprints)
        names = {self.context.footprints.tasks[row] for row in np.flatnonzero(unknown)}
        return make_plan(
            PlanInputs(
                tasks=tasks,
                held=held,
                declared=declared,
                order=order,
                suggested=suggested,
                scored=scored,
                grounds=grounds,
                unknown=[task.id for task in tasks if task.id in names],
                workers=self.settings.plan.workers,
                repository=self.snapshot.repository,
                commit=self.snapshot.commit,
                notices=notices,
            )
        )

    def explain(self, first: str, second: str) -> Explanation:
        """Return all that is known of one pair, and what the plan decides about it.

        Raises
        ------
        UnknownTaskError
            If one of the two is not an open task of the files.
        """
        for name in (first, second):
            if name not in {task.id for task in self.task_set.work}:
                raise self._not_open(name)
        if self._held and not self._held.keys() & {first, second}:
            return self._placeable.explain(first, second)
        declared = self.declared_order
        _, suggested = self._suggested(declared)
        pairs = self.pairs([(first, second)])
        (scored,) = self.predictor.score(pairs, self.context)
        grounds = self._grounds(scored, suggested)
        meanings = {column.name: column.meaning for column in self.predictor.vectorizer.columns}
        rules = [(rule, True) for rule in grounds.forbidding if rule.pairs[0]]
        rules += [(rule, False) for rule in grounds.permitting if rule.pairs[0]]
        return Explanation(
            decision=pair_reason(0, scored, grounds.decide()),
            model=scored.model,
            threshold=grounds.threshold,
            components=tuple(
                Component(
                    name=name,
                    value=None if np.isnan(scored.features[name][0]) else scored.features[name][0],
                    meaning=meanings[name],
                )
                for name in scored.features.names
            ),
            sides=(self._side(int(pairs.a[0])), self._side(int(pairs.b[0]))),
            rules=tuple(
                RuleWord(rule=rule.name, meaning=rule.meaning, forbids=forbids)
                for rule, forbids in rules
            ),
            order=chain_between(declared, first, second),
        )

    def _not_open(self, name: str) -> UnknownTaskError:
        """Say why a task cannot be asked about."""
        task = self.task_set.by_id.get(name)
        if name in self.task_set.containers:
            leaves = shortened(self.task_set.containers[name])
            return UnknownTaskError(name, "the task has subtasks.", f"Name one of: {leaves}.")
        if task is not None:
            return UnknownTaskError(
                name, f"the task is {task.status.value}.", "Name two tasks that are still work."
            )
        known = shortened(task.id for task in self.task_set.work)
        return UnknownTaskError(name, "there is no such task.", f"Open tasks: {known}.")

    def _side(self, row: int) -> Side:
        task = self.context.tasks[row]
        return Side(
            id=task.id,
            title=task.title,
            categories=tuple(category.value for category in self.facts.categories(row)),
            contexts=self.facts.task_contexts(row),
            evidence=tuple(
                EvidenceRow(
                    surface=each.surface.value,
                    item=each.item,
                    access=each.access.value,
                    probability=each.probability,
                    source=each.source.value,
                    quote=each.quote,
                )
                for each in self.context.footprints.of_task(task.id)
            ),
        )

    @cached_property
    def _let_together(self) -> frozenset[tuple[str, str]]:
        """Pairs that their author lets run together, in both orders."""
        said = {(task.id, other) for task in self.context.tasks for other in task.can_run_with}
        for group in self.task_set.groups:
            said |= set(combinations(group.parallel, 2))
        return frozenset(said | {(other, one) for one, other in said})

    def _suggested(
        self, declared: nx.DiGraph[str]
    ) -> tuple[nx.DiGraph[str], tuple[SuggestedDependency, ...]]:
        """Return the order with suggested dependencies, and what became of each suggestion.

        Nothing is suggested for tasks that their author lets run together.
        """
        if not self.settings.rules.suggested:
            return declared, ()
        among = {task.id for task in self.context.tasks}
        found = suggested_dependencies(self.context.footprints, declared, among=among)
        wanted = [each for each in found if (each.before, each.after) not in self._let_together]
        return with_suggestions(declared, wanted)

    def _grounds(
        self, scored: ScoredPairs, suggested: Sequence[SuggestedDependency]
    ) -> PairGrounds:
        """Gather everything that bears on the pairs."""
        pairs, rules = scored.pairs, self.settings.rules
        ids = pairs.ids
        position = {task: index for index, task in enumerate(ids)}
        order = self.order_matrix
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
            threshold=self.settings.plan.threshold,
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
                SUGGESTED_ORDER, "one makes what the other uses", _marked(pairs, ends)
            )
            yield Because.SUGGESTED_ORDER, verdict
        if rules.meeting is not None:
            meet = np.zeros(len(pairs), dtype=bool)
            for matrix in self.context.footprints.surfaces.values():
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
            if row.surface == Surface.FILE and row.source == EvidenceSource.DECLARED
        ]
        if not rows:
            return np.zeros(len(pairs), dtype=bool)
        position = {task: index for index, task in enumerate(footprints.tasks)}
        matrix = file_matrix(rows, position, self.snapshot.paths)
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
