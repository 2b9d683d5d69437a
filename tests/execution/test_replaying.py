"""Commits are done again with their authors and messages, or not at all."""

from __future__ import annotations

import pytest

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.runs import LandMode
from taskpar_ml.execution.replaying import replayed

A = Attempt("a", 1)


@pytest.fixture
def tree(workshop, yard):
    """Return a worktree whose base the line has left behind."""
    return workshop.make_tree(A, yard.base)


def rebased(workshop, yard, tree):
    """Return the work in a worktree as it would land, and what it is on top of."""
    onto = yard.commit({"b.txt": "theirs\n"})
    head = yard.git("rev-parse", "HEAD", at=tree)
    merged = workshop.merged(onto, head)
    assert not merged.conflicts
    made = workshop.candidate(A, head, merged.tree, onto=onto, mode=LandMode.REBASE, title="Do it")
    assert yard.git("rev-parse", f"{made.commit}^{{tree}}", at=workshop.own) == merged.tree
    return made.commit, onto


def told(workshop, yard, commit, onto, form):
    return yard.git("log", f"--format={form}", f"{onto}..{commit}", at=workshop.own)


def test_commits_keep_their_authors_and_messages(workshop, yard, tree):
    yard.commit({"a.txt": "A\n"}, at=tree)
    (tree / "new.txt").write_text("new\n")
    yard.git("add", ".", at=tree)
    message = "Add a file\n\nBecause it was missing: ü.\n"
    yard.git(
        *("-c", "user.name=Änne", "-c", "user.email=a@example.org", "commit", "-qm", message),
        *("--date", "2001-02-03T04:05:06+0700"),
        at=tree,
    )
    commit, onto = rebased(workshop, yard, tree)
    last, first = (f"{commit}~{number}" for number in range(2))
    assert told(workshop, yard, last, first, "%an|%ae|%aI") == (
        "Änne|a@example.org|2001-02-03T04:05:06+07:00"
    )
    assert told(workshop, yard, last, first, "%B") == message.strip()
    assert told(workshop, yard, first, onto, "%an|%s") == "Test|Change"
    assert yard.git("rev-parse", f"{first}^", at=workshop.own) == onto


def test_what_changes_nothing_any_more_is_left_out(workshop, yard, tree):
    yard.commit({"b.txt": "theirs\n"}, at=tree)
    yard.commit({"a.txt": "A\n"}, at=tree)
    commit, onto = rebased(workshop, yard, tree)
    assert len(told(workshop, yard, commit, onto, "%H").splitlines()) == 1
    assert yard.git("diff", "--name-only", onto, commit, at=workshop.own) == "a.txt"


def test_merges_and_detours_land_as_one_commit(workshop, yard, tree):
    yard.commit({"b.txt": "first\n"}, at=tree)
    yard.commit({"b.txt": "b\n", "a.txt": "A\n"}, at=tree)  # back to what it was
    head = yard.git("rev-parse", "HEAD", at=tree)
    commit, onto = rebased(workshop, yard, tree)
    assert replayed(workshop.git, head, onto=onto, tree=f"{commit}^{{tree}}") is None
    assert told(workshop, yard, commit, onto, "%s") == "Do it"


def test_merges_land_as_one_commit(workshop, yard, tree):
    yard.commit({"a.txt": "A\n"}, at=tree)
    yard.git("checkout", "-q", "-b", "side", yard.base, at=tree)
    yard.commit({"side.txt": "s\n"}, at=tree)
    yard.git("checkout", "-q", "-", at=tree)
    yard.git("merge", "-q", "--no-ff", "-m", "both", "side", at=tree)
    commit, onto = rebased(workshop, yard, tree)
    assert told(workshop, yard, commit, onto, "%s") == "Do it"
    names = yard.git("ls-tree", "--name-only", commit, at=workshop.own).split()
    assert {"side.txt", "a.txt"} <= set(names)
