"""Which files a Java import leads to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from posixpath import basename, commonpath, dirname
from typing import Final

from taskpar_ml.domain.code_facts import Import

_ENDINGS: Final = (".java", ".kt")
"""Java takes classes out of files of Kotlin, too."""
_ROOT: Final = re.compile(r"(?:.*/)?src/[^/]+/(?:java|kotlin)(?:/|$)")
"""The directory that packages lie below, where it has the name that builds expect."""


class JavaPackages:
    """The classes of a repository by their packages.

    The directories of a package are named after it. Of several classes of one name, in modules say,
    the one nearest to who imports it is meant.

    Source: Java Language Specification, "Packages and Modules"; Maven, "Standard Directory Layout".

    Parameters
    ----------
    paths
        Every file of the repository.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self._classes: defaultdict[str, list[str]] = defaultdict(list)
        self._packages: defaultdict[str, dict[str, list[str]]] = defaultdict(dict)
        for path in paths:
            if path.endswith(_ENDINGS):
                directory = dirname(path)
                self._classes[basename(path).rpartition(".")[0]].append(path)
                self._packages[basename(directory)].setdefault(directory, []).append(path)

    def targets(self, path: str, statement: Import) -> tuple[str, ...]:
        """Return the files that an import in a file leads to, none outside the repository.

        All of a package leads to its files, a member or an inner class to the file of its class.
        """
        found: dict[str, None] = {}
        for name, _ in statement.names:
            if name == "*":
                inner = self._class(path, statement.module)
                found |= dict.fromkeys(inner or self._package(path, statement.module))
            else:
                found |= dict.fromkeys(
                    self._class(path, f"{statement.module}.{name}")
                    or self._class(path, statement.module)
                    or self._class(path, statement.module.rpartition(".")[0])
                )
        found.pop(path, None)
        return tuple(found)

    def _class(self, path: str, written: str) -> tuple[str, ...]:
        package, _, name = written.rpartition(".")
        places = [
            each
            for each in self._classes.get(name, ())
            if package and _is_of(dirname(each), package)
        ]
        return _nearest(path, places)

    def _package(self, path: str, package: str) -> tuple[str, ...]:
        directories = self._packages.get(package.rpartition(".")[2], {})
        places = [each for each in directories if _is_of(each, package)]
        found = _nearest(path, places)
        return tuple(directories[found[0]]) if found else ()


def _is_of(directory: str, package: str) -> bool:
    """Whether a directory is one of a package."""
    expected = package.replace(".", "/")
    root = _ROOT.match(directory)
    if root is not None:
        return directory[root.end() :] == expected
    return directory == expected or ("." in package and directory.endswith(f"/{expected}"))


def _nearest(path: str, places: Sequence[str]) -> tuple[str, ...]:
    """Return the place that shares the deepest directory with a file."""
    return tuple(sorted(places, key=lambda each: (-_shared(path, each), len(each)))[:1])


def _shared(first: str, second: str) -> int:
    return len(commonpath((dirname("/" + first) or "/", dirname("/" + second) or "/")))
