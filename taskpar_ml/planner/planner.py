"""The plan: decisions about pairs and the order of tasks become waves, with their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from taskpar_ml.domain.groups import groups_of_waves
from taskpar_ml.domain.plan import Forecast, Opportunity, PairReason, Plan, PlannedTask
from taskpar_ml.planner.costs import limit_costs, rule_costs
from taskpar_ml.planner.decisions import PairDecisions
from taskpar_ml.planner.forecast import forecast
from taskpar_ml.planner.inputs import PlanInputs
from taskpar_ml.planner.scheduler import Scheduler
from taskpar_ml.planner.splitting import SetApart, splits
from taskpar_ml.planner.urgency import urgency
from taskpar_ml.planner.waves import makespan
from taskpar_ml.planner.why_not import WhyNot
from taskpar_ml.planner.wording import pair_reason

_NEIGHBOURS: Final = 200
_RISKIEST: Final = 10
_OPPORTUNITIES: Final = 5


def make_plan(inputs: PlanInputs, *, set_apart: SetApart | None = None) -> Plan:
    """Return the plan with its reasons, costs and opportunities.

    Parameters
    ----------
    set_apart
        Who says what changes when an item is cut; without one, only tasks are said to be worth it.
    """
    durations = inputs.durations
    decisions = inputs.grounds.decide()
    workers = inputs.workers or max(len(inputs.tasks), 1)
    if not inputs.tasks:
        return _plan(inputs, decisions, workers)
    plan = Scheduler(inputs.instance(decisions), _rank(inputs), inputs.previous)
    expected, more = _expected(inputs, decisions, workers)
    return _plan(
        inputs,
        decisions,
        workers,
        groups=groups_of_waves(plan.waves),
        tasks=_planned(inputs, decisions, plan),
        sequential_duration=float(sum(durations.values())),
        makespan=makespan(plan.waves, durations),
        in_waves=plan.value,
        in_starts=plan.instance.value(plan.started),
        expected=expected,
        one_more_worker=more,
        neighbours=_neighbours(inputs, decisions, plan.waves),
        riskiest=_riskiest(inputs, decisions),
        moved=plan.moved,
        rule_costs=rule_costs(inputs, decisions, plan),
        limit_costs=limit_costs(inputs, decisions, plan),
        splits=splits(inputs, decisions, plan, set_apart),
        startable=_startable(inputs),
        opportunities=_opportunities(inputs),
    )


def _plan(inputs: PlanInputs, decisions: PairDecisions, workers: int, **found: Any) -> Plan:
    """Return a plan with what is known without placing a task."""
    return Plan(
        **{"groups": (), "tasks": (), "sequential_duration": 0.0, "makespan": 0.0} | found,
        held=tuple(inputs.held),
        workers=workers,
        model=inputs.scored.model,
        threshold=inputs.grounds.threshold,
        repository=inputs.repository,
        commit=inputs.commit,
        pairs_by_reason=decisions.counts(),
        suggested_dependencies=inputs.suggested,
        unknown=tuple(inputs.unknown),
        notices=tuple(inputs.notices),
    )


def _rank(inputs: PlanInputs) -> dict[str, int]:
    """Return the place of each task among all, the most urgent first, ties in file order."""
    found = urgency(inputs.tasks, inputs.order, inputs.durations)
    return {name: place for place, name in enumerate(sorted(found, key=found.__getitem__))}


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
    inputs: PlanInputs, decisions: PairDecisions, plan: Scheduler
) -> tuple[PlannedTask, ...]:
    """Say of every task where it stands and what keeps it out of the wave before."""
    tasks = {task.id: task for task in inputs.tasks}
    why = WhyNot(inputs, decisions, plan)
    return tuple(
        PlannedTask(
            id=name,
            title=tasks[name].title,
            duration=inputs.durations[name],
            duration_from=inputs.estimated.of[name].source,
            wave=number,
            start=plan.starts[name],
            why_not_earlier=why.of(name, plan.waves[number - 1] if number else ()),
        )
        for number, wave in enumerate(plan.waves)
        for name in wave
    )


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
