"""Chains of calls in Rust code: ``Router::new().route(..).layer(..)``."""

from __future__ import annotations

from typing import Final, NamedTuple

from tree_sitter import Node

from taskpar_ml.detectors.rust_items import dotted
from taskpar_ml.detectors.source import Source, line_of

_WRAPPERS: Final = frozenset(
    {"await_expression", "parenthesized_expression", "reference_expression", "try_expression"}
)


class Step(NamedTuple):
    """A call in a chain."""

    verb: str
    given: list[Node]
    line: int


class Chain(NamedTuple):
    """What calls are made on, and the calls, first one first."""

    root: Node
    steps: list[Step]


def chain_of(source: Source, node: Node) -> Chain:
    """Return an expression as a chain; what is no call is one without steps."""
    steps: list[Step] = []
    while True:
        if node.type in _WRAPPERS and node.named_children:
            node = node.named_children[-1]
            continue
        function = node.child_by_field_name("function") if node.type == "call_expression" else None
        if function is not None and function.type == "generic_function":
            function = function.child_by_field_name("function")
        if function is None or function.type != "field_expression":
            return Chain(node, steps[::-1])
        value, field = (function.child_by_field_name(each) for each in ("value", "field"))
        if value is None or field is None:
            return Chain(node, steps[::-1])
        steps.append(Step(source.written(field), arguments_of(node), line_of(field)))
        node = value


def arguments_of(call: Node) -> list[Node]:
    """Return the arguments of a call; none of what is no call."""
    given = call.child_by_field_name("arguments")
    named = [] if given is None else given.named_children
    return [each for each in named if "comment" not in each.type and each.type != "attribute_item"]


def called(source: Source, node: Node) -> str:
    """Return the function that an expression calls, dotted; nothing of anything else."""
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    return "" if function is None else dotted(source.on_one_line(function))
