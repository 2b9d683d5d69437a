"""Which tasks of the past would have conflicted."""

from __future__ import annotations

import pytest

from taskpar_ml.domain.mined import FileFinding, FileVerdict, PairFinding
from taskpar_ml.history.replay.recipe import WINDOW
from taskpar_ml.history.replayed_pairs import ReplayedPairs
from tests.support.landings import landing

LANDINGS = [
    landing("one", "a.py", number=1),
    landing("bump", "a.py", number=2, automation="dependencies"),
    landing("two", "a.py", number=3),
    landing("three", "a.py", number=4),
]
ONE, BUMP, TWO, THREE = (each.id for each in LANDINGS)


def pair(earlier, later, path="a.py", verdict=FileVerdict.CONFLICT):
    return PairFinding(earlier, later, (FileFinding(path, verdict),))


def counted(*pairs, mined=(ONE, TWO, THREE)):
    return ReplayedPairs.counted(LANDINGS, pairs, mined=mined)


def test_tasks_are_compared_with_those_before_them_if_they_were_replayed():
    known = counted(pair(ONE, TWO), mined=(TWO, THREE))
    conflicts, compared = known.among((ONE, TWO, THREE))
    assert conflicts.toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert compared.toarray().tolist() == [[0, 1, 1], [1, 0, 1], [1, 1, 0]]
    assert known.rate == pytest.approx(1 / 3)
    assert known.among((TWO, ONE))[1].toarray().tolist() == [[0, 1], [1, 0]]
    # Nobody compared the last task with the others.
    fewer = counted(pair(ONE, TWO), mined=(TWO,))
    assert fewer.among((ONE, TWO, THREE))[1].toarray()[2].tolist() == [0, 0, 0]
    assert fewer.rate == 1


def test_only_conflicts_that_count_are_conflicts():
    known = counted(
        pair(ONE, TWO, "CHANGELOG.md"),
        pair(ONE, THREE, verdict=FileVerdict.CLEAN),
        pair(TWO, THREE, verdict=FileVerdict.UNKNOWN),
    )
    assert known.conflicts == ()
    assert known.rate == 0


def test_automation_is_no_task_and_nobody_asks_about_strangers():
    known = counted(pair(BUMP, TWO), pair("f" * 40, TWO), pair(TWO, THREE))
    assert known.tasks == (ONE, TWO, THREE)
    conflicts, compared = known.among((THREE, "e" * 40, TWO))
    assert conflicts.toarray().tolist() == [[0, 0, 1], [0, 0, 0], [1, 0, 0]]
    assert compared.toarray().tolist() == conflicts.toarray().tolist()


def test_nobody_is_compared_beyond_the_window():
    many = [landing(f"task {number}", "a.py", number=number) for number in range(1, WINDOW + 4)]
    ids = [each.id for each in many]
    _, compared = ReplayedPairs.counted(many, (), mined=ids).among(ids)
    assert compared.toarray()[-1].tolist() == [0, 0, *[1] * WINDOW, 0]


def test_the_window_is_that_of_the_history():
    known = ReplayedPairs.counted(LANDINGS, (pair(ONE, TWO),), mined=(TWO, THREE), window=1)
    assert known.among((ONE, TWO, THREE))[1].toarray().tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]
    assert known.rate == 0.5


def test_of_no_past_nothing_is_said():
    known = ReplayedPairs.counted((), (), mined=())
    assert known.rate == 0
    assert known.among((ONE,))[0].toarray().tolist() == [[0]]
