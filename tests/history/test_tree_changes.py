"""Which files differ between two commits, and which of them were renamed."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pygit2
import pytest

from taskpar_ml.domain.landing import ChangeStatus, FileChange
from taskpar_ml.history import landings_until, tree_changes
from taskpar_ml.history.renames import MAX_COMPARED_BYTES, find_renames
from taskpar_ml.history.tree_changes import compare_trees
from taskpar_ml.repo.objects import ObjectReader
from tests.support.histories import History

LINES = [f"line {number}\n" for number in range(20)]


def text(*numbers: int) -> str:
    return "".join(LINES[number] for number in numbers)


def changes_of(history: History, before: dict[str, object], after: dict[str, object]) -> str:
    """Return what git would call the change, ``R old>new`` for renames."""
    history.commit("Before", before)  # type: ignore[arg-type]
    gone = {path: None for path in before if path not in after}
    history.commit("After", {**gone, **after})  # type: ignore[arg-type]
    changes = landings_until(history.place).landings[-1].changes
    return ", ".join(
        f"{each.status.name[0]} {each.old_path + '>' if each.old_path else ''}{each.path}"
        for each in changes
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": "1"}, {"a": "1", "b/c/d": "2"}, "A b/c/d"),
        ({"a": "1", "b": "1"}, {"a": "2", "b": "1"}, "M a"),
        ({"a/b": "1", "c": "2"}, {"c": "2"}, "D a/b"),
        ({"a": "1"}, {"a/b": "2"}, "D a, A a/b"),
        ({"a/b": "1"}, {"a": "2"}, "A a, D a/b"),
        # Renames: the same content, or half of the lines of the larger file.
        ({"a": text(1, 2)}, {"b": text(1, 2)}, "R a>b"),
        ({"a": text(1, 2, 3, 4)}, {"b": text(1, 2, 3, 5)}, "R a>b"),
        ({"a": text(1, 2, 3, 4)}, {"b": text(1, 2, 5, 6)}, "R a>b"),
        ({"a": text(1, 2, 3, 4)}, {"b": text(1, 5, 6, 7)}, "D a, A b"),
        ({"a": text(1, 2)}, {"b": text(1, 2, 3, 4, 5)}, "D a, A b"),
        ({"a": ""}, {"b": ""}, "D a, A b"),
        ({"a": text(1), "c": "1"}, {"a": text(1), "b": text(1), "c": "1"}, "A b"),
        # Of several candidates the most alike, then the one of the same name.
        ({"a": text(1, 2, 3, 4), "b": text(1, 2, 3, 5)}, {"c": text(1, 2, 3, 5)}, "D a, R b>c"),
        ({"x/a": text(1), "x/b": text(1)}, {"y/b": text(1)}, "D x/a, R x/b>y/b"),
        ({"x/a": text(1), "x/b": text(1)}, {"y/b": text(1), "z": text(1)}, "R x/b>y/b, R x/a>z"),
        (
            {"x/a": text(1, 2, 3), "x/b": text(1, 2, 4)},
            {"y/b": text(1, 2, 5)},
            "D x/a, R x/b>y/b",
        ),
        ({"x/a": text(1, 2), "x/b": text(3, 4)}, {"y/a": text(1, 2), "y/b": text(3, 4)},
         "R x/a>y/a, R x/b>y/b"),
        ({"é": text(1, 2)}, {"ü": text(1, 2)}, "R é>ü"),
    ],
)  # fmt: skip
def test_what_changed(history: History, before: dict, after: dict, expected: str) -> None:
    assert changes_of(history, before, after) == expected


def test_names_that_are_no_text_are_kept(history: History) -> None:
    index = history.repository.TreeBuilder()
    blob = history.repository.create_blob(b"1")
    index.insert("plain", blob, pygit2.enums.FileMode.BLOB)
    raw = history.repository[index.write()].read_raw().replace(b"plain", b"\xff\xfe\n\x1b.")
    tree = history.repository.write(pygit2.enums.ObjectType.TREE, raw)
    who = pygit2.Signature("A", "a@example.org", 1, 0)
    history.repository.create_commit("refs/heads/main", who, who, "Start", tree, [])
    (landing,) = landings_until(history.place).landings
    assert landing.changes == (FileChange("\udcff\udcfe\n\x1b.", ChangeStatus.ADDED),)


def test_permissions_links_and_submodules_are_changes(new_repository, git, tmp_path: Path) -> None:
    root = new_repository({"a": text(1, 2), "b": text(3, 4)})
    (root / "a").chmod(0o755)
    (root / "b").unlink()
    (root / "b").symlink_to("a")
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{'a' * 40},lib")
    git(root, "add", "a", "b")
    git(root, "commit", "-q", "-m", "Change", "--author", "B <b@example.org>")
    (landing,) = landings_until(root, limit=1).landings
    assert landing.changes == (
        FileChange("a", ChangeStatus.MODIFIED),
        FileChange("b", ChangeStatus.MODIFIED),
        FileChange("lib", ChangeStatus.ADDED),
    )


def test_a_link_is_not_renamed_into_a_file(new_repository, git) -> None:
    root = new_repository({"a": "target"})
    (root / "a").unlink()
    (root / "b").symlink_to("target")
    git(root, "add", "--all")
    git(root, "commit", "-q", "-m", "Change", "--author", "B <b@example.org>")
    changes = landings_until(root, limit=1).landings[0].changes
    assert [change.status for change in changes] == [ChangeStatus.DELETED, ChangeStatus.ADDED]


def test_large_files_are_renamed_only_unchanged(history: History) -> None:
    large = "x" * 80 + "\n"
    content = large * (MAX_COMPARED_BYTES // 81 + 1)
    assert changes_of(history, {"a": content}, {"b": content}) == "R a>b"
    assert changes_of(history, {"a": content}, {"c": content + "1"}) == "D a, A c"


def test_of_many_files_those_are_compared_that_keep_their_name(history: History) -> None:
    before = {f"x/{number}": text(*range(10)) + f"{number}" for number in range(60)}
    after = {f"y/{number}": text(*range(10)) + f"{number} more" for number in range(59)}
    after["y/other"] = text(*range(10)) + "59 more"
    shown = changes_of(history, before, after).split(", ")
    assert "R x/7>y/7" in shown
    assert "D x/59" in shown
    assert "A y/other" in shown
    assert len(shown) == 61


def test_git_finds_the_same_renames(new_repository, git) -> None:
    """On random changes of small files; git compares in the same way."""
    chance = random.Random(7)
    root = new_repository({f"f{number}": text(*range(number, number + 8)) for number in range(9)})
    for number in range(25):
        path = chance.choice([each for each in root.iterdir() if each.name != ".git"])
        lines = path.read_text().splitlines(keepends=True)
        lines[chance.randrange(len(lines))] = f"changed {number}\n"
        path.unlink()
        (root / f"{path.name[:2]}-{number}").write_text("".join(lines))
        git(root, "add", "--all")
        git(root, "commit", "-q", "--author", f"N{number} <{number}@example.org>", "-m", "Move")
    log = git(root, "log", "--reverse", "-M", "--format=", "--name-status", "--diff-filter=R")
    expected = [tuple(line.split("\t")[1:]) for line in log.splitlines() if line]
    found = [
        (change.old_path, change.path)
        for landing in landings_until(root).landings
        for change in landing.changes
        if change.old_path
    ]
    assert len(found) > 20
    assert found == expected


def tree_of(history: History, entries: dict[str, tuple[str, int]]) -> str:
    builder = history.repository.TreeBuilder()
    for name, (identity, mode) in entries.items():
        builder.insert(name, identity, mode)
    return str(builder.write())


def test_a_tree_that_unfolds_to_billions_takes_no_time(history: History) -> None:
    repository = history.repository
    inner = tree_of(history, {"f": (str(repository.create_blob(b"1")), 0o100644)})
    for _ in range(10):
        inner = tree_of(history, {f"{number}": (inner, 0o40000) for number in range(10)})
    who = pygit2.Signature("A", "a@example.org", 1, 0)
    start = history.commit("Start", {"a": "1"})
    repository.create_commit("refs/heads/main", who, who, "Bomb", inner, [start])
    begun = time.process_time()
    landing = landings_until(history.place).landings[-1]
    assert time.process_time() - begun < 5
    assert landing.automation == "large-change"
    assert len(landing.changes) <= 201


def test_empty_directories_without_end_take_no_time(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree_changes, "MAX_TREES", 100)
    inner = tree_of(history, {})
    for _ in range(10):
        inner = tree_of(history, {f"{number}": (inner, 0o40000) for number in range(10)})
    reader = ObjectReader(history.repository, place="here")
    changes = compare_trees(reader, None, pygit2.Oid(hex=inner))
    assert changes.bounded
    assert len(changes) == 0


def test_thousands_of_like_files_take_no_time(history: History) -> None:
    before = {f"x/{number}": "same\n" for number in range(1_500)}
    after = {f"y/{number}": "same\n" for number in range(1_500)}
    history.commit("Before", before)
    history.commit("After", {**dict.fromkeys(before, None), **after})
    reader = ObjectReader(history.repository, place="here")
    one, other = (history.repository.revparse_single(name).tree_id for name in ("main~1", "main"))
    changes = compare_trees(reader, one, other)
    begun = time.process_time()
    renames = find_renames(reader, changes)
    assert time.process_time() - begun < 0.5
    assert renames == {f"y/{number}": f"x/{number}" for number in range(1_500)}


def test_a_damaged_tree_is_said_to_be_unread(history: History) -> None:
    damaged = history.repository.write(pygit2.enums.ObjectType.TREE, b"100644 a\0too short")
    reader = ObjectReader(history.repository, place="here")
    assert compare_trees(reader, None, damaged).unread
    assert compare_trees(reader, None, pygit2.Oid(hex="1" * 40)).unread
