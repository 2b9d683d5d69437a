"""Which router of a Go web framework an expression means, and below which prefix it answers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from tree_sitter import Node

from taskpar_ml.detectors.go_calls import arguments_of, last_name
from taskpar_ml.detectors.go_literals import literal, string_value
from taskpar_ml.detectors.source import Match, on_one_line, text_of

HTTP_METHODS: Final = frozenset(
    ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "CONNECT", "TRACE")
)

_MADE: Final = "(expression_list . (call_expression) @made)"
_OF_TYPE: Final = """[
    (type_identifier) @type
    (qualified_type name: (type_identifier) @type)
    (pointer_type (type_identifier) @type)
    (pointer_type (qualified_type name: (type_identifier) @type))] @of
  (#any-of? @type
    "App" "Echo" "Engine" "Flame" "Group" "IRouter" "IRoutes" "Macaron" "Mux" "Router"
    "RouterGroup" "ServeMux")
"""
ROUTER_PATTERN: Final = f"""
(short_var_declaration left: (expression_list . (identifier) @variable) right: {_MADE})
(assignment_statement
  left: (expression_list . [(identifier) (selector_expression)] @variable) right: {_MADE})
(var_spec name: (identifier) @variable value: {_MADE})
(parameter_declaration name: (identifier) @handed type: {_OF_TYPE})
(func_literal
  parameters: (parameter_list (parameter_declaration name: (identifier) @inner type: (_) @of))
  body: (_) @body)
