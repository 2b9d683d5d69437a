"""Files added to a directory that the other side renamed: git asks where they belong.

Source: git, ``merge-ort.c``, with ``merge.directoryRenames`` at its default, ``conflict``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from taskpar_ml.domain.overlap import FileConflict, FileConflictKind
from taskpar_ml.repo.changes import Changes, parents
from taskpar_ml.repo.stages import SideChanges


def directories_meet(mover: Changes, adder: Changes) -> bool:
    """Whether one side put a file right into a directory of which the other left nothing."""
    return any(path.rpartition("/")[0] in mover.gone for path in adder.added if mover.gone)


def directory_conflicts(a: SideChanges, b: SideChanges) -> Iterator[FileConflict]:
    """Yield every file that one side added to a directory which the other renamed.

    A directory is renamed if nothing of it is left and its renamed files went to another; to
    which, most of them decide. Where no other has most, the file has no path on the side that
    renamed. A directory that both renamed is left alone.
    """
    moved_a, moved_b = _renamed_directories(a, b), _renamed_directories(b, a)
    for old in moved_a.keys() & moved_b.keys():
        del moved_a[old], moved_b[old]
    for mover, moved, other_moved, adder, swapped in (
        (a, moved_a, moved_b, b, False),
        (b, moved_b, moved_a, a, True),
    ):
        for path in sorted(adder.changes.added):
            parent = next((each for each in parents(path) if each in moved), None)
            # git does not follow into a directory that the adding side renamed itself.
            if parent is not None and moved[parent] not in other_moved:
                suggested = _followed(path, parent, moved[parent])
                if suggested is not None and _came_from(suggested, path, adder, mover):
                    continue
                yield FileConflict(
                    path=path,
                    kind=FileConflictKind.DIRECTORY_RENAME,
                    path_a=path if swapped else suggested,
                    path_b=suggested if swapped else path,
                )


def _followed(path: str, parent: str, target: str | None) -> str | None:
    """Return where a file would lie if it had followed the directory it was added to."""
    if target is None:
        return None
    rest = path[len(parent) + 1 :]
    return f"{target}/{rest}" if target else rest


def _came_from(old: str, path: str, adder: SideChanges, mover: SideChanges) -> bool:
    """Whether the adding side renamed the file from the very path to which it would go."""
    if old not in adder.changes.deleted:
        return False
    return adder.finder.renames({old}, mover.changes).get(old) == path


def _renamed_directories(mover: SideChanges, adder: SideChanges) -> dict[str, str | None]:
    """Return old directory to new, for those of one side that the other added files right to.

    None where several other directories got most of the files.
    """
    wanted = {path.rpartition("/")[0] for path in adder.changes.added} & mover.changes.gone
    if not wanted:
        return {}
    sources = {
        path for path in mover.changes.deleted if any(parent in wanted for parent in parents(path))
    }
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for old, new in mover.finder.renames(sources, adder.changes).items():
        for before, after in _directory_moves(old, new):
            if before in wanted:
                counts[before][after] += 1
    moved: dict[str, str | None] = {}
    for before, targets in counts.items():
        (after, most), *others = targets.most_common(2)
        moved[before] = None if others and others[0][1] == most else after
    return moved


def _directory_moves(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Yield the directories that a renamed file counts for, as long as what follows is the same."""
    before, after = old.rpartition("/")[0], new.rpartition("/")[0]
    while before and before != after:
        yield before, after
        head_before, _, name_before = before.rpartition("/")
        head_after, _, name_after = after.rpartition("/")
        if name_before != name_after:
            return
        before, after = head_before, head_after
