"""Functions, classes, types and variables of JavaScript and TypeScript modules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.javascript_exports import exported_names, is_exports
from taskpar_ml.detectors.javascript_syntax import (
    FUNCTIONS,
    JAVASCRIPTS,
    assigned,
    bound_names,
    dotted,
    key_of,
    required,
    unwrapped,
)
from taskpar_ml.detectors.source import Source, end_line_of, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Definition, DefinitionKind

_DECLARED: Final = {
    "function_declaration": DefinitionKind.FUNCTION,
    "generator_function_declaration": DefinitionKind.FUNCTION,
    "function_signature": DefinitionKind.FUNCTION,
    "class_declaration": DefinitionKind.CLASS,
    "abstract_class_declaration": DefinitionKind.CLASS,
    "enum_declaration": DefinitionKind.CLASS,
    "interface_declaration": DefinitionKind.TYPE,
    "type_alias_declaration": DefinitionKind.TYPE,
}
_METHODS: Final = frozenset({"method_definition", "method_signature", "abstract_method_signature"})
_FIELDS: Final = frozenset({"field_definition", "public_field_definition"})
_SKIPPED: Final = frozenset({"import_statement", "comment", "if_statement", "empty_statement"})
"""The most frequent statements that define nothing."""
_DEEPEST: Final = 10
"""Namespaces within each other that are looked into."""


class JavaScriptDefinitions(OfLanguages):
    """Finds what modules, their classes and their objects define.

    What is local to a function is nobody else's. Public is what a file exports, by ``export`` or by
    ``module.exports``, what it declares to exist elsewhere, and what it adds to something that it
    does not define. An export without a name is ``default`` or ``module.exports``.

    Definitions lie at the top of a file, so they are gone down to; no pattern has to look for them.
    """

    name = "javascript-definitions-1"
    pattern = ""
    languages = JAVASCRIPTS

    def find(self, source: Source) -> Iterator[Definition]:
        """Yield definitions; overloads of a function each."""
        if source.tree is None:
            return
        statements = source.tree.root_node.named_children
        found = list(_in_statements(source, statements))
        exported = exported_names(source, statements)
        own = {each.name for each in found}
        for each in found:
            root = _root(each.name)
            adds = each.kind == DefinitionKind.METHOD and root not in own
            yield each._replace(public=each.public and (root in exported or adds))


def _root(name: str) -> str:
    return name if name == "module.exports" else name.partition(".")[0]


def _in_statements(
    source: Source,
    statements: Sequence[Node],
    within: str = "",
    depth: int = 0,
    ambient: bool = False,
) -> Iterator[Definition]:
    """Yield definitions; public as far as what encloses them is, all of it where only declared."""
    for statement in statements:
        if statement.type == "export_statement":
            held = statement.child_by_field_name("declaration")
            if held is not None:
                yield from _declaration(source, held, statement, within, depth, ambient)
            elif (held := unwrapped(statement.child_by_field_name("value"))) is not None:
                yield from _value(source, "default", held, statement)
            yield from _renamed(source, statement)
        else:
            for each in _declaration(source, statement, statement, within, depth, ambient):
                yield each._replace(public=each.public and (ambient or not within))


def _declaration(
    source: Source, node: Node, whole: Node, within: str, depth: int, ambient: bool
) -> Iterator[Definition]:
    sort = node.type
    if sort in _SKIPPED:
        return
    name = within + source.on_one_line(node.child_by_field_name("name"))
    if (kind := _DECLARED.get(sort)) is not None:
        yield _definition(name, kind, whole, _signature(source, node))
        if kind == DefinitionKind.CLASS:
            yield from _members(source, node, name)
    elif sort in ("lexical_declaration", "variable_declaration"):
        alone = node.named_child_count == 1
        for each in node.named_children:
            if each.type == "variable_declarator":
                yield from _variable(source, each, whole if alone else each, within)
    elif sort == "expression_statement" and node.named_children:
        inner = node.named_children[0]
        if inner.type == "internal_module":
            yield from _declaration(source, inner, whole, within, depth, ambient)
        elif inner.type == "assignment_expression":
            yield from _assignment(source, inner, whole)
    elif sort == "ambient_declaration":
        for each in node.named_children:
            if each.type == "statement_block":
                yield from _in_statements(source, each.named_children, within, depth + 1, True)
            else:
                yield from _declaration(source, each, whole, within, depth, True)
    elif sort in ("internal_module", "module") and depth < _DEEPEST:
        body = node.child_by_field_name("body")
        quoted = name[len(within) :].startswith(("'", '"'))
        if not quoted:
            yield _definition(name, DefinitionKind.CLASS, whole)
        if body is not None:
            inside = within if quoted else f"{name}."
            yield from _in_statements(source, body.named_children, inside, depth + 1, ambient)


def _variable(source: Source, node: Node, whole: Node, within: str) -> Iterator[Definition]:
    pattern = node.child_by_field_name("name")
    targets, value = assigned(node.child_by_field_name("value"))
    asked = value
    if asked is not None and asked.type == "member_expression":
        asked = asked.child_by_field_name("object")
    if pattern is None or required(asked) is not None:
        return
    if pattern.type != "identifier":
        for _, name in bound_names(pattern):
            yield _definition(within + name, DefinitionKind.VARIABLE, whole)
        return
    name = within + source.written(pattern)
    if value is None:
        yield _definition(name, DefinitionKind.VARIABLE, whole)
    else:
        yield from _value(source, name, value, whole)
    if any(is_exports(each) for each in targets):
        yield from _exported_object(source, value)


def _assignment(source: Source, node: Node, whole: Node) -> Iterator[Definition]:
    targets, value = assigned(node)
    if value is None or required(value) is not None:
        return
    if any(is_exports(each) for each in targets):
        if value.type == "object":
            yield from _exported_object(source, value)
        elif value.type != "identifier":
            yield from _value(source, "module.exports", value, whole)
        return
    for target in targets:
        if target.type != "member_expression":
            continue
        name = dotted(target)
        start, _, last = name.rpartition(".")
        if is_exports(target.child_by_field_name("object")):
            if dotted(value) != last:
                yield from _value(source, last, value, whole)
        elif last == "prototype" and value.type == "object":
            yield from _object(source, value, start)
        elif (
            value.type in FUNCTIONS and start and start != "this" and not start.startswith("this.")
        ):
            name = f"{start.replace('.prototype', '')}.{last}"
            yield _definition(name, DefinitionKind.METHOD, whole, _signature(source, value))


def _value(source: Source, name: str, value: Node, whole: Node) -> Iterator[Definition]:
    """Yield the definition of a name by a value, and the members of that."""
    own = value.child_by_field_name("name")
    if own is not None and name in ("default", "module.exports"):
        name = source.written(own)
    if value.type in FUNCTIONS:
        yield _definition(name, DefinitionKind.FUNCTION, whole, _signature(source, value))
    elif value.type == "class":
        yield _definition(name, DefinitionKind.CLASS, whole, _signature(source, value))
        yield from _members(source, value, name)
    elif not (name == "default" and value.type == "identifier"):
        yield _definition(name, DefinitionKind.VARIABLE, whole)
        if value.type == "object":
            yield from _object(source, value, name)


def _object(source: Source, node: Node, within: str) -> Iterator[Definition]:
    """Yield the functions of an object."""
    for each in node.named_children:
        value = each if each.type == "method_definition" else None
        if each.type == "pair":
            value = unwrapped(each.child_by_field_name("value"))
        if value is not None and (value is each or value.type in FUNCTIONS):
            yield _member(source, each, value, each, within)


def _exported_object(source: Source, node: Node | None) -> Iterator[Definition]:
    """Yield what ``module.exports = {…}`` introduces: every key that has a value of its own."""
    for each in node.named_children if node is not None and node.type == "object" else ():
        if each.type == "method_definition":
            yield _definition(key_of(each), DefinitionKind.FUNCTION, each, _signature(source, each))
        elif each.type == "pair":
            value, key = unwrapped(each.child_by_field_name("value")), key_of(each)
            if value is not None and required(value) is None and dotted(value) != key:
                yield from _value(source, key, value, each)


def _members(source: Source, node: Node, within: str) -> Iterator[Definition]:
    """Yield the methods of a class, each from its first decorator on."""
    body = node.child_by_field_name("body")
    if body is None or body.type != "class_body":
        return
    first: Node | None = None
    for each in body.named_children:
        if each.type == "decorator":
            first = first or each
            continue
        if each.type == "comment":
            continue
        value = each if each.type in _METHODS else None
        if each.type in _FIELDS:
            value = unwrapped(each.child_by_field_name("value"))
        if value is not None and (value is each or value.type in FUNCTIONS):
            yield _member(source, each, value, first or each, within)
        first = None


def _member(source: Source, node: Node, value: Node, first: Node, within: str) -> Definition:
    key = key_of(node)
    hidden = key.startswith(("#", "_")) or any(
        child.type == "accessibility_modifier" and source.written(child) != "public"
        for child in node.children[:3]
    )
    return Definition(
        f"{within}.{key}",
        DefinitionKind.METHOD,
        line_of(first),
        end_line_of(node),
        _signature(source, value),
        not hidden,
    )


def _renamed(source: Source, statement: Node) -> Iterator[Definition]:
    """Yield names that ``export {a as b}`` introduces."""
    if statement.child_by_field_name("source") is not None:
        return
    for clause in statement.named_children:
        for each in clause.named_children if clause.type == "export_clause" else ():
            name, alias = (
                source.on_one_line(each.child_by_field_name(of)) for of in ("name", "alias")
            )
            if alias and alias not in ("default", name):
                yield _definition(alias, DefinitionKind.VARIABLE, each)


def _definition(name: str, kind: DefinitionKind, node: Node, signature: str = "") -> Definition:
    return Definition(name, kind, line_of(node), end_line_of(node), signature)


def _signature(source: Source, node: Node) -> str:
    """Return parameters and result of a function, bases of a class or interface."""
    parameters = node.child_by_field_name("parameters")
    if parameters is not None:
        kinds = (node.child_by_field_name(of) for of in ("type_parameters", "return_type"))
        return source.on_one_line(parameters).join(map(source.on_one_line, kinds))
    alone = node.child_by_field_name("parameter")
    if alone is not None:
        return f"({source.on_one_line(alone)})"
    bases = [
        source.on_one_line(child)
        for child in node.children
        if child.type in ("class_heritage", "extends_type_clause")
    ]
    return " ".join(bases)
