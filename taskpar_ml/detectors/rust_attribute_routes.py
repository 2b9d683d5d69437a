"""Routes that attributes of Rust functions say: actix-web, Rocket, utoipa."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.rust_items import attribute_name, items, token_strings
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.domain.code_facts import Route

VERBS: Final = frozenset(("delete", "get", "head", "options", "patch", "post", "put"))
"""Names of attributes and functions that stand for a method of HTTP."""

_WORDS: Final = re.compile(rb"#\[(?:\w+::)?(?:delete|get|head|options|patch|path|post|put|route)\(")
_METHODS: Final = re.compile(r"\bmethod\s*=\s*\"(\w+)\"")
_DOCUMENTED: Final = re.compile(r"\(\s*(?:method\s*\(\s*)?(\w+)\b")
_PATH: Final = re.compile(r"\bpath\s*=\s*\"([^\"]*)\"")


class RustAttributeRoutes:
    """Finds functions with the attribute of a request.

    The function is the router of its route, so that what registers it can mount it.

    Source: actix-web, "Routing Macros"; Rocket, "Requests"; utoipa, ``path``.
    """

    name = "rust-attribute-routes-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is Rust, and no integration test."""
        return language_of(path) == Language.RUST and "/tests/" not in f"/{path}"

    def find(self, source: Source) -> Iterator[Route]:
        """Yield routes, none of tests."""
        if not _WORDS.search(source.content):
            return
        for item in items(source):
            if item.node.type != "function_item" or is_test(source, item.owners, item.attributes):
                continue
            for attribute in item.attributes:
                found = list(_routes(source, attribute))
                for method, path in found:
                    yield Route(method, path, item.name, item.name, line_of(attribute))
                if found:
                    break


def is_test(source: Source, owners: tuple[Node, ...], attributes: tuple[Node, ...]) -> bool:
    """Whether something is compiled for tests alone, as far as attributes and names tell."""
    names = (source.on_one_line(each.child_by_field_name("name")) for each in owners)
    return any(name in ("test", "tests") for name in names) or any(
        attribute_name(source, each).rpartition(".")[2] == "test" for each in attributes
    )


def _routes(source: Source, attribute: Node) -> Iterator[tuple[str, str]]:
    name = attribute_name(source, attribute)
    tokens = attribute.child_by_field_name("arguments")
    if tokens is None:
        return
    written = source.written(tokens)
    if name == "utoipa.path":
        verb, path = _DOCUMENTED.match(written), _PATH.search(written)
        if verb and path and verb[1] in VERBS:
            yield verb[1].upper(), path[1]
        return
    last = name.rpartition(".")[2]
    paths = token_strings(source, tokens.named_children[:1])
    if not paths or not (paths[0].startswith("/") or not paths[0]):
        return
    if last in VERBS:
        yield last.upper(), paths[0]
    elif last == "route":
        yield from ((method.upper(), paths[0]) for method in _METHODS.findall(written))