(field_declaration name: (field_identifier) @field type: {_OF_TYPE})
(function_declaration name: (identifier) @constructor result: {_OF_TYPE})
(call_expression
  function: (selector_expression operand: (_) @outer field: (field_identifier) @grouping)
  arguments: (argument_list (func_literal parameters: (_) @parameters) @closure)
  (#any-of? @grouping "Group" "Route")) @group
"""
"""Where routers are made, handed over and kept."""

_CONSTRUCTORS: Final = frozenset(
    (
        *("chi.NewMux", "chi.NewRouter", "echo.New", "fiber.New", "flamego.Classic", "flamego.New"),
        *("gin.Default", "gin.New", "http.NewServeMux", "httprouter.New", "macaron.Classic"),
        *("macaron.New", "mux.NewRouter", "route.New"),
    )
)
_TYPES: Final = frozenset(
    (
        *("chi.Mux", "chi.Router", "echo.Echo", "echo.Group", "fiber.App", "fiber.Group"),
        *("fiber.Router", "flamego.Flame", "flamego.Router", "gin.Engine", "gin.IRouter"),
        *("gin.IRoutes", "gin.RouterGroup", "http.ServeMux", "httprouter.Router"),
        *("macaron.Macaron", "macaron.Router", "mux.Router"),
    )
)
_TYPES_OF_ANY: Final = frozenset(("IRouter", "Router", "RouterGroup"))
"""Names that types have in any package if they are routers."""
_TYPE_NAMES: Final = frozenset(each.partition(".")[2] for each in _TYPES)
_SAME_ROUTER: Final = frozenset(
    (
        *("Headers", "Host", "MatcherFunc", "Name", "NewRoute", "Queries", "Schemes"),
        *("SkipClean", "StrictSlash", "Use", "UseEncodedPath", "With"),
    )
)
"""What is called on a router and answers with a router for the same paths."""
_PATHS: Final = frozenset(("Combo", "Path", "PathPrefix"))
_PREFIXED: Final = frozenset(("Group", "Party", "Route", "WithPrefix")) | _PATHS
_BUILDERS: Final = _SAME_ROUTER | _PREFIXED | {"Methods", "Subrouter"}
_MAKERS: Final = _BUILDERS | frozenset(each.partition(".")[2] for each in _CONSTRUCTORS)
_CALL: Final = ")"
"""Ends what stands for the result of a call that has no better name."""
_LONGEST_NAME: Final = 100
_DEEPEST: Final = 40
"""Routers below routers; more are made by programs."""
_MOST_SHADOWED: Final = 50
"""Routers of one name that are looked through for the one that holds."""


class Router(NamedTuple):
    """What routes are registered on.

    Attributes
    ----------
    name
        As written, of the outermost router that is known in the function.
    prefix
        Below which it answers there.
    methods
        To which it is restricted; empty for any.
    is_known
        Whether the file tells that it is a router.
    is_handed
        Whether it came from elsewhere, where it may be below a prefix.
    has_path
        Whether ``prefix`` is the whole path of a route that is being built.
    """

    name: str
    prefix: str = ""
    methods: tuple[str, ...] = ()
    is_known: bool = False
    is_handed: bool = False
    has_path: bool = False


class _Binding(NamedTuple):
    """A name that stands for a router from one place to another.

    Attributes
    ----------
    made
        The expression that it stands for; None where it is handed over.
    is_router
        False where the name stands for something else in between.
    is_closure
        Whether it is the name within a closure that registers below a prefix.
    """

    since: int
    until: int
    made: Node | None
    is_router: bool = True
    is_closure: bool = False


class Routers:
    """The routers of one file.

    Parameters
    ----------
    root
        Of its syntax tree.
    matches
        Of :data:`ROUTER_PATTERN`.
    constants
        Strings that the file defines.

    Attributes
    ----------
    functions
        Names of the functions and methods of the file.
    """

    def __init__(self, root: Node, matches: Sequence[Match], constants: Mapping[str, str]) -> None:
        self._constants = constants
        self._size = root.end_byte
        self._functions = [
            (each.start_byte, each.end_byte)
            for each in root.children
            if each.type in ("function_declaration", "method_declaration")
        ]
        self._fields: set[str] = set()
        self._constructors = {
            text_of(each["constructor"][0])
            for each in matches
            if "constructor" in each and is_router_type(each["of"][0])
        }
        self.functions = frozenset(map(_declared, root.children)) - {""}
        self._bindings: dict[str, list[_Binding]] = {}
        for name, binding in self._bound(matches):
            self._bindings.setdefault(name, []).append(binding)
        for some in self._bindings.values():
            some.sort(key=lambda each: each.since)
        self._fields = set(self._kept(matches))

    def _bound(self, matches: Sequence[Match]) -> Iterator[tuple[str, _Binding]]:
        own = {
            each.start_byte
            for found in matches
            for parameters in found.get("parameters", ())
            if _is_handed_routers(parameters)
            for each in parameters.named_children
        }
        for found in matches:
            if "variable" in found:
                node, made = found["variable"][0], found["made"][0]
                if not self._may_make(made):
                    continue
                yield on_one_line(node), _Binding(made.end_byte, self._end_around(node), made)
            elif "handed" in found and is_router_type(found["of"][0]):
                node = found["handed"][0]
                if node.start_byte in own:
                    continue
                yield text_of(node), _Binding(node.start_byte, self._end_around(node), None)
            elif "inner" in found and found["inner"][0].start_byte not in own:
                body, is_router = found["body"][0], is_router_type(found["of"][0])
                binding = _Binding(body.start_byte, body.end_byte, None, is_router)
                yield text_of(found["inner"][0]), binding
            elif "closure" in found and _is_handed_routers(found["parameters"][0]):
                closure = found["closure"][0]
                binding = _Binding(
                    closure.start_byte, closure.end_byte, found["group"][0], is_closure=True
                )
                yield _name_within(found), binding

    def _may_make(self, call: Node) -> bool:
        """Whether the result of a call may be a router, going by the name of what is called."""
        function = call.child_by_field_name("function")
        if function is None or function.type != "selector_expression":
            return function is not None and text_of(function) in self._constructors
        called = on_one_line(function.child_by_field_name("field"))
        return called in _MAKERS or called.startswith("With")

    def _kept(self, matches: Sequence[Match]) -> Iterator[str]:
        """Yield the names of fields that hold routers."""
        for found in matches:
            if "field" in found and is_router_type(found["of"][0]):
                yield text_of(found["field"][0])
            elif "variable" in found and found["variable"][0].type == "selector_expression":
                made = self.of(found["made"][0])
                yield from (last_name(text_of(each)) for each in found["variable"] if made.is_known)

    def _end_around(self, node: Node) -> int:
        """Return where the function around a node ends; outside of one, the end of the file."""
        at = bisect_right(self._functions, (node.start_byte, self._size)) - 1
        inside = at >= 0 and node.start_byte < self._functions[at][1]
        return self._functions[at][1] if inside else self._size

    def __contains__(self, name: str) -> bool:
        """Whether a name may stand for a router anywhere."""
        return name in self._bindings

    def of(self, node: Node, depth: int = 0) -> Router:
        """Return the router that an expression means."""
        if depth > _DEEPEST:
            return Router("")
        if node.type == "call_expression":
            return self._of_call(node, depth)
        if node.type not in ("identifier", "selector_expression"):
            return Router("")
        name = on_one_line(node)
        binding = self._binding(name, node.start_byte)
        if binding is None:
            is_field = node.type == "selector_expression" and last_name(name) in self._fields
            return Router(name, is_known=is_field, is_handed=is_field)
        if binding.made is None:
            return Router(name, is_known=binding.is_router, is_handed=binding.is_router)
        made = self.of(binding.made, depth + 1)
        has_name = made.name and (binding.is_closure or not made.name.endswith(_CALL))
        return made if has_name else made._replace(name=name)

    def _binding(self, name: str, place: int) -> _Binding | None:
        """Return what a name stands for at a place: the latest that still holds there."""
        some = self._bindings.get(name, ())
        last = bisect_right(some, place, key=lambda each: each.since)
        for each in reversed(some[max(0, last - _MOST_SHADOWED) : last]):
            if place < each.until:
                return each
        return None

    def _of_call(self, node: Node, depth: int) -> Router:
        function = node.child_by_field_name("function")
        if function is None or function.type != "selector_expression":
            made_here = function is not None and text_of(function) in self._constructors
            return Router(_result_of(function), is_known=made_here)
        on, called = function.child_by_field_name("operand"), last_name(text_of(function))
        if on is None:
            return Router("")
        if on.type == "identifier" and f"{text_of(on)}.{called}" in _CONSTRUCTORS:
            return Router("", is_known=True)
        if called.startswith("With") and called not in _BUILDERS:
            router = self.of(on, depth + 1)
            return router if router.is_known else Router(_result_of(function))
        if called not in _BUILDERS and called.upper() not in HTTP_METHODS:
            return Router(_result_of(function))
        outer = self.of(on, depth + 1)
        arguments = arguments_of(node)
        if called == "Subrouter":
            return outer._replace(has_path=False)
        if called == "Methods":
            return outer._replace(methods=tuple(map(http_method, arguments)))
        if called not in _PREFIXED or not arguments or arguments[0].type == "func_literal":
            return outer
        prefix = string_value(arguments[0], self._constants)
        if prefix is None:
            return Router(_result_of(function, arguments[0]), is_known=outer.is_known)
        prefix = "/" + prefix.removeprefix("/") if prefix else prefix
        has_path = called in _PATHS
        return outer._replace(prefix=joined(outer.prefix, prefix), has_path=has_path)


def _result_of(function: Node | None, *arguments: Node) -> str:
    """Return how the result of a call is written, if that is short."""
    written = ", ".join(map(on_one_line, arguments))
    name = f"{on_one_line(function)}({written})"
    return name if len(name) <= _LONGEST_NAME else ""


def _declared(node: Node) -> str:
    """Return the name of a function or method, nothing for what is none."""
    is_function = node.type in ("function_declaration", "method_declaration")
    name = node.child_by_field_name("name") if is_function else None
    return "" if name is None else text_of(name)


def _is_handed_routers(parameters: Node) -> bool:
    """Whether a closure registers routes, going by its parameters, and is no middleware."""
    types = (each.child_by_field_name("type") for each in parameters.named_children)
    return all(kind is not None and last_name(text_of(kind)) in _TYPE_NAMES for kind in types)


def _name_within(group: Match) -> str:
    """Return the name that the router has in a closure that is handed to ``Group``, ``Route``.

    That of its parameter; where it has none, the closure goes on with the name of the router.
    """
    for each in group["parameters"][0].named_children:
        name = each.child_by_field_name("name")
        return "" if name is None else text_of(name)
    return on_one_line(group["outer"][0])


def is_router_type(node: Node) -> bool:
    """Whether a type is that of a router of a framework that is known."""
    written = text_of(node).lstrip("*")
    return written in _TYPES or last_name(written) in _TYPES_OF_ANY


def http_method(node: Node) -> str:
    """Return the method that an expression is, ``*`` if that is not written down."""
    written = literal(node)
    if written is not None:
        return written.upper() if written.isalpha() else "*"
    method = text_of(node).removeprefix("http.Method").upper()
    return method if method in HTTP_METHODS else "*"


def joined(prefix: str, path: str) -> str:
    """Return a path below a prefix.

    Examples
    --------
    >>> joined("/v1/", "/users"), joined("/v1", "users"), joined("/v1", "")
    ('/v1/users', '/v1/users', '/v1')
    """
    if not prefix or not path:
        return prefix or path
    return f"{prefix.rstrip('/')}/{path.removeprefix('/')}"
