"""YAML as values with their lines, within bounds: aliases are shared and never written out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from taskpar_ml.detectors.placed_values import Value

_MOST_EVENTS: Final = 60_000
"""Values, beginnings and ends of one document; about two seconds."""
_DEEPEST: Final = 60
_DOCUMENT: Final = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.M)
_MOST_MERGED: Final = 20_000
"""Members that merge keys take over in one document."""


def documents(text: str) -> Iterator[tuple[str, int]]:
    """Yield the text of each document, and the line that it begins in.

    A line that begins with three dashes ends a document wherever it stands; so a broken one leaves
    the others whole, and what does not matter need not be parsed. Source: YAML 1.2.2, 9.1.2.
    """
    start, line = 0, 1
    for mark in (*_DOCUMENT.finditer(text), None):
        end = mark.start() if mark else len(text)
        part = text[start:end]
        if part.strip():
            yield part, line
        line += part.count("\n")
        start = end


def read_document(text: str, first_line: int = 1) -> Value | None:
    """Return the value of one document; None if it is broken, too deep or too long."""
    try:
        return _Builder(first_line).built(text)
    except (YAMLError, _BeyondError, RecursionError):
        return None
    except (ArithmeticError, AssertionError, LookupError, TypeError, ValueError):
        # The scanner hands escapes beyond Unicode to chr() and digits of directives to int().
        return None


class _BeyondError(Exception):
    """More, or deeper, than people write."""


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is still open, and the key that waits for its value."""

    value: Value
    is_mapping: bool
    anchor: str | None
    key: Value | None = None
    merged: list[Value] = field(default_factory=list)


class _Builder:
    """Builds a value from the events of the parser, which are made one by one."""

    def __init__(self, first_line: int) -> None:
        self._first_line = first_line
        self._open: list[_Frame] = []
        self._anchors: dict[str, Value] = {}
        self._most_merged = _MOST_MERGED
        self._result: Value | None = None

    def built(self, text: str) -> Value | None:
        for count, event in enumerate(YAML(typ="safe", pure=True).parse(text)):
            if count > _MOST_EVENTS:
                raise _BeyondError
            match event:
                case ScalarEvent():
                    self._add(event, self._scalar(event))
                case MappingStartEvent() | SequenceStartEvent():
                    value = Value(self._line(event))
                    self._add(event, value, is_scalar=False)
                    is_mapping = isinstance(event, MappingStartEvent)
                    self._open.append(_Frame(value, is_mapping, event.anchor))
                    if len(self._open) > _DEEPEST:
                        raise _BeyondError
                case MappingEndEvent() | SequenceEndEvent():
                    self._close(self._open.pop())
                case AliasEvent():
                    known = self._anchors.get(event.anchor) or Value(1)
                    line = self._line(event)
                    self._add(event, Value(line, known.text, known.members, known.items))
        return self._result

    def _line(self, event: Event) -> int:
        return int(event.start_mark.line) + self._first_line

    def _scalar(self, event: ScalarEvent) -> Value:
        is_null = event.implicit[0] and event.value in {"~", "null", "Null", "NULL"}
        value = Value(self._line(event), "" if is_null else event.value)
        if event.anchor:
            self._anchors[event.anchor] = value
        return value

    def _add(self, event: Event, value: Value, *, is_scalar: bool = True) -> None:
        if not self._open:
            self._result = value
            return
        frame = self._open[-1]
        if not frame.is_mapping:
            frame.value.items.append(value)
        elif frame.key is None:
            # A key that is a mapping stands for nothing that could be asked for.
            frame.key = value if is_scalar else Value(value.line, _NO_KEY)
        else:
            key, frame.key = frame.key, None
            if key.text == "<<":
                frame.merged.append(value)
            elif key.text != _NO_KEY:
                value.line = key.line
                frame.value.members[key.text] = value

    def _close(self, frame: _Frame) -> None:
        for merged in frame.merged:
            for each in merged.items or (merged,):
                self._most_merged -= len(each.members)
                if self._most_merged < 0:
                    raise _BeyondError
                for key, value in each.members.items():
                    frame.value.members.setdefault(key, value)
        if frame.anchor:
            self._anchors[frame.anchor] = frame.value


_NO_KEY: Final = "\0"
