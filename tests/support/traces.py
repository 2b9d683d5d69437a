"""Traces out of a few numbers, and strategies for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from taskpar_ml.simulation.trace import Trace


def trace_of(minutes: Sequence[int], conflicts: Iterable[tuple[int, int]] = ()) -> Trace:
    """Return tasks ``a``, ``b``, … that take so long, of which those pairs conflict."""
    names = [chr(ord("a") + row) for row in range(len(minutes))]
    marked = {frozenset(pair) for pair in conflicts}
    truth = {
        frozenset((names[one], names[other])): frozenset((one, other)) in marked
        for one, other in combinations(range(len(names)), 2)
    }
    return Trace.of(names, minutes=dict(zip(names, minutes, strict=True)), truth=truth)


@st.composite
def traces(draw: st.DrawFn, *, most: int = 8, longest: int = 9) -> Trace:
    """Return a trace of one task or more, of short ones so that many end at the same time."""
    minutes = draw(st.lists(st.integers(1, longest), min_size=1, max_size=most))
    pairs = list(combinations(range(len(minutes)), 2))
    return trace_of(minutes, draw(st.sets(st.sampled_from(pairs))) if pairs else ())


@st.composite
def risks(draw: st.DrawFn, size: int) -> np.ndarray:
    """Return a symmetric matrix of risks, some of them unknown."""
    values = st.sampled_from((0.0, 0.1, 0.29, 0.3, 0.5, 1.2, float("nan")))
    risk = np.full((size, size), np.nan)
    for one, other in combinations(range(size), 2):
        risk[one, other] = risk[other, one] = draw(values)
    return risk
