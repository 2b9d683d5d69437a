"""Coded reasons for every pair: what speaks for a collision, and what is not known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.footprint import Footprints, Surface
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.scored import PairFeatures, ReasonSlot, SharedItems
from taskpar_ml.history.file_rates import FileRates

_SCORED_SURFACES: Final = (Surface.FILE, Surface.ENDPOINT, Surface.TABLE)
_SIMILAR: Final = 0.1
"""Cosine from which on two texts are called similar: below it lie unrelated tasks."""
_TOLD: Final = 2
"""Pairs of past tasks in a file from which on it is told how many of them conflicted there."""
_SIMILARITIES: Final = tuple(f"text:{step / 100:.2f}" for step in range(101))


def known_tasks(footprints: Footprints) -> NDArray[np.bool_]:
    """Return of which tasks it is known what they write: a file, an endpoint or a table."""
    known = np.zeros(len(footprints.tasks), dtype=bool)
    for surface in _SCORED_SURFACES:
        if surface in footprints.surfaces:
            known |= footprints.surfaces[surface].writes_known
    return known


def reason_slots(
    pairs: PairTable,
    *,
    features: PairFeatures,
    shared: Sequence[SharedItems],
    known: NDArray[np.bool_],
    rates: FileRates | None = None,
) -> tuple[ReasonSlot, ...]:
    """Return the reasons of every pair.

    ``file:PATH``, ``endpoint:ROUTE``, ``table:NAME`` and ``resource:NAME`` name the item in
    which the two are most likely to meet, ``collided:7/11`` how many pairs of past tasks that
    both changed that file conflicted in it, ``text:0.42`` the similarity of their texts,
    ``unknown:ID`` a task of which nothing says what it touches, ``incomparable`` two tasks of
    which different surfaces are known.

    Parameters
    ----------
    known
        As from :func:`known_tasks`.
    rates
        How often past tasks conflicted in every file.
    """
    slots = [
        ReasonSlot(tuple(f"{each.surface.value}:{item}" for item in each.items), each.top)
        for each in shared
    ]
    slots += [
        _collided(each, rates)
        for each in shared
        if each.surface == Surface.FILE and rates is not None
    ]
    cosine = np.nan_to_num(features["semantic"])
    steps = np.where(cosine >= _SIMILAR, np.rint(cosine * 100), -1).astype(np.int32)
    slots.append(ReasonSlot(_SIMILARITIES, steps))
    unknown = tuple(f"unknown:{task}" for task in pairs.ids)
    for side in (pairs.a, pairs.b):
        slots.append(ReasonSlot(unknown, np.where(known[side], -1, side).astype(np.int32)))
    measured = np.stack([features[name] for name in ("file", "api", "database")])
    apart = np.isnan(measured).all(axis=0) & known[pairs.a] & known[pairs.b]
    slots.append(ReasonSlot(("incomparable",), np.where(apart, 0, -1).astype(np.int32)))
    return tuple(slots)


def _collided(shared: SharedItems, rates: FileRates) -> ReasonSlot:
    """Return how often past tasks conflicted in the file where each pair is likeliest to meet."""
    together = [rates.counted.together[path] for path in shared.items]
    words = tuple(
        f"collided:{rates.counted.conflicts[path]}/{number}"
        for path, number in zip(shared.items, together, strict=True)
    )
    told = np.array([number >= _TOLD for number in together], dtype=bool)
    top = shared.top
    known = (top >= 0) & (told[top] if len(told) else False)
    return ReasonSlot(words, np.where(known, top, -1).astype(np.int32))
