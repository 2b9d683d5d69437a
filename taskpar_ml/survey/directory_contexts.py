"""Contexts by directories: the first one that is a part of a system, not the system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from posixpath import dirname
from typing import Final

from taskpar_ml.survey.layers import is_source
from taskpar_ml.survey.source_roots import WHOLE
from taskpar_ml.survey.tested_files import TestedFiles, is_test_file

_ROOT_NAMES: Final = """
    src source sources lib app apps packages services modules internal pkg cmd crates components
    main java kotlin python backend frontend server client web tests test spec
"""
SYSTEM_NAMES: Final = frozenset(_ROOT_NAMES.split())
"""Directory names that hold parts of a system rather than being one."""


class DirectoryContexts:
    """Maps paths to the first directory that does not stand for the system as a whole.

    That is one with a name like ``src``, or with more than half of all files, or of all sources
    that are no tests. Of files that lie in no other, the innermost such directory that bears a name
    of its own is the context, or else the outermost directory: what wires the parts together is a
    part, too. Files in the root have none. A test has the context of the file that it is named
    after.

    Parameters
    ----------
    paths
        All files of the repository; they tell which directory is the system as a whole.

    Examples
    --------
    >>> contexts = DirectoryContexts(["src/auth/login.py", "src/billing/invoice.py", "setup.py"])
    >>> contexts.of("src/auth/login.py"), contexts.of("src/app.py"), contexts.of("setup.py")
    ('auth', 'src', None)
    """

    def __init__(self, paths: Iterable[str]) -> None:
        known = tuple(paths)
        sources = [path for path in known if is_source(path)]
        self._whole = {
            *_holding_most([path for path in known if "/" in path]),
            *_holding_most([path for path in sources if not is_test_file(path)]),
        }
        self._tested = TestedFiles(sources, {}).of_test

    def of(self, path: str) -> str | None:
        """Return the context of a path, or None for files of the whole system."""
        about = Counter(filter(None, map(self._placed, self._tested.get(path, ()))))
        if about:
            return min(about, key=lambda name: (-about[name], name))
        return self._placed(path)

    def part_of(self, path: str) -> str | None:
        """Return the part of the system that a path lies in, None where it is the system."""
        return next(
            (
                name
                for name, directory in _directories(path)
                if name not in SYSTEM_NAMES and directory not in self._whole
            ),
            None,
        )

    def _placed(self, path: str) -> str | None:
        """Return the part, or the most telling directory of those that are the system."""
        part = self.part_of(path)
        if part is not None:
            return part
        names = [name for name, _ in _directories(path)]
        own = [name for name in names if name not in SYSTEM_NAMES]
        return own[-1] if own else names[0] if names else None


def _directories(path: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the path of each directory that a path goes through, from the root."""
    names = path.split("/")[:-1]
    for at, name in enumerate(names):
        yield name, "/".join(names[: at + 1])


def _holding_most(paths: Sequence[str]) -> set[str]:
    counted: Counter[str] = Counter()
    for place, count in Counter(map(dirname, paths)).items():
        for _, directory in _directories(f"{place}/"):
            counted[directory] += count
    return {directory for directory, count in counted.items() if count > WHOLE * len(paths)}
