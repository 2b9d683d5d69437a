"""What of a main line is paired, and what replay leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.support.histories import BOB, HOUR, History
from tests.support.listing import state
from tests.support.merging import LONG
from tests.support.replays import (
    by_hunks,
    clean,
    conflict,
    kinds_of,
    lands,
    mined_tasks,
    pairs_of,
    sets,
    unknown,
)


def test_the_root_has_no_pairs(history: History) -> None:
    root, first, second = lands(history, {"a": LONG}, {"a": sets(3)}, {"a": sets(9)})
    assert [task.task for task in mined_tasks(history.place)] == [first, second]
    assert set(pairs_of(history.place)) == {(first, second)}
    assert root not in {first, second}


def test_pairs_are_those_of_a_window_the_nearest_first(history: History) -> None:
    ids = lands(history, {"a": LONG}, *({"a": sets(at)} for at in range(0, 12, 2)))[1:]
    mined = mined_tasks(history.place, window=3)
    assert [[pair.earlier for pair in task.pairs] for task in mined] == [
        [ids[before] for before in range(at - 1, max(at - 4, -1), -1)] for at in range(6)
    ]
    assert all(pair.later == task.task for task in mined for pair in task.pairs)


def test_pushes_of_one_author_are_one_task(history: History) -> None:
    history.commit("Start", {"a": LONG, "b": LONG})
    history.commit("Step one", {"a": sets(3)(LONG)})
    one = history.commit("Step two", {"b": sets(3)(LONG)}, after=HOUR)
    two = history.commit("Other", {"a": sets(3, to="again")(LONG)}, author=BOB)
    history.commit("Step three", {"b": sets(9)(sets(3)(LONG))})
    three = history.commit("Step four", {"a": sets(9)(LONG)}, after=HOUR)
    pairs = pairs_of(history.place)
    assert set(pairs) == {(one, two), (one, three), (two, three)}
    assert pairs[one, two].files == (conflict("a"),)
    assert pairs[one, three].files[1] == clean("b")


def test_what_a_task_undid_itself_is_no_change(history: History) -> None:
    history.commit("Start", {"a": LONG, "b": LONG})
    history.commit("Step one", {"a": sets(3)(LONG), "b": sets(3)(LONG)})
    one = history.commit("Step two", {"a": LONG}, after=HOUR)
    two = history.commit("Other", {"a": sets(3)(LONG)}, author=BOB)
    assert pairs_of(history.place)[one, two].files == ()


def test_automation_is_between_and_never_paired(history: History) -> None:
    many = {f"d/{at}": f"{at}\n" for at in range(70)}
    _, a, large, b = lands(
        history,
        {"a": LONG, **many},
        {"a": sets(3)},
        {"a": sets(0), **{path: f"{text}more\n" for path, text in many.items()}},
        {"a": sets(3, to="again"), "d/0": "changed\n"},
    )
    pairs = pairs_of(history.place)
    assert set(pairs) == {(a, b)}
    assert large not in {a, b}
    assert pairs[a, b].files == (conflict("a"),)


def object_file(history: History, oid: str) -> Path:
    return history.place / "objects" / oid[:2] / oid[2:]


def blob_of(history: History, commit: str, path: str) -> str:
    return str(history.repository[commit].tree[path].id)


THREE = {"a": LONG, "b": LONG.replace("line", "text"), "c": LONG.replace("line", "word")}


def test_a_missing_content_makes_the_files_unknown(history: History) -> None:
    _, a, b, c, d = lands(
        history,
        THREE,
        {"a": sets(3), "b": sets(3)},
        {"a": sets(15), "b": sets(3, to="again")},
        {"b": sets(3, to="third")},
        {"c": sets(3)},
    )
    object_file(history, blob_of(history, a, "a")).unlink()
    pairs = pairs_of(history.place)
    assert pairs[a, b].files == (unknown("a"), unknown("b"))
    assert kinds_of(pairs[a, b]) == {"unknown"}
    # What needs no lost content is known as ever.
    assert pairs[b, c].files == (conflict("b"),)
    assert pairs[a, d].files == pairs[b, d].files == ()


def test_a_missing_content_of_a_file_that_only_one_changed_matters_not(history: History) -> None:
    steps = {"a": sets(3), "b": sets(3)}, {"b": sets(3, to="again")}
    _, a, b = lands(history, THREE, *steps)
    object_file(history, blob_of(history, a, "a")).unlink()
    assert pairs_of(history.place)[a, b].files == (conflict("b"),)


def test_missing_attributes_make_the_files_unknown(history: History) -> None:
    rules = {".gitattributes": "a -merge\n"}, {".gitattributes": "a merge=union\n"}
    steps = {"a": sets(3)}, {"a": sets(9)}, {**rules[1], "b": sets(0)}, {"b": sets(0, to="x")}
    ids = lands(history, {**THREE, **rules[0]}, *steps)
    object_file(history, blob_of(history, ids[0], ".gitattributes")).unlink()
    pairs = pairs_of(history.place)
    assert pairs[ids[1], ids[2]].files == (unknown("a"),)
    assert pairs[ids[3], ids[4]].files == (conflict("b"),)
    assert pairs[ids[1], ids[4]].files == ()


def test_what_is_not_known_of_landings_in_between_does_not_mislead(history: History) -> None:
    """A lost tree leaves out two landings; what they changed shows in the one after them."""
    base = {"a": LONG, ".gitattributes": ""}
    lost = {"a": sets(3, to="other"), ".gitattributes": "a -merge\n"}
    back = {"a": sets(3, to="other"), ".gitattributes": ""}
    steps = {"a": sets(3, 9)}, lost, back, {"a": sets(3, to="third")}, {"a": sets(15)}
    ids = lands(history, base, *steps)
    object_file(history, str(history.repository[ids[2]].tree_id)).unlink()
    pairs = pairs_of(history.place)
    assert set(pairs) == {(ids[1], ids[4]), (ids[1], ids[5]), (ids[4], ids[5])}
    assert pairs[ids[1], ids[4]].files == (by_hunks("a", "conflict"),)
    assert pairs[ids[1], ids[5]].files == (by_hunks("a", "clean"),)
    assert pairs[ids[4], ids[5]].files == (clean("a"),)


def test_nothing_in_the_repository_changes(history: History) -> None:
    lands(
        history,
        {"a": LONG, "b": LONG, ".gitattributes": "*.txt merge=union\n"},
        {"a": sets(3), "b": sets(5)},
        {"a": None, "m": sets(3)(LONG)},
        {"b": sets(5, to="other")},
        {"m": sets(3, to="again"), "b": sets(5, to="third")},
        {"m": sets(15), "b": sets(15)},
    )
    before = state(history.place)
    assert len(mined_tasks(history.place)) == 5
    assert state(history.place) == before


def test_a_clone_without_contents_knows_which_pairs_share_nothing(
    history: History, git: Callable[..., str], tmp_path: Path
) -> None:
    steps = {"a": sets(3)}, {"a": None, "m": LONG}, {"b": sets(5)}, {"b": sets(9)}, {"c": sets(1)}
    ids = lands(history, {**THREE, ".gitattributes": "* text\n"}, *steps)
    git(history.place, "config", "uploadpack.allowFilter", "true")
    options = ("--bare", "--filter=blob:none")
    git(tmp_path, "clone", "-q", *options, history.place.as_uri(), "partial")
    pairs = pairs_of(tmp_path / "partial")
    assert pairs[ids[1], ids[2]].files == (unknown("a"),)
    assert pairs[ids[3], ids[4]].files == (unknown("b"),)
    shared = {(ids[1], ids[2]), (ids[3], ids[4])}
    assert all(pair.files == () for ends, pair in pairs.items() if ends not in shared)
    assert len(pairs) == 10
