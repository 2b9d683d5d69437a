"""Files of a commit written elsewhere: all of them, nothing else, and nothing of git."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from taskpar_ml.errors import OutputError
from taskpar_ml.repo import export
from taskpar_ml.repo.export import export_files
from taskpar_ml.repo.snapshot import RepoSnapshot
from tests.support.clashes import LINK, PROGRAM
from tests.support.grown_shop import everything
from tests.support.histories import History


def held(place):
    """Return path to content below a directory; links as what they say."""
    found = {}
    for directory, names, files in os.walk(place):
        for name in (*files, *(each for each in names if os.path.islink(f"{directory}/{each}"))):
            path = Path(directory, name)
            key = os.path.relpath(path, place)
            found[key] = os.readlink(path) if path.is_symlink() else path.read_bytes()
    return found


def exported(history, place, commit=None):
    place.mkdir()
    snapshot = RepoSnapshot.at(history.place, commit or history.head)
    return export_files(snapshot, place), held(place)


def test_the_files_of_the_commit_are_there_and_no_others(tmp_path):
    history = History(tmp_path / "repository")
    first = history.commit("one", {"a.txt": "1\r\n", "src/b.py": "2", "caf\udce9": b"\0\xff"})
    history.commit("two", {"a.txt": "later", "c": "3", "src/b.py": None})
    before = everything(tmp_path / "repository")
    count, found = exported(history, tmp_path / "out", first)
    assert found == {"a.txt": b"1\r\n", "src/b.py": b"2", "caf\udce9": b"\0\xff"}
    assert count == 3
    assert everything(tmp_path / "repository") == before


def test_programs_can_be_run_and_links_lead_within(tmp_path):
    history = History(tmp_path / "repository")
    history.commit(
        "all",
        {
            "run": (PROGRAM, "#!/bin/sh\n"),
            "plain": "x",
            "src/near": (LINK, "../plain"),
            "src/out": (LINK, "../../secret"),
            "root": (LINK, "/etc/passwd"),
            "here": (LINK, "."),
            "through": (LINK, "here/../../secret"),
        },
    )
    _, found = exported(history, tmp_path / "out")
    assert found == {
        "run": b"#!/bin/sh\n",
        "plain": b"x",
        "src/near": "../plain",
        "here": ".",
    }
    assert os.access(tmp_path / "out" / "run", os.X_OK)
    assert not os.access(tmp_path / "out" / "plain", os.X_OK)


@pytest.mark.parametrize("name", [".git", ".GIT", "git~1", ".git ", "sub/.git"])
def test_nothing_is_taken_for_a_git_directory(tmp_path, name):
    history = History(tmp_path / "repository")
    config = "[core]\n\tfsmonitor = touch /tmp/never\n"
    history.commit("all", {f"{name}/config": config, ".gitignore": "x", "a": "1"})
    _, found = exported(history, tmp_path / "out")
    assert found == {".gitignore": b"x", "a": b"1"}


def test_submodules_large_and_missing_files_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "MAX_EXPORTED_FILE", 10)
    history = History(tmp_path / "repository")
    module = (0o160000, bytes(20))
    history.commit("all", {"a": "1" * 10, "b": "1" * 11, "gone": "lost", "sub": module})
    lost = subprocess.run(
        ["git", "rev-parse", "HEAD:gone"], cwd=history.place, capture_output=True, text=True
    ).stdout.strip()
    (history.place / "objects" / lost[:2] / lost[2:]).unlink()
    _, found = exported(history, tmp_path / "out")
    assert found == {"a": b"1" * 10}


def test_no_file_is_written_through_a_link(tmp_path):
    """A damaged tree holds a link and a directory of one name."""
    history = History(tmp_path / "repository")
    (tmp_path / "away").mkdir()
    write = history.repository.write
    blob = history.repository.create_blob(b"stolen").raw
    target = history.repository.create_blob(b"sub").raw
    inner = write(2, b"100644 file\0" + blob)
    tree = write(2, b"40000 d\0" + inner.raw + b"120000 d\0" + target + b"40000 sub\0" + inner.raw)
    who = b"A <a@example.org> 1 +0000"
    commit = write(
        1, b"tree " + str(tree).encode() + b"\nauthor " + who + b"\ncommitter " + who + b"\n\nx"
    )
    (tmp_path / "out").mkdir()
    export_files(RepoSnapshot.at(history.place, str(commit)), tmp_path / "out")
    assert held(tmp_path / "out") == {"d/file": b"stolen", "sub/file": b"stolen"}


def test_no_link_is_made_through_a_link(tmp_path):
    """Where it would come to lie, it would lead further up than where it was recorded."""
    history = History(tmp_path / "repository")
    write, blob = history.repository.write, history.repository.create_blob
    up, here = blob(b"../secret").raw, blob(b".").raw
    inner = write(2, b"120000 link\0" + up)
    tree = write(2, b"120000 d\0" + here + b"40000 d\0" + inner.raw)
    who = b"A <a@example.org> 1 +0000"
    commit = write(
        1, b"tree " + str(tree).encode() + b"\nauthor " + who + b"\ncommitter " + who + b"\n\nx"
    )
    (tmp_path / "out").mkdir()
    export_files(RepoSnapshot.at(history.place, str(commit)), tmp_path / "out")
    assert held(tmp_path / "out") == {"d": "."}


def test_no_room_is_said(tmp_path, monkeypatch):
    history = History(tmp_path / "repository")
    history.commit("all", {"a": "1"})

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    snapshot = RepoSnapshot.at(history.place, history.head)
    monkeypatch.setattr(export.os, "makedirs", full)
    with pytest.raises(OutputError, match=r"temporary directory: No space left.*TMPDIR"):
        export_files(snapshot, tmp_path)
