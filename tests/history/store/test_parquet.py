"""Histories as Parquet files: out and in again, and what is no export."""

from __future__ import annotations

import json
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from taskpar_ml.domain.position import PlacedLanding
from taskpar_ml.errors import ContradictionError, OutputError, StoreExportError
from taskpar_ml.history.store import parquet, parquet_files
from taskpar_ml.history.store.parquet import checked_export, export_parquet, import_parquet
from taskpar_ml.history.store.parquet_parts import SCHEMAS
from tests.support.pasts import Past, contents, past


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "deep" / "export"


@pytest.fixture
def filled(shop):
    past(1, landings=40).append_to(shop)
    shop.set_recipe('{"window": 20}')
    return shop


@pytest.fixture
def exported(filled, directory):
    export_parquet(filled, directory)
    return directory


def test_what_went_out_comes_in_again(filled, store, exported):
    assert sorted(each.name for each in exported.iterdir()) == [
        "landings.parquet",
        "outcomes.parquet",
        "pairs.parquet",
        "texts.parquet",
    ]
    assert checked_export(exported).history == "shop"
    copy = store.history("copy", create=True)
    for _ in range(2):
        import_parquet(copy, checked_export(exported))
        assert contents(copy) == contents(filled)
    import_parquet(filled, checked_export(exported))
    assert contents(copy) == contents(filled)


def test_pieces_smaller_than_a_task_are_no_half_tasks(filled, store, exported, monkeypatch):
    monkeypatch.setattr(parquet_files, "_ROWS", 3)
    monkeypatch.setattr(parquet, "_BATCH", 2)
    export_parquet(filled, exported)
    copy = store.history("copy", create=True)
    batches, append = [], type(copy).append_mined

    def watched(history, tasks):
        batches.append([task.task for task in tasks if task.pairs])
        append(history, tasks)

    monkeypatch.setattr(type(copy), "append_mined", watched)
    import_parquet(copy, checked_export(exported))
    assert contents(copy) == contents(filled)
    told = [task for batch in batches for task in batch]
    assert len(told) == len(set(told)) > 10


def test_tasks_without_pairs_and_what_was_abandoned(shop, store, directory):
    told = past(1)
    Past(told.landings, told.mined[:1], (), ()).append_to(shop)
    assert told.mined[0].pairs == ()
    shop.abandon([told.landings[-1].landing.id])
    export_parquet(shop, directory)
    copy = store.history("copy", create=True)
    import_parquet(copy, checked_export(directory))
    assert copy.mined() == {told.mined[0].task}
    assert contents(copy) == contents(shop)


def test_an_empty_history_is_exported_too(shop, store, directory):
    export_parquet(shop, directory)
    copy = store.history("copy", create=True)
    import_parquet(copy, checked_export(directory))
    assert contents(copy) == contents(shop)


def test_an_export_is_replaced_as_a_whole_by_one_of_the_same_history(filled, store, exported):
    before = {each.name: each.read_bytes() for each in exported.iterdir()}
    other = store.history("other", create=True)
    with pytest.raises(OutputError, match=r"is of another history \(shop\)"):
        export_parquet(other, exported)
    assert {each.name: each.read_bytes() for each in exported.iterdir()} == before
    filled.append_landings(
        [PlacedLanding(999, each.landing) for each in past(1, landings=3, name="new").landings[:1]]
    )
    export_parquet(filled, exported)
    import_parquet(other, checked_export(exported))
    assert contents(other) == contents(filled)


def test_an_export_that_fails_leaves_the_old_one(filled, exported, monkeypatch):
    before = {each.name: each.read_bytes() for each in exported.iterdir()}

    def fail(text):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(parquet, "text_row", fail)
    with pytest.raises(OutputError, match="No space left on device"):
        export_parquet(filled, exported)
    assert {each.name: each.read_bytes() for each in exported.iterdir()} == before


