"""Running git in directories that agents have worked in."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from taskpar_ml.errors import OutputError, RunError
from taskpar_ml.execution.room import free_room

OLDEST: Final = (2, 38)
"""The first git that merges without a worktree (``merge-tree --write-tree``)."""
_TIMEOUT: Final = 600.0
_SHOWN: Final = 400
_HARMLESS: Final = (
    # Nothing that an agent may have put there runs because we look at its work.
    *("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"),
    *("-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "advice.detachedHead=false"),
    *("-c", "core.quotePath=false", "-c", "commit.gpgSign=false", "-c", "core.editor=true"),
    # What is archived is kept as it is, fit to be sent to others or not.
    *("-c", "fetch.fsckObjects=false"),
)
_NOBODY: Final = {
    "GIT_AUTHOR_NAME": "taskpar",
    "GIT_AUTHOR_EMAIL": "taskpar@localhost",
    "GIT_COMMITTER_NAME": "taskpar",
    "GIT_COMMITTER_EMAIL": "taskpar@localhost",
}
"""Who commits where the settings name nobody."""
_NO_REPOSITORY: Final = "not a git repository"
_FULL: Final = ("No space left on device", "Disk quota exceeded")
_LEAST: Final = 1 << 16
"""Bytes without which a disk is full."""


class Answer(NamedTuple):
    """What git said: its exit status, its output, and what it said beside that."""

    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """The output as one line of text."""
        return os.fsdecode(self.out).strip()

    @property
    def paths(self) -> tuple[str, ...]:
        """The output as paths that NUL bytes separate."""
        return tuple(os.fsdecode(each) for each in self.out.split(b"\0") if each)


class Git:
    """Runs git in one directory: without hooks, without questions, with nobody's environment.

    Parameters
    ----------
    directory
        A worktree, or a git directory.
    mend
        Puts back what somebody may have destroyed there, and returns whether anything was. It is
        asked when a command fails, which is run again then.
    """

    def __init__(self, directory: Path, *, mend: Callable[[], bool] = lambda: False) -> None:
        self.directory, self._mend = directory, mend

    def __call__(
        self,
        *arguments: str,
        told: bytes = b"",
        fails: tuple[int, ...] = (),
        environment: Mapping[str, str] | None = None,
    ) -> Answer:
        """Run a command.

        Parameters
        ----------
        arguments
            After ``git``.
        told
            Its standard input.
        fails
            Exit statuses beside 0 that are answers.
        environment
            Variables that it gets besides.

        Raises
        ------
        RunError
            If it cannot be run, takes too long, or ends otherwise.
        OutputError
            If the disk is full: that is no answer to anything, and what was asked can be asked
            again.
        """
        try:
            answer = self._run(*arguments, told=told, fails=fails, environment=environment)
            if _NO_REPOSITORY not in answer.err or not self._mend():
                return answer
        except RunError:
            if not self._mend():
                raise
        return self._run(*arguments, told=told, fails=fails, environment=environment)

    def _run(
        self,
        *arguments: str,
        told: bytes,
        fails: tuple[int, ...],
        environment: Mapping[str, str] | None,
    ) -> Answer:
        command = ("git", *_HARMLESS, *arguments)
        place = f"git {' '.join(arguments[:2])} in {self.directory}"
        try:
            ran = subprocess.run(
                command,
                cwd=self.directory,
                env={
                    **git_environment(),
                    # A directory that is no repository belongs to none above it.
                    "GIT_CEILING_DIRECTORIES": str(self.directory.parent),
                    **(environment or {}),
                },
                input=told,
                capture_output=True,
                close_fds=False,  # the lock of the run, see RunPlace.alone
                timeout=_TIMEOUT,
                check=False,
            )
        except FileNotFoundError:
            missing = (
                "the directory is gone." if not self.directory.is_dir() else "there is no git."
            )
            raise RunError(place, missing, "Look what is there.") from None
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RunError(place, f"{error}.", "Run it by hand to see why.") from None
        said = ran.stderr.decode("utf-8", "replace")
        if ran.returncode and self._is_full(said, is_answer=ran.returncode in fails):
            raise OutputError(place, "the disk is full.", "Make room, and say the same again.")
        if ran.returncode not in (0, *fails):
            words = " ".join(said.split())[-_SHOWN:] or "it says nothing"
            raise RunError(place, f"exit status {ran.returncode}: {words}.", "Run it by hand.")
        return Answer(ran.returncode, ran.stdout, said)

    def _is_full(self, said: str, *, is_answer: bool) -> bool:
        """Whether a command failed because nothing can be written any more."""
        if any(words in said for words in _FULL):
            return True
        # Not every command says why it cannot write.
        try:
            return not is_answer and free_room(self.directory) < _LEAST
        except OSError:
            return False

    def commit_of(self, revision: str) -> str | None:
        """Return the id of the commit that a revision names, None where it names none."""
        found = self("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", fails=(1, 128))
        return found.text or None

    def is_ancestor(self, earlier: str, later: str) -> bool:
        """Whether a commit is an ancestor of another one, or that itself."""
        return (
            earlier == later
            or self("merge-base", "--is-ancestor", earlier, later, fails=(1,)).status == 0
        )

    def identity(self) -> dict[str, str]:
        """Return variables that say who commits, where the settings name nobody."""
        known = self("config", "user.email", fails=(1,)).text
        return {} if known else dict(_NOBODY)


def git_environment() -> dict[str, str]:
    """Return the environment of this process without what tells git where to work."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}


@cache
def check_git() -> None:
    """Refuse a git that is too old.

    Raises
    ------
    RunError
        If it is, or there is none.
    """
    told = Git(Path("/"))("version").text.split()
    version = tuple(int(part) for part in told[2].split(".")[:2] if part.isdigit())
    if version < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise RunError(f"git {told[2]}", f"{wanted} or newer is needed.", "Install a newer git.")
