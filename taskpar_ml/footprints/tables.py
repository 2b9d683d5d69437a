"""Database tables that a text names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from taskpar_ml.domain.footprint import Access
from taskpar_ml.footprints.mentions import Mention
from taskpar_ml.footprints.wording import access_before
from taskpar_ml.repo.snapshot import RepoSnapshot

_NAME: Final = r"[`'\"\[]?(?P<table>(?:[a-z_]\w*\.)?[a-z_]\w*)[`'\"\]]?"
_SQL: Final = {
    "creates": rf"\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}",
    "writes": (
        rf"\b(?:ALTER\s+TABLE|DROP\s+TABLE(?:\s+IF\s+EXISTS)?|TRUNCATE(?:\s+TABLE)?|"
        rf"INSERT\s+INTO|DELETE\s+FROM|UPDATE(?=\s+\S+\s+SET\b))\s+{_NAME}"
    ),
    "reads": rf"\bSELECT\b[^;]{{0,400}}?\b(?:FROM|JOIN)\s+{_NAME}",
}
_SQL_PATTERNS: Final = {kind: re.compile(text, re.IGNORECASE) for kind, text in _SQL.items()}
_PROSE: Final = (
    re.compile(rf"\btables?\s+(?:named\s+|called\s+|for\s+)?{_NAME}", re.IGNORECASE),
    re.compile(
        r"[`'\"](?P<table>[a-z_]\w*)[`'\"]\s+(?:database\s+|db\s+)?tables?\b", re.IGNORECASE
    ),
    re.compile(r"\b(?P<table>[a-z]\w*(?:_\w+)+|[a-z]{3,}s)\s+(?:database\s+|db\s+)?table\b"),
)
_NO_NAME_WORDS: Final = """
    a all an and are as at be by called creation each existing field fields first for format
    from has have if in instead into is it its layout may more must named new no not of on one
    only or output per row rows same set should shows structure support that the their them then
    there these they this those to two use used using view where which will with without columns
    contents data database headers indexes names results statistics
"""
_NO_NAMES: Final = frozenset(_NO_NAME_WORDS.split())
"""Words after "table" that name none."""


def tables_in(text: str, snapshot: RepoSnapshot) -> Iterator[Mention]:
    """Read tables out of SQL statements and of prose ("add a column to the users table")."""
    for kind, pattern in _SQL_PATTERNS.items():
        for found in pattern.finditer(text):
            if name := _table_name(found["table"]):
                access = Access.READ if kind == "reads" else Access.WRITE
                yield Mention(name, access, kind == "creates", found[0])
    for pattern in _PROSE:
        for found in pattern.finditer(text):
            name = _table_name(found["table"])
            if name and not _is_sql(text, found.start()):
                access, creates = access_before(text, found.start())
                yield Mention(name, access, creates, found[0])


def _table_name(name: str) -> str | None:
    """Return the table without its schema, in lower case, or None for a word that names none."""
    table = name.rpartition(".")[2].lower()
    return None if table in _NO_NAMES or len(table) < 2 else table


def _is_sql(text: str, position: int) -> bool:
    """Whether the word "table" belongs to a statement that was read already."""
    return bool(re.search(r"\b(?:CREATE|ALTER|DROP|TRUNCATE)\s+$", text[:position], re.IGNORECASE))
