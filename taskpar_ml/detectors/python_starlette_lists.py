"""Routes and mounts that Starlette takes as lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.python_calls import Call, as_call, called, calls, is_name
from taskpar_ml.detectors.python_nesting import list_name, nested
from taskpar_ml.detectors.python_strings import Constants, constants, path_of, strings_of
from taskpar_ml.detectors.source import Source, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Mount, Route

_ROUTES: Final = {
    "Route": "GET",
    "APIRoute": "GET",
    "WebSocketRoute": "WEBSOCKET",
    "APIWebSocketRoute": "WEBSOCKET",
}
_NAMES: Final = frozenset(_ROUTES) | {"Mount"}
_TAKING: Final = frozenset({"Starlette", "FastAPI", "Router"})


class PythonStarletteLists(OfLanguages):
    """Finds ``Route`` and ``Mount`` in lists; a list within a mount has the mount's prefix."""

    name = "python-starlette-lists-1"
    pattern = ""
    languages = frozenset({Language.PYTHON})

    def find(self, source: Source) -> Iterator[Route | Mount]:
        """Yield routes and mounts of modules that know Starlette or FastAPI."""
        if source.once(called).keys().isdisjoint(_NAMES | _TAKING):
            return
        if b"starlette" not in source.content and b"fastapi" not in source.content:
            return
        known = constants(source)
        for call, around in nested(calls(source, _NAMES)):
            paths = [path_of(each.argument("path", 0), known) for each in (*around, call)]
            path = "".join(each for each in paths if each is not None)
            if None in paths or any(each.receiver for each in (*around, call)):
                continue
            if call.name == "Mount":
                yield from _mounted(call, path)
            else:
                yield from _routed(call, path, known)
        for call in calls(source, _TAKING):
            taken = call.named.get("routes")
            if taken is not None and is_name(taken) and call.assigned_to:
                yield Mount("", text_of(taken), call.assigned_to, call.line)


def _mounted(call: Call, path: str) -> Iterator[Mount]:
    child = call.argument("app", 1) or call.argument("routes")
    made = as_call(child)
    if child is not None and is_name(child):
        yield Mount(path, text_of(child), list_name(call.node), call.line)
    elif made is not None:
        name = f"{made.receiver}.{made.name}" if made.receiver else made.name
        yield Mount(path, name, list_name(call.node), call.line)


def _routed(call: Call, path: str, known: Constants) -> Iterator[Route]:
    handler = call.argument("endpoint", 1)
    if handler is None:
        return
    name = text_of(handler) if is_name(handler) else ""
    methods: tuple[str, ...] | None = (_ROUTES[call.name],)
    if (written := call.named.get("methods")) is not None:
        methods = strings_of(written, known)
    elif name.rpartition(".")[2][:1].isupper():
        methods = ("*",)
    for method in methods or ("*",):
        yield Route(method.upper(), path, name, list_name(call.node), call.line)
