"""Bounded contexts of a repository: which part of the system a path belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from taskpar_ml.repo.globs import matches

_ROOT_NAMES: Final = """
    src source sources lib app apps packages services modules internal pkg cmd crates components
    main java kotlin python backend frontend server client web tests test spec
"""
_SOURCE_ROOTS: Final = frozenset(_ROOT_NAMES.split())
"""Directory names that hold parts of a system rather than being one."""

_DOMINANT: Final = 0.5
"""A top-level directory with more than this share of all files is the system, not a part of it."""


class Contexts:
    """Maps paths to bounded contexts.

    Parameters
    ----------
    paths
        All files of the repository; they tell which directory is the system as a whole.
    named
        Contexts a person has drawn, as globs; they win over directories.

    Examples
    --------
    >>> contexts = Contexts(["src/auth/login.py", "src/billing/invoice.py", "setup.py"])
    >>> contexts.of("src/auth/login.py"), contexts.of("setup.py")
    ('auth', None)
    """

    def __init__(
        self, paths: Iterable[str], *, named: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._named = named or {}
        tops = Counter(path.split("/", 1)[0] for path in paths if "/" in path)
        total = max(sum(tops.values()), 1)
        self._whole = {top for top, count in tops.items() if count > _DOMINANT * total}

    def of(self, path: str) -> str | None:
        """Return the context of a path, or None for files of the whole system."""
        for name, patterns in self._named.items():
            if any(matches(pattern, path) for pattern in patterns):
                return name
        directories = path.split("/")[:-1]
        for depth, name in enumerate(directories):
            whole = name in _SOURCE_ROOTS or (depth == 0 and name in self._whole)
            if not whole:
                return name
        return None
