"""Strings that Python code spells out, also through constants of its module."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from tree_sitter import Node

from taskpar_ml.detectors.python_definitions import assignments
from taskpar_ml.detectors.source import Source, text_of

_LONGEST: Final = 2_000
"""Characters of a string that is a path, a name or a list of them."""
_NESTED: Final = 30
"""Operators and brackets within one another; what people write has fewer."""
_TRANSLATIONS: Final = frozenset({"_", "gettext", "gettext_lazy"})


class Constants(NamedTuple):
    """Variables of a module that are set once, to strings or to lists of them."""

    texts: dict[str, str]
    lists: dict[str, tuple[str, ...]]


def constants(source: Source) -> Constants:
    """Return the constants of a module; each may build upon those before it."""
    return source.once(_constants)


def _constants(source: Source) -> Constants:
    known = Constants({}, {})
    seen: set[str] = set()
    for name, node in assignments(source):
        value = node.child_by_field_name("right")
        if name in seen:
            known.texts.pop(name, None)
            known.lists.pop(name, None)
        elif (text := string_of(value, known)) is not None:
            known.texts[name] = text
        elif (texts := strings_of(value, known)) is not None:
            known.lists[name] = texts
        seen.add(name)
    return known


def string_of(node: Node | None, known: Constants, depth: int = _NESTED) -> str | None:
    """Return the text of a string, None if the module does not spell it out.

    Escapes stay as written. A name that leads elsewhere stands in braces within a longer text:
    ``{settings.PREFIX}/users``.
    """
    if node is None or depth == 0 or node.end_byte - node.start_byte > _LONGEST:
        return None
    match node.type:
        case "string":
            return _literal(node, known, depth)
        case "concatenated_string":
            return _joined(node.named_children, known, depth)
        case "binary_operator":
            operator = node.child_by_field_name("operator")
            sides = [node.child_by_field_name("left"), node.child_by_field_name("right")]
            if operator is None or operator.type != "+":
                return None
            return _joined([side for side in sides if side is not None], known, depth)
        case "parenthesized_expression":
            return string_of(_only(node), known, depth - 1)
        case "identifier":
            return known.texts.get(text_of(node))
        case "call":
            function = node.child_by_field_name("function")
            if function is None or text_of(function) not in _TRANSLATIONS:
                return None
            return string_of(_only(node.child_by_field_name("arguments")), known, depth - 1)
    return None


def path_of(node: Node | None, known: Constants) -> str | None:
    """Return a path or prefix; a name that leads elsewhere stands in braces."""
    path = string_of(node, known)
    return _in_braces(node) if path is None else path


def strings_of(node: Node | None, known: Constants) -> tuple[str, ...] | None:
    """Return the texts in a list, tuple or set, None unless all are spelled out."""
    if node is not None and node.type == "identifier":
        return known.lists.get(text_of(node))
    if node is None or node.end_byte - node.start_byte > _LONGEST:
        return None
    if node.type not in {"list", "tuple", "set"}:
        return None
    texts: list[str] = []
    for child in node.named_children:
        if child.type == "comment":
            continue
        text = string_of(child, known)
        if text is None:
            return None
        texts.append(text)
    return tuple(texts)


def _literal(node: Node, known: Constants, depth: int) -> str | None:
    parts: list[str | None] = []
    for child in node.named_children:
        match child.type:
            case "string_start":
                if b"b" in (child.text or b"").lower():
                    return None
            case "string_content":
                parts.append(text_of(child))
            case "interpolation":
                parts.append(_part(child.child_by_field_name("expression"), known, depth))
    return _together(parts)


def _joined(nodes: list[Node], known: Constants, depth: int) -> str | None:
    """Return texts one after the other, if at least one of them is spelled out."""
    texts = [(each, string_of(each, known, depth - 1)) for each in nodes if each.type != "comment"]
    if all(text is None for _, text in texts):
        return None
    return _together(_in_braces(node) if text is None else text for node, text in texts)


def _part(node: Node | None, known: Constants, depth: int) -> str | None:
    text = string_of(node, known, depth - 1)
    return _in_braces(node) if text is None else text


def _together(parts: Iterable[str | None]) -> str | None:
    text = ""
    for part in parts:
        if part is None or len(text) > _LONGEST:
            return None
        text += part
    return text


def _in_braces(node: Node | None) -> str | None:
    """Return a dotted name in braces, None of anything else."""
    if node is None or node.type not in {"identifier", "attribute"}:
        return None
    name = text_of(node)
    return f"{{{name}}}" if all(part.isidentifier() for part in name.split(".")) else None


def _only(node: Node | None) -> Node | None:
    children = (
        [] if node is None else [each for each in node.named_children if each.type != "comment"]
    )
    return children[0] if len(children) == 1 else None
