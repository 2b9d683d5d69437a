"""Tasks, their repository and a predictor: plans, scores and explanations come from here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from taskpar_ml.classifying import contexts_of, task_facts
from taskpar_ml.components import pair_components, with_contributions
from taskpar_ml.domain.explanation import EvidenceRow, Explanation, RuleWord, Side
from taskpar_ml.domain.footprint import COLLIDING, ObservedWork, Surface, TouchedItem
from taskpar_ml.domain.levels import LEVELS
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.plan import HeldTask, Plan
from taskpar_ml.domain.scored import ScoredPairs, joined
from taskpar_ml.domain.task import Task
from taskpar_ml.domain.taskset import Notice, TaskSet
from taskpar_ml.domain.watching import Watch
from taskpar_ml.features.context import PairContext
from taskpar_ml.features.reasons import known_tasks
from taskpar_ml.footprints.held_reasons import HeldReasons
from taskpar_ml.footprints.items import touched_items
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.judging import PairJudge
from taskpar_ml.planner.contradictions import contradictions
from taskpar_ml.planner.exploring import DECLARED
from taskpar_ml.planner.graph import (
    chain_between,
    dependency_graph,
    held_tasks,
    order_matrix,
)
from taskpar_ml.planner.grown import GrownTo, grown_grounds, within
from taskpar_ml.planner.inputs import PlanInputs
from taskpar_ml.planner.planner import make_plan
from taskpar_ml.planner.wording import pair_reason
from taskpar_ml.policy.facts import TaskFacts
from taskpar_ml.policy.levels import pair_levels
from taskpar_ml.policy.settings import Settings
from taskpar_ml.predictor import ConflictPredictor
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.sizing import SizedTasks, nothing_sized
from taskpar_ml.splitting import set_apart
from taskpar_ml.state import State


@dataclass(frozen=True)
class Workspace:
    """Tasks, the repository they are for, and who predicts: everything a question needs.

    Raises
    ------
    PatternError
        On first use, if a declared pattern cannot be matched in the repository.
    """

    task_set: TaskSet
    memory: RepoMemory
    predictor: ConflictPredictor
    settings: Settings
    observed: Mapping[str, ObservedWork] = field(default_factory=dict)
    state: State = field(default_factory=State)
    notices: Sequence[Notice] = ()
    sizer: Callable[[Sequence[Task]], SizedTasks] = nothing_sized

    @property
    def gaps(self) -> Iterator[Notice]:
        """What files, repository, state and model could not tell."""
        yield from self.notices
        yield from self._sized.notices
        yield from self.task_set.notices
        yield from self.snapshot.lacks
        yield from self.memory.lacks
        yield from self._unheard
        yield from self.state.notices

    @property
    def _unheard(self) -> Iterator[Notice]:
        """Providers whose answers do not count yet."""
        if self.memory.provided is not None:
            model = self.predictor.footprints.ranked_by
            yield from self.memory.provided.notices(self.task_set.work, model=model)

    @property
    def input_files(self) -> list[Path]:
        """The task files that were read."""
        return [Path(name) for name, _ in self.task_set.files]

    @property
    def snapshot(self) -> RepoSnapshot:
        """The repository."""
        return self.memory.snapshot

    @cached_property
    def context(self) -> PairContext:
        """What is known of the tasks that are work."""
        return self.predictor.context(self.task_set.work, self.memory, observed=self.observed)

    @cached_property
    def _sized(self) -> SizedTasks:
        """What is known of how long the tasks take, besides what they declare."""
        return self.sizer(self.task_set.work)

    @cached_property
    def declared_order(self) -> nx.DiGraph[str]:
        """Order of the open tasks as their files declare it."""
        return dependency_graph(self.task_set)

    @cached_property
    def facts(self) -> TaskFacts:
        """What the rules need to know of the tasks."""
        contexts = self.memory.drawn or contexts_of(self.snapshot, self.settings)
        return task_facts(self.context, self.snapshot, self.settings, contexts=contexts)

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
    def _judge(self) -> PairJudge:
        """Who speaks for and against the pairs."""
        return PairJudge(
            context=self.context,
            facts=self.facts,
            settings=self.settings,
            paths=self.snapshot.paths,
            groups=self.task_set.groups,
            threshold=self.threshold,
        )

    @property
    def threshold(self) -> float:
        """Risk from which on pairs stay apart: that of the settings, or else the estimator's."""
        chosen = self.settings.plan.threshold
        return self.predictor.estimator.threshold if chosen is None else chosen

    @cached_property
    def held(self) -> Mapping[str, HeldTask]:
        """Tasks that wait for something outside the plan."""
        return held_tasks(self.declared_order, self.task_set)

    @cached_property
    def placeable(self) -> Workspace:
        """The same question without the tasks that cannot be placed."""
        if not self.held:
            return self
        tasks = tuple(task for task in self.task_set.tasks if task.id not in self.held)
        return replace(self, task_set=replace(self.task_set, tasks=tasks))

    def plan(
        self, previous: Mapping[str, int] | None = None, *, grown: GrownTo | None = None
    ) -> Plan:
        """Return the plan for all open tasks that wait for nothing outside it.

        Parameters
        ----------
        previous
            The number of each task's wave in an earlier plan, kept where that costs little.
        grown
            What growth allows: waves are no wider, its threshold holds, and pairs of levels that
            are closed stay apart. None where nobody keeps a bank.
        """
        placed = self.placeable
        inputs = placed.plan_inputs(tuple(self.held.values()), previous)
        if grown is not None:
            inputs = within(
                inputs, grown, placed.levels(inputs), limit=self.settings.plan.threshold
            )
            width = grown.admission.bank.width
            inputs = replace(inputs, workers=min(inputs.workers or width, width))
        apart = set_apart(
            inputs,
            judge=placed._judge,
            predictor=self.predictor,
            memory=self.memory,
            order=placed.order_matrix,
        )
        plan = make_plan(inputs, set_apart=apart)
        told = with_contributions(plan.riskiest, inputs.scored, self.predictor)
        return plan.model_copy(update={"riskiest": told})

    def levels(self, inputs: PlanInputs) -> NDArray[np.int8]:
        """Return the level of growth of every pair as its place among the levels.

        Those that their author lets run together are
        :data:`~taskpar_ml.planner.exploring.DECLARED`.
        """
        pairs, estimates = inputs.scored.pairs, inputs.scored.estimates
        told = pair_levels(pairs, self.facts, estimates.p_conflict)
        return np.where(inputs.grounds.can_run_with, np.int8(DECLARED), told)

    def plan_inputs(
        self, held: tuple[HeldTask, ...], previous: Mapping[str, int] | None = None
    ) -> PlanInputs:
        """Return everything that a plan is made from."""
        tasks = self.task_set.work
        declared = nx.DiGraph(self.declared_order.subgraph([task.id for task in tasks]))
        order, suggested = self._judge.suggested(declared)
        scored = joined(list(self.score()), self.pairs())
        grounds = self._judge.grounds(scored, suggested, self.order_matrix)
        by_id = {task.id: task for task in tasks}
        contradicted = contradictions(
            by_id, graph=declared, grounds=grounds, facts=self.facts, rules=self.settings.rules
        )
        unknown = ~known_tasks(self.context.footprints)
        names = {self.context.footprints.tasks[row] for row in np.flatnonzero(unknown)}
        return PlanInputs(
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
            notices=[*map(str, self.gaps), *contradicted],
            estimated=self._sized.estimated(tasks),
            watch=Watch(self.settings.plan.watch),
            budget=self.settings.plan.budget,
            previous=previous,
        )

    def explain(self, first: str, second: str, *, grown: GrownTo | None = None) -> Explanation:
        """Return all that is known of one pair, and what the plan decides about it.

        Parameters
        ----------
        grown
            What growth allows; None where nobody keeps a bank.

        Raises
        ------
        UnknownTaskError
            If one of the two is not an open task of the files.
        """
        for name in (first, second):
            if name not in {task.id for task in self.task_set.work}:
                raise self.task_set.not_open(name)
        if self.held and not self.held.keys() & {first, second}:
            return self.placeable.explain(first, second, grown=grown)
        declared = self.declared_order
        _, suggested = self._judge.suggested(declared)
        pairs = self.pairs([(first, second)])
        (scored,) = self.predictor.score(pairs, self.context)
        grounds = self._judge.grounds(scored, suggested, self.order_matrix)
        level = pair_levels(pairs, self.facts, scored.estimates.p_conflict)
        if grown is not None:
            declared_too = np.where(grounds.can_run_with, np.int8(DECLARED), level)
            limit = self.settings.plan.threshold
            grounds = grown_grounds(grounds, grown, declared_too, limit=limit)
        rules = [(rule, True) for rule in grounds.forbidding if rule.pairs[0]]
        rules += [(rule, False) for rule in grounds.permitting if rule.pairs[0]]
        reason = pair_reason(0, scored, grounds.decide())
        (decision,) = with_contributions([reason], scored, self.predictor)
        return Explanation(
            decision=decision,
            model=scored.model,
            threshold=grounds.threshold,
            components=pair_components(pairs, self.context, self.predictor),
            sides=(self._side(int(pairs.a[0])), self._side(int(pairs.b[0]))),
            rules=tuple(
                RuleWord(rule=rule.name, meaning=rule.meaning, forbids=forbids)
                for rule, forbids in rules
            ),
            order=chain_between(declared, first, second),
            level=LEVELS[level[0]],
        )

    def touched(
        self,
        tasks: Sequence[str] | None = None,
        *,
        surfaces: Collection[Surface] = COLLIDING,
        quoted: bool = False,
    ) -> Iterator[TouchedItem]:
        """Yield what tasks are expected to touch with every reason, likeliest first.

        Parameters
        ----------
        tasks
            Ids of open tasks, each counted once; all of them if None.
        surfaces
            Kinds of items that are wanted: those that tasks can collide in, unless said otherwise.
        quoted
            Whether the items come with the words that say why; that takes longer.

        Raises
        ------
        UnknownTaskError
            If one of them is not an open task of the files.
        """
        known = {task.id: task for task in self.task_set.work}
        for name in tasks or ():
            if name not in known:
                raise self.task_set.not_open(name)
        chosen = [known[name] for name in dict.fromkeys(known if tasks is None else tasks)]
        footprints = self.predictor.footprints.predict(
            chosen, self.memory, observed=self.observed, quoted=quoted
        )
        return touched_items(
            footprints,
            self.snapshot.paths,
            surfaces=surfaces,
            reason=HeldReasons(footprints, self.memory).reason if quoted else None,
        )

    def _side(self, row: int) -> Side:
        task = self.context.tasks[row]
        return Side(
            id=task.id,
            title=task.title,
            categories=tuple(category.value for category in self.facts.categories(row)),
            contexts=self.facts.task_contexts(row),
            evidence=tuple(EvidenceRow.of(each) for each in self.touched([task.id], quoted=True)),
        )
