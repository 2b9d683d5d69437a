"""What an agent has come to in its worktree: committed, looked at, and archived."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.runs import WorkKept
from taskpar_ml.errors import RunError
from taskpar_ml.execution.committing import commit_left
from taskpar_ml.execution.git_runner import Git
from taskpar_ml.execution.workshop import Workshop, branch_of

NOTHING: Final = "Nothing was changed. Do the task, or exit with a status other than 0."
_ELSEWHERE: Final = "The worktree is at an older commit. Go back to its branch: git checkout -"
_LEFTOVER: Final = "leftover conflict marker"
_NAMED: Final = 5
_LONGEST: Final = 255
"""Bytes of a file's name at most, on the usual disks."""


def keep(
    workshop: Workshop, attempt: Attempt, *, base: str, onto: str, before: WorkKept | None = None
) -> WorkKept:
    """Commit what an agent left uncommitted, archive all of its commits, and say what is wrong.

    Whatever it did to its branch: the work is what lies in its worktree. Commits that it threw away
    are archived, too.

    Parameters
    ----------
    base
        The commit that the attempt began at.
    onto
        What the line ends with now: files are told that differ from there by this work.
    before
        What the attempt had come to before its agent was to resolve a conflict: that is what it
        comes to until the conflict is resolved, and what the agent left meanwhile is archived
        beside it.

    Raises
    ------
    RunError
        If git cannot be run.
    """
    workshop.restore()
    tree = workshop.tree_of(attempt)
    branch = f"refs/heads/{branch_of(attempt)}"
    workshop.adopt(attempt, base)
    is_there = workshop.owns(tree)
    if is_there:
        head, complaint = _committed(Git(tree), tree, attempt, workshop.left_by_setup(attempt))
        head = head or workshop.git.commit_of(branch) or base
        if head != base and workshop.git.is_ancestor(head, base):
            # Files of another time are not its work.
            head = workshop.git.commit_of(branch) or base
            complaint = complaint or _ELSEWHERE
    else:
        # What was committed is not gone with it.
        head = workshop.git.commit_of(branch) or base
        complaint = "The worktree is gone. Work in it, and leave it where it is."
        if tree.is_dir() and not tree.is_symlink():
            with contextlib.suppress(RunError):  # what git cannot add is put aside
                workshop.archive(attempt, workshop.snapshot(tree, head), name="left")
    head = _descendant(workshop.git, head, base)
    where = [(workshop.git, branch), *([(Git(tree), "HEAD")] if is_there else [])]
    where.append((workshop.git, "refs/stash"))
    for thrown_away in _thrown_away(workshop.git, where, head):
        workshop.archive(attempt, thrown_away, name=f"dropped/{thrown_away}")
    touched = workshop.touched(onto, head)
    if not complaint and not touched:
        complaint = NOTHING
    if not complaint:
        complaint = _unusable(workshop.git, head, touched) or _markers(
            workshop.git, base, head, touched
        )
    is_resolved = before is None or not complaint
    workshop.archive(attempt, head, name="work" if is_resolved else "unresolved")
    for left in workshop.unarchived():
        workshop.archive(attempt, left, name=f"dropped/{left}")
    if before is not None and not is_resolved:
        return before.model_copy(update={"complaint": complaint})
    return WorkKept(
        task=attempt.task, number=attempt.number, head=head, touched=touched, complaint=complaint
    )


def _committed(git: Git, tree: Path, attempt: Attempt, left_out: Sequence[str]) -> tuple[str, str]:
    """Return the last commit of a worktree, all committed that can be, and what is wrong."""
    try:
        return commit_left(git, tree, attempt, left_out=left_out)
    except RunError as error:
        # What was committed is kept all the same; the rest lies where it is.
        return git.commit_of("HEAD") or "", f"Git cannot commit it: {error.problem}"


def _unusable(git: Git, head: str, touched: Sequence[str]) -> str:
    """Say why nobody could work on what a commit holds; empty where everybody can."""
    long = [
        path
        for path in touched
        if any(len(os.fsencode(part)) > _LONGEST for part in path.split("/"))
    ]
    if long:
        return f"No disk can hold files of such long names: {long[0][:_LONGEST]}."
    with tempfile.TemporaryDirectory() as place:
        index = {"GIT_INDEX_FILE": os.path.join(place, "index")}
        told = git("read-tree", head, environment=index, fails=(128,))
    if not told.status:
        return ""
    return f"Git cannot check out what was committed: {' '.join(told.err.split())}"


def _descendant(git: Git, head: str, base: str) -> str:
    """Return a commit of some work that can be merged: one that shares a past with its base."""
    if not head:
        return base
    if git("merge-base", base, head, fails=(1,)).text:
        return head
    message = "Work that was taken off its base\n"
    made = git(
        *("commit-tree", f"{head}^{{tree}}", "-p", base, "-p", head),
        told=message.encode(),
        environment=git.identity(),
    )
    return made.text


def _thrown_away(git: Git, where: Sequence[tuple[Git, str]], head: str) -> list[str]:
    """Return commits that some refs were once at, and that nothing else leads to."""
    seen: list[str] = []
    for at, ref in where:
        told = at("rev-list", "--walk-reflogs", ref, "--", fails=(128, 129))
        if told.status == 0:
            seen += told.text.split()
    # Nearly always the head leads to all of them: one question in place of one for each.
    asked = "\n".join([*dict.fromkeys(seen), f"^{head}"])
    beyond = set(git("rev-list", "--stdin", told=asked.encode()).text.split()) if seen else set()
    left: list[str] = []
    for commit in dict.fromkeys(seen):
        if commit in beyond and not any(git.is_ancestor(commit, kept) for kept in left):
            left.append(commit)
    return left


def _markers(git: Git, base: str, head: str, touched: tuple[str, ...]) -> str:
    """Say where conflict markers were left; empty where none were."""
    told = git("diff", "--check", base, head, fails=(2, 3))
    known = frozenset(touched)
    places = [
        line.rpartition(": ")[0]
        for line in os.fsdecode(told.out).splitlines()
        if line.rstrip(".").endswith(_LEFTOVER)
    ]
    names = {place.rpartition(":")[0] for place in places} & known
    if not names:
        return ""  # without paths git would look at all files there are
    # A line of equals signs alone may be the underline of a heading.
    begun = git(
        *("grep", "--name-only", "-z", "-e", "^<<<<<<< ", "-e", "^>>>>>>> ", head, "--"),
        *(f":(literal){name}" for name in sorted(names)),
        fails=(1,),
    )
    marked = {path.partition(":")[2] for path in begun.paths}
    found = [place for place in places if place.rpartition(":")[0] in marked]
    if not found:
        return ""
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return f"Conflict markers were left: {', '.join(found[:_NAMED])}{more}."
