"""Routes and mounts of Express, Fastify, Koa's router, Hono, and what is written like them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.javascript_calls import bindings, method_calls
from taskpar_ml.detectors.javascript_imports import imports
from taskpar_ml.detectors.javascript_routers import FRAMEWORKS, Routers, is_near
from taskpar_ml.detectors.javascript_syntax import (
    FUNCTIONS,
    JAVASCRIPTS,
    arguments_of,
    dotted,
    literal,
    parameter_of,
    required,
    unwrapped,
    value_of,
    verb_end,
    verb_line,
    verb_of,
)
from taskpar_ml.detectors.source import Source, line_of, on_one_line, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Mount, Route

_VERBS: Final = {
    **{
        each: each.upper()
        for each in ["get", "post", "put", "patch", "delete", "head", "options", "trace"]
    },
    "del": "DELETE",
    "all": "*",
}
_SETUP: Final = frozenset({"use", "route", "register", "prefix", "basePath"})
_WORDS: Final = (
    b"Router(",
    *(f"{quote}{each}{quote}".encode() for each in sorted(FRAMEWORKS) for quote in "'\""),
)
_CALL: Final = (
    rb"(?:get|post|put|patch|delete|head|options|trace|del|all|use|route|register|prefix)\("
)
_CALLS: Final = re.compile(rb"\." + _CALL)
_ON_CUSTOMARY: Final = re.compile(rb"\.(?<=(?:pp|on|er|fy|ce|\s\s)\.)" + _CALL)
"""A call on something that ends like a name which :class:`Routers` knows, or on its own line."""
_NAMED: Final = frozenset({"identifier", "member_expression"})
_INNER: Final = 4
"""Calls around a handler that are looked through."""


class JavaScriptRoutes(OfLanguages):
    """Finds routes by what they are registered on.

    That is something which the file makes as an application or a router, or something that bears
    the name of one by custom, if it is called as one: ``app.get("/users", list)``, but neither
    ``client.get("/users")`` nor ``app.get("title")``. What is mounted without a prefix is a router
    only if the file makes it, or brings it in from a file that is called so.

    Few files have routes; the pattern is matched in those that can, and therefore apart.
    """

    name = "javascript-routes-1"
    pattern = ""
    languages = JAVASCRIPTS

    def find(self, source: Source) -> Iterator[Route | Mount]:
        """Yield routes and mounts."""
        content = source.content
        if not _CALLS.search(content):
            return
        if not _ON_CUSTOMARY.search(content) and not any(each in content for each in _WORDS):
            return
        calls: list[tuple[str, Node]] = []
        for function, call in method_calls(source):
            verb = verb_of(function)
            if verb in _VERBS or verb in _SETUP:
                calls.append((verb, call))
        if not calls:
            return
        bound = [pair for pair in bindings(source) if _may_be_kept(*pair)]
        plugins = [name for verb, call in calls if verb == "register" for name in _given(call)]
        routers = Routers.of(bound, imports(source), plugins)
        yield from _prefixes(bound, routers)
        for verb, call in sorted(calls, key=lambda each: verb_end(each[1])):
            yield from _registered(verb, call, routers)


def _may_be_kept(name: Node, value: Node) -> bool:
    """Whether a binding may be of a router: to a name, or what is made for an export."""
    if name.type == "default":
        return value.type in ("call_expression", "new_expression")
    return name.type in ("identifier", "member_expression")


def _registered(verb: str, call: Node, routers: Routers) -> Iterator[Route | Mount]:
    function = call.child_by_field_name("function")
    target = None if function is None else function.child_by_field_name("object")
    known = None if target is None else routers.name_of(target)
    given = arguments_of(call)
    if target is None or known is None or not given:
        return
    name, made = known
    line = verb_line(call)
    if verb in _VERBS:
        yield from _routes(verb, target, given, name, made, line)
    elif verb == "use":
        yield from _mounts(given, name, line, routers)
    elif verb == "route":
        if given[0].type == "object":
            yield from _described(given[0], name, line)
        elif len(given) == 2 and (prefix := _path(given[0])) is not None:
            yield from _mount(prefix, given[1], name, line, routers)
    elif verb == "register":
        yield from _plugin(given, name, line, routers)
    elif made and len(given) == 1 and (prefix := _path(given[0])) is not None:
        yield Mount(prefix, name, "", line)


def _routes(
    verb: str, target: Node, given: Sequence[Node], name: str, made: bool, line: int
) -> Iterator[Route]:
    base = _route_call(target)
    if base is not None:
        paths: list[str] = [base]
        handlers = given
    else:
        if literal(given[0]) is not None and len(given) > 2:
            # Koa's router lets a route have a name before its path.
            second = literal(given[1])
            if second is not None and second.startswith("/"):
                given = given[1:]
        first, handlers = given[0], given[1:]
        nodes = first.named_children if first.type == "array" else [first]
        paths = [path for node in nodes if (path := _path(node)) is not None]
        if not made:
            paths = [path for path in paths if path.startswith(("/", "*", "${"))]
    if not handlers or not _answers(handlers[-1], made):
        return
    for path in paths:
        yield Route(_VERBS[verb], path, _handler(handlers[-1]), name, line)


def _route_call(node: Node) -> str | None:
    """Return the path of ``router.route("/users")`` below a chain of verbs."""
    for _ in range(len(_VERBS)):
        function = node.child_by_field_name("function")
        if node.type != "call_expression" or function is None:
            return None
        last = on_one_line(function.child_by_field_name("property"))
        parent = function.child_by_field_name("object")
        if last == "route":
            given = arguments_of(node)
            return _path(given[0]) if len(given) == 1 else None
        if last not in _VERBS or parent is None:
            return None
        node = parent
    return None


def _path(node: Node) -> str | None:
    """Return a path as written, without quotes; of a regular expression all."""
    if node.type in ("string", "template_string"):
        return text_of(node)[1:-1]
    return text_of(node) if node.type == "regex" else None


def _answers(node: Node, made: bool) -> bool:
    """Whether a last argument can be a handler; options cannot, unless they hold one."""
    node = unwrapped(node) or node
    if node.type == "object":
        return made and value_of(node, "handler") is not None
    if node.type in FUNCTIONS or node.type in _NAMED or node.type == "array":
        return True
    return node.type == "call_expression"


def _handler(node: Node | None) -> str:
    """Return the name of what answers, also within ``wrap(…)`` and before ``.bind(…)``."""
    for _ in range(_INNER):
        node = unwrapped(node)
        if node is None:
            return ""
        if node.type in _NAMED:
            return dotted(node)
        if node.type == "function_expression":
            return on_one_line(node.child_by_field_name("name"))
        if node.type == "array":
            node = node.named_children[-1] if node.named_children else None
        elif node.type == "object":
            node = value_of(node, "handler")
        elif node.type == "call_expression":
            function = node.child_by_field_name("function")
            if function is not None and dotted(function).endswith(".bind"):
                node = function.child_by_field_name("object")
                continue
            given = arguments_of(node)
            held = [each for each in given if each.type in _NAMED or each.type in FUNCTIONS]
            if not held:
                return dotted(function)
            node = held[-1]
        else:
            return ""
    return ""


def _described(node: Node, name: str, line: int) -> Iterator[Route]:
    """Yield the routes of ``fastify.route({method, url, handler})``."""
    method, url = value_of(node, "method"), value_of(node, "url") or value_of(node, "path")
    handler = value_of(node, "handler")
    path = None if url is None else _path(url)
    if method is None or path is None or handler is None:
        return
    shorthand = handler.type == "shorthand_property_identifier"
    answers = text_of(handler) if shorthand else _handler(handler)
    for each in method.named_children if method.type == "array" else [method]:
        said = literal(each)
        if said:
            yield Route(said.upper(), path, answers, name, line)


def _mounts(given: Sequence[Node], name: str, line: int, routers: Routers) -> Iterator[Mount]:
    """Yield the mounts of ``use``: of several things below a prefix the last is the router."""
    nodes = given[0].named_children if given[0].type == "array" else given[:1]
    prefixes = [path for node in nodes if (path := _path(node)) is not None]
    if prefixes and len(given) > 1:
        children = [child for each in given[1:] for child in _mountable(each, routers, True)]
        for prefix in prefixes:
            for child in children[-1:]:
                yield Mount(prefix, child, name, line)
    elif not prefixes and (len(given) == 1 or given[0].type not in _NAMED):
        # A first name among several may hold a prefix.
        for each in given:
            for child in _mountable(each, routers, False):
                yield Mount("", child, name, line)


def _mount(prefix: str, node: Node, name: str, line: int, routers: Routers) -> Iterator[Mount]:
    for child in _mountable(node, routers, True):
        yield Mount(prefix, child, name, line)


def _mountable(node: Node, routers: Routers, below: bool) -> Iterator[str]:
    """Yield the name of a router or its module; nothing for what is none, as far as one can see."""
    node = unwrapped(node) or node
    module = required(node)
    if module is not None:
        if is_near(module) and (below or _sounds(module)):
            yield module
        return
    called = node.type == "call_expression"
    if called:
        function = node.child_by_field_name("function")
        if function is None:
            return
        last = on_one_line(function.child_by_field_name("property"))
        if last in ("routes", "middleware"):
            parent = function.child_by_field_name("object")
            if parent is not None and dotted(parent) in routers.made | routers.modules.keys():
                yield dotted(parent)
            return
        node = function
    name = dotted(node)
    if node.type not in _NAMED or not name or name.startswith("."):
        return
    if name in routers.made and not called:
        yield name
        return
    last = name.rpartition(".")[2]
    module = routers.modules.get(name.partition(".")[0])
    near = module is not None and is_near(module)
    if (module is not None and not near) or _guards(f"{module} {name}"):
        return
    by_name = _sounds(last if called else name)
    if below:
        mountable = by_name or (near and (last == name or not called))
    else:
        mountable = near and (by_name or (not called and _sounds(module or "")))
    if mountable:
        yield name


def _sounds(name: str) -> bool:
    """Whether something is called after routes."""
    name = name.lower()
    return any(word in name for word in ("route", "controller", "endpoint"))


def _guards(name: str) -> bool:
    """Whether something is called after what requests pass before they are answered."""
    name = name.lower()
    return "middleware" in name or "limiter" in name


def _plugin(given: Sequence[Node], name: str, line: int, routers: Routers) -> Iterator[Mount]:
    """Yield the mount of ``fastify.register(plugin, {prefix})``."""
    prefix = ""
    if len(given) > 1 and given[1].type == "object":
        held = value_of(given[1], "prefix")
        if held is not None:
            said = _path(held)
            if said is None:
                return
            prefix = said
    plugin = unwrapped(given[0]) or given[0]
    if plugin.type in FUNCTIONS:
        own = parameter_of(plugin)
        if prefix and own and own != name:
            yield Mount(prefix, own, name, line)
        return
    module = required(plugin)
    child = dotted(plugin) if module is None else module
    origin = routers.modules.get(child.partition(".")[0], "") if module is None else module
    near = is_near(origin) or (not origin and plugin.type == "identifier")
    if child and near:
        yield Mount(prefix, child, name, line)


def _given(call: Node) -> Iterator[str]:
    """Yield what a plugin that is written on the spot calls the router that it is given."""
    for each in arguments_of(call)[:1]:
        own = parameter_of(each) if each.type in FUNCTIONS else ""
        if own:
            yield own


def _prefixes(bindings: Sequence[tuple[Node, Node]], routers: Routers) -> Iterator[Mount]:
    """Yield the prefixes that routers are made with: ``new Router({prefix: "/users"})``."""
    for target, value in bindings:
        if value.type == "new_expression" and dotted(target) in routers.made:
            for each in arguments_of(value):
                held = value_of(each, "prefix") if each.type == "object" else None
                prefix = None if held is None else _path(held)
                if prefix is not None:
                    yield Mount(prefix, dotted(target), "", line_of(target))
