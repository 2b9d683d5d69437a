"""Repositories and tasks of any size, the same for the same seed."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pygit2

_PARTS = ("auth", "billing", "catalog", "search", "export", "reports", "users", "orders")
_VERBS = ("Add", "Fix", "Refactor", "Extend", "Remove", "Speed up", "Validate", "Log")
_NOUNS = ("retry limit", "CSV export", "error message", "cache", "pagination", "rate limit")
_SIGNATURE = pygit2.Signature("Test", "test@example.org", 1_700_000_000, 0)


def commit(repository: pygit2.Repository, files: dict[str, bytes], message: str = "c") -> str:
    """Commit exactly these files on HEAD's branch and return the commit's id."""
    index = pygit2.Index()
    for path, content in sorted(files.items()):
        blob = repository.create_blob(content)
        index.add(pygit2.IndexEntry(path, blob, pygit2.enums.FileMode.BLOB))
    tree = index.write_tree(repository)
    parents = [] if repository.head_is_unborn else [repository.head.target]
    return str(repository.create_commit("HEAD", _SIGNATURE, _SIGNATURE, message, tree, parents))


def make_repository(place: Path, files: int, *, commits: int = 1) -> list[str]:
    """Make a repository of so many files and commits; return the paths."""
    repository = pygit2.init_repository(str(place), initial_head="main")
    paths = [
        f"src/{_PARTS[number % len(_PARTS)]}/module_{number // 40}/file_{number}.py"
        for number in range(files)
    ]
    content = {path: f"# {path}\n".encode() for path in paths}
    for number in range(commits):
        changed = paths[number % len(paths)]
        content[changed] += b"x = 1\n"
        commit(repository, content, f"{_VERBS[number % 8]} {_NOUNS[number % 6]} in {changed}")
    return paths


def make_branches(place: Path, count: int, paths: list[str], *, seed: int = 7) -> list[str]:
    """Make branches that each change twenty files of a made repository; return their names.

    They touch lines of their own, so that some overlap and none conflicts.
    """
    chance = random.Random(seed)
    repository = pygit2.Repository(str(place))
    start = repository[repository.head.target].peel(pygit2.Commit)
    names = []
    for number in range(count):
        index = pygit2.Index()
        index.read_tree(start.tree)
        for path in chance.sample(paths, 20):
            old = repository[index[path].id].data
            blob = repository.create_blob(old + b"\n" * 3 if number % 2 else b"\n" * 3 + old)
            index.add(pygit2.IndexEntry(path, blob, pygit2.enums.FileMode.BLOB))
        tree = index.write_tree(repository)
        name = f"branch-{number}"
        reference = f"refs/heads/{name}"
        repository.create_commit(reference, _SIGNATURE, _SIGNATURE, name, tree, [start.id])
        names.append(name)
    return names


def make_tasks(place: Path, count: int, paths: list[str], *, seed: int = 7) -> Path:
    """Write so many tasks that name two to four files each; some zones, some dependencies."""
    chance = random.Random(seed)
    lines = []
    for number in range(count):
        named = chance.sample(paths, chance.randint(2, 4))
        verb, noun = chance.choice(_VERBS), chance.choice(_NOUNS)
        task = {
            "id": f"task-{number}",
            "title": f"{verb} the {noun} of {_PARTS[number % len(_PARTS)]}",
            "description": f"Change {named[0]} so that {noun} works. " * 6 + f"See {named[1]}.",
            "acceptance_criteria": [f"POST /api/{_PARTS[number % 8]}/{number % 50} answers 200"],
        }
        if number % 3 == 0:
            task["modifies"] = [f"{named[0].rpartition('/')[0]}/*"]
        if number % 5 == 4:
            task["depends_on"] = [f"task-{number - chance.randint(1, 4)}"]
        lines.append(json.dumps(task))
    place.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return place
