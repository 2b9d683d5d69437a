"""What the views of Django's REST framework answer, below the paths that lead to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.python_calls import Call, as_call, called, decorations
from taskpar_ml.detectors.python_classes import PythonClass, classes, lineage
from taskpar_ml.detectors.python_routes import VERBS
from taskpar_ml.detectors.python_strings import Constants, constants, string_of, strings_of
from taskpar_ml.detectors.source import Source, line_of, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Route

_ACTIONS: Final = {
    "list": ("GET", False),
    "create": ("POST", False),
    "retrieve": ("GET", True),
    "update": ("PUT", True),
    "partial_update": ("PATCH", True),
    "destroy": ("DELETE", True),
}
"""Actions that routers know: the method, and whether of one object.

Source: Django REST framework, "Routers", SimpleRouter.
"""

_UPDATE: Final = ("update", "partial_update")
_GIVEN: Final = {
    "ModelViewSet": tuple(_ACTIONS),
    "ReadOnlyModelViewSet": ("list", "retrieve"),
    "ListModelMixin": ("list",),
    "CreateModelMixin": ("create",),
    "RetrieveModelMixin": ("retrieve",),
    "UpdateModelMixin": _UPDATE,
    "DestroyModelMixin": ("destroy",),
}
"""Actions that a view set inherits from classes of the framework."""

_GENERIC: Final = {
    "CreateAPIView": ("post",),
    "ListAPIView": ("get",),
    "RetrieveAPIView": ("get",),
    "DestroyAPIView": ("delete",),
    "UpdateAPIView": ("put", "patch"),
    "ListCreateAPIView": ("get", "post"),
    "RetrieveUpdateAPIView": ("get", "put", "patch"),
    "RetrieveDestroyAPIView": ("get", "delete"),
    "RetrieveUpdateDestroyAPIView": ("get", "put", "patch", "delete"),
}
"""Methods that a view inherits from classes of the framework."""


class PythonDjangoViews(OfLanguages):
    """Finds the methods that view sets, views and ``@api_view`` answer.

    Their router is the view itself, and paths are below its own: ``""`` of a view, ``/`` and
    ``/{pk}/`` of a view set. What a view set inherits from classes that are not the framework's is
    not known here.
    """

    name = "python-django-views-1"
    pattern = ""
    languages = frozenset({Language.PYTHON})

    def find(self, source: Source) -> Iterator[Route]:
        """Yield routes of modules that have views of Django or its REST framework."""
        if "api_view" in source.once(called):
            yield from _functions(source)
        if b"View" not in source.content:
            return
        if not any(_is_view(base) for found in classes(source) for base in found.bases):
            return
        for found in classes(source):
            line = lineage(source, found)
            bases = {base.rpartition(".")[2] for each in line for base in each.bases}
            if any(base.endswith("ViewSet") for base in bases):
                yield from _view_set(found, line, bases, constants(source))
            elif any(map(_is_view, bases)):
                yield from _view(found, bases)


def _functions(source: Source) -> Iterator[Route]:
    known = constants(source)
    for call, view in decorations(source, ("api_view",)):
        if (node := view.child_by_field_name("name")) is None:
            continue
        name = text_of(node)
        listed = call.argument("http_method_names", 0)
        methods = ("GET",) if listed is None else strings_of(listed, known) or ("*",)
        for method in methods:
            yield Route(method.upper(), "", name, name, call.line)


def _is_view(base: str) -> bool:
    return base.endswith(("View", "ViewSet"))


def _view(found: PythonClass, bases: set[str]) -> Iterator[Route]:
    lines = {
        each.name: line_of(each.node)
        for each in found.methods
        if each.name in VERBS and _takes_request(each.node)
    }
    inherited = {verb for base in bases for verb in _GENERIC.get(base, ())}
    for verb in VERBS:
        if verb in lines or verb in inherited:
            line = lines.get(verb, found.line)
            yield Route(verb.upper(), "", f"{found.name}.{verb}", found.name, line)


def _takes_request(function: Node) -> bool:
    parameters = function.child_by_field_name("parameters")
    names = [] if parameters is None else parameters.named_children
    return len(names) > 1 and text_of(names[1]).lstrip("_").startswith("request")


def _view_set(
    found: PythonClass, line: tuple[PythonClass, ...], bases: set[str], known: Constants
) -> Iterator[Route]:
    methods = {each.name: each for part in reversed(line) for each in part.methods}
    lines = {each.name: line_of(each.node) for each in found.methods}
    inherited = {action for base in bases for action in _GIVEN.get(base, ())}
    fields = {each.name: each.value for part in reversed(line) for each in part.fields}
    key = string_of(fields.get("lookup_url_kwarg") or fields.get("lookup_field"), known) or "pk"
    allowed = strings_of(fields.get("http_method_names"), known) or VERBS
    for action, (method, of_one) in _ACTIONS.items():
        if (action in inherited or action in methods) and method.lower() in allowed:
            path = f"/{{{key}}}/" if of_one else "/"
            first = lines.get(action, found.line)
            yield Route(method, path, f"{found.name}.{action}", found.name, first)
    for name, each in methods.items():
        for call in map(as_call, each.decorators):
            if call is not None and call.name == "action":
                yield from _extra(found.name, name, call, key, known)


def _extra(owner: str, name: str, call: Call, key: str, known: Constants) -> Iterator[Route]:
    detail = call.argument("detail", 1)
    url = call.named.get("url_path")
    path = name if url is None else string_of(url, known)
    listed = call.argument("methods", 0)
    methods = ("GET",) if listed is None else strings_of(listed, known) or ("*",)
    if detail is None or detail.type not in {"true", "false"} or path is None:
        return
    below = f"/{{{key}}}/{path}/" if detail.type == "true" else f"/{path}/"
    for method in methods:
        yield Route(method.upper(), below, f"{owner}.{name}", owner, call.line)
