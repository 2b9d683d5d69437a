"""Calls in JavaScript and TypeScript files, and the names that values get there."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from tree_sitter import Node

from taskpar_ml.detectors.places import nodes_before
from taskpar_ml.detectors.source import Source


def calls(source: Source) -> list[Node]:
    """Return the calls of a file, tagged templates included, in the order of their arguments."""
    return source.once(_calls)


def method_calls(source: Source) -> Iterator[tuple[Node, Node]]:
    """Yield calls of what is named by a dotted name, each with that name."""
    for call in calls(source):
        function = call.child(0)
        if function is not None and function.type == "member_expression":
            yield function, call


def bindings(source: Source) -> list[tuple[Node, Node]]:
    """Return names and values of declarations and assignments; ``default`` for an export of one."""
    if source.tree is None:
        return []
    found = []
    for node in nodes_before(source.tree, source.content, b"="):
        if node.type == "variable_declarator":
            found.append((node.child_by_field_name("name"), node.child_by_field_name("value")))
        elif node.type == "assignment_expression":
            found.append((node.child_by_field_name("left"), node.child_by_field_name("right")))
    for node in source.tree.root_node.named_children:
        if node.type == "export_statement":
            words = [each for each in node.children if each.type == "default"]
            found += [(each, node.child_by_field_name("value")) for each in words]
    pairs = [(name, value) for name, value in found if name is not None and value is not None]
    return sorted(pairs, key=lambda pair: pair[0].start_byte)


def _calls(source: Source) -> list[Node]:
    if source.tree is None:
        return []
    found = [
        node
        for node in nodes_before(source.tree, source.content, b"(")
        if node.type == "call_expression"
    ]
    tagged = [
        node
        for node in nodes_before(source.tree, source.content, b"`", tight=True)
        if node.type == "call_expression"
    ]
    return sorted((*found, *tagged), key=attrgetter("end_byte")) if tagged else found
