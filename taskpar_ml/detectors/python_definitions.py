"""Functions, classes and variables of Python modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.places import nodes_at, places_of, statements_of
from taskpar_ml.detectors.scopes import Place, Scoped, scoped
from taskpar_ml.detectors.source import Source, end_line_of, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Definition, DefinitionKind


class PythonDefinitions(OfLanguages):
    """Finds what modules and classes define; what is local to a function is nobody else's."""

    name = "python-definitions-2"
    pattern = ""
    languages = frozenset({Language.PYTHON})

    def find(self, source: Source) -> Iterator[Definition]:
        """Yield definitions; of a variable that is set several times the first place."""
        decorated = {inner.start_byte: line_of(around) for around, inner in decorations(source)}
        variables: set[str] = set()
        for each in source.once(scopes):
            if "function" in each.within:
                continue
            if each.place.kind == "variable":
                if each.name in variables:
                    continue
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
    return source.once(_classes)


def assignments(source: Source) -> list[Assignment]:
    """Return where a module sets variables of its own."""
    return source.once(_assignments)


def decorations(source: Source) -> list[tuple[Node, Node]]:
    """Return decorated definitions, each as a whole and without its decorators."""
    return source.once(_decorations)


def decorator_nodes(source: Source) -> list[Node]:
    """Return the decorators of a module."""
    return source.once(_decorators)


def _functions(source: Source) -> Iterator[Node]:
    if source.tree is not None:
        for node in statements_of(source.tree, source.content, b"def"):
            if node.type == "function_definition":
                yield node


def _classes(source: Source) -> list[Node]:
    if source.tree is None:
        return []
    found = statements_of(source.tree, source.content, b"class")
    return [node for node in found if node.type == "class_definition"]


def _decorators(source: Source) -> list[Node]:
    if source.tree is None:
        return []
    found = nodes_at(source.tree, places_of(source.content, b"@"), before=0, after=2)
    return [node for node in found if node.type == "decorator"]


def _assignments(source: Source) -> list[Assignment]:
    found = []
    for statement in () if source.tree is None else source.tree.root_node.named_children:
        if statement.type != "expression_statement":
            continue
        # Of several, as in a = 1, b = 2, all are named children.
        for node in statement.named_children:
            left = node.child_by_field_name("left") if node.type == "assignment" else None
            if left is not None and left.type == "identifier":
                found.append(Assignment(source.written(left), node))
    return found


def _variables(source: Source) -> Iterator[Place]:
    """Yield where a module sets names of its own, also under conditions and several at once."""
    waiting = [] if source.tree is None else list(reversed(source.tree.root_node.named_children))
    while waiting:
        node = waiting.pop()
        if node.type in _COMPOUND:
            waiting += reversed(node.named_children)
        elif node.type == "expression_statement":
            for assigned in node.named_children:
                yield from _targets(source, assigned)


def _targets(source: Source, node: Node) -> Iterator[Place]:
    # Of a = b = 1 the right side is an assignment, too.
    found: Node | None = node
    while found is not None and found.type == "assignment":
        waiting = [found.child_by_field_name("left")]
        while waiting:
            left = waiting.pop()
            if left is not None and left.type == "identifier":
                name = source.written(left)
                yield Place(left.start_byte, left.end_byte, "variable", name, node)
            elif left is not None and left.type in _SEVERAL:
                waiting += reversed(left.named_children)
        found = found.child_by_field_name("right")


_COMPOUND: Final = frozenset(
    {
        *("if_statement", "elif_clause", "else_clause", "block", "try_statement"),
        *("except_clause", "finally_clause", "with_statement", "for_statement"),
        "while_statement",
    }
)
_SEVERAL: Final = frozenset({"pattern_list", "tuple_pattern", "list_pattern"})


def _decorations(source: Source) -> list[tuple[Node, Node]]:
    found: dict[int, tuple[Node, Node]] = {}
    for decorator in decorator_nodes(source):
        around = decorator.parent
        inner = None if around is None else around.child_by_field_name("definition")
        if around is not None and inner is not None:
            found.setdefault(inner.start_byte, (around, inner))
    return list(found.values())


def _places(source: Source) -> Iterator[Place]:
    for kind, nodes in (("function", _functions(source)), ("class", class_nodes(source))):
        for node in nodes:
            name = node.child_by_field_name("name")
            if name is not None:
                yield Place(node.start_byte, node.end_byte, kind, source.written(name), node)
    yield from _variables(source)


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
