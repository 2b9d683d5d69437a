"""Calls in JavaScript and TypeScript files."""

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
