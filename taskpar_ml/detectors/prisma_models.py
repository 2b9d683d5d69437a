"""Models of Prisma's schema files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Model

_BEGIN: Final = re.compile(r"\s*(?:model|view)\s+(\w+)\s*\{")
_FIELD: Final = re.compile(r"\s*([A-Za-z]\w*)\s+(\w+)")
_TABLE: Final = re.compile(r"\s*@@map\(\s*(?:name:\s*)?\"([^\"]+)\"")


class PrismaModels:
    """Finds models with the fields that are columns; relations to other models are none.

    Source: Prisma, "Prisma schema reference".
    """

    name = "prisma-models-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is a schema of Prisma."""
        return path.endswith(".prisma")

    def find(self, source: Source) -> Iterator[Model]:
        """Yield models in the order of the file."""
        lines = source.text.split("\n")
        models = {begin[1] for line in lines if (begin := _BEGIN.match(line))}
        name, table, first, columns = "", "", 0, set[str]()
        for at, line in enumerate(lines, 1):
            if begin := _BEGIN.match(line):
                name, table, first, columns = begin[1], "", at, set()
            elif name and line.strip() == "}":
                yield Model(name, table, tuple(sorted(columns)), first)
                name = ""
            elif name and (said := _TABLE.match(line)):
                table = said[1]
            elif name and (field := _FIELD.match(line)) and field[2] not in models:
                columns.add(field[1])
