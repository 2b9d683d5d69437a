"""What a trace takes from labels."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from taskpar_ml.backtest.trace import Trace, truth_of
from taskpar_ml.domain.labels import ConflictKind, Direction, LabelSource, PairLabel
from taskpar_ml.errors import ReplayError

MINUTES = {"z": 5, "m": 7, "a": 9}


def label(a: str, b: str, *kinds: ConflictKind) -> PairLabel:
    return PairLabel(
        task_a=a,
        task_b=b,
        direction=Direction.A_FIRST,
        kinds=frozenset(kinds),
        source=LabelSource.REPLAY,
        base="0" * 40,
        known_at=datetime(2024, 1, 1, tzinfo=UTC),
    )


LABELS = (
    label("a", "m", ConflictKind.DEPENDENCY),
    label("a", "z", ConflictKind.TEXTUAL, ConflictKind.TRIVIAL),
    label("m", "z", ConflictKind.UNKNOWN),
)


def test_rows_follow_the_order_of_arrival_not_of_the_names():
    trace = Trace.of(["z", "m", "a"], minutes=MINUTES, truth=truth_of(LABELS))
    assert (trace.tasks, trace.minutes, trace.work) == (("z", "m", "a"), (5, 7, 9), 21)
    assert trace.conflicts.tolist() == [
        [False, False, True],
        [False, False, False],
        [True, False, False],
    ]


def test_the_caller_says_which_kinds_count():
    counted = frozenset({ConflictKind.DEPENDENCY})
    trace = Trace.of(["z", "m", "a"], minutes=MINUTES, truth=truth_of(LABELS, counted))
    assert [tuple(map(int, pair)) for pair in zip(*trace.conflicts.nonzero(), strict=True)] == [
        (1, 2),
        (2, 1),
    ]


def test_what_is_unknown_does_not_conflict_and_is_counted():
    assert Trace.of(["z", "m", "a"], minutes=MINUTES, truth=truth_of(LABELS)).unknown == 1
    nothing = Trace.of(["z", "m", "a"], minutes=MINUTES, truth={})
    assert (nothing.unknown, nothing.pairs, nothing.conflicts.any()) == (3, 3, False)


def test_a_task_stands_in_a_batch_once():
    with pytest.raises(ReplayError, match=r"^m: the task comes twice"):
        Trace.of(["z", "m", "m"], minutes=MINUTES, truth={})


def test_a_task_takes_a_minute_at_least():
    with pytest.raises(ReplayError, match=r"^a: minutes must be at least 1\. Got 0\."):
        Trace.of(["z", "a"], minutes={"z": 1, "a": 0}, truth={})
