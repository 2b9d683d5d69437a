"""What replaying the past found out about pairs of landings, before any policy judges it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.overlap import FileConflictKind


class FileVerdict(StrEnum):
    """What became of a file that both tasks changed."""

    CLEAN = "clean"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"
    """Neither a merge nor the mapped hunks decide."""


class DecidedBy(StrEnum):
    """How the verdict on a file came about."""

    MERGE = "merge"
    """The earlier task was taken back, and the later one merged into what was left."""
    HUNKS = "hunks"
    """Taking the earlier task back failed; its hunks, mapped forward, were held against the later
    one's."""
    NOTHING = "nothing"
    """Nothing could decide."""


@dataclass(frozen=True, slots=True)
class FileFinding:
    """One file that both tasks of a pair changed.

    Attributes
    ----------
    path
        The file as the later task found it; of a new file, where that task put it.
    verdict
        Whether it would have conflicted.
    decided_by
        Who says so.
    kind
        How a merge would fail; ``None`` unless a merge decided that there is a conflict.
    created
        Whether the earlier task created the file, so that the later one builds upon it.
    """

    path: str
    verdict: FileVerdict
    decided_by: DecidedBy = DecidedBy.MERGE
    kind: FileConflictKind | None = None
    created: bool = False


@dataclass(frozen=True, slots=True)
class ItemFinding:
    """One thing other than lines of a file over which two tasks collide.

    Attributes
    ----------
    kind
        ``resource``, ``logical`` or ``architectural``.
    item
        What they collide over, as a person would name it: ``migration 0042``, ``port 8080``.
    detector
        Who found it, with its version: ``migrations-1``.
    """

    kind: ConflictKind
    item: str
    detector: str


@dataclass(frozen=True, slots=True)
class PairFinding:
    """Everything found out about one pair of landings.

    Attributes
    ----------
    earlier, later
        Ids of the landings, in the order in which they landed.
    files
        Files that both changed, by path; empty for a pair that shares none.
    items
        What detectors found besides, in no particular order.
    concurrent
        Whether the later one was begun before the earlier one landed.
    tips
        Of a concurrent pair whose tips can be merged: the files that both changed, as a merge of
        the tips from their merge base settles them. Else ``None``.
    """

    earlier: str
    later: str
    files: tuple[FileFinding, ...] = ()
    items: tuple[ItemFinding, ...] = ()
    concurrent: bool = False
    tips: tuple[FileFinding, ...] | None = None


@dataclass(frozen=True, slots=True)
class MinedTask:
    """A task with every earlier task of its window.

    Attributes
    ----------
    task
        Id of the landing.
    pairs
        It against each task that landed before it within the window, the nearest first.
    """

    task: str
    pairs: tuple[PairFinding, ...]
