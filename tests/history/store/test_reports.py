"""Outcomes and texts: reported once, again, otherwise, too early."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from taskpar_ml.domain.outcome import Cost, Ending, Outcome, RecordedOutcome
from taskpar_ml.domain.position import Position
from taskpar_ml.domain.task_text import TaskText
from taskpar_ml.errors import ContradictionError
from tests.support.pasts import past

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def report(*, after=0.0, correction=0, **fields):
    told = {"task": "task-1", "base": "0" * 40, "started_at": NOW, "ended_at": NOW}
    outcome = Outcome(**{**told, "ending": Ending.MERGED, "reported_by": "runner", **fields})
    return RecordedOutcome(
        outcome=outcome, recorded_at=NOW + timedelta(seconds=after), correction=correction
    )


def at(seconds):
    return Position(1, int(NOW.timestamp()) + seconds)


def known(history, seconds):
    return [each.outcome.ending for each in history.outcomes(before=at(seconds))]


def test_an_outcome_is_known_from_when_it_was_recorded(shop):
    shop.append_outcomes([report(after=10.5)])
    assert [known(shop, seconds) for seconds in (0, 10, 11)] == [[], [], ["merged"]]
    shop.append_outcomes([report(after=3.5)])  # another copy, from whoever knew first
    assert [known(shop, seconds) for seconds in (3, 4, 11)] == [[], ["merged"], ["merged"]]
    shop.append_outcomes([report(after=20)])
    assert list(shop.outcomes()) == [report(after=3.5)]


def test_a_moment_in_another_zone_is_the_same_moment(shop):
    recorded = report()
    zone = datetime.fromisoformat("2026-01-01T14:00:00.000001+02:00")
    shop.append_outcomes([recorded.model_copy(update={"recorded_at": zone})])
    (found,) = shop.outcomes()
    assert found.recorded_at - NOW == timedelta(microseconds=1)
    assert known(shop, 0) == []
    assert known(shop, 1) == ["merged"]


def test_another_report_of_an_attempt_is_refused_unless_it_corrects(shop):
    shop.append_outcomes([report()])
    other = report(ending=Ending.REVERTED, after=5)
    with pytest.raises(ContradictionError, match=r"attempt 1 at task-1.*correction 1 if this"):
        shop.append_outcomes([report(task="task-2"), other])
    assert len(list(shop.outcomes())) == 1
    with pytest.raises(ContradictionError):
        shop.append_outcomes([report(task="b"), report(task="b", ending=Ending.FAILED)])
    shop.append_outcomes([other.model_copy(update={"correction": 1})])
    assert [known(shop, seconds) for seconds in (1, 5, 6)] == [["merged"], ["merged"], ["reverted"]]
    again = report(ending=Ending.TESTS_FAILED, after=8, correction=2)
    shop.append_outcomes([again])
    assert list(shop.outcomes()) == [again]
    with shop.at_one_moment() as reader:
        assert [each.correction for each in reader.reports()] == [0, 1, 2]


def test_attempts_and_bases_are_told_apart(shop):
    reports = [report(attempt=1), report(attempt=2), report(base="1" * 40)]
    shop.append_outcomes(reports)
    assert len(list(shop.outcomes())) == 3


def test_cost_comes_back_to_the_last_digit(shop):
    cost = Cost(tokens=10**15, money=Decimal("0.1000"), currency="USD")
    shop.append_outcomes([report(cost=cost, touched=("caf\udce9",))])
    (found,) = shop.outcomes()
    assert found.outcome.cost == cost
    assert str(found.outcome.cost.money) == "0.1000"
    assert found.outcome.touched == ("caf\udce9",)


def test_a_position_beyond_all_clocks_is_answered(shop):
    shop.append_outcomes([report()])
    assert list(shop.outcomes(before=Position(0, 1 << 62))) == [report()]
    assert list(shop.outcomes(before=Position(0, -(1 << 62)))) == []


def test_of_one_landing_every_wording_is_kept(shop):
    told = past(1)
    shop.append_landings(told.landings)
    first, second = told.landings[3].landing.id, told.landings[1].landing.id
    texts = [
        TaskText(first, "old", "b", 100, "tracker/1"),
        TaskText(first, "new", "b", 200, "tracker/1"),
        TaskText(first, "old", "b", 100, "tracker/2"),
        TaskText(second, "s", "", 150, "tracker/1"),
    ]
    shop.append_texts(texts[::-1])
    one, new, two, other = texts
    assert list(shop.texts()) == [other, one, two, new]
    assert list(shop.texts(before=Position(0, 150))) == [one, two]
