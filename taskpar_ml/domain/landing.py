"""Historical tasks: what landed on a main line, one landing after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class ChangeStatus(StrEnum):
    """What became of a file."""

    ADDED = "added"
    MODIFIED = "modified"
    """Content, permissions or type."""
    DELETED = "deleted"
    RENAMED = "renamed"
    """Found under another path, its content the same or half of it at least."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that a landing changed.

    Attributes
    ----------
    path
        The file after the landing; of a deleted file, its last path. Not UTF-8: decoded with
        ``surrogateescape``.
    status
        What became of it.
    old_path
        The path before the landing of a renamed file, else ``None``.
    """

    path: str
    status: ChangeStatus
    old_path: str | None = None


class LandingShape(StrEnum):
    """How work came onto the main line."""

    GITHUB_MERGE = "github-merge"
    GITLAB_MERGE = "gitlab-merge"
    GERRIT_MERGE = "gerrit-merge"
    PLAIN_MERGE = "plain-merge"
    """A merge that names no review."""
    SQUASH = "squash"
    """One commit that stands for a review which it names."""
    DIRECT = "direct"
    """One push without a review, or several of one author joined."""


@dataclass(frozen=True, slots=True)
class Landing:
    """One landing on the first-parent line: a task of the past.

    Attributes
    ----------
    commits
        Ids of the first-parent commits that it consists of, oldest first: one, or the joined
        direct pushes of one author.
    base
        First parent of the oldest of them, ``None`` where that is the root of the history.
    author
        Who did the work, as a key to join and count by: a lower-cased e-mail address. Of a
        merge, whoever wrote most of what came in. Never part of a task's text.
    landed_at
        Commit time of the newest of ``commits`` in seconds since 1970. Clocks are wrong at
        times: the order of landings is that of the first-parent line.
    title
        First line of the landing's own message, cleaned; may be empty.
    body
        The rest of that message and the messages of the task's own commits, cleaned, bounded.
    changes
        What changed from ``base`` to the newest of ``commits``, by path. Bounded: see
        ``changed``.
    changed
        How many files changed, those that ``changes`` leaves out included.
    shape
        How it came in.
    reference
        The review it names (``#123``, ``!45``, a Gerrit Change-Id), or ``None``.
    automation
        Name of the rule by which it is no task but automation, or ``None``.
    """

    commits: tuple[str, ...]
    base: str | None
    author: str
    landed_at: int
    title: str
    body: str
    changes: tuple[FileChange, ...]
    changed: int
    shape: LandingShape
    reference: str | None = None
    automation: str | None = None

    @property
    def id(self) -> str:
        """Id of the newest first-parent commit: the state in which the task is done."""
        return self.commits[-1]

    @property
    def is_task(self) -> bool:
        """Whether somebody worked on it."""
        return self.automation is None

    @property
    def paths(self) -> tuple[str, ...]:
        """Every changed path: of a renamed file the new one, of a deleted file the last one."""
        return tuple(change.path for change in self.changes)

    @property
    def touched(self) -> Iterator[str]:
        """Every path that names something before or after the landing, old names included."""
        for change in self.changes:
            yield change.path
            if change.old_path is not None:
                yield change.old_path
