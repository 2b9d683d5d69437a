"""Holds what agents made against what the user's repository has, by other code than a run's own."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from taskpar_ml.execution.crew import Ended, LocalCrew, Order, RoundKey
from tests.support.running import Bench

_MARKED = re.compile(rb"^<<<<<<< .*^>>>>>>> ", re.MULTILINE | re.DOTALL)


class Account(NamedTuple):
    """How many commits and blobs agents made, and those that the user's repository lacks."""

    commits: int
    blobs: int
    missing: list[str]


def account(bench: Bench) -> Account:
    """Count what agents made in the repository of a run, and look for it in the user's.

    What was merged on trial, and landed or not, is nobody's work. Files that still lie where agents
    left them are not missing.
    """
    with bench.place() as place:
        own = place.place / "repository.git"
    kinds = dict(_kinds(own, _names(own)))
    commits = {name for name, kind in kinds.items() if kind == "commit"}
    blobs = {name for name, kind in kinds.items() if kind == "blob"}
    for commit in sorted(commits):
        if b"\nTask: " in _git(own, "log", "-1", "--format=%n%B", commit):
            commits.remove(commit)
            blobs -= set(_blobs(own, commit)).difference(
                *(_blobs(own, f"{commit}^{side}") for side in _parents(own, commit))
            )
    known = reachable(bench) | _lying_about(*own.parent.glob("trees/*"), *_aside(own.parent))
    missing = {
        name
        for name in (commits | blobs) - known
        if name in commits or not _MARKED.search(_git(own, "cat-file", "blob", name))
    }
    return Account(len(commits), len(blobs), sorted(missing))


def reachable(bench: Bench) -> set[str]:
    """Return commits, trees and blobs that refs of the user's repository lead to."""
    told = _git(bench.yard.common, "rev-list", "--all", "--objects", "--no-object-names")
    return set(told.decode().split())


class Witness:
    """Sees what lies in worktrees at the moment that rounds end.

    Files of repositories within are left out, as are those whose names end with ``.ignored``.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: dict[Path, set[frozenset[str]]] = {}
        self._trees: dict[RoundKey, Path] = {}
        self._rounds: set[RoundKey] = set()
        begin, ended = LocalCrew.begin, LocalCrew.ended

        def seen_begin(crew: LocalCrew, key: RoundKey, order: Order) -> None:
            if "rounds" in crew.directory(key).parts:
                self._trees[key] = order.tree
            begin(crew, key, order)

        def seen_ended(crew: LocalCrew, key: RoundKey) -> Ended | None:
            found = ended(crew, key)
            if found is not None and key in self._trees and key not in self._rounds:
                self._rounds.add(key)
                for path in files_below(self._trees[key]):
                    self.seen.setdefault(path, set()).add(_blobs_at(path))
            return found

        monkeypatch.setattr(LocalCrew, "begin", seen_begin)
        monkeypatch.setattr(LocalCrew, "ended", seen_ended)

    def missing(self, bench: Bench) -> list[Path]:
        """Return files that are neither in the user's repository nor where they were."""
        with bench.place() as place:
            known = reachable(bench) | _lying_about(*_aside(place.place))
        return [
            path
            for path, versions in self.seen.items()
            for blobs in versions
            if not blobs & known and not (os.path.lexists(path) and blobs == _blobs_at(path))
        ]


def files_below(directory: Path) -> Iterator[Path]:
    """Yield files and links of a worktree, without those of repositories within."""
    waiting = [directory]  # directories may lie deeper within each other than Python calls itself
    while waiting:
        place = waiting.pop()
        try:
            found = sorted(os.scandir(place), key=lambda each: each.name)
        except OSError:
            continue
        for each in found:
            path = place / each.name
            if each.name == ".git" or each.name.endswith(".ignored"):
                continue
            if each.is_dir(follow_symlinks=False) and not os.path.lexists(path / ".git"):
                waiting.append(path)
            elif each.is_symlink() or each.is_file(follow_symlinks=False):
                yield path


def blob_of(text: bytes) -> str:
    """Return the name that git gives a file."""
    return hashlib.sha1(b"blob %d\0%b" % (len(text), text)).hexdigest()


def _lying_about(*places: Path) -> set[str]:
    """Return the blobs of files that lie somewhere below directories."""
    return {blob for place in places for path in files_below(place) for blob in _blobs_at(path)}


def _aside(run: Path) -> Iterator[Path]:
    """Yield what was put aside."""
    return run.glob("aside/*/*")


def _blobs_at(path: Path) -> frozenset[str]:
    """Return what git may call a file: as it is, and with its lines ended as git ends them."""
    if path.is_symlink():
        return frozenset((blob_of(os.readlink(os.fsencode(path))),))
    text = path.read_bytes()
    return frozenset((blob_of(text), blob_of(text.replace(b"\r\n", b"\n"))))


def _names(own: Path) -> Iterator[str]:
    """Yield objects that lie in a repository itself, and not where it borrows."""
    for file in (own / "objects").glob("??/*"):
        yield file.parent.name + file.name
    for index in (own / "objects" / "pack").glob("*.idx"):
        with index.open("rb") as packed:
            told = _git(own, "show-index", told=packed.read())
        yield from (line.split()[1] for line in told.decode().splitlines())


def _kinds(own: Path, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    told = _git(own, "cat-file", "--batch-check", told="\n".join(names).encode())
    for line in told.decode().splitlines():
        if not line.endswith(" missing"):  # no object: a file that was being written
            name, kind, _ = line.split()
            yield name, kind


def _blobs(own: Path, commit: str) -> list[str]:
    return _git(own, "ls-tree", "-r", "--format=%(objectname)", commit).decode().split()


def _parents(own: Path, commit: str) -> range:
    return range(1, len(_git(own, "log", "-1", "--format=%P", commit).split()) + 1)


def _git(at: Path, *arguments: str, told: bytes = b"") -> bytes:
    ran = subprocess.run(
        ["git", *arguments],
        cwd=at,
        input=told,
        capture_output=True,
        check=False,
        env={name: value for name, value in os.environ.items() if name[:4] != "GIT_"},
    )
    assert ran.returncode == 0, (arguments, ran.stderr)
    return ran.stdout
