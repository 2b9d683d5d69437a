"""How well parts of a system fit its imports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from taskpar_ml.domain.contexts import ContextMap


class ContextFit(NamedTuple):
    """How far imports stay within contexts; each NaN where nothing is imported.

    Attributes
    ----------
    coverage
        Share of the imports between files of known contexts that stay within one, in [0, 1].
    modularity
        By how much that exceeds what it would be if the ends of imports were drawn anew, in
        [-0.5, 1]. Source: Newman, "Modularity and community structure in networks", 2006.
    """

    coverage: float
    modularity: float


def context_fit(contexts: ContextMap, imports: Mapping[str, Sequence[str]]) -> ContextFit:
    """Return how well contexts fit imports.

    Examples
    --------
    >>> from taskpar_ml.survey.directory_contexts import DirectoryContexts
    >>> directories = DirectoryContexts(["a/1.py", "b/1.py", "c/1.py"])
    >>> context_fit(directories, {"a/1.py": ("a/2.py",), "b/1.py": ("b/2.py",)})
    ContextFit(coverage=1.0, modularity=0.5)
    """
    within: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    total = 0
    for path, targets in imports.items():
        here = contexts.of(path)
        for target in targets:
            there = contexts.of(target)
            if here is None or there is None:
                continue
            total += 1
            ends.update((here, there))
            if here == there:
                within[here] += 1
    if not total:
        return ContextFit(float("nan"), float("nan"))
    coverage = within.total() / total
    by_chance = sum((count / (2 * total)) ** 2 for count in ends.values())
    return ContextFit(coverage, coverage - by_chance)
