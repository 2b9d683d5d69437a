"""Whether the line passes with a commit: a command in a worktree of its own."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.runs import RoundEnd
from taskpar_ml.execution.crew import LocalCrew, Order, RoundKey
from taskpar_ml.execution.workshop import Workshop

_TRIES: Final = 3
"""Times that a verification is begun which the machine interrupts."""
_SHOWN: Final = 2_000


class Verdict(NamedTuple):
    """Whether something passed, and the end of what was printed."""

    passed: bool
    said: str


@dataclass(frozen=True)
class Verifier:
    """Runs a command on commits.

    Attributes
    ----------
    workshop
        Holds the worktrees.
    crew
        Runs commands, in a directory of its own.
    command
        What a shell runs; exit status 0 passes.
    setup
        What a shell runs before; empty for nothing.
    environment
        Variables that both get.
    """

    workshop: Workshop
    crew: LocalCrew
    command: str
    setup: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)

    def stop(self, commit: str) -> None:
        """End the verification of a commit: it does not pass."""
        for key in _keys(commit):
            self.crew.stop(key)

    def forget(self, commit: str) -> None:
        """Forget what came of verifying a commit: it is verified anew when it is asked again."""
        self.stop(commit)
        for key in _keys(commit):
            shutil.rmtree(self.crew.directory(key), ignore_errors=True)
        self.workshop.remove_check(commit)

    def verdict(self, commit: str) -> Verdict | None:
        """Return whether a commit has passed; None while that is not known."""
        tree = self.workshop.check_tree(commit)
        lines = ("set -e", self.setup, 'exec /bin/sh -c "$1"')
        words = ("/bin/sh", "-c", "\n".join(filter(None, lines)), "verify", self.command)
        order = Order(words, tree, {**self.environment, "TASKPAR_COMMIT": commit})
        how = RoundEnd.LOST
        for key in _keys(commit):
            self.crew.begin(key, order)
            ended = self.crew.ended(key)
            if ended is None:
                return None
            how = ended.how
            if how is not RoundEnd.LOST:
                break
        self.workshop.remove_check(commit)
        said = self.crew.printed(key)[-_SHOWN:].decode("utf-8", "replace")
        return Verdict(how is RoundEnd.DONE, said.strip())


def _keys(commit: str) -> list[RoundKey]:
    return [RoundKey(Attempt(commit, 1), number) for number in range(1, _TRIES + 1)]
