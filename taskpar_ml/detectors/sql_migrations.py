"""Steps from one schema to the next that are files of SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Migration

_FILE: Final = re.compile(
    r"(?:.*/)?(?:V\d[\w.]*__[^/]+|\d+_[^/]+\.up|\d{12,}[_-][^/]+"
    r"|(?:[\w.-]*migrations?|migrate)/(?:[^/]+/)?\d+[_-][^/]+|migrations/\d+[^/]*/(?:migration|up))\.sql"
)
"""As Flyway, golang-migrate, dbmate, goose, sqlx, Prisma and diesel name them."""


class SqlMigrations:
    """Finds out that a file is a step; which one, and after which, its name says.

    The way back, ``.down.sql``, belongs to the step that it undoes.
    """

    name = "sql-migrations-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is numbered as steps are."""
        return _FILE.fullmatch(path) is not None and not path.endswith((".down.sql", ".undo.sql"))

    def find(self, source: Source) -> Iterator[Migration]:
        """Yield the step, if there is anything in it."""
        if source.content.strip():
            yield Migration("", (), 1)
