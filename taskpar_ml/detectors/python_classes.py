"""Classes of Python modules with what their bodies set and define."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from tree_sitter import Node

from taskpar_ml.detectors.python_definitions import class_nodes
from taskpar_ml.detectors.source import Source, line_of, on_one_line, text_of

_MOST_ANCESTORS: Final = 16
"""Classes of one module that a class is followed through."""


class Field(NamedTuple):
    """A name that the body of a class sets or declares.

    Attributes
    ----------
    annotation
        As written; empty if there is none.
    value
        None if only declared.
    """

    name: str
    annotation: str
    value: Node | None
    line: int


class Method(NamedTuple):
    """A function in the body of a class, with its decorators as written, without ``@``."""

    name: str
    decorators: tuple[Node, ...]
    node: Node


@dataclass(frozen=True, eq=False)
class PythonClass:
    """A class.

    Attributes
    ----------
    bases
        As written, without what they are subscripted by.
    """

    name: str
    bases: tuple[str, ...]
    keywords: dict[str, str]
    body: Node
    line: int

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """What the body sets or declares directly."""
        return tuple(self._fields())

    @cached_property
    def methods(self) -> tuple[Method, ...]:
        """The functions that the body defines directly."""
        return tuple(self._methods())

    def _fields(self) -> Iterator[Field]:
        for statement in self.body.named_children:
            if statement.type != "expression_statement" or not statement.named_children:
                continue
            node = statement.named_children[0]
            left = node.child_by_field_name("left")
            if node.type == "assignment" and left is not None and left.type == "identifier":
                annotation = on_one_line(node.child_by_field_name("type"))
                value = node.child_by_field_name("right")
                yield Field(text_of(left), annotation, value, line_of(node))

    def _methods(self) -> Iterator[Method]:
        for statement in self.body.named_children:
            node, decorators = undecorated(statement)
            name = node.child_by_field_name("name")
            if node.type == "function_definition" and name is not None:
                yield Method(text_of(name), decorators, node)

    def inner(self, name: str) -> PythonClass | None:
        """Return a class that the body defines directly."""
        for statement in self.body.named_children:
            if statement.type == "class_definition":
                found = class_of(statement)
                if found is not None and found.name == name:
                    return found
        return None


def undecorated(node: Node) -> tuple[Node, tuple[Node, ...]]:
    """Return a definition without its decorators, and what those are."""
    definition = node.child_by_field_name("definition")
    if node.type != "decorated_definition" or definition is None:
        return node, ()
    return definition, tuple(
        each.named_children[0]
        for each in node.named_children
        if each.type == "decorator" and each.named_children
    )


def classes(source: Source) -> tuple[PythonClass, ...]:
    """Return the classes of a module, wherever they are."""
    return source.once(_classes)


def _classes(source: Source) -> tuple[PythonClass, ...]:
    found = map(class_of, class_nodes(source))
    return tuple(each for each in found if each is not None)


def lineage(source: Source, found: PythonClass) -> tuple[PythonClass, ...]:
    """Return a class and those that it inherits from within its module, nearest first."""
    named = source.once(_by_name)
    line = {found.name: found}
    waiting = [found]
    while waiting and len(line) < _MOST_ANCESTORS:
        for base in waiting.pop(0).bases:
            if base in named and base not in line:
                line[base] = named[base]
                waiting.append(named[base])
    return tuple(line.values())


def _by_name(source: Source) -> dict[str, PythonClass]:
    return {each.name: each for each in reversed(classes(source))}


def class_of(node: Node) -> PythonClass | None:
    """Return a class from its definition, None if that is broken."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name is None or body is None:
        return None
    bases: list[str] = []
    keywords: dict[str, str] = {}
    superclasses = node.child_by_field_name("superclasses")
    for base in () if superclasses is None else superclasses.named_children:
        if base.type == "keyword_argument":
            key = on_one_line(base.child_by_field_name("name"))
            keywords[key] = on_one_line(base.child_by_field_name("value"))
        elif base.type != "comment":
            bases.append(on_one_line(base).partition("[")[0])
    return PythonClass(text_of(name), tuple(bases), keywords, body, line_of(node))
