"""All paths of a repository, in order, and which of them a pattern names."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.repo.glob_parser import Branch, parsed
from taskpar_ml.repo.product import STAR
from taskpar_ml.repo.segments import Segment

_MAX_VERDICTS: Final = 256
"""How many globs of names are remembered, at one byte per distinct name."""


class PathIndex:
    """Paths sorted by code point, each once.

    Attributes
    ----------
    paths
        The paths; positions in this tuple are what :meth:`matching` returns.

    Examples
    --------
    >>> index = PathIndex(["src/b.py", "src/a.py", "README.md"])
    >>> index.paths
    ('README.md', 'src/a.py', 'src/b.py')
    >>> index.matching("src/*.py").tolist()
    [1, 2]
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths: tuple[str, ...] = tuple(sorted(set(paths)))
        self._verdicts: dict[Segment, NDArray[np.bool_]] = {}

    def __len__(self) -> int:
        return len(self.paths)

    def __contains__(self, path: object) -> bool:
        if not isinstance(path, str):
            return False
        at = bisect_left(self.paths, path)
        return at < len(self.paths) and self.paths[at] == path

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PathIndex) and self.paths == other.paths

    def __hash__(self) -> int:
        return hash(self.paths)

    def __repr__(self) -> str:
        return f"PathIndex of {len(self)} paths"

    def is_directory(self, path: str) -> bool:
        """Whether some path lies below ``path``."""
        low, high = _range(self.paths, f"{path}/")
        return low < high

    def matching(self, pattern: str) -> NDArray[np.int64]:
        """Return the positions of the paths that a pattern names, in order.

        Raises
        ------
        PatternError
            If the pattern is empty, leaves the repository or exceeds a bound.
        """
        found = [self._rows(branch) for branch in parsed(pattern).branches]
        return found[0] if len(found) == 1 else np.unique(np.concatenate(found))

    def _rows(self, branch: Branch) -> NDArray[np.int64]:
        if branch.literal is None:
            low, high = _range(self.paths, branch.head)
            return self._walked(branch, np.arange(low, high, dtype=np.int64))
        low, high = _range(self.paths, f"{branch.literal}/")
        below = np.arange(low, high, dtype=np.int64)
        if branch.literal not in self:
            return below
        # Other names may stand between a path and what lies below it: "a", "a-b", "a/b".
        return np.concatenate([[bisect_left(self.paths, branch.literal)], below])

    @cached_property
    def _names(self) -> tuple[list[str], dict[str, int], NDArray[np.int32], NDArray[np.int64]]:
        """Sorted distinct names, their codes, the codes of all paths end to end, their starts."""
        first_seen: dict[str, int] = {}
        flat = [
            first_seen.setdefault(name, len(first_seen))
            for path in self.paths
            for name in path.split("/")
        ]
        names = sorted(first_seen)
        rank = np.empty(len(names), dtype=np.int32)
        rank[[first_seen[name] for name in names]] = np.arange(len(names), dtype=np.int32)
        lengths = np.fromiter((path.count("/") + 1 for path in self.paths), np.int64, len(self))
        starts = np.concatenate([[0], np.cumsum(lengths)])
        return names, dict(zip(names, range(len(names)), strict=True)), rank[flat], starts

    def _walked(self, branch: Branch, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return those of the rows that the branch takes in, walking all rows name by name."""
        segments = branch.segments
        end = len(segments)
        _, _, flat, starts = self._names
        # The names at the beginning are the same for all rows: the head spells them.
        known = branch.head.count("/")
        at = starts[rows] + known
        left = starts[rows + 1] - at
        states = _with_depth_skipped(segments, {known: np.ones(len(rows), dtype=np.bool_)})
        found: list[NDArray[np.int64]] = []
        while len(rows):
            codes = flat[at]
            following: dict[int, NDArray[np.bool_]] = {}
            for state, mask in states.items():
                segment = segments[state]
                target = state if segment is STAR else state + 1
                fits = mask if segment is STAR else mask & self._fitting(segment, codes)
                following[target] = following[target] | fits if target in following else fits
            done = following.pop(end, None)
            alive = left > 1
            if done is not None:
                found.append(rows[done])
                alive &= ~done
            if following:
                alive &= np.logical_or.reduce(list(following.values()))
            else:
                alive[:] = False
            rows, at, left = rows[alive], at[alive] + 1, left[alive] - 1
            kept = {state: mask[alive] for state, mask in following.items()}
            states = _with_depth_skipped(segments, kept)
        return np.sort(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)

    def _fitting(self, segment: Segment, codes: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Return for each coded name whether it fits."""
        names, code_of, _, _ = self._names
        if segment.is_any_name:
            return np.ones(len(codes), dtype=np.bool_)
        if segment.literal is not None:
            return np.asarray(codes == code_of.get(segment.literal, -1))
        if segment not in self._verdicts:
            if len(codes) * 4 < len(names):
                asked, where = np.unique(codes, return_inverse=True)
                few = [segment.fits(names[code]) for code in asked.tolist()]
                return np.array(few, dtype=np.bool_)[where]
            if len(self._verdicts) >= _MAX_VERDICTS:
                self._verdicts.clear()
            low, high = _range(names, segment.head)
            verdicts = np.zeros(len(names), dtype=np.bool_)
            verdicts[low:high] = [segment.fits(name) for name in names[low:high]]
            self._verdicts[segment] = verdicts
        return self._verdicts[segment][codes]


def _range(texts: Sequence[str], head: str) -> tuple[int, int]:
    """Return between which positions of sorted texts those are that begin with ``head``."""
    low = bisect_left(texts, head)
    stem = head.rstrip("\U0010ffff")
    if not stem:
        return low, len(texts)
    return low, bisect_left(texts, stem[:-1] + chr(ord(stem[-1]) + 1), low)


def _with_depth_skipped(
    segments: tuple[Segment | None, ...], states: dict[int, NDArray[np.bool_]]
) -> dict[int, NDArray[np.bool_]]:
    """Let every ``**`` that is waiting stand for no directory as well."""
    skipped = dict(states)
    for state, mask in states.items():
        if segments[state] is STAR:
            after = skipped.get(state + 1)
            skipped[state + 1] = mask if after is None else after | mask
    return skipped
