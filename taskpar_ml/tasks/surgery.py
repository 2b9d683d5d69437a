"""Changes single members of a JSON or YAML text and leaves every other character alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from taskpar_ml.errors import OutputError
from taskpar_ml.tasks.tree import Fields, Text, plain, shown
from taskpar_ml.tasks.yaml_output import yaml_member

_COMMENT: Final = re.compile(r"[ \t]+#[^\r\n]*")


class Edit(NamedTuple):
    """Put ``text`` in the place of the characters from ``start`` to ``end``."""

    start: int
    end: int
    text: str


def with_members(text: Text, holder: Fields, wanted: Mapping[str, Any]) -> str:
    """Return the text with members of a mapping set; mappings in mappings are merged.

    Parameters
    ----------
    text
        The file.
    holder
        The mapping, as read from this text.
    wanted
        Members to set. Where both sides are mappings, only the members named are set.

    Raises
    ------
    OutputError
        If something that is no mapping stands where a mapping belongs.
    """
    content = text.content
    edits = sorted(_edits(text, holder, wanted), reverse=True)
    for edit in edits:
        content = content[: edit.start] + edit.text + content[edit.end :]
    return content


def merged(old: Any, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return what :func:`with_members` must yield when it is read again."""
    result: dict[str, Any] = plain(old) if isinstance(old, dict) else {}
    for key, value in wanted.items():
        result[key] = merged(result.get(key), value) if isinstance(value, Mapping) else value
    return result


def _edits(text: Text, holder: Fields, wanted: Mapping[str, Any]) -> Iterator[Edit]:
    new: dict[str, Any] = {}
    for key, value in wanted.items():
        old = holder.get(key)
        if isinstance(value, Mapping) and isinstance(old, Fields):
            yield from _edits(text, old, value)
        elif isinstance(value, Mapping) and old is not None:
            raise OutputError(
                text.place(holder.start),
                f"{shown(key)} is no mapping.",
                "Rename it, or write to a new file.",
            )
        elif key in holder.members:
            yield _replacement(text, holder, key, value)
        else:
            new[key] = value
    if new:
        yield _insertion(text, holder, new)


def _replacement(text: Text, holder: Fields, key: str, value: Any) -> Edit:
    member = holder.members[key]
    if holder.flow:
        written = _json(value, _Layout.of(text, holder))
        return Edit(member.value_start, member.value_end, written)
    lead, *below = yaml_member(key, value, indent=" " * _column(text, member.key_start))
    colon_end = text.content.index(":", member.key_start) + 1
    comment = _COMMENT.match(text.content, colon_end)
    kept = comment.group() if comment and below else ""
    written = _newline(text).join([lead.lstrip(" ") + kept, *below])
    end = max(member.value_end, colon_end + len(kept))
    return Edit(member.key_start, end, written)


def _insertion(text: Text, holder: Fields, new: Mapping[str, Any]) -> Edit:
    if holder.flow:
        return _flow_insertion(text, holder, new)
    last = max(holder.members.values(), key=lambda member: member.value_end, default=None)
    if last is None:
        raise OutputError(
            text.place(holder.start), "the mapping has no member.", "Write to a new file."
        )
    indent = " " * _column(text, last.key_start)
    newline = _newline(text)
    lines = [line for key, value in new.items() for line in yaml_member(key, value, indent=indent)]
    content = text.content
    end = content.find("\n", last.value_end)
    end = len(content) if end < 0 else end - content.endswith("\r", 0, end)
    return Edit(end, end, newline + newline.join(lines))


def _flow_insertion(text: Text, holder: Fields, new: Mapping[str, Any]) -> Edit:
    layout = _Layout.of(text, holder)
    members = [
        f"{json.dumps(key, ensure_ascii=False)}: {_json(value, layout)}"
        for key, value in new.items()
    ]
    joined = ("," + layout.between).join(members)
    if holder.members:
        last = max(member.value_end for member in holder.members.values())
        return Edit(last, last, f",{layout.between}{joined}")
    closing = layout.newline + layout.outer if layout.unit else ""
    opening = layout.between if layout.unit else ""
    return Edit(holder.start, holder.end, "{" + opening + joined + closing + "}")


class _Layout(NamedTuple):
    """How the members of a mapping between braces are laid out.

    ``unit`` is one step of indentation, empty where all stands on one line; ``outer`` is the
    indentation of the line with the opening brace, ``inner`` that of its members.
    """

    newline: str
    unit: str
    outer: str
    inner: str

    @property
    def between(self) -> str:
        """What stands between the comma and the next member."""
        return self.newline + self.inner if self.unit else " "

    def deeper(self) -> _Layout:
        """Return the layout one level further in."""
        return self._replace(outer=self.inner, inner=self.inner + self.unit)

    @classmethod
    def of(cls, text: Text, holder: Fields) -> _Layout:
        newline = _newline(text)
        outer = _indentation(text, holder.start)
        first = min((member.key_start for member in holder.members.values()), default=None)
        if first is None:
            unit = _unit(text)
            return cls(newline, unit, outer, outer + unit)
        start = text.content.rfind("\n", 0, first) + 1
        inner = text.content[start:first]
        if start <= holder.start or inner.strip():
            return cls(newline, "", outer, "")
        unit = inner.removeprefix(outer) if inner.startswith(outer) else inner
        return cls(newline, unit or _unit(text), outer, inner)


def _json(value: Any, layout: _Layout) -> str:
    """Return a value as JSON: mappings spread over lines, lists of mappings one item a line."""
    deeper = layout.deeper()
    if isinstance(value, Mapping) and value and layout.unit:
        members = (
            f"{deeper.inner}{json.dumps(key, ensure_ascii=False)}: {_json(item, deeper)}"
            for key, item in value.items()
        )
        return _spread("{", members, "}", layout)
    if isinstance(value, Sequence) and not isinstance(value, str) and value and layout.unit:
        items = [json.dumps(item, ensure_ascii=False) for item in value]
        if any(isinstance(item, Mapping) for item in value):
            return _spread("[", (f"{deeper.inner}{item}" for item in items), "]", layout)
    return json.dumps(value, ensure_ascii=False)


def _spread(opening: str, lines: Iterator[str], closing: str, layout: _Layout) -> str:
    inner = f",{layout.newline}".join(lines)
    return f"{opening}{layout.newline}{inner}{layout.newline}{layout.inner}{closing}"


def _indentation(text: Text, offset: int) -> str:
    start = text.content.rfind("\n", 0, offset) + 1
    line = text.content[start:offset]
    return line[: len(line) - len(line.lstrip())]


def _column(text: Text, offset: int) -> int:
    return offset - (text.content.rfind("\n", 0, offset) + 1)


def _unit(text: Text) -> str:
    """Return one step of indentation: that of the first indented line, or none."""
    for line in text.content.split("\n"):
        if line.strip() and line[0] in " \t":
            return line[: len(line) - len(line.lstrip())]
    return ""


def _newline(text: Text) -> str:
    return "\r\n" if "\r\n" in text.content else "\n"
