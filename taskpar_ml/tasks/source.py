"""Reads task files safely: bounded bytes to text, and text to values with places."""

from __future__ import annotations

import codecs
import re
import stat
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from taskpar_ml.errors import UnreadableTaskFileError
from taskpar_ml.tasks.json_text import read_json
from taskpar_ml.tasks.markdown import FrontMatter, front_matter
from taskpar_ml.tasks.tree import Fields, Text, shown, shown_path
from taskpar_ml.tasks.yaml_text import read_yaml

MAX_BYTES: Final = 16 * 1024 * 1024
"""Largest task file that is read. The largest public one known to the author has 1.5 MB."""

_OTHER_ENCODINGS: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_OPEN_CHECKBOX: Final = re.compile(r"^[-*+][ \t]+\[[ xX~/-]\]\*?[ \t]+\S", re.MULTILINE)
"""An unindented checkbox: a line that can occur neither in JSON nor at that place in YAML."""


class Syntax(Enum):
    """The notation of a file, decided by its content; the name only settles ties."""

    JSON = "JSON"
    YAML = "YAML"
    MARKDOWN = "Markdown"
    FOLDER = "folder of Markdown files"


def read_text(path: str | Path) -> str:
    """Return the text of a task file, line ends as they are, a UTF-8 mark at its start removed.

    Raises
    ------
    UnreadableTaskFileError
        If the file is missing, not a regular file, larger than 16 MiB (decided before anything
        is read), empty, not UTF-8, or holds a NUL character.
    """
    place = shown_path(path)
    try:
        data = _bytes(Path(path), place)
    except (OSError, ValueError) as error:
        raise _unreadable(place, error) from None
    return _decoded(data, place)


def _bytes(path: Path, place: str) -> bytes:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableTaskFileError(
            place, "is a directory where a file is expected.", "Name the file that is meant."
        )
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableTaskFileError(
            place, "is not a regular file.", "Save its content to a file and name that."
        )
    if status.st_size <= MAX_BYTES:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) <= MAX_BYTES:
            return data
    raise UnreadableTaskFileError(
        place,
        f"is larger than {MAX_BYTES // 1024 // 1024} MiB ({status.st_size:,} bytes).",
        "Split it, or leave finished tasks out.",
    )


def _unreadable(place: str, error: OSError | ValueError) -> UnreadableTaskFileError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return UnreadableTaskFileError(place, "does not exist.", "Check the path.")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return UnreadableTaskFileError(
        place, f"cannot be read: {shown(reason)}.", "Check the path and its permissions."
    )


def _decoded(data: bytes, place: str) -> str:
    for mark, name in _OTHER_ENCODINGS:
        if data.startswith(mark):
            raise UnreadableTaskFileError(place, f"is {name}.", "Save it as UTF-8.")
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UnreadableTaskFileError(
            f"{place}:{line}",
            f"byte 0x{error.object[error.start]:02x} is not UTF-8.",
            "Save the file as UTF-8.",
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UnreadableTaskFileError(
            f"{place}:{line}",
            "the line holds a NUL character.",
            "Save the file as UTF-8 text; UTF-16 without a mark looks like this.",
        )
    if not text.strip():
        raise UnreadableTaskFileError(
            place,
            "is empty." if not text else "holds only white space.",
            "Name the file that is meant.",
        )
    return text


@dataclass(frozen=True)
class Source:
    """One task file, or one folder whose files are tasks, ready for the readers to look at.

    Attributes
    ----------
    path
        As the caller named it.
    content
        The text; empty for a folder.
    parts
        The files of a folder, in the order of their names.
    """

    path: str
    content: str
    parts: tuple[Source, ...] = ()

    @classmethod
    def of(cls, path: str | Path) -> Source:
        """Read one file. Raises as :func:`read_text` does."""
        return cls(str(path), read_text(path))

    @property
    def name(self) -> str:
        """The path for messages."""
        return shown_path(self.path)

    @property
    def suffix(self) -> str:
        """The end of the name in small letters, such as ``.yaml``."""
        return Path(self.path).suffix.lower()

    @cached_property
    def text(self) -> Text:
        """The content with places."""
        return Text(self.path, self.content)

    @cached_property
    def front_matter(self) -> FrontMatter | None:
        """The YAML block at the start of a Markdown file, if there is one."""
        named_yaml = self.suffix in (".yaml", ".yml")
        return None if named_yaml else front_matter(self.content)

    @cached_property
    def syntax(self) -> Syntax:
        """The notation that the content is written in."""
        if self.parts:
            return Syntax.FOLDER
        if self.front_matter is not None or _OPEN_CHECKBOX.search(self.content):
            return Syntax.MARKDOWN
        if self.suffix in (".md", ".markdown"):
            return Syntax.MARKDOWN
        if self.content.lstrip()[:1] in ("{", "[") and self._is_json:
            return Syntax.JSON
        return Syntax.YAML

    @cached_property
    def _is_json(self) -> bool:
        """Whether braces mean JSON. A file named YAML may hold YAML between braces."""
        if self.suffix not in (".yaml", ".yml"):
            return True
        try:
            read_json(self.text)
        except UnreadableTaskFileError:
            return False
        return True

    @cached_property
    def values(self) -> tuple[Any, ...]:
        """The values of the file: one for JSON and YAML, several for JSON Lines.

        Raises
        ------
        UnreadableTaskFileError
            With line and column, if the text cannot be parsed.
        """
        match self.syntax:
            case Syntax.JSON:
                return read_json(self.text)
            case Syntax.YAML:
                return (read_yaml(self.text),)
            case _:
                return ()

    @property
    def fields(self) -> Fields:
        """The mapping that the file is, or an empty one."""
        if len(self.values) == 1 and isinstance(self.values[0], Fields):
            return self.values[0]
        return Fields()

    @property
    def items(self) -> tuple[Any, ...]:
        """The members of the list that the file is, or the objects of JSON Lines."""
        if self.syntax is Syntax.JSON and (len(self.values) > 1 or self.suffix == ".jsonl"):
            return self.values
        if len(self.values) == 1 and isinstance(self.values[0], list):
            return tuple(self.values[0])
        return ()

    @property
    def is_json_lines(self) -> bool:
        """Whether every line is an object of its own."""
        return self.syntax is Syntax.JSON and (
            len(self.values) > 1
            or self.suffix == ".jsonl"
            or ("id" in self.fields and "tasks" not in self.fields)
        )
