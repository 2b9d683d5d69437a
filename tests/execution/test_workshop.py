"""The run's own repository: nothing that happens in it touches the user's."""

from __future__ import annotations

import shutil

import pytest

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.runs import LandMode
from taskpar_ml.errors import RunError
from taskpar_ml.execution.git_runner import Git
from taskpar_ml.execution.workshop import Workshop
from tests.support.yards import Yard

A, B = Attempt("a", 1), Attempt("b", 1)


def landed(workshop, yard, attempt, files, *, onto=None, mode=LandMode.MERGE, target="out"):
    onto = onto or yard.base
    tree = workshop.make_tree(attempt, yard.base)
    head = yard.commit(files, at=tree)
    merged = workshop.merged(onto, head)
    assert merged.conflicts == ()
    candidate = workshop.candidate(
        attempt, head, merged.tree, onto=onto, mode=mode, title="Do\n it"
    )
    workshop.target(target).make(yard.base)
    return candidate, workshop.land([candidate], target)


def test_a_worktree_is_at_the_base_on_a_branch_that_the_user_does_not_see(workshop, yard):
    before = yard.untouched()
    tree = workshop.make_tree(A, yard.base)
    assert (tree / "docs/c.md").read_text() == "# C\n\none\n"
    assert yard.git("rev-parse", "HEAD", at=tree) == yard.base
    assert yard.git("symbolic-ref", "HEAD", at=tree) == "refs/heads/taskpar/a/1"
    assert yard.git("config", "user.email", at=tree) == "test@example.org"
    assert yard.untouched() == before
    assert yard.git("branch", "--all", "--format=%(refname)") == "refs/heads/main"
    assert yard.git("worktree", "list").count("\n") == 0


def test_making_it_again_leaves_what_was_done_in_it(workshop, yard):
    tree = workshop.make_tree(A, yard.base)
    (tree / "new.txt").write_text("work")
    again = Workshop(tree.parents[1], "run-1", yard.common)
    again.prepare(yard.base)
    assert again.make_tree(A, yard.base) == tree
    assert (tree / "new.txt").read_text() == "work"


def test_one_that_is_half_made_is_made_anew_and_nothing_is_thrown_away(workshop, yard, tmp_path):
    tree = workshop.tree_of(A)
    tree.mkdir(parents=True)
    (tree / "left.txt").write_text("whose is that?")
    workshop.make_tree(A, yard.base)
    assert sorted(path.name for path in tree.iterdir()) == [".git", "a.txt", "b.txt", "docs"]
    (left,) = (tmp_path / "run" / "aside").rglob("left.txt")
    assert left.read_text() == "whose is that?"


def test_a_repository_that_is_half_made_is_made_anew(yard, tmp_path):
    place = tmp_path / "run"
    (place / ".repository-x").mkdir(parents=True)
    (place / ".repository-x" / "HEAD").write_text("nonsense")
    workshop = Workshop(place, "run-1", yard.common)
    workshop.prepare(yard.base)
    assert workshop.make_tree(A, yard.base).is_dir()


@pytest.mark.parametrize(
    "harm",
    [
        ("config", "user.name", "Mallory"),
        ("config", "core.bare", "true"),
        ("branch", "--force", "main", "HEAD~0"),
        ("update-ref", "-d", "refs/heads/main"),
        ("worktree", "prune", "--expire=now"),
        ("gc", "--quiet", "--prune=now"),
        ("reflog", "expire", "--expire=now", "--all"),
        ("stash", "push", "--include-untracked"),
        ("checkout", "--quiet", "-B", "main"),
        ("tag", "v1"),
    ],
    ids=" ".join,
)
def test_agents_can_do_nothing_to_the_users_repository(workshop, yard, harm):
    tree = workshop.make_tree(A, yard.base)
    (tree / "a.txt").write_text("changed")
    (yard.place / "b.txt").write_text("not committed")
    before = yard.untouched()
    yard.git(*harm, at=tree)
    hooks = yard.git("rev-parse", "--git-path", "hooks", at=tree)
    (tree / hooks).mkdir(exist_ok=True)
    (tree / hooks / "post-checkout").write_text("#!/bin/sh\ntouch /tmp/hooked\n")
    assert yard.untouched() == before
    assert yard.git("fsck", "--strict") == ""


