"""Routes that Go code registers: net/http, chi, gin, echo, gorilla/mux, fiber, macaron, flamego."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple, Self

from tree_sitter import Node

from taskpar_ml.detectors.go_literals import before_functions, string_constants, string_value
from taskpar_ml.detectors.go_routers import (
    HTTP_METHODS,
    ROUTER_PATTERN,
    Router,
    Routers,
    arguments_of,
    http_method,
    joined,
    last_name,
)
from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.source import Source, line_of, on_one_line, text_of
from taskpar_ml.domain.code_facts import Mount, Route

_PATTERN: Final = f"""
(call_expression
  function: (selector_expression operand: (_) @on field: (field_identifier) @verb)
  (#any-of? @verb
    "GET" "POST" "PUT" "DELETE" "PATCH" "HEAD" "OPTIONS" "CONNECT" "TRACE"
    "Get" "Post" "Put" "Delete" "Patch" "Head" "Options" "Connect" "Trace"
    "Add" "All" "Any" "File" "Group" "Handle" "HandleFunc" "Handler" "HandlerFunc" "Match"
    "Method" "MethodFunc" "Methods" "Mount" "Route" "Routes" "Static" "StaticFile" "StaticFS"))
  @call
(call_expression
  function: [(identifier) (selector_expression)] @into
  arguments: (argument_list [(identifier) (call_expression)] @passed))
(const_spec name: (identifier) @const value: (expression_list (_) @value))
{ROUTER_PATTERN}
"""

_FRAMEWORKS: Final[Mapping[str, tuple[bytes, ...]]] = {
    "chi": (b"go-chi/chi",),
    "echo": (b"labstack/echo",),
    "fiber": (b"gofiber/fiber",),
    "flamego": (b"flamego/flamego",),
    "gin": (b"gin-gonic/gin",),
    "httprouter": (b"julienschmidt/httprouter",),
    "macaron": (b"macaron.v1", b"go-macaron/macaron", b"gitea.com/macaron/macaron"),
    "mux": (b"gorilla/mux",),
    "net/http": (b'"net/http"',),
    "another": (b"common/route", b"/router", b"/web"),
}
"""Names to what their import holds."""
_OF_HTTP: Final = re.compile(rb"\.\s*Handle(?:Func)?\(")
_OF_ANY: Final = re.compile(
    rb"\.\s*(?:GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS|Get|Post|Put|Delete|Patch|Head|Options"
    rb"|Add|All|Any|Group|Handle|HandleFunc|Handler|HandlerFunc|Match|Method|MethodFunc|Methods"
    rb"|Mount|Path|PathPrefix|Route|Routes|Static\w*)\("
    rb"|chi\.Router|gin\.Engine|IRouter|RouterGroup|echo\.(?:Echo|Group)|mux\.Router"
)
"""What has to be in a file that registers routes, by net/http alone and by any framework."""
_CAPITAL_VERBS: Final = frozenset(("echo", "gin", "httprouter"))
_TITLE_VERBS: Final = frozenset(("chi", "fiber", "flamego", "macaron"))
_CLOSURES: Final = frozenset(("chi", "fiber"))
_METHOD_FIRST: Final = frozenset(
    ("Add", "Handle", "Handler", "HandlerFunc", "Method", "MethodFunc")
)
_STATIC: Final = frozenset(("File", "Static", "StaticFS", "StaticFile"))
_PATTERN_OF_MUX: Final = re.compile(r"(?:([A-Z]+)[ \t]+)?([^\s/]*/\S*)")
"""Of net/http: ``[METHOD ][HOST]/[PATH]``. Source: https://pkg.go.dev/net/http#hdr-Patterns."""
_LIKE_A_PATH: Final = re.compile(r"[\w/:*.{}$-]*")
_ADAPTERS: Final = re.compile(r"Handler(?:Func)?|StripPrefix|TimeoutHandler|[Ww]rap\w*")
"""What makes a handler out of what it is handed, and adds no answer of its own."""
_HANDLER_NAME: Final = re.compile(r"(?:[Hh]andle|[Ss]erve)(?![a-z])|[Hh]andler(?:Func)?$|^handle")
_NO_ROUTER: Final = re.compile(
    r"(?:client|http|resp|response|req|request|header|headers|cache|query|url|params|values|form"
    r"|session|store|config|cfg|ctx)$",
    re.IGNORECASE,
)
"""What has methods named like those of routers and is none."""
_NO_HANDLER: Final = re.compile(r"(?:strings|bytes|json|url|time|strconv|fmt|errors)\.")
_REGISTRATION: Final = re.compile(
    r"regist|rout|mount|setup|install|init|attach|bind|endpoint|handlers?$|controller",
    re.IGNORECASE,
)
"""Names of what registers routes on a router that it is handed, rather than anything else."""
_NO_REGISTRATION: Final = re.compile(
    r"append|len|panic|[Pp]rint\w*|ListenAndServe\w*|NewServer|Walk|Serve\w*|Run\w*|Handle|Mount"
)
_METHODS_IN: Final = re.compile(r"http\.Method\w+|\"[A-Za-z]+\"")
_DOTTED: Final = re.compile(r"\w+(?:\.\w+)*")
_LONGEST_CHAIN: Final = 20


