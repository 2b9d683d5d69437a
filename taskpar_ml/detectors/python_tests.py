"""Tests that pytest and unittest collect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.python_classes import class_of
from taskpar_ml.detectors.python_definitions import PythonDefinitions
from taskpar_ml.detectors.scopes import Scoped, places, scoped
from taskpar_ml.detectors.source import Source, line_of, text_of
from taskpar_ml.domain.code_facts import TestCase

_NO_TESTS: Final = frozenset({"object", "Protocol", "ABC", "Generic"})


class PythonTests:
    """Finds functions and methods that are tests, in files that are collected by their name.

    ``test_*.py`` and ``*_test.py`` as by pytest, ``test*.py`` as by unittest. Tests are functions
    ``test*``, and such methods of classes ``Test*`` without a constructor, or of any class with a
    base: whether that is a test case is said elsewhere.
    """

    name = "python-tests-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether tests are collected from a file."""
        name = path.rpartition("/")[2]
        collected = name.startswith("test") or name.endswith("_test.py")
        return collected and name.endswith(".py") and language_of(path) == Language.PYTHON

    def find(self, source: Source) -> Iterator[TestCase]:
        """Yield tests with the classes that hold them."""
        matches = source.matches(PythonDefinitions.pattern)
        decorated = {
            each["inner"][0].start_byte: each["decorated"][0]
            for each in matches
            if "decorated" in each
        }
        collected: dict[str, bool] = {}
        for each in scoped(places(matches, ("function", "class"))):
            within, _, last = each.name.rpartition(".")
            if "function" in each.within or not collected.get(within, not within):
                continue
            if each.place.kind == "class":
                collected[each.name] = _is_collected(each)
            elif last.startswith("test"):
                node = each.place.captures["function"][0]
                around = decorated.get(node.start_byte, node)
                if not any(_is_fixture(child) for child in around.children):
                    yield TestCase(each.name, line_of(around))


def _is_collected(found: Scoped) -> bool:
    node = class_of(found.place.captures["class"][0])
    if node is None:
        return False
    switched = {each.name: each.value for each in node.fields()}.get("__test__")
    if switched is not None and switched.type == "false":
        return False
    if any(base.rpartition(".")[2] not in _NO_TESTS for base in node.bases):
        return not node.name.endswith("Mixin")
    constructs = any(method.name == "__init__" for method in node.methods())
    return node.name.startswith("Test") and not constructs


def _is_fixture(node: Node) -> bool:
    return node.type == "decorator" and "fixture" in text_of(node)
