"""What rules and limits cost: the tasks are planned again without each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import networkx as nx

from taskpar_ml.domain.plan import Because, LimitCost, RuleCost
from taskpar_ml.planner.decisions import PairDecisions
from taskpar_ml.planner.graph import EdgeKind
from taskpar_ml.planner.inputs import PlanInputs
from taskpar_ml.planner.instance import Instance
from taskpar_ml.planner.scheduler import Scheduler
from taskpar_ml.planner.suggestions import SUGGESTED_ORDER

_ORDER: Final = "order"


def rule_costs(
    inputs: PlanInputs, decisions: PairDecisions, plan: Scheduler
) -> tuple[RuleCost, ...]:
    """Return what every rule costs that decided a pair, dearest first."""
    counts = decisions.counts()
    costs = []
    for rule in inputs.grounds.liftable():
        if not counts.get(rule.name):
            continue
        order = inputs.declared if rule.name == SUGGESTED_ORDER else inputs.order
        lifted = inputs.grounds.decide(lifted={rule.name})
        saved, waves = plan.otherwise(inputs.instance(lifted, order=order))
        costs.append(
            RuleCost(
                rule=rule.name,
                meaning=rule.meaning,
                pairs=counts[rule.name],
                waves=len(plan.waves) - waves,
                makespan_share=saved,
            )
        )
    return tuple(sorted(costs, key=lambda cost: (-cost.makespan_share, -cost.pairs)))


def limit_costs(
    inputs: PlanInputs, decisions: PairDecisions, plan: Scheduler
) -> tuple[LimitCost, ...]:
    """Return what the limits of the whole plan cost, dearest first, those left out that do not."""
    costs = [
        LimitCost(limit=limit, meaning=meaning, makespan_share=plan.otherwise(instance)[0])
        for limit, meaning, instance in _without(inputs, decisions, plan.instance)
    ]
    return tuple(
        sorted(
            (cost for cost in costs if cost.makespan_share > 0),
            key=lambda cost: -cost.makespan_share,
        )
    )


def _without(
    inputs: PlanInputs, decisions: PairDecisions, plan: Instance
) -> Iterator[tuple[str, str, Instance]]:
    """Yield every limit in force, what it means, and the tasks without it."""
    counts = decisions.counts()
    if len(inputs.declared.edges):
        lifted = inputs.grounds.decide(lifted={_ORDER})
        order = _only_suggested(inputs.order)
        meaning = "tasks wait for what they declare to depend on"
        yield _ORDER, meaning, inputs.instance(lifted, order=order)
    if counts.get(Because.RISK.value):
        lifted = inputs.grounds.decide(lifted={Because.RISK.value})
        meaning = "pairs stay apart from the threshold on; without it their losses still count"
        yield "threshold", meaning, inputs.instance(lifted)
    if plan.workers < len(plan.names):
        meaning = f"no more than {plan.workers} tasks at the same time"
        yield "workers", meaning, replace(plan, workers=len(plan.names))
    if plan.budget is not None:
        meaning = f"no more than {plan.budget:g} hits are expected"
        yield "budget", meaning, replace(plan, budget=None)


def _only_suggested(order: nx.DiGraph[str]) -> nx.DiGraph[str]:
    """Return the order without what is declared."""
    kept: nx.DiGraph[str] = nx.DiGraph()
    kept.add_nodes_from(order)
    kept.add_edges_from(
        edge for edge in order.edges if order.edges[edge].get("kind") == EdgeKind.SUGGESTED
    )
    return kept
