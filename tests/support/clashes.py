"""Small random histories that branch, merge, rename and clash, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import NamedTuple

import pygit2
from pygit2.enums import FileMode

FILE, PROGRAM, LINK = FileMode.BLOB, FileMode.BLOB_EXECUTABLE, FileMode.LINK


class Held(NamedTuple):
    """What a made-up file is: its mode and its lines."""

    mode: FileMode
    lines: tuple[str, ...]


Files = Mapping[str, Held]

_DIRECTORIES = ("", "src/", "src/api/", "docs/", "lib/x/")
_NAMES = ("a", "b", "c.py", "d.py", "src", "e")
_SIZES = (1, 3, 6, 12, 25)


def new_lines(chance: random.Random) -> tuple[str, ...]:
    """Return the lines of a new file."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    count = chance.choice(_SIZES)
    return tuple(f"line {chance.choice(letters)} {chance.randrange(30)}" for _ in range(count))


def free_path(chance: random.Random, files: Files) -> str | None:
    """Return a path that is free in a set of files, None where luck does not find one."""
    for _ in range(20):
        path = chance.choice(_DIRECTORIES) + chance.choice(_NAMES)
        taken = path in files
        if not taken and not any(_inside(path, each) or _inside(each, path) for each in files):
            return path
    return None


def _inside(path: str, directory: str) -> bool:
    return path.startswith(f"{directory}/")


def edited(chance: random.Random, lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return lines with one to three of them inserted, deleted or replaced."""
    changed = list(lines)
    for _ in range(chance.choice((1, 1, 2, 3))):
        at = chance.randrange(len(changed) + 1)
        what = chance.choice(("insert", "delete", "replace"))
        if what == "insert" or at >= len(changed):
            changed.insert(at, f"new {chance.randrange(1000)}")
        elif what == "delete":
            del changed[at]
        else:
            changed[at] = f"changed {chance.randrange(1000)}"
    return tuple(changed)


def edit(chance: random.Random, files: dict[str, Held]) -> None:
    """Change lines of a file."""
    path = chance.choice(sorted(files))
    held = files[path]
    if held.mode != LINK and held.lines:
        files[path] = held._replace(lines=edited(chance, held.lines))


def rename(chance: random.Random, files: dict[str, Held]) -> None:
    """Move a file, sometimes changing it."""
    if chance.random() < 0.5:
        edit(chance, files)
    path = chance.choice(sorted(files))
    held = files.pop(path)
    files[free_path(chance, files) or path] = held


def add(chance: random.Random, files: dict[str, Held]) -> None:
    """Add a file; every second one has a content that others may add, too."""
    path = free_path(chance, files)
    if path is not None:
        same = tuple(f"shared {number}" for number in range(5))
        files[path] = Held(FILE, chance.choice((same, new_lines(chance))))


def delete(chance: random.Random, files: dict[str, Held]) -> None:
    """Delete a file."""
    del files[chance.choice(sorted(files))]


def turn(chance: random.Random, files: dict[str, Held]) -> None:
    """Make a file executable, a link, binary, or end its lines otherwise."""
    path = chance.choice(sorted(files))
    held = files[path]
    if held.mode == LINK:
        return
    binary = (f"\0{chance.randrange(5)}", *(line for line in held.lines if "\0" not in line))
    files[path] = chance.choice(
        (
            held._replace(mode=PROGRAM if held.mode == FILE else FILE),
            Held(LINK, (chance.choice("xy"),)),
            held._replace(lines=binary),
            held._replace(lines=tuple(line.rstrip("\r") + "\r" for line in held.lines)),
        )
    )


def move_directory(chance: random.Random, files: dict[str, Held]) -> None:
    """Rename a directory, where nothing stands in the way."""
    directories = sorted({path.rpartition("/")[0] for path in files if "/" in path})
    if not directories:
        return
    old, new = chance.choice(directories), chance.choice(("moved", "lib/moved", "docs"))
    moved = {
        new + path.removeprefix(old) if _inside(path, old) else path: held
        for path, held in files.items()
    }
    clash = any(_inside(one, other) for one in moved for other in moved)
    if len(moved) == len(files) and not clash:
        files.clear()
        files.update(moved)


def become_directory(chance: random.Random, files: dict[str, Held]) -> None:
    """Put a directory in the place of a file."""
    path = chance.choice(sorted(files))
    del files[path]
    files[f"{path}/inner"] = Held(FILE, new_lines(chance))


STEPS: tuple[Callable[[random.Random, dict[str, Held]], None], ...] = (
    *(edit,) * 6,
    *(rename,) * 4,
    *(add,) * 3,
    *(turn,) * 4,
    delete,
    move_directory,
    become_directory,
)


class History:
    """Branches of one repository that grow, and sometimes merge each other."""

    def __init__(self, repository: pygit2.Repository, seed: int) -> None:
        self._repository = repository
        self._chance = random.Random(seed)
        self._now = 1_700_000_000
        self.files: dict[pygit2.Oid, Files] = {}

    def commit(self, files: Files, parents: list[pygit2.Oid]) -> pygit2.Oid:
        """Commit some files, a minute after the commit before."""
        index = pygit2.Index()
        for path, held in files.items():
            end = "" if held.mode == LINK else "\n"
            blob = self._repository.create_blob(("\n".join(held.lines) + end).encode())
            index.add(pygit2.IndexEntry(path, blob, held.mode))
        tree = index.write_tree(self._repository)
        self._now += 60
        who = pygit2.Signature("Test", "test@example.org", self._now, 0)
        made = self._repository.create_commit(None, who, who, "c", tree, parents)
        self.files[made] = dict(files)
        return made

    def grow(self, *, branches: int = 3, steps: int = 10) -> list[pygit2.Oid]:
        """Make branches from one commit on; return their tips."""
        chance = self._chance
        start: dict[str, Held] = {}
        for _ in range(chance.randrange(3, 8)):
            add(chance, start)
        tips = [self.commit(start, [])] * branches
        for _ in range(steps):
            at, other = chance.randrange(branches), chance.randrange(branches)
            if chance.random() < 0.2 and tips[at] != tips[other]:
                self._merge(tips, at, other)
                continue
            files = dict(self.files[tips[at]])
            for _ in range(chance.choice((1, 1, 2))):
                chance.choice(STEPS if files else (add,))(chance, files)
            tips[at] = self.commit(files, [tips[at]])
        return tips

    def _merge(self, tips: list[pygit2.Oid], at: int, other: int) -> None:
        """Merge with files taken from either side; sometimes both branches merge each other."""
        mine, theirs = self.files[tips[at]], self.files[tips[other]]
        mixed = {
            path: held
            for path in sorted({*mine, *theirs})
            if (held := self._chance.choice((mine, theirs)).get(path)) is not None
        }
        fit = {
            path: held
            for path, held in mixed.items()
            if not any(_inside(path, each) for each in mixed)
        }
        before = tips[at]
        tips[at] = self.commit(fit, [tips[at], tips[other]])
        if self._chance.random() < 0.5:
            tips[other] = self.commit(theirs, [tips[other], before])
