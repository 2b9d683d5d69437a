"""Tables that files of SQL make, change, fill and ask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.source import Source
from taskpar_ml.detectors.sql_texts import HOLE, table_uses
from taskpar_ml.domain.code_facts import TableUse

_DUMPED_ROWS: Final = re.compile(
    r"^(COPY\s[^;\n]*\bFROM\s+stdin\b[^;\n]*;\n)(.*?)(?:^\\\.$|\Z)", re.I | re.M | re.S
)
_COMMAND: Final = re.compile(r"^\\.*$", re.M)
"""A command of psql."""
_BATCH_END: Final = re.compile(r"^[ \t]*GO[ \t]*\r?$", re.I | re.M)
"""Ends a batch of Transact-SQL."""
_DELIMITER: Final = re.compile(r"^[ \t]*DELIMITER\b.*$", re.I | re.M)
"""Tells MySQL's client what ends a statement."""
_TEMPLATE: Final = re.compile(r"\{\{(?:[^{}]|\{[^{}]*\})*+\}\}|\{%[^%]*%\}|\{#[^#]*#\}")
_SIGNS: Final = re.compile(r"\b(?:table|into|from|update|view|index)\b", re.I)


class SqlTables:
    """Finds what every statement does to tables.

    The rows of dumps, commands of clients and the tags of templates are passed over.
    """

    name = "sql-tables-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is SQL."""
        return path.lower().endswith((".sql", ".ddl", ".psql", ".pgsql"))

    def find(self, source: Source) -> Iterator[TableUse]:
        """Yield uses in the order of the file, once for each statement and table."""
        if not _SIGNS.search(source.text):
            return
        yield from table_uses(_without_commands(source.text))


def _without_commands(text: str) -> str:
    """Return statements only, at the lines where they were."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    text = _DUMPED_ROWS.sub(lambda rows: rows[1] + "\n" * rows[2].count("\n"), text)
    text = _COMMAND.sub("", text)
    text = _DELIMITER.sub("", text)
    text = _BATCH_END.sub(";", text)
    if "{{" in text or "{%" in text:
        text = _TEMPLATE.sub(_filled, text)
    return text


def _filled(tag: re.Match[str]) -> str:
    lines = "\n" * tag[0].count("\n")
    return f" {HOLE} {lines}" if tag[0].startswith("{{") else f" {lines}"
