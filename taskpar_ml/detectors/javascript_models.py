"""Models of TypeORM, Sequelize and Mongoose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.javascript_syntax import (
    JAVASCRIPTS,
    arguments_of,
    decorators,
    dotted,
    key_of,
    literal,
    value_of,
    verb_of,
)
from taskpar_ml.detectors.source import Source, line_of, on_one_line, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Model

_PATTERN: Final = """
(call_expression function: (member_expression) @function) @call
(variable_declarator name: (identifier) @name value: (new_expression) @made)
"""
_ENTITIES: Final = {
    "Entity": ("name", "tableName"),
    "ViewEntity": ("name",),
    "ChildEntity": (),
    "Table": ("tableName",),
}
"""Decorators of classes, and under which key each says its table."""
_FIELDS: Final = frozenset(
    {"Column", "PrimaryColumn", "PrimaryGeneratedColumn", "ObjectIdColumn", "VersionColumn"}
    | {"CreateDateColumn", "UpdateDateColumn", "DeleteDateColumn", "ViewColumn", "Generated"}
    | {"ManyToOne", "OneToOne", "OneToMany", "ManyToMany", "JoinColumn", "JoinTable", "RelationId"}
    | {"Property", "PrimaryKey", "Enum", "ForeignKey", "BelongsTo", "HasMany", "HasOne"}
)
_CLASSES: Final = frozenset({"class_declaration", "abstract_class_declaration"})


class JavaScriptModels(OfLanguages):
    """Finds classes with the decorators of TypeORM, and what Sequelize and Mongoose define.

    Source: TypeORM, "Entities"; Sequelize, "Model Basics"; Mongoose, "Schemas".
    """

    name = "javascript-models-1"
    pattern = ""
    languages = JAVASCRIPTS

    def find(self, source: Source) -> Iterator[Model]:
        """Yield models with what they say of their tables."""
        content = source.content
        if source.tree is None:
            return
        if any(f"@{each}(".encode() in content for each in _ENTITIES):
            yield from _decorated(source.tree.root_node.named_children)
        if b"equelize" in content and (b".define(" in content or b".init(" in content):
            yield from _defined(source)
        if b"ongoose" in content and b"odel(" in content:
            yield from _documents(source)


def _decorated(statements: Iterable[Node]) -> Iterator[Model]:
    for statement in statements:
        held = statement.child_by_field_name("declaration") or statement
        name = on_one_line(held.child_by_field_name("name"))
        if held.type not in _CLASSES or not name:
            continue
        around = () if held == statement else decorators(statement.named_children)
        for said, given, line in (*around, *decorators(held.named_children)):
            if said in _ENTITIES:
                yield Model(name, _table(said, given), _fields(held), line)
                break


def _table(said: str, given: list[Node]) -> str:
    if given and (table := literal(given[0])) is not None:
        return table
    for options in given:
        for key in _ENTITIES[said]:
            table = literal(value_of(options, key))
            if table is not None:
                return table
    return ""


def _fields(node: Node) -> tuple[str, ...]:
    """Return the members of a class that have the decorator of a column or a relation."""
    body = node.child_by_field_name("body")
    found: set[str] = set()
    for each in body.named_children if body is not None else ():
        if any(said in _FIELDS for said, _, _ in decorators(each.named_children)):
            found.add(key_of(each))
    return tuple(sorted(found))


def _defined(source: Source) -> Iterator[Model]:
    """Yield ``sequelize.define("User", {…}, {tableName})`` and ``User.init({…}, {sequelize})``."""
    for verb, call in _calls(source):
        given = arguments_of(call)
        if verb == "define" and len(given) > 1 and given[1].type == "object":
            name = literal(given[0])
            if name:
                yield Model(name, _named_table(given[2:]), _keys(given[1]), line_of(call))
        elif verb == "init" and len(given) > 1 and given[0].type == given[1].type == "object":
            function = call.child_by_field_name("function")
            name = "" if function is None else dotted(function.child_by_field_name("object"))
            if name and _has(given[1], "sequelize"):
                yield Model(name, _named_table(given[1:]), _keys(given[0]), line_of(call))


def _documents(source: Source) -> Iterator[Model]:
    """Yield ``mongoose.model("User", schema)`` with the fields of the schema."""
    schemas: dict[str, tuple[str, ...]] = {}
    for found in source.matches(_PATTERN):
        if "made" in found:
            made = found["made"][0]
            if dotted(made.child_by_field_name("constructor")).endswith("Schema"):
                given = arguments_of(made)
                schemas[text_of(found["name"][0])] = _keys(given[0]) if given else ()
    for verb, call in _calls(source):
        given = arguments_of(call)
        function = call.child_by_field_name("function")
        on = "" if function is None else dotted(function.child_by_field_name("object"))
        name = literal(given[0]) if len(given) > 1 else None
        if verb == "model" and on.endswith("ongoose") and name:
            table = literal(given[2]) if len(given) > 2 else None
            yield Model(name, table or "", schemas.get(dotted(given[1]), ()), line_of(call))


def _calls(source: Source) -> Iterator[tuple[str, Node]]:
    for found in source.matches(_PATTERN):
        if "call" in found:
            yield verb_of(found["function"][0]), found["call"][0]


def _keys(node: Node) -> tuple[str, ...]:
    if node.type != "object":
        return ()
    return tuple(sorted({key_of(each) for each in node.named_children if each.type == "pair"}))


def _has(node: Node, name: str) -> bool:
    """Whether an object has a key, also one that is short for a variable of its name."""
    return value_of(node, name) is not None


def _named_table(options: Iterable[Node]) -> str:
    for each in options:
        table = literal(value_of(each, "tableName"))
        if table is not None:
            return table
    return ""
