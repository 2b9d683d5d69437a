"""Strings that Java code writes down."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.java_members import INTERFACES, java_types, modifiers_of
from taskpar_ml.detectors.source import Source

_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_MOST_PARTS: Final = 20
"""Strings that are added up; longer sums are made by programs."""
_MOST_CHARACTERS: Final = 2_000
"""Of a sum: constants that double each other would fill the memory."""
_FIELDS: Final = frozenset({"constant_declaration", "field_declaration"})


def strings_of(source: Source, node: Node | None) -> tuple[str, ...] | None:
    """Return the strings of a value of an annotation: one, or several in braces.

    None where one of them is computed or another file's.
    """
    if node is None:
        return ()
    nodes = node.named_children if node.type == "element_value_array_initializer" else [node]
    values = [string_of(source, each) for each in nodes if "comment" not in each.type]
    known = tuple(each for each in values if each is not None)
    return known if len(known) == len(values) else None


def string_of(source: Source, node: Node | None) -> str | None:
    """Return a string that is written down, a constant of the file, or a sum of these."""
    return _value(source, node, source.once(constants))


def constants(source: Source) -> Mapping[str, str]:
    """Return the constants of a file that are strings, with and without the name of their type."""
    known: dict[str, str] = {}
    if b" String " not in source.content:
        return known
    for owner in java_types(source):
        for member in owner.members:
            if member.type not in _FIELDS:
                continue
            if owner.node.type not in INTERFACES and "final" not in modifiers_of(source, member):
                continue
            for declarator in member.children_by_field_name("declarator"):
                name = source.on_one_line(declarator.child_by_field_name("name"))
                value = _value(source, declarator.child_by_field_name("value"), known)
                if name and value is not None:
                    known[name] = known[f"{owner.name}.{name}"] = value
    return known


def _value(source: Source, node: Node | None, known: Mapping[str, str]) -> str | None:
    parts: list[str] = []
    pending = [node]
    while pending:
        part = pending.pop()
        if part is None or len(parts) > _MOST_PARTS:
            return None
        if part.type == "binary_expression":
            pending += (part.child_by_field_name("right"), part.child_by_field_name("left"))
            continue
        if part.type == "parenthesized_expression":
            pending += part.named_children[:1]
            continue
        value = _part(source, part, known)
        if value is None:
            return None
        parts.append(value)
    whole = "".join(parts)
    return whole if len(whole) <= _MOST_CHARACTERS else None


def _part(source: Source, node: Node, known: Mapping[str, str]) -> str | None:
    if node.type == "string_literal":
        inner = source.written(node).strip('"')
        return _ESCAPED.sub(lambda found: found[1], inner) if "\\" in inner else inner
    return known.get(source.written(node)) if node.type in ("field_access", "identifier") else None
