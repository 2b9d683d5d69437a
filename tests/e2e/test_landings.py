"""The landings command: what landed up to a commit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.histories import History


@pytest.fixture
def history(tmp_path: Path) -> History:
    """Return a small history: a start, a merged task, a release."""
    made = History(tmp_path / "shop.git")
    made.commit("Start", {"a.py": "1\n"})
    tip = made.branch(("Retry", {"a.py": "2\n", "b\x1b[31m.py": "1\n"}))
    made.merge("Merge pull request #7 from bob/retry\n\nRetry uploads", tip)
    made.commit("v1.1.0", {"VERSION": "1.1.0\n"})
    return made


def shown(taskpar, *arguments: object) -> dict:
    ran = taskpar("landings", *arguments, "--json")
    assert ran.status == 0, ran.err
    document = json.loads(ran.out)
    assert document["schema_version"] == 1
    return document["data"]


def test_tasks_automation_and_hot_files_are_told(taskpar, history):
    data = shown(taskpar, "--repo", history.place)
    assert (data["commits"], data["landings"], data["tasks"]) == (3, 3, 2)
    assert data["commit"] == history.head
    assert [shape["shape"] for shape in data["shapes"]] == ["github-merge", "direct"]
    assert data["automation"] == [{"rule": "release", "landings": 1, "examples": ["v1.1.0"]}]
    assert data["hot_files"][0]["path"] == "a.py"
    assert data["hot_files"][0]["tasks"] == 2
    assert data["first_at"].endswith("Z")


def test_a_commit_and_a_limit_bound_what_is_looked_at(taskpar, history):
    assert shown(taskpar, "--repo", history.place, "--at", "HEAD~1")["landings"] == 2
    limited = shown(taskpar, "--repo", history.place, "--limit", "1")
    assert (limited["landings"], limited["tasks"], limited["commits"]) == (1, 0, 1)
    assert limited["first_at"] is None


def test_a_person_reads_tables_without_control_characters(taskpar, history):
    out = taskpar("landings", "--repo", history.place).out
    assert "2 tasks in 3 landings (67%), out of 3 first-parent commits." in out
    assert "2023-11-21 to 2023-12-05; 2 authors; 0 tasks joined from direct pushes." in out
    assert "release" in out
    assert "\x1b" not in out


def test_the_settings_of_the_repository_count(taskpar, tmp_path, new_repository):
    root = new_repository({"a": "1"})
    (root / "taskpar.toml").write_text('[automation]\ntitles = ["commit*"]\n', encoding="utf-8")
    data = shown(taskpar, "--repo", root)
    assert (data["landings"], data["tasks"]) == (1, 0)
    assert data["automation"][0]["rule"] == "configured"


def test_a_shallow_clone_is_said_to_be_one(taskpar, history, git, tmp_path):
    git(tmp_path, "clone", "-q", "--bare", "--depth", "2", history.place.as_uri(), "clone.git")
    data = shown(taskpar, "--repo", tmp_path / "clone.git")
    assert data["landings"] == 1
    assert "shallow" in data["notices"][0]
    assert "shallow" in taskpar("landings", "--repo", tmp_path / "clone.git").out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--at", "nowhere"], "'nowhere' does not exist"),
        (["--limit", "0"], "--limit"),
    ],
)
def test_what_makes_no_sense_is_refused(taskpar, history, arguments, problem):
    ran = taskpar("landings", "--repo", history.place, *arguments)
    assert ran.status == 1
    assert problem in ran.err
