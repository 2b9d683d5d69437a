"""What an agent has come to in its worktree: committed, looked at, and archived."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.runs import WorkKept
from taskpar_ml.execution.git_runner import Git
from taskpar_ml.execution.workshop import Workshop, branch_of

NOTHING: Final = "Nothing was changed. Do the task, or exit with a status other than 0."
_ELSEWHERE: Final = "The worktree is at an older commit. Go back to its branch: git checkout -"
_LEFTOVER: Final = "leftover conflict marker"
_NAMED: Final = 5


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
    is_there = workshop.owns(tree)
    if is_there:
        head, complaint = _committed(Git(tree), tree, attempt)
        if head != base and workshop.git.is_ancestor(head, base):
            # Files of another time are not its work.
            head = workshop.git.commit_of(branch) or base
            complaint = complaint or _ELSEWHERE
    else:
        # What was committed is not gone with it.
        head = workshop.git.commit_of(branch) or base
        complaint = "The worktree is gone. Work in it, and leave it where it is."
        if tree.is_dir() and not tree.is_symlink():
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
        complaint = _markers(workshop.git, base, head, touched)
    if complaint and before is not None:
        workshop.archive(attempt, head, name="unresolved")
        return before.model_copy(update={"complaint": complaint})
    workshop.archive(attempt, head)
    return WorkKept(
        task=attempt.task, number=attempt.number, head=head, touched=touched, complaint=complaint
    )


def _committed(git: Git, tree: Path, attempt: Attempt) -> tuple[str, str]:
    """Commit what is not, and return the last commit and what is wrong with the files."""
    own = Path(os.fsdecode(git("rev-parse", "--absolute-git-dir").out.rstrip(b"\n")))
    for lock in ("index.lock", "HEAD.lock"):
        (own / lock).unlink(missing_ok=True)  # of a git that was ended
    inner = sorted(_repositories(git))
    git("add", "--all", "--", ".", *(f":(exclude,literal){each}" for each in inner))
    is_merging = (own / "MERGE_HEAD").exists()
    if is_merging or git("diff", "--cached", "--quiet", fails=(1,)).status:
        subject = "Merge what has landed" if is_merging else f"Work on {attempt.task}"
        git(
            *("commit", "--quiet", "--no-verify", "--allow-empty", "--cleanup=verbatim"),
            *("--message", subject),
            environment=git.identity(),
        )
    head = git("rev-parse", "--verify", "HEAD^{commit}").text
    if inner:
        # Their files are left out, which nobody should find out later.
        named = ", ".join(inner[:_NAMED])
        return head, f"It holds repositories of their own: {named}."
    if any((own / name).exists() for name in ("rebase-merge", "rebase-apply")):
        return head, "A rebase is under way. Finish it, or abort it."
    return head, ""


def _repositories(git: Git) -> Iterator[str]:
    """Yield directories of a worktree that are repositories, and neither ignored nor submodules."""
    told = git("ls-files", "--others", "--exclude-standard", "-z")
    yield from (path.rstrip("/") for path in told.paths if path.endswith("/"))


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
    left: list[str] = []
    for commit in dict.fromkeys(seen):
        if not any(git.is_ancestor(commit, kept) for kept in (head, *left)):
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
    # A line of equals signs alone may be the underline of a heading.
    begun = git(
        *("grep", "--name-only", "-z", "-e", "^<<<<<<< ", "-e", "^>>>>>>> ", head, "--"),
        *(f":(literal){name}" for name in sorted(names)),
        fails=(1,),
    )
    marked = {path.partition(":")[2] for path in begun.paths} if names else set()
    found = [place for place in places if place.rpartition(":")[0] in marked]
    if not found:
        return ""
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return f"Conflict markers were left: {', '.join(found[:_NAMED])}{more}."
