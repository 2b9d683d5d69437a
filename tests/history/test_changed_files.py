"""Which files differ between two commits, and which of them were renamed."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pygit2
import pytest

from taskpar_ml.domain.landing import ChangeStatus, FileChange
from taskpar_ml.history import changed_files, landings_until
from taskpar_ml.repo.changes import Bounds
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


def test_a_mass_change_counts_up_to_a_bound(history: History) -> None:
    for directory in range(3):
        history.commit("More", {f"{directory}/{number}": "1" for number in range(4_100)})
    history.commit("Gone", dict.fromkeys(history.files[history.head]))
    landing = landings_until(history.place).landings[-1]
    assert landing.changed == 4_100
    assert len(landing.changes) == 200


def test_empty_directories_without_end_take_no_time(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changed_files, "MAX_CHANGED", Bounds(files=100, entries=1_000))
    inner = tree_of(history, {})
    for _ in range(10):
        inner = tree_of(history, {f"{number}": (inner, 0o40000) for number in range(10)})
    who = pygit2.Signature("A", "a@example.org", 1, 0)
    history.repository.create_commit("refs/heads/main", who, who, "Bomb", inner, [])
    begun = time.process_time()
    (landing,) = landings_until(history.place).landings
    assert time.process_time() - begun < 5
    assert landing.changes == ()


def test_thousands_of_like_files_take_no_time(history: History) -> None:
    before = {f"x/{number}": "same\n" for number in range(1_500)}
    after = {f"y/{number}": "same\n" for number in range(1_500)}
    history.commit("Before", before)
    history.commit("After", {**dict.fromkeys(before, None), **after})
    begun = time.process_time()
    landing = landings_until(history.place).landings[-1]
    assert time.process_time() - begun < 2
    renames = {change.path: change.old_path for change in landing.changes}
    assert renames == {f"y/{number}": f"x/{number}" for number in range(1_500)}


@pytest.mark.parametrize("damage", ["missing", "garbage"])
def test_a_commit_with_a_damaged_tree_is_unread(history: History, damage: str) -> None:
    lost = "1" * 40
    if damage == "garbage":
        raw = b"100644 a\0too short"
        lost = str(history.repository.write(pygit2.enums.ObjectType.TREE, raw))
    start = history.commit("Start", {"a": "1"})
    raw = b"40000 d\0" + bytes.fromhex(lost)
    tree = history.repository.write(pygit2.enums.ObjectType.TREE, raw)
    who = pygit2.Signature("A", "a@example.org", 1_800_000_000, 0)
    history.repository.create_commit("refs/heads/main", who, who, "Damaged", tree, [start])
    log = landings_until(history.place)
    assert [landing.id for landing in log.landings] == [start]
    assert log.unread == 1


def test_a_missing_content_keeps_only_its_own_rename_from_being_seen(history: History) -> None:
    before = {"a": text(1, 2, 3, 4), "b": text(5, 6, 7, 8)}
    after = {"c": text(1, 2, 3, 5), "d": text(5, 6, 7, 9)}
    history.commit("Before", before)
    history.commit("After", {**dict.fromkeys(before), **after})
    lost = str(history.repository.create_blob(before["a"].encode()))
    (history.place / "objects" / lost[:2] / lost[2:]).unlink()
    log = landings_until(history.place)
    assert log.unread == 0
    assert [(change.path, change.old_path) for change in log.landings[-1].changes] == [
        ("a", None),
        ("c", None),
        ("d", "b"),
    ]
