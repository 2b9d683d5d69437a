"""Resolvers merge what they know how to, and leave all else as it was."""

from __future__ import annotations

import pytest

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.execution.resolving import Regenerated, Resolvers, begin_merge, learn

A, B = Attempt("a", 1), Attempt("b", 1)
LOCK = Regenerated(lambda path: path == "lock", "cat a.txt b.txt >lock")


@pytest.fixture
def clash(workshop, yard):
    """Return what mends a clash of two sets of files."""

    def clash(landed, own, resolvers):
        onto = yard.commit(landed, at=workshop.make_tree(A, yard.base))
        head = yard.commit(own, at=workshop.make_tree(B, yard.base))
        files = workshop.merged(onto, head).conflicts
        found = resolvers.mend(workshop, B, head=head, onto=onto, files=files)
        if found is None:
            tree = workshop.tree_of(B)
            assert yard.git("status", "--porcelain", at=tree) == ""
            assert yard.git("rev-parse", "HEAD", at=tree) == head, "as it was"
            return None
        workshop.archive(B, found.head)
        merged = workshop.merged(onto, found.head)
        assert merged.conflicts == ()
        return found.resolved, yard.files(found.head)

    return clash


def test_lines_of_both_sides_are_kept(clash):
    union = Resolvers(union=lambda path: path.endswith(".txt"))
    resolved, files = clash({"a.txt": "a\nx\n"}, {"a.txt": "a\ny\n", "b.txt": "B\n"}, union)
    assert resolved == (("a.txt", "union"),)
    assert sorted(files["a.txt"].splitlines()) == ["a", "x", "y"]
    assert files["b.txt"] == "B"


def test_one_file_that_is_left_over_leaves_all_as_it_was(clash):
    union = Resolvers(union=lambda path: path == "a.txt")
    both = {"a.txt": "x\n", "b.txt": "x\n"}
    assert clash(both, {"a.txt": "y\n", "b.txt": "y\n"}, union) is None


def test_files_are_made_anew_after_all_others_are_merged(clash):
    known = Resolvers(union=lambda path: path == "a.txt", regenerated=[LOCK])
    resolved, files = clash({"a.txt": "x\n", "lock": "1\n"}, {"a.txt": "y\n", "lock": "2\n"}, known)
    assert dict(resolved) == {"a.txt": "union", "lock": LOCK.command}
    assert sorted(files["lock"].splitlines()) == ["b", "x", "y"]


def test_a_command_that_fails_leaves_all_as_it_was(clash):
    broken = Resolvers(regenerated=[Regenerated(lambda path: True, "exit 1")])
    assert clash({"lock": "1\n"}, {"lock": "2\n"}, broken) is None


def test_what_landed_is_resolved_in_the_same_way_again(workshop, yard):
    onto = yard.commit({"a.txt": "x\n"}, at=workshop.make_tree(A, yard.base))
    head = yard.commit({"a.txt": "y\n"}, at=workshop.make_tree(B, yard.base))
    tree = workshop.tree_of(B)
    nobody = Resolvers()
    assert nobody.mend(workshop, B, head=head, onto=onto, files=("a.txt",)) is None
    begin_merge(workshop, B, head=head, onto=onto)
    merge = yard.commit({"a.txt": "both\n"}, at=tree)
    assert nobody.mend(workshop, B, head=head, onto=onto, files=("a.txt",)) is None, "not landed"
    learn(workshop, yard.base, merge)
    found = nobody.mend(workshop, B, head=head, onto=onto, files=("a.txt",))
    assert found is not None
    assert found.resolved == (("a.txt", "rerere"),)
    assert yard.git("show", f"{found.head}:a.txt", at=tree) == "both"


def test_a_link_is_nothing_for_union(workshop, yard, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("mine\n")
    landed = workshop.make_tree(A, yard.base)
    (landed / "a.txt").unlink()
    (landed / "a.txt").symlink_to("b.txt")
    onto = yard.commit({}, at=landed)
    own = workshop.make_tree(B, yard.base)
    (own / "a.txt").unlink()
    (own / "a.txt").symlink_to(outside)
    head = yard.commit({}, at=own)
    union = Resolvers(union=lambda path: True)
    assert union.mend(workshop, B, head=head, onto=onto, files=("a.txt",)) is None
    assert outside.read_text() == "mine\n"


def test_a_file_that_one_deleted_is_nothing_for_union(clash, yard, workshop):
    onto_tree = workshop.make_tree(A, yard.base)
    (onto_tree / "a.txt").unlink()
    onto = yard.commit({}, at=onto_tree)
    head = yard.commit({"a.txt": "y\n"}, at=workshop.make_tree(B, yard.base))
    union = Resolvers(union=lambda path: True)
    assert union.mend(workshop, B, head=head, onto=onto, files=("a.txt",)) is None


def driver(tmp_path, script):
    """Return a merge driver that is a script."""
    file = tmp_path / "driver.sh"
    file.write_text(f"set -e\n{script}\n")
    return Resolvers(driver=("/bin/sh", str(file), "%O", "%A", "%B", "%P"))


def test_a_merge_driver_merges_what_git_does_not(clash, tmp_path):
    known = driver(tmp_path, 'cat "$1" "$2" "$3" >all; mv all "$2"; echo "$4" >>"$2"')
    resolved, files = clash({"a.txt": "x\n"}, {"a.txt": "y\n"}, known)
    assert resolved == (("a.txt", "/bin/sh"),)
    assert files["a.txt"].splitlines() == ["a", "y", "x", "a.txt"], "base, ours, theirs"


@pytest.mark.parametrize(
    "script",
    ["exit 1", "exit 129", 'printf "<<<<<<< a\\n" >"$2"', 'rm "$2"', "sleep 5"],
)
def test_a_merge_driver_that_cannot_leaves_all_as_it_was(clash, tmp_path, script, monkeypatch):
    monkeypatch.setattr("taskpar_ml.execution.three_way._TIMEOUT", 1.0)
    assert clash({"a.txt": "x\n"}, {"a.txt": "y\n"}, driver(tmp_path, script)) is None


def test_a_merge_driver_that_is_not_there_merges_nothing(clash):
    nobody = Resolvers(driver=("no-such-program", "%O", "%A", "%B"))
    assert clash({"a.txt": "x\n"}, {"a.txt": "y\n"}, nobody) is None


def test_files_that_both_sides_added_are_left_over(clash, tmp_path):
    both = driver(tmp_path, "exit 0")
    both = Resolvers(union=lambda path: True, driver=both.driver)
    assert clash({"new.txt": "x\n"}, {"new.txt": "y\n"}, both) is None
