"""Which findings count as a conflict: what is trivial, and what makes a pair's label positive.

Findings are stored as they are and judged when they are read, so that a policy can change without
replaying anything again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from taskpar_ml.domain.labels import ConflictKind, is_positive
from taskpar_ml.domain.mined import FileFinding, FileVerdict, ItemFinding, PairFinding
from taskpar_ml.policy.automation_files import CHANGELOGS, LOCK_FILES, VERSIONS, is_any
from taskpar_ml.policy.label_settings import LabelSettings, TrivialFiles
from taskpar_ml.repo.globs import matches

_SHIPPED: Final = {
    TrivialFiles.CHANGELOGS: CHANGELOGS,
    TrivialFiles.LOCK_FILES: LOCK_FILES,
    TrivialFiles.VERSIONS: VERSIONS,
}


@dataclass(frozen=True)
class LabelPolicy:
    """The policy in force.

    Examples
    --------
    >>> policy = LabelPolicy()
    >>> policy.is_trivial("docs/CHANGELOG.md"), policy.is_trivial("src/changes.py")
    (True, False)
    """

    settings: LabelSettings = field(default_factory=LabelSettings)

    @cached_property
    def counted(self) -> frozenset[ConflictKind]:
        """The kinds that make a label positive."""
        return frozenset(self.settings.counted)

    def is_trivial(self, path: str) -> bool:
        """Whether a conflict in a file is settled without thinking."""
        known = self._known.get(path)
        if known is None:
            known = is_any(path, *self._patterns) or any(
                matches(glob, path) for glob in self.settings.trivial_paths
            )
            self._known[path] = known
        return known

    def kinds(self, pair: PairFinding) -> frozenset[ConflictKind]:
        """Return the ways in which two tasks would have collided, by replay.

        ``unknown`` is among them only where nothing that counts is.
        """
        return self._kinds(pair.files, pair.items)

    def kinds_of_tips(self, pair: PairFinding) -> frozenset[ConflictKind] | None:
        """Return the same by a merge of the tips, ``None`` where they were not merged."""
        return None if pair.tips is None else self._kinds(pair.tips, ())

    def is_positive(self, kinds: frozenset[ConflictKind]) -> bool | None:
        """Whether kinds make a label positive; ``None`` where that is unknown."""
        return is_positive(kinds, self.counted)

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        chosen = self.settings.trivial
        return tuple(pattern for kind, pattern in _SHIPPED.items() if chosen.get(kind, True))

    @cached_property
    def _known(self) -> dict[str, bool]:
        return {}

    def _kinds(
        self, files: Iterable[FileFinding], items: Iterable[ItemFinding]
    ) -> frozenset[ConflictKind]:
        kinds = {item.kind for item in items}
        is_open = False
        for each in files:
            trivial = self.is_trivial(each.path)
            if each.verdict == FileVerdict.CONFLICT:
                kinds.add(ConflictKind.TRIVIAL if trivial else ConflictKind.TEXTUAL)
            if each.created and not trivial:
                kinds.add(ConflictKind.DEPENDENCY)
            is_open |= each.verdict == FileVerdict.UNKNOWN and not trivial
        if is_open and not kinds & self.counted:
            kinds.add(ConflictKind.UNKNOWN)
        return frozenset(kinds)
