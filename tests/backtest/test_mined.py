"""Batches and their truth, out of a store."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from taskpar_ml.backtest.mined import mined_findings, newest_batches
from taskpar_ml.backtest.truth import truth_of
from taskpar_ml.domain.mined import FileFinding, FileVerdict, MinedTask, PairFinding
from taskpar_ml.domain.position import PlacedLanding
from taskpar_ml.errors import ReplayError, UnknownLandingError
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.store.repo_history import RepoHistory
from tests.support.landings import landing


def made(length: int) -> list:
    return [landing(f"task {number}", "a", number=number + 1) for number in range(length)]


@pytest.fixture
def history(tmp_path: Path) -> Iterator[RepoHistory]:
    """Return 260 tasks; of the newest sixty, neighbours of a batch conflict."""
    with HistoryStore.open(str(tmp_path / "store.sqlite")) as store:
        opened = store.history("made", create=True)
        tasks = made(260)
        opened.append_landings([PlacedLanding(row, task) for row, task in enumerate(tasks)])
        opened.append_mined([mined(tasks, row) for row in range(200, 260)])
        yield opened


def mined(tasks, row) -> MinedTask:
    clash = (FileFinding("a.py", FileVerdict.CONFLICT),)
    pairs = [
        PairFinding(tasks[other].id, tasks[row].id, clash if row - other == 1 else ())
        for other in range(row - 1, max(row - 21, 199), -1)
    ]
    return MinedTask(tasks[row].id, tuple(pairs))


def test_batches_come_with_what_is_known_of_their_pairs(history):
    batches, found = mined_findings(history, tasks=40)
    truth = truth_of(found)
    assert [batch.tasks[0].title for batch in batches] == ["task 220", "task 240"]
    assert [len(batch.before) for batch in batches] == [220, 240]
    for batch in batches:
        for (row, one), (column, other) in combinations(enumerate(batch.tasks), 2):
            assert truth[frozenset((one.id, other.id))] is (column - row == 1)
    across = frozenset((batches[0].tasks[-1].id, batches[1].tasks[0].id))
    assert truth[across] is True
    assert len(truth) == 2 * 190 + sum(range(1, 21))


def test_the_replay_may_end_earlier(history):
    until = landing("task 239", number=240).id
    batches, _ = mined_findings(history, tasks=40, until=until)
    assert [batch.tasks[0].title for batch in batches] == ["task 200", "task 220"]
    assert batches[-1].tasks[-1].title == "task 239"
    with pytest.raises(UnknownLandingError):
        mined_findings(history, tasks=40, until="0" * 40)


def test_what_was_never_mined_is_not_replayed_as_harmless(history):
    more = made(280)[260:]
    history.append_landings([PlacedLanding(260 + row, task) for row, task in enumerate(more)])
    with pytest.raises(ReplayError, match="20 of 40 tasks were never replayed"):
        mined_findings(history, tasks=40)


def test_the_newest_tasks_are_replayed_with_enough_before_them():
    history = [landing(f"task {number}", "a", number=number + 1) for number in range(300)]
    assert [batch.tasks[0].title for batch in newest_batches(history, tasks=60)] == [
        "task 240",
        "task 260",
        "task 280",
    ]
    assert len(newest_batches(history, tasks=60)[0].before) == 240
    # the first 200 are only remembered, however many are asked for
    for tasks in (100, 150, 500):
        chosen = newest_batches(history, tasks=tasks)
        assert chosen[0].tasks[0].title == "task 200"
        assert len(chosen) == 5


def test_a_history_that_is_not_mined_is_told_so():
    with pytest.raises(ReplayError, match="nothing of it is mined"):
        newest_batches([], tasks=20)


@pytest.mark.parametrize(("length", "tasks"), [(219, 500), (300, 19)])
def test_too_short_a_history_is_an_error(length, tasks):
    history = [landing(f"task {number}", "a", number=number + 1) for number in range(length)]
    with pytest.raises(ReplayError, match="hold no batch of 20 with 200 tasks before it"):
        newest_batches(history, tasks=tasks)
