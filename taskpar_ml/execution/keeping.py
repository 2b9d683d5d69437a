"""What an agent has come to in its worktree: committed, looked at, and archived."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.runs import WorkKept
from taskpar_ml.execution.git_runner import Git
from taskpar_ml.execution.workshop import Workshop, branch_of

NOTHING: Final = "Nothing was changed. Do the task, or exit with a status other than 0."
_LEFTOVER: Final = "leftover conflict marker"
_NAMED: Final = 5


def keep(
    workshop: Workshop, attempt: Attempt, *, base: str, onto: str, before: WorkKept | None = None
) -> WorkKept:
    """Commit what an agent left uncommitted, archive all of its commits, and say what is wrong.

    Whatever it did to its branch: the work is what lies in its worktree, as a descendant of its
    base. Commits that it threw away are archived, too.

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
    else:
        # What was committed is not gone with it.
        head = workshop.git.commit_of(branch) or base
        complaint = "The worktree is gone. Work in it, and leave it where it is."
        if tree.is_dir() and not tree.is_symlink():
            workshop.archive(attempt, workshop.snapshot(tree, head), name="left")
    head = _descendant(workshop.git, head, base)
    where = [(workshop.git, branch), *([(Git(tree), "HEAD")] if is_there else [])]
    for place, thrown_away in enumerate(_thrown_away(workshop.git, where, head)):
        workshop.archive(attempt, thrown_away, name=f"dropped-{place}")
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
    inner = sorted(_repositories(tree))
    if inner:
        # Their files would be left out without a word.
        named = ", ".join(inner[:_NAMED])
        return git.commit_of("HEAD") or "", f"It holds repositories of their own: {named}."
    git("add", "--all")
    is_merging = (own / "MERGE_HEAD").exists()
    if is_merging or git("diff", "--cached", "--quiet", fails=(1,)).status:
        subject = "Merge what has landed" if is_merging else f"Work on {attempt.task}"
        git(
            *("commit", "--quiet", "--no-verify", "--allow-empty", "--cleanup=verbatim"),
            *("--message", subject),
            environment=git.identity(),
        )
    return git("rev-parse", "--verify", "HEAD^{commit}").text, ""


def _repositories(tree: Path) -> Iterator[str]:
    """Yield directories below a worktree that are repositories, and no submodules of it."""
    known = set(
        Git(tree)(
            "config", "--file", ".gitmodules", "--get-regexp", "path$", fails=(1, 128)
        ).text.split()
    )
    for place, directories, files in os.walk(tree):
        if place != str(tree) and (".git" in directories or ".git" in files):
            inner = os.path.relpath(place, tree)
            directories.clear()
            if inner not in known:
                yield inner
        with contextlib.suppress(ValueError):
            directories.remove(".git")


def _descendant(git: Git, head: str, base: str) -> str:
    """Return a commit with the files of one, and another among its ancestors."""
    if not head:
        return base
    if git.is_ancestor(base, head):
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
        told = at("reflog", "show", "--format=%H", ref, "--", fails=(128,))
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
    places = (
        line.rpartition(": ")[0]
        for line in os.fsdecode(told.out).splitlines()
        if line.rstrip(".").endswith(_LEFTOVER)
    )
    found = [place for place in places if place.rpartition(":")[0] in known]
    if not found:
        return ""
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return f"Conflict markers were left: {', '.join(found[:_NAMED])}{more}."
