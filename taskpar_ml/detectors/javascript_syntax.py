"""What detectors of JavaScript and TypeScript share: which files, and how names are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.source import Source, line_of, on_one_line, text_of

TYPED: Final = frozenset({Language.TYPESCRIPT, Language.TSX})
"""The languages whose grammar knows types."""

JAVASCRIPTS: Final = frozenset({Language.JAVASCRIPT, *TYPED})
"""JavaScript and TypeScript."""

FUNCTIONS: Final = frozenset({"arrow_function", "function_expression", "generator_function"})
"""Kinds of nodes that are functions as values."""

_WRAPPERS: Final = frozenset(
    {
        "parenthesized_expression",
        "as_expression",
        "satisfies_expression",
        "type_assertion",
        "non_null_expression",
        "await_expression",
    }
)
_LONGEST_NAME: Final = 200
"""Characters of a dotted name; a longer one is an expression."""
_DOTTED: Final = re.compile(r"[\w$]+(?:\.#?[\w$]+)*")
_TEXTS: Final = frozenset(
    {"comment", "string_fragment", "string", "template_string", "html_comment"}
)
_DEEPEST: Final = 20
"""Wrappers and assignments within each other that are looked through."""


def literal(node: Node | None) -> str | None:
    """Return what a string says, None if the node is no string or its value is made as it runs."""
    if node is None or node.type not in ("string", "template_string"):
        return None
    if node.type == "template_string" and any(
        child.type == "template_substitution" for child in node.children
    ):
        return None
    return text_of(node)[1:-1]


def dotted(node: Node | None) -> str:
    """Return a dotted name; ``.last`` where its beginning is an expression, else nothing."""
    if node is None:
        return ""
    return dotted_as(node, text_of(node) if is_short(node) else "")


def is_short(node: Node) -> bool:
    """Whether a node may be a dotted name as far as its length goes."""
    return node.end_byte - node.start_byte <= _LONGEST_NAME


def dotted_as(node: Node, written: str) -> str:
    """Return the dotted name of a node from what it spans, which is empty if that is long."""
    if written:
        if _DOTTED.fullmatch(written):
            return written
        written = "".join(written.split()).replace("?.", ".").replace("!.", ".")
        if _DOTTED.fullmatch(written):
            return written
    if node.type != "member_expression":
        return ""
    return f".{on_one_line(node.child_by_field_name('property'))}"


def unwrapped(node: Node | None) -> Node | None:
    """Return the value within parentheses, casts and ``await``."""
    for _ in range(_DEEPEST):
        if node is None or node.type not in _WRAPPERS or not node.named_children:
            return node
        at = -1 if node.type == "type_assertion" else 0
        node = node.named_children[at]
    return node


def assigned(node: Node | None) -> tuple[list[Node], Node | None]:
    """Return the targets of ``a = b = value``, and the value."""
    targets: list[Node] = []
    node = unwrapped(node)
    for _ in range(_DEEPEST):
        if node is None or node.type != "assignment_expression":
            break
        left = node.child_by_field_name("left")
        if left is not None:
            targets.append(left)
        node = unwrapped(node.child_by_field_name("right"))
    return targets, node


def arguments_of(call: Node) -> list[Node]:
    """Return the arguments of a call, without comments."""
    held = call.child_by_field_name("arguments")
    if held is None or held.type != "arguments":
        return []
    return [node for node in held.named_children if node.type != "comment"]


def verb_of(function: Node) -> str:
    """Return the last name of what a call is of: ``get`` of ``app.get``.

    A pattern had better not ask for it: of a chain of calls all would wait for their last names.
    """
    last = function.child_by_field_name("property")
    return "" if last is None else text_of(last)


def verb_end(call: Node) -> int:
    """Return where what is called ends, which orders the calls of a chain as they are written."""
    function = call.child_by_field_name("function")
    return call.start_byte if function is None else function.end_byte


def verb_line(call: Node) -> int:
    """Return the line of the verb: a chain begins earlier."""
    function = call.child_by_field_name("function")
    last = None if function is None else function.child_by_field_name("property")
    return line_of(last or call)


def key_of(node: Node) -> str:
    """Return the name of a member: ``find``, ``#secret``, ``[Symbol.iterator]``."""
    key = node.child_by_field_name("name") or node.child_by_field_name("key")
    key = key or node.child_by_field_name("property")
    said = literal(key)
    return on_one_line(key) if said is None else said


def value_of(node: Node | None, name: str) -> Node | None:
    """Return the value of a key of an object; of a method or a shorthand, that itself."""
    for each in node.named_children if node is not None and node.type == "object" else ():
        if each.type == "pair" and key_of(each) == name:
            return each.child_by_field_name("value")
        if each.type == "method_definition" and key_of(each) == name:
            return each
        if each.type == "shorthand_property_identifier" and text_of(each) == name:
            return each
    return None


def parameter_of(function: Node) -> str:
    """Return the name of the first parameter of a function; empty without one."""
    alone = function.child_by_field_name("parameter")
    held = function.child_by_field_name("parameters")
    first = held.named_children[0] if held is not None and held.named_children else alone
    return "" if first is None else dotted(first.child_by_field_name("pattern") or first)


def decorators(nodes: Iterable[Node]) -> Iterator[tuple[str, list[Node], int]]:
    """Yield the name of each decorator that is called, what it is given, and its line."""
    for node in nodes:
        call = node.named_children[0] if node.type == "decorator" and node.named_children else None
        if call is not None and call.type == "call_expression":
            yield dotted(call.child_by_field_name("function")), arguments_of(call), line_of(node)


def is_code(source: Source, start: int) -> bool:
    """Whether a byte of a file is neither in a comment nor in a string."""
    if source.tree is None:
        return False
    node = source.tree.root_node.descendant_for_byte_range(start, start + 1)
    return node is not None and node.type not in _TEXTS


def required(node: Node | None) -> str | None:
    """Return the module that ``require("…")`` or ``import("…")`` asks for."""
    if node is None or node.type != "call_expression":
        return None
    function = node.child_by_field_name("function")
    if function is None or text_of(function) not in ("require", "import"):
        return None
    given = arguments_of(node)
    return literal(given[0]) if given else None


def bound_names(pattern: Node) -> Iterator[tuple[str, str]]:
    """Yield what a name or ``{a, b: c}`` takes and the name that it gets; ``""`` for the whole."""
    if pattern.type == "identifier":
        yield "", text_of(pattern)
    if pattern.type != "object_pattern":
        return
    for part in pattern.named_children:
        if part.type == "object_assignment_pattern":
            left = part.child_by_field_name("left")
            part = part if left is None else left
        if part.type == "shorthand_property_identifier_pattern":
            yield text_of(part), text_of(part)
        elif part.type == "pair_pattern":
            value = part.child_by_field_name("value")
            if value is not None and value.type == "assignment_pattern":
                value = value.child_by_field_name("left")
            if value is not None and value.type == "identifier":
                yield key_of(part), text_of(value)
