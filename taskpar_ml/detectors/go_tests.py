"""Tests of Go packages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.go_calls import arguments_of, called
from taskpar_ml.detectors.go_declarations import declarations
from taskpar_ml.detectors.go_literals import literal
from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.places import nodes_at, places_of
from taskpar_ml.detectors.source import Source, line_of, on_one_line, text_of
from taskpar_ml.domain.code_facts import TestCase

_TEST: Final = re.compile(r"(?:Test|Benchmark|Fuzz)(?![a-z])")
_SPACE: Final = re.compile(r"\s")
_HANDED: Final = re.compile(r"\(\s*\w*\s*\*\s*(?:\w+\.)?[BFT]\s*,?\s*\)")
_HANDED_IN_SUITE: Final = re.compile(r"\(\s*(?:\w*\s*\*\s*(?:\w+\.)?[CT]\s*,?\s*)?\)")
"""Parameters of methods of suites: none for testify, one for gocheck and quicktest."""
_OWNER: Final = re.compile(r"\(\s*(?:\w+\s+)?\*?\s*(\w+)\s*,?\s*\)")
_FUNCTIONS: Final = frozenset({"function_declaration", "method_declaration"})
_RUN: Final = b".Run("
_USUAL_HANDLES: Final = ("t", "b")


class GoTests:
    """Finds test, benchmark and fuzz functions, methods of suites, and named sub tests.

    A sub test is named as ``go test -run`` has it: ``TestUsers/no_name``. Those whose name is
    computed are left out, with all that run below them.
    """

    name = "go-tests-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether ``go test`` looks for tests in a file."""
        return path.endswith("_test.go") and language_of(path) == Language.GO

    def find(self, source: Source) -> Iterator[TestCase]:
        """Yield tests in the order of the file."""
        functions = [each for each in declarations(source) if each.type in _FUNCTIONS]
        places = [*functions, *_runs(source)]
        places.sort(key=lambda each: (each.start_byte, -each.end_byte))
        around: list[tuple[int, str]] = []
        for node in places:
            while around and around[-1][0] <= node.start_byte:
                around.pop()
            if node.type != "call_expression":
                name = _test(node)
            else:
                name = _sub_test(node, around[-1][1] if around else "")
            around.append((node.end_byte, name))
            if name:
                yield TestCase(name, line_of(node))


def _runs(source: Source) -> Iterator[Node]:
    """Yield calls of ``Run`` that are handed a name and a test."""
    if source.tree is None:
        return
    for node in nodes_at(source.tree, places_of(source.content, _RUN), before=0, after=len(_RUN)):
        function = node.child_by_field_name("function") if node.type == "call_expression" else None
        on = None if function is None else function.child_by_field_name("operand")
        given = arguments_of(node)
        if on is not None and on.type == "identifier" and len(given) == 2:
            is_test = given[1].type == "func_literal" or text_of(on) in _USUAL_HANDLES
            if is_test and called(node) == "Run":
                yield node


def _test(node: Node) -> str:
    """Return the name of a test, nothing for what is none."""
    name = on_one_line(node.child_by_field_name("name"))
    if not _TEST.match(name):
        return ""
    parameters = on_one_line(node.child_by_field_name("parameters"))
    if node.type == "function_declaration":
        return name if _HANDED.fullmatch(parameters) else ""
    receiver = node.child_by_field_name("receiver")
    owner = None if receiver is None else _OWNER.fullmatch(text_of(receiver))
    return f"{owner[1]}.{name}" if owner and _HANDED_IN_SUITE.fullmatch(parameters) else ""


def _sub_test(call: Node, parent: str) -> str:
    title = literal(arguments_of(call)[0])
    return f"{parent}/{_SPACE.sub('_', title)}" if parent and title else ""
