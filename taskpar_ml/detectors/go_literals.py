"""Strings that Go code writes down, and where its imports end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.source import Match, text_of

_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r"}
_BASE: Final = re.compile(r"(?:^|\.|_)base_?(?:path|url|uri)$", re.IGNORECASE)
_MOST_PARTS: Final = 20
"""Strings that are added up; longer sums are made by programs."""
_MOST_CHARACTERS: Final = 2_000
"""Of a sum: constants that double each other would fill the memory."""


def before_functions(content: bytes) -> bytes:
    """Return a Go file up to its first function, which is where its imports are."""
    end = content.find(b"\nfunc ")
    return content if end < 0 else content[:end]


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

    Of a string that ``fmt.Sprintf`` makes, the format: ``/spaces/{%s}``. What is called a base path
    or base URL is empty: it is where everything of a program lies, and set up elsewhere.

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
            continue
        value = _part(part, constants)
        if value is None and part is not None and part.type == "call_expression":
            value = _made(part, constants)
        if value is None or len(parts) > _MOST_PARTS:
            return None
        parts.append(value)
    whole = "".join(parts)
    return whole if len(whole) <= _MOST_CHARACTERS else None


def _part(node: Node | None, constants: Mapping[str, str]) -> str | None:
    if node is None or node.type not in ("identifier", "selector_expression"):
        return literal(node)
    value = constants.get(text_of(node))
    return "" if value is None and _BASE.search(text_of(node)) else value


def _made(call: Node, constants: Mapping[str, str]) -> str | None:
    """Return what ``fmt.Sprintf`` and ``path.Join`` make, None of anything else."""
    function, arguments = (call.child_by_field_name(name) for name in ("function", "arguments"))
    if function is None or arguments is None or not arguments.named_children:
        return None
    match text_of(function):
        case "fmt.Sprintf":
            return literal(arguments.named_children[0])
        case "path.Join":
            parts = [_part(each, constants) for each in arguments.named_children]
            known = [part.strip("/") for part in parts if part is not None]
            return "/" + "/".join(filter(None, known)) if len(known) == len(parts) else None
        case _:
            return None


def string_constants(matches: Iterable[Match]) -> dict[str, str]:
    """Return constants that are strings, out of matches of ``@const`` and its ``@value``."""
    values = {text_of(each["const"][0]): each["value"][0] for each in matches if "const" in each}
    constants: dict[str, str] = {}
    for name, node in values.items():
        value = string_value(node, constants)
        if value is not None:
            constants[name] = value
    return constants


def _operator(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return "" if operator is None else operator.type
