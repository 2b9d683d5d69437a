"""Tasks of which one takes away or changes what the other one starts to build upon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
            if any(_takes_back(each, change) for each in earlier.changes_of(change.path, key)):
                continue
            met = set(_met(change, _of_type(later, change, uses), by_later=False))
            if met and not earlier.brings(change.path, change.name):
                found |= met
        for key, change, uses in broken(earlier, later):
            # Both doing the same is none.
            if change not in later.changes_of(change.path, key):
                found.update(_met(change, _of_type(earlier, change, uses), by_later=True))
        for item in sorted(found)[:_MOST]:
            yield ItemFinding(ConflictKind.LOGICAL, item, self.name)


def _takes_back(earlier: ChangedDefinition, later: ChangedDefinition) -> bool:
    return (earlier.path, earlier.name, earlier.old) == (later.path, later.name, later.new)


def _met(change: ChangedDefinition, uses: Iterable[NewUse], *, by_later: bool) -> Iterator[str]:
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


def _of_type(
    task: DefinitionSummary, change: ChangedDefinition, uses: Sequence[NewUse]
) -> Sequence[NewUse]:
    """Return the uses that may be of the type of a method of Go.

    What several types of a package can do, others can, too. Files of other packages must name the
    type then.
    """
    owner, _, last = change.name.rpartition(".")
    if change.family != GO or not owner or not task.shares(change.path, last):
        return uses
    place = place_of(change.path)
    named = f"{place.rpartition('/')[2]}.{owner}".encode()
    return [use for use in uses if place_of(use.path) == place or named in use.content]
