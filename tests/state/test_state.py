"""The place of state: which directory, whether it can be used, and what is said if not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from taskpar_ml import state as state_module
from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.taskset import Notice
from taskpar_ml.private_directory import distrust
from taskpar_ml.state import State, beside, of_user, opened
from tests.support.processes import bound_by_permissions, run_python

HERE = Path("/src/shop/.git")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(state_module, "user_state_path", lambda name: tmp_path / name)
    return tmp_path / "taskpar"


def test_room_is_beside_a_git_directory_of_the_usual_name_only():
    assert beside(HERE) == Path("/src/shop/.taskpar")
    for other in ("/srv/shop.git", "/src/top/.git/modules/shop", "/src/.bare"):
        assert beside(Path(other)) is None


def test_the_users_directory_is_readable_and_one_per_repository(home):
    found = of_user(HERE)
    assert found.parent == home
    assert found.name.startswith("shop-")
    assert found == of_user(HERE)
    assert found.name != of_user(Path("/other/shop/.git")).name
    assert of_user(Path("/srv/git/shop.git")).name.startswith("shop-")


@pytest.mark.parametrize(
    ("common", "name"),
    [
        ("/.git", "root"),
        ("/src/../..", "root"),
        ("/src/-- né \udce9\n/.git", "n"),
        ("/src/" + "x" * 200 + "/.git", "x" * 40),
        ("/src/.hidden/.git", "hidden"),
    ],
)
def test_any_path_makes_a_plain_name(common, name):
    assert of_user(Path(common)).name.rpartition("-")[0] == name


def test_an_opened_state_is_private_and_remembers(home):
    state = opened(of_user(HERE))
    assert state.directory == of_user(HERE)
    assert state.directory.stat().st_mode & 0o777 == 0o700
    assert state.notices == ()
    state.cache.put("a", {b"k": b"v"})
    again = opened(of_user(HERE))
    assert again.cache.get("a", [b"k"]) == {b"k": b"v"}
    assert state.arrays is not None
    state.arrays.save("a", "k", {"x": np.ones(2)})
    assert sorted(path.name for path in state.directory.iterdir() if "-" not in path.name) == [
        "arrays",
        "facts.sqlite",
        "facts.sqlite.lock",
    ]


def test_without_a_directory_nothing_is_remembered():
    state = State()
    assert (state.directory, state.cache, state.arrays, state.notices) == (None, NO_CACHE, None, ())


def test_what_is_known_of_the_place_is_said_first_and_the_trouble_of_the_cache_when_met(tmp_path):
    said = Notice("somewhere", "beware.")
    state = opened(tmp_path / "state", [said])
    (tmp_path / "state" / "facts.sqlite").mkdir()
    assert state.notices == (said,)
    assert state.cache.get("a", [b"k"]) == {}
    assert state.notices[0] == said
    assert state.notices[1].place == str(tmp_path / "state" / "facts.sqlite")
    assert "nothing is remembered between commands: Is a directory" in state.notices[1].text


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.write_text("x"), "File exists"),
        (lambda path: path.symlink_to(path.parent), "it is a symbolic link"),
        (lambda path: path.symlink_to("nowhere"), "File exists"),
        (lambda path: (path.mkdir(), path.chmod(0o777)), "everybody may write there"),
    ],
)
def test_a_place_that_cannot_be_used_is_no_error_and_said(tmp_path, make, reason):
    make(tmp_path / "state")
    state = opened(tmp_path / "state")
    assert (state.directory, state.cache) == (None, NO_CACHE)
    (notice,) = state.notices
    assert notice.place == str(tmp_path / "state")
    assert notice.text.startswith(f"nothing is remembered between commands: {reason}.")


def test_without_a_home_directory_nothing_is_remembered():
    (notice,) = opened(Path("~/.local/state/taskpar/shop")).notices
    assert "there is no home directory" in notice.text
    assert not Path("~").exists()


OPENING = """
import sys
from pathlib import Path
from taskpar_ml.state import opened
state = opened(Path(sys.argv[1]))
print(state.directory is None, [notice.text.split(". ")[0] for notice in state.notices])
"""


def test_permissions_that_forbid_writing_are_said(tmp_path):
    (tmp_path / "made").mkdir(mode=0o500)
    for place, reason in (("made", "it cannot be written to"), ("made/x", "Permission denied")):
        answer = run_python(OPENING, tmp_path / place, before=bound_by_permissions)
        assert answer == f"True ['nothing is remembered between commands: {reason}']\n"


def test_a_directory_of_another_user_is_not_trusted(tmp_path, monkeypatch):
    assert distrust(tmp_path) is None
    monkeypatch.setattr("os.geteuid", lambda: tmp_path.stat().st_uid + 1)
    assert distrust(tmp_path) == "it belongs to another user"
    (notice,) = opened(tmp_path).notices
    assert "it belongs to another user" in notice.text
