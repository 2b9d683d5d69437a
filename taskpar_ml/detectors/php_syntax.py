"""The parts of calls, classes and literals in PHP code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tree_sitter import Node

from taskpar_ml.detectors.source import Source, text_of

MEMBER_CALLS: Final = frozenset({"member_call_expression", "nullsafe_member_call_expression"})
CALLS: Final = MEMBER_CALLS | {
    "function_call_expression",
    "object_creation_expression",
    "scoped_call_expression",
}
FUNCTIONS: Final = frozenset({"anonymous_function", "arrow_function"})
CLASSES: Final = frozenset(
    {"class_declaration", "enum_declaration", "interface_declaration", "trait_declaration"}
)
_NESTED: Final = frozenset(
    {"namespace_definition", "compound_statement", "if_statement", "else_clause", "ERROR"}
)
_DEEPEST: Final = 30
_LONGEST_CHAIN: Final = 50


class PhpMember(NamedTuple):
    """A class, function, constant or statement at the top of a file, or what a class holds.

    Attributes
    ----------
    owner
        Name of the class; empty at the top.
    """

    node: Node
    owner: str


class PhpCall(NamedTuple):
    """One call of a chain: ``prefix('admin')``."""

    name: str
    node: Node


def members(source: Source) -> tuple[PhpMember, ...]:
    """Return what a file and its classes hold, in the order of the file."""
    return source.once(_members)


def name_of(node: Node) -> str:
    """Return the name of a class or function."""
    name = node.child_by_field_name("name")
    return "" if name is None else text_of(name)


def bases_of(node: Node) -> list[str]:
    """Return what a class extends and implements, as written."""
    found = [each for each in node.named_children if each.type.endswith("_clause")]
    return [text_of(name) for each in found for name in each.named_children if "name" in name.type]


def attributes_of(node: Node) -> dict[str, Node]:
    """Return the attributes of a class or method by their names without a namespace."""
    found = node.child_by_field_name("attributes")
    groups = [] if found is None else found.named_children
    return {
        text_of(each.named_children[0]).rpartition("\\")[2]: each
        for group in groups
        for each in group.named_children
        if each.type == "attribute" and each.named_children
    }


def body_of(node: Node) -> list[Node]:
    """Return what the braces of a class or function hold."""
    body = node.child_by_field_name("body")
    return [] if body is None else body.named_children


def literal(node: Node | None) -> str | None:
    """Return the value of a string, None for all else and what variables are put into."""
    if node is None or node.type not in ("string", "encapsed_string"):
        return None
    parts = node.named_children
    whole = all(each.type == "string_content" for each in parts)
    return "".join(map(text_of, parts)) if whole else None


def class_of(node: Node | None) -> str:
    """Return the class that ``User::class`` names, nothing for all else."""
    if node is None or node.type != "class_constant_access_expression":
        return ""
    parts = node.named_children
    is_name = len(parts) == 2 and text_of(parts[1]) == "class"
    return text_of(parts[0]).rpartition("\\")[2] if is_name else ""


def arguments_of(call: Node) -> list[Node]:
    """Return the values that a call or attribute is given in order, those with a name left out."""
    return [value for name, value in _given(call) if not name]


def named_arguments_of(call: Node) -> dict[str, Node]:
    """Return the values that a call or attribute is given by name."""
    return {name: value for name, value in _given(call) if name}


def items_of(node: Node | None) -> list[tuple[str, Node]]:
    """Return the elements of an array, each with its key; without one that is empty."""
    found = []
    if node is not None and node.type == "array_creation_expression":
        for each in node.named_children:
            parts = each.named_children
            if each.type == "array_element_initializer" and parts:
                found.append((literal(parts[0]) or "" if len(parts) > 1 else "", parts[-1]))
    return found


def literals(node: Node | None) -> list[str]:
    """Return the strings of an array, or one alone."""
    one = literal(node)
    if one is not None:
        return [one]
    return [value for _, each in items_of(node) if (value := literal(each)) is not None]


def chain_of(call: Node) -> tuple[str, list[PhpCall]]:
    """Return what a chain of calls begins at, and its calls from there on.

    Of ``Route::prefix('a')->get('b')`` that is ``Route`` with ``prefix`` and ``get``.
    """
    found: list[PhpCall] = []
    node: Node | None = call
    for _ in range(_LONGEST_CHAIN):
        if node is None:
            break
        if node.type in MEMBER_CALLS:
            found.append(PhpCall(name_of(node), node))
            node = node.child_by_field_name("object")
            continue
        if node.type == "scoped_call_expression":
            scope = node.child_by_field_name("scope")
            found.append(PhpCall(name_of(node), node))
            return "" if scope is None else text_of(scope), found[::-1]
        if node.type == "variable_name":
            return text_of(node), found[::-1]
        break
    return "", found[::-1]


def _given(call: Node) -> Iterator[tuple[str, Node]]:
    field = "parameters" if call.type == "attribute" else "arguments"
    arguments = call.child_by_field_name(field)
    if arguments is None and call.type == "object_creation_expression":
        arguments = next((each for each in call.named_children if each.type == "arguments"), None)
    for each in () if arguments is None else arguments.named_children:
        if each.type == "argument" and each.named_children:
            name = each.child_by_field_name("name")
            yield "" if name is None else text_of(name), each.named_children[-1]


def _members(source: Source) -> tuple[PhpMember, ...]:
    return () if source.tree is None else tuple(_within(source.tree.root_node, 0))


def _within(around: Node, depth: int) -> Iterator[PhpMember]:
    if depth > _DEEPEST:
        return
    for node in around.named_children:
        if node.type in CLASSES:
            yield PhpMember(node, "")
            owner = name_of(node)
            yield from (PhpMember(each, owner) for each in body_of(node))
        elif node.type in _NESTED:
            yield from _within(node, depth + 1)
        else:
            yield PhpMember(node, "")
