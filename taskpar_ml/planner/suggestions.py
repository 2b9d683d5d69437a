"""Orders that nobody declared: one task creates or decides what another uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import networkx as nx
from scipy import sparse

from taskpar_ml.domain.footprint import Access, Evidence, Footprints, Surface
from taskpar_ml.domain.plan import SuggestedDependency
from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.symbols import symbol_names_in
from taskpar_ml.footprints.wording import wording_before
from taskpar_ml.planner.designs import Decided, decided_by

SUGGESTED_ORDER: Final = "suggested order"
"""How plans call the rule that follows suggested dependencies."""
DECISION: Final = "decision"
"""The surface of a suggestion whose item is no touched thing but something to be agreed upon."""

_LIKELY_USE: Final = 0.5
"""P(a task changes what uses an item) from which on it should wait for who creates the item."""


class _Users(NamedTuple):
    """Who meets an item: those who seem to create it, and all others."""

    makers: set[str]
    others: set[str]


def suggested_dependencies(
    tasks: Sequence[Task],
    footprints: Footprints,
    graph: nx.DiGraph[str],
    *,
    contexts: Mapping[str, frozenset[str]],
) -> tuple[SuggestedDependency, ...]:
    """Return pairs of which the first seems to create or decide something that the second uses.

    Who uses an item names it, or is likely to change files that use it. Who decides something
    comes before the tasks that name it, if both lie in one context; where the contexts of one are
    not known, only what two words in a row name counts.

    Parameters
    ----------
    tasks
        Tasks of interest.
    footprints
        Evidence with its ``creates`` marks.
    graph
        Declared order; pairs that it orders already are left out.
    contexts
        Parts of the system that each task is believed to change; a task may be absent.

    Notes
    -----
    What several tasks seem to create or decide suggests no order: those tasks collide instead.
    """
    found: dict[tuple[str, str], SuggestedDependency] = {}
    for each in (*_made(tasks, footprints), *_decided(tasks, contexts)):
        ends = each.before, each.after
        is_ordered = nx.has_path(graph, *ends) or nx.has_path(graph, *reversed(ends))
        if not is_ordered:
            found.setdefault(ends, each)
    return tuple(found.values())


def _made(tasks: Sequence[Task], footprints: Footprints) -> Iterator[SuggestedDependency]:
    """Yield orders by what one task seems to create."""
    among = {task.id for task in tasks}
    by_item: defaultdict[tuple[Surface, str], list[Evidence]] = defaultdict(list)
    for row in footprints.evidence:
        if row.task in among:
            by_item[row.surface, row.item].append(row)
    for (surface, item), rows in sorted(by_item.items()):
        makers = {row.task for row in rows if row.creates and row.access == Access.WRITE}
        if not makers:
            continue
        users = _Users(makers, {row.task for row in rows})
        users.others.update(_likely_users(footprints, surface, item))
        if surface == Surface.SYMBOL:
            _add_naming(users, tasks, item)
        if len(users.makers) != 1:
            continue
        (maker,) = users.makers
        for user in sorted((users.others & among) - users.makers):
            yield SuggestedDependency(
                before=maker,
                after=user,
                surface=surface,
                item=item,
                why=f"it seems to create the {surface} {item}",
                followed=False,
            )


def _likely_users(footprints: Footprints, surface: Surface, item: str) -> set[str]:
    """Return the tasks whose files are likely to use an item."""
    held = footprints.predicted.get(surface)
    if held is None or item not in held.items:
        return set()
    column = sparse.coo_array(held.read[:, [held.items.index(item)]])
    return {footprints.tasks[row] for row in column.row[column.data >= _LIKELY_USE].tolist()}


def _add_naming(users: _Users, tasks: Sequence[Task], item: str) -> None:
    """Add the tasks whose own text names a symbol that no file defines yet."""
    last = item.rpartition(".")[2]
    for task in tasks:
        if last not in task.text:
            continue
        for each in symbol_names_in(task.text):
            if each.name == item or each.name.endswith((f".{item}", f"::{item}")):
                makes_it = wording_before(task.text, each.start).makes_it
                (users.makers if makes_it else users.others).add(task.id)


def _decided(
    tasks: Sequence[Task], contexts: Mapping[str, frozenset[str]]
) -> Iterator[SuggestedDependency]:
    """Yield orders by what one task decides for others."""
    decided = {task.id: each for task in tasks if (each := decided_by(task.title))}
    counts: defaultdict[tuple[tuple[str, ...], ...], int] = defaultdict(int)
    for each in decided.values():
        counts[each.phrases] += 1
    for task in tasks:
        each = decided.get(task.id)
        if each is None or counts[each.phrases] > 1:
            continue
        for other in tasks:
            if other.id == task.id or not each.is_named_in(other.text):
                continue
            if _lie_together(task, other, each, contexts):
                yield SuggestedDependency(
                    before=task.id,
                    after=other.id,
                    surface=DECISION,
                    item=each.name,
                    why=f"it decides the {each.name}: run first in its context",
                    followed=False,
                )


def _lie_together(
    task: Task, other: Task, decided: Decided, contexts: Mapping[str, frozenset[str]]
) -> bool:
    """Whether two tasks are of one part of the system, as far as that is known."""
    mine, theirs = contexts.get(task.id), contexts.get(other.id)
    if mine and theirs:
        return not mine.isdisjoint(theirs)
    return decided.is_specific


def likely_contexts(footprints: Footprints, *, at_least: float) -> Mapping[str, frozenset[str]]:
    """Return the parts of the system that tasks change with some probability at least."""
    held = footprints.predicted.get(Surface.CONTEXT)
    if held is None:
        return {}
    cells = sparse.coo_array(held.write)
    likely = cells.data >= at_least
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row, column in zip(cells.row[likely].tolist(), cells.col[likely].tolist(), strict=True):
        found[footprints.tasks[row]].add(held.items[column])
    return {task: frozenset(names) for task, names in found.items()}
