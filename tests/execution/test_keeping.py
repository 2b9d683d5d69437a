"""Whatever an agent does to its branch, its work is kept, and what is wrong with it is said."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.execution.keeping import NOTHING, keep

A = Attempt("a", 1)


@pytest.fixture
def tree(workshop, yard):
    """Return the worktree of an attempt."""
    return workshop.make_tree(A, yard.base)


@pytest.fixture
def kept(workshop, yard):
    """Keep what is there."""
    return lambda: keep(workshop, A, base=yard.base, onto=yard.base)


def archived(yard, name="work"):
    return yard.files(f"refs/taskpar/run-1/tasks/a/1/{name}")


def test_what_was_committed_and_what_was_not_is_kept(yard, tree, kept):
    yard.commit({"a.txt": "A\n"}, at=tree)
    (tree / "new.txt").write_text("n")
    (tree / "b.txt").unlink()
    found = kept()
    assert (found.touched, found.complaint) == (("a.txt", "b.txt", "new.txt"), "")
    assert archived(yard) == {"a.txt": "A", "docs/c.md": "# C\n\none", "new.txt": "n"}
    assert yard.git("rev-parse", "refs/taskpar/run-1/tasks/a/1/work") == found.head
    assert kept() == found, "to look again changes nothing"


def test_who_changed_nothing_is_told(yard, kept, tree):
    assert kept().complaint == NOTHING
    yard.git("commit", "--quiet", "--allow-empty", "--message", "nothing", at=tree)
    assert kept().complaint == NOTHING


def test_markers_are_told_where_they_are(yard, tree, kept):
    yard.commit({"a.txt": "<<<<<<< ours\na\n=======\nA\n>>>>>>> theirs\n"}, at=tree)
    assert kept().complaint == "Conflict markers were left: a.txt:1, a.txt:3, a.txt:5."
    yard.commit({"a.txt": "A  \n"}, at=tree)
    assert kept().complaint == "", "blanks are no markers"


def test_a_heading_is_no_marker(yard, tree, kept):
    yard.commit({"docs/c.md": "Title\n=======\n"}, at=tree)
    assert kept().complaint == ""


def test_who_is_at_an_older_commit_takes_nothing_back(yard, tree, workshop):
    landed = yard.commit({"b.txt": "landed\n"}, at=tree)
    other = Attempt("b", 1)
    second = workshop.make_tree(other, landed)
    mine = yard.commit({"a.txt": "A\n"}, at=second)
    yard.git("checkout", "--quiet", yard.base, at=second)
    found = keep(workshop, other, base=landed, onto=landed)
    assert found.complaint.startswith("The worktree is at an older commit")
    assert found.head == mine
    (second / "new.txt").write_text("n")
    found = keep(workshop, other, base=landed, onto=landed)
    assert found.touched == ("new.txt",), "what had landed is not taken back by it"


def test_a_rebase_that_is_under_way_is_said(yard, tree, kept):
    yard.commit({"a.txt": "one\n"}, at=tree)
    yard.commit({"b.txt": "two\n"}, at=tree)
    command = ["git", "-c", "sequence.editor=sed -i s/^pick/edit/", "rebase", "-i", "HEAD~2"]
    subprocess.run(command, cwd=tree, capture_output=True, check=False)
    assert kept().complaint == "A rebase is under way. Finish it, or abort it."


def test_what_was_stashed_is_archived(yard, tree, kept):
    (tree / "a.txt").write_text("stashed\n")
    yard.git("stash", at=tree)
    yard.commit({"b.txt": "B\n"}, at=tree)
    kept()
    stash = yard.git("rev-parse", "refs/stash", at=tree)
    assert archived(yard, f"dropped/{stash}")["a.txt"] == "stashed"


def test_history_that_was_rewritten_is_work_all_the_same(yard, tree, kept):
    lost = yard.commit({"b.txt": "B\n"}, at=tree)
    yard.git("checkout", "--quiet", "--orphan", "fresh", at=tree)
    yard.commit({"a.txt": "A\n"}, at=tree)
    found = kept()
    assert yard.git("merge-base", "--is-ancestor", yard.base, found.head) == ""
    assert found.touched == ("a.txt", "b.txt")
    assert yard.git("rev-parse", f"refs/taskpar/run-1/tasks/a/1/dropped/{lost}") == lost


@pytest.mark.parametrize("how", ["reset", "amend", "branch"])
def test_commits_that_were_thrown_away_are_archived(yard, tree, kept, how):
    lost = yard.commit({"a.txt": "thrown away\n"}, at=tree)
    if how == "reset":
        yard.git("reset", "--quiet", "--hard", yard.base, at=tree)
    elif how == "amend":
        (tree / "a.txt").write_text("better\n")
        yard.git("commit", "--quiet", "--all", "--amend", "--message", "x", at=tree)
    else:
        yard.git("checkout", "--quiet", "-B", "taskpar/a/1", yard.base, at=tree)
    yard.commit({"b.txt": "B\n"}, at=tree)
    found = kept()
    assert "b.txt" in found.touched
    assert yard.git("rev-parse", f"refs/taskpar/run-1/tasks/a/1/dropped/{lost}") == lost


@pytest.mark.parametrize("how", ["gone", "no worktree any more"])
def test_who_deletes_its_worktree_keeps_what_was_committed(yard, tree, kept, how):
    yard.commit({"a.txt": "A\n"}, at=tree)
    if how == "gone":
        shutil.rmtree(tree)
    else:
        (tree / ".git").unlink()
        (tree / "new.txt").write_text("not committed")
    found = kept()
    assert found.complaint.startswith("The worktree is gone")
    assert archived(yard)["a.txt"] == "A"
    if how != "gone":
        assert archived(yard, "left")["new.txt"] == "not committed"


@pytest.mark.parametrize("how", ["the directory", "its .git", "its .git file"])
def test_a_worktree_that_leads_elsewhere_is_none(yard, tree, kept, how):
    """What lies there is the user's, and is not committed."""
    yard.commit({"a.txt": "A\n"}, at=tree)
    yard.git("worktree", "add", "--quiet", str(yard.place / "other"), "-b", "mine")
    (yard.place / "other" / "mine.txt").write_text("not committed")
    before = yard.git("status", "--porcelain", at=yard.place / "other")
    if how == "the directory":
        shutil.rmtree(tree)
        tree.symlink_to(yard.place / "other")
    elif how == "its .git":
        (tree / ".git").unlink()
        (tree / ".git").symlink_to(yard.common)
    else:
        (tree / ".git").write_text((yard.place / "other" / ".git").read_text())
    found = kept()
    assert found.complaint.startswith("The worktree is gone")
    assert archived(yard)["a.txt"] == "A"
    assert yard.git("status", "--porcelain", at=yard.place / "other") == before
    assert yard.git("rev-parse", "mine") == yard.base