@pytest.mark.parametrize("content", [b"mine", None])
def test_files_of_others_are_not_replaced(shop, directory, content):
    directory.mkdir(parents=True)
    theirs = directory / "pairs.parquet"
    if content is None:
        pq.write_table(pa.table({"x": [1]}), theirs)
    else:
        theirs.write_bytes(content)
    before = theirs.read_bytes()
    with pytest.raises(OutputError, match=r"pairs.parquet: would be replaced, but"):
        export_parquet(shop, directory)
    assert theirs.read_bytes() == before
    assert list(directory.iterdir()) == [theirs]


def test_a_place_below_a_file_cannot_be_written(shop, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        export_parquet(shop, tmp_path / "file" / "below")


def relabel(path, **fields):
    table = pq.read_table(path)
    label = json.loads(table.schema.metadata[b"taskpar_store"]) | fields
    metadata = {b"taskpar_store": json.dumps(label).encode()}
    pq.write_table(table.replace_schema_metadata(metadata), path)


def nest_label(path):
    metadata = {b"taskpar_store": b"[" * 100_000}
    pq.write_table(pq.read_table(path).replace_schema_metadata(metadata), path)


def make_pipe(path):
    path.unlink()
    os.mkfifo(path)


def change(path, part, column, value):
    table = pq.read_table(path)
    rows = [{**row, column: value} for row in table.to_pylist()]
    schema = SCHEMAS[part].with_metadata(table.schema.metadata)
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda path: path.unlink(), "pairs.parquet: is missing"),
        (lambda path: path.write_bytes(b"x"), "cannot be read as Parquet"),
        (lambda path: path.write_bytes(path.read_bytes()[:-30]), "cannot be read as Parquet"),
        (lambda path: pq.write_table(pa.table({"x": [1]}), path), "is no part of an export"),
        (lambda path: relabel(path, format=2), r"is of a newer version \(2\)"),
        (lambda path: relabel(path, format="1"), "does not say what it is"),
        (lambda path: relabel(path, history=7), "does not say what it is"),
        (lambda path: relabel(path, extra=7), "does not say what it is"),
        (nest_label, "does not say what it is"),
        (make_pipe, "pairs.parquet: is no file"),
        (lambda path: relabel(path, part="texts"), "has other columns"),
        (lambda path: relabel(path, export="other"), "its files are of different exports"),
    ],
)
def test_what_is_no_whole_export_is_refused(exported, damage, problem):
    damage(exported / "pairs.parquet")
    with pytest.raises(StoreExportError, match=problem):
        checked_export(exported)


@pytest.mark.parametrize(
    ("part", "column", "value"),
    [
        ("landings", "shape", "unheard-of"),
        ("landings", "commits", []),
        ("landings", "title", b"\xff"),
        ("pairs", "items", [{"kind": "odd", "item": b"", "detector": b""}]),
        ("outcomes", "report", "{}"),
        ("texts", "source", b"\xff"),
    ],
)
def test_rows_that_mean_nothing_are_damage(exported, part, column, value):
    change(exported / f"{part}.parquet", part, column, value)
    with pytest.raises(StoreExportError, match=rf"{part}.parquet: is damaged \("):
        checked_export(exported)


@pytest.mark.parametrize("part", SCHEMAS)
def test_a_page_of_which_one_bit_is_another_is_damage(exported, part):
    path = exported / f"{part}.parquet"
    column = pq.ParquetFile(path).metadata.row_group(0).column(0)
    start = column.dictionary_page_offset or column.data_page_offset
    content = bytearray(path.read_bytes())
    content[start + column.total_compressed_size - 1] ^= 1
    path.write_bytes(content)
    with pytest.raises(StoreExportError, match=rf"{part}.parquet: is damaged"):
        checked_export(exported)


def test_an_export_that_is_damaged_after_it_was_checked_is_damage(store, exported):
    checked = checked_export(exported)
    change(exported / "texts.parquet", "texts", "source", b"\xff")
    with pytest.raises(StoreExportError, match=r"texts.parquet: is damaged"):
        import_parquet(store.history("copy", create=True), checked)


def test_histories_mined_otherwise_are_not_mixed(store, exported):
    copy = store.history("copy", create=True)
    copy.set_recipe("{}")
    with pytest.raises(ContradictionError, match="it was mined otherwise than copy"):
        import_parquet(copy, checked_export(exported))
    assert list(copy.landings()) == []
