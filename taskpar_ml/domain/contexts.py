"""Bounded contexts: the parts of a system between which work rarely meets."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, Protocol


class ContextOrigin(StrEnum):
    """Where a context comes from; the more trusted first."""

    SETTINGS = "settings"
    """Drawn by a person, as globs."""
    OWNERS = "owners"
    """Who answers for the files, by a file of code owners."""
    PACKAGE = "package"
    """A package with a manifest of its own below the root."""
    SERVICE = "service"
    """A directory that is built, deployed or run on its own."""
    IMPORTS = "imports"
    """Files that import each other more than others."""
    DIRECTORY = "directory"


class DrawnContext(NamedTuple):
    """The context of a path, and where it comes from."""

    name: str
    origin: ContextOrigin


class ContextMap(Protocol):
    """Tells which part of a system a path belongs to."""

    def of(self, path: str) -> str | None:
        """Return the context of a path, or None for files of the whole system."""
        ...
