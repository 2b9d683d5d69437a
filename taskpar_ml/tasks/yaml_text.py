"""YAML with places: built from parser events, so nothing is ever constructed or expanded.

Numbers and dates stay the text they are written in; only ``true``, ``false`` and ``null`` of
the core schema have a meaning of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from taskpar_ml.errors import UnreadableTaskFileError
from taskpar_ml.tasks.tree import MAX_DEPTH, MAX_VALUES, Fields, Member, Text, shown, shown_path

_CORE: Final = "tag:yaml.org,2002:"
_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_SCALAR_TAGS: Final = frozenset(_CORE + name for name in ("str", "int", "float", "bool", "null"))
_KNOWN_TAGS: Final = _SCALAR_TAGS | {_CORE + "map", _CORE + "seq", "!"}
_NO_KEY: Final = object()
_MERGE: Final = object()


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is not closed yet."""

    node: Fields | list[Any]
    start: int
    flow: bool
    anchor: str | None
    count: int
    key: Any = _NO_KEY
    key_start: int = 0


@dataclass(slots=True)
class _Anchored:
    """What an alias stands for; not ``closed`` while it is still being read."""

    value: Any
    size: int
    closed: bool


def read_yaml(text: Text) -> Any:
    """Return the value of a YAML text of one document.

    Mappings become :class:`Fields`, numbers the text they are written in. Aliases are shared,
    not copied; merge keys (``<<``) are followed.

    Raises
    ------
    UnreadableTaskFileError
        With line and column: broken YAML, a key that occurs twice or is no text, a second
        document, tags beyond the core schema, an alias inside the value it stands for, more
        than 100 levels or 1,000,000 values with aliases written out.
    """
    return _Builder(text).document()


