"""What a merge of two sides says about every file that both changed."""

from __future__ import annotations

from collections.abc import Iterator

from taskpar_ml.domain.mined import FileFinding, FileVerdict
from taskpar_ml.domain.overlap import FileConflict, HowChanged
from taskpar_ml.repo.shared import shared_files
from taskpar_ml.repo.stages import SideChanges
from taskpar_ml.repo.trial import TrialMerger, may_meet


def merge_findings(merger: TrialMerger, a: SideChanges, b: SideChanges) -> Iterator[FileFinding]:
    """Yield every file that both sides changed, each once, and every other one in conflict.

    Raises
    ------
    MissingObjectError
        If a content that must be compared or merged cannot be read.
    """
    conflicts = merger.conflicts(a, b) if may_meet(a, b) else []
    by_path = {path: each for each in conflicts for path in names_of(each)}
    shown = set()
    for shared in shared_files(a, b):
        names = {shared.path, shared.a.path, shared.b.path}
        shown |= names
        conflict = next((by_path[name] for name in sorted(names) if name in by_path), None)
        yield FileFinding(
            path=shared.path,
            verdict=FileVerdict.CONFLICT if conflict else FileVerdict.CLEAN,
            kind=conflict.kind if conflict else None,
            created=shared.a.how == HowChanged.DELETED,
        )
    for conflict in conflicts:
        if shown.isdisjoint(names_of(conflict)):
            path = conflict.path_b or conflict.path
            yield FileFinding(path, FileVerdict.CONFLICT, kind=conflict.kind)


def names_of(conflict: FileConflict) -> set[str]:
    """Return every path that a conflict is about."""
    return {each for each in (conflict.path, conflict.path_a, conflict.path_b) if each is not None}
