"""Routes of Spring and of JAX-RS."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.java_members import Annotation, JavaType, annotations_of, java_types
from taskpar_ml.detectors.java_strings import strings_of
from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Mount, Route

_SPRING: Final = {
    "DeleteMapping": "DELETE",
    "GetMapping": "GET",
    "PatchMapping": "PATCH",
    "PostMapping": "POST",
    "PutMapping": "PUT",
    "RequestMapping": "*",
}
_RESOURCES: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
"""Annotations of JAX-RS, which are called after the methods of HTTP."""

_CLIENTS: Final = frozenset({"FeignClient", "RegisterRestClient"})
"""Annotations of interfaces that send requests, and answer none."""

_WORDS: Final = (b"Mapping", b"ws.rs.")
_METHOD: Final = re.compile(r"(?:RequestMethod\.)?([A-Z]+)")


class JavaRoutes:
    """Finds methods that are annotated with a request, in classes and in interfaces.

    The router of such a route is its class, which is mounted below the prefix that it says itself;
    below several prefixes there is a route for each. Where a path is computed, or a constant of
    another file, there is none.

    Source: Spring Framework, "Request Mapping"; Jakarta RESTful Web Services, "Resources".
    """

    name = "java-routes-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is Java, and holds no tests."""
        return language_of(path) == Language.JAVA and "/test/" not in f"/{path}"

    def find(self, source: Source) -> Iterator[Route | Mount]:
        """Yield the routes of every class, and its prefix."""
        if not any(word in source.content for word in _WORDS):
            return
        for each in java_types(source):
            said = {found.name: found for found in annotations_of(source, each.node)}
            if _CLIENTS.isdisjoint(said):
                yield from _routes(source, each, said)


def _routes(
    source: Source, owner: JavaType, said: Mapping[str, Annotation]
) -> Iterator[Route | Mount]:
    mapped = said.get("RequestMapping") or said.get("Path")
    prefixes = () if mapped is None else _paths(source, mapped)
    found = list(_answers(source, owner))
    if not found or prefixes is None:
        return
    if len(prefixes) > 1:
        for (method, path, handler, line), prefix in product(found, prefixes):
            whole = f"{prefix.rstrip('/')}/{path.lstrip('/')}" if path else prefix
            yield Route(method, whole, handler, "", line)
        return
    if mapped is not None and prefixes:
        yield Mount(prefixes[0], owner.name, "", mapped.line)
    for method, path, handler, line in found:
        yield Route(method, path, handler, owner.name, line)


def _answers(source: Source, owner: JavaType) -> Iterator[tuple[str, str, str, int]]:
    """Yield method, path, handler and line of what a class answers."""
    for member in owner.members:
        if member.type != "method_declaration":
            continue
        name = source.on_one_line(member.child_by_field_name("name"))
        said = annotations_of(source, member)
        for each in said:
            paths: Sequence[str] | None = ()
            if each.name in _SPRING:
                methods = _methods(source, each)
                paths = _paths(source, each)
            elif each.name in _RESOURCES and not each.given:
                methods = [each.name]
                located = next((one for one in said if one.name == "Path"), None)
                paths = () if located is None else _paths(source, located)
            else:
                continue
            for path in () if paths is None else paths or ("",):
                for method in methods:
                    yield method, path, f"{owner.name}.{name}", each.line


def _paths(source: Source, said: Annotation) -> tuple[str, ...] | None:
    """Return the paths that an annotation names, None where they cannot be told."""
    return strings_of(source, said.given.get("value") or said.given.get("path"))


def _methods(source: Source, said: Annotation) -> list[str]:
    given: Node | None = said.given.get("method")
    if said.name != "RequestMapping" or given is None:
        return [_SPRING[said.name]]
    nodes = given.named_children if given.type == "element_value_array_initializer" else [given]
    found = (_METHOD.fullmatch(source.written(each)) for each in nodes)
    return [each[1] for each in found if each] or ["*"]
