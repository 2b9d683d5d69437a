"""Calls within calls, as lists of routes hold them, and the names of those lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.python_calls import Call
from taskpar_ml.detectors.source import text_of

_DEEPEST: Final = 16
"""Calls within one another."""

_CLIMBED: Final = 16
"""Lists, calls and operators between a route and the name of its list."""


def nested(found: Iterable[Call]) -> Iterator[tuple[Call, tuple[Call, ...]]]:
    """Yield calls in the order of the file, each with those that it lies in, outermost first.

    Calls that lie deeper than people write them are dropped.
    """
    around: list[Call] = []
    for call in sorted(found, key=lambda each: (each.node.start_byte, -each.node.end_byte)):
        while around and around[-1].node.end_byte <= call.node.start_byte:
            around.pop()
        if len(around) < _DEEPEST:
            yield call, tuple(around)
            around.append(call)


def list_name(node: Node) -> str:
    """Return what the list around a node is assigned to, or the function that returns it.

    Empty for a list that stands in no statement of its own.
    """
    inside: Node = node
    for _ in range(_CLIMBED):
        parent = inside.parent
        if parent is None:
            return ""
        if parent.type in {"assignment", "augmented_assignment"}:
            left = parent.child_by_field_name("left")
            return "" if left is None else text_of(left)
        if parent.type == "function_definition":
            name = parent.child_by_field_name("name")
            return "" if name is None else text_of(name)
        inside = parent
    return ""
