"""The numbers that stand for words in the tables: places in these lists.

A new word goes to the end of its list, together with a migration, so that older versions refuse
the store instead of misreading it. Nothing is ever moved or taken away.
"""

from __future__ import annotations

from typing import Final

from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.landing import ChangeStatus, LandingShape
from taskpar_ml.domain.mined import DecidedBy, FileVerdict
from taskpar_ml.domain.overlap import FileConflictKind

STATUSES: Final = (
    ChangeStatus.ADDED,
    ChangeStatus.MODIFIED,
    ChangeStatus.DELETED,
    ChangeStatus.RENAMED,
)
SHAPES: Final = (
    LandingShape.GITHUB_MERGE,
    LandingShape.GITLAB_MERGE,
    LandingShape.GERRIT_MERGE,
    LandingShape.PLAIN_MERGE,
    LandingShape.SQUASH,
    LandingShape.DIRECT,
)
VERDICTS: Final = (FileVerdict.CLEAN, FileVerdict.CONFLICT, FileVerdict.UNKNOWN)
DECIDERS: Final = (DecidedBy.MERGE, DecidedBy.HUNKS, DecidedBy.NOTHING)
CONFLICTS: Final = (
    FileConflictKind.CONTENT,
    FileConflictKind.BOTH_ADDED,
    FileConflictKind.DELETE_MODIFY,
    FileConflictKind.RENAME_DELETE,
    FileConflictKind.RENAME_RENAME,
    FileConflictKind.RENAME_ADD,
    FileConflictKind.DIRECTORY_FILE,
    FileConflictKind.DIRECTORY_RENAME,
    FileConflictKind.BINARY,
    FileConflictKind.SUBMODULE,
    FileConflictKind.SYMLINK,
    FileConflictKind.TYPE,
    FileConflictKind.MODE,
)
KINDS: Final = (
    ConflictKind.TEXTUAL,
    ConflictKind.RESOURCE,
    ConflictKind.LOGICAL,
    ConflictKind.ARCHITECTURAL,
    ConflictKind.DEPENDENCY,
    ConflictKind.TRIVIAL,
    ConflictKind.UNKNOWN,
)

CONCURRENT: Final = 1
"""Of a pair: the later task was begun before the earlier one landed."""
TIPS: Final = 2
"""Of a pair: its tips were merged, whatever came of it."""
FILES: Final = 4
"""Of a pair: it shares files, which stand in a table of their own."""
DETAILS: Final = 8
"""Of a pair: other tables tell more of it, be it files, files of its tips, or items."""
