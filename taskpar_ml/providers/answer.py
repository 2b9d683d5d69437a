"""Reading what a provider printed: paths, one a line or as a JSON array, and whatever else."""

from __future__ import annotations

import json
import os
import posixpath
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from taskpar_ml.errors import ProviderError
from taskpar_ml.footprints.matrices import MOST_MATCHED
from taskpar_ml.repo.listing import MAX_PATH_LENGTH
from taskpar_ml.repo.snapshot import RepoSnapshot

MOST_PATHS: Final = MOST_MATCHED
"""Paths beyond which an answer says too little of each of them."""

_LONGEST_NAME: Final = 255
_PATTERN: Final = frozenset("*?[]{}\\")
"""What a path that does not exist yet may not hold: it would be a pattern."""


class NamedPaths(NamedTuple):
    """What an answer names: files that exist, new ones, and how much else that was refused."""

    files: tuple[str, ...]
    new: tuple[str, ...]
    refused: int


def read_answer(printed: bytes, snapshot: RepoSnapshot, *, directory: str) -> NamedPaths:
    """Return what a provider names.

    Parameters
    ----------
    printed
        All that it printed.
    snapshot
        The files that it saw.
    directory
        Where it saw them: paths that begin with it are taken as relative to it.

    Raises
    ------
    ProviderError
        If it printed no text, more than :data:`MOST_PATHS` paths, or many words and no path.
    """
    if b"\0" in printed:
        raise ProviderError("its answer", "is no text.", "Let it print one path a line.")
    found: dict[str, bool] = {}
    refused = 0
    for word in _words(os.fsdecode(printed)):
        path = word if word in snapshot.paths else _within(word, directory)
        if path is None or not _may_be_file(path, snapshot):
            refused += 1
        else:
            found[path] = path in snapshot.paths
    if len(found) > MOST_PATHS:
        raise ProviderError(
            "its answer",
            f"names {len(found)} files; more than {MOST_PATHS} say too little of each.",
            "Let it name those that the task changes.",
        )
    if refused and not found:
        raise ProviderError(
            "its answer", "names no file of the repository.", "Let it print one path a line."
        )
    return NamedPaths(
        files=tuple(sorted(path for path, exists in found.items() if exists)),
        new=tuple(sorted(path for path, exists in found.items() if not exists)),
        refused=refused,
    )


def _words(text: str) -> Iterable[str]:
    """Return what is meant as paths; what is no text stands for something to refuse."""
    if text.lstrip().startswith("["):
        try:
            listed: Any = json.loads(text)
        except (ValueError, RecursionError):
            listed = None
        if isinstance(listed, list):
            return [each if isinstance(each, str) else "" for each in listed]
    lines = (line.removesuffix("\r") for line in text.split("\n"))
    return [line for line in lines if line.strip()]


def _within(word: str, directory: str) -> str | None:
    """Return a path relative to the root of the repository, or None for one that leaves it."""
    path = word.strip().removeprefix(f"{directory}/")
    if not path.strip() or path.startswith(("/", "~")) or "\0" in path:
        return None
    while path.startswith("./"):
        path = path[2:]
    if ".." in path.split("/"):
        return None
    return posixpath.normpath(path) if path else None


def _may_be_file(path: str, snapshot: RepoSnapshot) -> bool:
    """Whether a file is or could be made there, and not in another repository."""
    if path in snapshot.paths:
        return path not in snapshot.submodules
    names = path.split("/")
    if any(each in snapshot.paths for each in _above(names)) or snapshot.paths.is_directory(path):
        return False
    if len(path) > MAX_PATH_LENGTH or max(map(len, names)) > _LONGEST_NAME:
        return False
    is_word = path.isprintable() and not any(each.isspace() for each in path)
    return is_word and not _PATTERN & set(path) and ".git" not in names and path != "."


def _above(names: list[str]) -> Iterable[str]:
    return ("/".join(names[:end]) for end in range(1, len(names)))
