"""``taskpar check`` as a person and as a program calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.merging import LONG, changed

Git = Callable[..., str]


@pytest.fixture
def branches(new_repository: Callable[..., Path], git: Git) -> Path:
    root = new_repository({"f": LONG})
    for name, line in (("one", 3), ("two", 3), ("three", 12)):
        git(root, "checkout", "-q", "-b", name, "main")
        (root / "f").write_text(changed(LONG, line, name))
        git(root, "commit", "-q", "-a", "-m", name)
    git(root, "checkout", "-q", "main")
    return root


def test_a_conflict_is_exit_status_two(taskpar, branches):
    ran = taskpar("check", "one", "two", "--repo", branches)
    assert (ran.status, ran.err) == (2, "")
    assert "f: content" in ran.out
    assert ran.out.rstrip().endswith("conflict: of 3 pairs 1 conflict, 0 overlap, 2 apart")


def test_an_overlap_alone_is_exit_status_zero(taskpar, branches):
    ran = taskpar("check", "one", "three", "--repo", branches, "--onto", "main")
    assert ran.status == 0
    assert ran.out.rstrip().endswith("overlap: of 3 pairs 0 conflict, 1 overlap, 2 apart")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing to check was named"),
        (["one", "nowhere"], "'nowhere' does not exist. Known branches: main, one, three, two."),
        (["one", "--onto", "nowhere"], "'nowhere' does not exist"),
        (["--one"], "No such option"),
    ],
)
def test_an_error_is_exit_status_one(taskpar, branches, arguments, said):
    ran = taskpar("check", *arguments, "--repo", branches)
    assert (ran.status, ran.out) == (1, "")
    assert said in ran.err


def test_json_holds_the_whole_answer(taskpar, branches, git):
    ran = taskpar("check", "one", "two", "--repo", branches, "--onto", "main", "--json")
    assert ran.status == 2
    answer = json.loads(ran.out)
    assert answer["schema_version"] == 1
    data = answer["data"]
    assert set(data) == {
        *("repository", "onto", "onto_commit", "sides", "landings", "pairs", "notices", "verdict"),
    }
    assert data["sides"][0] == {
        **{"name": "one", "kind": "revision", "commit": git(branches, "rev-parse", "one")},
        **{"branch": None, "directory": None, "changed": 1, "uncommitted": 0},
    }
    modified = {"how": "modified", "path": "f", "old_path": None}
    assert data["pairs"] == [
        {
            **{"a": "one", "b": "two", "verdict": "conflict", "relation": "diverged"},
            "bases": [git(branches, "rev-parse", "main")],
            "shared": [{"path": "f", "a": modified, "b": modified}],
            "conflicts": [{"path": "f", "kind": "content", "path_a": "f", "path_b": "f"}],
        }
    ]
    assert [pair["verdict"] for pair in data["landings"]] == ["apart", "apart"]


def test_a_branch_that_begins_with_a_dash_follows_two_of_them(taskpar, branches, git):
    git(branches, "update-ref", "refs/heads/--json", "one")
    ran = taskpar("check", "--repo", branches, "--", "--json", "two")
    assert ran.status == 2
    assert "--json + two" in ran.out


def test_worktrees_take_part(taskpar, branches, git, tmp_path):
    git(branches, "worktree", "add", "-q", str(tmp_path / "linked"), "three")
    (tmp_path / "linked" / "f").write_text(changed(LONG, 3, "not committed"))
    ran = taskpar("check", "one", "--worktrees", "--repo", branches)
    assert ran.status == 2
    assert "linked/: on three, 1 uncommitted" in ran.out
    assert "one + linked/" in ran.out


def test_names_that_are_no_text_are_printed_all_the_same(taskpar, branches, git):
    for name in ("one", "two"):
        git(branches, "checkout", "-q", name)
        (branches / "caf\udce9").write_text(name)
        git(branches, "add", ".")
        git(branches, "commit", "-q", "-m", "odd name")
    assert r"caf\udce9: both-added" in taskpar("check", "one", "two", "--repo", branches).out
    ran = taskpar("check", "one", "two", "--repo", branches, "--json")
    (pair,) = json.loads(ran.out)["data"]["pairs"]
    assert pair["conflicts"][0]["path"] == "caf\udce9"
