"""Tags of a task file that contradict each other, spelled out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import networkx as nx
import numpy as np

from taskpar_ml.domain.plan import Because
from taskpar_ml.domain.task import Task
from taskpar_ml.planner.decisions import PairGrounds
from taskpar_ml.planner.graph import chain_between
from taskpar_ml.policy.facts import TaskFacts
from taskpar_ml.policy.settings import RuleSettings


def contradictions(
    tasks: Mapping[str, Task],
    *,
    graph: nx.DiGraph[str],
    grounds: PairGrounds,
    facts: TaskFacts,
    rules: RuleSettings,
) -> Iterator[str]:
    """Yield every contradiction with the side that wins.

    Parameters
    ----------
    tasks
        The tasks of the plan under their ids.
    graph
        Declared order.
    grounds
        What bears on the pairs, ``can_run_with`` among it.
    facts
        Categories of the tasks.
    rules
        The rules in force.
    """
    yield from _allowed_but(tasks, graph, grounds)
    for row, name in enumerate(facts.ids):
        task = tasks[name]
        if task.parallel_safe is not True:
            continue
        for category in facts.categories(row):
            if category not in rules.scopes():
                continue
            rule = f"never {category.value}"
            if rules.is_default(category):
                yield (
                    f"{task.place or name}: task {name}: parallel_safe: true lifts the default "
                    f"rule '{rule}'. Predicted and declared conflicts still hold."
                )
            else:
                yield (
                    f"{task.place or name}: task {name}: parallel_safe: true contradicts the "
                    f"configured rule '{rule}'. The rule wins; change it in taskpar.toml if "
                    "that is not meant."
                )


def _allowed_but(
    tasks: Mapping[str, Task], graph: nx.DiGraph[str], grounds: PairGrounds
) -> Iterator[str]:
    """Yield pairs that their author allows though something else speaks against it."""
    pairs = grounds.pairs
    for row in np.flatnonzero(grounds.can_run_with).tolist():
        first, second = pairs.ids[pairs.a[row]], pairs.ids[pairs.b[row]]
        place = _permission(tasks[first], tasks[second])
        if grounds.ordered[row]:
            chain = " -> ".join(chain_between(graph, first, second))
            yield f"{place} contradicts the order {chain}. The order wins."
        for rule in grounds.forbidding:
            if rule.pairs[row]:
                yield f"{place} contradicts '{rule.name}' ({rule.meaning}). The rule wins."
        for because, rule in grounds.conflicts:
            if because == Because.DECLARED_OVERLAP and rule.pairs[row]:
                yield f"{place} though {rule.meaning}. Your word wins: they may collide."


def _permission(first: Task, second: Task) -> str:
    """Say where it is written that two tasks may run together."""
    for sayer, other in ((second, first), (first, second)):
        if other.id in sayer.can_run_with:
            return f"{sayer.place or sayer.id}: task {sayer.id}: can_run_with {other.id}"
    return f"execution_groups: {first.id} and {second.id} in one parallel group"
