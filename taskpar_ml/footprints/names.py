"""Files and directories by the end of their path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache


class Names:
    """Finds files and directories by the end of their path, and files by their module name.

    Examples
    --------
    >>> names = Names(["src/shop/auth/login.py", "src/shop/tax.py"])
    >>> names.files("auth/login.py"), names.directories("shop/auth")
    (['src/shop/auth/login.py'], ['src/shop/auth'])
    >>> names.modules("shop.tax.rate")
    ['src/shop/tax.py']
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self._files = _by_name(paths)
        above = {path.rpartition("/")[0] for path in paths}
        for directory in list(above):
            while directory := directory.rpartition("/")[0]:
                above.add(directory)
        self._directories = _by_name(sorted(above - {""}))

    def files(self, tail: str) -> list[str]:
        """Return the files whose path is the tail, or ends with it after a slash."""
        return _ending_with(self._files, tail)

    def directories(self, tail: str) -> list[str]:
        """Return the directories whose path is the tail, or ends with it after a slash."""
        return _ending_with(self._directories, tail)

    def modules(self, dotted: str) -> list[str]:
        """Return the Python files of a dotted name; its last part may be a member of the module."""
        parts = dotted.split(".")
        for length in range(len(parts), max(len(parts) - 2, 1), -1):
            stem = "/".join(parts[:length])
            if found := self.files(f"{stem}.py") + self.files(f"{stem}/__init__.py"):
                return found
        return []


@lru_cache(maxsize=4)
def names_of(paths: tuple[str, ...]) -> Names:
    """Return the names of a snapshot's paths, made once."""
    return Names(paths)


def _by_name(paths: Sequence[str]) -> Mapping[str, list[str]]:
    by_name: Mapping[str, list[str]] = defaultdict(list)
    for path in paths:
        by_name[path.rpartition("/")[2]].append(path)
    return by_name


def _ending_with(by_name: Mapping[str, list[str]], tail: str) -> list[str]:
    named = by_name.get(tail.rpartition("/")[2], ())
    return [path for path in named if path == tail or path.endswith(f"/{tail}")]
