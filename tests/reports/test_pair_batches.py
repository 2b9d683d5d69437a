"""Rows of scored pairs: nulls, lists of reasons, hostile words."""

from __future__ import annotations

import json

import numpy as np
import pytest

from taskpar_ml.domain.estimates import KIND_CODES, Estimates
from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.scored import PairFeatures, ReasonSlot, ScoredPairs
from taskpar_ml.reports.pair_batches import PAIR_SCHEMA, pair_batch
from taskpar_ml.reports.table_files import json_rows, write_tables

QUOTED = 'file:a "b"\\c\n\udcff'


@pytest.fixture
def table():
    pairs = PairTable.of(["a", "b", "c"])
    textual = KIND_CODES.index(ConflictKind.TEXTUAL)
    scored = ScoredPairs(
        pairs=pairs,
        features=PairFeatures((), np.empty((3, 0))),
        estimates=Estimates(
            p_conflict=np.array([0.1, np.nan, 1e-7]),
            score=np.array([0.1, np.nan, 1.25]),
            kind=np.array([0, 0, textual], dtype=np.int8),
            spread=np.array([0.01, np.nan, np.nan]),
        ),
        shared=(),
        reasons=(
            ReasonSlot((QUOTED,), np.array([0, -1, 0], dtype=np.int32)),
            ReasonSlot(("text:0.10", "text:0.20"), np.array([1, -1, -1], dtype=np.int32)),
        ),
        model="m-1",
    )
    yes = np.array([True, False, False])
    return pair_batch(scored, a_first=yes, b_first=~yes & np.array([False, False, True]))


def test_unknown_is_null_and_reasons_keep_their_order(table):
    assert table.schema == PAIR_SCHEMA
    first, second, third = table.to_pylist()
    clean = QUOTED.replace("\udcff", "\ufffd")
    assert (first["direction"], second["direction"], third["direction"]) == (
        "a_first",
        None,
        "b_first",
    )
    assert first["reasons"] == [clean, "text:0.20"]
    assert (second["p_conflict"], second["score"], second["reasons"]) == (None, None, [])
    assert (third["kind"], third["p_conflict"], third["score"]) == ("textual", 1e-7, 1.25)


def test_json_rows_are_what_a_json_reader_reads(table):
    assert [json.loads(row) for row in json_rows(table).to_pylist()] == table.to_pylist()


def test_a_failing_producer_leaves_no_file(table, tmp_path):
    def tables():
        yield table
        raise RuntimeError("half way")

    for ending in ("parquet", "csv", "jsonl"):
        with pytest.raises(RuntimeError, match="half way"):
            write_tables(tmp_path / f"out.{ending}", tables(), PAIR_SCHEMA)
    assert list(tmp_path.iterdir()) == []
