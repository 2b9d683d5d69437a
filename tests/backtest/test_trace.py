"""What a trace takes from what was found out about pairs."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.backtest.truth import truth_of
from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.mined import DecidedBy, FileFinding, FileVerdict, PairFinding
from taskpar_ml.errors import ReplayError
from taskpar_ml.policy.label_settings import LabelSettings
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.simulation.trace import Trace

MINUTES = {"z": 5, "m": 7, "a": 9}


def pair(earlier: str, later: str, *files: FileFinding) -> PairFinding:
    return PairFinding(earlier=earlier, later=later, files=files)


FOUND = (
    pair("z", "m", FileFinding("b.py", FileVerdict.UNKNOWN, DecidedBy.NOTHING)),
    pair("z", "a", FileFinding("a.py", FileVerdict.CONFLICT)),
    pair("m", "a", FileFinding("c.py", FileVerdict.CLEAN, created=True)),
)


def test_rows_follow_the_order_of_arrival_not_of_the_names():
    trace = Trace.of(["z", "m", "a"], minutes=MINUTES, truth=truth_of(FOUND))
    assert (trace.tasks, trace.minutes, trace.work) == (("z", "m", "a"), (5, 7, 9), 21)
    assert trace.conflicts.tolist() == [
        [False, False, True],
        [False, False, False],
        [True, False, False],
    ]


def test_the_caller_says_which_kinds_count():
    policy = LabelPolicy(LabelSettings(counted=(ConflictKind.DEPENDENCY,)))
    trace = Trace.of(["z", "m", "a"], minutes=MINUTES, truth=truth_of(FOUND, policy))
    assert np.argwhere(trace.conflicts).tolist() == [[1, 2], [2, 1]]


def test_what_is_unknown_does_not_conflict_and_is_counted():
    assert Trace.of(["z", "m", "a"], minutes=MINUTES, truth=truth_of(FOUND)).unknown == 1
    nothing = Trace.of(["z", "m", "a"], minutes=MINUTES, truth={})
    assert (nothing.unknown, nothing.pairs, nothing.conflicts.any()) == (3, 3, False)


def test_a_task_stands_in_a_batch_once():
    with pytest.raises(ReplayError, match=r"^m: the task comes twice"):
        Trace.of(["z", "m", "m"], minutes=MINUTES, truth={})


def test_a_task_takes_a_minute_at_least():
    with pytest.raises(ReplayError, match=r"^a: minutes must be at least 1\. Got 0\."):
        Trace.of(["z", "a"], minutes={"z": 1, "a": 0}, truth={})
