"""Which files a Go import leads to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from posixpath import basename, dirname, join
from typing import Final

from taskpar_ml.domain.code_facts import Import

_MODULE: Final = re.compile(rb'^module\s+"?([^\s"]+)', re.MULTILINE)
_MOST_BYTES: Final = 1 << 16


class GoPackages:
    """The packages of a repository by their import paths.

    Source: Go, "Go Modules Reference".

    Parameters
    ----------
    paths
        Every file of the repository.
    read
        Returns the beginning of a file, None if there is none.
    """

    def __init__(self, paths: Iterable[str], read: Callable[[str, int], bytes | None]) -> None:
        self._directories: defaultdict[str, list[str]] = defaultdict(list)
        self._modules: list[tuple[str, str]] = []
        for path in paths:
            if path.endswith(".go") and not path.endswith("_test.go"):
                self._directories[dirname(path)].append(path)
            elif basename(path) == "go.mod":
                found = _MODULE.search(read(path, _MOST_BYTES) or b"")
                if found is not None:
                    self._modules.append((found[1].decode("utf-8", "replace"), dirname(path)))
        # Of nested modules the inner one is meant.
        self._modules.sort(key=lambda each: -len(each[0]))

    def targets(self, path: str, statement: Import) -> tuple[str, ...]:
        """Return the files of the package that an import leads to, none outside the repository."""
        module = statement.module
        for name, directory in self._modules:
            if module == name or module.startswith(name + "/"):
                package = join(directory, module[len(name) + 1 :]).rstrip("/")
                if package in self._directories:
                    return tuple(self._directories[package])
        return ()
