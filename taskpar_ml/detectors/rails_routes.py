"""Routes of Rails."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from posixpath import basename
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.places import nodes_at
from taskpar_ml.detectors.rails_scopes import (
    RailsResource,
    RailsScope,
    joined,
    resource_of,
    shorthand,
)
from taskpar_ml.detectors.ruby_syntax import (
    arguments_of,
    block_of,
    constant_of,
    literal,
    literals,
    options_of,
    receiver_of,
    verb_of,
)
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.domain.code_facts import Mount, Route

_DRAW: Final = re.compile(rb"\broutes\.(?:draw|append|prepend)\b")
_METHODS: Final = {
    **{each: each.upper() for each in ("get", "post", "put", "patch", "delete", "options")},
    "match": "*",
}
_RESTFUL: Final = {
    "index": ("GET",),
    "create": ("POST",),
    "new": ("GET",),
    "edit": ("GET",),
    "show": ("GET",),
    "update": ("PATCH", "PUT"),
    "destroy": ("DELETE",),
}
_OF_ALL: Final = ("index", "create", "new")
_CANONICAL: Final = frozenset({"index", "create", "new", "show", "update", "destroy"})
_NO_ROUTES: Final = frozenset({"direct", "resolve", "concern", "devise_for", "use_doorkeeper"})
"""Calls whose block holds none, or none at its place."""
_CONDITIONS: Final = frozenset(
    {"if", "unless", "then", "else", "elsif", "if_modifier", "unless_modifier", "begin", "ERROR"}
)
_DEEPEST: Final = 30
_MOST_ROUTES: Final = 5_000


class RailsRoutes:
    """Finds routes that ``config/routes.rb`` draws, resources with each of their actions.

    Paths are whole, but for what an engine is mounted at or another file draws; ``(.:format)``,
    which every route has, is left out. Handlers have the name that Rails shows,
    ``admin/users#index``, and none where a route redirects.
    """

    name = "rails-routes-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file draws routes, by the customs of Rails."""
        drawn = "/config/routes/" in f"/{path}" or basename(path) == "routes.rb"
        return drawn and language_of(path) == Language.RUBY

    def find(self, source: Source) -> Iterator[Route | Mount]:
        """Yield routes in the order in which they are asked, and what is mounted."""
        if source.tree is None:
            return
        drawing = _Drawing()
        places = [each.start() for each in _DRAW.finditer(source.content)]
        if not places:
            yield from drawing.body(source.tree.root_node.named_children, RailsScope(), 0)
        end = 0
        for call in nodes_at(source.tree, places, before=0, after=len("routes.")):
            if call.type == "call" and call.start_byte >= end:
                end = call.end_byte
                yield from drawing.body(block_of(call), RailsScope(), 0)


