"""Routes of classes with decorators, as NestJS and routing-controllers have them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.javascript_syntax import (
    JAVASCRIPTS,
    decorators,
    key_of,
    literal,
)
from taskpar_ml.detectors.source import Source, on_one_line
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Mount, Route

_CONTROLLERS: Final = frozenset({"Controller", "JsonController"})
_VERBS: Final = {
    **{
        each: each.upper()
        for each in ["Get", "Post", "Put", "Patch", "Delete", "Head", "Options", "Search"]
    },
    "All": "*",
}
_CLASSES: Final = frozenset({"class_declaration", "abstract_class_declaration"})


class JavaScriptControllers(OfLanguages):
    """Finds methods with a decorator of a verb in classes with one of a controller.

    The router of such a route is its class, which is mounted below the prefix that it says itself.
    Classes lie at the top of a file, so they are gone down to; no pattern has to look for them.
    Source: NestJS, "Controllers"; routing-controllers, "Routing".
    """

    name = "javascript-controllers-1"
    pattern = ""
    languages = JAVASCRIPTS

    def find(self, source: Source) -> Iterator[Route | Mount]:
        """Yield the routes of every controller, and its prefix."""
        if b"Controller(" not in source.content or source.tree is None:
            return
        for statement in source.tree.root_node.named_children:
            held = statement.child_by_field_name("declaration") or statement
            name = on_one_line(held.child_by_field_name("name"))
            if held.type not in _CLASSES or not name:
                continue
            around = [] if held == statement else list(decorators(statement.named_children))
            for said, given, line in (*around, *decorators(held.named_children)):
                if said in _CONTROLLERS:
                    for prefix in _paths(given):
                        yield Mount(prefix, name, "", line)
                    yield from _methods(held, name)
                    break


def _methods(node: Node, name: str) -> Iterator[Route]:
    body = node.child_by_field_name("body")
    before: list[Node] = []
    for each in body.named_children if body is not None else ():
        if each.type == "decorator":
            before.append(each)
        elif each.type == "method_definition":
            handler = f"{name}.{key_of(each)}"
            for said, given, line in decorators((*before, *each.named_children)):
                if said in _VERBS:
                    for path in _paths(given):
                        yield Route(_VERBS[said], path, handler, name, line)
            before = []
        elif each.type != "comment":
            before = []


def _paths(given: Sequence[Node]) -> list[str]:
    """Return the paths that a decorator is given: a string, several, or one among options."""
    if not given:
        return [""]
    first = given[0]
    if first.type == "object":
        held = [each for each in first.named_children if each.type == "pair"]
        values = [each.child_by_field_name("value") for each in held if key_of(each) == "path"]
        return [said for each in values if (said := literal(each)) is not None] or [""]
    nodes = first.named_children if first.type == "array" else [first]
    return [said for each in nodes if (said := literal(each)) is not None]
