"""What Java code calls, builds, extends and annotates with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.java_members import java_types
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.places import nodes_at, nodes_before, places_of, statements_of
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Use

_ANNOTATIONS: Final = frozenset({"annotation", "marker_annotation"})
_BUILT_IN: Final = frozenset(
    {b"Deprecated", b"FunctionalInterface", b"Override", b"SuppressWarnings"}
)
_BASES: Final = frozenset({"extends_interfaces", "super_interfaces", "superclass"})
_TYPES: Final = frozenset({"generic_type", "scoped_type_identifier", "type_identifier"})
_DOTTED: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_LONGEST: Final = 200
"""Bytes of what something is called on; what is longer is an expression."""


class JavaUses(OfLanguages):
    """Finds names that are called, built with ``new``, extended, implemented or annotated with.

    Of what is called on the result of an expression the last name is known, and is written
    ``.name``.
    """

    name = "java-uses-1"
    pattern = ""
    languages = frozenset({Language.JAVA})

    def find(self, source: Source) -> Iterator[Use]:
        """Yield every name once, at its first line."""
        content = source.content
        seen: set[bytes] = set(_BUILT_IN)
        first: dict[str, int] = {}
        for start, end, node in sorted(_used(source), key=lambda each: each[:2]):
            is_long = end - start > _LONGEST
            written = b"." + (node.text or b"") if is_long else content[start:end]
            if written not in seen:
                seen.add(written)
                name, line = _name(written.decode("utf-8", "replace")), line_of(node)
                first[name] = min(line, first.get(name, line))
        return (Use(name, line) for name, line in first.items() if name)


def _used(source: Source) -> Iterator[tuple[int, int, Node]]:
    """Yield bytes from the first to the last name of what is used, and the node of the last."""
    tree, content = source.tree, source.content
    if tree is None:
        return
    for node in nodes_before(tree, content, b"(", tight=True):
        if node.type == "method_invocation":
            name = node.child_by_field_name("name")
            if name is not None:
                yield node.start_byte, name.end_byte, name
    for node in statements_of(tree, content, b"new"):
        if node.type == "object_creation_expression":
            yield from _type(node.child_by_field_name("type"))
    for node in nodes_at(tree, places_of(content[:-1], b"@"), before=0, after=2):
        if node.type in _ANNOTATIONS:
            yield from _type(node.child_by_field_name("name"))
    for each in java_types(source):
        for bases in each.node.named_children:
            if bases.type in _BASES:
                for base in bases.named_children:
                    for kind in base.named_children if base.type == "type_list" else (base,):
                        yield from _type(kind)


def _type(node: Node | None) -> Iterator[tuple[int, int, Node]]:
    if node is not None and node.type == "generic_type":
        node = next((each for each in node.named_children if each.type in _TYPES), None)
    if node is not None:
        yield node.start_byte, node.end_byte, node


def _name(written: str) -> str:
    """Return a dotted name, ``.last`` where its beginning is an expression."""
    if _DOTTED.fullmatch(written):
        return written
    parts = [part.strip() for part in written.split(".")]
    if all(part.isidentifier() for part in parts):
        return ".".join(parts)
    last = parts[-1].rpartition(">")[2].strip()
    return f".{last}" if last.isidentifier() else ""