def test_hooks_that_agents_install_do_not_run_because_of_us(workshop, yard, tmp_path):
    tree = workshop.make_tree(A, yard.base)
    mark = tmp_path / "hooked"
    hooks = workshop.own / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-checkout", "pre-commit", "post-commit", "reference-transaction"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {mark}\n")
        (hooks / name).chmod(0o755)
    Git(tree)("commit", "--quiet", "--allow-empty", "--message", "x")
    workshop.make_tree(B, yard.base)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("mode", "parents", "subject"),
    [
        (LandMode.MERGE, 2, "Do it"),
        (LandMode.SQUASH, 1, "Do it"),
        (LandMode.REBASE, 1, "Change"),
    ],
)
def test_work_lands_on_the_target_and_nowhere_else(workshop, yard, mode, parents, subject):
    before = yard.untouched()
    candidate, moved = landed(workshop, yard, A, {"a.txt": "A\n"}, mode=mode)
    assert moved
    assert yard.git("rev-parse", "out") == candidate.commit
    assert yard.files("out")["a.txt"] == "A"
    assert yard.git("log", "-1", "--format=%s", "out") == subject
    assert len(yard.git("log", "-1", "--format=%P", "out").split()) == parents
    assert [line for line in yard.untouched() if "refs/heads/out" not in line] == list(before)
    assert workshop.land([candidate], "out"), "to land twice is to land once"


def test_who_pushed_meanwhile_is_not_overwritten(workshop, yard):
    landed(workshop, yard, A, {"a.txt": "A\n"})
    tip = yard.git("rev-parse", "out")
    _, moved = landed(workshop, yard, B, {"b.txt": "B\n"}, onto=yard.base)
    assert not moved
    assert yard.git("rev-parse", "out") == tip
    assert workshop.target_tip("out") == tip


def test_a_branch_that_is_checked_out_is_not_moved(workshop, yard):
    with pytest.raises(RunError, match="branch main: it is checked out in "):
        landed(workshop, yard, A, {"a.txt": "A\n"}, target="main")
    assert yard.git("rev-parse", "main") == yard.base


def test_conflicts_are_told_by_file(workshop, yard):
    candidate, _ = landed(workshop, yard, A, {"a.txt": "A\n", "b.txt": "A\n"})
    tree = workshop.make_tree(B, yard.base)
    head = yard.commit({"a.txt": "B\n", "b.txt": "A\n", "docs/c.md": "x\n"}, at=tree)
    assert workshop.merged(candidate.commit, head).conflicts == ("a.txt",)
    assert workshop.touched(candidate.commit, head) == ("a.txt", "b.txt", "docs/c.md")


def test_a_borrowed_history_that_was_cut_short_works(yard, tmp_path):
    yard.commit({"a.txt": "a2\n"})
    clone = tmp_path / "clone"
    yard.git("clone", "--quiet", "--depth=1", f"file://{yard.place}", str(clone))
    workshop = Workshop(tmp_path / "run", "run-1", clone / ".git")
    base = yard.git("rev-parse", "HEAD", at=clone)
    workshop.prepare(base)
    tree = workshop.make_tree(A, base)
    head = yard.commit({"b.txt": "B\n"}, at=tree)
    workshop.archive(A, head)
    assert yard.git("rev-parse", "refs/taskpar/run-1/tasks/a/1/work", at=clone) == head


def test_names_of_any_kind_have_worktrees(workshop, yard):
    for name in ("23.8", "T012", "bd-a1b2", "_x", "é", "x" * 128):
        attempt = Attempt(name, 1)
        head = yard.commit({"a.txt": name}, at=workshop.make_tree(attempt, yard.base))
        workshop.archive(attempt, head)
        assert yard.git("rev-parse", f"refs/taskpar/run-1/tasks/{name}/1/work") == head


def test_what_is_removed_is_gone_and_can_be_removed_again(workshop, yard):
    tree = workshop.make_tree(A, yard.base)
    for _ in range(2):
        workshop.remove_tree(A)
        assert not tree.exists()
    assert workshop.make_tree(A, yard.base) == tree, "made anew"


def test_a_repository_without_names_commits_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    yard = Yard(tmp_path / "shop", {"a.txt": "a\n"})
    yard.git("config", "--unset", "user.email")
    yard.git("config", "--unset", "user.name")
    workshop = Workshop(tmp_path / "run", "r", yard.common)
    workshop.prepare(yard.base)
    made = workshop.candidate(
        A, yard.base, f"{yard.base}^{{tree}}", onto=yard.base, mode=LandMode.SQUASH, title="x"
    )
    assert yard.git("log", "-1", "--format=%an", made.commit, at=workshop.own) == "taskpar"


def test_a_workshop_outlives_the_removal_of_its_place(yard, tmp_path):
    place = tmp_path / "run"
    first = Workshop(place, "run-1", yard.common)
    first.prepare(yard.base)
    first.archive(A, yard.commit({"a.txt": "A\n"}, at=first.make_tree(A, yard.base)))
    shutil.rmtree(place)
    assert yard.files("refs/taskpar/run-1/tasks/a/1/work")["a.txt"] == "A"


def test_who_collects_garbage_takes_nothing_that_nobody_points_to_yet(workshop, yard):
    tree = workshop.make_tree(A, yard.base)
    (tree / "new.txt").write_text("being committed\n")
    blob = yard.git("hash-object", "-w", "new.txt", at=tree)
    other = workshop.make_tree(B, yard.base)
    yard.git("gc", "--quiet", "--prune=now", at=other)
    assert yard.git("cat-file", "-t", blob, at=tree) == "blob"