class GoRoutes:
    """Finds routes and routers below prefixes.

    Prefixes of groups are joined within a function. What is registered on a router that a function
    is handed is below the prefix that this has there; a function that is handed a group is mounted
    below its prefix. What tests serve is no route.
    """

    name = "go-routes-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is Go, and no test."""
        return language_of(path) == Language.GO and not path.endswith("_test.go")

    def find(self, source: Source) -> Iterator[Route | Mount]:
        """Yield routes and mounts; those whose path is computed are left out."""
        imports = before_functions(source.content)
        frameworks = {
            name for name, words in _FRAMEWORKS.items() if any(word in imports for word in words)
        }
        registers = _OF_HTTP if frameworks == {"net/http"} else _OF_ANY
        if not frameworks or not registers.search(source.content) or source.tree is None:
            return
        matches = source.matches(_PATTERN)
        constants = string_constants(matches)
        routers = Routers(source.tree.root_node, matches, constants)
        calls = [_Call.read(each["call"][0]) for each in matches if "call" in each]
        registrations = _Registrations(frameworks, routers, constants, calls)
        for call in calls:
            yield from registrations.made_by(call)
        for each in matches:
            if "passed" in each:
                yield from registrations.handed(each["into"][0], each["passed"][0])
            elif "variable" in each:
                yield from registrations.kept(each["variable"][0], each["made"][0])


class _Call(NamedTuple):
    """A call of something's method, with the line of its name."""

    node: Node
    on: Node
    verb: str
    arguments: list[Node]
    line: int

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read a call of something's method."""
        function = node.child_by_field_name("function") or node
        on = function.child_by_field_name("operand") or function
        verb = function.child_by_field_name("field") or function
        return cls(node, on, text_of(verb), arguments_of(node), line_of(verb))


class _Path(NamedTuple):
    """A path with what may answer there; no methods for any."""

    methods: tuple[str, ...]
    path: str
    handlers: Sequence[Node]


