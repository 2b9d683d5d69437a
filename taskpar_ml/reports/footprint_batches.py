"""Footprints as Arrow tables: the rows that files and JSON carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

import pyarrow as pa

from taskpar_ml.domain.footprint import TouchedItem

FOOTPRINT_SCHEMA: Final = pa.schema(
    [
        pa.field("task", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("item", pa.string(), nullable=False),
        pa.field("probability", pa.float64(), nullable=False),
        pa.field("evidence", pa.list_(pa.string()), nullable=False),
    ]
)
"""``kind`` is the surface, ``probability`` P(touch), ``evidence`` the sources."""

_ROWS_AT_ONCE: Final = 50_000


def footprint_tables(items: Iterable[TouchedItem]) -> Iterator[pa.Table]:
    """Yield the items as Arrow tables with :data:`FOOTPRINT_SCHEMA`, in order."""
    waiting = iter(items)
    while block := list(islice(waiting, _ROWS_AT_ONCE)):
        yield pa.Table.from_arrays(
            [
                pa.array([each.task for each in block]),
                pa.array([each.surface.value for each in block]),
                pa.array([_decodable(each.item) for each in block]),
                pa.array([each.probability for each in block]),
                pa.array([[source.value for source in each.sources] for each in block]),
            ],
            schema=FOOTPRINT_SCHEMA,
        )


def _decodable(item: str) -> str:
    """Return an item with replacement characters in place of bytes that are no UTF-8."""
    return item.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
