"""Paths, file names and modules that a text names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from taskpar_ml.footprints.mentions import Mention
from taskpar_ml.footprints.wording import access_before
from taskpar_ml.repo.globs import is_literal
from taskpar_ml.repo.snapshot import RepoSnapshot

_URL: Final = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_EXTENSION: Final = (
    r"py|pyi|ipynb|js|jsx|mjs|cjs|ts|tsx|vue|svelte|go|rs|java|kt|kts|scala|rb|erb|php|cs|c|h|cc|"
    r"cpp|hpp|swift|m|ex|exs|clj|lua|pl|sh|bash|ps1|sql|proto|graphql|prisma|html|css|scss|less|"
    r"md|rst|adoc|txt|json|jsonl|toml|yaml|yml|ini|cfg|xml|lock|tf|gradle|csv|env"
)
_SEGMENT: Final = r"[\w.@~+\[\]{}*$-]+"
_TOKEN: Final = re.compile(
    rf"(?<![\w/.@:])(?:\./)?(?P<path>(?:{_SEGMENT}/)+(?:{_SEGMENT})?|"
    rf"[\w.-]*\w\.(?:{_EXTENSION})|(?:Dockerfile|Makefile|Gemfile|Rakefile|Procfile))(?![\w/])"
)
_MODULE: Final = re.compile(r"(?<![\w./-])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?![\w/])")
_FILE_NAME: Final = re.compile(rf"\.(?:{_EXTENSION})$")

_AMBIGUITY: Final = 4
"""A bare name borne by more files than this names none of them (``index.ts``, ``__init__.py``)."""
_DIRECTORY_FILES: Final = 2.0
"""Files of a named directory that a task is expected to touch; each gets its share."""


class _Names:
    """Finds files by the end of their path, and by their dotted module name."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._by_name: Mapping[str, list[str]] = defaultdict(list)
        for path in paths:
            self._by_name[path.rpartition("/")[2]].append(path)

    def ending_with(self, tail: str) -> list[str]:
        """Return the files whose path is the tail, or ends with it after a slash."""
        named = self._by_name.get(tail.rpartition("/")[2], ())
        return [path for path in named if path == tail or path.endswith(f"/{tail}")]


@lru_cache(maxsize=4)
def _names_of(paths: tuple[str, ...]) -> _Names:
    return _Names(paths)


def paths_in(text: str, snapshot: RepoSnapshot) -> Iterator[Mention]:
    """Read paths, bare file names, directories and dotted modules out of a text."""
    text = _URL.sub(lambda url: " " * len(url[0]), text)
    for start, token in _tokens(text):
        access, creates = access_before(text, start)
        for item, share, absent in _resolve(token, snapshot, creates=creates):
            yield Mention(item, access, absent, token, share)


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    """Yield everything that may be a path, with its position."""
    for found in _TOKEN.finditer(text):
        yield found.start("path"), found["path"].rstrip(".")
    for found in _MODULE.finditer(text):
        if not _FILE_NAME.search(found[0]):
            yield found.start(), found[0]


def _resolve(
    token: str, snapshot: RepoSnapshot, *, creates: bool
) -> Iterator[tuple[str, float, bool]]:
    """Yield patterns that the token stands for, each with a weight, and whether it is absent."""
    paths = snapshot.paths
    if ".." in token or "//" in token:
        return
    bare = token.rstrip("/")
    if bare in paths:
        yield bare, 1.0, False
    elif paths.is_directory(bare) and "/" in token:
        yield f"{bare}/", min(1.0, _DIRECTORY_FILES / max(len(paths.matching(bare)), 1)), False
    elif "/" in token and not is_literal(token):
        count = len(paths.matching(token)) if "*" in token else 0
        if count:
            yield token, min(1.0, _DIRECTORY_FILES / count), False
    else:
        yield from _resolve_name(bare, snapshot, creates=creates, is_path="/" in token)


def _resolve_name(
    name: str, snapshot: RepoSnapshot, *, creates: bool, is_path: bool
) -> Iterator[tuple[str, float, bool]]:
    """Resolve what is no path of the repository: a tail, a module, a file to be made."""
    paths = snapshot.paths
    found = _names_of(paths.paths).ending_with(name)
    if not found and "/" not in name and not _FILE_NAME.search(name):
        stem = name.replace(".", "/")
        found = [path for path in (f"{stem}.py", f"{stem}/__init__.py") if path in paths]
    if found:
        if len(found) <= _AMBIGUITY:
            for path in found:
                yield path, 1.0 / len(found), False
        return
    if not _FILE_NAME.search(name):
        return
    if creates or (is_path and _parent_exists(name, snapshot)):
        yield name, 1.0, True


def _parent_exists(name: str, snapshot: RepoSnapshot) -> bool:
    """Whether the first directory of a path is one of the repository's: then the path is meant."""
    return snapshot.paths.is_directory(name.split("/", 1)[0])
