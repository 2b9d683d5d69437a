"""JSON with places: strict, without recursion, numbers kept as they are written.

The decoder of the standard library turns ``23.10`` into ``23.1``, takes the last of two equal
keys, accepts ``NaN``, exhausts the stack on deep nesting and forgets where a value stood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]  # not in the type stubs
from typing import Any, Final

from taskpar_ml.errors import UnreadableTaskFileError
from taskpar_ml.tasks.tree import MAX_DEPTH, MAX_VALUES, Fields, Member, Text, shown

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_WORD: Final = re.compile(r"[^\s,:{}\[\]\"]+")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LITERALS: Final = {"true": True, "false": False, "null": None}
_CLOSING: Final = {"{": "}", "[": "]"}


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is not closed yet."""

    node: Fields | list[Any]
    start: int
    key: str = ""
    key_start: int = 0

    @property
    def closing(self) -> str:
        return "}" if isinstance(self.node, Fields) else "]"


def read_json(text: Text) -> tuple[Any, ...]:
    """Return the values of a JSON or JSON Lines text.

    Mappings become :class:`Fields`, numbers the text they are written in.

    Returns
    -------
    tuple
        One value for JSON, one for each line that starts a value for JSON Lines.

    Raises
    ------
    UnreadableTaskFileError
        With line and column: broken JSON, a key that occurs twice, ``NaN`` or ``Infinity``,
        more than 100 levels or 1,000,000 values.

    Notes
    -----
    Grammar: RFC 8259.
    """
    return _Parser(text).values()


class _Parser:
    def __init__(self, text: Text) -> None:
        self.text = text
        self.content = text.content
        self.position = 0
        self.count = 0

    def values(self) -> tuple[Any, ...]:
        found: list[Any] = []
        self._space()
        while self.position < len(self.content):
            found.append(self._value())
            end = self.position
            self._space()
            if self.position < len(self.content) and "\n" not in self.content[end : self.position]:
                raise self._error(
                    f"unexpected {self._here()} after the end of the value.",
                    "Remove it, or begin a new line for a new object.",
                )
        return tuple(found)

    def _value(self) -> Any:
        frames: list[_Frame] = []
        while True:
            self._space()
            start = self.position
            char = self._peek()
            self._counted()
            if char in _CLOSING and char:
                opened = self._open(char, frames)
                if opened:
                    continue
                value: Any = self._closed_at_once(char, start)
            elif char == '"':
                value = self._string()
            else:
                value = self._word()
            while True:
                if not frames:
                    return value
                frame = frames[-1]
                self._place(frame, value, start)
                if self._more(frame):
                    break
                value, start = frame.node, frame.start
                if isinstance(value, Fields):
                    value.end = self.position
                frames.pop()

    def _open(self, char: str, frames: list[_Frame]) -> bool:
        """Step into a mapping or list; False if it is empty."""
        start = self.position
        self.position += 1
        self._space()
        if self._peek() == _CLOSING[char]:
            return False
        if len(frames) >= MAX_DEPTH:
            self.position = start
            raise self._error(f"nested deeper than {MAX_DEPTH} levels.", "Flatten the file.")
        node: Fields | list[Any] = self._fields(start) if char == "{" else []
        frames.append(_Frame(node, start))
        if char == "{":
            self._key(frames[-1])
        return True

    def _closed_at_once(self, char: str, start: int) -> Fields | list[Any]:
        self.position += 1
        if char == "[":
            return []
        fields = self._fields(start)
        fields.end = self.position
        return fields

    def _fields(self, start: int) -> Fields:
        return Fields(line=self.text.line(start), start=start)

    def _key(self, frame: _Frame) -> None:
        self._space()
        frame.key_start = self.position
        if self._peek() != '"':
            raise self._error(
                f"a key in double quotes belongs here. Got {self._here()}.", "Correct the JSON."
            )
        frame.key = self._string()
        assert isinstance(frame.node, Fields)
        if frame.key in frame.node:
            first = frame.node.members[frame.key].line
            raise self.text.error(
                frame.key_start,
                f"key {shown(frame.key)!r} occurs twice, first in line {first}.",
                "Keep one of the two.",
            )
        self._space()
        if self._peek() != ":":
            raise self._error(f"':' belongs after a key. Got {self._here()}.", "Correct the JSON.")
        self.position += 1

    def _place(self, frame: _Frame, value: Any, start: int) -> None:
        if isinstance(frame.node, Fields):
            frame.node[frame.key] = value
            frame.node.members[frame.key] = Member(
                self.text.line(frame.key_start), frame.key_start, start, self.position
            )
        else:
            frame.node.append(value)

    def _more(self, frame: _Frame) -> bool:
        """Step over ',' (True) or over the closing bracket (False)."""
        self._space()
        char = self._peek()
        if char not in (",", frame.closing):
            raise self._error(
                f"',' or {frame.closing!r} belongs here. Got {self._here()}.", "Correct the JSON."
            )
        self.position += 1
        if char == "," and isinstance(frame.node, Fields):
            self._key(frame)
        return char == ","

    def _string(self) -> str:
        start = self.position
        try:
            value, self.position = scanstring(self.content, start + 1, True)
        except JSONDecodeError as error:
            raise self.text.error(
                error.pos,
                f"the JSON is broken: {error.msg[0].lower()}{error.msg[1:]}.",
                "Correct the string.",
            ) from None
        return self.text.checked(start, value)

    def _word(self) -> Any:
        match = _WORD.match(self.content, self.position)
        word = match.group() if match else ""
        if word in _LITERALS:
            self.position += len(word)
            return _LITERALS[word]
        if _NUMBER.fullmatch(word):
            self.position += len(word)
            return word
        if word.lstrip("+-") in ("NaN", "Infinity", "inf", "nan"):
            raise self._error(f"{word} is not a number of JSON.", "Write a number or null.")
        raise self._error(f"a value belongs here. Got {self._here()}.", "Correct the JSON.")

    def _counted(self) -> None:
        self.count += 1
        if self.count > MAX_VALUES:
            raise self._error(f"the file holds more than {MAX_VALUES:,} values.", "Split it.")

    def _space(self) -> None:
        match = _SPACE.match(self.content, self.position)
        assert match is not None
        self.position = match.end()

    def _peek(self) -> str:
        return self.content[self.position : self.position + 1]

    def _here(self) -> str:
        match = _WORD.match(self.content, self.position)
        word = match.group() if match else self._peek()
        return repr(shown(word, most=20)) if word else "the end of the file"

    def _error(self, problem: str, cure: str) -> UnreadableTaskFileError:
        return self.text.error(self.position, problem, cure)
