"""Reads JSON lines: one object of a known form per line, of a file of any length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final, TypeVar

from pydantic import BaseModel, ValidationError

from taskpar_ml.errors import InvalidTaskError, UnreadableTaskFileError

MAX_LINE_BYTES: Final = 4 << 20
"""Longest line that is read; trackers allow texts of a quarter of a megabyte."""

_MARK: Final = b"\xef\xbb\xbf"

Form = TypeVar("Form", bound=BaseModel)


def read_json_lines(
    file: BinaryIO, form: type[Form], *, place: str, cure: str
) -> Iterator[tuple[str, Form]]:
    """Yield every object with its place, ``file:line``. Empty lines are passed over.

    Parameters
    ----------
    form
        What every line must be.
    place
        How messages name the file.
    cure
        What a line should look like.

    Raises
    ------
    UnreadableTaskFileError
        If the file cannot be read to its end.
    InvalidTaskError
        If a line is too long, no JSON, or of another form.
    """
    number = 0
    try:
        while raw := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            here = f"{place}:{number}"
            if len(raw) > MAX_LINE_BYTES:
                raise InvalidTaskError(here, f"is longer than {MAX_LINE_BYTES >> 20} MiB.", cure)
            line = raw.removeprefix(_MARK).strip()
            if line:
                yield here, _read(line, form, here, cure)
    except OSError as error:
        raise UnreadableTaskFileError(
            place, f"cannot be read: {error.strerror}.", "Check the file and its permissions."
        ) from None


def _read(raw: bytes, form: type[Form], place: str, cure: str) -> Form:
    try:
        return form.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        rule = first["msg"].removeprefix("Value error, ").removesuffix(".")
        raise InvalidTaskError(f"{place}: {name}" if name else place, f"{rule}.", cure) from None
