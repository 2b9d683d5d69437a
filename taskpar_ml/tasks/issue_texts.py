"""Reads issues as JSON lines, one entry of a tracker per line."""

from __future__ import annotations

from typing import Annotated, BinaryIO, Final

from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field

from taskpar_ml.domain.issue_text import IssueText
from taskpar_ml.tasks.json_lines import read_json_lines

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
        str | None, Field(validation_alias=AliasChoices("html_url", "web_url", "url"))
    ] = None


def read_issue_texts(file: BinaryIO, *, place: str) -> list[IssueText]:
    """Return the entries of a file, in its order.

    An entry was written when it was edited last, where the export says so, else when it was
    created. Of several entries with one number the last one counts.

    Parameters
    ----------
    place
        How messages name the file.

    Raises
    ------
    UnreadableTaskFileError
        If the file cannot be read.
    InvalidTaskError
        If a line is no entry.
    """
    found = {}
    for _, issue in read_json_lines(file, _Issue, place=place, cure=_CURE):
        written = issue.edited_at or issue.created_at
        found[issue.number] = IssueText(
            reference=f"#{issue.number}",
            title=issue.title,
            body=issue.body or "",
            written_at=int(written.timestamp()),
            source=issue.url or f"#{issue.number}",
        )
    return list(found.values())
