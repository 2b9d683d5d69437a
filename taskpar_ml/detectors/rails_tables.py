"""Models of Rails, its migrations and schemas, and what they do to tables."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.ruby_members import members, superclass_of
from taskpar_ml.detectors.ruby_syntax import (
    arguments_of,
    block_of,
    block_parameter,
    literal,
    literals,
    option,
    options_of,
    receiver_of,
    verb_of,
)
from taskpar_ml.detectors.source import Source, line_of, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Migration, Model, TableAction, TableUse

_BASES: Final = re.compile(r"(?:ActiveRecord::Base|(?:\w+::)*\w*ApplicationRecord)")
_STEP: Final = re.compile(r"ActiveRecord::Migration\b")
_CHANGES: Final = {
    "create_table": TableAction.CREATE,
    "create_join_table": TableAction.CREATE,
    "drop_table": TableAction.DROP,
    "drop_join_table": TableAction.DROP,
    **dict.fromkeys(
        (
            *("change_table", "rename_table", "add_column", "add_columns", "remove_column"),
            *("remove_columns", "rename_column", "change_column", "change_column_default"),
            *("change_column_null", "change_column_comment", "add_index", "remove_index"),
            *("rename_index", "add_reference", "add_belongs_to", "remove_reference"),
            *("remove_belongs_to", "add_foreign_key", "remove_foreign_key", "add_timestamps"),
            *("remove_timestamps", "add_check_constraint", "remove_check_constraint"),
            *("change_table_comment", "validate_foreign_key", "add_concurrent_index"),
        ),
        TableAction.ALTER,
    ),
}
"""Source: Rails, ``ActiveRecord::ConnectionAdapters::SchemaStatements``."""
_CALL: Final = re.compile(rb"\b(?:" + "|".join(_CHANGES).encode() + rb")\b")
_ON_COLUMNS: Final = {
    "add_column": 1,
    "remove_column": 1,
    "rename_column": 2,
    "change_column": 1,
    "change_column_default": 1,
    "change_column_null": 1,
    "add_columns": 9,
    "remove_columns": 9,
}
"""How many arguments behind the table are columns."""
_REFERENCES: Final = frozenset({"references", "belongs_to", "remove_references"})
_NO_COLUMNS: Final = frozenset(
    {"index", "remove_index", "foreign_key", "check_constraint", "primary_key", "comment"}
    | {"remove_foreign_key", "exclusion_constraint", "unique_constraint", "change_default"}
)
_TIMESTAMPS: Final = ("created_at", "updated_at")


class RailsModels(OfLanguages):
    """Finds classes of Active Record, and their tables where a class names its own.

    Their columns are those of the table, which the schema tells.
    """

    name = "rails-models-1"
    pattern = ""
    languages = frozenset({Language.RUBY})

    def find(self, source: Source) -> Iterator[Model]:
        """Yield models; a class that is abstract has no table."""
        if b"Record" not in source.content:
            return
        tables: dict[str, str] = {}
        abstract = set()
        for member in members(source):
            node = member.node
            if node.type != "class" or not _BASES.fullmatch(superclass_of(node)):
                continue
            body = node.child_by_field_name("body")
            for each in () if body is None else body.named_children:
                if verb_of(each) == "primary_abstract_class":
                    abstract.add(member.name)
                name, value = _setting(each)
                if name == "table_name" and (table := literal(value)):
                    tables[member.name] = table.rpartition(".")[2].lower()
                elif name == "abstract_class":
                    abstract.add(member.name)
            if member.name and member.name not in abstract:
                yield Model(member.name, tables.get(member.name, ""), (), line_of(node))


def _setting(node: Node) -> tuple[str, Node | None]:
    """Return the name and the value of ``self.table_name = "users"``."""
    left = node.child_by_field_name("left") if node.type == "assignment" else None
    if left is None or left.type != "call":
        return "", None
    on = receiver_of(left)
    name = verb_of(left) if on is not None and on.type == "self" else ""
    return name, node.child_by_field_name("right")


class RailsMigrations(OfLanguages):
    """Finds migrations and what they do to tables, schemas included.

    What a migration does when it is taken back is left out. What it builds upon is said by the
    order of names alone.
    """

    name = "rails-migrations-1"
    pattern = ""
    languages = frozenset({Language.RUBY})

    def find(self, source: Source) -> Iterator[Migration | TableUse]:
        """Yield a migration, and every change of a table."""
        content = source.content
        if source.tree is None or b"ActiveRecord::" not in content:
            return
        is_step, back = False, list[tuple[int, int]]()
        if b"Migration" in content:
            for member in members(source):
                node = member.node
                if node.type == "class" and _STEP.match(_superclass(source, node)):
                    is_step = True
                    yield Migration("", (), line_of(node))
                elif node.type.endswith("method") and _name(node) == "down":
                    back.append((node.start_byte, node.end_byte))
        if not is_step and b"ActiveRecord::Schema" not in content:
            return
        find = source.tree.root_node.descendant_for_byte_range
        for match in _CALL.finditer(content):
            word = find(match.start(), match.end())
            call = word.parent if word is not None and word.type == "identifier" else None
            if call is None or call.type != "call" or call.child_by_field_name("method") != word:
                continue
            at = bisect(back, (match.start(), len(content))) - 1
            if at < 0 or back[at][1] <= match.start():
                yield from _uses(call)


def _name(node: Node) -> str:
    name = node.child_by_field_name("name")
    return "" if name is None else text_of(name)


def _superclass(source: Source, node: Node) -> str:
    return source.on_one_line(node.child_by_field_name("superclass")).removeprefix("<").strip()


def _uses(call: Node) -> Iterator[TableUse]:
    verb, given = verb_of(call), arguments_of(call)
    table = literal(given[0]) if given else None
    if not table:
        return
    columns: set[str] = set()
    if verb.endswith("join_table"):
        other = literal(given[1]) if len(given) > 1 else None
        named = literal(option(call, "table_name"))
        if not other and not named:
            return
        # Source: Rails, ``find_join_table_name``; what both begin with stands once.
        table = named or "_".join(sorted((table, other or "")))
    elif verb in _ON_COLUMNS:
        count = _ON_COLUMNS[verb]
        columns.update(name for each in given[1 : 1 + count] if (name := literal(each)))
    elif verb.endswith(("reference", "belongs_to")) and len(given) > 1:
        columns.update(_reference(literal(given[1]), call))
    elif verb.endswith("timestamps"):
        columns.update(_TIMESTAMPS)
    elif verb in ("add_index", "remove_index"):
        columns.update(literals(given[1]) if len(given) > 1 else literals(option(call, "column")))
    elif verb in ("create_table", "change_table"):
        columns.update(_columns(call))
    lowered = tuple(sorted(name.lower() for name in columns))
    yield TableUse(table.rpartition(".")[2].lower(), _CHANGES[verb], lowered, line_of(call))
    if verb == "rename_table" and len(given) > 1 and (new := literal(given[1])):
        yield TableUse(new.rpartition(".")[2].lower(), TableAction.ALTER, (), line_of(call))


def _columns(call: Node) -> Iterator[str]:
    """Yield the columns that a block names: ``t.string :name``."""
    table = block_parameter(call)
    for each in block_of(call):
        on = receiver_of(each)
        if on is None or not table or text_of(on) != table:
            continue
        verb = verb_of(each)
        if verb == "timestamps":
            yield from _TIMESTAMPS
        elif verb in _REFERENCES:
            for argument in arguments_of(each):
                yield from _reference(literal(argument), each)
        elif verb not in _NO_COLUMNS:
            given = [name for argument in arguments_of(each) if (name := literal(argument))]
            # ``t.column :name, :string``
            yield from given[: 1 if verb in ("column", "change") else None]


def _reference(name: str | None, call: Node) -> Iterator[str]:
    if name:
        yield f"{name}_id"
        if any(each.key == "polymorphic" for each in options_of(call)):
            yield f"{name}_type"
