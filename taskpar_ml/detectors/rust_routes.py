"""Routes that Rust code builds up: axum, actix-web, Rocket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.places import nodes_at, places_of, statements_of
from taskpar_ml.detectors.rust_attribute_routes import VERBS, is_test
from taskpar_ml.detectors.rust_chains import Chain, Step, arguments_of, called, chain_of
from taskpar_ml.detectors.rust_items import dotted, items, string_of
from taskpar_ml.detectors.scopes import Place, Scoped, scoped
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.domain.code_facts import Mount, Route

_FRAMEWORKS: Final = (b"axum", b"actix_web", b"rocket")
_VERBS: Final = ("append", "configure", "merge", "mount", "nest", "route", "routes", "service")
"""Methods that register something on a router."""

_SIGNS: Final = tuple(f".{verb}(".encode() for verb in _VERBS)
_LIST: Final = b"routes!["
"""Of Rocket: what a list of routes begins with."""

_SCOPES: Final = ("web.scope", "scope")
_RESOURCES: Final = ("web.resource", "resource")
_MADE: Final = re.compile(
    r"(?:.*\.)?\w*(?:Router|App|Scope)\.(?:default|new|with_openapi)"
    r"|(?:.*\.)?rocket\.(?:build|custom|ignite)"
)
"""Calls that make a router without anything."""

_NAMES: Final = frozenset({"identifier", "scoped_identifier"})
_METHOD: Final = re.compile(r"\b(DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT)\b")
_BASE: Final = re.compile(r"^(?:\w+\.)*base_?(?:path|url|uri)$", re.IGNORECASE)
"""What is set up elsewhere, and where everything of a program lies."""
_MOST_DEPTH: Final = 20
"""Routers within routers; what is deeper no person wrote."""


class RustRoutes:
    """Finds routes and mounts in chains of calls.

    A router is called like the variable that keeps it, or else like the function that makes it or
    is handed it: ``.nest("/users", users::router())`` mounts what ``router`` makes in ``users``.
    Where a path is computed there is no route.

    Source: axum, ``Router``; actix-web, "URL Dispatch"; Rocket, "Mounting".
    """

    name = "rust-routes-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is Rust, and no integration test."""
        return language_of(path) == Language.RUST and "/tests/" not in f"/{path}"

    def find(self, source: Source) -> Iterator[Route | Mount]:
        """Yield what each chain registers; that of tests is left out."""
        content = source.content
        signs = (*_SIGNS, _LIST)
        if any(word in content for word in _FRAMEWORKS) and any(sign in content for sign in signs):
            yield from _File(source).found()


