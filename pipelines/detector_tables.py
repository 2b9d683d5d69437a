"""What SQLite makes of the statements in a file that create tables."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from typing import Final, NamedTuple

from taskpar_ml.domain.code_facts import FileFacts, TableAction

_CREATES: Final = re.compile(r"\s*create\s+table\b", re.I)
_NAMED: Final = re.compile(
    r"\s*create\s+table\s+(?:if\s+not\s+exists\s+)?(?:[\w\"`\[]+\.)?[\"`\[]?(\w+)", re.I
)
_VIEW: Final = re.compile(r"\bview\s+(?:if\s+not\s+exists\s+)?(?:\w+\.)?[\"`]?(\w+)", re.I)
_COMMENT: Final = re.compile(r"\A\s*(?:--[^\n]*\n|/\*.*?\*/|\s+)", re.S)


class Table(NamedTuple):
    """A table that is created, in lower case, its columns sorted."""

    name: str
    columns: tuple[str, ...]


class Executed(NamedTuple):
    """What came of the statements of one file.

    Attributes
    ----------
    tables
        Those that SQLite created.
    refused
        Statements that it does not understand: of another dialect, or a query's result.
    """

    tables: list[Table]
    refused: list[str]


def executed(text: str) -> Executed:
    """Run every statement that creates a table in a database of its own, in memory."""
    found = Executed([], [])
    for statement in _statements(text):
        if not _CREATES.match(statement):
            continue
        with sqlite3.connect(":memory:") as database:
            try:
                database.execute(statement)
                names = "select name from sqlite_master where type = 'table'"
                names += " and name not like 'sqlite_%'"
                for (name,) in database.execute(names).fetchall():
                    rows = database.execute("select name from pragma_table_info(?)", (name,))
                    columns = sorted(column.lower() for (column,) in rows)
                    found.tables.append(Table(name.lower(), tuple(columns)))
            except (sqlite3.Error, sqlite3.Warning):
                found.refused.append(statement)
        database.close()
    return found


def _statements(text: str) -> Iterator[str]:
    held = ""
    for piece in re.split(r"(?<=;)", text):
        held += piece
        if sqlite3.complete_statement(held):
            while comment := _COMMENT.match(held):
                held = held[comment.end() :]
            yield held
            held = ""
    if held.strip():
        while comment := _COMMENT.match(held):
            held = held[comment.end() :]
        yield held


def ours(facts: FileFacts, text: str, refused: list[str]) -> list[Table]:
    """Return the tables with columns that detectors say are created.

    Left out is what SQLite was not asked: new names of tables, which come without columns, views,
    and tables of statements that it refused.
    """
    views = {each.lower() for each in _VIEW.findall(text)}
    unknown = {match[1].lower() for each in refused if (match := _NAMED.match(each))}
    return [
        Table(each.table, each.columns)
        for each in facts.tables
        if each.action == TableAction.CREATE and each.columns and each.table not in views | unknown
    ]
