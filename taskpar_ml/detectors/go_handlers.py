"""What answers requests in Go code, by name."""

from __future__ import annotations

import re
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.go_calls import arguments_of, last_name
from taskpar_ml.detectors.source import on_one_line, text_of

_ADAPTERS: Final = re.compile(r"Handler(?:Func)?|StripPrefix|TimeoutHandler|[Ww]rap\w*")
"""What makes a handler out of what it is handed, and adds no answer of its own."""
_HANDLER_NAME: Final = re.compile(r"(?:[Hh]andle|[Ss]erve)(?![a-z])|[Hh]andler(?:Func)?$|^handle")
_NO_HANDLER: Final = re.compile(r"(?:strings|bytes|json|url|time|strconv|fmt|errors)\.")
_DOTTED: Final = re.compile(r"\w+(?:\.\w+)*")
_LONGEST_CHAIN: Final = 20


def may_answer(node: Node) -> bool:
    """Whether an expression may be a handler."""
    if node.type == "call_expression":
        return _NO_HANDLER.match(text_of(node)) is None
    return node.type in (
        *("composite_literal", "func_literal", "identifier", "selector_expression"),
        *("unary_expression", "variadic_argument"),
    )


def handler_name(node: Node, functions: frozenset[str] = frozenset()) -> str:
    """Return the name of what answers, out of what adapts and guards it; of closures, nothing.

    ``functions`` are those of the file: one that is handed to another is guarded by it.
    """
    for _ in range(_LONGEST_CHAIN):
        if node.type == "call_expression":
            inner = _wrapped(node, functions)
            if inner is None:
                return _name(node.child_by_field_name("function"))
            node = inner
        elif node.type in ("unary_expression", "parenthesized_expression"):
            node = node.named_children[0] if node.named_children else node
        else:
            return _name(node)
    return ""


def _wrapped(call: Node, functions: frozenset[str]) -> Node | None:
    """Return the handler that a call adapts or guards; None where it makes one."""
    called = last_name(_name(call.child_by_field_name("function")))
    arguments = arguments_of(call)
    if not arguments or (_HANDLER_NAME.search(called) and not _ADAPTERS.fullmatch(called)):
        return None
    inner = arguments[0 if called == "TimeoutHandler" else -1]
    if _ADAPTERS.fullmatch(called) or inner.type == "func_literal":
        return inner
    named = inner.child_by_field_name("function") if inner.type == "call_expression" else inner
    name = last_name(_name(named))
    is_function = inner.type != "call_expression" and name in functions
    return inner if is_function or _HANDLER_NAME.search(name) else None


def _name(node: Node | None) -> str:
    """Return a name as written, ``.last`` where it begins with an expression, or nothing."""
    if node is None:
        return ""
    if node.type == "composite_literal":
        return _name(node.child_by_field_name("type"))
    if node.type == "selector_expression":
        on, field = node.child_by_field_name("operand"), node.child_by_field_name("field")
        if on is not None and on.type in ("composite_literal", "identifier"):
            return f"{_name(on)}.{on_one_line(field)}"
        written = "".join(text_of(node).split())
        return written if _DOTTED.fullmatch(written) else f".{on_one_line(field)}"
    if node.type in ("identifier", "qualified_type", "type_identifier"):
        return on_one_line(node)
    return ""
