"""Mining again: clones that are cut elsewhere than before, and pushes that grow."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from taskpar_ml.errors import MiningError
from tests.support.histories import ADA, HOUR
from tests.support.merging import LONG
from tests.support.mined import content, grow_crowded
from tests.support.replays import sets

GIT = ("git", "-c", "protocol.file.allow=always")


def cut_clone(source: Path, place: Path, *, depth: int) -> Path:
    """Clone the newest commits of a repository."""
    command = [*GIT, "clone", "-q", "--bare", "--depth", str(depth), source.as_uri(), str(place)]
    subprocess.run(command, check=True)
    return place


def deepen(clone: Path) -> None:
    """Fetch all that a clone lacks."""
    subprocess.run([*GIT, "-C", str(clone), "fetch", "-q", "--unshallow"], check=True)


@pytest.fixture
def anew(store, mined):
    """Compare what is stored with what mining a repository at once comes to."""

    def check(repo: Path) -> None:
        assert content(store.history("shop")) == content(mined(repo, name="anew"))

    return check


def test_a_clone_that_is_cut_later_takes_nothing_away(crowded, mined, anew, tmp_path):
    mined(crowded.place)
    mined(cut_clone(crowded.place, tmp_path / "clone.git", depth=40))
    anew(crowded.place)


def test_a_cut_clone_adds_what_is_new_with_whole_windows(tmp_path, mined, anew):
    grown = grow_crowded(tmp_path / "shop.git", landings=60)
    mined(grown.place)
    for number in range(100, 110):
        grown.commit(f"More {number} (#{number})", {"src/f0.py": f"{number}\n"})
    mined(cut_clone(grown.place, tmp_path / "clone.git", depth=30))
    anew(grown.place)


def test_a_clone_that_is_cut_too_late_is_refused(tmp_path, mined, anew):
    grown = grow_crowded(tmp_path / "shop.git", landings=60)
    mined(grown.place)
    for number in range(100, 130):
        grown.commit(f"More {number} (#{number})", {"src/f0.py": f"{number}\n"})
    clone = cut_clone(grown.place, tmp_path / "clone.git", depth=33)
    with pytest.raises(MiningError, match=r"begins too late.*git fetch --unshallow"):
        mined(clone)
    deepen(clone)
    mined(clone)
    anew(grown.place)


def test_a_cut_within_a_run_of_pushes_divides_it_until_it_is_deepened(tmp_path, mined, anew):
    grown = grow_crowded(tmp_path / "shop.git", landings=30)
    for number in range(30):
        grown.commit(f"Push {number}", {"src/f0.py": f"{number}\n"}, author=ADA, after=HOUR)
    grown.commit("Review (#900)", {"src/f0.py": "last\n"})
    clone = cut_clone(grown.place, tmp_path / "clone.git", depth=20)
    mined(clone)
    deepen(clone)
    mined(clone)
    anew(grown.place)


def test_tips_that_met_before_a_cut_are_merged_when_it_is_deepened(tmp_path, mined, anew):
    grown = grow_crowded(tmp_path / "shop.git", landings=30)
    grown.commit("Long (#800)", {"a": LONG})
    one = grown.branch(("One", {"a": sets(3)(LONG)}))
    two = grown.branch(("Two", {"a": sets(3, to="again")(LONG)}))
    for number in range(12):
        grown.commit(f"Between {number} (#81{number})", {"b": f"{number}\n"})
    grown.merge("Merge branch 'one'", one)
    grown.merge("Merge branch 'two'", two)
    clone = cut_clone(grown.place, tmp_path / "clone.git", depth=14)
    mined(clone)
    deepen(clone)
    mined(clone)
    anew(grown.place)


def test_a_run_that_comes_to_nothing_may_grow_too(tmp_path, mined, anew):
    grown = grow_crowded(tmp_path / "shop.git", landings=30)
    grown.commit("Try", {"b": "1\n"}, author=ADA)
    grown.commit("Take it back", {"b": None}, author=ADA, after=HOUR)
    mined(grown.place)
    grown.commit("Try again", {"b": "2\n"}, author=ADA, after=HOUR)
    grown.commit("Review (#900)", {"src/f0.py": "last\n"})
    mined(grown.place)
    anew(grown.place)
