"""Modules that ``go.mod`` files ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from taskpar_ml.detectors.package_versions import MOST_PACKAGES, locked, wanted
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Resource

_REQUIRED: Final = re.compile(
    r"\s*(?:require\s+)?\"?(?P<path>[\w.~/-]+\.[\w.~/-]+|[\w~-]+)\"?\s+\"?(?P<version>v[\w.+-]+)\"?\s*"
    r"(?P<comment>//.*)?"
)
_BLOCK: Final = re.compile(r"\s*(\w+)\s*\(\s*(?://.*)?")


class GoModules:
    """Finds modules with their versions; one that only others need follows from those."""

    name = "go-modules-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file describes a module."""
        return path.rpartition("/")[2] == "go.mod"

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield modules of every ``require``."""
        return islice(_modules(source.text.removeprefix("\ufeff")), MOST_PACKAGES)


def _modules(text: str) -> Iterator[Resource]:
    block = ""
    for line, written in enumerate(text.splitlines(), 1):
        opened = _BLOCK.fullmatch(written)
        if opened:
            block = opened[1]
        elif written.strip().startswith(")"):
            block = ""
        elif block == "require" or (not block and written.lstrip().startswith("require")):
            found = _REQUIRED.fullmatch(written)
            if found:
                is_indirect = "indirect" in (found["comment"] or "")
                yield (locked if is_indirect else wanted)(found["path"], found["version"], line)
