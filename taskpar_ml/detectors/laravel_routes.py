"""Routes of Laravel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.laravel_resources import resource_routes
from taskpar_ml.detectors.php_imports import file_of
from taskpar_ml.detectors.php_syntax import (
    FUNCTIONS,
    PhpCall,
    arguments_of,
    chain_of,
    class_of,
    items_of,
    literal,
    literals,
    named_arguments_of,
)
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.domain.code_facts import Mount, Route

_METHODS: Final = {
    **{each: each.upper() for each in ("get", "post", "put", "patch", "delete", "options")},
    "any": "*",
    "match": "*",
    "view": "GET",
    "inertia": "GET",
    "redirect": "*",
    "permanentRedirect": "*",
}
_RESOURCES: Final = frozenset(
    {"resource", "apiResource", "singleton", "apiSingleton", "resources", "apiResources"}
)
_FACADES: Final = frozenset({"Route", "\\Route", "\\Illuminate\\Support\\Facades\\Route"})
_HOLDING: Final = frozenset(
    {"program", "namespace_definition", "compound_statement", "class_declaration"}
    | {"declaration_list", "method_declaration", "if_statement", "else_clause"}
    | {"else_if_clause", "foreach_statement", "try_statement", "catch_clause", "ERROR"}
)
"""What statements stand in."""
_DEEPEST: Final = 30
_MOST_ROUTES: Final = 5_000
_LONGEST_CHAIN: Final = 50


class _Group(NamedTuple):
    """What routes have in common: a prefix, and a controller."""

    prefix: str = ""
    controller: str = ""

    def below(self, prefix: str) -> _Group:
        return self._replace(prefix=_joined(self.prefix, prefix))


class LaravelRoutes:
    """Finds routes that are registered on the facade, resources with each of their actions.

    A handler is ``UserController@show``, or the name of a class alone; closures have none. Files
    that ``bootstrap/app.php`` or a provider loads below a prefix, or that a group requires, are
    mounted. Routes whose prefix is computed are left out.
    """

    name = "laravel-routes-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is PHP and no test."""
        return (
            language_of(path) == Language.PHP
            and not path.endswith("Test.php")
            and "/tests/" not in f"/{path}"
        )

    def find(self, source: Source) -> Iterator[Route | Mount]:
        """Yield routes and mounts."""
        content = source.content
        if source.tree is None or (b"Route::" not in content and b"withRouting(" not in content):
            return
        finder = _Finder()
        yield from finder.body([source.tree.root_node], _Group(), 0)


