"""Which names in a JavaScript or TypeScript file stand for web applications and routers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.javascript_syntax import assigned, dotted, required
from taskpar_ml.detectors.source import text_of
from taskpar_ml.domain.code_facts import Import

FRAMEWORKS: Final = frozenset(
    {
        "express",
        "express-promise-router",
        "@types/express",
        "fastify",
        "hono",
        "@hono/zod-openapi",
        "koa-router",
        "@koa/router",
        "polka",
        "router",
    }
)
"""Packages whose default export, ``Router`` or ``Hono`` makes an application or a router."""

_MAKERS: Final = frozenset({"Router", "Fastify", "fastify", "express", "Hono", "OpenAPIHono"})
_CLIENTS: Final = frozenset(
    {"request", "supertest", "agent", "create", "setupServer", "nock", "createServer", "fetch"}
)
"""Functions that make a client, or a server that knows no routes."""
_CUSTOMARY: Final = re.compile(
    r"(?:this\.)?(?:app|application|router|server|fastify|instance|\w+(?:Router|App)|\w+_router)"
)
"""Names that hand over routers between files: Express and Fastify, "Getting started"."""
_STEPS: Final = 100
"""Calls of a chain that are gone down."""
_CHAINED: Final = frozenset(
    {"get", "post", "put", "patch", "delete", "del", "head", "options", "trace", "all"}
    | {"use", "route", "prefix", "basePath", "register", "after", "ready", "addHook", "addSchema"}
    | {"decorate", "decorateRequest", "decorateReply", "addContentTypeParser"}
    | {"setErrorHandler", "setNotFoundHandler", "setValidatorCompiler", "setSerializerCompiler"}
    | {"withTypeProvider"}
)
"""What returns the router that it is called on. Source: Express, Fastify, Koa's router, Hono."""


@dataclass(frozen=True)
class Routers:
    """The routers of a file.

    Attributes
    ----------
    made
        Names bound to one that this file makes.
    others
        Names bound to what is none.
    modules
        Modules that imported names come from.
    named
        By the first byte of a value, the name that it is bound to.
    """

    made: frozenset[str]
    others: frozenset[str]
    modules: Mapping[str, str]
    named: Mapping[int, str]

    @classmethod
    def of(
        cls,
        bindings: Iterable[tuple[Node, Node]],
        imports: Iterable[Import],
        plugins: Iterable[str],
    ) -> Routers:
        """Learn from a file's pairs of name and value, its imports, and what plugins are given."""
        modules = {here: each.module for each in imports for _, here in each.names}
        made, others, named = set(plugins), set(), {}
        for target, given in bindings:
            targets, value = assigned(given)
            if value is None:
                continue
            root = _root(value)
            names = [dotted(each) or text_of(each) for each in (target, *targets)]
            if _makes(root, modules):
                made.update(names)
                named[root.start_byte] = names[0]
            elif root.type == "new_expression" or (
                root.type == "call_expression" and _last(root) in _CLIENTS
            ):
                others.update(names)
        return cls(frozenset(made), frozenset(others - made), modules, named)

    def name_of(self, node: Node) -> tuple[str, bool] | None:
        """Return the name of a router and whether this file makes it, None if it is no router.

        Of a chain of calls its beginning tells; where that has no name, it is written ``Router()``.
        """
        root = _root(node)
        if root.type in ("call_expression", "new_expression"):
            if not _makes(root, self.modules):
                return None
            maker = root.child_by_field_name("function") or root.child_by_field_name("constructor")
            return self.named.get(root.start_byte) or f"{dotted(maker)}()", True
        name = dotted(root)
        if name in self.made:
            return name, True
        if name in self.others or not _CUSTOMARY.fullmatch(name):
            return None
        module = self.modules.get(name, "")
        return None if module and not is_near(module) else (name, False)


def is_near(module: str) -> bool:
    """Whether a module is a file of the same project."""
    return module.startswith((".", "@/", "~", "#", "src/"))


def _makes(node: Node, modules: Mapping[str, str]) -> bool:
    """Whether a call makes an application or a router."""
    if node.type not in ("call_expression", "new_expression"):
        return False
    function = node.child_by_field_name("function") or node.child_by_field_name("constructor")
    if function is None:
        return False
    if function.type == "call_expression":
        return required(function) in FRAMEWORKS
    if function.type == "member_expression":
        parent = function.child_by_field_name("object")
        if dotted(function).rpartition(".")[2] != "Router":
            return False
        asked = required(parent)
        return asked in FRAMEWORKS if asked else _is_maker(dotted(parent), modules)
    return _is_maker(dotted(function), modules)


def _is_maker(name: str, modules: Mapping[str, str]) -> bool:
    """Whether a name is that of a framework, brought in from there or handed on by a file."""
    module = modules.get(name)
    return name in _MAKERS if module is None or is_near(module) else module in FRAMEWORKS


def _root(node: Node) -> Node:
    """Return the beginning of a chain of calls that set up routes."""
    for _ in range(_STEPS):
        function = node.child_by_field_name("function")
        if node.type != "call_expression" or function is None:
            return node
        if function.type != "member_expression" or _last(node) not in _CHAINED:
            return node
        parent = function.child_by_field_name("object")
        if parent is None:
            return node
        node = parent
    return node


def _last(call: Node) -> str:
    """Return the last name of what is called."""
    function = call.child_by_field_name("function")
    if function is not None and function.type == "member_expression":
        return dotted(function.child_by_field_name("property")) or "?"
    return dotted(function)
