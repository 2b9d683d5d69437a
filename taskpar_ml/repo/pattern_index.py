"""Which of many patterns may have a path in common with a given one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from taskpar_ml.repo.glob_parser import parsed

_LAST: str = chr(0x10FFFF)


class PatternIndex:
    """Finds patterns by the literal text that they begin with.

    Two patterns can have a path in common only if the literal beginning of one is a beginning of
    the other's, so most of the patterns of a large task file never need to be compared.

    Examples
    --------
    >>> index = PatternIndex(["src/api/*", "src/**", "docs/*"])
    >>> sorted(index.near("src/api/v2/*.py")), sorted(index.near("**/*.md"))
    (['src/**', 'src/api/*'], ['docs/*', 'src/**', 'src/api/*'])
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._pairs = sorted(
            (branch.head, pattern)
            for pattern in set(patterns)
            for branch in parsed(pattern).branches
        )
        self._heads = [head for head, _ in self._pairs]

    def near(self, pattern: str) -> set[str]:
        """Return the patterns that may name a path which this one names too.

        Raises
        ------
        PatternError
            If the pattern exceeds a bound.
        """
        found: set[str] = set()
        for branch in parsed(pattern).branches:
            beginnings = {branch.head[:length] for length in range(len(branch.head) + 1)}
            for head in beginnings:
                found.update(self._between(head, f"{head}\0"))
            found.update(self._between(branch.head, branch.head + _LAST))
        return found

    def _between(self, low: str, high: str) -> Iterable[str]:
        """Yield the patterns whose beginning is at least ``low`` and below ``high``."""
        start, end = bisect_left(self._heads, low), bisect_left(self._heads, high)
        return (pattern for _, pattern in self._pairs[start:end])
