"""Types, methods and constants of Java files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.java_members import INTERFACES, JavaType, java_types, modifiers_of
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.source import Source, end_line_of, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Definition, DefinitionKind

_METHODS: Final = frozenset(
    {"annotation_type_element_declaration", "constructor_declaration", "method_declaration"}
)
_PUBLIC: Final = frozenset({"protected", "public"})


class JavaDefinitions(OfLanguages):
    """Finds types, methods, constructors, static fields and constants of interfaces.

    A constructor is called like its class: ``Cart.Cart``. What is public or protected is meant for
    other files, in interfaces all that is not private.
    """

    name = "java-definitions-1"
    pattern = ""
    languages = frozenset({Language.JAVA})

    def find(self, source: Source) -> Iterator[Definition]:
        """Yield definitions, those of a type behind it."""
        public_types: set[int] = set()
        for each in java_types(source):
            is_public = _is_public(source, each.node, each.owners[-1:], public_types)
            if is_public:
                public_types.add(each.node.id)
            yield _type(source, each, is_public)
            for member in each.members:
                public = is_public and _is_public(source, member, (each.node,), public_types)
                yield from _member(source, each, member, public)


def _is_public(
    source: Source, node: Node, owners: tuple[Node, ...], public_types: set[int]
) -> bool:
    """Whether a type or member is meant for other files."""
    if owners and owners[0].id not in public_types:
        return False
    words = modifiers_of(source, node)
    if owners and owners[0].type in INTERFACES:
        return "private" not in words
    return not _PUBLIC.isdisjoint(words)


def _type(source: Source, found: JavaType, public: bool) -> Definition:
    node = found.node
    kind = DefinitionKind.TYPE if node.type in INTERFACES else DefinitionKind.CLASS
    names = ("type_parameters", "parameters", "superclass", "interfaces")
    parts = [source.on_one_line(node.child_by_field_name(name)) for name in names]
    parts += [
        source.on_one_line(each)
        for each in node.named_children
        if each.type == "extends_interfaces"
    ]
    signature = " ".join(filter(None, parts))
    return Definition(found.name, kind, line_of(node), end_line_of(node), signature, public)


def _member(source: Source, owner: JavaType, node: Node, public: bool) -> Iterator[Definition]:
    first, last = line_of(node), end_line_of(node)
    if node.type in _METHODS:
        name = source.on_one_line(node.child_by_field_name("name"))
        if name:
            dotted, kind = f"{owner.name}.{name}", DefinitionKind.METHOD
            yield Definition(dotted, kind, first, last, _signature(source, node), public)
    elif node.type == "constant_declaration" or (
        node.type == "field_declaration" and "static" in modifiers_of(source, node)
    ):
        for declarator in node.children_by_field_name("declarator"):
            name = source.on_one_line(declarator.child_by_field_name("name"))
            if name:
                dotted, kind = f"{owner.name}.{name}", DefinitionKind.VARIABLE
                yield Definition(dotted, kind, first, last, "", public)


def _signature(source: Source, node: Node) -> str:
    generic, parameters, result = (
        source.on_one_line(node.child_by_field_name(name))
        for name in ("type_parameters", "parameters", "type")
    )
    thrown = [source.on_one_line(each) for each in node.named_children if each.type == "throws"]
    return " ".join(filter(None, (f"{generic}{parameters}", result, *thrown)))