class _Drawing:
    """Goes through the statements of one file."""

    def __init__(self) -> None:
        self._concerns: dict[str, list[Node]] = {}
        self._left = _MOST_ROUTES

    def body(self, nodes: Iterable[Node], scope: RailsScope, depth: int) -> Iterator[Route | Mount]:
        """Yield what statements route."""
        for node in nodes if depth < _DEEPEST else ():
            if self._left <= 0:
                return
            if node.type in _CONDITIONS:
                yield from self.body(node.named_children, scope, depth + 1)
            elif node.type == "call":
                on = receiver_of(node)
                if on is None or on.type == "identifier":
                    yield from self._call(node, verb_of(node), scope, depth)
                else:
                    # ``%w[a b].each do``
                    yield from self.body(block_of(node), scope, depth + 1)

    def _call(
        self, call: Node, verb: str, scope: RailsScope, depth: int
    ) -> Iterator[Route | Mount]:
        inside: RailsScope | None = scope
        if verb in _METHODS:
            yield from self._counted(_verb(call, verb, scope))
        elif verb == "root":
            yield from self._counted(_root(call, scope))
        elif verb in ("resources", "resource"):
            for name in _names(call):
                yield from self._resource(name, call, scope, depth, one=verb == "resource")
        elif verb == "mount":
            yield from _mount(call, scope)
        elif verb == "draw":
            for name in _names(call):
                yield Mount(scope.path, f"./routes/{name}", "", line_of(call))
        elif verb == "concern":
            for name in _names(call):
                self._concerns[name] = block_of(call)
        elif verb == "concerns":
            for each in arguments_of(call):
                yield from self._concern(literals(each), scope, depth)
        elif verb not in _NO_ROUTES:
            inside = _entered(call, verb, scope)
            if inside is not None:
                yield from self.body(block_of(call), inside, depth + 1)

    def _resource(
        self, name: str, call: Node, outer: RailsScope, depth: int, *, one: bool
    ) -> Iterator[Route | Mount]:
        made = resource_of(name, call, outer, one=one)
        if made is None:
            return
        options = {each.key: each.value for each in options_of(call)}
        around = outer.inner()
        shallow = around.shallow
        if "shallow" in options:
            shallow = options["shallow"].type == "true"
        module = literal(options.get("module"))
        level = "resource" if one else "resources"
        scope = around._replace(
            module=joined(around.module, module).strip("/") if module else around.module,
            controller=made.controller,
            level=level,
            resource=made,
            shallow=shallow,
            only=None,
            excepted=(),
        )
        yield from self.body(block_of(call), scope, depth + 1)
        yield from self._concern(literals(options.get("concerns")), scope, depth)
        yield from self._counted(_actions(made, scope, line_of(call), one=one))

    def _concern(
        self, names: Iterable[str], scope: RailsScope, depth: int
    ) -> Iterator[Route | Mount]:
        for name in names:
            yield from self.body(self._concerns.get(name, ()), scope, depth + 1)

    def _counted(self, routes: Iterable[Route]) -> Iterator[Route]:
        for route in routes:
            self._left -= 1
            yield route


def _names(call: Node) -> list[str]:
    return [name for each in arguments_of(call) if (name := literal(each)) is not None]


def _actions(made: RailsResource, scope: RailsScope, line: int, *, one: bool) -> Iterator[Route]:
    for action in made.actions:
        is_of_all = action in _OF_ALL
        path = (scope.collection() if is_of_all else scope.member()).path
        if action in ("new", "edit"):
            path = joined(path, made.names.get(action, action))
        handler = scope.handler(made.controller, action)
        yield from (Route(method, path or "/", handler, "", line) for method in _RESTFUL[action])


def _entered(call: Node, verb: str, scope: RailsScope) -> RailsScope | None:
    """Return the scope of a block, None where its prefix cannot be told."""
    given, options = arguments_of(call), {each.key: each.value for each in options_of(call)}
    if verb == "member":
        return scope.member()
    if verb == "collection":
        return scope.collection()
    if verb == "new" and scope.resource is not None:
        return scope.collection().below(scope.resource.names.get("new", "new"))
    if verb in ("nested", "shallow"):
        return scope.inner() if verb == "nested" else scope._replace(shallow=True)
    if verb == "controller":
        return scope._replace(controller=literal(given[0]) or "" if given else "")
    if verb == "namespace":
        name = literal(given[0]) if given else None
        if name is None:
            return None
        path = _path(options["path"]) if "path" in options else name
        module = (literal(options["module"]) or "") if "module" in options else name
        inside = scope.inner()
        return None if path is None else _scoped(inside, path, module, options)
    if verb == "scope":
        parts = [literal(each) for each in given]
        if "path" in options:
            parts.append(_path(options["path"]))
        if None in parts:
            return None
        module = (literal(options["module"]) or "") if "module" in options else ""
        path = "/".join(part for part in parts if part)
        return _scoped(scope, path, module, options)
    if verb == "with_options":
        return _scoped(scope, "", "", options)
    return scope


def _path(node: Node) -> str | None:
    return "" if node.type in ("nil", "false") else literal(node)


