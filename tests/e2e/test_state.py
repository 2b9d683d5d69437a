"""Where commands leave something behind, and where they must not."""

from __future__ import annotations

import json

import pygit2
import pytest

from taskpar_ml.cli.options import open_workspace


def everything(place):
    """Every path below a directory with its time and size."""
    return {
        str(path): (path.lstat().st_mtime_ns, path.lstat().st_size) for path in place.rglob("*")
    }


def commands(backlog):
    return (["plan", backlog], ["score", backlog], ["explain", "task-1", "task-2", backlog])


def test_reading_commands_write_nothing_into_a_repository_without_init(
    taskpar, shop, backlog, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    before = everything(shop)
    for command in commands(backlog):
        for also in ([], ["--working-tree"]):
            assert taskpar(*command, "--repo", shop, *also).status == 0
    assert everything(shop) == before
    (made,) = (tmp_path / "home" / "taskpar").iterdir()
    assert made.name.startswith(f"{shop.name}-")
    assert made.stat().st_mode & 0o777 == 0o700


@pytest.fixture
def cache_of(shop, backlog):
    """Return what facts a workspace remembers."""

    def open_with(state=None, **named):
        return open_workspace(
            [backlog],
            **{"repo": shop, "at": "HEAD", "working_tree": False, "tag": None} | named,
            state=state,
        ).snapshot.cache

    return open_with


def test_a_snapshot_remembers_from_one_opening_to_the_next(cache_of, shop, taskpar):
    cache_of().put("a", {b"k": b"v"})
    assert cache_of(working_tree=True).get("a", [b"k"]) == {b"k": b"v"}
    assert taskpar("init", "--repo", shop).status == 0
    assert cache_of().get("a", [b"k"]) == {}
    cache_of().put("a", {b"k": b"beside"})
    assert (shop / ".taskpar" / "facts.sqlite").exists()


def test_the_option_wins_over_the_variable_and_both_over_init(
    taskpar, shop, backlog, tmp_path, monkeypatch
):
    assert taskpar("init", "--repo", shop).status == 0
    monkeypatch.setenv("TASKPAR_STATE", str(tmp_path / "variable"))
    for command in commands(backlog):
        assert taskpar(*command, "--repo", shop).status == 0
    assert (tmp_path / "variable").is_dir()
    for number, command in enumerate(commands(backlog)):
        place = tmp_path / "option" / str(number)
        (tmp_path / "variable").rename(tmp_path / f"was-{number}")
        assert taskpar(*command, "--repo", shop, "--state", place).status == 0
        assert place.is_dir()
        assert not (tmp_path / "variable").exists()
        (tmp_path / f"was-{number}").rename(tmp_path / "variable")
    monkeypatch.setenv("TASKPAR_STATE", "")  # as good as none
    assert taskpar("plan", backlog, "--repo", shop).status == 0


def test_where_nothing_can_be_remembered_the_plan_is_made_and_says_so(
    taskpar, shop, backlog, tmp_path
):
    usual = json.loads(taskpar("plan", backlog, "--repo", shop, "--json").out)["data"]
    (tmp_path / "file").write_text("x")
    options = ["--repo", shop, "--state", tmp_path / "file" / "below"]
    told = json.loads(taskpar("plan", backlog, *options, "--json").out)["data"]
    (before,) = usual.pop("notices")
    assert "1 earlier tasks are known" in before
    (notice,) = set(told.pop("notices")) - {before}
    assert notice.startswith(f"{tmp_path}/file/below: nothing is remembered between commands")
    assert told == usual
    for command in commands(backlog):
        assert taskpar(*command, *options).status == 0


def test_a_place_that_cannot_hold_state_is_an_error(taskpar, shop, backlog):
    ran = taskpar("plan", backlog, "--repo", shop, "--state", backlog)
    assert ran.status == 1
    assert ran.err.startswith("error: --state or TASKPAR_STATE: ")


def test_state_that_came_with_the_repository_is_not_used_and_the_plan_says_so(
    taskpar, shop, backlog
):
    (shop / ".taskpar").mkdir()
    (shop / ".taskpar" / "facts.sqlite").write_bytes(b"planted")
    index = pygit2.Repository(str(shop)).index
    index.add(".taskpar/facts.sqlite")
    index.write()
    told = json.loads(taskpar("plan", backlog, "--repo", shop, "--json").out)["data"]["notices"]
    assert any("git tracks it: it came with the repository" in notice for notice in told)
    assert (shop / ".taskpar" / "facts.sqlite").read_bytes() == b"planted"
    ran = taskpar("init", "--repo", shop)
    assert ran.status == 1
    assert "git tracks it" in ran.err


def test_an_empty_state_directory_is_refused_and_nothing_is_written_here(
    taskpar, shop, backlog, tmp_path, monkeypatch
):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    ran = taskpar("plan", backlog, "--repo", shop, "--state", "")
    assert ran.status == 1
    assert "is empty. Name a directory" in ran.err
    assert list((tmp_path / "here").iterdir()) == []
