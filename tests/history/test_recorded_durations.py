"""How long tasks took whose attempts were recorded, as it was known before a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from taskpar_ml.domain.landing import Landing, LandingShape
from taskpar_ml.domain.outcome import Ending, Outcome, RecordedOutcome
from taskpar_ml.domain.position import PlacedLanding, Position
from taskpar_ml.history.recorded_durations import RecordedDuration, recorded_durations
from taskpar_ml.history.store.history_store import HistoryStore

START = datetime(2024, 5, 1, tzinfo=UTC)
BASE, FIRST, SECOND = ("0" * 40, "1" * 40, "2" * 40)


def outcome(task, *, begin=0, minutes=10, ending=Ending.MERGED, recorded=None, **fields):
    """Return an attempt that began so many minutes after the start."""
    end = begin + minutes
    told = Outcome(
        task=task,
        base=BASE,
        started_at=START + timedelta(minutes=begin),
        ended_at=START + timedelta(minutes=end),
        ending=ending,
        reported_by="test",
        **{"attempt": 1, **fields},
    )
    at = START + timedelta(minutes=end if recorded is None else recorded)
    return RecordedOutcome(outcome=told, recorded_at=at)


def at(minutes: int, number: int = 9) -> Position:
    return Position(number, int(START.timestamp()) + 60 * minutes)


@pytest.fixture
def history(tmp_path):
    with HistoryStore.open(str(tmp_path / "s.sqlite")) as store:
        yield store.history("acme/shop", create=True)


def found(history, **fields):
    return {each.task: each.seconds for each in recorded_durations(history, **fields)}


def test_attempts_that_landed_count_from_start_to_end(history):
    endings = {str(number): ending for number, ending in enumerate(Ending)}
    history.append_outcomes([outcome(id, ending=ending) for id, ending in endings.items()])
    landed = ("merged", "resolved", "reverted", "build-failed", "tests-failed")
    assert found(history) == {id: 600 for id, ending in endings.items() if ending in landed}


def test_the_last_attempt_that_landed_counts(history):
    attempts = [
        outcome("a", begin=0, minutes=5, ending=Ending.REVERTED),
        outcome("a", begin=20, minutes=7, attempt=2),
        outcome("a", begin=40, minutes=9, attempt=3, ending=Ending.FAILED),
    ]
    history.append_outcomes(attempts[::-1])
    assert found(history) == {"a": 420}
    assert found(history, before=at(27)) == {"a": 300}


def test_what_took_no_time_was_not_measured(history):
    history.append_outcomes([outcome("a", minutes=0)])
    assert found(history) == {}


def test_nothing_counts_that_ended_or_was_recorded_at_the_moment_or_later(history):
    history.append_outcomes([outcome("a"), outcome("b", recorded=30), outcome("c", recorded=2)])
    assert found(history, before=at(10)) == {}
    assert set(found(history, before=at(11))) == {"a", "c"}
    assert set(found(history, before=at(31))) == {"a", "b", "c"}


def test_what_is_recorded_later_changes_no_earlier_answer(history):
    history.append_outcomes([outcome("a"), outcome("b")])
    before = recorded_durations(history, before=at(60))
    history.append_outcomes([outcome("a", begin=60, minutes=1, attempt=2), outcome("d", begin=70)])
    assert recorded_durations(history, before=at(60)) == before


def test_the_landing_lends_its_text_if_it_had_landed(history):
    placed = [
        PlacedLanding(
            number,
            Landing(
                commits=(id,),
                base=BASE,
                author="ada@example.org",
                landed_at=int(START.timestamp()) + 60 * number,
                title=f"Title {number}",
                body="Body",
                changes=(),
                changed=0,
                shape=LandingShape.DIRECT,
            ),
        )
        for number, id in enumerate((FIRST, SECOND), start=1)
    ]
    history.append_landings(placed)
    history.append_outcomes(
        [outcome("a", landed_as=FIRST), outcome("b", landed_as=SECOND), outcome("c")]
    )
    told = recorded_durations(history, before=at(60, number=2))
    assert told == [
        RecordedDuration("a", 600, "Title 1", "Body"),
        RecordedDuration("b", 600),
        RecordedDuration("c", 600),
    ]
    assert recorded_durations(history)[1].title == "Title 2"
