"""Finished work on its way to the target: merged, lined up, verified together, landed."""

from __future__ import annotations

from collections.abc import Iterator

from taskpar_ml.domain.landing_steps import (
    Candidate,
    ConflictMet,
    LandingBegun,
    LandingEnded,
    LinedUp,
    Mended,
    Refused,
    VerifyBegun,
    VerifyEnded,
)
from taskpar_ml.domain.outcome import Ending
from taskpar_ml.domain.runs import AttemptEnded
from taskpar_ml.errors import RunError, TargetError
from taskpar_ml.execution.attempts import RunAttempt
from taskpar_ml.execution.gate import Gate
from taskpar_ml.execution.lining_up import Blame, Land, Next, Verify, next_of
from taskpar_ml.execution.resolving import Resolvers
from taskpar_ml.execution.run_book import RunBook
from taskpar_ml.execution.run_state import RunState
from taskpar_ml.execution.verifying import Verifier
from taskpar_ml.execution.workshop import Workshop


class LandingSlot:
    """Lands what is ready, in the order in which it was.

    Parameters
    ----------
    book
        The journal.
    workshop
        Holds worktrees, and moves the target.
    gate
        Knows the tasks, and what others have landed.
    resolvers
        Merge what git alone cannot.
    verifier
        Says whether the line passes; None where nobody verifies.
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

    def settle(self) -> list[RunAttempt]:
        """Bring what waits further on its way to the target.

        Returns
        -------
        list[RunAttempt]
            What others are to land now: it can be merged, and passes.

        Raises
        ------
        TargetError
            If the target was moved back, is checked out, or does not pass by itself.
        """
        state = self._book.state
        if state.landing:
            self._land(state)
        elif state.verifying is not None:
            self._see_verdict(state.verifying)
        else:
            line = state.line if self._is_current(state) else self._lined_up()
            if line:
                return self._next(line)
        return []

    def _next(self, line: tuple[Candidate, ...]) -> list[RunAttempt]:
        """Do what comes next of a line."""
        state = self._book.state
        coming: Next = Land(len(line))
        if self._verifier is not None:
            is_same = state.verified_by == self._verifier.by
            coming = next_of(line, state.verdicts if is_same else {})
        if isinstance(coming, Land) and state.plan.by_command:
            return [state.attempts[each.attempt] for each in line[: coming.many]]
        match coming:
            case Land():
                self._workshop.target(state.plan.target).check_free()
                self._land(self._book.write(LandingBegun(many=coming.many)))
            case Verify():
                self._verify(coming.commit)
            case Blame():
                self._refuse(coming.candidate)
        return []

    def _verify(self, commit: str) -> None:
        by = self._verifier.by if self._verifier else ""
        self._book.write(VerifyBegun(commit=commit, by=by))

    def _is_current(self, state: RunState) -> bool:
        """Whether a line is still on top of the target, and all of it waits."""
        return _is_wanted(state) and state.line[0].onto == self.tip()

    def _land(self, state: RunState) -> None:
        landed = self._workshop.land(state.line[: state.landing], state.plan.target)
        self._book.write(LandingEnded(landed=landed))

    def _see_verdict(self, commit: str) -> None:
        """See whether a commit has passed."""
        verifier, state = self._verifier, self._book.state
        if verifier is None:
            raise RunError(
                f"run {self._book.name}", "a commit waits to be verified.", "Say --verify again."
            )
        if state.verified_by != verifier.by or not _is_wanted(state):
            self._break_off(verifier, commit)
            return
        found = verifier.verdict(commit)
        if found is None:
            return
        if not found.passed and not self._is_current(state):
            self._break_off(verifier, commit)
        elif not found.passed and commit == state.line[0].onto:
            self._break_off(verifier, commit)
            raise TargetError(
                f"branch {state.plan.target}",
                f"it does not pass by itself, at {commit}: {found.said or 'nothing is said'}",
                "Mend it, or the command of --verify, and say the same again.",
            )
        else:
            self._book.write(VerifyEnded(passed=found.passed, said=found.said))

    def _break_off(self, verifier: Verifier, commit: str) -> None:
        """End a verification without a verdict, and forget what failed together with it."""
        state = self._book.state
        for each in (commit, *(each.commit for each in state.line)):
            verifier.forget(each, by=state.verified_by)
        self._book.write(VerifyEnded(passed=None))

    def _refuse(self, candidate: Candidate) -> None:
        """Find out why the line does not pass with a candidate, and tell that."""
        state = self._book.state
        known = state.attempts[candidate.attempt]
        since = [name for name, _ in self.landed_since(known, candidate.onto)]
        alone = [candidate.onto, *([known.head] if since else [])]
        for commit in alone:
            if commit not in state.verdicts:
                self._verify(commit)
                return
        hit = bool(since) and state.verdicts[known.head].passed is True
        said = state.verdicts[candidate.commit].said
        because = "together with what has landed meanwhile" if hit else "with this"
        task, number = candidate.attempt
        self._book.write(
            Refused(
                task=task,
                number=number,
                onto=candidate.onto,
                said=f"The line does not pass {because}.\n{said}".strip(),
                hit=hit,
                because_of=since if hit else (),
            )
        )

    def _lined_up(self) -> tuple[Candidate, ...]:
        """Line up what waits, each on top of the one before, as far as that can be merged."""
        waiting = _waiting(self._book.state)
        tip = self.tip() if waiting else ""
        many = self._book.state.plan.limits.together if self._verifier else 1
        line: list[Candidate] = []
        for known in waiting:
            onto = line[-1].commit if line else tip
            try:
                candidate = self._candidate(known, onto)
                if candidate is None and not self.met(known, tip):
                    continue  # it waits for what is before it in the line
            except TargetError:
                raise
            except RunError as error:
                # Work that git cannot merge is no reason to leave the others.
                self._give_up(known, str(error))
                continue
            line += [candidate] if candidate else []
            if len(line) == many:
                break
        if line:
            self._workshop.hold(line[-1].commit)
            self._book.write(LinedUp(candidates=line))
        return tuple(line)

    def _give_up(self, known: RunAttempt, why: str) -> None:
        task, number = known.attempt
        failed = AttemptEnded(task=task, number=number, ending=Ending.FAILED, why=why)
        self._book.write(failed)

    def _candidate(self, known: RunAttempt, onto: str) -> Candidate | None:
        """Return the work of an attempt as it would land; None where it conflicts."""
        workshop, attempt = self._workshop, known.attempt
        merged = workshop.merged(onto, known.head, of=attempt)
        if merged.conflicts:
            return None
        title = getattr(self._gate.task(attempt.task), "title", attempt.task)
        mode = self._book.state.plan.mode
        return workshop.candidate(
            attempt, known.head, merged.tree, onto=onto, mode=mode, title=title
        )

    def met(self, known: RunAttempt, onto: str) -> bool:
        """Whether the work of an attempt conflicts with a commit; then it is mended, or told so."""
        workshop, attempt = self._workshop, known.attempt
        files = workshop.merged(onto, known.head, of=attempt).conflicts
        if not files:
            return False
        task, number = attempt
        mended = self._resolvers.mend(workshop, attempt, head=known.head, onto=onto, files=files)
        if mended is not None:
            workshop.archive(attempt, mended.head)
            self._book.write(
                Mended(task=task, number=number, head=mended.head, resolved=mended.resolved)
            )
            return True
        hit_by = [name for name, touched in self.landed_since(known, onto) if touched & set(files)]
        self._book.write(
            ConflictMet(
                task=task,
                number=number,
                onto=onto,
                files=files,
                hit=bool(hit_by),
                because_of=hit_by,
            )
        )
        return True

    def landed_since(self, known: RunAttempt, onto: str) -> Iterator[tuple[str, frozenset[str]]]:
        """Yield tasks on the line that an attempt does not know, with what they touched."""
        state, git = self._book.state, self._workshop.git
        new = set(git("rev-list", onto, "--not", known.head).text.split())
        for attempt, commit in state.landed:
            kept = state.attempts[attempt].kept
            if kept and commit in new:
                yield attempt.task, frozenset(kept.touched)
        for task, commit, touched in self._gate.landed_elsewhere(known.begun_at):
            if git.commit_of(commit) in new:
                yield task, frozenset(touched)

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


def _is_wanted(state: RunState) -> bool:
    """Whether there is a line, and all of it still waits."""
    is_wanted = all(each.task not in state.cancelled for each in state.line)
    return bool(state.line) and is_wanted and all(map(state.is_ready, state.line))


def _waiting(state: RunState) -> list[RunAttempt]:
    """Return attempts whose work is ready to land, the one that is ready longest first."""
    ready = [
        each
        for each in state.attempts.values()
        if each.waits_to_land and each.attempt.task not in state.cancelled
    ]
    return sorted(ready, key=lambda each: each.kept_at)
