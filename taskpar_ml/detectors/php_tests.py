"""Tests of PHPUnit and Pest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.php_syntax import (
    CLASSES,
    FUNCTIONS,
    arguments_of,
    attributes_of,
    bases_of,
    body_of,
    literal,
    members,
    name_of,
)
from taskpar_ml.detectors.source import Source, line_of, text_of
from taskpar_ml.domain.code_facts import TestCase

_DEEPEST: Final = 20
_LONGEST_CHAIN: Final = 20


class PhpTests:
    """Finds methods of test classes, by name, attribute or comment, and Pest's functions.

    Names of Pest's tests are the texts as written, joined by dots.
    """

    name = "php-tests-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a runner looks for tests in a file, by the customs of its name."""
        return language_of(path) == Language.PHP and (
            path.endswith("Test.php") or "/tests/" in f"/{path.lower()}"
        )

    def find(self, source: Source) -> Iterator[TestCase]:
        """Yield tests in the order of the file."""
        owners: set[str] = set()
        comment, has_comments = "", b"@test" in source.content
        for member in members(source):
            node = member.node
            if node.type in CLASSES:
                if any("Test" in base for base in bases_of(node)[:1]):
                    owners.add(name_of(node))
            elif node.type == "method_declaration" and member.owner in owners:
                if _is_test(node, comment):
                    yield TestCase(f"{member.owner}.{name_of(node)}", line_of(node))
            elif node.type == "expression_statement":
                yield from _within([node], "", 0)
            comment = text_of(node) if has_comments and node.type == "comment" else ""


def _is_test(method: Node, comment: str) -> bool:
    visible = [each for each in method.named_children if each.type == "visibility_modifier"]
    if visible and text_of(visible[0]) != "public":
        return False
    return (
        name_of(method).startswith("test") or "@test" in comment or "Test" in attributes_of(method)
    )


def _within(nodes: Iterable[Node], names: str, depth: int) -> Iterator[TestCase]:
    for node in nodes if depth < _DEEPEST else ():
        if node.type != "expression_statement" or not node.named_children:
            continue
        call = _first(node.named_children[0])
        function = None if call is None else call.child_by_field_name("function")
        given = [] if call is None else arguments_of(call)
        own = literal(given[0]) if given else None
        if function is None or not own or call is None:
            continue
        whole = f"{names}.{own}" if names else own
        verb = text_of(function)
        if verb in ("it", "test", "todo"):
            yield TestCase(whole, line_of(call))
        elif verb == "describe" and given[-1].type in FUNCTIONS:
            yield from _within(body_of(given[-1]), whole, depth + 1)


def _first(node: Node | None) -> Node | None:
    """Return the call of a function that a chain begins with."""
    for _ in range(_LONGEST_CHAIN):
        if node is None or node.type == "function_call_expression":
            return node
        node = node.child_by_field_name("object")
    return None
