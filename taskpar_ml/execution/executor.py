"""Runs tasks: lets them start, has their agents work, and lands what they come to.

Nothing is remembered but the journal. Each pass looks at what it says, at commands and branches,
and does for every attempt what comes next; a pass that was interrupted anywhere is done again.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Final

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.landing_steps import Landed, Refused
from taskpar_ml.domain.outcome import Ending, RecordedOutcome
from taskpar_ml.domain.runs import (
    AttemptBegun,
    AttemptEnded,
    Recorded,
    Removed,
    Role,
    RoundBegun,
    RoundEnd,
    RoundEnded,
)
from taskpar_ml.errors import RunError, TargetError
from taskpar_ml.execution.attempts import Phase, RunAttempt
from taskpar_ml.execution.crew import Crew, RoundKey
from taskpar_ml.execution.deciding import (
    CANCELLED,
    AskAgain,
    End,
    HandedBack,
    after_failure,
    conflict_words,
    decision,
    given_over,
    given_up,
    is_settled,
)
from taskpar_ml.execution.hands import Hands
from taskpar_ml.execution.keeping import keep
from taskpar_ml.execution.landing_slot import LandingSlot
from taskpar_ml.execution.outcomes import outcome_of
from taskpar_ml.execution.resolving import begin_merge, learn, take_over
from taskpar_ml.execution.run_book import RunBook
from taskpar_ml.execution.run_state import RunState

TICK: Final = 0.25
"""Seconds between two looks at what runs."""
_SHOWN: Final = 2_000
"""Bytes of what a command printed that an agent is told."""
_LINE: Final = 200


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

    def run(self, *, look: Callable[[RunState, bool], None] = lambda *told: None) -> RunState:
        """Go on until all tasks have landed or were given up, and return the state.

        Parameters
        ----------
        look
            Is shown the state after every pass, and told whether it waits for what others run.

        Raises
        ------
        TargetError
            If somebody moved the target back, it is checked out, does not pass by itself, or lacks
            what is said to have landed.
        RunError
            If git cannot be run.
        """
        while True:
            moved = self.step()
            state = self._book.state
            is_idle = not moved and is_settled(state)
            waits = is_idle and self._hands.gate.waits(given_up(state), start=not state.is_paused)
            look(state, waits and not state.is_paused)
            if is_idle and not waits:
                return state
            if not moved:
                time.sleep(TICK)

    def step(self) -> bool:
        """Do for every attempt what comes next, and return whether anything has changed."""
        before = self._book.read().steps
        stopped: list[TargetError] = []
        for attempt in list(self._book.state.attempts):
            try:
                with self._or_end(attempt):
                    self._move(attempt)
            except TargetError as error:
                stopped.append(error)  # the others go as far as they can
        if stopped:
            raise stopped[0]
        for known in self._slot.settle():
            with self._or_end(known.attempt):
                self._ask(known, Role.LAND)
        self._watch()
        self._admit()
        return self._book.state.steps != before

    @contextlib.contextmanager
    def _or_end(self, attempt: Attempt) -> Iterator[None]:
        """End an attempt that git cannot cope with: it is no reason to leave the others."""
        try:
            yield
        except TargetError:
            raise
        except RunError as error:
            known = self._book.read().attempts[attempt]
            if not known.is_in_flight or known.landed_as is not None:
                raise
            if known.phase is Phase.RUNNING:
                self._crew(known).stop(RoundKey(attempt, len(known.rounds)))
            self._end(known, End(Ending.FAILED, str(error)))

    def _watch(self) -> None:
        """Stop who collides with somebody, where running tasks are watched."""
        watcher = self._hands.watcher
        for collision in () if watcher is None else watcher.seen(self._book.state):
            self._book.write(collision)
            self._hands.gate.strike(collision.attempt)

    def _admit(self) -> None:
        """Let attempts begin that may start."""
        state = self._book.state
        wanted = self._hands.gate.admitted(given_up(state), start=not state.is_paused)
        busy = {each.attempt.task for each in state.in_flight()}
        # Somebody else may have said that a task has ended which has not.
        new = [each for each in wanted if each not in state.attempts and each.task not in busy]
        tip = self._slot.tip() if new else ""
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
                    self._end(known, End(Ending.FAILED, CANCELLED))
                else:
                    self._ask(known, Role.WORK)
            case Phase.RUNNING:
                self._look_at(known, stop=is_cancelled or known.held is not None)
            case Phase.STOPPED:
                onto = self._book.state.tip
                before = known.kept if known.conflicts else None
                workshop, base = self._hands.workshop, known.base
                self._book.write(keep(workshop, attempt, base=base, onto=onto, before=before))
            case Phase.KEPT:
                self._judge(known, is_cancelled=is_cancelled)
            case Phase.CONFLICTING if is_cancelled:
                self._end(known, End(Ending.FAILED, CANCELLED))
            case Phase.CONFLICTING:
                self._resolve(known)
            case Phase.ENDED:
                if known.is_hit:
                    self._hands.gate.strike(attempt)
                outcome = outcome_of(known, self._book.state, run=self._book.name)
                at = self._book.now()
                self._hands.gate.record(RecordedOutcome(outcome=outcome, recorded_at=at))
                self._book.write(Recorded(task=attempt.task, number=attempt.number))
            case Phase.RECORDED if known.landed_as is not None:
                # It has landed: what is left of it is in nobody's way.
                with contextlib.suppress(RunError):
                    if known.conflicts or known.collisions:
                        learn(self._hands.workshop, known.base, known.head)
                    self._hands.workshop.remove_tree(attempt)
                self._book.write(Removed(task=attempt.task, number=attempt.number))

    def _ask(self, known: RunAttempt, role: Role, why: str = "") -> None:
        """Let an agent work."""
        task, number = known.attempt
        self._hands.workshop.ensure_tree(known.attempt, known.head)
        if role is Role.REPAIR and known.refused is not None:
            if known.is_hit:
                self._hands.gate.strike(known.attempt)
            # Only together with what has landed can be seen what is wrong.
            take_over(self._hands.workshop, known.attempt, head=known.head, onto=known.refused.onto)
        # What could not be committed lies there and nowhere else.
        if role is Role.WORK and known.held is not None and not known.complaint:
            onto = self._slot.tip()
            begin_merge(self._hands.workshop, known.attempt, head=known.head, onto=onto)
        state = self._book.write(RoundBegun(task=task, number=number, role=role, why=why))
        self._begin(state.attempts[known.attempt])

    def _begin(self, known: RunAttempt) -> None:
        """See to it that the last round of an attempt has begun."""
        number = len(known.rounds)
        key = RoundKey(known.attempt, number)
        if key not in self._ordered:
            last = known.rounds[-1]
            self._crew(known).begin(key, self._hands.order(known, number, last.role, last.why))
            self._ordered.add(key)

    def _crew(self, known: RunAttempt) -> Crew:
        """Return who runs the last round of an attempt."""
        is_landing = known.rounds[-1].role is Role.LAND
        return self._hands.landers if is_landing else self._hands.crew

    def _look_at(self, known: RunAttempt, *, stop: bool) -> None:
        """See whether a round has ended."""
        key = RoundKey(known.attempt, len(known.rounds))
        if stop:
            self._crew(known).stop(key)
        else:
            self._begin(known)
        found = self._crew(known).ended(key)
        if found is not None:
            task, number = known.attempt
            self._book.write(
                RoundEnded(
                    task=task,
                    number=number,
                    how=found.how,
                    code=found.code,
                    cost=found.cost,
                    said="" if found.how is RoundEnd.DONE else self._last_words(known),
                )
            )

    def _last_words(self, known: RunAttempt) -> str:
        """Return the last line that a round has printed."""
        printed = self._crew(known).printed(RoundKey(known.attempt, len(known.rounds)))
        lines = printed[-_SHOWN:].decode("utf-8", "replace").split("\n")
        return next((line.strip()[-_LINE:] for line in reversed(lines) if line.strip()), "")

    def _judge(self, known: RunAttempt, *, is_cancelled: bool) -> None:
        """Decide about work that is archived, unless it waits to land."""
        state = self._book.state
        found = decision(known, state, is_cancelled=is_cancelled)
        match found:
            case AskAgain():
                self._ask(known, found.role, found.why)
            case End():
                self._end(known, found)
            case HandedBack():
                self._take_back(known, found.how, is_cancelled=is_cancelled)

    def _take_back(self, known: RunAttempt, how: RoundEnd, *, is_cancelled: bool) -> None:
        """See what came of work that others were to land."""
        tip = self._slot.tip()
        task, number = known.attempt
        printed = self._crew(known).printed(RoundKey(known.attempt, len(known.rounds)))
        said = printed[-_SHOWN:].decode("utf-8", "replace").strip()
        workshop = self._hands.workshop
        # Whatever it says of itself: the target tells.
        commit = workshop.landed_at(known.base, tip, head=known.head)
        if commit is None and how is RoundEnd.DONE:
            commit = workshop.named_on_line(known.base, tip, name=(said.split() or [""])[-1])
        if commit is not None:
            self._book.write(Landed(task=task, number=number, commit=commit))
        elif is_cancelled:
            self._end(known, End(Ending.FAILED, CANCELLED))
        elif how is RoundEnd.DONE:
            raise TargetError(
                f"branch {self._book.state.plan.target}",
                f"{task} is said to have landed, and it is not on it.",
                "Bring the branch up to date before the command of --land-with ends; where others "
                "change the work as they land it, let it print the commit as its last word. "
                f"`taskpar runs cancel {task}` gives it up.",
            )
        elif how is not RoundEnd.FAILED:
            found = after_failure(known, self._book.state)
            if isinstance(found, End):
                self._end(known, found)
            else:
                self._ask(known, found.role, found.why)
        elif not self._slot.met(known, tip):
            since = [name for name, _ in self._slot.landed_since(known, tip)]
            told = f"It could not be landed.\n{said}".strip()
            # Whether it would have landed without them nobody knows.
            self._book.write(
                Refused(
                    task=task, number=number, onto=tip, said=told, hit=bool(since), because_of=since
                )
            )

    def _resolve(self, known: RunAttempt) -> None:
        """Have a conflict resolved, or give the attempt up."""
        conflict = known.conflicts[-1]
        if conflict.hit:
            self._hands.gate.strike(known.attempt)
        if len(known.conflicts) > self._book.state.plan.limits.resolves:
            self._end(known, given_over(known, self._book.state, conflict_words(conflict)))
            return
        begin_merge(self._hands.workshop, known.attempt, head=known.head, onto=conflict.onto)
        self._ask(known, Role.RESOLVE, conflict_words(conflict))

    def _end(self, known: RunAttempt, end: End) -> None:
        task, number = known.attempt
        self._book.write(AttemptEnded(task=task, number=number, **end._asdict()))
