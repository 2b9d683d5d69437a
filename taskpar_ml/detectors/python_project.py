"""Packages that Python projects ask for, in ``pyproject.toml`` and in Pipfiles."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from taskpar_ml.detectors.package_versions import (
    MOST_PACKAGES,
    TomlLines,
    python_name,
    python_requirement,
    read_toml,
    wanted,
)
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Resource

_LISTS: Final[tuple[tuple[str, ...], ...]] = (
    ("build-system", "requires"),
    ("project", "dependencies"),
    ("project", "optional-dependencies", "*"),
    ("dependency-groups", "*"),
    ("tool", "uv", "dev-dependencies"),
    ("tool", "pdm", "dev-dependencies", "*"),
)
"""Lists of requirements; ``*`` stands for any key."""
_TABLES: Final[tuple[tuple[str, ...], ...]] = (
    ("tool", "poetry", "dependencies"),
    ("tool", "poetry", "dev-dependencies"),
    ("tool", "poetry", "group", "*", "dependencies"),
    ("packages",),
    ("dev-packages",),
)
"""Tables of names and versions, as Poetry and Pipenv have them."""


class PythonProject:
    """Finds packages with what their versions must satisfy, those of groups and extras too."""

    name = "python-project-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file describes a project."""
        return path.rpartition("/")[2] in {"Pipfile", "pyproject.toml"}

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield packages; the interpreter is none."""
        project = read_toml(source.text)
        if project is not None:
            yield from islice(_packages(project, TomlLines(source.text)), MOST_PACKAGES)


def _packages(project: dict[str, Any], lines: TomlLines) -> Iterator[Resource]:
    for keys in _LISTS:
        for names, listed in _at(project, keys):
            after = lines.of_key(".".join(names[:-1]), names[-1])
            for written in listed if isinstance(listed, list) else ():
                found = python_requirement(written) if isinstance(written, str) else None
                if found is not None:
                    after = lines.of_text(written, after)
                    yield wanted(*found, after)
    for keys in _TABLES:
        for names, table in _at(project, keys):
            for name, version in table.items() if isinstance(table, dict) else ():
                if name != "python":
                    line = lines.of_key(".".join(names), name)
                    yield wanted(python_name(name), _version_of(version), line)


def _version_of(written: object) -> str:
    """Return the version in a table's entry, which is a text or a table itself."""
    version = written.get("version", "") if isinstance(written, dict) else written
    return version if isinstance(version, str) else ""


def _at(value: object, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield what lies behind keys, with the keys that led there."""
    found: list[tuple[tuple[str, ...], object]] = [((), value)]
    for key in keys:
        found = [
            ((*names, name), inner)
            for names, table in found
            if isinstance(table, dict)
            for name, inner in table.items()
            if key in {"*", name}
        ]
    yield from found
