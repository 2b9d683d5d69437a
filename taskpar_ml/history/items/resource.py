"""Tasks that both take what is there once: the next step of a schema, a port, a route."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import Final

from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.mined import ItemFinding
from taskpar_ml.history.items.claims import Claim, Thing, claims
from taskpar_ml.history.items.fact_detectors import FACTS_DIGEST, RESOURCE_DETECTORS
from taskpar_ml.history.items.resource_lines import (
    holds_step,
    may_be_step,
    may_collide,
    may_decide,
    scope_of,
)
from taskpar_ml.history.items.schema_steps import new_steps
from taskpar_ml.history.replay.read_task import ChangedFile, ReadTask

_MOST: Final = 20
"""Things that are named for one pair."""


class ResourceSummary:
    """A task, as far as resources matter.

    Things are told apart within a file or a directory, so only tasks that both change something
    there can decide about the same. What is in their files is read then, once.

    Parameters
    ----------
    task
        The task.
    """

    def __init__(self, task: ReadTask) -> None:
        self._task = task
        self._paths: defaultdict[str, list[str]] = defaultdict(list)
        self._deciding: dict[str, Sequence[str]] = {}
        self._claims: dict[str, Mapping[Thing, Claim]] = {}
        for path in sorted(task.paths):
            if any(each.reads(path) for each in RESOURCE_DETECTORS):
                self._paths[scope_of(path)].append(path)

    @property
    def scopes(self) -> Set[str]:
        """Files and directories about whose things it may decide."""
        return self._paths.keys()

    @cached_property
    def steps(self) -> Mapping[str, frozenset[str]]:
        """Directory of migrations to the steps that it adds there."""
        held = [path for path in self._task.paths if may_be_step(path)]
        texts = {path: self._task.texts(path) for path in sorted(held)}
        if not any(holds_step(path, after) for path, (_, after) in texts.items()):
            return {}
        files = [
            self._read(path)
            for path, sides in texts.items()
            if any(holds_step(path, text) for text in sides)
        ]
        return new_steps(files)

    def deciding(self, scope: str) -> Sequence[str]:
        """Return which files of a scope may decide about something."""
        if scope not in self._deciding:
            self._deciding[scope] = [
                path for path in self._paths[scope] if may_decide(path, self._task.texts(path))
            ]
        return self._deciding[scope]

    def claims(self, scope: str) -> Mapping[Thing, Claim]:
        """Return what it decides about the things of a file or directory."""
        if scope not in self._claims:
            self._claims[scope] = claims([self._read(path) for path in self.deciding(scope)])
        return self._claims[scope]

    def _read(self, path: str) -> ChangedFile:
        return self._task.file(path, RESOURCE_DETECTORS)


class ResourceItems:
    """Finds steps of one schema that both tasks add, and things about which both decide."""

    name = f"resource-1-{FACTS_DIGEST}"

    def summary(self, task: ReadTask) -> ResourceSummary:
        """Return where a task may decide something."""
        return ResourceSummary(task)

    def find(self, earlier: ResourceSummary, later: ResourceSummary) -> Iterator[ItemFinding]:
        """Yield the lines of steps and the things that both claim."""
        found = list(_steps_of_one_line(earlier.steps, later.steps))
        for scope in earlier.scopes & later.scopes:
            if not may_collide(earlier.deciding(scope), later.deciding(scope)):
                continue
            before = earlier.claims(scope)
            after = later.claims(scope) if before else {}
            for thing in before.keys() & after.keys():
                if before[thing].collides(after[thing]):
                    found.append(str(thing))
        for item in sorted(found)[:_MOST]:
            yield ItemFinding(ConflictKind.RESOURCE, item, self.name)


def _steps_of_one_line(
    earlier: Mapping[str, frozenset[str]], later: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    for place in earlier.keys() & later.keys():
        ours, theirs = earlier[place], later[place]
        # One step that both bring was carried from one branch to another.
        if ours.isdisjoint(theirs):
            yield f"next migration in {place}: {min(ours)} and {min(theirs)}"
