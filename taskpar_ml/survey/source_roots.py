"""Directories that are a part of the system as a whole: packages and services."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable
from posixpath import dirname
from typing import Final

from taskpar_ml.survey.layers import is_source
from taskpar_ml.survey.tested_files import TEST_DIRECTORIES

WHOLE: Final = 0.5
"""A directory with more than this share of all files is the system, not a part of it."""

_ASIDE_NAMES: Final = """
    demo demos example examples fixture fixtures node_modules sample samples scaffold template
    templates testdata third_party vendor
"""
_ASIDE: Final = TEST_DIRECTORIES | frozenset(_ASIDE_NAMES.split())
"""Directories whose packages are nothing that the system consists of."""

_NO_NAME: Final = re.compile(r"v\d+|src|source|code|main|app|lib|pkg|core")
"""What a directory is called whose name tells nothing without that of the one above it."""


class SourceRoots:
    """Maps paths to the innermost of some directories that they lie in.

    The root of the repository, directories of tests, examples and templates, those without a source
    file, and those that hold more than half of all files are no parts.

    Parameters
    ----------
    directories
        Of the parts.
    paths
        Every file of the repository.

    Examples
    --------
    >>> roots = SourceRoots(["api", "shop/api"], ["api/a.py", "shop/api/a.py", "web/a.ts", "b.py"])
    >>> roots.of("api/v1/a.py"), roots.of("shop/api/b.py"), roots.of("b.py")
    ('api', 'shop/api', None)
    """

    def __init__(self, directories: Iterable[str], paths: Iterable[str]) -> None:
        roots = {each for each in directories if each and not _is_aside(each)}
        held: Counter[str] = Counter()
        with_sources: set[str] = set()
        total = 0
        for path in paths if roots else ():
            total += 1
            root = _innermost(path, roots)
            if root is not None:
                held[root] += 1
                if is_source(path):
                    with_sources.add(root)
        kept = {root for root in with_sources if held[root] <= WHOLE * total}
        self._names = _named(kept)

    def of(self, path: str) -> str | None:
        """Return the name of the innermost part that a path lies in."""
        root = _innermost(path, self._names)
        return None if root is None else self._names[root]


def _is_aside(directory: str) -> bool:
    names = directory.lower().split("/")
    return not _ASIDE.isdisjoint(names) or any(name.startswith(".") for name in names)


def _innermost(path: str, roots: Container[str]) -> str | None:
    directory = dirname(path)
    while directory:
        if directory in roots:
            return directory
        directory = dirname(directory)
    return None


def _named(roots: set[str]) -> dict[str, str]:
    """Return the shortest ending of each directory that names it alone and says something."""
    endings = Counter(ending for root in roots for ending in _endings(root))
    return {
        root: next((each for each in _endings(root) if endings[each] == 1), root) for root in roots
    }


def _endings(root: str) -> list[str]:
    """Return the telling endings of a path, the shortest first."""
    names = root.split("/")
    return [
        "/".join(names[at:])
        for at in range(len(names) - 1, -1, -1)
        if at == 0 or not _NO_NAME.fullmatch(names[at].lower())
    ]
