"""How `.gitattributes` decides about merges."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest

from taskpar_ml.checking import check_overlap
from taskpar_ml.domain.overlap import Verdict
from taskpar_ml.errors import MissingObjectError
from tests.support.merging import conflicts_of, fork, overlap_of

Git = Callable[..., str]
ADDED = {"log": "one\nmine\n"}, {"log": "one\ntheirs\n"}


@pytest.mark.parametrize(
    ("rule", "conflicts"),
    [
        ("log merge=union", {}),
        ("lo* merge=union", {}),
        ("log merge=text", {"log": "content"}),
        ("log merge", {"log": "content"}),
        ("log -merge", {"log": "binary"}),
        ("log binary", {"log": "binary"}),
        ("log merge=binary", {"log": "binary"}),
        ("log merge=of-their-own", {"log": "content"}),
        ("* merge=union\nlog !merge", {"log": "content"}),
        ("other merge=union", {"log": "content"}),
    ],
)
def test_the_line_to_land_on_chooses_the_driver(tmp_path: Path, rule: str, conflicts) -> None:
    base = {"log": "one\n", ".gitattributes": f"{rule}\n"}
    assert conflicts_of(overlap_of(tmp_path, base, *ADDED)) == conflicts


def test_nearer_attributes_win(tmp_path: Path) -> None:
    base = {
        ".gitattributes": "* merge=union\n",
        "d/.gitattributes": "f -merge\n",
        "d/f": "one\n",
        "e/f": "one\n",
    }
    a, b = (dict.fromkeys(("d/f", "e/f"), f"one\n{text}\n") for text in ("mine", "theirs"))
    assert conflicts_of(overlap_of(tmp_path, base, a, b)) == {"d/f": "binary"}


def test_a_side_cannot_bring_its_own(tmp_path: Path) -> None:
    a = {**ADDED[0], ".gitattributes": "log merge=union\n"}
    assert conflicts_of(overlap_of(tmp_path, {"log": "one\n"}, a, ADDED[1])) == {"log": "content"}


def test_attributes_that_are_missing_are_an_error_where_something_is_merged(tmp_path: Path) -> None:
    base = {"log": "one\n", "other": "x\n", ".gitattributes": "log merge=union\n"}
    start, *tips = fork(tmp_path, base, *ADDED, {"other": "y\n"})
    lost = str(pygit2.Repository(tmp_path)[start].tree[".gitattributes"].id)
    (tmp_path / "objects" / lost[:2] / lost[2:]).unlink()
    with pytest.raises(MissingObjectError, match=rf"object {lost} is missing.*\(.gitattributes\)"):
        check_overlap(tmp_path, tips[:2], onto=start)
    assert check_overlap(tmp_path, tips[1:], onto=start).verdict == Verdict.APART


def test_a_configured_driver_is_never_run(new_repository, git: Git, tmp_path: Path, taskpar):
    root = new_repository({"log": "one\n", ".gitattributes": "log merge=evil\n"})
    git(root, "config", "merge.evil.driver", f"touch {tmp_path}/run")
    for branch, text in (("a", "mine"), ("b", "theirs")):
        git(root, "checkout", "-q", "-b", branch, "main")
        (root / "log").write_text(f"one\n{text}\n")
        git(root, "commit", "-q", "-a", "-m", branch)
    assert taskpar("check", "a", "b", "--repo", root).status == 2
    assert not (tmp_path / "run").exists()
