"""Tests of JUnit and TestNG."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.java_members import JavaType, annotations_of, java_types, modifiers_of
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import TestCase

_TESTS: Final = frozenset(
    {"ArchTest", "CartesianTest", "ParameterizedTest", "Property", "RepeatedTest"}
    | {"RetryingTest", "Test", "TestFactory", "TestTemplate", "Theory"}
)
"""Annotations of methods that are tests."""


class JavaTests(OfLanguages):
    """Finds methods with an annotation of a test, those of JUnit 3 by their name.

    TestNG's annotation of a class makes tests of all its public methods.
    """

    name = "java-tests-1"
    pattern = ""
    languages = frozenset({Language.JAVA})

    def find(self, source: Source) -> Iterator[TestCase]:
        """Yield tests in the order of their classes."""
        content = source.content
        if not any(word in content for word in (b"Test", b"@Theory", b"@Property")):
            return
        has_testng = b"org.testng" in content
        for each in java_types(source):
            by_name = "TestCase" in source.on_one_line(each.node.child_by_field_name("superclass"))
            by_class = has_testng and any(
                said.name == "Test" for said in annotations_of(source, each.node)
            )
            for member in each.members:
                if member.type == "method_declaration":
                    yield from _test(source, each, member, by_name=by_name, by_class=by_class)


def _test(
    source: Source, owner: JavaType, node: Node, *, by_name: bool, by_class: bool
) -> Iterator[TestCase]:
    name = node.child_by_field_name("name")
    if name is None:
        return
    written = source.written(name)
    said = {each.name for each in annotations_of(source, node)}
    is_test = not _TESTS.isdisjoint(said)
    if by_name and written.startswith("test"):
        is_test = is_test or "public" in modifiers_of(source, node)
    elif by_class and not said and "public" in modifiers_of(source, node):
        is_test = True
    if is_test:
        yield TestCase(f"{owner.name}.{written}", line_of(name))
