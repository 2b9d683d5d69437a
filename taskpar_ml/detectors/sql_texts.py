"""Text that may be SQL, without the parser of SQL as long as there is none."""

from __future__ import annotations

from typing import Final

from taskpar_ml.domain.code_facts import TableUse

HOLE: Final = "hole_of_text"
"""Stands for what is filled in while a program runs; nothing is found of a name that holds it."""


def table_uses(
    text: str, *, heads: bool = True, most_dialects: int | None = None
) -> list[TableUse]:
    """Return what :func:`taskpar_ml.detectors.sql_statements.table_uses` finds."""
    from taskpar_ml.detectors import sql_statements

    if most_dialects is None:
        return sql_statements.table_uses(text, heads=heads)
    return sql_statements.table_uses(text, heads=heads, most_dialects=most_dialects)
