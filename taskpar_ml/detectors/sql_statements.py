"""Which tables statements of SQL make, change, fill or ask, whatever the dialect.

Statements are parsed one by one with sqlglot, by the dialect that the text looks like and then by
others; what none of them can parse is left out, as is what goes beyond the bounds below.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator
from typing import Final

from sqlglot import TokenType

from taskpar_ml.detectors.sql_parsing import (
    DIALECTS,
    Statement,
    StatementReader,
    dialect_of,
    first_row,
    without_warnings,
)
from taskpar_ml.detectors.sql_texts import HOLE
from taskpar_ml.detectors.sql_trees import is_temporary, start_of, tables_of, targets_of
from taskpar_ml.domain.code_facts import TableAction, TableUse

_COMMENT_LINE: Final = re.compile(r"^[ \t]*--.*$", re.M)
_SQLITE_OPTION: Final = re.compile(r"\)[ \t]*(?:WITHOUT[ \t]+ROWID|STRICT)\b", re.I)
_MOST_LOOKED_AT: Final = 20_000_000
_NUMBERED: Final = re.compile(r"(?<!\w)[$?](\d+)")
_NUMBER: Final = re.compile(r"_\d+")

_SYSTEM_SCHEMAS: Final = frozenset(
    {"information_schema", "pg_catalog", "sys", "performance_schema"}
)
_SYSTEM_TABLE: Final = re.compile(r"pg_\w+|sqlite_\w+|dual|[#@].*")


def table_uses(
    text: str, *, heads: bool = True, most_dialects: int = len(DIALECTS)
) -> list[TableUse]:
    """Return what statements do to tables; lines count from the beginning of the text.

    Not among them: common table expressions, temporary tables and those of the database itself.
    A view is a table; who refers to a table by a foreign key reads it. Of statements that insert
    rows the first for each table counts.

    Parameters
    ----------
    heads
        Whether a statement that no dialect knows all of gives the table that its first words name,
        without columns.
    most_dialects
        How many dialects are tried, the likeliest first.
    """
    with without_warnings():
        return list(_table_uses(text, heads=heads, most_dialects=most_dialects))


def _table_uses(text: str, *, heads: bool, most_dialects: int) -> Iterator[TableUse]:
    # Not every dialect takes a row of dashes for a comment, and none that is read here knows what
    # SQLite has behind the columns.
    text = _SQLITE_OPTION.sub(")", _without_dollars(_COMMENT_LINE.sub("", text)))
    reader = StatementReader(dialect_of(text), most_dialects)
    ends_of_lines = [found.start() for found in re.finditer("\n", text)]
    temporary: set[str] = set()
    filled: set[str] = set()
    for whole in reader.statements(text):
        first_line = bisect.bisect_left(ends_of_lines, whole.start) + 1
        head = _head(whole, first_line)
        if head is not None and _inserts(whole):
            if head.table in filled:
                continue
            filled.add(head.table)
        statement = first_row(whole)
        parsed = reader.parsed(statement)
        if parsed is None:
            if heads and head is not None:
                yield from _usable([head], temporary)
            continue
        if is_temporary(parsed.tree):
            temporary.update(each.name.lower() for each in targets_of(parsed.tree))
        found = (
            TableUse(
                each.table.name.lower(),
                each.action,
                tuple(sorted({name.lower() for name in each.columns if _is_known(name)})),
                bisect.bisect_left(ends_of_lines, parsed.start + start_of(each.table)) + 1,
            )
            for each in tables_of(parsed.tree)
            if each.table.text("db").lower() not in _SYSTEM_SCHEMAS
        )
        yield from _usable(found, temporary)


def _usable(found: Iterable[TableUse], temporary: set[str]) -> Iterator[TableUse]:
    for each in found:
        named = _is_known(each.table) and not _SYSTEM_TABLE.fullmatch(each.table)
        if named and each.table not in temporary:
            yield each


def _inserts(statement: Statement) -> bool:
    """Whether all that a statement does is to add rows that it holds itself."""
    return statement.tokens[0].token_type == TokenType.INSERT and not any(
        each.token_type == TokenType.SELECT for each in statement.tokens
    )


def _is_known(name: str) -> bool:
    return bool(name) and HOLE not in name and name != "*" and not _NUMBER.fullmatch(name)


def _without_dollars(text: str) -> str:
    """Return a text with names like ``_1`` for numbered placeholders, which few dialects know.

    Behind any other sign of dollar the end of a quotation is looked for, each time to the end of
    the text: where that is too often, they become letters.
    """
    text = _NUMBERED.sub(r"_\1", text)
    return text.replace("$", "_") if text.count("$") * len(text) > _MOST_LOOKED_AT else text


_HEAD: Final = re.compile(
    r"(?:(?P<create>create\s+(?:unlogged\s+)?table)|(?P<alter>alter\s+table)"
    r"|(?P<drop>drop\s+table)|(?P<insert>(?:insert|replace)\s+(?:ignore\s+)?into)"
    r"|(?P<update>update)|(?P<delete>delete\s+from))\s+"
    r"(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?"
    r"(?:[`\"\[]?\w+[`\"\]]?\s*\.\s*)*[`\"\[]?(?P<table>\w++)[`\"\]]?\s*"
    r"(?(create)(?:\(|as\b)"
    r"|(?(alter)(?:add|alter|attach|change|cluster|convert|detach|disable|drop|enable|engine|force"
    r"|inherit|modify|owner|rename|replica|set|validate)\b"
    r"|(?(drop)(?:cascade|restrict|;|\Z)"
    r"|(?(insert)(?:\(|values\b|select\b|default\b)"
    r"|(?(update)set\b|(?:where\b|;|\Z))))))",
    re.I,
)
"""The first words of a statement, with what must follow them."""
_HEAD_ACTIONS: Final = {
    "create": TableAction.CREATE,
    "alter": TableAction.ALTER,
    "drop": TableAction.DROP,
    "insert": TableAction.WRITE,
    "update": TableAction.WRITE,
    "delete": TableAction.WRITE,
}


def _head(statement: Statement, line: int) -> TableUse | None:
    """Return what the first words of a statement say."""
    found = _HEAD.match(statement.text)
    if found is None:
        return None
    action = next(action for verb, action in _HEAD_ACTIONS.items() if found[verb])
    return TableUse(found["table"].lower(), action, (), line)
