"""Routers that Flask, FastAPI and Starlette put below others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.python_calls import Call, as_call, called, calls, is_name
from taskpar_ml.detectors.python_strings import Constants, constants, path_of
from taskpar_ml.detectors.source import Source, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Mount

_OWN: Final = {
    "Blueprint": "url_prefix",
    "APIBlueprint": "url_prefix",
    "APIRouter": "prefix",
}
"""Routers that are made with a prefix of their own, and what that is called."""

_PUTTING: Final = {
    "include_router": ("router", 0, "prefix", None),
    "register_blueprint": ("blueprint", 0, "url_prefix", None),
    "mount": ("app", 1, "path", 0),
    "add_namespace": ("ns", 0, "path", 1),
}
"""Calls that mount: name and position of the router, then of the prefix."""

_NAMES: Final = frozenset(_OWN) | frozenset(_PUTTING) | {"Api"}


class PythonMounts(OfLanguages):
    """Finds prefixes that routers are made with, and those that they are mounted under."""

    name = "python-mounts-1"
    pattern = ""
    languages = frozenset({Language.PYTHON})

    def find(self, source: Source) -> Iterator[Mount]:
        """Yield mounts of files that have any."""
        if source.once(called).keys().isdisjoint(_NAMES):
            return
        known = constants(source)
        for call in calls(source, _NAMES):
            if call.name in _OWN:
                mount = _own(call, known)
            elif call.name in _PUTTING:
                mount = _put(call, known)
            else:
                mount = _put_by_making(call, source, known)
            if mount is not None:
                yield mount


def _own(call: Call, known: Constants) -> Mount | None:
    prefix = call.named.get(_OWN[call.name])
    path, router = path_of(prefix, known), call.assigned_to
    return Mount(path, router, "", call.line) if path and router else None


def _put(call: Call, known: Constants) -> Mount | None:
    name, at, prefix_name, prefix_at = _PUTTING[call.name]
    child, prefix = call.argument(name, at), call.argument(prefix_name, prefix_at)
    path = path_of(prefix, known)
    if not call.receiver or (prefix is not None and prefix.type != "none" and path is None):
        return None
    if call.name == "mount" and not (path and path.startswith(("/", "{"))):
        return None
    mounted = _mounted(child)
    replaces = call.name == "register_blueprint" and path is not None
    return Mount(path or "", mounted, call.receiver, call.line, replaces) if mounted else None


def _put_by_making(call: Call, source: Source, known: Constants) -> Mount | None:
    """Return where an ``Api`` of Flask-RESTful or Flask-RESTX is put when it is made."""
    app = call.argument("app", 0)
    if b"flask_rest" not in source.content or app is None or not is_name(app):
        return None
    prefix = path_of(call.named.get("prefix"), known)
    if not call.assigned_to or ("prefix" in call.named and prefix is None):
        return None
    return Mount(prefix or "", call.assigned_to, text_of(app), call.line)


def _mounted(child: Node | None) -> str:
    """Return the name of what is mounted; of what is made on the spot, the name of its class."""
    if child is not None and is_name(child):
        return text_of(child)
    call = as_call(child)
    if call is None:
        return ""
    return f"{call.receiver}.{call.name}" if call.receiver else call.name
