"""Packages that Yarn settles on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from taskpar_ml.detectors.package_versions import MOST_PACKAGES, locked
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Resource

_ENTRY: Final = re.compile(r"\"?((?:@[^/@\"\s]+/)?[^@\"\s]+)@.*:")
_VERSION: Final = re.compile(r"\s+version:? \"?([^\"\s]+)\"?")
_OWN: Final = "0.0.0-use.local"
"""Version of what lies in the repository itself."""


class YarnLock:
    """Finds packages with their versions, in the old format and in the one that is YAML.

    Both have an entry begin a line and its version follow.
    """

    name = "yarn-lock-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is a lock file."""
        return path.rpartition("/")[2] == "yarn.lock"

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield packages."""
        return islice(_packages(source.text), MOST_PACKAGES)


def _packages(text: str) -> Iterator[Resource]:
    name, begun = "", 1
    for at, line in enumerate(text.splitlines(), 1):
        entry = _ENTRY.fullmatch(line)
        if entry:
            name, begun = entry[1], at
            continue
        version = _VERSION.fullmatch(line) if name else None
        if version:
            if version[1] != _OWN:
                yield locked(name, version[1], begun)
            name = ""
