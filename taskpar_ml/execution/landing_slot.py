"""One candidate after the other on its way to the target: merged, verified, landed."""

from __future__ import annotations

from collections.abc import Iterator

from taskpar_ml.domain.outcome import Ending
from taskpar_ml.domain.runs import (
    AttemptEnded,
    Candidate,
    ConflictMet,
    LandingBegun,
    LandingEnded,
    Mended,
    RoundEnd,
    VerifyBegun,
    VerifyEnded,
)
from taskpar_ml.errors import RunError, TargetError
from taskpar_ml.execution.attempts import Phase, RunAttempt
from taskpar_ml.execution.gate import Gate
from taskpar_ml.execution.resolving import Resolvers
from taskpar_ml.execution.run_book import RunBook
from taskpar_ml.execution.run_state import RunState
from taskpar_ml.execution.verifying import Verifier
from taskpar_ml.execution.workshop import Workshop


class LandingSlot:
    """Lands what is ready, one at a time.

    Parameters
    ----------
    book
        The journal.
    workshop
        Holds worktrees, and moves the target.
    gate
        Knows the tasks.
    resolvers
        Merge what git alone cannot.
    verifier
        Says whether a candidate passes; None where nobody verifies.
    """

    def __init__(
        self,
        book: RunBook,
        workshop: Workshop,
        gate: Gate,
        *,
        resolvers: Resolvers,
        verifier: Verifier | None = None,
    ) -> None:
        self._book, self._workshop, self._gate = book, workshop, gate
        self._resolvers, self._verifier = resolvers, verifier

    def settle(self) -> None:
        """Bring one candidate further on its way to the target."""
        state = self._book.state
        if state.landing is not None:
            landed = self._workshop.land(state.landing, state.plan.target)
            self._book.write(LandingEnded(landed=landed))
        elif state.verifying is not None:
            self._verify(state.verifying)
        elif state.verified is not None and self._is_current(state.verified):
            self._land(state.verified)
        else:
            for known in _waiting(state):
                try:
                    candidate = self._candidate(known)
                except TargetError:
                    raise
                except RunError as error:
                    # Work that git cannot merge is no reason to leave the others.
                    self._give_up(known, str(error))
                    continue
                if candidate is None:
                    continue
                if self._verifier is None:
                    self._land(candidate)
                else:
                    self._book.write(VerifyBegun(candidate=candidate))
                return

    def _give_up(self, known: RunAttempt, why: str) -> None:
        task, number = known.attempt
        failed = AttemptEnded(task=task, number=number, ending=Ending.FAILED, why=why)
        self._book.write(failed)

    def _is_current(self, candidate: Candidate) -> bool:
        """Whether a candidate that passed still waits, on top of what the target is now."""
        known = self._book.state.attempts[candidate.attempt]
        return (
            known.phase is Phase.KEPT
            and known.landed_as is None
            and not known.complaint
            and candidate.onto == self.tip()
        )

    def _verify(self, candidate: Candidate) -> None:
        """See whether a candidate has passed."""
        verifier = self._verifier
        if verifier is None:
            raise RunError(
                f"run {self._book.name}", "a candidate waits to be verified.", "Say --verify again."
            )
        found = verifier.verdict(candidate)
        if found is not None:
            self._book.write(VerifyEnded(passed=found.passed, said=found.said))

    def _land(self, candidate: Candidate) -> None:
        self._workshop.check_free(self._book.state.plan.target)
        state = self._book.write(LandingBegun(candidate=candidate))
        landed = self._workshop.land(candidate, state.plan.target)
        self._book.write(LandingEnded(landed=landed))

    def _candidate(self, known: RunAttempt) -> Candidate | None:
        """Return the work of an attempt as it would land; None where it conflicts."""
        workshop, state = self._workshop, self._book.state
        onto, head = self.tip(), known.head
        merged = workshop.merged(onto, head, of=known.attempt)
        task, number = known.attempt
        if merged.conflicts:
            mended = self._resolvers.mend(
                workshop, known.attempt, head=head, onto=onto, files=merged.conflicts
            )
            if mended is None:
                since = self._landed_since(known)
                hit_by = [
                    each.attempt.task
                    for each in since
                    if each.kept and set(each.kept.touched) & set(merged.conflicts)
                ]
                self._book.write(
                    ConflictMet(
                        task=task,
                        number=number,
                        onto=onto,
                        files=merged.conflicts,
                        hit=bool(since),
                        because_of=hit_by,
                    )
                )
            else:
                workshop.archive(known.attempt, mended.head)
                self._book.write(
                    Mended(task=task, number=number, head=mended.head, resolved=mended.resolved)
                )
            return None
        title = getattr(self._gate.task(task), "title", task)
        return workshop.candidate(
            known.attempt, head, merged.tree, onto=onto, mode=state.plan.mode, title=title
        )

    def _landed_since(self, known: RunAttempt) -> list[RunAttempt]:
        """Return attempts that have landed since one began."""
        state, git = self._book.state, self._workshop.git
        return [
            state.attempts[attempt]
            for attempt, commit in state.landed
            if not git.is_ancestor(commit, known.base)
        ]

    def tip(self) -> str:
        """Return what the line ends with, pushes of others included.

        Raises
        ------
        TargetError
            If something that landed is no longer on it.
        """
        state, workshop = self._book.state, self._workshop
        target = state.plan.target
        tip = workshop.target_tip(target)
        if tip is None or not workshop.git.is_ancestor(state.tip, tip):
            raise TargetError(
                f"branch {target}",
                "it was moved back: what landed is no longer on it.",
                f"It is kept: `git branch --force {target} {state.tip}` puts it back.",
            )
        return tip


def _waiting(state: RunState) -> Iterator[RunAttempt]:
    """Yield attempts whose work is ready to land, the one that is ready longest first."""
    ready = [
        each
        for each in state.attempts.values()
        if each.phase is Phase.KEPT
        and each.landed_as is None
        and not each.complaint
        and each.attempt.task not in state.cancelled
        and (ended := each.rounds[-1].ended) is not None
        and ended.how is RoundEnd.DONE
    ]
    return iter(sorted(ready, key=lambda each: each.kept_at))
