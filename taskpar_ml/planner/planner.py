"""The plan: decisions about pairs and the order of tasks become waves, with their reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.groups import groups_of_waves
from taskpar_ml.domain.plan import (
    Forecast,
    Opportunity,
    PairReason,
    Plan,
    PlannedTask,
    RuleCost,
)
from taskpar_ml.planner.decisions import PairDecisions
from taskpar_ml.planner.forecast import forecast
from taskpar_ml.planner.inputs import PlanInputs
from taskpar_ml.planner.suggestions import SUGGESTED_ORDER
from taskpar_ml.planner.urgency import urgency
from taskpar_ml.planner.waves import makespan, shortest_waves
from taskpar_ml.planner.wording import after_words, apart_words, busy_words, pair_reason

_NEIGHBOURS: Final = 200
_RISKIEST: Final = 10
_OPPORTUNITIES: Final = 5
_TRIES: Final = 40
_TRIED_TASKS: Final = 4_000
"""Tasks placed in all tries together: large plans try less, so that none takes minutes."""


def make_plan(inputs: PlanInputs) -> Plan:
    """Return the plan with its reasons, costs and opportunities."""
    durations = inputs.durations
    decisions = inputs.grounds.decide()
    workers = inputs.workers or max(len(inputs.tasks), 1)
    waves = _waves(inputs, decisions, inputs.order, durations)
    length = makespan(waves, durations)
    expected, more = _expected(inputs, decisions, workers)
    return Plan(
        groups=groups_of_waves(waves),
        tasks=_planned(inputs, decisions, waves),
        held=tuple(inputs.held),
        workers=workers,
        sequential_duration=float(sum(durations.values())),
        makespan=length,
        expected=expected,
        one_more_worker=more,
        model=inputs.scored.model,
        threshold=inputs.grounds.threshold,
        repository=inputs.repository,
        commit=inputs.commit,
        neighbours=_neighbours(inputs, decisions, waves),
        riskiest=_riskiest(inputs, decisions),
        pairs_by_reason=decisions.counts(),
        rule_costs=_rule_costs(inputs, waves, durations),
        suggested_dependencies=inputs.suggested,
        startable=_startable(inputs),
        opportunities=_opportunities(inputs),
        unknown=tuple(inputs.unknown),
        notices=tuple(inputs.notices),
    )


def _waves(
    inputs: PlanInputs,
    decisions: PairDecisions,
    order: nx.DiGraph[str],
    durations: Mapping[str, float],
) -> list[list[str]]:
    return shortest_waves(
        order,
        ids=inputs.scored.pairs.ids,
        apart=decisions.apart_matrix(),
        rank=urgency(inputs.tasks, order, inputs.durations),
        workers=inputs.workers,
        durations=durations,
        tries=max(1, min(_TRIES, _TRIED_TASKS // max(len(inputs.tasks), 1))),
    )


def _expected(
    inputs: PlanInputs, decisions: PairDecisions, workers: int
) -> tuple[Forecast | None, float | None]:
    """Return what continuous dispatch comes to, and the share that one more worker would save."""
    rules = inputs.start_rules(decisions)
    ids = inputs.scored.pairs.ids
    found, wider = (
        forecast(inputs.order, ids=ids, rules=rules, workers=each)
        for each in (workers, workers + 1)
    )
    if found is None or wider is None:
        return found, None
    return found, 1 - wider.makespan.mean / found.makespan.mean


def _planned(
    inputs: PlanInputs, decisions: PairDecisions, waves: Sequence[Sequence[str]]
) -> tuple[PlannedTask, ...]:
    """Say of every task where it stands and what keeps it out of the wave before."""
    tasks = {task.id: task for task in inputs.tasks}
    row_of = inputs.scored.pairs.row_matrix()
    position = {task: index for index, task in enumerate(inputs.scored.pairs.ids)}
    planned = []
    for number, wave in enumerate(waves):
        before = waves[number - 1] if number else ()
        for name in wave:
            task = tasks[name]
            why = _why_not_earlier(name, before, inputs, decisions, position, row_of)
            planned.append(
                PlannedTask(
                    id=name,
                    title=task.title,
                    duration=inputs.durations[name],
                    duration_from=inputs.estimated.of[name].source,
                    wave=number,
                    why_not_earlier=why,
                )
            )
    return tuple(planned)


def _why_not_earlier(
    task: str,
    before: Sequence[str],
    inputs: PlanInputs,
    decisions: PairDecisions,
    position: Mapping[str, int],
    row_of: NDArray[np.int64],
) -> str:
    for other in before:
        if inputs.order.has_edge(other, task):
            return after_words(inputs.order, other, task)
    for other in before:
        row = int(row_of[position[task], position[other]])
        if not decisions.together[row]:
            return apart_words(other, pair_reason(row, inputs.scored, decisions))
    return busy_words(inputs.workers) if before else ""


def _neighbours(
    inputs: PlanInputs, decisions: PairDecisions, waves: Sequence[Sequence[str]]
) -> tuple[PairReason, ...]:
    """Return the pairs that the plan lets run together, riskiest first."""
    pairs = inputs.scored.pairs
    wave_of = {task: number for number, wave in enumerate(waves) for task in wave}
    number = np.array([wave_of[task] for task in pairs.ids], dtype=np.int64)
    rows = np.flatnonzero(number[pairs.a] == number[pairs.b])
    risk = np.nan_to_num(inputs.scored.estimates.risk[rows], nan=np.inf)
    chosen = rows[np.argsort(-risk, kind="stable")][:_NEIGHBOURS]
    return tuple(pair_reason(int(row), inputs.scored, decisions) for row in chosen)


def _riskiest(inputs: PlanInputs, decisions: PairDecisions) -> tuple[PairReason, ...]:
    """Return the pairs with the highest risk above 0."""
    risk = np.nan_to_num(inputs.scored.estimates.risk, nan=0.0)
    rows = np.argsort(-risk, kind="stable")[:_RISKIEST]
    return tuple(pair_reason(int(row), inputs.scored, decisions) for row in rows if risk[row] > 0)


def _rule_costs(
    inputs: PlanInputs, waves: Sequence[Sequence[str]], durations: Mapping[str, float]
) -> tuple[RuleCost, ...]:
    """Plan again without each rule that decided a pair, and compare."""
    with_all = makespan(waves, durations)
    counts = inputs.grounds.decide().counts()
    costs = []
    for rule in inputs.grounds.liftable():
        if not counts.get(rule.name):
            continue
        order = inputs.declared if rule.name == SUGGESTED_ORDER else inputs.order
        lifted = _waves(inputs, inputs.grounds.decide(lifted={rule.name}), order, durations)
        saved = (with_all - makespan(lifted, durations)) / with_all
        costs.append(
            RuleCost(
                rule=rule.name,
                meaning=rule.meaning,
                pairs=counts[rule.name],
                waves=len(waves) - len(lifted),
                makespan_share=saved,
            )
        )
    return tuple(sorted(costs, key=lambda cost: (-cost.makespan_share, -cost.pairs)))


def _startable(inputs: PlanInputs) -> tuple[str, ...]:
    """Return the tasks that wait for no other, in file order."""
    return tuple(task.id for task in inputs.tasks if not inputs.declared.in_degree(task.id))


def _opportunities(inputs: PlanInputs) -> tuple[Opportunity, ...]:
    """Return the tasks whose landing frees others at once."""
    found = []
    for name in _startable(inputs):
        frees = tuple(
            after
            for after in inputs.declared.successors(name)
            if inputs.declared.in_degree(after) == 1
        )
        if frees:
            found.append(Opportunity(task=name, frees=frees))
    return tuple(sorted(found, key=lambda each: -len(each.frees))[:_OPPORTUNITIES])
