"""Reads issues as JSON lines, one entry of a tracker per line."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, BinaryIO, Final

from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from taskpar_ml.domain.issue_text import IssueText
from taskpar_ml.errors import InvalidTaskError, UnreadableTaskFileError
from taskpar_ml.tasks.tree import shown_path

MAX_LINE_BYTES: Final = 4 << 20
"""Longest line that is read; trackers allow texts of a quarter of a megabyte."""

_CURE: Final = (
    'Write one object per line: {"number": 12, "title": "…", "body": "…", '
    '"created_at": "2024-05-01T12:00:00Z"}.'
)


class _Issue(BaseModel):
    """What is read of an entry; trackers export much more."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    number: Annotated[
        int, Field(ge=1, le=999_999_999, validation_alias=AliasChoices("number", "iid"))
    ]
    title: str
    body: Annotated[str | None, Field(validation_alias=AliasChoices("body", "description"))] = None
    created_at: Annotated[
        AwareDatetime, Field(validation_alias=AliasChoices("created_at", "createdAt"))
    ]
    edited_at: Annotated[
        AwareDatetime | None,
        Field(validation_alias=AliasChoices("edited_at", "lastEditedAt", "last_edited_at")),
    ] = None
    url: Annotated[
        str | None, Field(validation_alias=AliasChoices("html_url", "url", "web_url"))
    ] = None


def read_issue_texts(path: Path) -> list[IssueText]:
    """Return the entries of a file, in its order.

    An entry was written when it was edited last, where the export says so, else when it was
    created.

    Raises
    ------
    UnreadableTaskFileError
        If the file cannot be read.
    InvalidTaskError
        If a line is no entry.
    """
    place = shown_path(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnreadableTaskFileError(place, "is no regular file.", "Name a file.")
        with path.open("rb") as file:
            return list(_entries(file, place))
    except OSError as error:
        raise UnreadableTaskFileError(
            place, f"cannot be read: {error.strerror}.", "Check the path and its permissions."
        ) from None


def _entries(file: BinaryIO, place: str) -> Iterator[IssueText]:
    number = 0
    while raw := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(raw) > MAX_LINE_BYTES:
            raise InvalidTaskError(
                f"{place}:{number}", f"is longer than {MAX_LINE_BYTES >> 20} MiB.", _CURE
            )
        if raw.strip():
            yield _entry(raw, f"{place}:{number}")


def _entry(raw: bytes, place: str) -> IssueText:
    try:
        issue = _Issue.model_validate(json.loads(raw))
    except (UnicodeDecodeError, RecursionError):
        raise InvalidTaskError(place, "is no UTF-8 text, or nested too deeply.", _CURE) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"]) or "line"
        raise InvalidTaskError(f"{place}: {name}", f"{first['msg']}.", _CURE) from None
    except ValueError as error:
        raise InvalidTaskError(place, f"is no JSON object ({error}).", _CURE) from None
    written = issue.edited_at or issue.created_at
    return IssueText(
        reference=f"#{issue.number}",
        title=issue.title,
        body=issue.body or "",
        written_at=int(written.timestamp()),
        source=issue.url or f"#{issue.number}",
    )
