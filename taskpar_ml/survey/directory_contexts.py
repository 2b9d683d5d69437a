"""Contexts by directories: the first one that is a part of a system, not the system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from taskpar_ml.survey.source_roots import WHOLE

_ROOT_NAMES: Final = """
    src source sources lib app apps packages services modules internal pkg cmd crates components
    main java kotlin python backend frontend server client web tests test spec
"""
_SOURCE_ROOTS: Final = frozenset(_ROOT_NAMES.split())
"""Directory names that hold parts of a system rather than being one."""


class DirectoryContexts:
    """Maps paths to the first directory that does not stand for the system as a whole.

    Parameters
    ----------
    paths
        All files of the repository; they tell which directory is the system as a whole.

    Examples
    --------
    >>> contexts = DirectoryContexts(["src/auth/login.py", "src/billing/invoice.py", "setup.py"])
    >>> contexts.of("src/auth/login.py"), contexts.of("setup.py")
    ('auth', None)
    """

    def __init__(self, paths: Iterable[str]) -> None:
        tops = Counter(path.split("/", 1)[0] for path in paths if "/" in path)
        total = max(sum(tops.values()), 1)
        self._whole = {top for top, count in tops.items() if count > WHOLE * total}

    def of(self, path: str) -> str | None:
        """Return the context of a path, or None for files of the whole system."""
        for depth, name in enumerate(path.split("/")[:-1]):
            if name not in _SOURCE_ROOTS and not (depth == 0 and name in self._whole):
                return name
        return None
