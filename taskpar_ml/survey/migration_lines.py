"""The order of migrations, and its open ends: two of them, and somebody must merge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from posixpath import basename, dirname
from typing import NamedTuple

from taskpar_ml.domain.code_facts import FileFacts


class MigrationLine(NamedTuple):
    """The migrations of one directory.

    Attributes
    ----------
    place
        The directory.
    steps
        Id to the file of each step, ids as other steps of the directory call them, sorted.
    heads
        Steps that no other step of the directory builds upon, sorted. A new migration builds upon
        them, so that of two new ones one must be written anew.
    missing
        Steps that others of the directory build upon and that are not there, sorted.
    """

    place: str
    steps: Mapping[str, str]
    heads: tuple[str, ...]
    missing: tuple[str, ...]


def migration_lines(facts: Iterable[tuple[str, FileFacts]]) -> list[MigrationLine]:
    """Return the migrations of a repository by directory, sorted.

    Parameters
    ----------
    facts
        Path to facts of every file that may hold a migration.
    """
    steps: defaultdict[str, dict[str, str]] = defaultdict(dict)
    parents: defaultdict[str, set[str]] = defaultdict(set)
    for path, found in facts:
        place = dirname(path)
        application = basename(dirname(place))
        for step in found.migrations:
            steps[place][step.id or basename(path).rpartition(".")[0]] = path
            for parent in step.parents:
                before, dot, name = parent.rpartition(".")
                if not dot:
                    parents[place].add(parent)
                elif before == application:
                    parents[place].add(name)
    return [
        MigrationLine(
            place,
            dict(sorted(steps[place].items())),
            tuple(sorted(steps[place].keys() - parents[place])),
            tuple(sorted(parents[place] - steps[place].keys())),
        )
        for place in sorted(steps)
    ]
