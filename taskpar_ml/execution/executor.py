"""Runs tasks: lets them start, has their agents work, and lands what they come to.

Nothing is remembered but the journal. Each pass looks at what it says, at commands and branches,
and does for every attempt what comes next; a pass that was interrupted anywhere is done again.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.outcome import Ending, RecordedOutcome
from taskpar_ml.domain.runs import (
    AttemptBegun,
    AttemptEnded,
    ConflictMet,
    Recorded,
    Removed,
    Role,
    RoundBegun,
    RoundEnd,
    RoundEnded,
)
from taskpar_ml.errors import RunError, TargetError
from taskpar_ml.execution.attempts import Phase, RunAttempt
from taskpar_ml.execution.crew import Crew, Order, RoundKey
from taskpar_ml.execution.gate import Gate
from taskpar_ml.execution.keeping import keep
from taskpar_ml.execution.landing_slot import LandingSlot
from taskpar_ml.execution.outcomes import outcome_of
from taskpar_ml.execution.resolving import Resolvers, begin_merge, learn
from taskpar_ml.execution.run_book import RunBook
from taskpar_ml.execution.run_state import RunState
from taskpar_ml.execution.verifying import Verifier
from taskpar_ml.execution.workshop import Workshop

TICK: Final = 0.25
"""Seconds between two looks at what runs."""
CANCELLED: Final = "It was cancelled."
_WORDS: Final = {
    RoundEnd.FAILED: "exited with status {code}",
    RoundEnd.TIMED_OUT: "took too long, and was ended",
    RoundEnd.STOPPED: "printed too much, and was ended",
    RoundEnd.LOST: "was interrupted",
}


@dataclass(frozen=True)
class Hands:
    """Who does what the executor decides.

    Attributes
    ----------
    gate
        Says who may start, and is told what became of them.
    workshop
        Holds worktrees, and moves the target.
    crew
        Runs agents.
    order
        Returns what is run for an attempt: its role, and what it is told besides.
    resolvers
        Merge what git alone cannot.
    verifier
        Says whether a candidate passes; None where nobody verifies.
    """

    gate: Gate
    workshop: Workshop
    crew: Crew
    order: Callable[[RunAttempt, int, Role, str], Order]
    resolvers: Resolvers
    verifier: Verifier | None = None


class Executor:
    """Runs the tasks of one journal until nothing is left that can be done.

    Laws, each a test:

    1. The target only moves from one commit to one on top of it, and, where candidates are
       verified, only to one that passed.
    2. Whatever an agent has committed or left in its worktree is in the user's repository before
       its attempt ends.
    3. Of every attempt that was let in, history and bank are told how it ended, once.
    4. To be killed anywhere, and to begin again, comes to the same as not to be.

    Parameters
    ----------
    book
        The journal.
    hands
        Who does what is decided.
    """

    def __init__(self, book: RunBook, hands: Hands) -> None:
        self._book, self._hands = book, hands
        self._slot = LandingSlot(
            book,
            hands.workshop,
            hands.gate,
            resolvers=hands.resolvers,
            verifier=hands.verifier,
        )
        self._ordered: set[RoundKey] = set()

    def run(self, *, look: Callable[[RunState], None] = lambda state: None) -> RunState:
        """Go on until all tasks have landed or were given up, and return the state.

        Parameters
        ----------
        look
            Is shown the state after every pass.

        Raises
        ------
        RunError
            If somebody moved the target back, or it is checked out.
        """
        while True:
            moved = self.step()
            look(self._book.state)
            state = self._book.state
            if not moved and is_settled(state) and not self._hands.gate.waits(given_up(state)):
                return state
            if not moved:
                time.sleep(TICK)

    def step(self) -> bool:
        """Do for every attempt what comes next, and return whether anything has changed."""
        before = self._book.read().steps
        for attempt in list(self._book.state.attempts):
            try:
                self._move(attempt)
            except TargetError:
                raise
            except RunError as error:
                # One that git cannot cope with is no reason to leave the others.
                known = self._book.read().attempts[attempt]
                if not known.is_in_flight or known.landed_as is not None:
                    raise
                if known.phase is Phase.RUNNING:
                    self._hands.crew.stop(RoundKey(attempt, len(known.rounds)))
                self._end(known, Ending.FAILED, why=str(error))
        self._slot.settle()
        self._admit()
        return self._book.state.steps != before

    def _admit(self) -> None:
        """Let attempts begin that may start."""
        state = self._book.state
        tip = self._slot.tip()
        wanted = self._hands.gate.admitted(given_up(state), start=not state.is_paused)
        busy = {each.attempt.task for each in state.in_flight()}
        # Somebody else may have said that a task has ended which has not.
        new = [each for each in wanted if each not in state.attempts and each.task not in busy]
        for attempt in new:
            taken = {each.slot for each in self._book.state.in_flight()}
            slot = next(each for each in range(len(taken) + 1) if each not in taken)
            begun = AttemptBegun(task=attempt.task, number=attempt.number, base=tip, slot=slot)
            self._book.write(begun)

    def _move(self, attempt: Attempt) -> None:
        """Do what comes next for one attempt."""
        known = self._book.state.attempts[attempt]
        is_cancelled = (
            attempt.task in self._book.state.cancelled
            or self._hands.gate.task(attempt.task) is None
        )
        match known.phase:
            case Phase.PREPARING:
                if is_cancelled:
                    self._end(known, Ending.FAILED, why=CANCELLED)
                else:
                    self._ask(known, Role.WORK)
            case Phase.RUNNING:
                self._look_at(known, stop=is_cancelled)
            case Phase.STOPPED:
                onto = self._book.state.tip
                before = known.kept if known.conflicts else None
                workshop, base = self._hands.workshop, known.base
                self._book.write(keep(workshop, attempt, base=base, onto=onto, before=before))
            case Phase.KEPT:
                self._judge(known, is_cancelled=is_cancelled)
            case Phase.CONFLICTING if is_cancelled:
                self._end(known, Ending.FAILED, why=CANCELLED)
            case Phase.CONFLICTING:
                self._resolve(known)
            case Phase.ENDED:
                outcome = outcome_of(known, self._book.state, run=self._book.name)
                at = self._book.now()
                self._hands.gate.record(RecordedOutcome(outcome=outcome, recorded_at=at))
                self._book.write(Recorded(task=attempt.task, number=attempt.number))
            case Phase.RECORDED if known.landed_as is not None:
                # It has landed: what is left of it is in nobody's way.
                with contextlib.suppress(RunError):
                    if known.conflicts:
                        learn(self._hands.workshop, known.base, known.head)
                    self._hands.workshop.remove_tree(attempt)
                self._book.write(Removed(task=attempt.task, number=attempt.number))

    def _ask(self, known: RunAttempt, role: Role, why: str = "") -> None:
        """Let an agent work."""
        task, number = known.attempt
        self._hands.workshop.ensure_tree(known.attempt, known.head)
        state = self._book.write(RoundBegun(task=task, number=number, role=role, why=why))
        self._begin(state.attempts[known.attempt])

    def _begin(self, known: RunAttempt) -> None:
        """See to it that the last round of an attempt has begun."""
        number = len(known.rounds)
        key = RoundKey(known.attempt, number)
        if key not in self._ordered:
            last = known.rounds[-1]
            self._hands.crew.begin(key, self._hands.order(known, number, last.role, last.why))
            self._ordered.add(key)

    def _look_at(self, known: RunAttempt, *, stop: bool) -> None:
        """See whether a round has ended."""
        key = RoundKey(known.attempt, len(known.rounds))
        if stop:
            self._hands.crew.stop(key)
        else:
            self._begin(known)
        found = self._hands.crew.ended(key)
        if found is not None:
            task, number = known.attempt
            self._book.write(
                RoundEnded(
                    task=task, number=number, how=found.how, code=found.code, cost=found.cost
                )
            )

    def _judge(self, known: RunAttempt, *, is_cancelled: bool) -> None:
        """Decide about work that is archived, unless it is ready to land."""
        if known.landed_as is not None:
            self._end(known, Ending.RESOLVED if known.conflicts else Ending.MERGED)
            return
        state = self._book.state
        if state.landing is not None and state.landing.attempt == known.attempt:
            return
        if state.verifying is not None and state.verifying.attempt == known.attempt:
            if is_cancelled and self._hands.verifier is not None:
                self._hands.verifier.stop(state.verifying)
            return
        limits = state.plan.limits
        last = known.rounds[-1]
        ended = last.ended
        if is_cancelled:
            self._end(known, Ending.FAILED, why=CANCELLED)
        elif ended is not None and ended.how is not RoundEnd.DONE:
            said = f"The agent {_WORDS[ended.how].format(code=ended.code)}."
            failures = sum(
                each.ended is not None and each.ended.how is not RoundEnd.DONE
                for each in known.rounds
            )
            if failures <= limits.retries:
                self._ask(known, last.role, f"{said} Go on from what is there.\n{last.why}".strip())
            elif known.conflicts:
                self._give_up(known, said)
            else:
                self._end(known, Ending.FAILED, why=said)
        elif known.complaint:
            if known.asked(Role.REPAIR) < limits.repairs:
                self._ask(known, Role.REPAIR, known.complaint)
            elif known.conflicts:
                self._give_up(known, known.complaint)
            else:
                self._end(known, Ending.FAILED, why=known.complaint)

    def _resolve(self, known: RunAttempt) -> None:
        """Have a conflict resolved, or give the attempt up."""
        conflict = known.conflicts[-1]
        if conflict.hit:
            self._hands.gate.strike(known.attempt)
        if len(known.conflicts) > self._book.state.plan.limits.resolves:
            self._give_up(known, _conflict_words(conflict))
            return
        begin_merge(self._hands.workshop, known.attempt, head=known.head, onto=conflict.onto)
        self._ask(known, Role.RESOLVE, _conflict_words(conflict))

    def _give_up(self, known: RunAttempt, why: str) -> None:
        """End an attempt whose conflict was not resolved: it starts anew, or is parked."""
        state = self._book.state
        before = state.of_task(known.attempt.task)[state.forgiven.get(known.attempt.task, 0) :]
        redone = sum(
            each.ended is not None and each.ended.ending is Ending.REDONE for each in before
        )
        ending = Ending.REDONE if redone < state.plan.limits.redos else Ending.PARKED
        self._end(known, ending, hit=known.is_hit, because_of=known.because_of, why=why)

    def _end(
        self,
        known: RunAttempt,
        ending: Ending,
        *,
        hit: bool = False,
        because_of: tuple[str, ...] = (),
        why: str = "",
    ) -> None:
        task, number = known.attempt
        self._book.write(
            AttemptEnded(
                task=task, number=number, ending=ending, hit=hit, because_of=because_of, why=why
            )
        )


def is_settled(state: RunState) -> bool:
    """Whether nothing is in flight, or on its way into the history, and nothing is paused."""
    over = (Phase.GONE, Phase.RECORDED)
    busy = any(each.phase not in over for each in state.attempts.values())
    return state.opened is not None and not busy and not state.is_paused


def given_up(state: RunState) -> set[str]:
    """Return tasks that are not to start: cancelled, failed or parked, and nobody forgave them."""
    found = set(state.cancelled)
    for known in state.attempts.values():
        task = known.attempt.task
        place = state.of_task(task).index(known)
        is_over = known.ended is not None and known.ended.ending in (Ending.FAILED, Ending.PARKED)
        if is_over and place >= state.forgiven.get(task, 0):
            found.add(task)
    return found


def _conflict_words(conflict: ConflictMet) -> str:
    files = ", ".join(f"`{name}`" for name in conflict.files)
    because = f" Landed meanwhile: {', '.join(conflict.because_of)}." if conflict.because_of else ""
    return f"In conflict: {files}.{because}"