class _Registrations:
    """Reads calls as registrations of routes."""

    def __init__(
        self,
        frameworks: set[str],
        routers: Routers,
        constants: Mapping[str, str],
        calls: Sequence[_Call],
    ) -> None:
        self._frameworks = frameworks
        self._routers = routers
        self._constants = constants
        self._methods = dict(_restrictions(calls))

    def made_by(self, call: _Call) -> Iterator[Route | Mount]:
        """Yield what a call registers."""
        if call.verb == "Mount":
            yield from self._mounted(call)
        elif call.verb in ("Group", "Route"):
            yield from self._grouped(call)
        elif call.verb in ("Handler", "HandlerFunc") and len(call.arguments) == 1:
            yield from self._built(call)
        else:
            path = self._path(call)
            if path is not None:
                yield from self._routes(call, path)

    def _path(self, call: _Call) -> _Path | None:
        """Return the path that a call is about, None where it is about none."""
        verb, arguments = call.verb, call.arguments
        if verb.upper() in HTTP_METHODS and arguments and self._routers.of(call.on).has_path:
            # Combo("/users").Get(list).Post(create)
            return _Path((verb.upper(),), "", arguments)
        if len(arguments) < 2:
            return None
        if verb in ("Match", "Routes") or (verb in _METHOD_FIRST and len(arguments) > 2):
            return self._path_after_methods(verb, arguments)
        path = string_value(arguments[0], self._constants)
        if path is None:
            return None
        if verb in ("Handle", "HandleFunc"):
            found = _PATTERN_OF_MUX.fullmatch(path)
            methods = (found[1],) if found and found[1] else ()
            return _Path(methods, found[2], arguments[1:]) if found else None
        if verb in _STATIC:
            return _Path(("GET",), path, ())
        if verb in ("All", "Any"):
            return _Path((), path, arguments[1:])
        return _Path((verb.upper(),), path, arguments[1:]) if verb.upper() in HTTP_METHODS else None

    def _path_after_methods(self, verb: str, arguments: Sequence[Node]) -> _Path | None:
        first, second, *handlers = arguments
        if verb in ("Match", "Routes"):
            if verb == "Routes":
                first, second = second, first
            path = string_value(second, self._constants)
            methods = tuple(
                method.upper()
                for written in _METHODS_IN.findall(text_of(first).replace(",", '","'))
                if (method := written.removeprefix("http.Method").strip('"')).upper()
                in HTTP_METHODS
            )
            return _Path(methods, path, handlers) if path is not None and methods else None
        path, method = string_value(second, self._constants), http_method(first)
        return _Path((method,), path, handlers) if path is not None and method != "*" else None

    def _routes(self, call: _Call, found: _Path) -> Iterator[Route | Mount]:
        router = self._routers.of(call.on)
        if not self._is_registration(call, router, found):
            return
        name = router.name
        path = joined(router.prefix, found.path)
        if path and call.verb not in ("Handle", "HandleFunc"):
            path = "/" + path.removeprefix("/")
        answers = found.handlers and found.handlers[0 if self._is_echo else -1]
        handler = _handler(answers, self._routers.functions) if answers else ""
        methods = found.methods or self._methods.get(call.node.end_byte) or router.methods
        for method in methods or ("*",):
            yield Route(method, path, handler, name, call.line)
        if answers:
            yield from self._stripped(answers, name)

    def _is_registration(self, call: _Call, router: Router, found: _Path) -> bool:
        """Whether a call with a path registers a route, and is no request for one, say."""
        if any(each.isspace() for each in found.path.partition("{")[0]):
            return False
        if found.handlers and not _may_answer(found.handlers[-1]):
            return False
        if router.is_known:
            return True
        if call.verb in ("Handle", "HandleFunc") and text_of(call.on) == "http":
            return True
        if _NO_ROUTER.search(text_of(call.on)):
            return False
        if call.verb in HTTP_METHODS and "gin" in self._frameworks:
            return _LIKE_A_PATH.fullmatch(found.path) is not None
        if not (router.prefix or found.path).startswith("/"):
            return False
        if call.verb in ("Handle", "HandleFunc"):
            return True
        spoken = _CAPITAL_VERBS if call.verb.isupper() else _TITLE_VERBS
        if call.verb in ("Any", "Match", "Add", "Static", "StaticFS", "StaticFile"):
            spoken = _CAPITAL_VERBS | _TITLE_VERBS
        return call.verb != "File" and not spoken.isdisjoint(self._frameworks)

    def _stripped(self, node: Node, router: str) -> Iterator[Mount]:
        """Yield the handler that sees paths without a prefix."""
        function = node.child_by_field_name("function")
        arguments = arguments_of(node)
        if function is None or last_name(text_of(function)) != "StripPrefix" or len(arguments) != 2:
            return
        prefix = string_value(arguments[0], self._constants)
        if prefix and arguments[1].type in ("identifier", "selector_expression"):
            yield Mount(prefix, _handler(arguments[1]), router, line_of(node))

    def _built(self, call: _Call) -> Iterator[Route]:
        """Yield routes that are built up: ``r.Methods("GET").Path("/users").HandlerFunc(list)``."""
        router = self._routers.of(call.on)
        if router.has_path and (router.is_known or "mux" in self._frameworks):
            handler = _handler(call.arguments[0], self._routers.functions)
            methods = router.methods or self._methods.get(call.node.end_byte) or ("*",)
            for method in methods:
                name = router.name
                yield Route(method, router.prefix, handler, name, call.line)

    def _mounted(self, call: _Call) -> Iterator[Mount]:
        router = self._routers.of(call.on)
        if len(call.arguments) != 2:
            return
        prefix = string_value(call.arguments[0], self._constants)
        child = _handler(call.arguments[1])
        may_be = not _CLOSURES.isdisjoint(self._frameworks)
        if prefix is None or not child:
            return
        if router.is_known or (may_be and prefix.startswith("/")):
            name = router.name
            yield Mount(joined(router.prefix, prefix), child, name, call.line)

    def _grouped(self, call: _Call) -> Iterator[Mount]:
        """Yield functions, by name, that register below a prefix: ``r.Route("/users", users)``."""
        if _CLOSURES.isdisjoint(self._frameworks) or not call.arguments:
            return
        last = call.arguments[-1]
        if last.type not in ("identifier", "selector_expression"):
            return
        router = self._routers.of(call.on)
        prefix: str | None = ""
        if len(call.arguments) == 2 and call.verb == "Route":
            prefix = string_value(call.arguments[0], self._constants)
        elif len(call.arguments) != 1 or "chi" not in self._frameworks or call.verb != "Group":
            return
        if prefix is not None and router.is_known:
            prefix, name = joined(router.prefix, prefix), router.name
            yield Mount(prefix, _handler(last), name, call.line)

    def handed(self, into: Node, passed: Node) -> Iterator[Mount]:
        """Yield functions that are handed a router: ``users.Register(v1.Group("/users"))``."""
        if passed.type == "identifier" and text_of(passed) not in self._routers:
            return
        if passed.type == "call_expression" and _called(passed) not in ("Group", "Subrouter"):
            return
        router = self._routers.of(passed)
        if not router.is_known or not (router.prefix or router.is_handed) or not router.name:
            return
        child = _handler(into)
        last = last_name(child)
        if last.upper() in HTTP_METHODS or _NO_REGISTRATION.fullmatch(last):
            return
        if not router.prefix and not _REGISTRATION.search(last):
            return
        yield Mount(router.prefix, child, router.name, line_of(into))

    def kept(self, variable: Node, made: Node) -> Iterator[Mount]:
        """Yield groups that are kept in a field, and may be used anywhere."""
        if variable.type == "selector_expression":
            router = self._routers.of(made)
            if router.is_known and router.prefix and router.name:
                yield Mount(router.prefix, on_one_line(variable), router.name, line_of(variable))

    @property
    def _is_echo(self) -> bool:
        """Whether handlers come before middleware."""
        return "echo" in self._frameworks and "gin" not in self._frameworks


