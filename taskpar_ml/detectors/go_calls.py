"""The parts of calls in Go code."""

from __future__ import annotations

from tree_sitter import Node

from taskpar_ml.detectors.source import text_of


def arguments_of(call: Node) -> list[Node]:
    """Return the arguments of a call."""
    arguments = call.child_by_field_name("arguments")
    named = [] if arguments is None else arguments.named_children
    return [each for each in named if each.type != "comment"]


def called(call: Node) -> str:
    """Return the name of the method that a call is of, nothing for what is none."""
    function = call.child_by_field_name("function")
    field = function.child_by_field_name("field") if function is not None else None
    return text_of(field) if field is not None else ""


def last_name(written: str) -> str:
    """Return what follows the last dot."""
    return written.rpartition(".")[2].strip()
