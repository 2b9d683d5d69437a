"""Tasks of which one takes away or changes what the other one starts to build upon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.mined import ItemFinding
from taskpar_ml.history.items.changed_definitions import (
    Brought,
    ChangedDefinition,
    HowChanged,
    brought,
    changed_definitions,
)
from taskpar_ml.history.items.fact_detectors import FACTS_DIGEST
from taskpar_ml.history.items.new_uses import NewUse, new_uses
from taskpar_ml.history.items.signatures import is_broken, may_mean
from taskpar_ml.history.replay.read_task import ReadTask

_MOST: Final = 20
"""Definitions that are named for one pair."""


@dataclass(frozen=True, slots=True)
class DefinitionSummary:
    """A task, as far as definitions matter.

    Attributes
    ----------
    changed
        What it changed of definitions that were there, by the keys of their uses.
    used
        What it starts to use, by the same keys.
    brought
        What it defines and was not there before.
    """

    changed: Mapping[str, tuple[ChangedDefinition, ...]]
    used: Mapping[str, tuple[NewUse, ...]]
    brought: Brought

    def of_key(self, key: str) -> tuple[ChangedDefinition, ...]:
        """Return the changed definitions that a key may mean."""
        return self.changed.get(key, ())


class LogicalItems:
    """Finds definitions that one task removes, renames or re-signs and the other starts to use.

    A definition that the earlier task introduced is none that both could have met. Of a new
    signature it counts whether a call that the one side wrote is accepted by the other side's.
    """

    name = f"logical-1-{FACTS_DIGEST}"

    def summary(self, task: ReadTask) -> DefinitionSummary:
        """Return what a task changed and what it starts to use."""
        files = task.files
        return DefinitionSummary(changed_definitions(files), new_uses(files), brought(files))

    def find(self, earlier: DefinitionSummary, later: DefinitionSummary) -> Iterator[ItemFinding]:
        """Yield the definitions that would have been missing, by name."""
        found: set[str] = set()
        for key in later.changed.keys() & earlier.used.keys():
            before = earlier.of_key(key)
            for change in later.changed[key]:
                if not earlier.brought.holds(change.path, change.name) and not any(
                    _takes_back(each, change) for each in before
                ):
                    found.update(_met(change, earlier.used[key], by_later=False))
        for key in earlier.changed.keys() & later.used.keys():
            after = later.of_key(key)
            for change in earlier.changed[key]:
                # Both doing the same is none.
                if change not in after:
                    found.update(_met(change, later.used[key], by_later=True))
        for item in sorted(found)[:_MOST]:
            yield ItemFinding(ConflictKind.LOGICAL, item, self.name)


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
