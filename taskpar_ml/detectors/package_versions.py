"""What manifests and lock files have in common: a package, its version, its line."""

from __future__ import annotations

import bisect
import re
import tomllib
from typing import Any, Final

from taskpar_ml.domain.code_facts import Resource, ResourceKind

MOST_PACKAGES: Final = 3_000
"""Packages of one file that are named."""


def wanted(name: str, version: str, line: int) -> Resource:
    """Return a package that a manifest asks for."""
    return Resource(ResourceKind.DEPENDENCY, name, True, line, version)


def locked(name: str, version: str, line: int) -> Resource:
    """Return a package that follows from manifests, in the version that was settled on."""
    return Resource(ResourceKind.DEPENDENCY, name, False, line, version)


def python_requirement(written: str) -> tuple[str, str] | None:
    """Return the name of a Python package and what its version must satisfy.

    Names are in the form that PyPI compares them by: ``zope.interface`` is ``zope-interface``.

    Examples
    --------
    >>> python_requirement("Django[argon2] >=5.2,<6 ; python_version > '3.11'")
    ('django', '<6,>=5.2')
    """
    from packaging.requirements import InvalidRequirement, Requirement

    if len(written) > 1_000:
        return None
    try:
        read = Requirement(written)
    except InvalidRequirement:
        return None
    return python_name(read.name), read.url or str(read.specifier)


def python_name(written: str) -> str:
    """Return the name of a Python package in the form that PyPI compares names by."""
    from packaging.utils import canonicalize_name

    return canonicalize_name(written)


def read_toml(text: str) -> dict[str, Any] | None:
    """Return the value of a TOML text, None if it is broken."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    except (RecursionError, ValueError):
        return None


_HEADER: Final = re.compile(r"\s*\[(\[?)([^\]\n]+)\]\]?\s*(?:#.*)?")
_KEY: Final = re.compile(r"\s*[\"']?([\w-]+)[\"']?\s*[.=]")
_TEXT: Final = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'")


class TomlLines:
    """Lines of a TOML file, which its parser does not tell; that of the table if none is found.

    Keys and tables are told by the beginnings of lines, which is how people write them.
    """

    def __init__(self, text: str) -> None:
        self._keys: dict[tuple[str, str], int] = {}
        self._texts: dict[str, list[int]] = {}
        self._tables: dict[str, list[int]] = {}
        table = ""
        for at, line in enumerate(text.split("\n"), 1):
            header = _HEADER.fullmatch(line)
            if header:
                table = re.sub(r"[\"'\s]", "", header[2])
                self._tables.setdefault(table, []).append(at)
                continue
            key = _KEY.match(line)
            if key:
                self._keys.setdefault((table, key[1]), at)
            for found in _TEXT.finditer(line):
                self._texts.setdefault(found[1] or found[2] or "", []).append(at)

    def of_key(self, table: str, key: str) -> int:
        """Return the line of a key, or of a table of its own that it has."""
        own = self._tables.get(f"{table}.{key}") or self._tables.get(table) or [1]
        return self._keys.get((table, key), own[0])

    def of_text(self, text: str, after: int = 1) -> int:
        """Return the first line from another one on that holds a text in quotes."""
        lines = self._texts.get(text, [])
        at = bisect.bisect_left(lines, after)
        return lines[at] if at < len(lines) else after

    def of_tables(self, name: str) -> list[int]:
        """Return the lines where tables of a name begin."""
        return self._tables.get(name, [])
