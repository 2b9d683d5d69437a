"""Landings out of a few words."""

from __future__ import annotations

from collections.abc import Iterable

from taskpar_ml.domain.landing import ChangeStatus, FileChange, Landing, LandingShape


def landing(
    title: str,
    *paths: str,
    body: str = "",
    renamed: Iterable[tuple[str, str]] = (),
    automation: str | None = None,
    author: str = "a@example.org",
    number: int = 1,
) -> Landing:
    """Return a landing that modified files and renamed others, given as old and new path."""
    changes = (
        *(FileChange(path, ChangeStatus.MODIFIED) for path in paths),
        *(FileChange(new, ChangeStatus.RENAMED, old) for old, new in renamed),
    )
    return Landing(
        commits=(f"{number:040x}",),
        base=f"{number - 1:040x}",
        author=author,
        landed_at=number,
        title=title,
        body=body,
        changes=changes,
        changed=len(changes),
        shape=LandingShape.SQUASH,
        automation=automation,
    )
