"""Tables and structs of Rust programs that stand for them: diesel and SeaORM."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.rust_items import Item, attribute_name, items
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Model

_WORDS: Final = (b"table!", b"table_name")
_TABLE: Final = re.compile(r"\btable_name\s*=\s*\"?((?:\w+::|\w+\.)*(\w+))\"?")
_COLUMN: Final = re.compile(r"\bcolumn_name\s*=\s*\"?(?:\w+::)*(\w+)\"?")
_NO_COLUMN: Final = re.compile(r"\b(?:embed|ignore)\b")
_SQL_NAME: Final = re.compile(r"sql_name\s*=\s*\"([^\"]+)\"")
_HEAD: Final = re.compile(r"(?:\w+\s*\.\s*)?(\w+)\s*(?:\([^()]*\))?\s*$")
_ENTRY: Final = re.compile(r"((?:#\s*\[[^\n]*\]\s*)*)(?:r#)?(\w+)\s*->\s*\w")
_COMMENT: Final = re.compile(r"//[^\n]*")


class RustModels(OfLanguages):
    """Finds tables of ``diesel::table!``, and structs that name the table they belong to.

    Columns have the name that they have in the database, where the file says so.

    Source: diesel, ``table!`` and ``#[derive(Queryable)]``; SeaORM, "Entity Structure".
    """

    name = "rust-models-1"
    pattern = ""
    languages = frozenset({Language.RUST})

    def find(self, source: Source) -> Iterator[Model]:
        """Yield models."""
        if not any(word in source.content for word in _WORDS):
            return
        for item in items(source):
            if item.node.type == "struct_item":
                yield from _struct(source, item)
            else:
                yield from _table(source, item.node)


def _struct(source: Source, item: Item) -> Iterator[Model]:
    for each in item.attributes:
        found = None
        if attribute_name(source, each) in ("diesel", "sea_orm", "table_name"):
            found = _TABLE.search(source.written(each))
        if found:
            yield Model(item.name, found[2].lower(), _fields(source, item.node), line_of(item.node))
            return


def _fields(source: Source, struct: Node) -> tuple[str, ...]:
    body = struct.child_by_field_name("body")
    said = ""
    columns: set[str] = set()
    for each in () if body is None else body.named_children:
        if each.type == "attribute_item":
            said += source.written(each)
        elif each.type == "field_declaration":
            name = source.on_one_line(each.child_by_field_name("name")).removeprefix("r#")
            named = _COLUMN.search(said)
            if not _NO_COLUMN.search(said):
                columns.add((named[1] if named else name).lower())
            said = ""
    return tuple(sorted(columns))


def _table(source: Source, node: Node) -> Iterator[Model]:
    call = node.named_children[0] if node.type == "expression_statement" else node
    macro = call.child_by_field_name("macro") if call.type == "macro_invocation" else None
    if macro is None or source.on_one_line(macro).rpartition("::")[2] != "table":
        return
    written = _COMMENT.sub("", source.written(call.named_children[-1]))
    head, _, body = written[1:].partition("{")
    sql_name = _SQL_NAME.search(head)
    named = _HEAD.search(head.rpartition("]")[2] if "#" in head else head)
    if named:
        columns = {
            said[1] if (said := _SQL_NAME.search(entry[1])) else entry[2]
            for entry in _ENTRY.finditer(body)
        }
        table = (sql_name[1] if sql_name else named[1]).lower()
        yield Model(named[1], table, tuple(sorted(columns)), line_of(call))
