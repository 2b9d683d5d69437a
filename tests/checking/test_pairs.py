"""Pairs and landings: verdicts, shared files, relations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest

from taskpar_ml import checking
from taskpar_ml.checking import check_overlap
from taskpar_ml.domain.overlap import HowChanged, Relation, Touch, Verdict
from tests.support.merging import LONG, changed, fork, overlap_of, report_of, write_commit
from tests.support.verdicts import verdicts

Git = Callable[..., str]


def test_every_pair_and_every_landing_is_answered_in_the_order_of_names(branches: Path) -> None:
    report = check_overlap(branches, ["three", "one", "two"], onto="main")
    assert verdicts(report.pairs) == {
        ("three", "one"): "overlap",
        ("three", "two"): "overlap",
        ("one", "two"): "conflict",
    }
    assert verdicts(report.landings) == dict.fromkeys(
        [("three", "main"), ("one", "main"), ("two", "main")], "apart"
    )
    assert report.verdict == Verdict.CONFLICT
    assert [(side.name, side.changed) for side in report.sides] == [
        *(("three", 1), ("one", 1), ("two", 1))
    ]


def test_swapping_two_sides_swaps_the_answer_and_nothing_else(tmp_path: Path) -> None:
    base = {"f": LONG, "g": LONG, "d/h": "h\n"}
    a = {"f": None, "new/f": changed(LONG, 3), "g": changed(LONG, 4), "d/h": None, "d": "file\n"}
    b = {"f": changed(LONG, 3, "b"), "g": None, "d/i": "i\n"}
    one, other = overlap_of(tmp_path / "1", base, a, b), overlap_of(tmp_path / "2", base, b, a)
    assert [(each.path, each.kind, each.path_b, each.path_a) for each in one.conflicts] == [
        (each.path, each.kind, each.path_a, each.path_b) for each in other.conflicts
    ]
    assert [(each.path, each.b, each.a) for each in one.shared] == [
        (each.path, each.a, each.b) for each in other.shared
    ]
    assert len(one.conflicts) == 3


def test_shared_files_say_what_each_side_did(tmp_path: Path) -> None:
    base = {"edited": LONG, "moved": LONG.replace("line", "row"), "gone": "gone\n"}
    moved = base["moved"]
    a = {"edited": changed(LONG, 1), "moved": None, "to/moved": moved, "gone": None, "new": "n\n"}
    b = {"edited": changed(LONG, 9), "moved": changed(moved, 5), "gone": None, "new": "n\n"}
    shared = {each.path: (each.a, each.b) for each in overlap_of(tmp_path, base, a, b).shared}
    modified, added, deleted = HowChanged.MODIFIED, HowChanged.ADDED, HowChanged.DELETED
    assert shared == {
        "edited": (Touch(how=modified, path="edited"), Touch(how=modified, path="edited")),
        "moved": (
            Touch(how=HowChanged.RENAMED, path="to/moved", old_path="moved"),
            Touch(how=modified, path="moved"),
        ),
        "gone": (Touch(how=deleted, path="gone"), Touch(how=deleted, path="gone")),
        "new": (Touch(how=added, path="new"), Touch(how=added, path="new")),
    }


def test_a_file_that_both_renamed_alike_is_shared_once(tmp_path: Path) -> None:
    same = {"f": None, "g": LONG}
    (shared,) = overlap_of(tmp_path, {"f": LONG}, same, {"f": None, "g": changed(LONG, 2)}).shared
    assert shared.path == "f"
    assert shared.a == shared.b == Touch(how=HowChanged.RENAMED, path="g", old_path="f")


def test_a_rename_onto_a_new_file_says_where_it_came_from(tmp_path: Path) -> None:
    pair = overlap_of(tmp_path, {"f": LONG}, {"f": None, "g": LONG}, {"g": "mine\n"})
    (shared,) = pair.shared
    assert shared.a == Touch(how=HowChanged.RENAMED, path="g", old_path="f")
    assert shared.b == Touch(how=HowChanged.ADDED, path="g")


@pytest.mark.parametrize(
    ("a", "b", "relation"),
    [
        ("one", "two", Relation.DIVERGED),
        ("one", "main", Relation.A_CONTAINS_B),
        ("main", "one", Relation.B_CONTAINS_A),
        ("one", "refs/heads/one", Relation.SAME),
    ],
)
def test_how_two_histories_lie_to_each_other(branches: Path, a, b, relation) -> None:
    report = check_overlap(branches, [a, b], onto="main")
    assert report.pairs[0].relation == relation


def test_a_branch_on_top_of_another_overlaps_with_it(branches: Path, git: Git) -> None:
    git(branches, "checkout", "-q", "-b", "top", "one")
    git(branches, "commit", "-q", "--allow-empty", "-m", "top")
    pair = check_overlap(branches, ["top", "one"], onto="main").pairs[0]
    assert (pair.relation, pair.verdict) == (Relation.A_CONTAINS_B, Verdict.OVERLAP)


def test_a_branch_that_has_landed_has_changed_nothing(branches: Path, git: Git) -> None:
    git(branches, "merge", "-q", "--no-ff", "-m", "land", "one")
    report = check_overlap(branches, ["one"])
    assert report.sides[0].changed == 0
    assert verdicts(report.landings) == {("one", "HEAD"): "apart"}
    assert check_overlap(branches, ["two"]).verdict == Verdict.CONFLICT


def test_one_side_is_checked_against_its_landing_alone(branches: Path) -> None:
    report = check_overlap(branches, ["one"], onto="two")
    assert report.pairs == ()
    assert verdicts(report.landings) == {("one", "two"): "conflict"}


def test_unrelated_histories_start_from_nothing(branches: Path, git: Git) -> None:
    git(branches, "checkout", "-q", "--orphan", "other")
    (branches / "f").write_text("another f\n")
    git(branches, "commit", "-q", "-a", "-m", "other")
    pair = check_overlap(branches, ["one", "other"], onto="main").pairs[0]
    assert (pair.relation, pair.bases) == (Relation.UNRELATED, ())
    assert [(each.path, each.kind) for each in pair.conflicts] == [("f", "both-added")]


def test_an_octopus_is_merged_like_any_other(branches: Path, git: Git) -> None:
    (branches / "g").write_text("changed\n")
    git(branches, "commit", "-q", "-a", "-m", "main goes on")
    git(branches, "checkout", "-q", "-b", "legs", "main~1")
    for name in ("x", "y"):
        git(branches, "checkout", "-q", "-b", name, "main~1")
        (branches / name).write_text(name)
        git(branches, "add", name)
        git(branches, "commit", "-q", "-m", name)
    git(branches, "checkout", "-q", "legs")
    git(branches, "merge", "-q", "-m", "octopus", "x", "y", "one")
    assert len(git(branches, "log", "-1", "--format=%P", "legs").split()) >= 3
    report = check_overlap(branches, ["legs", "two", "x"], onto="main")
    assert verdicts(report.pairs) == {
        ("legs", "two"): "conflict",
        ("legs", "x"): "overlap",
        ("two", "x"): "apart",
    }


def test_a_detached_head_is_landed_on(branches: Path, git: Git) -> None:
    git(branches, "checkout", "-q", "--detach", "two")
    report = check_overlap(branches, ["one"])
    assert report.onto_commit == git(branches, "rev-parse", "two")
    assert report.verdict == Verdict.CONFLICT


def test_sixty_branches_are_merged_only_where_they_can_meet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = {f"d{number}/f": LONG for number in range(60)}
    sides = [{f"d{at}/f": changed(LONG, at % 20)} for at in range(60)]
    # Two of them also edit a file of another.
    sides[7]["d8/f"] = changed(LONG, 8, "mine")
    sides[9]["d3/f"] = changed(LONG, 15)
    merged = []
    original = checking.TrialMerger.conflicts

    def counted(self, a, b):
        merged.append((a, b))
        return original(self, a, b)

    monkeypatch.setattr(checking.TrialMerger, "conflicts", counted)
    report = report_of(tmp_path, base, *sides)
    assert len(report.pairs) == 1770
    found = {(pair.a, pair.b): pair.verdict for pair in report.pairs if pair.verdict != "apart"}
    names = [side.name for side in report.sides]
    assert found == {(names[7], names[8]): Verdict.CONFLICT, (names[3], names[9]): Verdict.OVERLAP}
    assert len(merged) == 2


def test_what_is_skipped_would_have_merged(tmp_path: Path, monkeypatch) -> None:
    """Merging although nothing meets gives the same answer."""
    base = {"a/f": LONG, "b/f": LONG.replace("line", "row"), "c": "c\n", "e/g": "g\n"}
    sides = [
        {"a/f": None, "x/f": LONG},
        {"b/f": None, "y/f": base["b/f"]},
        {"c": None, "d/c": "c\n"},
        {"e/g": None, "e/h/g": "g\n"},
        {"a/new": "new\n"},
        {"x": "in the way\n"},
    ]
    start, *tips = fork(tmp_path, base, *sides)
    quick = check_overlap(tmp_path, tips, onto=start)
    monkeypatch.setattr(checking, "may_meet", lambda *_: True)
    assert check_overlap(tmp_path, tips, onto=start) == quick
    assert {pair.verdict for pair in quick.pairs} == {Verdict.APART, Verdict.CONFLICT}


def test_a_side_that_only_repeats_the_other_is_no_conflict(tmp_path: Path) -> None:
    repository = pygit2.init_repository(tmp_path, bare=True)
    start = write_commit(repository, {"f": LONG})
    tips = [
        str(write_commit(repository, {"f": changed(LONG, 1)}, start, message=name))
        for name in ("picked", "again")
    ]
    pair = check_overlap(tmp_path, tips, onto=str(start)).pairs[0]
    assert (pair.verdict, pair.relation) == (Verdict.OVERLAP, Relation.DIVERGED)
