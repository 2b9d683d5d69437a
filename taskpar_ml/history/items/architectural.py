"""Tasks that both introduce, independently, what should have been decided once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from posixpath import dirname
from typing import Final

from taskpar_ml.domain.code_facts import DefinitionKind, ResourceKind
from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.mined import ItemFinding
from taskpar_ml.history.items.asides import is_aside
from taskpar_ml.history.items.changed_definitions import is_telling
from taskpar_ml.history.items.fact_detectors import FACTS_DIGEST
from taskpar_ml.history.items.module_names import family_of
from taskpar_ml.history.replay.read_task import ChangedFile, ReadTask

_INTRODUCED: Final = frozenset((DefinitionKind.FUNCTION, DefinitionKind.CLASS, DefinitionKind.TYPE))
_MOST: Final = 20
"""Names that are given for one pair."""

Introduced = Mapping[str, frozenset[str]]
"""What a task introduces, as a person names it, and the files in which."""


class ArchitecturalItems:
    """Finds public definitions of one name in one directory, and packages, that both bring.

    Only names of several words count, and only in files that are no tests, examples or
    documentation. What one file holds twice is a matter of its lines.
    """

    name = f"architectural-1-{FACTS_DIGEST}"

    def summary(self, task: ReadTask) -> Introduced:
        """Return what a task introduces."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for name, path in (*_definitions(task.files), *_packages(task.files)):
            found[name].add(path)
        return {name: frozenset(paths) for name, paths in found.items()}

    def find(self, earlier: Introduced, later: Introduced) -> Iterator[ItemFinding]:
        """Yield what both introduce in different files."""
        both = [
            name for name in earlier.keys() & later.keys() if earlier[name].isdisjoint(later[name])
        ]
        for name in sorted(both)[:_MOST]:
            files = f"{min(earlier[name])} and {min(later[name])}"
            yield ItemFinding(ConflictKind.ARCHITECTURAL, f"{name}: {files}", self.name)


def _definitions(files: Sequence[ChangedFile]) -> Iterator[tuple[str, str]]:
    known = {each.name for file in files for each in file.before.definitions}
    for file in files:
        if family_of(file.path) is None or is_aside(file.path):
            continue
        for each in file.after.definitions:
            if (
                each.kind in _INTRODUCED
                and each.public
                and each.name not in known
                and "." not in each.name
                and is_telling(each.name)
            ):
                yield f"definition {each.name} in {dirname(file.path) or '.'}", file.path


def _packages(files: Sequence[ChangedFile]) -> Iterator[tuple[str, str]]:
    def needed(file: ChangedFile, *, after: bool) -> set[str]:
        return {
            each.name
            for each in (file.after if after else file.before).resources
            if each.kind == ResourceKind.DEPENDENCY and each.defines
        }

    known = {name for file in files for name in needed(file, after=False)}
    for file in files:
        if not is_aside(file.path):
            for name in sorted(needed(file, after=True) - known):
                yield f"package {name}", file.path
