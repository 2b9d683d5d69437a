"""Functions, classes and variables of Python modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.scopes import Place, Scoped, scoped
from taskpar_ml.detectors.source import Source, end_line_of, line_of
from taskpar_ml.domain.code_facts import Definition, DefinitionKind

# Whole definitions, taken apart below: each part that a pattern names is another node to make,
# and most of those within functions are not asked for.
_PATTERN: Final = """
(function_definition) @function
(class_definition) @class
(module (expression_statement (assignment left: (identifier))) @variable)
(decorated_definition) @decorated
"""


class PythonDefinitions:
    """Finds what modules and classes define; what is local to a function is nobody else's."""

    name = "python-definitions-1"
    pattern = _PATTERN

    def reads(self, path: str) -> bool:
        """Whether a file is Python."""
        return language_of(path) == Language.PYTHON

    def find(self, source: Source) -> Iterator[Definition]:
        """Yield definitions; of a variable that is set several times the first place."""
        decorated = {inner.start_byte: line_of(around) for around, inner in decorations(source)}
        variables: set[str] = set()
        for each in source.once(scopes):
            if "function" in each.within or each.name in variables:
                continue
            if each.place.kind == "variable":
                variables.add(each.name)
            yield _definition(source, each, decorated)


class Assignment(NamedTuple):
    """A variable of a module that is set, by its name, and the node that sets it."""

    name: str
    node: Node


def scopes(source: Source) -> tuple[Scoped, ...]:
    """Return the functions, classes and variables of a module, local ones too."""
    return tuple(scoped(_places(source)))


def class_nodes(source: Source) -> list[Node]:
    """Return the classes of a module, local ones too."""
    return source.once(_nodes)["class"]


def assignments(source: Source) -> list[Assignment]:
    """Return where a module sets variables of its own."""
    return source.once(_assignments)


def decorations(source: Source) -> list[tuple[Node, Node]]:
    """Return decorated definitions, each as a whole and without its decorators."""
    return source.once(_decorations)


def _nodes(source: Source) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {"function": [], "class": [], "variable": [], "decorated": []}
    for match in source.matches(_PATTERN):
        for kind, nodes in match.items():
            found[kind] += nodes
    return found


def _assignments(source: Source) -> list[Assignment]:
    found = []
    for statement in source.once(_nodes)["variable"]:
        node = statement.named_children[0]
        left = node.child_by_field_name("left")
        if left is not None:
            found.append(Assignment(source.written(left), node))
    return found


def _decorations(source: Source) -> list[tuple[Node, Node]]:
    return [
        (around, inner)
        for around in source.once(_nodes)["decorated"]
        if (inner := around.child_by_field_name("definition")) is not None
    ]


def _places(source: Source) -> Iterator[Place]:
    nodes = source.once(_nodes)
    for kind in ("function", "class"):
        for node in nodes[kind]:
            name = node.child_by_field_name("name")
            if name is not None:
                yield Place(node.start_byte, node.end_byte, kind, source.written(name), node)
    for each in assignments(source):
        yield Place(each.node.start_byte, each.node.end_byte, "variable", each.name, each.node)


def _definition(source: Source, found: Scoped, decorated: dict[int, int]) -> Definition:
    place, name = found.place, found.name
    node = place.node
    first, last, public = line_of(node), end_line_of(node), _is_public(name)
    if place.kind == "variable":
        return Definition(name, DefinitionKind.VARIABLE, first, last, "", public)
    first = decorated.get(place.start, first)
    if place.kind == "class":
        bases = source.on_one_line(node.child_by_field_name("superclasses"))
        return Definition(name, DefinitionKind.CLASS, first, last, bases, public)
    kind = DefinitionKind.METHOD if found.within else DefinitionKind.FUNCTION
    signature = source.on_one_line(node.child_by_field_name("parameters"))
    result = source.on_one_line(node.child_by_field_name("return_type"))
    if result:
        signature += f" -> {result}"
    return Definition(name, kind, first, last, signature, public)


def _is_public(name: str) -> bool:
    if not name.startswith("_") and "._" not in name:
        return True
    return not any(
        part.startswith("_") and not (part.startswith("__") and part.endswith("__"))
        for part in name.split(".")
    )
