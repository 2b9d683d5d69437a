"""Whether a changed file may hold resources, told from its words alone."""

from __future__ import annotations

import re
from typing import Final

from taskpar_ml.detectors.languages import language_of
from taskpar_ml.history.items.asides import is_aside
from taskpar_ml.repo.line_spans import changed_spans

_STEP: Final = re.compile(
    rb"down_revision|Migration\b|MigrationInterface|schema|queryInterface|queryRunner"
)
"""Words without which code is no step of a schema."""
_ROUTE: Final = re.compile(rb"[\"'`][^\"'`\s]*/")
"""A string with a slash: what a route, or the prefix of one, is told by."""


def may_hold_step(path: str, texts: tuple[bytes, bytes]) -> bool:
    """Whether a file may be a step of a schema, before or after."""
    return language_of(path) is None or any(_STEP.search(text) is not None for text in texts)


def may_decide(path: str, texts: tuple[bytes, bytes]) -> bool:
    """Whether changed lines may decide about what exists once.

    Code has routes; tests and examples have them, too, each for itself.
    """
    if language_of(path) is None:
        return True
    if is_aside(path):
        return False
    before, after = texts
    sides = (before.split(b"\n"), after.split(b"\n"))
    return any(
        _ROUTE.search(b"\n".join(lines[slice(*span)])) is not None
        for hunk in changed_spans(before, after)
        for lines, span in zip(sides, hunk, strict=True)
    )
