"""Migrations of Knex, Sequelize and TypeORM, and what they do to tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.javascript_syntax import (
    FUNCTIONS,
    JAVASCRIPTS,
    arguments_of,
    dotted,
    is_code,
    literal,
    parameter_of,
    value_of,
    verb_end,
    verb_line,
    verb_of,
)
from taskpar_ml.detectors.source import Source, line_of, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Migration, TableAction, TableUse

_PATTERN: Final = """
(call_expression function: (member_expression) @function) @call
(class_declaration name: (_) @class (class_heritage) @bases)
"""
_ACTIONS: Final = {
    "createTable": TableAction.CREATE,
    "createTableIfNotExists": TableAction.CREATE,
    "createTableLike": TableAction.CREATE,
    "dropTable": TableAction.DROP,
    "dropTableIfExists": TableAction.DROP,
    "alterTable": TableAction.ALTER,
    "table": TableAction.ALTER,
    "renameTable": TableAction.ALTER,
    "addColumn": TableAction.ALTER,
    "addColumns": TableAction.ALTER,
    "changeColumn": TableAction.ALTER,
    "renameColumn": TableAction.ALTER,
    "removeColumn": TableAction.ALTER,
    "dropColumn": TableAction.ALTER,
    "addIndex": TableAction.ALTER,
    "removeIndex": TableAction.ALTER,
    "addConstraint": TableAction.ALTER,
    "removeConstraint": TableAction.ALTER,
    "createForeignKey": TableAction.ALTER,
    "dropForeignKey": TableAction.ALTER,
    "createIndex": TableAction.ALTER,
    "dropIndex": TableAction.ALTER,
}
_CHANGES: Final = re.compile(rb"\.(?:" + "|".join(_ACTIONS).encode() + rb")\(")
_STEP_UP: Final = re.compile(
    rb"(?:exports\.|export (?:async )?function |export const |^[ \t]*(?:async )?)up\b[ \t]*[:(=,]",
    re.MULTILINE,
)
"""How runners are given a step: as an export, or as a member of what is exported."""
_ON_COLUMN: Final = frozenset(
    {"addColumn", "changeColumn", "renameColumn", "removeColumn", "dropColumn"}
)
_BUILDERS: Final = ("schema", "queryInterface", "queryRunner")
"""What tables are built with: Knex, "Schema Builder"; Sequelize, "Migrations"; TypeORM."""
_WORDS: Final = (*(each.encode() for each in _BUILDERS), b"MigrationInterface")
_NO_COLUMNS: Final = frozenset(
    {"index", "unique", "primary", "foreign", "dropIndex", "dropUnique", "dropPrimary"}
    | {"dropForeign", "dropTimestamps", "comment", "engine", "charset", "collate", "inherits"}
    | {"references", "inTable", "onDelete", "onUpdate", "defaultTo", "raw", "withKeyName", "check"}
)
"""Calls within a table of Knex whose first argument is no column of it."""
_STEPS: Final = 100
"""Calls of a chain that are gone down."""


class JavaScriptMigrations(OfLanguages):
    """Finds tables that ``schema``, ``queryInterface`` and ``queryRunner`` change.

    Such a file is a migration if it has a step up. Its class names it with TypeORM,
    elsewhere its file does; what it builds upon is said by the order of names alone. Tables that
    are changed in SQL are left out.
    """

    name = "javascript-migrations-1"
    pattern = ""
    languages = JAVASCRIPTS

    def find(self, source: Source) -> Iterator[Migration | TableUse]:
        """Yield a migration, and every change of a table."""
        content = source.content
        if not any(each in content for each in _WORDS):
            return
        if b"MigrationInterface" not in content and not _CHANGES.search(content):
            return
        named: list[tuple[str, int]] = []
        uses: list[TableUse] = []
        calls: list[tuple[str, Node]] = []
        for found in source.matches(_PATTERN):
            if "class" in found:
                if b"MigrationInterface" in (found["bases"][0].text or b""):
                    named.append((text_of(found["class"][0]), line_of(found["class"][0])))
            else:
                calls.append((verb_of(found["function"][0]), found["call"][0]))
        columns = _columns(calls)
        for verb, call in sorted(calls, key=lambda each: verb_end(each[1])):
            uses += _uses(verb, call, columns)
        yield from (Migration(name, (), line) for name, line in named)
        step = next((at for at in _STEP_UP.finditer(content) if is_code(source, at.end())), None)
        if uses and not named and step is not None:
            yield Migration("", (), content.count(b"\n", 0, step.end()) + 1)
        yield from uses


def _uses(verb: str, call: Node, columns: dict[str, list[tuple[int, str]]]) -> Iterator[TableUse]:
    action = _ACTIONS.get(verb)
    function = call.child_by_field_name("function")
    given = arguments_of(call)
    if action is None or function is None or not given or not _on_builder(function):
        return
    table, named = literal(given[0]), set[str]()
    if table is None:
        options = arguments_of(given[0]) if given[0].type == "new_expression" else given[:1]
        table = literal(value_of(options[0], "name")) if options else None
        if options:
            named.update(_listed(value_of(options[0], "columns")))
    if not table:
        return
    if verb in _ON_COLUMN and len(given) > 1:
        column = literal(given[1])
        if column is None:
            column = literal(_first_option(given[1], "name"))
        named |= {column} if column else set()
    elif verb == "createTable" and len(given) > 1 and given[1].type == "object":
        named.update(_keys(given[1]))
    for each in given[1:]:
        if each.type in FUNCTIONS:
            inner = columns.get(parameter_of(each), [])
            named.update(name for at, name in inner if each.start_byte < at < each.end_byte)
    last = table.rpartition(".")[2].lower()
    yield TableUse(last, action, tuple(sorted({name.lower() for name in named})), verb_line(call))


def _on_builder(function: Node) -> bool:
    """Whether a chain of calls begins at something that tables are built with."""
    node = function.child_by_field_name("object")
    for _ in range(_STEPS):
        if node is None:
            return False
        if node.type == "call_expression":
            node = node.child_by_field_name("function")
            continue
        parts = dotted(node).split(".")
        if any(part in _BUILDERS for part in parts):
            return True
        if parts[0]:
            return False
        node = node.child_by_field_name("object") if node.type == "member_expression" else None
    return False


def _columns(calls: Sequence[tuple[str, Node]]) -> dict[str, list[tuple[int, str]]]:
    """Return by the name of a table builder where which columns are named: ``t.string("a")``."""
    found: dict[str, list[tuple[int, str]]] = {}
    for verb, call in calls:
        function = call.child_by_field_name("function")
        on = None if function is None else function.child_by_field_name("object")
        if on is None or on.type != "identifier" or verb in _NO_COLUMNS:
            continue
        for each in arguments_of(call)[:1]:
            column = literal(each)
            if column:
                found.setdefault(text_of(on), []).append((call.start_byte, column))
    return found


def _keys(node: Node) -> Iterator[str]:
    for each in node.named_children:
        key = each.child_by_field_name("key")
        if key is not None:
            yield literal(key) or text_of(key)


def _listed(node: Node | None) -> Iterator[str]:
    """Yield the names of columns that are listed as objects."""
    for each in node.named_children if node is not None and node.type == "array" else ():
        name = literal(_first_option(each, "name"))
        if name:
            yield name


def _first_option(node: Node, key: str) -> Node | None:
    """Return a value of an object, or of the one that a class is made with."""
    if node.type == "new_expression":
        given = arguments_of(node)
        return value_of(given[0], key) if given else None
    return value_of(node, key)
