"""Types of Java files with their members and annotations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tree_sitter import Node

from taskpar_ml.detectors.source import Source, line_of

INTERFACES: Final = frozenset({"annotation_type_declaration", "interface_declaration"})
"""Declarations of types that have no instances of their own."""

_TYPES: Final = INTERFACES | {"class_declaration", "enum_declaration", "record_declaration"}
_NONE: Final[frozenset[str]] = frozenset()
_ANNOTATIONS: Final = ("annotation", "marker_annotation")


class Annotation(NamedTuple):
    """An annotation by its last name, with what it is given: names to values.

    A value without a name is that of ``value``.
    """

    name: str
    given: dict[str, Node]
    line: int


class JavaType(NamedTuple):
    """A class, record, enumeration, interface or annotation.

    Attributes
    ----------
    name
        Dotted through the types that enclose it.
    owners
        Those types, outermost first.
    """

    name: str
    node: Node
    owners: tuple[Node, ...]
    members: tuple[Node, ...]


def java_types(source: Source) -> tuple[JavaType, ...]:
    """Return the types of a file, those within types included, local ones left out."""
    return source.once(_java_types)


def modifiers_of(source: Source, node: Node) -> frozenset[str]:
    """Return the words before a declaration, without its annotations."""
    found = _modifiers(node)
    if not found:
        return _NONE
    if any(word.type in _ANNOTATIONS for word in found[0].named_children):
        return frozenset(word.type for word in found[0].children if word.type not in _ANNOTATIONS)
    return frozenset(source.written(found[0]).split())


def annotations_of(source: Source, node: Node) -> list[Annotation]:
    """Return the annotations of a declaration."""
    return [
        read
        for each in _modifiers(node)
        for word in each.named_children
        if word.type in _ANNOTATIONS and (read := _annotation(source, word)) is not None
    ]


def _java_types(source: Source) -> tuple[JavaType, ...]:
    if source.tree is None:
        return ()
    return tuple(
        sorted(_below(source, source.tree.root_node), key=lambda each: each.node.start_byte)
    )


def _below(source: Source, root: Node) -> Iterator[JavaType]:
    waiting: list[tuple[Node, str, tuple[Node, ...]]] = [
        (each, "", ()) for each in _types_at_top(root)
    ]
    while waiting:
        node, owner, owners = waiting.pop()
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None or body is None:
            continue
        dotted = f"{owner}.{source.written(name)}" if owner else source.written(name)
        members = tuple(_members(body))
        yield JavaType(dotted, node, owners, members)
        if len(owners) < _MOST_OWNERS:
            inner = (*owners, node)
            waiting += ((each, dotted, inner) for each in members if each.type in _TYPES)


_MOST_OWNERS: Final = 20
"""Types within types; what is deeper no person wrote."""


def _types_at_top(root: Node) -> Iterator[Node]:
    for node in root.named_children:
        if node.type in _TYPES:
            yield node
        elif node.type == "ERROR":
            # What is broken holds what is not.
            yield from (each for each in node.named_children if each.type in _TYPES)


def _members(body: Node) -> Iterator[Node]:
    for each in body.named_children:
        if each.type == "enum_body_declarations":
            yield from each.named_children
        else:
            yield each


def _modifiers(node: Node) -> list[Node]:
    return [each for each in node.named_children[:1] if each.type == "modifiers"]


def _annotation(source: Source, node: Node) -> Annotation | None:
    name, arguments = (node.child_by_field_name(each) for each in ("name", "arguments"))
    if name is None:
        return None
    given: dict[str, Node] = {}
    for each in () if arguments is None else arguments.named_children:
        if each.type == "element_value_pair":
            key, value = each.child_by_field_name("key"), each.child_by_field_name("value")
            if key is not None and value is not None:
                given[source.written(key)] = value
        elif "comment" not in each.type:
            given["value"] = each
    return Annotation(source.written(name).rpartition(".")[2], given, line_of(node))
