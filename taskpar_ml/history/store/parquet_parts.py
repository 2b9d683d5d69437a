"""The files of an export: their columns, and what stands in a row.

Text that is a repository's or a tracker's is bytes here too, as in the tables: UTF-8, except where
the text is not. Numbers of rows of a database are not exported, words are written out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import pyarrow as pa

from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.landing import ChangeStatus, FileChange, Landing, LandingShape
from taskpar_ml.domain.mined import (
    DecidedBy,
    FileFinding,
    FileVerdict,
    ItemFinding,
    PairFinding,
)
from taskpar_ml.domain.outcome import RecordedOutcome
from taskpar_ml.domain.overlap import FileConflictKind
from taskpar_ml.domain.position import PlacedLanding
from taskpar_ml.domain.task_text import TaskText
from taskpar_ml.history.store.columns import exact_bytes, exact_text
from taskpar_ml.history.store.outcome_rows import microseconds, moment, outcome_of, report_of

Row = Mapping[str, Any]
"""One row, by the names of its columns."""


def _given(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


_CHANGE: Final = pa.struct(
    [_given("path", pa.binary()), _given("status", pa.string()), pa.field("old_path", pa.binary())]
)
_FILE: Final = pa.struct(
    [
        _given("path", pa.binary()),
        _given("verdict", pa.string()),
        _given("decided_by", pa.string()),
        pa.field("kind", pa.string()),
        _given("created", pa.bool_()),
    ]
)
_ITEM: Final = pa.struct(
    [_given("kind", pa.string()), _given("item", pa.binary()), _given("detector", pa.binary())]
)

SCHEMAS: Final[Mapping[str, pa.Schema]] = {
    "landings": pa.schema(
        [
            _given("number", pa.int64()),
            _given("commits", pa.list_(pa.string())),
            pa.field("base", pa.string()),
            _given("author", pa.binary()),
            _given("landed_at", pa.int64()),
            _given("title", pa.binary()),
            _given("body", pa.binary()),
            _given("changes", pa.list_(_CHANGE)),
            _given("changed", pa.int64()),
            _given("shape", pa.string()),
            pa.field("reference", pa.binary()),
            pa.field("automation", pa.binary()),
            _given("mined", pa.bool_()),
        ]
    ),
    "pairs": pa.schema(
        [
            _given("later", pa.string()),
            _given("earlier", pa.string()),
            _given("concurrent", pa.bool_()),
            _given("files", pa.list_(_FILE)),
            _given("items", pa.list_(_ITEM)),
            pa.field("tips", pa.list_(_FILE)),
        ]
    ),
    "texts": pa.schema(
        [
            _given("task", pa.string()),
            _given("written_at", pa.int64()),
            _given("source", pa.binary()),
            _given("title", pa.binary()),
            _given("body", pa.binary()),
        ]
    ),
    "outcomes": pa.schema(
        [
            _given("recorded_at", pa.timestamp("us", tz="UTC")),
            _given("correction", pa.int64()),
            _given("report", pa.string()),
        ]
    ),
}
"""One file per name, with these columns."""


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else exact_bytes(text)


def _text(stored: bytes | None) -> str | None:
    return None if stored is None else exact_text(stored)


def landing_row(placed: PlacedLanding, *, mined: bool) -> Row:
    """Return the row of a landing."""
    landing = placed.landing
    return {
        "number": placed.number,
        "commits": landing.commits,
        "base": landing.base,
        "author": exact_bytes(landing.author),
        "landed_at": landing.landed_at,
        "title": exact_bytes(landing.title),
        "body": exact_bytes(landing.body),
        "changes": [
            {
                "path": exact_bytes(each.path),
                "status": each.status,
                "old_path": _bytes(each.old_path),
            }
            for each in landing.changes
        ],
        "changed": landing.changed,
        "shape": landing.shape,
        "reference": _bytes(landing.reference),
        "automation": _bytes(landing.automation),
        "mined": mined,
    }


def landing_of(row: Row) -> PlacedLanding:
    """Return the landing of a row.

    Raises
    ------
    ValueError
        If it is none.
    """
    if not row["commits"]:
        raise ValueError("a landing without commits")
    return PlacedLanding(
        row["number"],
        Landing(
            commits=tuple(row["commits"]),
            base=row["base"],
            author=exact_text(row["author"]),
            landed_at=row["landed_at"],
            title=exact_text(row["title"]),
            body=exact_text(row["body"]),
            changes=tuple(
                FileChange(
                    exact_text(each["path"]), ChangeStatus(each["status"]), _text(each["old_path"])
                )
                for each in row["changes"]
            ),
            changed=row["changed"],
            shape=LandingShape(row["shape"]),
            reference=_text(row["reference"]),
            automation=_text(row["automation"]),
        ),
    )


def pair_row(pair: PairFinding) -> Row:
    """Return the row of a pair."""
    return {
        "later": pair.later,
        "earlier": pair.earlier,
        "concurrent": pair.concurrent,
        "files": _file_rows(pair.files),
        "items": [
            {
                "kind": each.kind,
                "item": exact_bytes(each.item),
                "detector": exact_bytes(each.detector),
            }
            for each in pair.items
        ],
        "tips": None if pair.tips is None else _file_rows(pair.tips),
    }


def pair_of(row: Row) -> PairFinding:
    """Return the pair of a row.

    Raises
    ------
    ValueError
        If it is none.
    """
    return PairFinding(
        earlier=row["earlier"],
        later=row["later"],
        files=_files(row["files"]),
        items=tuple(
            ItemFinding(
                ConflictKind(each["kind"]), exact_text(each["item"]), exact_text(each["detector"])
            )
            for each in row["items"]
        ),
        concurrent=row["concurrent"],
        tips=None if row["tips"] is None else _files(row["tips"]),
    )


def _file_rows(files: Sequence[FileFinding]) -> list[Row]:
    return [
        {
            "path": exact_bytes(each.path),
            "verdict": each.verdict,
            "decided_by": each.decided_by,
            "kind": each.kind,
            "created": each.created,
        }
        for each in files
    ]


def _files(rows: Sequence[Row]) -> tuple[FileFinding, ...]:
    return tuple(
        FileFinding(
            exact_text(each["path"]),
            FileVerdict(each["verdict"]),
            DecidedBy(each["decided_by"]),
            None if each["kind"] is None else FileConflictKind(each["kind"]),
            each["created"],
        )
        for each in rows
    )


def text_row(text: TaskText) -> Row:
    """Return the row of a text."""
    return {
        "task": text.task,
        "written_at": text.written_at,
        "source": exact_bytes(text.source),
        "title": exact_bytes(text.title),
        "body": exact_bytes(text.body),
    }


def text_of(row: Row) -> TaskText:
    """Return the text of a row.

    Raises
    ------
    ValueError
        If it is none.
    """
    return TaskText(
        task=row["task"],
        title=exact_text(row["title"]),
        body=exact_text(row["body"]),
        written_at=row["written_at"],
        source=exact_text(row["source"]),
    )


def outcome_row(recorded: RecordedOutcome) -> Row:
    """Return the row of a recorded outcome."""
    return {
        "recorded_at": moment(microseconds(recorded.recorded_at)),
        "correction": recorded.correction,
        "report": report_of(recorded.outcome),
    }


def recorded_of(row: Row) -> RecordedOutcome:
    """Return the recorded outcome of a row.

    Raises
    ------
    ValueError
        If it is none.
    """
    recorded_at: datetime = row["recorded_at"]
    return RecordedOutcome(
        outcome=outcome_of(row["report"]),
        recorded_at=recorded_at,
        correction=row["correction"],
    )
