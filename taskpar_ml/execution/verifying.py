"""Whether the line would pass with a candidate: a command in a worktree of its own."""

from __future__ import annotations

from typing import Final, NamedTuple

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.runs import Candidate, RoundEnd
from taskpar_ml.execution.crew import LocalCrew, Order, RoundKey
from taskpar_ml.execution.workshop import Workshop

_TRIES: Final = 3
"""Times that a verification is begun which the machine interrupts."""
_SHOWN: Final = 2_000


class Verdict(NamedTuple):
    """Whether something passed, and the end of what was printed."""

    passed: bool
    said: str


class Verifier:
    """Runs a command on candidates.

    Parameters
    ----------
    workshop
        Holds the worktrees.
    crew
        Runs commands, in a directory of its own.
    command
        What a shell runs; exit status 0 passes.
    """

    def __init__(self, workshop: Workshop, crew: LocalCrew, command: str) -> None:
        self._workshop, self._crew, self._command = workshop, crew, command

    def stop(self, candidate: Candidate) -> None:
        """End the verification of a candidate: it does not pass."""
        for number in range(1, _TRIES + 1):
            self._crew.stop(RoundKey(Attempt(candidate.commit, 1), number))

    def verdict(self, candidate: Candidate) -> Verdict | None:
        """Return whether a candidate has passed; None while that is not known."""
        tree = self._workshop.check_tree(candidate.commit)
        order = Order(("/bin/sh", "-c", self._command), tree, {"TASKPAR_TASK_ID": candidate.task})
        number = 0
        while True:
            number += 1
            key = RoundKey(Attempt(candidate.commit, 1), number)
            self._crew.begin(key, order)
            ended = self._crew.ended(key)
            if ended is None:
                return None
            if ended.how is not RoundEnd.LOST or number == _TRIES:
                break
        self._workshop.remove_check(candidate.commit)
        said = self._crew.printed(key)[-_SHOWN:].decode("utf-8", "replace")
        return Verdict(ended.how is RoundEnd.DONE, said.strip())