def _scoped(scope: RailsScope, path: str, module: str, options: Mapping[str, Node]) -> RailsScope:
    """Return a scope below a path and a module, with what else its options say."""
    inside = scope.below(path)
    if module:
        inside = inside._replace(module=joined(scope.module, module).strip("/"))
    inside = inside._replace(shallow_path=joined(scope.shallow_path, path))
    if "controller" in options:
        inside = inside._replace(controller=literal(options["controller"]) or "")
    if "only" in options:
        inside = inside._replace(only=tuple(literals(options["only"])))
    if "except" in options:
        inside = inside._replace(excepted=tuple(literals(options["except"])))
    shallow = options.get("shallow")
    return inside if shallow is None else inside._replace(shallow=shallow.type == "true")


def _verb(call: Node, verb: str, scope: RailsScope) -> Iterator[Route]:
    """Yield what ``get``, ``match`` and their like route."""
    options = options_of(call)
    named = {each.key: each.value for each in options if not each.is_text}
    targets = [(each.key, each.value) for each in options if each.is_text][:1]
    given = [(node, literal(node)) for node in arguments_of(call)]
    methods = [_METHODS[verb]]
    if verb == "match" and "via" in named:
        methods = [each.upper() for each in literals(named["via"]) if each != "all"] or ["*"]
    on = literal(named.get("on"))
    if on == "member":
        scope = scope.member()
    elif on == "collection":
        scope = scope.collection()
    elif on == "new":
        scope = scope.collection().below("new")
    elif scope.level == "resource":
        scope = scope.member()
    elif scope.level == "resources":
        scope = scope.inner()
    paths = [(path, named.get("to")) for path, value in targets for named["to"] in [value]]
    paths += [(path, named.get("to")) for _, path in given if path is not None]
    symbols = {path for node, path in given if node.type.endswith("symbol")}
    for path, to in paths:
        controller, action = _target(path, to, named, scope, is_symbol=path in symbols)
        whole = joined(scope.path, path.removesuffix("(.:format)"))
        if path in _CANONICAL and path in symbols and scope.level in ("member", "collection"):
            whole = scope.path
        if "path" in named:
            whole = joined(scope.path, literal(named["path"]) or "")
        for method in methods:
            yield Route(method, whole or "/", scope.handler(controller, action), "", line_of(call))


def _target(
    path: str, to: Node | None, named: dict[str, Node], scope: RailsScope, *, is_symbol: bool
) -> tuple[str, str]:
    """Return the controller and the action that a route leads to."""
    controller = literal(named.get("controller")) or scope.controller
    action = literal(named.get("action")) or ""
    if to is not None:
        written = literal(to)
        if written is None:
            return "", ""
        before, sharp, after = written.rpartition("#")
        return (before or controller, after) if sharp or to.type == "simple_symbol" else ("", "")
    if action:
        return controller, action
    by_path = ("", "") if is_symbol else shorthand(path)
    if by_path[0]:
        return by_path
    bare = path.removesuffix("(.:format)").removeprefix("/").replace("-", "_")
    return controller, bare if re.fullmatch(r"\w+", bare) else ""


def _root(call: Node, scope: RailsScope) -> Iterator[Route]:
    given = arguments_of(call)
    named = {each.key: each.value for each in options_of(call)}
    to = named.get("to") or (given[0] if given else None)
    if to is None and "controller" not in named:
        return
    controller, action = _target("", to, named, scope, is_symbol=False)
    yield Route("GET", scope.path or "/", scope.handler(controller, action), "", line_of(call))


def _mount(call: Node, scope: RailsScope) -> Iterator[Mount]:
    options = options_of(call)
    given = arguments_of(call)
    at = next((each.value for each in options if each.key == "at"), None)
    child = constant_of(given[0]) if given else ""
    prefix = literal(at)
    if not child:
        child, prefix = _mounted(call)
    if child and prefix is not None:
        yield Mount(joined(scope.path, prefix) or "/", child, "", line_of(call))


def _mounted(call: Node) -> tuple[str, str | None]:
    """Return what ``mount Engine => "/path"`` mounts, and where."""
    arguments = call.child_by_field_name("arguments")
    for pair in () if arguments is None else arguments.named_children:
        if pair.type == "pair":
            name = constant_of(pair.child_by_field_name("key"))
            if name:
                return name, literal(pair.child_by_field_name("value"))
    return "", None
