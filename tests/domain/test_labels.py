"""When a label is positive."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from taskpar_ml.domain.labels import ConflictKind, Direction, LabelSource, PairLabel

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def label(*kinds):
    return PairLabel("a", "b", Direction.A_FIRST, frozenset(kinds), LabelSource.REPLAY, "0", NOW)


@pytest.mark.parametrize(
    ("kinds", "positive"),
    [
        ([], False),
        ([ConflictKind.TEXTUAL], True),
        ([ConflictKind.TRIVIAL], False),
        ([ConflictKind.DEPENDENCY], False),
        ([ConflictKind.TRIVIAL, ConflictKind.RESOURCE], True),
        ([ConflictKind.UNKNOWN], None),
        ([ConflictKind.UNKNOWN, ConflictKind.TRIVIAL], None),
        ([ConflictKind.UNKNOWN, ConflictKind.TEXTUAL], True),
    ],
)
def test_a_label_is_positive_by_the_kinds_that_count(kinds, positive):
    assert label(*kinds).is_positive() is positive


def test_the_policy_says_which_kinds_count():
    assert label(ConflictKind.TRIVIAL).is_positive(frozenset({ConflictKind.TRIVIAL}))
