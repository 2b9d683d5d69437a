"""Files behind what a text names: those that define a symbol, endpoint or table, or use it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.footprint import Access, Evidence, EvidenceSource, Surface
from taskpar_ml.footprints.code_map import CodeMap
from taskpar_ml.footprints.spots import Spots

BEHIND: Final[Mapping[Surface, str]] = MappingProxyType(
    {
        Surface.SYMBOL: "files of symbols",
        Surface.ENDPOINT: "files of endpoints",
        Surface.TABLE: "files of tables",
    }
)
"""Surfaces whose items have files behind them, and how that evidence is called."""

_DEFINING: Final[Mapping[Surface, float]] = MappingProxyType(
    {Surface.SYMBOL: 1.6, Surface.ENDPOINT: 0.8, Surface.TABLE: 0.8}
)
"""P(touch) of the only file that defines an item, as a multiple of that of the item: what is wrong
with a function that a text names is mostly mended in its file, and half as often in itself."""
_USING: Final = 0.2
"""The same for the only file that uses it, where the item changes: shared by all that do."""
_LEAST: Final = 0.02
"""P(touch) below which many files share too little."""


def files_behind(
    rows: Sequence[Evidence],
    code: CodeMap,
    paths: Sequence[str],
    *,
    without: Collection[str] = (),
) -> Iterator[Evidence]:
    """Yield evidence for the files that define what texts name, and less for those that use it.

    Who changes an item changes what uses it too; who only reads it reads its definition. A file
    that several items of a task point to is believed by the strongest of them, and not at all
    where evidence of the same access names it. Steps of migrations are left out: nobody changes
    one that has landed.

    Parameters
    ----------
    rows
        Evidence of any surface.
    code
        What lies where.
    paths
        The files.
    without
        Names of evidence to be left out: see :data:`BEHIND`.
    """
    named = {(row.task, row.item, row.access) for row in rows if row.surface == Surface.FILE}
    landed = np.diff(code.migrations.indptr) > 0
    best: dict[tuple[str, str, Access], Evidence] = {}
    for row in rows:
        if row.source != EvidenceSource.MENTION or BEHIND.get(row.surface, "") in without:
            continue
        for file, share, why in _shares(row, code.spots.get(row.surface), landed):
            key = row.task, paths[file], row.access
            probability = row.probability * share
            if key in named or probability < _LEAST:
                continue
            if key not in best or probability > best[key].probability:
                best[key] = Evidence(
                    task=row.task,
                    surface=Surface.FILE,
                    item=paths[file],
                    access=row.access,
                    probability=probability,
                    source=EvidenceSource.MENTION,
                    quote=f"{why} {row.quote}",
                )
    yield from best.values()


def _shares(
    row: Evidence, spots: Spots | None, landed: NDArray[np.bool_]
) -> Iterator[tuple[int, float, str]]:
    """Yield the files of an item with their share of its probability, and why."""
    if spots is None or row.surface not in BEHIND:
        return
    place = bisect_left(spots.items, row.item)
    if place == len(spots.items) or spots.items[place] != row.item:
        return
    held = spots.item == place
    defining = np.unique(spots.file[held & spots.defines])
    using = np.setdiff1d(spots.file[held & ~spots.defines], defining)
    defining, using = defining[~landed[defining]], using[~landed[using]]
    for file in defining.tolist():
        yield file, _DEFINING[row.surface] / len(defining), "defines"
    if row.access == Access.WRITE:
        for file in using.tolist():
            yield file, _USING / len(using), "uses"