def test_settings_that_agents_made_run_nothing_of_theirs(yard, tree, kept, tmp_path):
    mark = tmp_path / "ran"
    for name in ("filter.x.clean", "filter.x.smudge", "diff.external", "core.fsmonitor"):
        yard.git("config", name, f"touch {mark}; cat", at=tree)
    yard.git("config", "extensions.worktreeConfig", "true", at=tree)
    yard.git("config", "--worktree", "filter.y.clean", f"touch {mark}; cat", at=tree)
    (tree / ".gitattributes").write_text("*.txt filter=x\n*.md filter=y\n")
    (tree / "a.txt").write_text("A\n")
    (tree / "docs" / "c.md").write_text("C\n")
    assert kept().complaint == ""
    assert archived(yard)["a.txt"] == "A"
    assert not mark.exists()


def test_a_repository_within_is_not_left_out_in_silence(yard, tree, kept):
    (tree / "inner").mkdir()
    yard.git("init", "--quiet", at=tree / "inner")
    (tree / "inner" / "file").write_text("x")
    (tree / "a.txt").write_text("A\n")
    assert kept().complaint == "It holds repositories of their own: inner."
    assert archived(yard)["a.txt"] == "A"
    (tree / ".gitignore").write_text("inner/\n")
    assert kept().complaint == "", "what is ignored is nobody's work"


def test_a_lock_that_a_killed_git_left_is_in_nobodys_way(yard, tree, kept, workshop):
    (workshop.own / "worktrees" / tree.name / "index.lock").touch()
    (tree / "a.txt").write_text("A\n")
    assert kept().touched == ("a.txt",)


def test_a_merge_that_was_not_committed_is_finished(yard, tree, kept, workshop):
    other = workshop.make_tree(Attempt("b", 1), yard.base)
    landed = yard.commit({"b.txt": "B\n"}, at=other)
    yard.commit({"a.txt": "A\n"}, at=tree)
    yard.git("merge", "--quiet", "--no-commit", landed, at=tree)
    found = keep(workshop, A, base=yard.base, onto=landed)
    assert found.touched == ("a.txt",), "what had landed is not its own"
    assert len(yard.git("log", "-1", "--format=%P", found.head, at=tree).split()) == 2
