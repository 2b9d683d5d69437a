"""How often files change, how lately, and which change together."""

from __future__ import annotations

import math

import numpy as np
import pytest

from taskpar_ml.domain.landing import ChangeStatus, FileChange, Landing, LandingShape
from taskpar_ml.errors import SettingsError
from taskpar_ml.history.statistics import PRIOR_LANDINGS, Companion, HistoryStatistics, HotSpot


def landing(*changes: str, automation: str | None = None) -> Landing:
    """Return a landing that changed paths; ``old>new`` is a rename."""
    found = []
    for change in changes:
        old, _, new = change.rpartition(">")
        status = ChangeStatus.RENAMED if old else ChangeStatus.MODIFIED
        found.append(FileChange(new, status, old or None))
    return Landing(
        commits=("a" * 40,),
        base=None,
        author="ada@example.org",
        landed_at=0,
        title="",
        body="",
        changes=tuple(found),
        changed=len(found),
        shape=LandingShape.DIRECT,
        automation=automation,
    )


def statistics(*landings: Landing, paths: str = "a b c d", **options: float) -> HistoryStatistics:
    return HistoryStatistics.of(landings, paths.split(), **options)


def test_what_tasks_touched_is_one_row_per_task() -> None:
    found = statistics(landing("a", "b"), landing("a", automation="release"), landing("c", "gone"))
    assert found.touched.toarray().tolist() == [[1, 1, 0, 0], [0, 0, 1, 0]]
    assert found.paths == ("a", "b", "c", "d")
    assert found.churn.tolist() == [1, 1, 1, 0]


def test_recency_counts_tasks_since_and_is_unknown_without_any() -> None:
    found = statistics(landing("a", "b"), landing("b"), landing("c"))
    assert found.landings_since[:3].tolist() == [2, 1, 0]
    assert math.isnan(found.landings_since[3])


def test_age_halves_the_weight() -> None:
    found = statistics(landing("a"), landing("b"), landing("a"), half_life=1)
    assert found.weights.tolist() == [0.25, 0.5, 1]
    assert found.decayed_churn.tolist() == [1.25, 0.5, 0, 0]
    assert found.hot_spots(9) == [HotSpot("a", 2, 1.25), HotSpot("b", 1, 0.5)]
    assert found.hot_spots(1) == [HotSpot("a", 2, 1.25)]
    forever = statistics(landing("a"), landing("b"), landing("a"), half_life=math.inf)
    assert forever.decayed_churn.tolist() == [2, 1, 0, 0]


def test_hot_spots_of_one_heat_come_in_order_of_their_paths() -> None:
    assert [spot.path for spot in statistics(landing("d", "b", "c")).hot_spots(9)] == list("bcd")


def test_co_change_is_a_smoothed_share() -> None:
    found = statistics(
        landing("a", "b"), landing("a", "b", "c"), landing("a"), landing("c"), half_life=math.inf
    )
    assert found.together.toarray().tolist() == [
        [0, 2, 1, 0],
        [2, 0, 1, 0],
        [1, 1, 0, 0],
        [0, 0, 0, 0],
    ]
    prior = PRIOR_LANDINGS
    assert found.companions("a", 9) == [
        Companion("b", 2 / (3 + prior), 2),
        Companion("c", 1 / (3 + prior), 1),
    ]
    assert found.companions("b", 1) == [Companion("a", 2 / (2 + prior), 2)]
    assert found.companions("d", 9) == []
    assert found.companions("nowhere", 9) == []
    assert found.co_change[[0], [1]] == 2 / (3 + prior)


def test_co_change_decays() -> None:
    found = statistics(landing("a", "b"), landing("a", "c"), half_life=1)
    assert found.companions("a", 9) == [
        Companion("c", 1 / (1.5 + PRIOR_LANDINGS), 1),
        Companion("b", 0.5 / (1.5 + PRIOR_LANDINGS), 1),
    ]


@pytest.mark.parametrize(
    ("history", "churn"),
    [
        ([["x"], ["x>a"], ["a"]], [3, 0, 0, 0]),
        ([["x"], ["x>y"], ["y>a"]], [3, 0, 0, 0]),
        # Before the rename another file had the name.
        ([["a"], ["x>a"], ["a"]], [2, 0, 0, 0]),
        # Two files change their names with each other.
        ([["a"], ["a>b", "b>a"], ["b"]], [1, 3, 0, 0]),
        ([["b"], ["a>b", "b>a"], ["b"]], [2, 2, 0, 0]),
        ([["a"], ["a>x"], ["x>b"]], [0, 3, 0, 0]),
        # Deleted and made again: the same path, the same place in the system.
        ([["a"], ["a"], ["a"]], [3, 0, 0, 0]),
    ],
)
def test_names_are_followed_backwards(history: list[list[str]], churn: list[int]) -> None:
    assert statistics(*(landing(*changes) for changes in history)).churn.tolist() == churn


def test_renames_of_automation_are_followed_though_it_does_not_count() -> None:
    found = statistics(landing("x"), landing("x>a", automation="large-change"), landing("a"))
    assert found.churn.tolist() == [2, 0, 0, 0]


def test_a_file_counts_once_per_task() -> None:
    """Its old name and its new one may both be changed in a joined landing."""
    found = statistics(landing("x", "x>a"), landing("a"))
    assert found.touched.toarray().tolist() == [[1, 0, 0, 0], [1, 0, 0, 0]]


def test_nothing_known_is_no_error() -> None:
    empty = statistics()
    assert empty.churn.tolist() == [0, 0, 0, 0]
    assert np.isnan(empty.landings_since).all()
    assert empty.hot_spots(3) == []
    assert empty.companions("a", 3) == []
    nowhere = HistoryStatistics.of([landing("a")], [])
    assert nowhere.touched.shape == (1, 0)
    assert nowhere.hot_spots(3) == []


@pytest.mark.parametrize("half_life", [0, -1, math.nan])
def test_a_half_life_is_above_nothing(half_life: float) -> None:
    with pytest.raises(SettingsError, match=r"half_life: must be above 0"):
        statistics(landing("a"), half_life=half_life)
