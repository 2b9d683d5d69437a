"""Imports of Rust files, and the modules that they declare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.places import statements_of
from taskpar_ml.detectors.rust_items import items, string_of
from taskpar_ml.detectors.scopes import Place, scoped
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Import

_MOST_DEPTH: Final = 30
"""Lists within lists; what is deeper no person wrote."""


class RustImports(OfLanguages):
    """Finds ``use`` wherever it is, and ``mod name;`` as an import of ``self::name``.

    Paths are as the file's own module would write them: within an inline module ``super`` is the
    file itself.
    """

    name = "rust-imports-1"
    pattern = ""
    languages = frozenset({Language.RUST})

    def find(self, source: Source) -> Iterator[Import]:
        """Yield imports, one for each module that a statement takes something out of."""
        if source.tree is None:
            return
        modules = []
        for item in items(source):
            node = item.node
            if node.type == "mod_item" and node.child_by_field_name("body") is not None:
                name = source.on_one_line(node.child_by_field_name("name"))
                modules.append(Place(node.start_byte, node.end_byte, "mod", name, node))
            elif node.type == "mod_item" and item.name:
                inner, _, name = item.name.rpartition(".")
                place = _own_path(source, item.attributes)
                path = "::".join(["self", *filter(None, inner.split(".")), name])
                yield Import(place or path, (("", name),), line_of(node))
            elif node.type == "extern_crate_declaration":
                name, alias = (
                    source.on_one_line(node.child_by_field_name(each)) for each in ("name", "alias")
                )
                if name and name != "self":
                    yield Import(name, (("", alias or name),), line_of(node))
        found = [*statements_of(source.tree, source.content, b"use")]
        found += (item.node for item in items(source))
        uses = {
            node.start_byte: Place(node.start_byte, node.end_byte, "use", "", node)
            for node in found
            if node.type == "use_declaration"
        }
        for each in scoped([*modules, *uses.values()]):
            if each.place.kind == "use":
                around = each.name.split(".")[: len(each.within)]
                yield from _use(source, each.place.node, around)


def _own_path(source: Source, attributes: tuple[Node, ...]) -> str:
    """Return the file that ``#[path]`` names, with a point in front; nothing without."""
    for each in attributes:
        if source.written(each).startswith("path"):
            place = string_of(source, each.child_by_field_name("value"))
            if place:
                return f"./{place}"
    return ""


def _use(source: Source, node: Node, around: list[str]) -> Iterator[Import]:
    taken: defaultdict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
    argument = node.child_by_field_name("argument")
    for path, here, line in () if argument is None else _leaves(source, argument):
        if not path:
            continue
        path = _from_file(path, around)
        if here == "*":
            taken["::".join(path), line].append(("*", "*"))
        elif len(path) == 1 or path[-1] == "self":
            whole = path if len(path) == 1 else path[:-1]
            taken["::".join(whole), line].append(("", here or whole[-1]))
        else:
            taken["::".join(path[:-1]), line].append((path[-1], here or path[-1]))
    for (module, line), names in taken.items():
        yield Import(module, tuple(names), line)


def _leaves(source: Source, argument: Node) -> Iterator[tuple[list[str], str, int]]:
    """Yield the paths of a tree of them, each with the name that it gets, if it gets another."""
    waiting: list[tuple[Node, list[str], int]] = [(argument, [], 0)]
    while waiting:
        node, before, depth = waiting.pop()
        if depth > _MOST_DEPTH:
            continue
        if node.type == "scoped_use_list":
            path = _segments(source, node.child_by_field_name("path"))
            inner = node.child_by_field_name("list")
            if inner is not None:
                waiting.append((inner, [*before, *path], depth + 1))
        elif node.type == "use_list":
            waiting += ((each, before, depth + 1) for each in reversed(node.named_children))
        elif node.type == "use_as_clause":
            path = _segments(source, node.child_by_field_name("path"))
            alias = source.on_one_line(node.child_by_field_name("alias"))
            yield [*before, *path], alias, line_of(node)
        elif node.type == "use_wildcard":
            path = _segments(source, next(iter(node.named_children), None))
            yield [*before, *path], "*", line_of(node)
        elif node.type in ("crate", "identifier", "scoped_identifier", "self", "super"):
            yield [*before, *_segments(source, node)], "", line_of(node)


def _segments(source: Source, node: Node | None) -> list[str]:
    written = "" if node is None else "".join(source.written(node).split())
    return [part.removeprefix("r#") for part in written.split("::") if part]


def _from_file(path: list[str], around: list[str]) -> list[str]:
    """Return a path as the module of the file would write it."""
    if not around or path[0] not in ("self", "super"):
        return path
    above = list(around)
    at = 1 if path[0] == "self" else 0
    while above and at < len(path) and path[at] == "super":
        above.pop()
        at += 1
    if at < len(path) and path[at] == "super":
        return path[at:]
    return ["self", *above, *path[at:]]
