"""How many lines a landing changed, and that git counts the same."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from taskpar_ml.errors import MissingObjectError
from taskpar_ml.history import changed_lines as counting
from taskpar_ml.history.changed_lines import changed_lines
from taskpar_ml.history.landings import landings_until
from taskpar_ml.history.view import HistoryView
from tests.conftest import Git
from tests.support.histories import HOUR, History

BODY = "".join(f"line {number}\n" for number in range(40))


def counted(place: Path) -> list[int]:
    log = landings_until(place)
    return [changed_lines(HistoryView.at(place, "HEAD"), each) for each in log.landings]


@pytest.fixture
def grown(history: History) -> History:
    history.commit("Start", {"a.py": "1\n2\n3\n", "b.py": BODY})
    history.commit("Replace and append", {"a.py": "1\ntwo\n3\n4\n"})
    history.commit("Move and edit", {"b.py": None, "src/b.py": BODY + "end\n"})
    history.commit("Picture", {"logo.png": b"\x89PNG\0\0"})
    history.commit("No newline at the end", {"a.py": "1\ntwo\n3\n4"})
    history.commit("Remove", {"a.py": None})
    tip = history.branch(("One", {"c.py": "1\n"}), ("Two", {"c.py": "1\n2\n", "d.py": "1\n"}))
    history.merge("Merge pull request #7 from bob/c\n\nAdd c and d", tip)
    return history


def test_added_and_deleted_lines_count(grown):
    assert counted(grown.place) == [43, 3, 1, 0, 2, 4, 3]


def test_git_counts_the_same(grown, git: Git):
    for landing, lines in zip(
        landings_until(grown.place).landings, counted(grown.place), strict=True
    ):
        options = ["--numstat", "-M", "-z"]
        ends = [landing.base, landing.id] if landing.base else [git_root(git, grown), landing.id]
        told = git(grown.place, "diff", *options, *ends)
        numbers = [row.split("\t")[:2] for row in told.split("\0") if row.count("\t") == 2]
        assert lines == sum(int(each) for row in numbers for each in row if each != "-")


def git_root(git: Git, history: History) -> str:
    return git(history.place, "hash-object", "-t", "tree", "-w", os.devnull)


def test_joined_pushes_are_compared_as_a_whole(history):
    history.commit("Start", {"a.py": "1\n"})
    history.commit("Try", {"a.py": "1\n2\n3\n"})
    history.commit("Take back", {"a.py": "1\n", "b.py": "1\n"}, after=HOUR)
    assert counted(history.place) == [1, 1]


def test_what_lies_beyond_the_bounds_is_no_line(history, monkeypatch):
    monkeypatch.setattr(counting, "MAX_FILE_BYTES", 30)
    monkeypatch.setattr(counting, "MAX_LANDING_BYTES", 50)
    history.commit("Start", {"large.txt": "1\n" * 16, "a": "1\n" * 12, "b": "1\n" * 12, "c": "1\n"})
    assert counted(history.place) == [12 + 12 + 1]
    history.commit("More", {"d": "1\n" * 14, "e": "1\n" * 14, "f": "1\n"})
    assert counted(history.place)[1] == 14 + 1


def test_links_and_submodules_have_no_lines(new_repository, git: Git):
    place = new_repository({"a": "1\n"})
    (place / "link").symlink_to("a")
    git(place, "add", "link")
    commit = git(place, "rev-parse", "HEAD")
    git(place, "update-index", "--add", "--cacheinfo", f"160000,{commit},module")
    git(place, "commit", "-q", "-m", "Link and module")
    (landing,) = landings_until(place).landings  # pushes within the hour are one task
    assert landing.paths == ("a", "link", "module")
    assert changed_lines(HistoryView.at(place, "HEAD"), landing) == 1


def test_a_file_that_the_clone_lacks_is_named(grown, git: Git, tmp_path):
    options = ["--bare", "--filter=blob:none", "--no-tags"]
    git(grown.place, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", *options, grown.place.as_uri(), "partial.git")
    partial = tmp_path / "partial.git"
    landing = landings_until(partial).landings[-1]
    with pytest.raises(MissingObjectError, match=f"changed by {landing.id}"):
        changed_lines(HistoryView.at(partial, "HEAD"), landing)
