"""Footprints item by item: what a task touches, how likely, and every reason for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy import sparse

from taskpar_ml.domain.footprint import (
    Access,
    Evidence,
    EvidenceSource,
    Footprints,
    PredictedItems,
    Surface,
    TouchedItem,
)
from taskpar_ml.footprints.neighbours import NEIGHBOUR_GAIN
from taskpar_ml.footprints.pooling import gains_of, probability_of
from taskpar_ml.repo.path_index import PathIndex

_MOST_NAMED: Final = 200
"""Files that a pattern is taken apart into; a broader one stays an item of its own."""


@dataclass
class _Reasons:
    """All that speaks for one item of one task."""

    touch: float = 0.0
    write: float = 0.0
    read: float = 0.0
    sources: dict[EvidenceSource, None] = field(default_factory=dict)
    quotes: dict[str, None] = field(default_factory=dict)

    def add(self, gain: float, *, writes: bool) -> None:
        self.touch += gain
        self.write += gain if writes else 0.0
        self.read += 0.0 if writes else gain

    def note(self, source: EvidenceSource, quote: str) -> None:
        self.sources[source] = None
        if quote and source == EvidenceSource.PROVIDER:
            # Whoever was asked comes first: an item that is there for that alone tells no other.
            self.quotes = {quote: None, **self.quotes}
        elif quote:
            self.quotes[quote] = None

    def better(self, *, touch: float, write: float, read: float, quote: str) -> None:
        """Take what the files of the task tell where it is more than what is told of the item."""
        self.touch = max(self.touch, touch)
        self.write = max(self.write, write)
        self.read = max(self.read, read)
        self.note(EvidenceSource.RETRIEVAL, quote)


def touched_items(
    footprints: Footprints,
    paths: PathIndex,
    *,
    surfaces: Collection[Surface] = tuple(Surface),
    reason: Callable[[int, Surface, str], str] | None = None,
) -> Iterator[TouchedItem]:
    """Yield what tasks touch, task by task, the likeliest items first.

    Patterns are taken apart into the files that they name, unless those are more than 200.

    Parameters
    ----------
    footprints
        With quotes, where the items are to have them.
    paths
        Paths of the snapshot that the footprints are of.
    surfaces
        Kinds of items that are wanted.
    reason
        Says of a task (its position), a surface and an item through which file the item is
        touched (:meth:`taskpar_ml.footprints.held_reasons.HeldReasons.reason`); None where
        nobody asks.
    """
    found: dict[str, dict[tuple[Surface, str], _Reasons]] = {task: {} for task in footprints.tasks}
    gains = gains_of(np.array([row.probability for row in footprints.evidence]))
    if Surface.FILE in surfaces:
        _add_retrieved(found, footprints, paths)
    for place, (row, gain) in enumerate(zip(footprints.evidence, gains.tolist(), strict=True)):
        if row.surface not in surfaces:
            continue
        for item in _items(row, paths):
            key = row.surface, item
            if place not in footprints.weighed:
                reasons = found[row.task].setdefault(key, _Reasons())
                reasons.add(gain, writes=row.access == Access.WRITE)
            elif row.source == EvidenceSource.PROVIDER:
                found[row.task].setdefault(key, _Reasons())
            if key in found[row.task]:
                found[row.task][key].note(row.source, row.quote)
    for surface, held in footprints.predicted.items():
        if surface in surfaces:
            _add_held(found, footprints.tasks, surface, held, reason)
    for task, items in found.items():
        yield from _likeliest_first(task, items)


def _items(row: Evidence, paths: PathIndex) -> Iterable[str]:
    if row.surface != Surface.FILE:
        return (row.item,)
    hits = paths.matching(row.item)
    named = (paths.paths[hit] for hit in hits.tolist())
    return tuple(named) if 0 < len(hits) <= _MOST_NAMED else (row.item,)


def _add_retrieved(
    found: dict[str, dict[tuple[Surface, str], _Reasons]],
    footprints: Footprints,
    paths: PathIndex,
) -> None:
    retrieved = footprints.retrieved
    kinds = [
        EvidenceSource.CO_CHANGE if name in NEIGHBOUR_GAIN else EvidenceSource.RETRIEVAL
        for name in retrieved.sources
    ]
    nothing = ("",) * len(kinds)
    for position, (task, file) in enumerate(
        zip(retrieved.task.tolist(), retrieved.file.tolist(), strict=True)
    ):
        key = Surface.FILE, paths.paths[file]
        reasons = found[footprints.tasks[task]].setdefault(key, _Reasons())
        quotes = retrieved.quotes[position] if retrieved.quotes else nothing
        reasons.add(float(retrieved.gained[position]), writes=True)
        row = retrieved.gains[position].tolist()
        said = sorted(zip(row, kinds, quotes, strict=True), key=lambda each: -each[0])
        for gain, kind, quote in said:
            if gain > 0:
                reasons.note(kind, quote)


def _add_held(
    found: dict[str, dict[tuple[Surface, str], _Reasons]],
    tasks: Sequence[str],
    surface: Surface,
    held: PredictedItems,
    reason: Callable[[int, Surface, str], str] | None,
) -> None:
    """Add what the files of the tasks hold."""
    both = sparse.coo_array(held.write + held.read)
    if not both.nnz:
        return
    where = both.row, both.col
    parts = (held.write[where], held.read[where])
    gains = zip(*(gains_of(np.minimum(each, 1.0)) for each in (both.data, *parts)), strict=True)
    cells = zip(both.row.tolist(), both.col.tolist(), gains, strict=True)
    for row, column, (touch, write, read) in cells:
        key = surface, held.items[column]
        quote = reason(row, *key) if reason else ""
        reasons = found[tasks[row]].setdefault(key, _Reasons())
        reasons.better(touch=touch, write=write, read=read, quote=quote)


def _likeliest_first(
    task: str, items: dict[tuple[Surface, str], _Reasons]
) -> Iterator[TouchedItem]:
    touch = probability_of(np.array([each.touch for each in items.values()]))
    made = [
        TouchedItem(
            task=task,
            surface=surface,
            item=item,
            access=Access.READ if reasons.read > reasons.write else Access.WRITE,
            probability=probability,
            sources=tuple(source for source in EvidenceSource if source in reasons.sources),
            quotes=tuple(reasons.quotes),
        )
        for ((surface, item), reasons), probability in zip(
            items.items(), touch.tolist(), strict=True
        )
    ]
    yield from sorted(made, key=lambda each: (-each.probability, each.surface, each.item))
