"""Which names a JavaScript or TypeScript file hands out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from taskpar_ml.detectors.javascript_syntax import (
    assigned,
    bound_names,
    dotted,
    key_of,
    unwrapped,
)
from taskpar_ml.detectors.source import Source


def exported_names(source: Source, statements: Sequence[Node]) -> set[str]:
    """Return the names of a file's own that it exports, and those under which it exports them."""
    return {name for statement in statements for name in _exported(source, statement)}


def is_exports(node: Node | None) -> bool:
    """Whether a node is ``exports`` or ``module.exports``."""
    return node is not None and dotted(node) in ("exports", "module.exports")


def _exported(source: Source, statement: Node) -> Iterator[str]:
    if statement.type == "export_statement":
        if statement.child_by_field_name("source") is not None:
            return
        held = statement.child_by_field_name("declaration")
        if held is not None:
            yield from _declared(source, held)
        elif (value := unwrapped(statement.child_by_field_name("value"))) is not None:
            yield from _shared(source, value, "default")
        for each in statement.named_children:
            if each.type == "identifier":
                yield source.written(each)
            for specifier in each.named_children if each.type == "export_clause" else ():
                yield source.on_one_line(specifier.child_by_field_name("name"))
                yield source.on_one_line(specifier.child_by_field_name("alias"))
    elif statement.type == "ambient_declaration":
        for each in statement.named_children:
            yield from _declared(source, each)
    elif statement.type == "expression_statement" and statement.named_children:
        targets, value = assigned(statement.named_children[0])
        yield from _assigned(source, targets, value)
    elif statement.type in ("lexical_declaration", "variable_declaration"):
        for each in statement.named_children:
            targets, value = assigned(each.child_by_field_name("value"))
            if any(is_exports(target) for target in targets):
                yield source.on_one_line(each.child_by_field_name("name"))
                yield from _assigned(source, targets, value)


def _declared(source: Source, node: Node) -> Iterator[str]:
    """Yield what a declaration names, that of the statements in ``declare module "x"`` too."""
    if node.type in ("lexical_declaration", "variable_declaration"):
        for each in node.named_children:
            name = each.child_by_field_name("name")
            if name is not None:
                yield from (here for _, here in bound_names(name))
    elif node.type == "statement_block":
        for each in node.named_children:
            yield from _declared(source, each.child_by_field_name("declaration") or each)
    elif node.type == "ambient_declaration":
        for each in node.named_children:
            yield from _declared(source, each)
    else:
        name = node.child_by_field_name("name")
        body = node.child_by_field_name("body")
        if name is not None and name.type == "string" and body is not None:
            yield from _declared(source, body)
        else:
            yield source.on_one_line(name).partition(".")[0]


def _assigned(source: Source, targets: Sequence[Node], value: Node | None) -> Iterator[str]:
    """Yield what ``module.exports = …`` and ``exports.a = …`` hand out."""
    if value is None:
        return
    whole = any(is_exports(target) for target in targets)
    for target in targets:
        parent = target.child_by_field_name("object")
        if not is_exports(target) and is_exports(parent):
            whole = True
            yield dotted(target).rpartition(".")[2]
        elif whole and target.type == "identifier":
            yield source.written(target)
    if not whole:
        return
    yield from _shared(source, value, "module.exports")
    for each in value.named_children if value.type == "object" else ():
        if each.type == "shorthand_property_identifier":
            yield source.written(each)
        elif each.type in ("pair", "method_definition"):
            yield key_of(each)
            held = unwrapped(each.child_by_field_name("value"))
            if held is not None and held.type == "identifier":
                yield source.written(held)


def _shared(source: Source, value: Node, otherwise: str) -> Iterator[str]:
    """Yield the name of a value that is handed out as a whole."""
    name = value.child_by_field_name("name")
    if value.type == "identifier":
        yield source.written(value)
    elif name is not None:
        yield source.written(name)
    else:
        yield otherwise
