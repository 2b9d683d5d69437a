"""Scored pairs as Arrow tables: the rows that files and JSON carry."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from taskpar_ml.domain.estimates import KIND_CODES
from taskpar_ml.domain.labels import Direction
from taskpar_ml.domain.scored import ReasonSlot, ScoredPairs

PAIR_SCHEMA: Final = pa.schema(
    [
        pa.field("task_a", pa.string(), nullable=False),
        pa.field("task_b", pa.string(), nullable=False),
        pa.field("direction", pa.string()),
        pa.field("p_conflict", pa.float64()),
        pa.field("spread", pa.float64()),
        pa.field("score", pa.float64()),
        pa.field("kind", pa.string()),
        pa.field("reasons", pa.list_(pa.string()), nullable=False),
        pa.field("model", pa.string(), nullable=False),
    ]
)
"""Columns of scored pairs, ``task_a < task_b`` by code point; null where nothing is known."""

_KINDS: Final = tuple("" if kind is None else kind.value for kind in KIND_CODES)
_DIRECTIONS: Final = (Direction.A_FIRST.value, Direction.B_FIRST.value)


def pair_batch(scored: ScoredPairs, *, a_first: NDArray[Any], b_first: NDArray[Any]) -> pa.Table:
    """Return the pairs as one Arrow table with :data:`PAIR_SCHEMA`.

    Parameters
    ----------
    scored
        The pairs.
    a_first, b_first
        Pairs whose first or second task must land before the other, shape ``(n_pairs,)``.
    """
    pairs, estimates = scored.pairs, scored.estimates
    direction = np.where(a_first, 0, np.where(b_first, 1, -1))
    return pa.Table.from_arrays(
        [
            _words(pairs.ids, pairs.a),
            _words(pairs.ids, pairs.b),
            _words(_DIRECTIONS, direction),
            pa.array(estimates.p_conflict, from_pandas=True),
            pa.array(estimates.spread, from_pandas=True),
            pa.array(estimates.score, from_pandas=True),
            _words(_KINDS, np.where(estimates.kind > 0, estimates.kind, -1)),
            _reasons(scored.reasons, len(scored)),
            pa.repeat(pa.scalar(scored.model), len(scored)),
        ],
        schema=PAIR_SCHEMA,
    )


@lru_cache(maxsize=64)
def _vocabulary(words: tuple[str, ...]) -> pa.Array:
    """Return words as Arrow text; bytes of undecodable paths become replacement characters."""
    clean = [word.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for word in words]
    return pa.array(clean, type=pa.string())


def _words(words: tuple[str, ...], code: NDArray[Any]) -> pa.Array:
    """Return the word of every code, null for a negative one."""
    index = pa.array(code.astype(np.int32), mask=code < 0)
    return pa.DictionaryArray.from_arrays(index, _vocabulary(words)).dictionary_decode()


def _reasons(slots: tuple[ReasonSlot, ...], rows: int) -> pa.Array:
    """Return the reasons of every pair as a list, slots in order, empty ones left out."""
    starts = np.cumsum([0, *(len(slot.vocabulary) for slot in slots)])
    codes = np.stack(
        [
            np.where(slot.code >= 0, slot.code + start, -1)
            for slot, start in zip(slots, starts[:-1], strict=True)
        ],
        axis=1,
    )
    given = codes >= 0
    offsets = np.concatenate([[0], np.cumsum(given.sum(axis=1))]).astype(np.int32)
    vocabulary = pa.chunked_array([_vocabulary(slot.vocabulary) for slot in slots]).combine_chunks()
    index = pa.array(codes[given].astype(np.int32))
    words = pa.DictionaryArray.from_arrays(index, vocabulary).dictionary_decode()
    return pa.ListArray.from_arrays(pa.array(offsets), words)
