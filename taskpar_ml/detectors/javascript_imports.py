"""Imports of JavaScript and TypeScript files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.javascript_calls import calls
from taskpar_ml.detectors.javascript_syntax import (
    JAVASCRIPTS,
    arguments_of,
    bound_names,
    dotted,
    literal,
)
from taskpar_ml.detectors.places import nodes_at, places_of
from taskpar_ml.detectors.source import Source, line_of, on_one_line, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Import

_LOADERS: Final = (b"require", b"import")
_STATEMENTS: Final = frozenset({"import_statement", "export_statement"})


class JavaScriptImports(OfLanguages):
    """Finds ``import``, ``export … from`` and ``require`` wherever they are.

    A default import takes ``default``, a namespace ``*``; ``export * from`` puts all names here,
    ``("*", "*")``. What is only run, or used on the spot, has no names.
    """

    name = "javascript-imports-1"
    pattern = ""
    languages = JAVASCRIPTS

    def find(self, source: Source) -> Iterator[Import]:
        """Yield imports whose module is a string."""
        yield from imports(source)


def imports(source: Source) -> tuple[Import, ...]:
    """Return what a file imports."""
    return source.once(_imports)


def _imports(source: Source) -> tuple[Import, ...]:
    return (*_stated(source), *_loaded(source))


def _stated(source: Source) -> Iterator[Import]:
    if source.tree is None:
        return
    for word in (b"import", b"export"):
        places = places_of(source.content, word)
        for node in nodes_at(source.tree, places, before=0, after=len(word) + 1):
            if node.type in _STATEMENTS:
                yield from _statement(node)


def _loaded(source: Source) -> Iterator[Import]:
    content = source.content
    if b"require" not in content and b"import(" not in content:
        return
    for call in calls(source):
        function = call.child(0)
        if function is None or content[function.start_byte : function.end_byte] not in _LOADERS:
            continue
        given = arguments_of(call)
        module = literal(given[0]) if given and given[0].type == "string" else None
        if module:
            yield Import(module, _names(call), line_of(given[0]))


def _names(call: Node) -> tuple[tuple[str, str], ...]:
    """Return what the variable takes that something loaded is kept in."""
    held, member = call.parent, ""
    if held is not None and held.type == "member_expression":
        member = on_one_line(held.child_by_field_name("property"))
    if held is not None and held.type in ("await_expression", "member_expression"):
        held = held.parent
    if held is None or held.type not in ("variable_declarator", "assignment_expression"):
        return ()
    declares = held.type == "variable_declarator"
    local = held.child_by_field_name("name" if declares else "left")
    if local is None or local.end_byte > call.start_byte:
        return ()
    if declares:
        return _bound(local, member) if local.type in ("identifier", "object_pattern") else ()
    is_kept = local.type in ("identifier", "member_expression") and held == call.parent
    return _bound(local, "") if is_kept else ()


def _bound(local: Node, member: str) -> tuple[tuple[str, str], ...]:
    if local.type == "object_pattern":
        return () if member else tuple(bound_names(local))
    return ((member, dotted(local)),)


def _statement(node: Node) -> Iterator[Import]:
    module = literal(node.child_by_field_name("source"))
    names: list[tuple[str, str]] = []
    for part in node.named_children:
        if part.type == "import_require_clause":
            module = literal(part.child_by_field_name("source"))
            names.append(("", text_of(part.named_children[0])))
        elif part.type == "import_clause":
            for each in part.named_children:
                names += _taken(each)
        elif part.type in ("export_clause", "namespace_export"):
            names += _taken(part)
    if not names and node.type == "export_statement":
        names = [("*", "*")] if any(child.type == "*" for child in node.children) else []
    if module:
        yield Import(module, tuple(names), line_of(node))


def _taken(node: Node) -> Iterator[tuple[str, str]]:
    if node.type == "identifier":
        yield "default", text_of(node)
    elif node.type in ("namespace_import", "namespace_export"):
        yield "*", text_of(node.named_children[-1])
    elif node.type in ("named_imports", "export_clause"):
        for each in node.named_children:
            if each.type in ("import_specifier", "export_specifier"):
                # The grammar has no node for the name in `default as x`.
                name = on_one_line(each.child_by_field_name("name")) or "default"
                yield name, on_one_line(each.child_by_field_name("alias")) or name
