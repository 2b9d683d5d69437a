"""Strings that Go code writes down."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.source import Match, text_of

_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r"}
_MOST_PARTS: Final = 20
"""Strings that are added up; longer sums are made by programs."""
_MOST_CHARACTERS: Final = 2_000
"""Of a sum: constants that double each other would fill the memory."""


def literal(node: Node | None) -> str | None:
    """Return what a string literal says; None of anything else."""
    if node is None or node.type not in ("interpreted_string_literal", "raw_string_literal"):
        return None
    inner = text_of(node)[1:-1]
    if node.type == "raw_string_literal" or "\\" not in inner:
        return inner
    return _ESCAPED.sub(lambda found: _CONTROLS.get(found[1], found[1]), inner)


def string_value(node: Node | None, constants: Mapping[str, str]) -> str | None:
    """Return a string that is written down, a constant, or a sum of these; None of anything else.

    Of a string that ``fmt.Sprintf`` makes, the format: ``/spaces/{%s}``.

    Parameters
    ----------
    constants
        Names to values of those that the file defines.
    """
    parts: list[str] = []
    pending = [node]
    while pending:
        part = pending.pop()
        if part is not None and part.type == "binary_expression" and _operator(part) == "+":
            pending += (part.child_by_field_name("right"), part.child_by_field_name("left"))
            value: str | None = ""
        elif part is not None and part.type == "identifier":
            value = constants.get(text_of(part))
        else:
            value = literal(part)
            value = _format(part) if value is None else value
        if value is None or len(parts) > _MOST_PARTS:
            return None
        parts.append(value)
    whole = "".join(parts)
    return whole if len(whole) <= _MOST_CHARACTERS else None


def string_constants(matches: Iterable[Match]) -> dict[str, str]:
    """Return constants that are strings, out of matches of ``@const`` and its ``@value``."""
    values = {text_of(each["const"][0]): each["value"][0] for each in matches if "const" in each}
    constants: dict[str, str] = {}
    for name, node in values.items():
        value = string_value(node, constants)
        if value is not None:
            constants[name] = value
    return constants


def _format(node: Node | None) -> str | None:
    """Return the format of ``fmt.Sprintf``, None of anything else."""
    function = None if node is None else node.child_by_field_name("function")
    if node is None or function is None or text_of(function) != "fmt.Sprintf":
        return None
    arguments = node.child_by_field_name("arguments")
    return literal(arguments.named_children[0]) if arguments and arguments.named_children else None


def _operator(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return "" if operator is None else operator.type
