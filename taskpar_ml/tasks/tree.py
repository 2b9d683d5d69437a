"""Mappings that know where they stand, and text that can name a place in itself."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import Any, Final, NamedTuple

from taskpar_ml.errors import UnreadableTaskFileError

MAX_DEPTH: Final = 100
"""Levels of nesting. Task files have three or four; a call stack ends at about a thousand."""

MAX_VALUES: Final = 1_000_000
"""Values in one file with aliases written out; a hostile file expands to billions."""

_SHOWN: Final = 80
_LONGEST_PATH: Final = 4096
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Member(NamedTuple):
    """Where one key and its value stand; offsets are characters from the start of the text."""

    line: int
    key_start: int
    value_start: int
    value_end: int


class Fields(dict[str, Any]):
    """A mapping of a file, with the places of its members.

    Attributes
    ----------
    line
        Line of its start, from 1.
    start, end
        Offsets of its text.
    flow
        Whether it is written between braces, as JSON always is.
    members
        Place of every key that the mapping itself holds (merged YAML keys have none).
    """

    def __init__(self, *, line: int = 0, start: int = 0, flow: bool = True) -> None:
        super().__init__()
        self.line = line
        self.start = start
        self.end = start
        self.flow = flow
        self.members: dict[str, Member] = {}

    def line_of(self, key: str) -> int:
        """Return the line of a key, else that of the mapping."""
        return self.members[key].line if key in self.members else self.line


class Text:
    r"""The text of a file, with lines for its offsets.

    Examples
    --------
    >>> Text("tasks.json", "[1,\n2]").place(4)
    'tasks.json:2:1'
    """

    def __init__(self, path: str, content: str) -> None:
        self.path = path
        self.content = content

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.content))]

    def line(self, offset: int) -> int:
        """Return the line of an offset, from 1."""
        return bisect_right(self._starts, offset)

    def place(self, offset: int) -> str:
        """Return ``file:line:column`` of an offset."""
        line = self.line(offset)
        return f"{shown_path(self.path)}:{line}:{offset - self._starts[line - 1] + 1}"

    def error(self, offset: int, problem: str, cure: str) -> UnreadableTaskFileError:
        """Return the error that names the place of an offset."""
        return UnreadableTaskFileError(self.place(min(offset, len(self.content))), problem, cure)

    def checked(self, offset: int, value: str) -> str:
        """Return a string value, refusing what no UTF-8 file and no command line can carry.

        Raises
        ------
        UnreadableTaskFileError
            If the value holds a NUL character or half of a surrogate pair.
        """
        if "\0" in value:
            raise self.error(offset, "the text holds a NUL character.", "Remove it.")
        if not value.isascii() and _SURROGATE.search(value):
            raise self.error(
                offset,
                "the text holds half of a surrogate pair.",
                "Write the character itself or both halves.",
            )
        return value


def shown(value: object, *, most: int = _SHOWN) -> str:
    r"""Return a value for a message: one printable line of bounded length.

    Examples
    --------
    >>> shown("task-1"), shown("a\x1b[2J")
    ('task-1', "'a\\x1b[2J'")
    """
    text = value if isinstance(value, str) else _described(value)
    if len(text) > most:
        text = text[: most - 1] + "…"
    return text if text.isprintable() else repr(text)


def shown_path(path: object) -> str:
    """Return a path for a message, in full: a place that is cut short leads nowhere."""
    return shown(str(path), most=_LONGEST_PATH)


def quoted(value: object) -> str:
    """Return a value for a message, texts in quotes.

    Examples
    --------
    >>> quoted("a b"), quoted(None), quoted([1, 2])
    ("'a b'", 'nothing', 'a list')
    """
    return repr(shown(value)) if isinstance(value, str) and value.isprintable() else shown(value)


def plain(value: Any) -> Any:
    """Return a value without places: ordinary dictionaries and lists."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


def _described(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case _:
            return str(value)
