"""Routes and mounts of Django's URL configurations and of REST framework's routers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.python_calls import Call, as_call, called, calls, is_name
from taskpar_ml.detectors.python_nesting import list_name, nested
from taskpar_ml.detectors.python_strings import Constants, constants, path_of, string_of
from taskpar_ml.detectors.source import Source, line_of, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Mount, Route

_PATHS: Final = frozenset({"path", "re_path", "url"})
_ROUTERS: Final = frozenset(
    {"DefaultRouter", "SimpleRouter", "ExtendedDefaultRouter", "ExtendedSimpleRouter"}
)
_ASSIGNMENTS: Final = "[(assignment) (augmented_assignment)] @set"
_WRAPPED: Final = 6
"""Functions around a view: decorators that are called on the spot."""


class PythonDjangoUrls(OfLanguages):
    """Finds what URL patterns lead to.

    A path within an ``include`` of a list has the prefix of that one. What ``as_view`` makes of a
    view set has a route for each method that is mapped; of other views the methods are not known
    here. View sets that a router takes are mounted on it.
    """

    name = "python-django-urls-1"
    pattern = ""
    languages = frozenset({Language.PYTHON})

    def find(self, source: Source) -> Iterator[Route | Mount]:
        """Yield routes and mounts of modules that know Django's URLs."""
        names = source.once(called)
        if not names.keys().isdisjoint(_PATHS | _ROUTERS) and _knows_urls(source):
            known = constants(source)
            for call, around in nested(calls(source, _PATHS)):
                yield from _led(call, around, known)
            yield from _lists(source)
        if "register" in names:
            yield from _registered(source, constants(source))


def _knows_urls(source: Source) -> bool:
    words = (b"urlpatterns", b"django.urls", b"django.conf.urls")
    return any(word in source.content for word in words)


def _led(call: Call, around: tuple[Call, ...], known: Constants) -> Iterator[Route | Mount]:
    view = call.argument("view", 1)
    paths = [_path(each, known) for each in (*around, call)]
    if view is None or None in paths or call.receiver not in {"", "urls"}:
        return
    path = "".join(each for each in paths if each is not None)
    router = list_name((*around, call)[0].node)
    include = as_call(view)
    if include is not None and include.name == "include":
        included = include.argument("arg", 0)
        if child := _included(included, known):
            yield Mount(path, child, router, call.line)
        for part in _parts(included):
            if part != included:
                yield Mount(path, _router_of(_unpacked(part)), router, line_of(part))
    elif view.type == "attribute" and text_of(view).endswith(".urls"):
        yield Mount(path, _router_of(text_of(view)), router, call.line)
    else:
        for method, handler in _answers(view, known):
            yield Route(method, path, handler, router, call.line)


def _path(call: Call, known: Constants) -> str | None:
    return path_of(call.argument("route", 0) or call.argument("regex"), known)


def _included(child: Node | None, known: Constants) -> str:
    """Return what is included by its name; a list that is spelled out has none."""
    if child is not None and child.type == "tuple" and child.named_children:
        child = child.named_children[0]
    if child is not None and is_name(child):
        name = text_of(child)
        return known.texts.get(name) or _router_of(name)
    return string_of(child, known) or ""


def _router_of(name: str) -> str:
    """Return a router of REST framework rather than its list of paths."""
    owner, _, last = name.rpartition(".")
    return owner if last == "urls" and "router" in owner.lower() else name


def _answers(view: Node, known: Constants) -> Iterator[tuple[str, str]]:
    """Yield the methods that a view answers, each with what answers it."""
    inner: Node | None = view
    for _ in range(_WRAPPED):
        if inner is None or is_name(inner):
            break
        call = as_call(inner)
        if call is not None and call.name in {"as_view", "as_asgi"}:
            actions = call.argument("actions", 0)
            yield from _actions(call, actions, known)
            return
        arguments = inner.child_by_field_name("arguments")
        inside = [] if arguments is None else arguments.named_children
        inner = inside[0] if inner.type == "call" and len(inside) == 1 else None
    text = None if inner is None or is_name(inner) else string_of(inner, known)
    named = string_of(view, known) if view.type == "string" else text
    yield "*", named or (text_of(inner) if inner is not None and is_name(inner) else "")


def _actions(call: Call, actions: Node | None, known: Constants) -> Iterator[tuple[str, str]]:
    pairs = [] if actions is None or actions.type != "dictionary" else actions.named_children
    mapped = [
        (string_of(pair.child_by_field_name("key"), known), pair.child_by_field_name("value"))
        for pair in pairs
        if pair.type == "pair"
    ]
    if not mapped:
        yield "*", call.receiver
    for method, action in mapped:
        name = string_of(action, known)
        if method is not None and name is not None:
            yield method.upper(), f"{call.receiver}.{name}"


def _lists(source: Source) -> Iterator[Mount]:
    """Yield lists of paths that are parts of other lists."""
    for match in source.matches(_ASSIGNMENTS):
        statement = match["set"][0]
        left = statement.child_by_field_name("left")
        right = statement.child_by_field_name("right")
        if left is None or right is None or not text_of(left).endswith("patterns"):
            continue
        for part in _parts(right):
            name = _unpacked(part)
            if left.type == "identifier" and name != text_of(left):
                yield Mount("", _router_of(name), text_of(left), line_of(part))


def _parts(value: Node | None) -> Iterator[Node]:
    """Yield the names of what is added to a list or unpacked into it."""
    waiting = [] if value is None else [value]
    while waiting:
        node = waiting.pop()
        if node.type == "binary_operator":
            waiting += node.named_children
        elif node.type == "list":
            unpacked = (each for each in node.named_children if text_of(each).startswith("*"))
            yield from (each for each in unpacked if _is_unpacked_name(each))
        elif is_name(node):
            yield node


def _unpacked(node: Node) -> str:
    return text_of(node).lstrip("*").strip()


def _is_unpacked_name(node: Node) -> bool:
    return all(each.isidentifier() for each in _unpacked(node).split("."))


def _registered(source: Source, known: Constants) -> Iterator[Mount]:
    """Yield view sets that routers take."""
    makers = _router_names(source)
    for call in calls(source, ("register",)):
        view = call.argument("viewset", 1)
        prefix = path_of(call.argument("prefix", 0), known)
        is_router = call.receiver in makers or "router" in call.receiver.lower()
        if is_router and prefix is not None and view is not None and is_name(view):
            yield Mount(prefix, text_of(view), call.receiver, call.line)


def _router_names(source: Source) -> set[str]:
    return {call.assigned_to for call in calls(source, _ROUTERS)} - {""}
