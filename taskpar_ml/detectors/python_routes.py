"""Routes of Flask, FastAPI, Starlette, aiohttp and what is used like them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.python_calls import Call, as_call, called, calls, decorations, is_name
from taskpar_ml.detectors.python_classes import PythonClass, classes
from taskpar_ml.detectors.python_strings import constants, path_of, strings_of
from taskpar_ml.detectors.source import Source, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Route

VERBS: Final = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
"""Methods of HTTP; functions and methods of classes are called after them."""

_DECORATORS: Final = {
    **{verb: verb.upper() for verb in VERBS},
    "route": "GET",
    "api_route": "GET",
    "websocket": "WEBSOCKET",
    "websocket_route": "WEBSOCKET",
    "view": "*",
}
"""Method that a decorator stands for where it names none itself."""

_ADDING: Final = {
    "add_url_rule": ("view_func", 2, "GET"),
    "add_api_route": ("endpoint", 1, "GET"),
    "add_route": ("route", 1, "GET"),
    "add_api_websocket_route": ("endpoint", 1, "WEBSOCKET"),
    "add_websocket_route": ("route", 1, "WEBSOCKET"),
    **{f"add_{verb}": ("handler", 1, verb.upper()) for verb in VERBS},
}
"""Calls that add a route: name and position of what answers, and the method."""

_BASES: Final = frozenset({"MethodView", "Resource", "HTTPEndpoint"})
"""Classes whose methods answer requests, and are called after the verbs."""

_BASE_WORDS: Final = tuple(each.encode() for each in sorted(_BASES))


class PythonRoutes(OfLanguages):
    """Finds routes that decorators and calls register.

    A class with a method for each verb has routes of the empty path whose router is the class
    itself, unless this file says where it answers.
    """

    name = "python-routes-1"
    pattern = ""
    languages = frozenset({Language.PYTHON})

    def find(self, source: Source) -> Iterator[Route]:
        """Yield routes of files that have any."""
        names = source.once(called)
        if not names.keys().isdisjoint(_NAMES) or any(map(_adds_resource, names)):
            yield from _Module(source).routes()


class _Module:
    """One module with its constants and its classes that answer."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known = constants(source)

    @cached_property
    def _has_flask(self) -> bool:
        return b"flask" in self._source.content or b"quart" in self._source.content

    @cached_property
    def _has_framework(self) -> bool:
        words = (b"fastapi", b"starlette", b"APIRouter")
        return self._has_flask or any(word in self._source.content for word in words)

    @cached_property
    def _classes(self) -> dict[str, PythonClass]:
        return {each.name: each for each in classes(self._source)}

    @cached_property
    def _answering(self) -> dict[str, PythonClass]:
        """The classes of a module in which some may answer by their methods."""
        may_answer = any(word in self._source.content for word in _BASE_WORDS)
        return self._classes if may_answer else {}

    @cached_property
    def _views(self) -> dict[str, str]:
        """Variables that views of classes are assigned to, each with the class."""
        return {each.assigned_to: each.receiver for each in calls(self._source, ("as_view",))}

    def routes(self) -> Iterator[Route]:
        placed: set[str] = set()
        for route in self._registered():
            placed.add(route.handler.partition(".")[0])
            yield route
        for name, found in self._answering.items():
            if name not in placed and any(self._answers(base) for base in found.bases):
                yield from self._own(found, "", name)

    def _answers(self, base: str) -> bool:
        """Whether the methods of classes with a base answer requests."""
        last = base.rpartition(".")[2]
        return last in _BASES or (self._has_flask and last.endswith(("Resource", "MethodView")))

    def _registered(self) -> Iterator[Route]:
        for call, definition in decorations(self._source, _DECORATORS):
            if call.receiver:
                yield from self._decorated(call, definition)
        for call in calls(self._source, _ADDING):
            if call.receiver:
                yield from self._added(call)
        adding = [name for name in self._source.once(called) if _adds_resource(name)]
        for call in calls(self._source, adding):
            for path in call.positional[1:]:
                yield from self._placed(call, path_of(path, self._known), call.positional[0])

    def _decorated(self, call: Call, definition: Node) -> Iterator[Route]:
        name = definition.child_by_field_name("name")
        if name is None:
            return
        handler = text_of(name)
        if definition.type == "class_definition":
            for each in call.positional:
                yield from self._placed(call, path_of(each, self._known), name)
            return
        path = self._path(call)
        if path is not None:
            for method in self._methods(call, _DECORATORS[call.name]):
                yield Route(method, path, handler, call.receiver, call.line)

    def _added(self, call: Call) -> Iterator[Route]:
        keyword, at, otherwise = _ADDING[call.name]
        path, handler = self._path(call), call.argument(keyword, at)
        if path is None:
            return
        name = text_of(handler) if handler is not None and is_name(handler) else ""
        if "methods" not in call.named and (_is_class(handler) or name in self._views):
            yield from self._placed(call, path, handler)
            return
        for method in self._methods(call, otherwise):
            yield Route(method, path, self._handler(handler), call.receiver, call.line)

    def _placed(self, call: Call, path: str | None, handler: Node | None) -> Iterator[Route]:
        """Yield the routes of a class that answers below a path."""
        name = self._handler(handler)
        if path is not None and name and self._is_path(path, call):
            routes = self._answered(path, name, call.receiver)
            yield from (route._replace(line=call.line) for route in routes)

    def _handler(self, handler: Node | None) -> str:
        """Return the name of what answers; of a view or an instance, its class."""
        if handler is not None and is_name(handler):
            return self._views.get(text_of(handler), text_of(handler))
        call = as_call(handler)
        if call is None:
            return ""
        if call.name == "as_view":
            return call.receiver
        return f"{call.receiver}.{call.name}" if call.receiver else call.name

    def _answered(self, path: str, name: str, router: str) -> Iterator[Route]:
        found = self._classes.get(name)
        routes = () if found is None else tuple(self._own(found, path, router))
        yield from routes or (Route("*", path, name, router, 0),)

    def _own(self, found: PythonClass, path: str, router: str) -> Iterator[Route]:
        """Yield a route for each method of a class that is called after a verb."""
        for verb, line in verbs_of(found):
            yield Route(verb.upper(), path, f"{found.name}.{verb}", router, line)

    def _path(self, call: Call) -> str | None:
        """Return the path that a call registers, None if it registers none."""
        argument = call.argument("path", 0) or call.argument("rule")
        path = path_of(argument, self._known)
        return path if path is not None and self._is_path(path, call) else None

    def _is_path(self, path: str, call: Call) -> bool:
        """Whether a text is a path, and not some other word."""
        if path.startswith("/"):
            return True
        if not path or path.startswith("{"):
            return self._has_framework
        return self._has_flask and call.name in {"route", "add_url_rule"}

    def _methods(self, call: Call, otherwise: str) -> tuple[str, ...]:
        written = call.named.get("methods")
        if call.name in VERBS or otherwise == "WEBSOCKET" or written is None:
            return (otherwise,)
        methods = strings_of(written, self._known)
        return ("*",) if methods is None else tuple(dict.fromkeys(each.upper() for each in methods))


_NAMES: Final = frozenset(_DECORATORS) | frozenset(_ADDING) | {"add_resource"} | _BASES


def verbs_of(found: PythonClass) -> tuple[tuple[str, int], ...]:
    """Return the methods of a class that are called after verbs, with their lines."""
    return tuple(
        (method.name, method.node.start_point.row + 1)
        for method in found.methods
        if method.name in VERBS
    )


def _is_class(handler: Node | None) -> bool:
    """Whether a class answers: its view, or an instance of it."""
    return handler is not None and handler.type == "call"


def _adds_resource(name: str) -> bool:
    """Whether a method adds resources as that of Flask-RESTful, or is made upon it."""
    return name.startswith("add_") and name.endswith("resource")
