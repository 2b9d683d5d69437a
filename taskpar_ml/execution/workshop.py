"""The repository in which a run works: its own, so that nothing agents do to it touches the user's.

It borrows the objects of the user's repository and has branches, settings, hooks and worktrees of
its own. What comes into the user's repository are commits, under ``refs/taskpar/``, and the target.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.landing_steps import Candidate
from taskpar_ml.domain.runs import LandMode
from taskpar_ml.errors import RunError
from taskpar_ml.execution.git_runner import Git
from taskpar_ml.execution.recovering import adopt, make_whole, unarchived
from taskpar_ml.execution.replaying import replayed
from taskpar_ml.execution.room import unusable
from taskpar_ml.execution.target_branch import TargetBranch
from taskpar_ml.execution.worktrees import Worktrees, mark_of

_ID: Final = re.compile("[0-9a-f]{40}([0-9a-f]{24})?")
_NOT_OURS: Final = (
    ".lock",
    "Permission denied",
    "Read-only file system",
    "insufficient permission",
)
"""What git says where the user's repository cannot be written: no fault of any task."""


class Merged(NamedTuple):
    """What merging two commits comes to.

    Attributes
    ----------
    tree
        The merged files; those that conflict hold markers.
    conflicts
        Files that conflict.
    """

    tree: str
    conflicts: tuple[str, ...]


