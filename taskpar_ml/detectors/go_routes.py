"""Routes that Go code registers: net/http, chi, gin, echo, gorilla/mux, fiber, macaron, flamego."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple, Self

from tree_sitter import Node

from taskpar_ml.detectors.go_calls import arguments_of, called, last_name
from taskpar_ml.detectors.go_frameworks import frameworks_in
from taskpar_ml.detectors.go_handlers import handler_name, may_answer
from taskpar_ml.detectors.go_literals import string_constants, string_value
from taskpar_ml.detectors.go_routers import (
    HTTP_METHODS,
    ROUTER_PATTERN,
    Router,
    Routers,
    http_method,
    joined,
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
_NO_ROUTER: Final = re.compile(
    r"(?:client|http|resp|response|req|request|header|headers|cache|query|url|params|values|form"
    r"|session|store|config|cfg|ctx)$",
    re.IGNORECASE,
)
"""What has methods named like those of routers and is none."""
_REGISTRATION: Final = re.compile(
    r"regist|rout|mount|setup|install|init|attach|bind|endpoint|handlers?$|controller",
    re.IGNORECASE,
)
"""Names of what registers routes on a router that it is handed, rather than anything else."""
_NO_REGISTRATION: Final = re.compile(
    r"append|len|panic|[Pp]rint\w*|ListenAndServe\w*|NewServer|Walk|Serve\w*|Run\w*|Handle|Mount"
)
_METHODS_IN: Final = re.compile(r"http\.Method\w+|\"[A-Za-z]+\"")
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
        frameworks = frameworks_in(source.content)
        if not frameworks or source.tree is None:
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
        frameworks: frozenset[str],
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
        handler = handler_name(answers, self._routers.functions) if answers else ""
        methods = found.methods or self._methods.get(call.node.end_byte) or router.methods
        for method in methods or ("*",):
            yield Route(method, path, handler, name, call.line)
        if answers:
            yield from self._stripped(answers, name)

    def _is_registration(self, call: _Call, router: Router, found: _Path) -> bool:
        """Whether a call with a path registers a route, and is no request for one, say."""
        if any(each.isspace() for each in found.path.partition("{")[0]):
            return False
        if found.handlers and not may_answer(found.handlers[-1]):
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
            yield Mount(prefix, handler_name(arguments[1]), router, line_of(node))

    def _built(self, call: _Call) -> Iterator[Route]:
        """Yield routes that are built up: ``r.Methods("GET").Path("/users").HandlerFunc(list)``."""
        router = self._routers.of(call.on)
        if router.has_path and (router.is_known or "mux" in self._frameworks):
            handler = handler_name(call.arguments[0], self._routers.functions)
            methods = router.methods or self._methods.get(call.node.end_byte) or ("*",)
            for method in methods:
                name = router.name
                yield Route(method, router.prefix, handler, name, call.line)

    def _mounted(self, call: _Call) -> Iterator[Mount]:
        router = self._routers.of(call.on)
        if len(call.arguments) != 2:
            return
        prefix = string_value(call.arguments[0], self._constants)
        child = handler_name(call.arguments[1])
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
            yield Mount(prefix, handler_name(last), name, call.line)

    def handed(self, into: Node, passed: Node) -> Iterator[Mount]:
        """Yield functions that are handed a router: ``users.Register(v1.Group("/users"))``."""
        if passed.type == "identifier" and text_of(passed) not in self._routers:
            return
        if passed.type == "call_expression" and called(passed) not in ("Group", "Subrouter"):
            return
        router = self._routers.of(passed)
        if not router.is_known or not (router.prefix or router.is_handed) or not router.name:
            return
        child = handler_name(into)
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
            if called(node) in ("Handle", "HandleFunc", "Handler", "HandlerFunc"):
                yield node.end_byte, tuple(map(http_method, call.arguments))
                break
            function = node.child_by_field_name("function")
            node = function.child_by_field_name("operand") if function is not None else None
