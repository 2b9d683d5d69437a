"""Tests that pytest and unittest collect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.python_classes import PythonClass, class_of, lineage
from taskpar_ml.detectors.python_definitions import decorations, scopes
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.domain.code_facts import TestCase

_CASES: Final = ("test", "tests", "testcase", "testbase", "testcasebase", "testsbase")
"""Ends of names of test cases, in lower case."""

_NO_TESTS: Final = frozenset({"object", "Protocol", "ABC", "Generic"})


class PythonTests:
    """Finds functions and methods that are tests, in files that are collected by their name.

    ``test_*.py`` and ``*_test.py`` as by pytest, ``test*.py`` as by unittest. Tests are functions
    ``test*``, and such methods of classes ``Test*`` or ``test_*`` without a constructor. Of classes
    with a base from elsewhere either must be called after tests: whether that base is a test case
    is said there. What is inherited within the file counts, too.
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
        decorated = {inner.start_byte: around for around, inner in decorations(source)}
        collected: dict[str, PythonClass] = {}
        own: set[str] = set()
        for each in source.once(scopes):
            if each.place.kind == "variable":
                continue
            within, _, last = each.name.rpartition(".")
            if "function" in each.within or (within and within not in collected):
                continue
            node = each.place.node
            if each.place.kind == "class":
                found = class_of(node)
                if found is not None and _is_collected(source, found):
                    collected[each.name] = found
            elif last.startswith("test"):
                around = decorated.get(node.start_byte, node)
                own.add(each.name)
                if not any(_is_fixture(source, child) for child in around.children):
                    yield TestCase(each.name, line_of(around))
        for name, found in collected.items():
            yield from _inherited(source, name, found, own)


def _inherited(source: Source, name: str, found: PythonClass, own: set[str]) -> Iterator[TestCase]:
    """Yield the tests that a class has from others of its module, at its own line."""
    inherited = {
        f"{name}.{method.name}"
        for base in lineage(source, found)[1:]
        for method in base.methods
        if method.name.startswith("test")
    }
    for test in sorted(inherited - own):
        yield TestCase(test, found.line)


def _is_collected(source: Source, found: PythonClass) -> bool:
    switched = {each.name: each.value for each in found.fields}.get("__test__")
    if switched is not None and switched.type == "false":
        return False
    line = lineage(source, found)
    known = {each.name for each in line} | _NO_TESTS
    others = [base for each in line for base in each.bases if base.rpartition(".")[2] not in known]
    if others and any(each.lower().endswith(_CASES) for each in (found.name, *others)):
        return True
    constructs = any(method.name == "__init__" for each in line for method in each.methods)
    is_named_so = found.name.startswith(("Test", "test_")) and not found.name.endswith("Mixin")
    return is_named_so and not constructs


def _is_fixture(source: Source, node: Node) -> bool:
    return node.type == "decorator" and "fixture" in source.written(node)
