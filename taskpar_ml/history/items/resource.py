"""Tasks that both take what is there once: the next step of a schema, a port, a route."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from functools import cached_property
from posixpath import dirname
from typing import Final

from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.mined import ItemFinding
from taskpar_ml.history.items.claims import Claim, Thing, claims
from taskpar_ml.history.items.fact_detectors import FACTS_DIGEST, RESOURCE_DETECTORS
from taskpar_ml.history.items.resource_lines import may_decide, may_hold_step
from taskpar_ml.history.items.schema_steps import new_steps
from taskpar_ml.history.replay.read_task import ChangedFile, ReadTask

_MOST: Final = 20
"""Things that are named for one pair."""


class ResourceSummary:
    """A task, as far as resources matter.

    Things lie in a directory, so only tasks that both change files of one directory can decide
    about the same thing. What is in those files is read then, once.

    Parameters
    ----------
    task
        The task.
    """

    def __init__(self, task: ReadTask) -> None:
        self._task = task
        self._paths: defaultdict[str, list[str]] = defaultdict(list)
        self._claims: dict[str, Mapping[Thing, Claim]] = {}
        for path in sorted(task.paths):
            if any(each.reads(path) for each in RESOURCE_DETECTORS):
                self._paths[dirname(path)].append(path)

    @property
    def directories(self) -> Set[str]:
        """Those in which it changed files that may hold resources."""
        return self._paths.keys()

    @cached_property
    def homes(self) -> Set[str]:
        """Directories in which it may add steps of a schema."""
        return {each for path in self.directories for each in (path, dirname(path))}

    @cached_property
    def steps(self) -> Mapping[str, frozenset[str]]:
        """Directory of migrations to the steps that it adds there."""
        return new_steps(
            [
                self._read(path)
                for paths in self._paths.values()
                for path in paths
                if may_hold_step(path, self._task.texts(path))
            ]
        )

    def claims(self, directory: str) -> Mapping[Thing, Claim]:
        """Return what it decides about the things of a directory."""
        if directory not in self._claims:
            files = [
                self._read(path)
                for path in self._paths[directory]
                if may_decide(path, self._task.texts(path))
            ]
            self._claims[directory] = claims(files)
        return self._claims[directory]

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
        found = list(_steps_of_one_line(earlier, later))
        for directory in earlier.directories & later.directories:
            before, after = earlier.claims(directory), later.claims(directory)
            for thing in before.keys() & after.keys():
                if before[thing].collides(after[thing]):
                    found.append(str(thing))
        for item in sorted(found)[:_MOST]:
            yield ItemFinding(ConflictKind.RESOURCE, item, self.name)


def _steps_of_one_line(earlier: ResourceSummary, later: ResourceSummary) -> Iterator[str]:
    if earlier.homes.isdisjoint(later.homes):
        return
    for place in earlier.steps.keys() & later.steps.keys():
        ours, theirs = earlier.steps[place], later.steps[place]
        # One step that both bring was carried from one branch to another.
        if ours.isdisjoint(theirs):
            yield f"next migration in {place}: {min(ours)} and {min(theirs)}"
