"""Whether the line passes with a commit: a command in a worktree of its own."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.runs import RoundEnd
from taskpar_ml.errors import RunError
from taskpar_ml.execution.crew import LocalCrew, Order, RoundKey
from taskpar_ml.execution.workshop import Workshop

_TRIES: Final = 3
"""Times that a verification is begun which the machine interrupts."""
_SHOWN: Final = 2_000
_LEFT: Final = "left"
"""File that is there once the worktree of a verification that was interrupted is gone."""


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

    @property
    def by(self) -> str:
        """A name for the command, which another one does not have."""
        told = "\0".join((self.command, self.setup)).encode("utf-8", "surrogateescape")
        return hashlib.sha256(told).hexdigest()[:12]

    def forget(self, commit: str, *, by: str | None = None) -> None:
        """End the verification of a commit, and forget it: it is verified anew if it is asked.

        Parameters
        ----------
        by
            The command that it is verified by, this one unless it is another.
        """
        for key in _keys(commit, self.by if by is None else by):
            self.crew.stop(key)
            shutil.rmtree(self.crew.directory(key), ignore_errors=True)
        self.workshop.remove_check(commit)

    def verdict(self, commit: str) -> Verdict | None:
        """Return whether a commit has passed; None while that is not known.

        Raises
        ------
        RunError
            If it was interrupted again and again.
        """
        for key in _keys(commit, self.by):
            tree = self.workshop.check_tree(commit)
            self.crew.begin(key, self._order(tree, commit))
            ended = self.crew.ended(key)
            if ended is None:
                return None
            if ended.how is not RoundEnd.LOST:
                self.workshop.remove_check(commit)
                said = self.crew.printed(key)[-_SHOWN:].decode("utf-8", "replace")
                return Verdict(ended.how is RoundEnd.DONE, said.strip())
            if not (self.crew.directory(key) / _LEFT).exists():
                # It is begun anew in a worktree where nothing was left.
                self.workshop.remove_check(commit)
                (self.crew.directory(key) / _LEFT).touch()
        self.forget(commit)
        raise RunError(
            f"verification of {commit}",
            f"it was interrupted {_TRIES} times.",
            "See what ends it, and say the same again.",
        )

    def _order(self, tree: Path, commit: str) -> Order:
        setup = f"( {self.setup}\n) || exit\n" if self.setup else ""
        words = ("/bin/sh", "-c", f'{setup}exec /bin/sh -c "$1"', "verify", self.command)
        return Order(words, tree, {**self.environment, "TASKPAR_COMMIT": commit})


def _keys(commit: str, by: str) -> list[RoundKey]:
    named = Attempt(f"{commit}.{by}", 1)
    return [RoundKey(named, number) for number in range(1, _TRIES + 1)]
