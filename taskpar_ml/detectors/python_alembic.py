"""Migrations of Alembic, and the tables that they change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.python_calls import Call, as_call, calls
from taskpar_ml.detectors.python_definitions import assignments, scopes
from taskpar_ml.detectors.python_sqlalchemy_models import column_names
from taskpar_ml.detectors.python_strings import Constants, constants, string_of, strings_of
from taskpar_ml.detectors.source import Source, line_of, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Migration, TableAction, TableUse

_OPERATIONS: Final = {
    "create_table": ("table_name", 0, TableAction.CREATE),
    "drop_table": ("table_name", 0, TableAction.DROP),
    "rename_table": ("old_table_name", 0, TableAction.ALTER),
    "add_column": ("table_name", 0, TableAction.ALTER),
    "alter_column": ("table_name", 0, TableAction.ALTER),
    "drop_column": ("table_name", 0, TableAction.ALTER),
    "create_index": ("table_name", 1, TableAction.ALTER),
    "drop_index": ("table_name", 1, TableAction.ALTER),
    "create_foreign_key": ("source_table", 1, TableAction.ALTER),
    "create_unique_constraint": ("table_name", 1, TableAction.ALTER),
    "create_check_constraint": ("table_name", 1, TableAction.ALTER),
    "create_primary_key": ("table_name", 1, TableAction.ALTER),
    "create_exclude_constraint": ("table_name", 1, TableAction.ALTER),
    "drop_constraint": ("table_name", 1, TableAction.ALTER),
    "create_table_comment": ("table_name", 0, TableAction.ALTER),
    "drop_table_comment": ("table_name", 0, TableAction.ALTER),
    "batch_alter_table": ("table_name", 0, TableAction.ALTER),
}
"""Operations: name and position of the table, and what is done to it.

Source: Alembic, "Operation Reference".
"""

_COLUMN: Final = {
    "add_column": ("column", 1),
    "alter_column": ("column_name", 1),
    "drop_column": ("column_name", 1),
    "create_index": ("columns", 2),
    "create_foreign_key": ("local_cols", 3),
    "create_unique_constraint": ("columns", 2),
    "create_primary_key": ("columns", 2),
}
"""Where operations name the column, or the columns."""


class PythonAlembic(OfLanguages):
    """Finds revisions, those that they follow, and what upgrading does to tables.

    What downgrading does is the reverse of it, and is left out.
    """

    name = "python-alembic-1"
    pattern = ""
    languages = frozenset({Language.PYTHON})

    def find(self, source: Source) -> Iterator[Migration | TableUse]:
        """Yield the revision of a file and the tables that it changes."""
        if b"down_revision" not in source.content:
            return
        known = constants(source)
        revision = _revision(source, known)
        if revision is None:
            return
        yield revision
        batches: list[tuple[Node, str, str]] = []
        for call in _upgrading(source):
            while batches and batches[-1][0].end_byte <= call.node.start_byte:
                batches.pop()
            yield from _operation(call, known, batches)


def _revision(source: Source, known: Constants) -> Migration | None:
    identifier: tuple[str, int] | None = None
    parents: list[str] = []
    for name, node in assignments(source):
        value = node.child_by_field_name("right")
        if name == "revision" and (text := string_of(value, known)):
            identifier = text, line_of(node)
        elif name in {"down_revision", "depends_on"}:
            one, several = string_of(value, known), strings_of(value, known)
            parents += [one] if one else several or ()
    if identifier is None:
        return None
    return Migration(identifier[0], tuple(dict.fromkeys(parents)), identifier[1])


def _upgrading(source: Source) -> Iterator[Call]:
    """Yield operations in the order of the file, without those of functions that downgrade."""
    ends = [
        (each.place.start, each.place.end)
        for each in source.once(scopes)
        if each.place.kind == "function" and each.place.name == "downgrade"
    ]
    waiting = sorted(ends, reverse=True)
    end = 0
    for call in sorted(calls(source, _OPERATIONS), key=lambda each: each.node.start_byte):
        while waiting and waiting[-1][0] <= call.node.start_byte:
            end = max(end, waiting.pop()[1])
        if call.receiver and call.node.start_byte >= end:
            yield call


def _operation(
    call: Call, known: Constants, batches: list[tuple[Node, str, str]]
) -> Iterator[TableUse]:
    """Yield what an operation does; of a batch, remember the table."""
    name, at, action = _OPERATIONS[call.name]
    if call.name == "batch_alter_table":
        table = string_of(call.argument(name, at), known)
        batch = _batch(call)
        if table and batch is not None:
            batches.append((*batch, table))
        return
    table, shift = _batch_table(call, batches), 1
    if table is None:
        table, shift = string_of(call.argument(name, at), known), 0
    if not table:
        return
    yield TableUse(_bare(table), action, _columns(call, known, shift), call.line)
    if call.name == "rename_table" and (new := string_of(call.argument("", 1), known)):
        yield TableUse(_bare(new), action, (), call.line)


def _batch(call: Call) -> tuple[Node, str] | None:
    """Return the statement of a batch and the name that the batch has there."""
    pattern = call.node.parent
    if pattern is None or pattern.type != "as_pattern":
        return None
    alias = pattern.child_by_field_name("alias")
    item = pattern.parent
    clause = None if item is None else item.parent
    statement = None if clause is None else clause.parent
    return None if alias is None or statement is None else (statement, text_of(alias))


def _batch_table(call: Call, batches: list[tuple[Node, str, str]]) -> str | None:
    for statement, name, table in reversed(batches):
        inside = statement.start_byte <= call.node.start_byte < statement.end_byte
        if inside and call.receiver == name:
            return table
    return None


def _columns(call: Call, known: Constants, shift: int) -> tuple[str, ...]:
    if call.name == "create_table":
        return column_names(call, known)
    if call.name not in _COLUMN:
        return ()
    name, at = _COLUMN[call.name]
    argument = call.argument(name, at - shift)
    column = as_call(argument)
    if column is not None:
        argument = column.argument("name", 0)
    one = string_of(argument, known)
    several = (one,) if one else strings_of(argument, known) or ()
    renamed = string_of(call.named.get("new_column_name"), known)
    return tuple(sorted({each.lower() for each in (*several, renamed) if each}))


def _bare(table: str) -> str:
    """Return the name of a table without its schema."""
    return table.rpartition(".")[2].lower()
