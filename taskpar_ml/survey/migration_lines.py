"""The order of migrations, and its open ends: two of them, and somebody must merge."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from posixpath import basename, dirname
from typing import Final, NamedTuple

from taskpar_ml.domain.code_facts import FileFacts, Migration

_IN_A_FOLDER: Final = "migration"
"""Name of a file, without its ending, whose folder is the step."""

_LEADING: Final = re.compile(r"\d+")


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
        for step in found.migrations:
            place, name = step_of(path, step)
            application = basename(dirname(place))
            steps[place][name] = path
            for parent in step.parents:
                before, dot, inner = parent.rpartition(".")
                if not dot:
                    parents[place].add(parent)
                elif before == application:
                    parents[place].add(inner)
    return [
        MigrationLine(
            place,
            dict(sorted(steps[place].items())),
            tuple(sorted(_heads(steps[place].keys(), parents[place]))),
            tuple(sorted(parents[place] - steps[place].keys())),
        )
        for place in sorted(steps)
    ]


def step_of(path: str, step: Migration) -> tuple[str, str]:
    """Return the directory of a step, and what others there call it.

    Examples
    --------
    >>> step_of("shop/migrations/0007_taxes.py", Migration("", ("shop.0006_carts",), 1))
    ('shop/migrations', '0007_taxes')
    """
    place, name = dirname(path), basename(path).rpartition(".")[0]
    if step.id:
        return place, step.id
    if name == _IN_A_FOLDER:
        return dirname(place), basename(place)
    return place, name.removesuffix(".up").removesuffix(".down")


def _heads(names: Set[str], parents: Set[str]) -> Set[str]:
    """Return the steps that the next one builds upon; of steps that name no parents, the last."""
    if parents:
        return names - parents
    newest = max(map(_number, names))
    return {name for name in names if _number(name) == newest}


def _number(name: str) -> tuple[int, str]:
    """Return by what files in a row are ordered: the number that their names begin with."""
    found = _LEADING.match(name)
    return (int(found[0]), "") if found else (-1, name)
