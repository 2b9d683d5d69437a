"""The parts of calls and literals in Ruby code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from taskpar_ml.detectors.source import text_of


class Option(NamedTuple):
    """A pair that a call is given, or that a hash holds."""

    key: str
    is_text: bool
    """Whether the key is a string."""
    value: Node


def verb_of(call: Node) -> str:
    """Return the name of the method that a call is of; of what is none, nothing."""
    if call.type == "identifier":
        return text_of(call)
    method = call.child_by_field_name("method") if call.type == "call" else None
    return "" if method is None else text_of(method)


def receiver_of(call: Node) -> Node | None:
    """Return what a method is called on, None if that is not written."""
    return call.child_by_field_name("receiver") if call.type == "call" else None


def arguments_of(call: Node) -> list[Node]:
    """Return the arguments of a call but for its options."""
    return [
        each for each in _given(call) if each.type not in ("pair", "hash", "hash_splat_argument")
    ]


def options_of(node: Node) -> list[Option]:
    """Return the options of a call, in braces or not, or the pairs of a hash."""
    pairs = node.named_children if node.type == "hash" else _given(node)
    found: list[Option] = []
    for each in pairs:
        if each.type == "pair":
            found += _option(each)
        elif each.type == "hash" and node.type != "hash":
            found += options_of(each)
    return found


def option(call: Node, *keys: str) -> Node | None:
    """Return the first option of a name that a call is given."""
    return next((each.value for each in options_of(call) if each.key in keys), None)


def literal(node: Node | None) -> str | None:
    """Return the value of a string or symbol, None for all else and what is put into it."""
    if node is None:
        return None
    if node.type == "simple_symbol":
        return text_of(node)[1:]
    if node.type in ("string", "bare_string", "bare_symbol", "delimited_symbol"):
        parts = node.named_children
        if all(each.type == "string_content" for each in parts):
            return "".join(map(text_of, parts))
    return None


def literals(node: Node | None) -> list[str]:
    """Return the values of a list of strings and symbols, or of one alone."""
    if node is None:
        return []
    if node.type in ("array", "string_array", "symbol_array"):
        values = map(literal, node.named_children)
        return [each for each in values if each is not None]
    one = literal(node)
    return [] if one is None else [one]


def constant_of(node: Node | None) -> str:
    """Return the name of a constant, as written; nothing for what is none."""
    if node is None or node.type not in ("constant", "scope_resolution"):
        return ""
    return "".join(text_of(node).split()).removeprefix("::")


def dotted(name: str) -> str:
    """Return a name of a constant as names of definitions are written."""
    return name.replace("::", ".")


def block_of(call: Node) -> list[Node]:
    """Return the statements of the block that a call is given."""
    block = call.child_by_field_name("block") if call.type == "call" else None
    body = None if block is None else block.child_by_field_name("body")
    return [] if body is None else body.named_children


def block_parameter(call: Node) -> str:
    """Return the name of the first parameter of a block."""
    block = call.child_by_field_name("block") if call.type == "call" else None
    given = None if block is None else block.child_by_field_name("parameters")
    return text_of(given.named_children[0]) if given is not None and given.named_children else ""


def _given(call: Node) -> list[Node]:
    arguments = call.child_by_field_name("arguments") if call.type == "call" else None
    given = [] if arguments is None else arguments.named_children
    return [each for each in given if each.type not in ("comment", "block_argument")]


def _option(pair: Node) -> Iterator[Option]:
    key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
    if key is None or value is None:
        return
    if key.type == "hash_key_symbol":
        yield Option(text_of(key), False, value)
    elif (name := literal(key)) is not None:
        yield Option(name, key.type == "string", value)
