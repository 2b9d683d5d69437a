"""Tasks of which one takes away or changes what the other one starts to build upon."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.mined import ItemFinding
from taskpar_ml.history.items.changed_definitions import ChangedDefinition, HowChanged
from taskpar_ml.history.items.definition_summary import DefinitionSummary, broken
from taskpar_ml.history.items.fact_detectors import FACTS_DIGEST
from taskpar_ml.history.items.module_names import GO, place_of
from taskpar_ml.history.items.new_uses import NewUse
from taskpar_ml.history.items.signatures import is_broken, may_mean
from taskpar_ml.history.replay.read_task import ReadTask

_MOST: Final = 20
"""Definitions that are named for one pair."""


class LogicalItems:
    """Finds definitions that one task removes, renames or re-signs and the other starts to use.

    A definition that the earlier task introduced is none that both could have met. Of a new
    signature it counts whether a call that the one side wrote is accepted by the other side's.
    """

    name = f"logical-2-{FACTS_DIGEST}"

    def summary(self, task: ReadTask) -> DefinitionSummary:
        """Return which names a task may have changed, and which it may have started to use."""
        return DefinitionSummary(task)

    def find(self, earlier: DefinitionSummary, later: DefinitionSummary) -> Iterator[ItemFinding]:
        """Yield the definitions that would have been missing, by name."""
        found: set[str] = set()
        for key, change, uses in broken(later, earlier):
            if any(_takes_back(each, change) for each in _certain(earlier, change.path, key)):
                continue
            met = set(_met(change, uses, by_later=False))
            if met and not earlier.brought.holds(change.path, change.name):
                found |= met
        for key, change, uses in broken(earlier, later):
            # Both doing the same is none.
            if change not in _certain(later, change.path, key):
                found.update(_met(change, uses, by_later=True))
        for item in sorted(found)[:_MOST]:
            yield ItemFinding(ConflictKind.LOGICAL, item, self.name)


def _certain(task: DefinitionSummary, path: str, key: str) -> tuple[ChangedDefinition, ...]:
    changes = task.changes(path)
    return () if changes is None else changes.certain.get(key, ())


def _takes_back(earlier: ChangedDefinition, later: ChangedDefinition) -> bool:
    return (earlier.path, earlier.name, earlier.old) == (later.path, later.name, later.new)


def _met(change: ChangedDefinition, uses: tuple[NewUse, ...], *, by_later: bool) -> Iterator[str]:
    """Yield a changed definition, if some use cannot go with the change."""
    family = change.family
    # What was removed cannot be used later, unless it came back; a new name only later.
    if change.how != HowChanged.RESIGNED and by_later != (change.how == HowChanged.RENAMED):
        return
    for use in uses:
        if change.with_file and use.path == change.path:
            # It went along.
            continue
        if not _may_be_of_type(change, use):
            continue
        calls = use.calls(family)
        if change.how == HowChanged.RESIGNED:
            is_met = any(
                is_broken(change.old, change.new, family, call, by_later=by_later) for call in calls
            )
        else:
            is_met = may_mean(change.old, family, calls)
        if is_met:
            name = change.was or change.name
            yield f"{name} of {change.path}: {change.how}, and used anew in {use.path}"
            return


def _may_be_of_type(change: ChangedDefinition, use: NewUse) -> bool:
    """Whether a file of another package of Go that calls a method names the type of it.

    Interfaces of many packages demand methods of one name, and every package may call them all.
    """
    owner = change.name.rpartition(".")[0]
    place = place_of(change.path)
    if change.family != GO or not owner or place == place_of(use.path):
        return True
    package = place.rpartition("/")[2]
    return (
        re.search(rf"\b{re.escape(package)}\.{re.escape(owner)}\b".encode(), use.content)
        is not None
    )
