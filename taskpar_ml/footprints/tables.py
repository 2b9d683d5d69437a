"""Database tables that a text names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from taskpar_ml.domain.footprint import Access
from taskpar_ml.footprints.mentions import Mention
from taskpar_ml.footprints.wording import wording_before
from taskpar_ml.repo.snapshot import RepoSnapshot

_QUOTE: Final = r"[`'\"\[]"
_NAME: Final = rf"{_QUOTE}?(?P<table>(?:[a-z_]\w*\.)?[a-z_]\w*)"
_QUOTED: Final = r"[`'\"](?P<table>(?:[a-z_]\w*\.)?[a-z_]\w*)[`'\"]"
_DEFINITIONS: Final = {
    "creates": rf"\bCREATE\s+(?:TEMP(?:ORARY)?\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}",
    "writes": rf"\b(?:ALTER|DROP|TRUNCATE)\s+TABLE\s+(?:IF\s+EXISTS\s+)?{_NAME}",
}
_STATEMENTS: Final = {
    "writes": rf"(?:INSERT\s+INTO|DELETE\s+FROM|UPDATE(?=\s+\S+\s+SET\b))\s+{_NAME}",
    "reads": rf"(?:SELECT\b[^;]{{0,400}}?\bFROM|(?:LEFT|RIGHT|INNER|OUTER)\s+JOIN|JOIN)\s+{_NAME}",
}
_SQL: Final = (
    *((kind, re.compile(text, re.IGNORECASE)) for kind, text in _DEFINITIONS.items()),
    # Prose deletes from carts and selects from lists: these in capitals, or at a code quote.
    *((kind, re.compile(rf"\b(?-i:{text})")) for kind, text in _STATEMENTS.items()),
    *((kind, re.compile(rf"`{text}", re.IGNORECASE)) for kind, text in _STATEMENTS.items()),
)
_SNAKE: Final = r"(?=[a-z]\w*_)\w++"
_PLURAL: Final = r"[a-z]{3,}s"
_PROSE: Final = (
    re.compile(rf"\btables?[ \t]+(?:named[ \t]+|called[ \t]+|for[ \t]+)?{_QUOTED}", re.IGNORECASE),
    re.compile(rf"\btable[ \t]+(?:named|called)[ \t]+{_NAME}", re.IGNORECASE),
    re.compile(rf"\btables?[ \t]+(?P<table>{_SNAKE})"),
    re.compile(rf"\btable[ \t]+for[ \t]+(?:all[ \t]+)?(?P<table>{_SNAKE}|{_PLURAL})\b"),
    re.compile(rf"{_QUOTED}[ \t]+(?:database[ \t]+|db[ \t]+)?tables?\b", re.IGNORECASE),
    re.compile(rf"\b(?P<table>{_SNAKE}|{_PLURAL})[ \t]+(?:database[ \t]+|db[ \t]+)?tables?\b"),
    re.compile(
        rf"\b(?P<table>{_PLURAL})[ \t]+and[ \t]+{_PLURAL}[ \t]+(?:database[ \t]+|db[ \t]+)?tables\b"
    ),
)
_NO_NAME_WORDS: Final = """
    a across an and as at be by exists for from has if in into is it its of on or previous process
    set than that the these this those to two various was whose with
    address bonus class cells columns contents details fields headers indexes lists metrics names
    progress results routes rows settings stats statistics status styles tokens values views
    data dimensions access canvas compress cross less plus
    arguments commands differences examples features flags formats keywords layouts options
    parameters prerequisites shortcuts subquery symbols types variables
"""
_NO_NAMES: Final = frozenset(_NO_NAME_WORDS.split())
"""Words beside "table" that name no table of a database."""
_SQL_BEFORE: Final = re.compile(r"\b(?:CREATE|ALTER|DROP|TRUNCATE)\s+$", re.IGNORECASE)
_BEFORE: Final = 20
"""Characters in which the verb of a statement is looked for."""


def tables_in(text: str, snapshot: RepoSnapshot) -> Iterator[Mention]:
    """Read tables out of SQL statements and of prose ("add a column to the users table")."""
    for kind, pattern in _SQL:
        for found in pattern.finditer(text):
            if name := _table_name(found["table"]):
                access = Access.READ if kind == "reads" else Access.WRITE
                yield Mention(name, access, kind == "creates", found[0])
    for pattern in _PROSE:
        for found in pattern.finditer(text):
            name = _table_name(found["table"])
            if name and not _is_sql(text, found.start()):
                wording = wording_before(text, found.start())
                yield Mention(name, wording.access, wording.makes_it, found[0])


def _table_name(name: str) -> str | None:
    """Return the table without its schema, in lower case, or None for a word that names none."""
    table = name.rpartition(".")[2].lower()
    return None if table in _NO_NAMES or len(table) < 2 else table


def _is_sql(text: str, position: int) -> bool:
    """Whether the word "table" belongs to a statement that was read already."""
    return bool(_SQL_BEFORE.search(text[max(0, position - _BEFORE) : position]))
