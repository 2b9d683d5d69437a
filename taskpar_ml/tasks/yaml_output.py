"""Writes values as YAML that every reader takes for the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_./*-]*")
_WORDS: Final = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])
_PLAIN_PROSE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./*,;()+ -]*[A-Za-z0-9_./*)]")


def yaml_scalar(value: Any) -> str:
    r"""Return a text, number, truth value or nothing as a YAML scalar on one line.

    Examples
    --------
    >>> yaml_scalar("task-1"), yaml_scalar("1.10"), yaml_scalar("no"), yaml_scalar(True)
    ('task-1', '"1.10"', '"no"', 'true')
    """
    if isinstance(value, str):
        is_word = value.lower() in _WORDS
        if not is_word and (_PLAIN.fullmatch(value) or _PLAIN_PROSE.fullmatch(value)):
            return value
        return _escaped(json.dumps(value, ensure_ascii=False))
    return json.dumps(value)


def yaml_flow(value: Any) -> str:
    """Return any value on one line, lists and mappings in brackets.

    Examples
    --------
    >>> yaml_flow({"parallel": ["a", "b, c"]})
    '{parallel: [a, "b, c"]}'
    """
    match value:
        case Mapping():
            inner = (f"{_key(key)}: {yaml_flow(item)}" for key, item in value.items())
            return "{" + ", ".join(inner) + "}"
        case str():
            scalar = yaml_scalar(value)
            return json.dumps(value) if scalar == value and not _PLAIN.fullmatch(value) else scalar
        case Sequence():
            return "[" + ", ".join(map(yaml_flow, value)) + "]"
        case _:
            return yaml_scalar(value)


def yaml_member(key: str, value: Any, *, indent: str = "") -> Iterator[str]:
    """Yield the lines of one member of a block mapping.

    Mappings become blocks, lists of mappings one line per item, long texts literal blocks,
    all else stands behind the key.
    """
    lead = f"{indent}{_key(key)}:"
    match value:
        case Mapping() if value:
            yield lead
            for inner, item in value.items():
                yield from yaml_member(inner, item, indent=indent + "  ")
        case list() | tuple() if value and all(isinstance(item, Mapping) for item in value):
            yield lead
            yield from (f"{indent}  - {_item(item)}" for item in value)
        case list() | tuple() if any(isinstance(item, str) and " " in item for item in value):
            yield lead
            yield from (f"{indent}  - {yaml_flow(item)}" for item in value)
        case str() if _is_literal(value):
            yield f"{lead} |" if value.endswith("\n") else f"{lead} |-"
            lines = value.removesuffix("\n").split("\n")
            yield from (f"{indent}  {line}" if line else "" for line in lines)
        case str():
            yield f"{lead} {yaml_scalar(value)}"
        case _:
            yield f"{lead} {yaml_flow(value)}"


def _item(item: Mapping[str, Any]) -> str:
    """Return a list item; a mapping of one member needs no braces."""
    if len(item) != 1:
        return yaml_flow(item)
    ((key, value),) = item.items()
    return f"{_key(key)}: {yaml_flow(value)}"


def _key(key: str) -> str:
    if _PLAIN.fullmatch(key):
        return yaml_scalar(key)
    return _escaped(json.dumps(key, ensure_ascii=False))


def _is_literal(text: str) -> bool:
    """Whether a text can stand as a literal block without loss."""
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and lines[0] == lines[0].lstrip()
        and lines[-1] == lines[-1].rstrip()
        and bool(lines[0] and lines[-1])
        and all(line.isprintable() for line in lines)
    )


def _escaped(quoted: str) -> str:
    """Return a quoted text with everything escaped that YAML does not print."""
    if quoted.isprintable():
        return quoted
    return "".join(char if char.isprintable() else _escape(ord(char)) for char in quoted)


def _escape(code: int) -> str:
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
