"""Functions, methods, types, constants and macros of Rust files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.rust_items import Item, items
from taskpar_ml.detectors.source import Source, end_line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Definition, DefinitionKind

_KINDS: Final = {
    "const_item": DefinitionKind.VARIABLE,
    "enum_item": DefinitionKind.CLASS,
    "function_item": DefinitionKind.FUNCTION,
    "function_signature_item": DefinitionKind.FUNCTION,
    "macro_definition": DefinitionKind.FUNCTION,
    "static_item": DefinitionKind.VARIABLE,
    "struct_item": DefinitionKind.CLASS,
    "trait_item": DefinitionKind.TYPE,
    "type_item": DefinitionKind.TYPE,
    "union_item": DefinitionKind.CLASS,
}


class RustDefinitions(OfLanguages):
    """Finds what modules define; what is local to a function is nobody else's.

    What implements a trait has the name of the type: ``Cart.fmt``. It is public, as all that has
    ``pub`` in front, to the crate alone included.
    """

    name = "rust-definitions-1"
    pattern = ""
    languages = frozenset({Language.RUST})

    def find(self, source: Source) -> Iterator[Definition]:
        """Yield definitions; the blank name defines nothing."""
        for item in items(source):
            kind = _KINDS.get(item.node.type)
            if kind is None or not item.name or item.name.rpartition(".")[2] == "_":
                continue
            owner = item.owners[-1] if item.owners else None
            of_type = owner is not None and owner.type in ("impl_item", "trait_item")
            if of_type and kind == DefinitionKind.TYPE:
                continue
            if of_type and kind == DefinitionKind.FUNCTION:
                kind = DefinitionKind.METHOD
            last, public = end_line_of(item.node), _is_public(source, item, owner)
            signature = _signature(source, item.node)
            yield Definition(item.name, kind, item.line, last, signature, public)


def _is_public(source: Source, item: Item, owner: Node | None) -> bool:
    node = item.node
    if node.type == "macro_definition":
        return any(source.written(each) == "macro_export" for each in item.attributes)
    if owner is not None and owner.type == "trait_item":
        node = owner
    elif owner is not None and owner.child_by_field_name("trait") is not None:
        return True
    shown = [each for each in node.named_children[:1] if each.type == "visibility_modifier"]
    return bool(shown) and source.on_one_line(shown[0]) != "pub(self)"


def _signature(source: Source, node: Node) -> str:
    named = ("type_parameters", "parameters")
    signature = "".join(source.on_one_line(node.child_by_field_name(name)) for name in named)
    result = node.child_by_field_name("return_type")
    if result is not None:
        signature += f" -> {source.on_one_line(result)}"
    if node.type == "trait_item":
        signature += source.on_one_line(node.child_by_field_name("bounds"))
    elif node.type == "type_item":
        signature += f" {source.on_one_line(node.child_by_field_name('type'))}"
    where = [
        source.on_one_line(each) for each in node.named_children if each.type == "where_clause"
    ]
    return " ".join([signature, *where]).strip()