def _restrictions(calls: Sequence[_Call]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield ends of calls with the methods that a later ``.Methods`` restricts them to."""
    for call in calls:
        if call.verb != "Methods":
            continue
        node: Node | None = call.on
        for _ in range(_LONGEST_CHAIN):
            if node is None or node.type != "call_expression":
                break
            if _called(node) in ("Handle", "HandleFunc", "Handler", "HandlerFunc"):
                yield node.end_byte, tuple(map(http_method, call.arguments))
                break
            function = node.child_by_field_name("function")
            node = function.child_by_field_name("operand") if function is not None else None


def _called(call: Node) -> str:
    function = call.child_by_field_name("function")
    field = function.child_by_field_name("field") if function is not None else None
    return text_of(field) if field is not None else ""


def _may_answer(node: Node) -> bool:
    if node.type == "call_expression":
        return _NO_HANDLER.match(text_of(node)) is None
    return node.type in (
        *("composite_literal", "func_literal", "identifier", "selector_expression"),
        *("unary_expression", "variadic_argument"),
    )


def _handler(node: Node, functions: frozenset[str] = frozenset()) -> str:
    """Return the name of what answers, out of what adapts and guards it; of closures, nothing.

    ``functions`` are those of the file: one that is handed to another is guarded by it.
    """
    for _ in range(_LONGEST_CHAIN):
        if node.type == "call_expression":
            inner = _wrapped(node, functions)
            if inner is None:
                return _name(node.child_by_field_name("function"))
            node = inner
        elif node.type in ("unary_expression", "parenthesized_expression"):
            node = node.named_children[0] if node.named_children else node
        else:
            return _name(node)
    return ""


def _wrapped(call: Node, functions: frozenset[str]) -> Node | None:
    """Return the handler that a call adapts or guards; None where it makes one."""
    called = last_name(_name(call.child_by_field_name("function")))
    arguments = arguments_of(call)
    if not arguments or (_HANDLER_NAME.search(called) and not _ADAPTERS.fullmatch(called)):
        return None
    inner = arguments[0 if called == "TimeoutHandler" else -1]
    if _ADAPTERS.fullmatch(called) or inner.type == "func_literal":
        return inner
    named = inner.child_by_field_name("function") if inner.type == "call_expression" else inner
    name = last_name(_name(named))
    is_function = inner.type != "call_expression" and name in functions
    return inner if is_function or _HANDLER_NAME.search(name) else None


def _name(node: Node | None) -> str:
    """Return a name as written, ``.last`` where it begins with an expression, or nothing."""
    if node is None:
        return ""
    if node.type == "composite_literal":
        return _name(node.child_by_field_name("type"))
    if node.type == "selector_expression":
        on, field = node.child_by_field_name("operand"), node.child_by_field_name("field")
        if on is not None and on.type in ("composite_literal", "identifier"):
            return f"{_name(on)}.{on_one_line(field)}"
        written = "".join(text_of(node).split())
        return written if _DOTTED.fullmatch(written) else f".{on_one_line(field)}"
    if node.type in ("identifier", "qualified_type", "type_identifier"):
        return on_one_line(node)
    return ""
