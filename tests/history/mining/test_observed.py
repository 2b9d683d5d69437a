"""What really happened, as labels."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from taskpar_ml.domain.labels import ConflictKind, Direction, LabelSource
from taskpar_ml.domain.outcome import Ending, Outcome, RecordedOutcome
from taskpar_ml.domain.position import Position
from taskpar_ml.history.labels import replay_labels
from taskpar_ml.history.observed import landed_labels, observed_labels
from taskpar_ml.policy.labels import LabelPolicy

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
TEXTUAL, LOGICAL = ConflictKind.TEXTUAL, ConflictKind.LOGICAL


def recorded(task, ending=Ending.MERGED, *, minute=0, **fields):
    at = NOON + timedelta(minutes=minute)
    outcome = Outcome(
        task=task,
        base="0",
        started_at=NOON - timedelta(1),
        ended_at=at,
        ending=ending,
        reported_by="t",
        **fields,
    )
    return RecordedOutcome(outcome=outcome, recorded_at=at)


@pytest.fixture
def labels(store):
    def of(*outcomes, before=None):
        history = store.history("shop", create=True)
        history.append_outcomes(outcomes)
        return {
            (each.task_a, each.task_b): each
            for each in observed_labels(history, LabelPolicy(), before=before)
        }

    return of


def test_two_that_merged_beside_each_other_do_not_conflict(labels):
    found = labels(recorded("A", beside=["B"]), recorded("B", beside=["A"], minute=5))
    [label] = found.values()
    assert (label.kinds, label.source, label.direction) == (
        frozenset(),
        LabelSource.OBSERVED,
        Direction.A_FIRST,
    )
    assert label.known_at == NOON + timedelta(minutes=5)
    assert label.is_positive() is False


def test_one_report_of_two_is_no_peace(labels):
    assert labels(recorded("A", beside=["B"])) == {}


@pytest.mark.parametrize(
    ("ending", "conflicts", "kinds"),
    [
        (Ending.RESOLVED, ["src/a.py"], {TEXTUAL}),
        (Ending.REDONE, ["src/a.py", "CHANGELOG.md"], {TEXTUAL}),
        (Ending.RESOLVED, ["CHANGELOG.md"], {ConflictKind.TRIVIAL}),
        (Ending.PARKED, [], {TEXTUAL}),
        (Ending.BUILD_FAILED, [], {LOGICAL}),
        (Ending.TESTS_FAILED, [], {LOGICAL}),
        (Ending.REVERTED, [], {LOGICAL}),
    ],
)
def test_a_hit_says_how(labels, ending, conflicts, kinds):
    hit = recorded(
        "B", ending, minute=3, beside=["A", "C"], hit=True, because_of=["A"], conflicts=conflicts
    )
    found = labels(hit)
    assert {pair: set(label.kinds) for pair, label in found.items()} == {("A", "B"): kinds}
    assert found["A", "B"].direction == Direction.A_FIRST


def test_a_failure_of_its_own_says_nothing(labels):
    failed = recorded("A", Ending.FAILED, beside=["B"])
    assert labels(failed, recorded("B", beside=["A"])) == {}


def test_a_hit_by_nobody_in_particular_says_nothing(labels):
    assert labels(recorded("A", Ending.REDONE, beside=["B"], hit=True)) == {}


def test_what_did_not_land_is_no_peace_with_others(labels):
    parked = recorded("A", Ending.PARKED, beside=["B", "C"], hit=True, because_of=["B"])
    given_up = recorded("D", Ending.PARKED, beside=["C"])
    beside = recorded("C", beside=["A", "D"], minute=5)
    assert set(labels(parked, given_up, beside)) == {("A", "B")}


def test_whoever_was_hit_came_second(labels):
    first = recorded("B", beside=["A"], minute=9)
    hit = recorded("A", Ending.REDONE, minute=3, beside=["B"], hit=True, because_of=["B"])
    assert labels(hit, first)["A", "B"].direction == Direction.B_FIRST


def test_the_order_of_reports_is_not_that_of_landings(labels):
    at = NOON + timedelta(hours=1)
    soon, late = recorded("A", beside=["B"]), recorded("B", beside=["A"], minute=5)
    both = [RecordedOutcome(outcome=each.outcome, recorded_at=at) for each in (late, soon)]
    assert labels(*both)["A", "B"].direction == Direction.A_FIRST


def test_what_was_recorded_later_is_not_known_before(labels):
    hit = recorded("B", Ending.REDONE, minute=3, beside=["A"], hit=True, because_of=["A"])
    moment = int((NOON + timedelta(minutes=3)).timestamp())
    assert labels(hit, before=Position(0, moment)) == {}
    assert len(labels(hit, before=Position(0, moment + 1))) == 1


def test_serialised_tasks_get_replay_labels_when_they_land(crowded, mined):
    history = mined(crowded.place)
    by_pair = {(each.task_a, each.task_b): each for each in replay_labels(history, LabelPolicy())}
    a, b = next(pair for pair, label in by_pair.items() if label.kinds)
    label = by_pair[a, b]
    first, second = (a, b) if label.direction == Direction.A_FIRST else (b, a)
    late = max(label.known_at, NOON) + timedelta(days=1)
    second_outcome = recorded("K", landed_as=second).outcome
    history.append_outcomes(
        [
            recorded("Z", landed_as=first),
            RecordedOutcome(outcome=second_outcome, recorded_at=late),
        ]
    )
    [found] = landed_labels(history, LabelPolicy())
    assert found.known_at == late
    assert (found.task_a, found.task_b, found.direction) == ("K", "Z", Direction.B_FIRST)
    assert (found.kinds, found.base, found.source) == (
        label.kinds,
        label.base,
        LabelSource.REPLAY,
    )


def test_of_a_task_that_landed_twice_the_last_counts(crowded, mined):
    history = mined(crowded.place)
    [first, second, third, *_] = sorted(history.mined(), key=history.placed_ids().__getitem__)
    history.append_outcomes(
        [
            recorded("A", Ending.REVERTED, landed_as=first),
            recorded("B", landed_as=second, minute=1),
            recorded("A", attempt=2, landed_as=third, minute=2),
        ]
    )
    [found] = landed_labels(history, LabelPolicy())
    assert (found.task_a, found.task_b, found.direction) == ("A", "B", Direction.B_FIRST)


def test_labels_are_known_when_the_later_task_lands(crowded, whole):
    landed = {each.landing.id: each.landing for each in whole.landings()}
    for label in replay_labels(whole, LabelPolicy()):
        later = label.task_b if label.direction == Direction.A_FIRST else label.task_a
        earlier = label.task_a if label.direction == Direction.A_FIRST else label.task_b
        assert label.known_at.timestamp() == landed[later].landed_at
        assert label.base == landed[earlier].base


def test_labels_before_a_position_are_those_of_tasks_before_it(crowded, whole):
    placed = list(whole.landings())
    middle = whole.position_of(placed[80].landing.id)
    before = {each.landing.id for each in placed if each.number < middle.number}
    labels = list(replay_labels(whole, LabelPolicy(), before=middle))
    assert labels
    assert all({label.task_a, label.task_b} <= before for label in labels)
