"""Who wrote a commit."""

from __future__ import annotations

from typing import NamedTuple

import pygit2


class Person(NamedTuple):
    """An author as recorded in a commit."""

    name: str
    email: str

    @property
    def key(self) -> str:
        """What tells people apart: the e-mail address, or the name of who gives none."""
        return self.email.strip().lower() or self.name.strip().lower()


def author_of(commit: pygit2.Commit) -> Person:
    """Return the author of a commit, whatever bytes its header holds."""
    signature = commit.author
    return Person(
        signature.raw_name.decode("utf-8", "replace"),
        signature.raw_email.decode("utf-8", "replace"),
    )
