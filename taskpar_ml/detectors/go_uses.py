"""What Go code calls, embeds and builds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import attrgetter
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.places import nodes_at, nodes_before, places_of
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Use

_NAMES: Final = frozenset({"identifier", "selector_expression"})
_TYPES: Final = frozenset({"qualified_type", "type_identifier"})
_PREDECLARED: Final = frozenset(
    b"any append bool byte cap close comparable complex complex128 complex64 copy delete error"
    b" float32 float64 imag int int16 int32 int64 int8 len make new panic print println real"
    b" recover rune string uint uint16 uint32 uint64 uint8 uintptr".split()
)
"""Names of the language itself: Go specification, "Predeclared identifiers". Without ``clear``,
``max`` and ``min``, which packages defined themselves before they were there."""
_COMMENT: Final = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_DOTTED: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_LAST: Final = re.compile(r"\w+$")
_LONGEST: Final = 200
"""Characters of a dotted name; a longer one is an expression."""


class GoUses(OfLanguages):
    """Finds names that are called, embedded, or built by a literal.

    Of what is called on the result of a call or of an expression the last name is known, and is
    written ``.name``.
    """

    name = "go-uses-1"
    pattern = ""
    languages = frozenset({Language.GO})

    def find(self, source: Source) -> Iterator[Use]:
        """Yield every name once, at its first line."""
        content = source.content
        seen: set[bytes] = set(_PREDECLARED)
        first: dict[str, int] = {}
        for node in sorted(_used(source), key=attrgetter("start_byte")):
            written = content[node.start_byte : node.end_byte]
            if written not in seen:
                seen.add(written)
                name, line = _name(written.decode("utf-8", "replace")), line_of(node)
                first[name] = min(line, first.get(name, line))
        return (Use(name, line) for name, line in first.items())


def _used(source: Source) -> Iterator[Node]:
    """Yield the names of what is used, in any order."""
    tree, content = source.tree, source.content
    if tree is None:
        return
    for node in nodes_before(tree, content, b"(", tight=True):
        kind = node.type
        if kind == "call_expression":
            function: Node | None = node.child(0)
            if function is not None and function.type == "index_expression":
                function = function.child_by_field_name("operand")
            if function is not None and function.type in _NAMES:
                yield function
        elif kind == "type_conversion_expression":
            yield from _generic(node.child_by_field_name("type"))
    for node in nodes_before(tree, content, b"{", tight=True):
        if node.type == "composite_literal":
            yield from _built(node.child_by_field_name("type"))
    for node in nodes_at(tree, places_of(content, b"struct"), before=0, after=7):
        if node.type == "struct_type":
            yield from _embedded(node)
    for interface in nodes_at(tree, places_of(content, b"interface"), before=0, after=10):
        if interface.type == "interface_type":
            for each in interface.named_children:
                alone = each.named_children if each.type == "type_elem" else []
                if len(alone) == 1 and alone[0].type in _TYPES:
                    yield alone[0]


def _built(made: Node | None) -> Iterator[Node]:
    """Yield the type of what a literal builds; of a list or map the type of its elements."""
    if made is None:
        return
    element: Node | None = made
    if made.type == "slice_type":
        element = made.child_by_field_name("element")
        if element is not None and element.type == "pointer_type":
            element = element.named_child(0)
    elif made.type == "map_type":
        element = made.child_by_field_name("value")
    elif made.type == "generic_type":
        yield from _generic(made)
    if element is not None and element.type in _TYPES:
        yield element


def _embedded(struct: Node) -> Iterator[Node]:
    fields = struct.named_child(0)
    for each in () if fields is None else fields.named_children:
        if each.type == "field_declaration" and each.child_by_field_name("name") is None:
            kind = each.child_by_field_name("type")
            if kind is not None and kind.type in _TYPES:
                yield kind
            else:
                yield from _generic(kind)


def _generic(node: Node | None) -> Iterator[Node]:
    """Yield the type that is given types."""
    kind = node.child_by_field_name("type") if node is not None else None
    if node is not None and node.type == "generic_type" and kind is not None:
        yield kind


def _name(written: str) -> str:
    """Return a dotted name, ``.last`` where its beginning is an expression."""
    if _DOTTED.fullmatch(written):
        return written
    if len(written) <= _LONGEST:
        parts = [part.strip() for part in _COMMENT.sub("", written).split(".")]
        if all(part.isidentifier() for part in parts):
            return ".".join(parts)
    last = _LAST.search(written, max(0, len(written) - _LONGEST))
    return f".{last[0]}" if last else ""
