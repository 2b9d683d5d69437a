"""Conflict rates of files at a moment of the past."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from taskpar_ml.domain.mined import FileFinding, FileVerdict, PairFinding
from taskpar_ml.domain.position import PlacedLanding
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.conflict_rates import ConflictRates
from taskpar_ml.history.file_rates import FileRates
from taskpar_ml.history.past_rates import PastRates
from tests.support.landings import landing

TASKS = [landing(f"task {number}", "src/a.py", number=number) for number in range(1, 6)]


def pair(earlier: int, later: int, verdict: FileVerdict) -> PairFinding:
    return PairFinding(TASKS[earlier].id, TASKS[later].id, (FileFinding("src/a.py", verdict),))


PAIRS = (
    pair(0, 1, FileVerdict.CONFLICT),
    pair(0, 2, FileVerdict.CLEAN),
    pair(1, 3, FileVerdict.UNKNOWN),
    pair(2, 4, FileVerdict.CONFLICT),
)
PAST = PastRates(tuple(PlacedLanding(number, each) for number, each in enumerate(TASKS)), PAIRS)


@pytest.mark.parametrize(
    ("first", "together", "conflicts"), [(0, 0, 0), (1, 0, 0), (2, 1, 1), (3, 2, 1), (4, 2, 1)]
)
def test_a_verdict_counts_once_its_later_task_has_landed(first, together, conflicts):
    rates = PAST.before(TaskBatch("0" * 40, (TASKS[first],), ()))
    assert rates.together["src/a.py"] == together
    assert rates.conflicts["src/a.py"] == conflicts


def test_what_later_tasks_met_is_not_known_before_they_landed():
    past = PastRates(PAST.landings, PAIRS, frozenset(each.id for each in TASKS[1:]))
    for first, conflicts in ((1, ()), (2, ((0, 1),)), (4, ((0, 1),))):
        known = past.before(TaskBatch("0" * 40, (TASKS[first],), ())).replayed
        assert known is not None
        assert known.tasks == tuple(each.id for each in TASKS[:first])
        assert known.replayed == (False, *(True,) * (first - 1))
        assert known.conflicts == conflicts


def test_a_file_is_counted_under_the_name_that_it_had_by_then():
    moved = landing("move", renamed=[("src/a.py", "src/b.py")], number=9)
    later = landing("later", "src/b.py", number=10)
    past = PastRates(
        tuple(PlacedLanding(number, each) for number, each in enumerate([*TASKS, moved, later])),
        PAIRS,
    )
    assert past.before(TaskBatch("0" * 40, (moved,), ())).together == {"src/a.py": 3}
    assert past.before(TaskBatch("0" * 40, (later,), ())).together == {"src/b.py": 3}


def test_little_past_is_made_up_for_by_the_directory_and_then_by_the_repository():
    rates = ConflictRates(
        Counter({"hot/often": 100, "hot/once": 1, "cold/often": 100}),
        Counter({"hot/often": 90, "cold/often": 10}),
    )
    paths = ["hot/often", "hot/once", "hot/new", "cold/new", "other/new"]
    often, once, hot, cold, new = FileRates.of(rates, paths).rate
    assert often == pytest.approx(0.9, abs=0.02)
    assert new == pytest.approx(100 / 201)
    assert cold < 0.2 < new < once
    assert new < hot < often


def test_counts_stand_beside_the_rates():
    rates = PAST.before(TaskBatch("0" * 40, (TASKS[4],), ()))
    files = FileRates.of(rates, ["src/a.py", "new.py"])
    assert (files.together.tolist(), files.conflicts.tolist()) == ([2, 0], [1, 0])
    assert np.all((files.rate >= 0) & (files.rate <= 1))
