"""A journal comes to one state, and nothing is believed that nobody can have written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.journal import JournalEntry
from taskpar_ml.domain.landing_steps import (
    Candidate,
    ConflictMet,
    Landed,
    LandingBegun,
    LandingEnded,
    LinedUp,
    Mended,
    Refused,
    VerifyBegun,
    VerifyEnded,
)
from taskpar_ml.domain.outcome import Cost, Ending
from taskpar_ml.domain.runs import (
    Ask,
    Asked,
    AttemptBegun,
    AttemptEnded,
    Opened,
    Recorded,
    Removed,
    Role,
    RolledBack,
    RoundBegun,
    RoundEnd,
    RoundEnded,
    WorkKept,
)
from taskpar_ml.errors import RunError, UnusableStoreError
from taskpar_ml.execution.attempts import Phase
from taskpar_ml.execution.deciding import given_up, is_settled
from taskpar_ml.execution.outcomes import outcome_of
from taskpar_ml.execution.run_book import RunBook
from taskpar_ml.execution.run_state import RunState
from taskpar_ml.history.store.history_store import HistoryStore

AT = datetime(2026, 1, 1, tzinfo=UTC)
OPENED = Opened(base="b0", target="t", made=True, bank="main")
A = {"task": "a", "number": 1}
BEGUN = AttemptBegun(**A, base="b0", slot=0)
ROUND = RoundBegun(**A, role=Role.WORK)
DONE = RoundEnded(**A, how=RoundEnd.DONE, code=0)
KEPT = WorkKept(**A, head="h1", touched=("x",))
CANDIDATE = Candidate(**A, commit="c1", onto="b0")
LANDS = (LinedUp(candidates=(CANDIDATE,)), LandingBegun(many=1), LandingEnded(landed=True))
ENDED = AttemptEnded(**A, ending=Ending.MERGED)
WHOLE = (OPENED, BEGUN, ROUND, DONE, KEPT, *LANDS, ENDED, Recorded(**A), Removed(**A))


def state_of(*steps):
    state = RunState()
    for number, step in enumerate(steps, start=1):
        at = AT + timedelta(minutes=number)
        state.add(JournalEntry(number=number, recorded_at=at, step=step))
    return state


def test_a_whole_attempt():
    state = state_of(*WHOLE)
    known = state.attempts[Attempt("a", 1)]
    assert (known.phase, known.landed_as, state.tip) == (Phase.GONE, "c1", "c1")
    assert is_settled(state)
    outcome = outcome_of(known, state, run="r")
    assert (outcome.ending, outcome.hit, outcome.landed_as) == (Ending.MERGED, False, "c1")
    assert outcome.ended_at - outcome.started_at == timedelta(minutes=7)


@pytest.mark.parametrize("many", range(1, len(WHOLE)))
def test_any_beginning_of_a_journal_is_a_state(many):
    state = state_of(*WHOLE[:many])
    assert state.steps == many
    assert is_settled(state) == (many == 1 or many >= len(WHOLE) - 1)


@pytest.mark.parametrize(
    ("before", "step", "problem"),
    [
        (0, BEGUN, "the first step"),
        (1, OPENED, "the first step"),
        (1, ROUND, "its attempt never began"),
        (2, BEGUN, "the attempt has begun before"),
        (2, BEGUN.model_copy(update={"number": 2, "slot": 1}), "another attempt at the task"),
        (2, AttemptBegun(task="z", number=1, base="b0", slot=0), "its slot is taken"),
        (2, DONE, "its attempt is preparing"),
        (3, ROUND, "its attempt is running"),
        (3, KEPT, "its attempt is running"),
        (4, LANDS[0], "this is not ready to land"),
        (5, LANDS[1], "this is not ready to land"),
        (5, LANDS[2], "nothing was landing"),
        (5, LinedUp(candidates=(CANDIDATE, CANDIDATE)), "they are not on top of each other"),
        (5, RoundBegun(**A, role=Role.LAND), "the run lands work itself"),
        (6, LandingBegun(many=2), "this is not ready to land"),
        (6, VerifyEnded(passed=True), "nothing was being verified"),
        (7, LANDS[0], "something else is about to land"),
        (7, VerifyBegun(commit="c1"), "something else is about to land"),
        (5, Recorded(**A), "its attempt is kept"),
        (9, ENDED, "its attempt is ended"),
        (9, Removed(**A), "its attempt is ended"),
        (9, Refused(**A, onto="b0"), "its attempt is ended"),
        (9, Landed(**A, commit="c"), "its attempt is ended"),
        (9, ConflictMet(**A, onto="b0", files=("x",)), "its attempt is ended"),
        (9, Mended(**A, head="h", resolved=()), "its attempt is ended"),
    ],
    ids=str,
)
def test_what_cannot_come_now_is_refused_and_changes_nothing(before, step, problem):
    state = state_of(*WHOLE[:before])
    entry = JournalEntry(number=before + 1, recorded_at=AT, step=step)
    with pytest.raises(RunError, match=problem):
        state.add(entry)
    assert state == state_of(*WHOLE[:before])


def test_steps_are_missed_if_they_are_missing():
    with pytest.raises(RunError, match="step 3 of the run: it follows step 1"):
        state_of(OPENED).add(JournalEntry(number=3, recorded_at=AT, step=BEGUN))


def test_where_candidates_are_verified_none_lands_that_was_not():
    opened = OPENED.model_copy(update={"verifies": True})
    begun = (opened, BEGUN, ROUND, DONE, KEPT)
    with pytest.raises(RunError, match="it was not verified"):
        state_of(*begun, *LANDS)
    passed = (*begun, LANDS[0], VerifyBegun(commit="c1"), VerifyEnded(passed=True))
    assert state_of(*passed, *LANDS[1:]).tip == "c1"
    other = LinedUp(candidates=(CANDIDATE.model_copy(update={"commit": "c2"}),))
    with pytest.raises(RunError, match="it was not verified"):
        state_of(*passed, other, LANDS[1])
    for answer, why in ((False, "it was not verified"), (None, "this is not ready to land")):
        ended = (LANDS[0], VerifyBegun(commit="c1"), VerifyEnded(passed=answer))
        with pytest.raises(RunError, match=why):
            state_of(*begun, *ended, LANDS[1])


def begun_as(task, slot):
    its = {"task": task, "number": 1}
    round_ = (RoundBegun(**its, role=Role.WORK), RoundEnded(**its, how=RoundEnd.DONE, code=0))
    return AttemptBegun(**its, base="b0", slot=slot), *round_, WorkKept(**its, head=f"h{task}")


def test_what_passes_together_lands_together():
    line = [
        Candidate(task=task, number=1, commit=f"c{task}", onto=onto)
        for task, onto in (("a", "b0"), ("b", "ca"), ("c", "cb"))
    ]
    begun = (
        OPENED.model_copy(update={"verifies": True}),
        *(step for slot, each in enumerate(line) for step in begun_as(each.task, slot)),
        LinedUp(candidates=line),
    )
    passed = (VerifyBegun(commit="cb"), VerifyEnded(passed=True))
    state = state_of(*begun, *passed, LandingBegun(many=2), LandingEnded(landed=True))
    assert [commit for _, commit in state.landed] == ["ca", "cb"]
    assert state.line == tuple(line[2:])
    with pytest.raises(RunError, match="it was not verified"):
        state_of(*begun, *passed, LandingBegun(many=3))
    refused = Refused(task="b", number=1, onto="b0", said="broken", hit=True, because_of=("a",))
    told = state_of(*begun, refused)
    assert "broken" in told.attempts[Attempt("b", 1)].complaint
    assert told.attempts[Attempt("b", 1)].because_of == ("a",)
    assert told.line == (), "what it is mended to is another candidate"
    with pytest.raises(RunError, match="this is not ready to land"):
        state_of(*begun, *passed, refused, LandingBegun(many=2))


def lined(*tasks):
    """Return steps by which tasks are lined up to land together."""
    onto = ["b0", *(f"c{task}" for task in tasks)]
    line = [
        Candidate(task=task, number=1, commit=f"c{task}", onto=before)
        for task, before in zip(tasks, onto, strict=False)
    ]
    begun = (step for slot, each in enumerate(tasks) for step in begun_as(each, slot))
    return (OPENED, *begun, LinedUp(candidates=line))


def test_what_is_landing_stays_in_line_whatever_becomes_of_the_rest():
    landing = (*lined("a", "b", "c"), LandingBegun(many=2))
    cancelled = AttemptEnded(task="c", number=1, ending=Ending.FAILED)
    state = state_of(*landing, cancelled, LandingEnded(landed=True))
    assert [commit for _, commit in state.landed] == ["ca", "cb"]
    with pytest.raises(RunError, match="its work is landing"):
        state_of(*landing, AttemptEnded(task="b", number=1, ending=Ending.FAILED))


def test_what_another_command_said_of_commits_does_not_count():
    opened = OPENED.model_copy(update={"verifies": True})
    passed = (VerifyBegun(commit="ca", by="one"), VerifyEnded(passed=True))
    begun = (opened, *lined("a")[1:], *passed)
    assert state_of(*begun, LandingBegun(many=1)).landing == 1
    with pytest.raises(RunError, match="it was not verified"):
        state_of(
            *begun,
            VerifyBegun(commit="b0", by="two"),
            VerifyEnded(passed=True),
            LandingBegun(many=1),
        )


def test_a_verification_that_was_broken_off_takes_what_failed_with_it():
    told = (
        *(VerifyBegun(commit="b0"), VerifyEnded(passed=True)),
        *(VerifyBegun(commit="cb"), VerifyEnded(passed=False)),
        *(VerifyBegun(commit="ca"), VerifyEnded(passed=None)),
    )
    state = state_of(*lined("a", "b"), *told)
    assert (set(state.verdicts), state.line) == ({"b0"}, ())


def test_who_is_in_flight_is_not_forgiven_in_advance():
    retry = Asked(what=Ask.RETRY, task="a")
    failed = AttemptEnded(**A, ending=Ending.FAILED)
    assert given_up(state_of(OPENED, BEGUN, retry, failed)) == {"a"}


def test_what_is_in_flight_is_not_rolled_back():
    with pytest.raises(RunError, match="in flight"):
        state_of(OPENED, BEGUN, RolledBack(tip="b0"))


def test_a_landing_that_came_to_nothing_is_tried_again():
    state = state_of(*WHOLE[:7], LandingEnded(landed=False))
    assert (state.tip, state.landing, state.line) == ("b0", 0, ())
    assert state.attempts[Attempt("a", 1)].phase is Phase.KEPT


def test_who_was_given_up_starts_again_only_if_somebody_says_so():
    failed = (OPENED, BEGUN, AttemptEnded(**A, ending=Ending.FAILED))
    retry = Asked(what=Ask.RETRY, task="a")
    again = AttemptBegun(task="a", number=2, base="b0", slot=0)
    assert given_up(state_of(*failed)) == {"a"}
    assert given_up(state_of(*failed, retry)) == set()
    ended = AttemptEnded(task="a", number=2, ending=Ending.PARKED, hit=True)
    assert given_up(state_of(*failed, retry, again, ended)) == {"a"}
    assert given_up(state_of(OPENED, Asked(what=Ask.CANCEL, task="z"))) == {"z"}
    redone = (OPENED, BEGUN, AttemptEnded(**A, ending=Ending.REDONE, hit=True))
    assert given_up(state_of(*redone)) == set()


def test_pauses_end():
    paused = state_of(OPENED, Asked(what=Ask.PAUSE))
    assert paused.is_paused
    assert not state_of(OPENED, Asked(what=Ask.PAUSE), Asked(what=Ask.CONTINUE)).is_paused


def test_hits_are_told_with_all_that_caused_them():
    conflict = ConflictMet(**A, onto="c0", files=("x", "y"), because_of=("z",))
    ended = AttemptEnded(**A, ending=Ending.PARKED, hit=True, because_of=("w",))
    state = state_of(OPENED, BEGUN, ROUND, DONE, KEPT, conflict, ended)
    told = outcome_of(state.attempts[Attempt("a", 1)], state, run="r")
    assert (told.hit, told.because_of, told.conflicts) == (True, ("z", "w"), ("x", "y"))


@pytest.mark.parametrize(
    ("costs", "total"),
    [
        ([None], None),
        ([Cost(tokens=5), Cost(tokens=7)], Cost(tokens=12)),
        (
            [Cost(money="1.5", currency="USD"), Cost(tokens=1, money="2", currency="USD")],
            Cost(tokens=1, money="3.5", currency="USD"),
        ),
        (
            [Cost(money="1", currency="USD"), Cost(money="1", currency="EUR", tokens=3)],
            Cost(tokens=3),
        ),
    ],
)
def test_costs_of_rounds_are_added_as_far_as_they_can_be(costs, total):
    rounds = [
        each for cost in costs for each in (ROUND, DONE.model_copy(update={"cost": cost}), KEPT)
    ]
    assert state_of(OPENED, BEGUN, *rounds).attempts[Attempt("a", 1)].cost == total


@pytest.fixture
def history(tmp_path):
    with HistoryStore.open(str(tmp_path / "s.sqlite")) as store:
        yield store.history("shop", create=True)


def test_what_is_written_is_read_by_whoever_comes_later(history):
    book = RunBook(history, "r", now=lambda: AT)
    book.write(OPENED)
    another = RunBook(history, "r", now=lambda: AT)
    another.write(BEGUN, ROUND)
    assert book.write(DONE).steps == 4, "after what the other has written"
    assert RunBook(history, "r").read() == another.read() == book.state


def test_of_steps_that_cannot_come_none_is_written(history):
    book = RunBook(history, "r", now=lambda: AT)
    book.write(OPENED)
    with pytest.raises(RunError, match="its attempt never began"):
        book.write(BEGUN, ROUND.model_copy(update={"task": "z"}))
    assert book.read().steps == 1
    assert book.write(BEGUN).steps == 2


def test_a_journal_that_nobody_can_have_written_is_damage(history):
    with history.run_journals.writing("r") as journal:
        journal.append([ROUND], at=AT)
    with pytest.raises(UnusableStoreError, match="run r: its journal is damaged"):
        RunBook(history, "r").read()