class _Builder:
    def __init__(self, text: Text) -> None:
        self.text = text
        self.frames: list[_Frame] = []
        self.anchors: dict[str, _Anchored] = {}
        self.count = 0
        self.content_end = 0
        self.documents = 0
        self.result: Any = None

    def document(self) -> Any:
        for event in self._events():
            match event:
                case MappingStartEvent() | SequenceStartEvent():
                    self._open(event)
                case MappingEndEvent() | SequenceEndEvent():
                    self._close(event)
                case ScalarEvent():
                    self._scalar(event)
                case AliasEvent():
                    self._alias(event)
                case DocumentStartEvent():
                    self._document_start(event)
        return self.result

    def _events(self) -> Iterator[Event]:
        yaml = YAML(typ="safe", pure=True)
        try:
            yield from yaml.parse(self.text.content)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = shown(error.problem or error.context or "it cannot be parsed", most=160)
            raise self.text.error(
                mark.index if mark else 0, f"the YAML is broken: {problem}.", "Correct the line."
            ) from None
        except ReaderError as error:
            character = self.text.content[error.position : error.position + 1]
            raise self.text.error(
                error.position,
                f"the character {character!a} is not allowed in YAML.",
                "Remove it, or write it as an escape in double quotes.",
            ) from None
        except (YAMLError, ValueError, OverflowError, AssertionError) as error:
            # The scanner hands escapes beyond Unicode to chr(), digits of a directive to int(),
            # and asserts that a directive names a version it knows.
            raise UnreadableTaskFileError(
                shown_path(self.text.path),
                f"the YAML is broken: {shown(str(error), most=160)}.",
                "Correct the file.",
            ) from None

    def _document_start(self, event: Event) -> None:
        self.documents += 1
        if self.documents > 1:
            raise self._error(
                event, "a second YAML document begins here.", "Give each its own file."
            )

    def _open(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        self._tag(event)
        start = event.start_mark.index
        if len(self.frames) >= MAX_DEPTH:
            raise self._error(event, f"nested deeper than {MAX_DEPTH} levels.", "Flatten the file.")
        self._refuse_as_key(event)
        flow = bool(event.flow_style)
        node: Fields | list[Any] = []
        if isinstance(event, MappingStartEvent):
            node = Fields(line=self.text.line(start), start=start, flow=flow)
        self.frames.append(_Frame(node, start, flow, event.anchor, self.count))
        self._counted(event, 1)
        if event.anchor:
            self.anchors[event.anchor] = _Anchored(node, 0, False)

    def _close(self, event: Event) -> None:
        frame = self.frames.pop()
        if frame.flow:
            self.content_end = event.end_mark.index
        if isinstance(frame.node, Fields):
            frame.node.end = self.content_end
        if frame.anchor:
            self.anchors[frame.anchor] = _Anchored(frame.node, self.count - frame.count, True)
        self._place(frame.node, frame.start, event)

    def _scalar(self, event: ScalarEvent) -> None:
        tag = self._tag(event)
        start, end = event.start_mark.index, event.end_mark.index
        written = self.text.checked(start, event.value)
        if start < end:
            self.content_end = self._trimmed(start, end)
        elif self.frames and not self._expects_key():
            # The parser places an empty value at the next token; it ends with its key.
            start = self.content_end = self._after_key(start)
        self._counted(event, 1)
        if self._expects_key():
            if event.anchor:
                self.anchors[event.anchor] = _Anchored(written, 1, True)
            self._key(written, event, plain=event.implicit[0])
            return
        resolved = event.implicit[0] if tag is None else tag in (_CORE + "bool", _CORE + "null")
        value = _WORDS[written] if resolved and written in _WORDS else written
        if event.anchor:
            self.anchors[event.anchor] = _Anchored(value, 1, True)
        self._place(value, start, event)

    def _after_key(self, before: int) -> int:
        """Return where the colon behind the latest key or dash ends."""
        colon = self.text.content.find(":", self.content_end, before)
        return colon + 1 if colon >= 0 else self.content_end

    def _trimmed(self, start: int, end: int) -> int:
        content = self.text.content
        while end > start and content[end - 1] in " \t\r\n":
            end -= 1
        return end

    def _alias(self, event: AliasEvent) -> None:
        name = event.anchor
        self._refuse_as_key(event)
        if name not in self.anchors:
            raise self._error(event, f"alias {shown(name)!r} stands for nothing.", "Anchor it.")
        anchored = self.anchors[name]
        if not anchored.closed:
            raise self._error(
                event, f"alias {shown(name)!r} stands inside its own value.", "Write it out."
            )
        self._counted(event, max(1, anchored.size))
        self.content_end = event.end_mark.index
        self._place(anchored.value, event.start_mark.index, event)

    def _expects_key(self) -> bool:
        if not self.frames:
            return False
        frame = self.frames[-1]
        return isinstance(frame.node, Fields) and frame.key is _NO_KEY

    def _refuse_as_key(self, event: Event) -> None:
        if self._expects_key():
            raise self._error(event, "a key must be a plain text.", "Write the key out.")

    def _key(self, key: str, event: ScalarEvent, *, plain: bool) -> None:
        frame = self.frames[-1]
        assert isinstance(frame.node, Fields)
        if key in frame.node.members:
            first = frame.node.members[key].line
            raise self._error(
                event,
                f"key {shown(key)!r} occurs twice, first in line {first}.",
                "Keep one of the two.",
            )
        frame.key = _MERGE if plain and key == "<<" else key
        frame.key_start = event.start_mark.index

    def _place(self, value: Any, start: int, event: Event) -> None:
        if not self.frames:
            self.result = value
            return
        frame = self.frames[-1]
        if not isinstance(frame.node, Fields):
            frame.node.append(value)
            return
        key, frame.key = frame.key, _NO_KEY
        if key is _MERGE:
            self._merge(frame.node, value, event)
            return
        frame.node[key] = value
        frame.node.members[key] = Member(
            self.text.line(frame.key_start), frame.key_start, start, self.content_end
        )

    def _merge(self, into: Fields, value: Any, event: Event) -> None:
        """Take over keys that the mapping does not hold itself, as YAML 1.1 defines ``<<``."""
        for source in value if isinstance(value, list) else (value,):
            if not isinstance(source, Fields):
                raise self._error(event, "'<<' merges mappings only.", "Write the fields out.")
            self._counted(event, len(source))
            for key, inner in source.items():
                into.setdefault(key, inner)

    def _tag(self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent) -> str | None:
        tag = None if event.tag is None else str(event.tag)
        if tag is not None and tag not in _KNOWN_TAGS:
            raise self._error(
                event, f"tag {shown(tag)!r} is not allowed.", "Write a plain value without a tag."
            )
        return tag

    def _counted(self, event: Event, size: int) -> None:
        self.count += size
        if self.count > MAX_VALUES:
            raise self._error(
                event,
                f"the file holds more than {MAX_VALUES:,} values with its aliases written out.",
                "Split it, or write less with aliases.",
            )

    def _error(self, event: Event, problem: str, cure: str) -> UnreadableTaskFileError:
        return self.text.error(event.start_mark.index, problem, cure)
