"""Which file Ruby code requires, or has loaded for the name of a constant."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from posixpath import dirname, join, normpath
from typing import Final

from taskpar_ml.domain.code_facts import Import

_ROOT: Final = re.compile(
    r"(?:.*/)?(?:app/[^/]+/concerns|app/[^/]+|lib|test/support|spec/support|test|spec)/"
)
"""Directories below which paths are names. Source: Rails, "Autoloading and Reloading Constants"."""
_INNER: Final = re.compile(r"(?:app/[^/]+/concerns|app/[^/]+|lib)/")
_APPLICATION: Final = re.compile(r"(?:^|/)app/")
_LOADED: Final = ("", ".rb")
_MOST_NAMED: Final = 3
"""Files of one name that may be meant; of more, it is not clear which."""


class RubyFiles:
    """The files of a repository by their paths and by the constants that they define.

    A constant of ``app/models/admin/user.rb`` or ``lib/admin/user.rb`` is ``Admin::User``, which
    capitals and underscores do not change: acronyms need not be known. A name is looked for in the
    modules that the path of the file says it is in, from the innermost, as Ruby does. One without
    a file of its own is in that of the class or module around it: below ``app`` always, as Rails
    loads it; elsewhere if it is written in capitals, or if no directory has further parts.

    Parameters
    ----------
    paths
        Every file of the repository.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self._files = frozenset(each for each in paths if each.endswith((".rb", ".rake")))
        self._required: defaultdict[str, list[str]] = defaultdict(list)
        self._constants: defaultdict[str, list[str]] = defaultdict(list)
        self._divided: set[str] = set()
        for path in sorted(self._files):
            below = _below_root(path)
            if below is not None:
                root, inner = below
                self._required[inner.removesuffix(".rb")].append(path)
                if _INNER.search(root):
                    name = _folded(inner.removesuffix(".rb"))
                    self._constants[name].append(path)
                    self._divided.add(dirname(name))

    def targets(self, path: str, statement: Import) -> tuple[str, ...]:
        """Return the files that an import in a file leads to, none outside the repository."""
        module = statement.module
        if module.removeprefix("::")[:1].isupper():
            found = self._by_constant(path, module)
        elif module.startswith("."):
            place = normpath(join(dirname(path), module))
            found = tuple(place + end for end in _LOADED if place + end in self._files)[:1]
        else:
            found = self._nearest(path, self._required.get(module.removesuffix(".rb"), ()))
        return tuple(each for each in found if each != path)

    def _by_constant(self, path: str, written: str) -> tuple[str, ...]:
        name = _folded(written.replace("::", "/")).strip("/")
        is_value = written.rpartition(":")[2].isupper()
        for module in [""] if written.startswith("::") else _modules_of(path):
            whole = f"{module}/{name}" if module else name
            files = self._constants.get(whole) or self._around(whole, name, is_value)
            if files:
                return self._nearest(path, files)
        return ()

    def _around(self, whole: str, name: str, is_value: bool) -> list[str]:
        """Return the files of the class or module that a constant is in, if it may be there."""
        outer = dirname(whole) if "/" in name else ""
        files = self._constants.get(outer, [])
        if is_value or outer not in self._divided:
            return files
        return [each for each in files if _APPLICATION.search(each)]

    def _nearest(self, path: str, files: Iterable[str]) -> tuple[str, ...]:
        """Return those of several files of one name that share most directories with a file."""
        some = tuple(files)
        if len(some) > 1:
            shared = {each: _shared(path, each) for each in some}
            some = tuple(each for each in some if shared[each] == max(shared.values()))
        return some if len(some) <= _MOST_NAMED else ()


def _below_root(path: str) -> tuple[str, str] | None:
    root = _ROOT.match(path)
    return None if root is None else (root[0], path[root.end() :])


def _modules_of(path: str) -> Iterator[str]:
    """Yield the modules that a file is in by its path, its own constant first, then the top."""
    below = _below_root(path)
    parts = _folded(below[1].rpartition(".")[0]).split("/") if below is not None else []
    for length in range(len(parts), 0, -1):
        yield "/".join(parts[:length])
    yield ""


def _folded(path: str) -> str:
    return path.replace("_", "").lower()


def _shared(one: str, other: str) -> int:
    count = 0
    for first, second in zip(one.split("/"), other.split("/"), strict=False):
        if first != second:
            break
        count += 1
    return count