class Workshop:
    """Worktrees of attempts, and what leads from them to the target.

    Everything can be done twice, and be interrupted anywhere.

    Parameters
    ----------
    place
        Directory of the run.
    run
        What the run is called.
    source
        Git directory of the user's repository.
    """

    def __init__(self, place: Path, run: str, source: Path) -> None:
        self._place, self._run = place, run
        self.own = place / "repository.git"
        self.source = source
        self.git = Git(self.own, mend=self.restore)
        self._source = Git(source)
        self._trees = Worktrees(self.git, place)

    def prepare(self, base: str) -> None:
        """Make the repository, and keep the base of the run for as long as the run is known."""
        self._source("update-ref", f"{self._refs}/base", base)
        self.restore()

    def restore(self) -> bool:
        """Put the run's repository back, whatever agents did to it; return whether they did."""
        return make_whole(self.own, self._source, self._refs)

    def adopt(self, attempt: Attempt, base: str) -> None:
        """Make a directory a worktree again that was one when the run's repository went."""
        adopt(self.git, self.tree_of(attempt), branch_of(attempt), base)

    def owns(self, tree: Path) -> bool:
        """Whether a directory is still the worktree that was made there, and no other place."""
        if tree.is_symlink() or not (tree / ".git").is_file() or (tree / ".git").is_symlink():
            return False
        told = Git(tree)(
            *("rev-parse", "--path-format=absolute", "--git-common-dir", "--show-toplevel"),
            fails=(128,),
        )
        wanted = [os.path.realpath(self.own), os.path.realpath(tree)]
        return [os.path.realpath(line) for line in told.text.splitlines()] == wanted

    def tree_of(self, attempt: Attempt) -> Path:
        """Return where the worktree of an attempt is."""
        return self._place / "trees" / f"{attempt.task}.{attempt.number}"

    def make_tree(self, attempt: Attempt, base: str) -> Path:
        """Make the worktree of an attempt, on a branch of its own, and return where it is.

        One that was half made is made anew.
        """
        return self._trees.make(self.tree_of(attempt), "-B", branch_of(attempt), at=base)

    def snapshot(self, directory: Path, parent: str) -> str:
        """Return a commit of the files below a directory, whatever it is, on top of another one."""
        with tempfile.TemporaryDirectory(dir=self._place) as place:
            index = {"GIT_INDEX_FILE": os.path.join(place, "index")}
            within = ("--git-dir", str(self.own), "--work-tree", str(directory))
            self.git(*within, "-c", "core.bare=false", "add", "--all", environment=index)
            tree = self.git("write-tree", environment=index).text
        made = self.git(
            *("commit-tree", tree, "-p", parent, "-m", "Files that were left"),
            environment=self.git.identity(),
        )
        return made.text

    def ensure_tree(self, attempt: Attempt, commit: str) -> Path:
        """Make the worktree of an attempt anew at a commit if it is not there any more.

        What lies in its place is put aside.
        """
        tree = self.tree_of(attempt)
        if not self.owns(tree):
            mark_of(tree, "whole").unlink(missing_ok=True)
            self.setup_mark(attempt).unlink(missing_ok=True)
        return self.make_tree(attempt, commit)

    def setup_mark(self, attempt: Attempt) -> Path:
        """Return the file that is there once a worktree was set up."""
        return mark_of(self.tree_of(attempt), "set-up")

    def left_by_setup(self, attempt: Attempt) -> tuple[str, ...]:
        """Return files that were there once a worktree was set up, and that git does not ignore."""
        try:
            told = self.setup_mark(attempt).read_bytes()
        except OSError:
            return ()
        return tuple(os.fsdecode(each) for each in told.split(b"\0") if each)

    def remove_tree(self, attempt: Attempt) -> None:
        """Remove a worktree whose work is archived; files that git ignores go with it.

        One with submodules, or with repositories that were added as such, stays: what was committed
        in them is nowhere else.
        """
        tree = self.tree_of(attempt)
        if self.owns(tree):
            git_dir = Git(tree)("rev-parse", "--absolute-git-dir").out.rstrip(b"\n")
            staged = Git(tree)("ls-files", "--stage", "-z").paths
            has_inner = any(entry.startswith("160000 ") for entry in staged)
            if has_inner or (Path(os.fsdecode(git_dir)) / "modules").exists():
                return
        self._trees.remove(tree)

    def check_tree(self, commit: str) -> Path:
        """Make a worktree at a commit, on no branch, and return where it is."""
        return self._trees.make(self._place / "checks" / commit, "--detach", at=commit)

    def remove_check(self, commit: str) -> None:
        """Remove the worktree at a commit, with whatever was made in it."""
        self._trees.remove(self._place / "checks" / commit)

    def archive(self, attempt: Attempt, commit: str, *, name: str = "work") -> None:
        """Keep a commit in the user's repository, under the name of an attempt.

        What the name stood for before is kept, too.
        """
        ref = f"{archived_as(self._run, attempt)}/{name}"
        before = self._source.commit_of(ref)
        if before is not None and not self.git.is_ancestor(before, commit):
            self._publish(before, f"{archived_as(self._run, attempt)}/dropped/{before}")
        self._publish(commit, ref)

    def unarchived(self) -> list[str]:
        """Return commits of the run's repository that nobody would archive otherwise."""
        return unarchived(self.git, self._source, f"{self._refs}/base")

    def merged(
        self,
        onto: str,
        head: str,
        *,
        of: Attempt | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Merged:
        """Merge two commits without changing any file.

        Parameters
        ----------
        of
            An attempt whose worktree says by its ``.gitattributes`` how files are merged.
        environment
            Variables that git gets besides.
        """
        at = self.git
        if of is not None and self.owns(self.tree_of(of)):
            at = Git(self.tree_of(of))
        told = at(
            *("merge-tree", "--write-tree", "-z", "--name-only", "--no-messages"),
            *("--allow-unrelated-histories", onto, head),
            fails=(1,),
            environment=environment,
        )
        tree, *conflicts = told.paths
        return Merged(tree, tuple(dict.fromkeys(conflicts)))

    def candidate(
        self, attempt: Attempt, head: str, tree: str, *, onto: str, mode: LandMode, title: str
    ) -> Candidate:
        """Return the work of an attempt as it would land on top of a commit."""
        subject = " ".join(title.split()) or attempt.task
        message = f"{subject}\n\nTask: {attempt.task}\nAttempt: {attempt.number}\n"
        made = replayed(self.git, head, onto=onto, tree=tree) if mode is LandMode.REBASE else None
        if made is None:
            parents = [onto, head] if mode is LandMode.MERGE else [onto]
            made = self.git(
                *("commit-tree", tree, *(word for each in parents for word in ("-p", each))),
                told=message.encode("utf-8", "surrogateescape"),
                environment=self.git.identity(),
            ).text
        return Candidate(task=attempt.task, number=attempt.number, commit=made, onto=onto)

    def hold(self, commit: str) -> None:
        """Keep the end of a line in the user's repository: if the run's is lost, it is there."""
        self._publish(commit, f"{self._refs}/candidate")

    def land(self, line: Sequence[Candidate], target: str) -> bool:
        """Move the target to the end of a line; return whether it was where it should have been.

        Raises
        ------
        TargetError
            If the target is checked out somewhere, or something else keeps it from moving.
        """
        commit = line[-1].commit
        self._publish(commit, f"{self._refs}/landed")
        tasks = ", ".join(each.task for each in line)
        why = f"taskpar run {self._run}: {tasks}"
        moved = self.target(target).move(line[0].onto, commit, why=why)
        if moved:
            self.git("update-ref", self.line, commit)
        return moved

    @property
    def line(self) -> str:
        """The ref, in the run's repository, that follows the target."""
        return f"{self._refs}/target"

    def landed_at(self, since: str, tip: str, *, head: str) -> str | None:
        """Return the first commit of a line that holds some work, however it was landed.

        It does if merging the work changes nothing there. None where no commit after ``since`` is
        so.
        """
        line = ("rev-list", "--reverse", "--first-parent", tip, "--not", since)
        for commit in self.git(*line).text.split():
            if self.merged(commit, head) == (self.git("rev-parse", f"{commit}^{{tree}}").text, ()):
                return commit
        return None

    def named_on_line(self, since: str, tip: str, *, name: str) -> str | None:
        """Return the commit that a word is the id of, if a line holds it after ``since``."""
        if not _ID.fullmatch(name) or self.git.commit_of(name) is None:
            return None
        is_new = not self.git.is_ancestor(name, since)
        return name if is_new and self.git.is_ancestor(name, tip) else None

    def take_back(self, target: str, tip: str, base: str) -> None:
        """Move the target back from its tip, which is archived.

        Raises
        ------
        RunError
            If it is checked out, or elsewhere by now.
        """
        self.target(target).check_free()
        self._publish(tip, f"{self._refs}/rolled-back")
        self.target(target).take_back(tip, base, why=f"taskpar run {self._run}: rolled back")

    def target(self, name: str) -> TargetBranch:
        """Return a branch of the user's repository."""
        return TargetBranch(self._source, name)

    def target_tip(self, target: str) -> str | None:
        """Return the commit that the target names, and bring it here; None if there is none."""
        tip = self.target(target).tip()
        if tip is not None:
            self.git("update-ref", self.line, tip)
        return tip

    def touched(self, since: str, head: str) -> tuple[str, ...]:
        """Return the files that differ between where two commits part and the second one."""
        parting = self.git("merge-base", since, head, fails=(1,)).text or since
        return self.git("diff", "--name-only", "-z", "--no-renames", parting, head).paths

    @property
    def _refs(self) -> str:
        return f"refs/taskpar/{self._run}"

    def _publish(self, commit: str, ref: str) -> None:
        """Bring a commit into the user's repository, under a name."""
        self.git("update-ref", ref, commit)
        try:
            self._source(
                *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head"),
                *("--no-recurse-submodules", "--no-auto-maintenance"),
                *(str(self.own), f"+{ref}:{ref}"),
            )
        except RunError as error:
            if any(words in error.problem for words in _NOT_OURS):
                raise unusable(self.source, error) from error
            raise


def archived_as(run: str, attempt: Attempt) -> str:
    """Return below what work of an attempt is kept in the user's repository."""
    return f"refs/taskpar/{run}/tasks/{attempt.task}/{attempt.number}"


def branch_of(attempt: Attempt) -> str:
    """Return the branch that an attempt works on, in the run's own repository."""
    return f"taskpar/{attempt.task}/{attempt.number}"
