"""Test cases of Jest, Mocha, Vitest, node:test and what is written like them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tree_sitter import Node

from taskpar_ml.detectors.javascript_syntax import FUNCTIONS, JAVASCRIPTS, arguments_of, unwrapped
from taskpar_ml.detectors.source import Source, line_of, on_one_line, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import TestCase

_GROUPS: Final = frozenset({"describe", "context", "suite", "fdescribe", "xdescribe"})
_CASES: Final = frozenset({"it", "test", "specify", "fit", "xit", "xtest"})
_VARIANTS: Final = frozenset(
    {"only", "skip", "each", "for", "skipIf", "runIf", "if", "concurrent", "sequential", "serial"}
    | {"parallel", "fails", "failing", "fail", "fixme", "slow", "todo", "describe", "extend"}
)
"""What follows on the name. Source: documentation of Jest, Vitest, Playwright, node:test."""
_WORDS: Final = (b"it(", b"test(", b"specify(", b"it.", b"test.")
_NESTED: Final = (b" t.test(", b"\tt.test(", b"\nt.test(")
"""Signs that cases hold cases."""
_DEEPEST: Final = 40
"""Groups and loops within each other that are gone down."""
_LONGEST_NAME: Final = 200
"""Characters of a name that is no string but an expression."""
_RUNNABLE: Final = frozenset({"identifier", "member_expression", "call_expression"})
_BLOCKS: Final = frozenset(
    {
        "statement_block",
        "for_statement",
        "for_in_statement",
        "if_statement",
        "else_clause",
        "try_statement",
        "function_declaration",
    }
)


class JavaScriptTests(OfLanguages):
    """Finds test cases, named through the groups around them.

    A name is as written between its quotes; one that is made as the tests run is the expression.
    Groups hold little but groups and cases, so they are gone down from the top of a file, and cases
    are not looked into; no pattern has to look for them.
    """

    name = "javascript-tests-1"
    pattern = ""
    languages = JAVASCRIPTS

    def find(self, source: Source) -> Iterator[TestCase]:
        """Yield test cases; those without a body are still to be written."""
        if source.tree is not None and any(word in source.content for word in _WORDS):
            nested = any(word in source.content for word in _NESTED)
            yield from _within(source.tree.root_node, "", nested, 0)


class _Called(NamedTuple):
    """A call of one of the functions that make groups and cases, and how it is varied."""

    function: str
    variants: tuple[str, ...]


def _within(node: Node, names: str, nested: bool, depth: int) -> Iterator[TestCase]:
    if depth > _DEEPEST:
        return
    for each in node.named_children:
        if each.type == "expression_statement" and each.named_children:
            held = unwrapped(each.named_children[0])
            if held is not None and held.type == "call_expression":
                yield from _call(held, names, nested, depth)
        elif each.type in _BLOCKS:
            yield from _within(each, names, nested, depth + 1)


def _call(call: Node, names: str, nested: bool, depth: int) -> Iterator[TestCase]:
    given = arguments_of(call)
    called = _called(call) if given else None
    bodies = [each for each in given if each.type in FUNCTIONS]
    if called is None or not given:
        # What is called for each of a list, or as the file is loaded, may make cases too.
        for each in (*bodies, unwrapped(call.child_by_field_name("function"))):
            if each is not None and each.type in FUNCTIONS:
                yield from _inside(each, names, nested, depth)
        return
    own = _name(given[0])
    whole = f"{names}.{own}" if names else own
    if called.function in _GROUPS or "describe" in called.variants:
        for each in bodies[-1:]:
            yield from _inside(each, whole, nested, depth)
    elif own and (bodies or (len(given) > 1 and given[-1].type in _RUNNABLE)):
        yield TestCase(whole, line_of(call))
        for each in bodies if nested else ():
            yield from _inside(each, whole, nested, depth)


def _inside(function: Node, names: str, nested: bool, depth: int) -> Iterator[TestCase]:
    body = function.child_by_field_name("body")
    if body is None:
        return
    if body.type == "call_expression":
        yield from _call(body, names, nested, depth + 1)
    else:
        yield from _within(body, names, nested, depth + 1)


def _called(call: Node) -> _Called | None:
    """Return what ``it.only.each(…)("…")`` calls: ``it``, varied by ``only`` and ``each``."""
    node = call.child_by_field_name("function")
    variants: list[str] = []
    for _ in range(_DEEPEST):
        if node is None:
            return None
        if node.type == "identifier":
            name = text_of(node)
            if name not in _GROUPS and name not in _CASES:
                return _sub(name, variants)
            return _Called(name, tuple(variants)) if _VARIANTS.issuperset(variants) else None
        if node.type == "member_expression":
            variants.append(on_one_line(node.child_by_field_name("property")))
            node = node.child_by_field_name("object")
        elif node.type == "call_expression":
            node = node.child_by_field_name("function")
        else:
            return None
    return None


def _sub(name: str, variants: list[str]) -> _Called | None:
    """Return a test within a test, or of a runner that is an object: ``t.test``, ``Deno.test``."""
    if name in ("t", "Deno", "QUnit") and variants == ["test"]:
        return _Called("test", ())
    return None


def _name(node: Node) -> str:
    if node.type in ("string", "template_string"):
        return text_of(node)[1:-1]
    if node.type in FUNCTIONS or node.end_byte - node.start_byte > _LONGEST_NAME:
        return ""
    return on_one_line(node)