class _Finder:
    """Goes through the statements of one file."""

    def __init__(self) -> None:
        self._left = _MOST_ROUTES

    def body(self, nodes: Iterable[Node], group: _Group, depth: int) -> Iterator[Route | Mount]:
        for node in nodes if depth < _DEEPEST else ():
            if node.type in _HOLDING:
                yield from self.body(node.named_children, group, depth + 1)
            elif node.type in ("expression_statement", "return_statement") and node.named_children:
                yield from self.expression(node.named_children[0], group, depth)

    def expression(self, node: Node, group: _Group, depth: int) -> Iterator[Route | Mount]:
        if node.type.startswith(("require", "include")):
            file = file_of(node.named_children[0]) if node.named_children else ""
            if file:
                yield Mount(_rooted(group.prefix), file, "", line_of(node))
            return
        base, calls = chain_of(node)
        if base in _FACADES:
            yield from self._chain(calls, group, depth)
        elif any(each.name == "withRouting" for each in calls):
            for each in calls:
                if each.name == "withRouting":
                    yield from _bootstrapped(each.node)
                    for given in named_arguments_of(each.node).values():
                        yield from self._closure(given, group, depth)
        else:
            # ``$this->routes(function () { … })``
            for each in calls[-1:]:
                for given in arguments_of(each.node):
                    yield from self._closure(given, group, depth)

    def _chain(
        self, calls: Sequence[PhpCall], group: _Group, depth: int
    ) -> Iterator[Route | Mount]:
        inside: _Group | None = group
        for at, call in enumerate(calls):
            if inside is None or self._left <= 0:
                return
            given = arguments_of(call.node)
            if call.name == "group":
                yield from self._group(call, given, inside, depth)
                return
            found: Iterable[Route] = ()
            if call.name in _RESOURCES:
                found = resource_routes(call, calls[at + 1 :], inside.prefix)
            elif call.name in _METHODS:
                found = _routes(call, given, inside)
            if found:
                for route in found:
                    self._left -= 1
                    yield route
                return
            if call.name == "prefix":
                prefix = literal(given[0]) if given else None
                inside = None if prefix is None else inside.below(prefix)
            elif call.name == "controller" and given:
                inside = inside._replace(controller=class_of(given[0]))

    def _group(
        self, call: PhpCall, given: Sequence[Node], group: _Group, depth: int
    ) -> Iterator[Route | Mount]:
        inside: _Group | None = group
        for key, value in items_of(given[0]) if given else ():
            if key == "prefix" and inside is not None:
                prefix = literal(value)
                inside = None if prefix is None else inside.below(prefix)
            elif key == "controller" and inside is not None:
                inside = inside._replace(controller=class_of(value))
        if not given or inside is None:
            return
        file = file_of(given[-1])
        if file:
            yield Mount(_rooted(inside.prefix), file, "", line_of(call.node))
        yield from self._closure(given[-1], inside, depth)

    def _closure(self, node: Node, group: _Group, depth: int) -> Iterator[Route | Mount]:
        body = node.child_by_field_name("body") if node.type in FUNCTIONS else None
        if body is not None and body.type == "compound_statement":
            yield from self.body([body], group, depth + 1)
        elif body is not None:
            yield from self.expression(body, group, depth + 1)


def _routes(call: PhpCall, given: Sequence[Node], group: _Group) -> list[Route]:
    methods = [_METHODS[call.name]]
    at = 0
    if call.name == "match":
        methods = [each.upper() for each in literals(given[0] if given else None)]
        at = 1
    path = literal(given[at]) if len(given) > at else None
    if path is None:
        return []
    is_page = call.name in ("view", "inertia", "redirect", "permanentRedirect")
    handler = "" if is_page or len(given) <= at + 1 else _handler(given[at + 1], group.controller)
    whole, line = _rooted(_joined(group.prefix, path)), line_of(_name(call))
    return [Route(method, whole, handler, "", line) for method in methods]


def _handler(node: Node, controller: str) -> str:
    if node.type == "array_creation_expression":
        parts = [value for _, value in items_of(node)]
        if len(parts) == 2 and (owner := class_of(parts[0])):
            return f"{owner}@{literal(parts[1]) or ''}".rstrip("@")
        uses = [literal(value) or class_of(value) for key, value in items_of(node) if key == "uses"]
        return uses[0] if uses else ""
    if (alone := class_of(node)) != "":
        return alone
    written = literal(node) or ""
    if written and "@" not in written and controller:
        return f"{controller}@{written}"
    return written.lstrip("\\")


def _bootstrapped(call: Node) -> Iterator[Mount]:
    """Yield the files that an application loads. Source: Laravel, ``withRouting``."""
    named = named_arguments_of(call)
    prefix = "api" if "apiPrefix" not in named else literal(named["apiPrefix"])
    for key, value in named.items():
        for each in [value, *(item for _, item in items_of(value))]:
            file = file_of(each) if key in ("web", "api") else ""
            if file and (key == "web" or prefix is not None):
                mounted = _rooted(prefix or "") if key == "api" else ""
                yield Mount(mounted, file, "", line_of(each))


def _name(call: PhpCall) -> Node:
    return call.node.child_by_field_name("name") or call.node


def _joined(prefix: str, path: str) -> str:
    return "/".join(part for part in (prefix.strip("/"), path.strip("/")) if part)


def _rooted(path: str) -> str:
    return f"/{path}"