class _File:
    """The functions of a file, with the routers that they build."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._constants = dict(_constants(source))
        self._function = self._owner = self._parameters = ""
        self._kept: set[str] = set()
        """Variables that keep a router, each below the function that it is local to."""

    def found(self) -> Iterator[Route | Mount]:
        functions: list[Place] = []
        for each in scoped(self._places()):
            place = each.place
            while functions and functions[-1].end <= place.start:
                functions.pop()
            if place.kind == "function":
                functions.append(place)
            elif place.kind == "chain" and functions:
                self._enter(functions[-1].name, functions[-1].node)
                yield from self._registered(each, functions[-1].node)
        yield from self._handed_out()

    def _enter(self, function: str, node: Node) -> None:
        self._function, self._owner = function, function.rpartition(".")[0]
        self._parameters = self._source.on_one_line(node.child_by_field_name("parameters"))

    def _places(self) -> Iterator[Place]:
        source = self._source
        if source.tree is None:
            return
        for item in items(source):
            node = item.node
            if node.type == "function_item" and not is_test(source, item.owners, item.attributes):
                yield Place(node.start_byte, node.end_byte, "function", item.name, node)
        for node in statements_of(source.tree, source.content, b"let"):
            name = source.on_one_line(node.child_by_field_name("pattern"))
            if node.type == "let_declaration" and name.isidentifier():
                yield Place(node.start_byte, node.end_byte, "let", name, node)
        chains: dict[tuple[int, int], Node] = {}
        for sign in _SIGNS:
            places = [at for at in places_of(source.content, sign) if at]
            for node in nodes_at(source.tree, places, before=1, after=len(sign)):
                if node.type == "call_expression":
                    chains[node.start_byte, -node.end_byte] = node
        for node in nodes_at(source.tree, places_of(source.content, _LIST), before=0, after=8):
            if node.type == "macro_invocation":
                chains[node.start_byte, -node.end_byte] = node
        end = 0
        for _, node in sorted(chains.items(), key=lambda each: each[0]):
            if node.start_byte >= end:
                end = node.end_byte
                yield Place(node.start_byte, end, "chain", "", node)

    def _registered(self, found: Scoped, definition: Node) -> Iterator[Route | Mount]:
        """Yield what a chain registers on the variable that keeps it, or on its function."""
        node, router = found.place.node, self._function
        if found.within[-1] == "let":
            router = self._keep(found.name.split(".")[-2])
        if node.type == "macro_invocation":
            yield from self._mounted(node, "", router, line_of(node), 0)
            return
        chain = chain_of(self._source, node)
        if chain.root.type == "identifier":
            name = self._source.written(chain.root)
            is_handed = re.search(rf"\b{re.escape(name)}\s*:", self._parameters)
            if found.within[-1] != "let" and not is_handed and not _is_tail(definition, node):
                router = self._keep(name)
            elif not is_handed and self._local(name) not in (name, router):
                yield Mount("", self._local(name), router, line_of(node))
        yield from self._within(chain, "", router, 0)

    def _handed_out(self) -> Iterator[Mount]:
        """Yield variables that are the last expression of their function."""
        for item in items(self._source):
            tail = _tail(item.node) if item.node.type == "function_item" else None
            if tail is None or not self._kept:
                continue
            given = arguments_of(tail)
            chain = chain_of(
                self._source, given[0] if called(self._source, tail) == "Ok" and given else tail
            )
            name = f"{item.name}.{self._source.written(chain.root)}"
            if name in self._kept and not any(step.verb in _VERBS for step in chain.steps):
                yield Mount("", name, item.name, line_of(tail))

    def _keep(self, variable: str) -> str:
        name = f"{self._function}.{variable}"
        self._kept.add(name)
        return name

    def _local(self, name: str) -> str:
        """Return the whole name of a variable with a router, any other name as it is."""
        whole = f"{self._function}.{name}"
        return whole if whole in self._kept else name

    def _within(
        self, chain: Chain, prefix: str, router: str, depth: int
    ) -> Iterator[Route | Mount]:
        """Yield what a chain registers below a prefix of a router."""
        root, is_resource = called(self._source, chain.root), False
        if depth > _MOST_DEPTH:
            return
        if root in _SCOPES or root in _RESOURCES:
            below = self._string(next(iter(arguments_of(chain.root)), None))
            if below is None:
                return
            prefix, is_resource = _joined(prefix, below), root in _RESOURCES
        elif root and not root.startswith("web.") and not _MADE.fullmatch(root):
            yield Mount(prefix, self._own(root), router, line_of(chain.root))
        elif depth and chain.root.type in _NAMES:
            name = self._name(chain.root)
            if name not in ("", "self"):
                yield Mount(prefix, name, router, line_of(chain.root))
        for step in chain.steps:
            yield from self._step(step, prefix, router, depth, is_resource=is_resource)

    def _step(
        self, step: Step, prefix: str, router: str, depth: int, *, is_resource: bool
    ) -> Iterator[Route | Mount]:
        given = step.given
        if is_resource and step.verb in VERBS | {"to"} and len(given) == 1:
            method = "*" if step.verb == "to" else step.verb.upper()
            yield Route(method, prefix, self._name(given[0]), router, step.line)
        elif step.verb == "route" and len(given) in (1, 2):
            path = self._string(given[0]) if len(given) == 2 else ""
            if path is not None and (is_resource or len(given) == 2):
                for method, handler in self._answers(given[-1]):
                    yield Route(method, _joined(prefix, path), handler, router, step.line)
        elif step.verb in ("mount", "nest", "nest_service") and len(given) == 2:
            path = self._string(given[0])
            if path is not None:
                yield from self._mounted(given[1], _joined(prefix, path), router, step.line, depth)
        elif step.verb == "append" and len(given) == 1:
            inner = given[0].named_children[-1] if given[0].named_children else given[0]
            if called(self._source, inner).endswith("routes"):
                yield Mount(prefix, self._own(called(self._source, inner)), router, step.line)
        elif step.verb in ("configure", "merge", "routes", "service") and len(given) == 1:
            yield from self._mounted(given[0], prefix, router, step.line, depth)

    def _mounted(
        self, node: Node, prefix: str, router: str, line: int, depth: int
    ) -> Iterator[Route | Mount]:
        if node.type in _NAMES:
            yield Mount(prefix, self._name(node), router, line)
        elif node.type == "tuple_expression":
            for each in node.named_children:
                if each.type in _NAMES:
                    yield Mount(prefix, self._name(each), router, line)
        elif node.type == "macro_invocation":
            macro = self._source.on_one_line(node.child_by_field_name("macro"))
            tokens = node.named_children[-1]
            if macro.rpartition("::")[2] == "routes" and tokens.type == "token_tree":
                for name in self._source.written(tokens)[1:-1].split(","):
                    if name.strip():
                        yield Mount(prefix, self._own(dotted(name)), router, line)
        elif node.type == "closure_expression":
            body = node.child_by_field_name("body")
            if body is not None and body.type == "call_expression":
                yield from self._within(chain_of(self._source, body), prefix, router, depth + 1)
        elif node.type == "call_expression":
            yield from self._within(chain_of(self._source, node), prefix, router, depth + 1)

    def _answers(self, node: Node) -> list[tuple[str, str]]:
        """Return methods with what answers them, of ``get(list).post(create)``."""
        chain = chain_of(self._source, node)
        first = called(self._source, chain.root).rpartition(".")[2]
        steps = [Step(first, arguments_of(chain.root), 0), *chain.steps]
        found: list[tuple[str, str]] = []
        for step in steps:
            verb = step.verb.removesuffix("_service")
            handler = self._name(step.given[-1]) if step.given else ""
            if verb in VERBS or (verb in ("any", "route") and step is steps[0]):
                found.append((verb.upper() if verb in VERBS else "*", handler))
            elif verb == "on" and len(step.given) == 2:
                methods = _METHOD.findall(self._source.written(step.given[0]))
                found += ((method, handler) for method in methods)
            elif verb == "to" and found and len(step.given) == 1:
                found[-1] = (found[-1][0], handler)
            elif verb == "to" and step is steps[0]:
                found.append(("*", handler))
            elif step is steps[0]:
                return []
        return found

    def _name(self, node: Node) -> str:
        if node.type == "generic_function":
            node = node.child_by_field_name("function") or node
        if node.type == "identifier":
            return self._local(self._source.written(node))
        return self._own(dotted(self._source.on_one_line(node))) if node.type in _NAMES else ""

    def _own(self, name: str) -> str:
        return f"{self._owner}.{name[5:]}" if name.startswith("Self.") and self._owner else name

    def _string(self, node: Node | None) -> str | None:
        if node is not None and node.type in _NAMES:
            return self._constants.get(self._source.on_one_line(node))
        if node is not None and node.type == "call_expression":
            return self._put_together(chain_of(self._source, node))
        return string_of(self._source, node)

    def _put_together(self, chain: Chain) -> str | None:
        """Return ``[base_path, "/api"].concat()``; what is called a base path is empty."""
        is_sum = [step.verb for step in chain.steps] == ["concat"]
        if not is_sum or chain.root.type != "array_expression":
            return None
        parts = [
            "" if _BASE.search(self._source.on_one_line(each)) else string_of(self._source, each)
            for each in chain.root.named_children
        ]
        known = [each for each in parts if each is not None]
        return "".join(known) if len(known) == len(parts) else None


def _constants(source: Source) -> Iterator[tuple[str, str]]:
    for item in items(source):
        value = item.node.child_by_field_name("value") if item.node.type == "const_item" else None
        string = string_of(source, value)
        if string is not None:
            yield item.name.replace(".", "::"), string


def _tail(function: Node) -> Node | None:
    body = function.child_by_field_name("body")
    named = [] if body is None else body.named_children
    inner = [each for each in named if "comment" not in each.type]
    return inner[-1] if inner and inner[-1].type != "let_declaration" else None


def _is_tail(function: Node, node: Node) -> bool:
    tail = _tail(function)
    if tail is None or tail.type == "expression_statement":
        return False
    return tail.start_byte <= node.start_byte


def _joined(prefix: str, path: str) -> str:
    if not prefix or not path:
        return prefix or path
    return f"{prefix.rstrip('/')}/{path.lstrip('/')}"
