"""A history out of a store into Parquet files, and back."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final, TypeVar

from taskpar_ml.domain.mined import MinedTask
from taskpar_ml.errors import ContradictionError, OutputError, StoreExportError
from taskpar_ml.history.store.parquet_files import (
    Label,
    damaged,
    part_file,
    read_label,
    read_part,
    write_part,
)
from taskpar_ml.history.store.parquet_parts import (
    SCHEMAS,
    Row,
    landing_of,
    landing_row,
    outcome_row,
    pair_of,
    pair_row,
    recorded_of,
    text_of,
    text_row,
)
from taskpar_ml.history.store.pieces import in_pieces
from taskpar_ml.history.store.reader import HistoryReader
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.whole_files import whole_file

_BATCH: Final = 500
"""Landings, tasks, texts or outcomes in one transaction of an import."""

_ANOTHER: Final = "Name another directory."

_MAKERS: Final[Mapping[str, Callable[[Row], object]]] = {
    "landings": landing_of,
    "pairs": pair_of,
    "texts": text_of,
    "outcomes": recorded_of,
}
"""Part of an export to what makes a row of it what it stands for."""

Each = TypeVar("Each")


def export_parquet(history: RepoHistory, directory: Path) -> None:
    """Write a history as it is at this moment: landings, pairs, texts and reports.

    Files of an earlier export of the same history are replaced, once all new ones are complete.
    What was abandoned is left out.

    Raises
    ------
    OutputError
        If the directory cannot be written, or holds files of these names that are something else.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _check_free(history, directory)
        with history.at_one_moment() as reader, ExitStack() as stack:
            export = uuid.uuid4().hex
            recipe = reader.recipe()
            for part, rows in _rows(reader):
                place = part_file(directory, part)
                beside = stack.enter_context(whole_file(place, replace=True))
                write_part(beside, rows, Label(part, history.name, recipe, export))
    except OSError as error:
        raise OutputError(
            str(directory), f"cannot be written ({error.strerror or error}).", _ANOTHER
        ) from None


def _check_free(history: RepoHistory, directory: Path) -> None:
    """Refuse to replace what is no export of this history."""
    for part in SCHEMAS:
        place = part_file(directory, part)
        if not place.exists() and not place.is_symlink():
            continue
        try:
            label = read_label(place, part)
        except StoreExportError as error:
            raise OutputError(
                str(place), f"would be replaced, but {error.problem}", _ANOTHER
            ) from None
        if label.history != history.name:
            raise OutputError(str(place), f"is of another history ({label.history}).", _ANOTHER)


def _rows(reader: HistoryReader) -> Iterator[tuple[str, Iterator[Row]]]:
    mined = reader.mined()
    yield (
        "landings",
        (landing_row(each, mined=each.landing.id in mined) for each in reader.landings()),
    )
    yield "pairs", (pair_row(each) for each in reader.pairs())
    yield "texts", (text_row(each) for each in reader.texts())
    yield "outcomes", (outcome_row(each) for each in reader.reports())


@dataclass(frozen=True, slots=True)
class Export:
    """An export that was read through and found whole; :func:`checked_export` makes it.

    Attributes
    ----------
    directory
        Where it lies.
    history
        Name of the history that was exported.
    recipe
        How that was mined, ``None`` if nobody said.
    """

    directory: Path
    history: str
    recipe: str | None


def checked_export(directory: Path) -> Export:
    """Return the export in a directory, once every row of it was read.

    Raises
    ------
    StoreExportError
        If there is no export, not a whole one, one of a later version, or a damaged one.
    """
    labels = [read_label(part_file(directory, part), part) for part in SCHEMAS]
    if len({label.export for label in labels}) != 1:
        raise StoreExportError(
            str(directory), "its files are of different exports.", "Export the history anew."
        )
    for part, make in _MAKERS.items():
        for _ in _made(part_file(directory, part), make):
            pass
    return Export(directory, labels[0].history, labels[0].recipe)


def import_parquet(history: RepoHistory, export: Export) -> None:
    """Add what an export holds; what is there already stays as it is.

    It is added in batches: whatever interrupts the import, repeating it completes it.

    Raises
    ------
    StoreExportError
        If the export was damaged since it was checked.
    ContradictionError
        If the history was mined by another recipe, or holds something otherwise.
    """
    directory = export.directory
    if export.recipe is not None:
        present = history.recipe
        if present is None:
            history.set_recipe(export.recipe)
        elif present != export.recipe:
            raise ContradictionError(
                f"{directory}: {export.history}",
                f"it was mined otherwise than {history.name}.",
                "Import it under another name: --name NAME.",
            )
    _import_landings(history, part_file(directory, "landings"))
    _import_pairs(history, part_file(directory, "pairs"))
    _mark_mined(history, part_file(directory, "landings"))
    for texts in in_pieces(_made(part_file(directory, "texts"), text_of), _BATCH):
        history.append_texts(texts)
    for outcomes in in_pieces(_made(part_file(directory, "outcomes"), recorded_of), _BATCH):
        history.append_outcomes(outcomes)


def _made(path: Path, make: Callable[[Row], Each]) -> Iterator[Each]:
    """Yield what the rows of a file stand for."""
    for row in read_part(path):
        try:
            made = make(row)
        except (ValueError, TypeError) as error:
            raise damaged(path, error) from None
        yield made


def _import_landings(history: RepoHistory, path: Path) -> None:
    for landings in in_pieces(_made(path, landing_of), _BATCH):
        history.append_landings(landings)


def _import_pairs(history: RepoHistory, path: Path) -> None:
    tasks = (
        MinedTask(task, tuple(pairs))
        for task, pairs in groupby(_made(path, pair_of), key=lambda pair: pair.later)
    )
    for piece in in_pieces(tasks, _BATCH):
        history.append_mined(piece)


def _mark_mined(history: RepoHistory, path: Path) -> None:
    """Add the tasks that were mined and have no pairs."""
    mined: Iterable[MinedTask] = (
        MinedTask(row["commits"][-1], ()) for row in read_part(path) if row["mined"]
    )
    for piece in in_pieces(mined, _BATCH):
        history.append_mined(piece)
