"""Tasks that both take what is there once: the next step of a schema, a port, a route."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.mined import ItemFinding
from taskpar_ml.history.items.claims import Claim, Thing, claims
from taskpar_ml.history.items.fact_detectors import FACTS_DIGEST
from taskpar_ml.history.items.schema_steps import new_steps
from taskpar_ml.history.replay.read_task import ReadTask

_MOST: Final = 20
"""Things that are named for one pair."""


@dataclass(frozen=True, slots=True)
class ResourceSummary:
    """A task, as far as resources matter.

    Attributes
    ----------
    steps
        Directory of migrations to the steps that it adds there.
    claims
        What it decides about other things.
    """

    steps: Mapping[str, frozenset[str]]
    claims: Mapping[Thing, Claim]


class ResourceItems:
    """Finds steps of one schema that both tasks add, and things about which both decide."""

    name = f"resource-1-{FACTS_DIGEST}"

    def summary(self, task: ReadTask) -> ResourceSummary:
        """Return what a task decides."""
        return ResourceSummary(new_steps(task.files), claims(task.files))

    def find(self, earlier: ResourceSummary, later: ResourceSummary) -> Iterator[ItemFinding]:
        """Yield the lines of steps and the things that both claim."""
        found = []
        for place in earlier.steps.keys() & later.steps.keys():
            ours, theirs = earlier.steps[place], later.steps[place]
            # One step that both bring was carried from one branch to another.
            if ours.isdisjoint(theirs):
                found.append(f"next migration in {place}: {min(ours)} and {min(theirs)}")
        for thing in earlier.claims.keys() & later.claims.keys():
            if earlier.claims[thing].collides(later.claims[thing]):
                found.append(str(thing))
        for item in sorted(found)[:_MOST]:
            yield ItemFinding(ConflictKind.RESOURCE, item, self.name)
