"""The branch of the user's repository that work lands on: looked up, made, moved, never forced."""

from __future__ import annotations

from typing import Final

from taskpar_ml.errors import TargetError
from taskpar_ml.execution.git_runner import Git

_NONE: Final = "0" * 40
_CHECKED_OUT: Final = "Check out another one there, or let the run land on a branch of its own."


class TargetBranch:
    """A branch that moves from one commit to the next, while nobody has it checked out.

    Parameters
    ----------
    source
        The user's repository.
    name
        What the branch is called.
    """

    def __init__(self, source: Git, name: str) -> None:
        self._source, self._name = source, name
        self._ref = f"refs/heads/{name}"

    def check_name(self) -> None:
        """Refuse what no branch can, or should, be called.

        Raises
        ------
        TargetError
            If it is that.
        """
        is_odd = self._name.startswith(("-", "refs/")) or self._name == "HEAD"
        if is_odd or self._source("check-ref-format", self._ref, fails=(1,)).status:
            raise TargetError(
                f"branch {self._name!r}", "no branch can be called that.", "Name another: --target."
            )

    def check_free(self) -> None:
        """Refuse a branch that is checked out: files there would no longer fit it.

        Raises
        ------
        TargetError
            If it is.
        """
        place = ""
        for line in self._source("worktree", "list", "--porcelain", "-z").paths:
            word, _, value = line.partition(" ")
            place = value if word == "worktree" else place
            if line == f"branch {self._ref}":
                problem = f"it is checked out in {place}."
                raise TargetError(f"branch {self._name}", problem, _CHECKED_OUT)

    def check_is_local(self) -> None:
        """Refuse what is a branch of a remote: one of the same name here would stand in its way.

        Raises
        ------
        TargetError
            If it is that.
        """
        if self._source.commit_of(self._ref) is None and self.tip() is not None:
            cure = "Name one of your own, or say who lands there: --land-with."
            raise TargetError(f"branch {self._name}", "it is a branch of a remote.", cure)

    def tip(self) -> str | None:
        """Return the commit that it names, as a branch of a remote if it is none; None for none."""
        tip = self._source.commit_of(self._ref)
        return tip or self._source.commit_of(f"refs/remotes/{self._name}")

    def make(self, base: str) -> None:
        """Make it at a commit, if there is none.

        Raises
        ------
        TargetError
            If it cannot be made.
        """
        if self._source.commit_of(self._ref) is None:
            made = self._source("update-ref", self._ref, base, _NONE, fails=(128,))
            if self._source.commit_of(self._ref) is None:
                said = " ".join(made.err.split())
                raise TargetError(f"branch {self._name}", f"{said}.", "Name another one: --target.")

    def move(self, onto: str, commit: str, *, why: str) -> bool:
        """Move it from one commit to another, and return whether it was there, or is already.

        Others may have gone on from the second one since.

        Parameters
        ----------
        why
            What its log says of it.

        Raises
        ------
        TargetError
            If it is checked out, or something else keeps it from moving.
        """
        tip = self._source.commit_of(self._ref)
        if tip is not None and self._source.is_ancestor(commit, tip):
            return True
        self.check_free()
        moved = self._source("update-ref", "-m", why, self._ref, commit, onto, fails=(128,))
        if moved.status and self._source.commit_of(self._ref) == onto:
            said = f"it cannot be moved: {moved.err.strip()}"
            raise TargetError(f"branch {self._name}", said, "See to that.")
        return moved.status == 0

    def take_back(self, tip: str, base: str, *, why: str) -> None:
        """Move it back from its tip to what it was, unless it is there.

        Raises
        ------
        TargetError
            If it is checked out.
        RunError
            If it is elsewhere by now.
        """
        self.check_free()
        if self._source.commit_of(self._ref) != base:
            self._source("update-ref", "-m", why, self._ref, base, tip)
