"""A log in numbers."""

from __future__ import annotations

from datetime import UTC, datetime

from taskpar_ml.domain.landing_overview import AutomationCount, HotFile, ShapeCount
from taskpar_ml.history import landings_until
from taskpar_ml.history.overview import overview_of
from taskpar_ml.history.statistics import HALF_LIFE
from taskpar_ml.repo import RepoSnapshot
from tests.support.histories import BOB, HOUR, START, History


def overview(history: History):
    paths = RepoSnapshot.at(history.place).paths.paths
    return overview_of(landings_until(history.place), paths)


def test_everything_is_counted(history: History) -> None:
    history.commit("Start", {"a": "1"}, at=START)
    history.commit("Go on", {"a": "2", "b": "1"}, after=HOUR)
    for number in range(5):
        history.commit(f"Bump version to 1.{number}", {"VERSION": f"{number}"})
    tip = history.branch(("Side", {"b": "2"}))
    history.merge("Merge pull request #7 from bob/side\n\nChange b", tip, author=BOB)
    history.commit("Merge branch 'main' into main", {"c": "1"}, parents=[history.head, tip])
    found = overview(history)
    assert (found.commits, found.landings, found.tasks, found.joined) == (9, 8, 2, 1)
    assert found.authors == 2
    assert found.commit == history.head
    assert found.first_at == datetime.fromtimestamp(START + HOUR, UTC)
    assert found.last_at == datetime.fromtimestamp(history.clock - 7 * 24 * HOUR, UTC)
    assert found.shapes == (
        ShapeCount(shape="github-merge", landings=1, tasks=1),
        ShapeCount(shape="plain-merge", landings=1, tasks=0),
        ShapeCount(shape="direct", landings=6, tasks=1),
    )
    assert found.automation == (
        AutomationCount(
            rule="release",
            landings=5,
            examples=("Bump version to 1.4", "Bump version to 1.3", "Bump version to 1.2"),
        ),
        AutomationCount(
            rule="branch-merge", landings=1, examples=("Merge branch 'main' into main",)
        ),
    )
    older = 0.5 ** (1 / HALF_LIFE)
    assert found.hot_files == (
        HotFile(path="b", tasks=2, weight=1 + older),
        HotFile(path="a", tasks=1, weight=older),
    )
    assert found.notices == ()


def test_clocks_that_were_wrong_do_not_count(history: History) -> None:
    history.commit("Start", {"a": "1"}, at=2**50)
    assert overview(history).first_at is None
    history.commit("Go on", {"a": "2"}, at=START)
    found = overview(history)
    assert found.first_at == found.last_at == datetime.fromtimestamp(START, UTC)


def test_what_cannot_be_read_is_said(history: History) -> None:
    first = history.commit("Start", {"a": "1"})
    second = history.commit("Go on", {"a": "2"})
    history.commit("Go further", {"a": "3"})
    for name in (str(history.repository[second].tree_id), first):
        (history.place / "objects" / name[:2] / name[2:]).unlink()
    notices = overview(history).notices
    assert len(notices) == 2
    assert "missing or damaged" in notices[0]
    assert "1 commit is left out" in notices[1]
