"""Tests of Go packages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.go_literals import literal
from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.source import Match, Source, line_of, text_of
from taskpar_ml.domain.code_facts import TestCase

_PATTERN: Final = """
(function_declaration name: (identifier) @name parameters: (_) @parameters) @function
(method_declaration
  receiver: (parameter_list (parameter_declaration type: [
    (type_identifier) @owner (pointer_type (type_identifier) @owner)]))
  name: (field_identifier) @name parameters: (_) @parameters) @method
(call_expression
  function: (selector_expression operand: (identifier) @on field: (field_identifier) @run)
  arguments: (argument_list . (_) @title . (_) @body .) (#eq? @run "Run")) @sub
"""
_TEST: Final = re.compile(r"(?:Test|Benchmark|Fuzz)(?![a-z])")
_SPACE: Final = re.compile(r"\s")
_HANDED: Final = re.compile(r"\(\s*\w*\s*\*\s*(?:\w+\.)?[BFT]\s*,?\s*\)")
_HANDED_IN_SUITE: Final = re.compile(r"\(\s*(?:\w*\s*\*\s*(?:\w+\.)?[CT]\s*,?\s*)?\)")
"""Parameters of methods of suites: none for testify, one for gocheck and quicktest."""
_USUAL_HANDLES: Final = ("t", "b")


class GoTests:
    """Finds test, benchmark and fuzz functions, methods of suites, and named sub tests.

    A sub test is named as ``go test -run`` has it: ``TestUsers/no_name``. Those whose name is
    computed are left out, with all that run below them.
    """

    name = "go-tests-1"
    pattern = _PATTERN

    def reads(self, path: str) -> bool:
        """Whether ``go test`` looks for tests in a file."""
        return path.endswith("_test.go") and language_of(path) == Language.GO

    def find(self, source: Source) -> Iterator[TestCase]:
        """Yield tests in the order of the file."""
        places = [(_place(found), found) for found in source.matches(self.pattern)]
        places.sort(key=lambda each: (each[0].start_byte, -each[0].end_byte))
        around: list[tuple[int, str]] = []
        for node, found in places:
            while around and around[-1][0] <= node.start_byte:
                around.pop()
            if "sub" not in found:
                name = _test(found)
            elif _runs_a_test(found):
                name = _sub_test(found, around[-1][1] if around else "")
            else:
                continue
            around.append((node.end_byte, name))
            if name:
                yield TestCase(name, line_of(node))


def _place(found: Match) -> Node:
    return next(found[kind][0] for kind in ("function", "method", "sub") if kind in found)


def _test(found: Match) -> str:
    """Return the name of a test, nothing for what is none."""
    name = text_of(found["name"][0])
    if not _TEST.match(name):
        return ""
    parameters = text_of(found["parameters"][0])
    if "function" in found:
        return name if _HANDED.fullmatch(parameters) else ""
    owner = text_of(found["owner"][0])
    return f"{owner}.{name}" if _HANDED_IN_SUITE.fullmatch(parameters) else ""


def _runs_a_test(found: Match) -> bool:
    body = found["body"][0].type
    return body == "func_literal" or text_of(found["on"][0]) in _USUAL_HANDLES


def _sub_test(found: Match, parent: str) -> str:
    title = literal(found["title"][0])
    return f"{parent}/{_SPACE.sub('_', title)}" if parent and title else ""
