"""Entries of a tracker: what was written down of work before it was a landing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IssueText:
    """One entry.

    Attributes
    ----------
    reference
        How messages name it: ``#12``.
    title, body
        What it says.
    written_at
        When this wording was written, seconds since 1970.
    source
        Where it is from: the address of the entry, or its reference where the export has none.
    """

    reference: str
    title: str
    body: str
    written_at: int
    source: str
