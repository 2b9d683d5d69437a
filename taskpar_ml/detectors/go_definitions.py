"""Functions, methods, types, constants and variables of Go packages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.go_declarations import declarations
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.source import Source, end_line_of, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Definition, DefinitionKind

_RECEIVER: Final = re.compile(r"\(\s*(?:\w+\s+)?[*(\s]*(\w+)")
_SPECS: Final = ("const_spec", "type_alias", "type_spec", "var_spec")


class GoDefinitions(OfLanguages):
    """Finds what a package defines; what is local to a function is nobody else's.

    The methods that an interface demands are its methods. The signature of a type that is neither
    struct nor interface is what it is made of.
    """

    name = "go-definitions-1"
    pattern = ""
    languages = frozenset({Language.GO})

    def find(self, source: Source) -> Iterator[Definition]:
        """Yield definitions; the blank name defines nothing."""
        for node in declarations(source):
            if node.type == "function_declaration":
                yield from _named(source, node, DefinitionKind.FUNCTION, _signature(source, node))
            elif node.type == "method_declaration":
                yield from _method(source, node)
            else:
                for spec in _specs(node):
                    yield from (
                        _variables(source, spec) if "type" not in spec.type else _type(source, spec)
                    )


def _specs(declaration: Node) -> Iterator[Node]:
    for child in declaration.named_children:
        if child.type in _SPECS:
            yield child
        elif child.type == "var_spec_list":
            yield from (each for each in child.named_children if each.type in _SPECS)


def _named(
    source: Source, node: Node, kind: DefinitionKind, signature: str, owner: str = ""
) -> Iterator[Definition]:
    name = source.on_one_line(node.child_by_field_name("name"))
    if name in ("", "_"):
        return
    public = _is_public(name)
    if owner:
        name, public = f"{owner}.{name}", public and _is_public(owner)
    yield Definition(name, kind, line_of(node), end_line_of(node), signature, public)


def _method(source: Source, node: Node) -> Iterator[Definition]:
    receiver = node.child_by_field_name("receiver")
    owner = _RECEIVER.match(source.written(receiver)) if receiver is not None else None
    if owner is not None:
        yield from _named(source, node, DefinitionKind.METHOD, _signature(source, node), owner[1])


def _type(source: Source, node: Node) -> Iterator[Definition]:
    made_of, generic = node.child_by_field_name("type"), node.child_by_field_name("type_parameters")
    kind = made_of.type if made_of is not None and node.type == "type_spec" else ""
    signature = source.on_one_line(generic)
    if kind == "struct_type":
        yield from _named(source, node, DefinitionKind.CLASS, signature)
        return
    if kind != "interface_type":
        signature = f"{signature} {source.on_one_line(made_of)}".strip()
    yield from _named(source, node, DefinitionKind.TYPE, signature)
    if made_of is not None and made_of.type == "interface_type":
        owner = source.on_one_line(node.child_by_field_name("name"))
        for each in made_of.named_children:
            if each.type == "method_elem":
                yield from _named(
                    source, each, DefinitionKind.METHOD, _signature(source, each), owner
                )


def _variables(source: Source, node: Node) -> Iterator[Definition]:
    first, last = line_of(node), end_line_of(node)
    for name in map(source.written, node.children_by_field_name("name")):
        if name not in ("_", ","):
            kind = DefinitionKind.VARIABLE
            yield Definition(name, kind, first, last, public=_is_public(name))


def _signature(source: Source, node: Node) -> str:
    generic = source.on_one_line(node.child_by_field_name("type_parameters"))
    parameters = source.on_one_line(node.child_by_field_name("parameters"))
    result = source.on_one_line(node.child_by_field_name("result"))
    return f"{generic}{parameters} {result}".rstrip()


def _is_public(name: str) -> bool:
    return name[:1].isupper()
