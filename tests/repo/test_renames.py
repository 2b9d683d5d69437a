"""Which deleted and added files are the same file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pygit2
import pytest

from taskpar_ml.errors import MissingObjectError
from taskpar_ml.repo import renames
from taskpar_ml.repo.changes import Changes, tree_changes
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.renames import RenameFinder
from taskpar_ml.repo.similarity import signature, similarity
from tests.support.merging import LONG, Content, changed, link, write_commit

NOTHING = Changes()


@contextmanager
def finder(
    root: Path, before: Mapping[str, Content], after: Mapping[str, Content]
) -> Iterator[tuple[RenameFinder, Changes]]:
    repository = pygit2.init_repository(root, bare=True)
    trees = [repository[write_commit(repository, files)].tree_id.raw for files in (before, after)]
    reader = ObjectReader(repository, place="here")
    changes = tree_changes(reader, *trees, place="here")
    yield RenameFinder(changes, reader, place="here"), changes


def found(
    root: Path, before: Mapping[str, Content], after: Mapping[str, Content]
) -> dict[str, str]:
    with finder(root, before, after) as (search, changes):
        return search.renames(changes.deleted.keys(), NOTHING)


def test_a_file_that_moved(tmp_path):
    assert found(tmp_path, {"a": "x\n", "b": "b\n"}, {"c/d": "x\n", "b": "b\n"}) == {"a": "c/d"}


def test_half_of_it_must_have_stayed(tmp_path):
    half = LONG.splitlines(keepends=True)
    most, least = "".join(half[:11]), "".join(half[:9])
    rest = "".join(f"other {number}\n" for number in range(9))
    assert found(tmp_path / "1", {"a": LONG}, {"b": most + rest}) == {"a": "b"}
    assert found(tmp_path / "2", {"a": LONG}, {"b": least + rest + rest}) == {}


def test_a_short_file_can_be_renamed_and_edited(tmp_path):
    assert found(tmp_path, {"a": "one\ntwo\n"}, {"b": "one\ntwo\nx\n"}) == {"a": "b"}


def test_an_empty_file_is_never_renamed(tmp_path):
    assert found(tmp_path, {"a": ""}, {"b": ""}) == {}


def test_a_link_is_renamed_only_as_it_is(tmp_path):
    assert found(tmp_path / "1", {"a": link("x" * 99)}, {"b": link("x" * 99)}) == {"a": "b"}
    assert found(tmp_path / "2", {"a": link("x" * 99)}, {"b": link("x" * 98)}) == {}
    assert found(tmp_path / "3", {"a": "same"}, {"b": link("same")}) == {}


def test_of_equal_files_each_goes_where_its_name_is(tmp_path):
    before = {"a/one": "x\n", "a/two": "x\n"}
    after = {"b/two": "x\n", "c/one": "x\n"}
    assert found(tmp_path, before, after) == {"a/one": "c/one", "a/two": "b/two"}


def test_a_unique_name_comes_before_a_better_likeness(tmp_path):
    kept = changed(changed(LONG, 0), 1)
    after = {"new/f": kept, "new/g": changed(LONG, 0)}
    assert found(tmp_path, {"old/f": LONG}, after) == {"old/f": "new/f"}


def test_the_most_similar_wins_where_no_name_stayed(tmp_path):
    after = {"b": changed(changed(LONG, 0), 1), "c": changed(LONG, 0)}
    assert found(tmp_path, {"a": LONG}, after) == {"a": "c"}


def test_line_ends_do_not_count_in_text(tmp_path):
    assert found(tmp_path, {"a": LONG}, {"b": LONG.replace("\n", "\r\n")}) == {"a": "b"}


def test_only_what_was_asked_for_is_answered_and_compared(tmp_path):
    before = {"a": LONG, "b": LONG.replace("line", "row")}
    after = {"c": changed(LONG, 3), "d": changed(LONG.replace("line", "row"), 3)}
    with finder(tmp_path, before, after) as (search, _):
        assert search.renames({"b"}, NOTHING) == {"b": "d"}
        assert search.renames(set(), NOTHING) == {}


def test_too_many_to_compare_is_said_and_equal_ones_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(renames, "MAX_COMPARED", 3)
    before = {"a": LONG, "b": LONG.replace("line", "row"), "c": "moved\n"}
    after = {"x": changed(LONG, 1), "y": changed(before["b"], 1), "z": "moved\n"}
    with finder(tmp_path, before, after) as (search, changes):
        assert search.renames(changes.deleted.keys(), NOTHING) == {"c": "z"}
        assert search.cut_short


def test_too_much_to_compare_is_said(tmp_path, monkeypatch):
    before, after = {"a": LONG}, {"x": changed(LONG, 1)}
    monkeypatch.setattr(renames, "MAX_COMPARED_TOTAL", len(LONG))
    with finder(tmp_path, before, after) as (search, changes):
        assert search.renames(changes.deleted.keys(), NOTHING) == {}
        assert search.cut_short


def test_kept_names_are_followed_through_any_number_of_files(tmp_path, monkeypatch):
    before = {f"x/{number}": changed(LONG, 1, f"{number}") for number in range(5)}
    after = {path.replace("x", "y"): changed(each, 2) for path, each in before.items()}
    monkeypatch.setattr(renames, "MAX_COMPARED_TOTAL", 3 * len(LONG))
    assert found(tmp_path, before, after) == {f"x/{number}": f"y/{number}" for number in range(5)}


def test_without_another_side_equal_files_go_in_order_of_their_paths(tmp_path):
    with finder(tmp_path, {"d/a": "x\n", "e": "x\n"}, {"f": "x\n"}) as (search, changes):
        assert search.renames(changes.deleted.keys()) == {"d/a": "f"}
        assert search.renames(changes.deleted.keys(), NOTHING) == {"e": "f"}


def test_a_large_file_is_the_same_only_if_it_is_equal(tmp_path, monkeypatch):
    monkeypatch.setattr(renames, "MAX_COMPARED_BYTES", 20)
    assert found(tmp_path / "1", {"a": LONG}, {"b": LONG}) == {"a": "b"}
    assert found(tmp_path / "2", {"a": LONG}, {"b": changed(LONG, 0)}) == {}


def test_a_missing_content_is_an_error_that_names_it(tmp_path):
    with finder(tmp_path, {"a": LONG}, {"b": changed(LONG, 0)}) as (search, changes):
        lost = changes.deleted["a"].id.hex()
        (tmp_path / "objects" / lost[:2] / lost[2:]).unlink()
        with pytest.raises(MissingObjectError, match=f"object {lost} is missing"):
            search.renames({"a"}, NOTHING)


def test_long_lines_are_compared_in_pieces():
    one, other = b"x" * 640 + b"\n", b"x" * 320 + b"y" * 320 + b"\n"
    assert similarity(signature(one), signature(other), least=0.4) == pytest.approx(321 / 641)


def test_the_larger_file_counts_and_order_does_not():
    small, large = signature(b"a\nb\n"), signature(b"a\nb\nc\n")
    assert similarity(small, large, least=0) == similarity(large, small, least=0) == 4 / 6
    assert similarity(small, large, least=0.7) == 0
