"""Direct pushes of one author are one task in pieces."""

from __future__ import annotations

import pytest

from taskpar_ml.domain.landing import ChangeStatus, FileChange, LandingShape
from taskpar_ml.history import landings_before, landings_until
from taskpar_ml.history.joining import MAX_GAP, MAX_RUN
from taskpar_ml.policy.automation import AutomationRules
from taskpar_ml.policy.automation_settings import AutomationRule, AutomationSettings
from tests.support.histories import BOB, HOUR, History


def pieces(history: History, **options: object) -> list[list[str]]:
    """Return the titles behind every landing, found by the commits it consists of."""
    log = landings_until(history.place, **options)
    commits = {
        commit: history.repository[commit].message.partition("\n")[0]
        for landing in log.landings
        for commit in landing.commits
    }
    return [[commits[commit] for commit in landing.commits] for landing in log.landings]


def test_pushes_of_one_author_within_hours_are_joined(history: History) -> None:
    start = history.commit("Start", {"a": "1", "old": "1\n2\n3\n4\n"})
    first = history.commit("Try twice\n\nIt fails.", {"b": "1", "a": "2"})
    second = history.commit("Try thrice", {"b": "2", "old": None, "c": "1"}, after=HOUR)
    third = history.commit("Tidy up", {"new": "1\n2\n3\n4\n", "c": None}, after=MAX_GAP)
    landing = landings_until(history.place).landings[-1]
    assert landing.commits == (first, second, third)
    assert landing.base == start
    assert landing.landed_at == history.clock
    assert landing.shape == LandingShape.DIRECT
    assert (landing.title, landing.body) == ("Try twice", "It fails.\n\nTry thrice\n\nTidy up")
    assert landing.changes == (
        FileChange("a", ChangeStatus.MODIFIED),
        FileChange("b", ChangeStatus.ADDED),
        FileChange("new", ChangeStatus.ADDED),
        FileChange("old", ChangeStatus.DELETED),
    )
    assert landing.changed == 4


def test_a_gap_an_author_or_a_review_in_between_keeps_them_apart(history: History) -> None:
    history.commit("One", {"a": "1"})
    history.commit("Two", {"a": "2"}, after=MAX_GAP + 1)
    history.commit("Three", {"a": "3"}, after=HOUR, author=BOB)
    history.commit("Four", {"a": "4"}, after=HOUR)
    history.commit("Five (#7)", {"a": "5"}, after=HOUR)
    history.commit("Six", {"a": "6"}, after=HOUR)
    history.commit(f"Seven\n\nChange-Id: I{'0c' * 20}", {"a": "7"}, after=HOUR)
    history.commit("Eight", {"a": "8"}, after=HOUR)
    assert all(len(each) == 1 for each in pieces(history))
    assert len(pieces(history)) == 8


def test_the_case_of_an_address_and_the_direction_of_the_clock_do_not_matter(
    history: History,
) -> None:
    history.commit("One", {"a": "1"})
    history.commit("Two", {"a": "2"}, after=-HOUR, author="A. <ADA@EXAMPLE.ORG>")
    assert pieces(history) == [["One", "Two"]]


def test_a_merge_is_joined_to_nothing(history: History) -> None:
    history.commit("One", {"a": "1"})
    tip = history.commit("Side", {"b": "1"}, after=HOUR, onto=None)
    history.commit("Merge branch 'x'", {"b": "1"}, parents=[history.head, tip], after=0)
    history.commit("Two", {"a": "2"}, after=HOUR)
    assert pieces(history) == [["One"], ["Merge branch 'x'"], ["Two"]]


def test_automation_in_between_keeps_them_apart(history: History) -> None:
    history.commit("One", {"a": "1"})
    history.commit("Bump version to 1.1", {"VERSION": "1.1"}, after=HOUR)
    history.commit("Two", {"a": "2"}, after=HOUR)
    history.commit("Three", {"a": "3"}, after=HOUR)
    assert pieces(history) == [["One"], ["Bump version to 1.1"], ["Two", "Three"]]
    off = AutomationRules(AutomationSettings(rules={AutomationRule.RELEASE: False}))
    assert len(pieces(history, rules=off)) == 1


def test_a_position_cuts_a_run(history: History) -> None:
    ids = [history.commit(f"Step {number}", {"a": str(number)}, after=HOUR) for number in range(4)]
    (whole,) = landings_until(history.place).landings
    assert whole.commits == tuple(ids)
    (part,) = landings_before(history.place, ids[3]).landings
    assert part.commits == tuple(ids[:3])
    assert part.landed_at == whole.landed_at - HOUR
    (part,) = landings_until(history.place, ids[0]).landings
    assert part.commits == (ids[0],)


@pytest.mark.parametrize("extra", [0, 1, 5])
def test_a_long_run_is_divided_from_its_oldest(history: History, extra: int) -> None:
    ids = [
        history.commit(f"Step {number}", {"a": str(number)}, after=60)
        for number in range(2 * MAX_RUN + extra)
    ]
    landings = landings_until(history.place).landings
    assert [len(each.commits) for each in landings] == [MAX_RUN] * 2 + [extra] * (extra > 0)
    # What is kept depends neither on the limit nor on what comes later.
    for limit in (1, 2, 3):
        assert landings_until(history.place, limit=limit).landings == landings[-limit:]
    assert landings_until(history.place, ids[MAX_RUN]).landings[0] == landings[0]


def test_steps_that_undo_each_other_are_no_task(history: History) -> None:
    history.commit("Start", {"a": "1"})
    history.commit("Add b", {"b": "1"})
    history.commit("Remove b", {"b": None}, after=HOUR)
    landing = landings_until(history.place).landings[-1]
    assert (landing.changes, landing.automation) == ((), "no-change")


def test_steps_that_are_large_together_are_no_task(history: History) -> None:
    history.commit("Start", {"a": "1"})
    history.commit("Half", {f"one/{number}": "1" for number in range(40)})
    history.commit("Rest", {f"two/{number}": "1" for number in range(40)}, after=HOUR)
    landing = landings_until(history.place).landings[-1]
    assert (landing.changed, landing.automation) == (80, "large-change")
    wide = AutomationRules(AutomationSettings(large=80))
    assert landings_until(history.place, rules=wide).landings[-1].is_task
