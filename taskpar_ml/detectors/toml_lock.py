"""Packages that lock files in TOML settle on: of Poetry, uv, PDM, Cargo and the Python standard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from taskpar_ml.detectors.package_versions import MOST_PACKAGES, TomlLines, locked, read_toml
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Resource

_FILES: Final = frozenset({"Cargo.lock", "pdm.lock", "poetry.lock", "pylock.toml", "uv.lock"})


class TomlLock:
    """Finds packages with their versions."""

    name = "toml-lock-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is a lock file."""
        return path.rpartition("/")[2] in _FILES

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield packages; nothing of a file with errors."""
        lock = read_toml(source.text)
        if lock is None:
            return
        lines = TomlLines(source.text)
        for table in ("package", "packages"):
            packages, begun = lock.get(table), lines.of_tables(table)
            if not isinstance(packages, list) or len(packages) != len(begun):
                continue
            found = list(zip(packages, begun, strict=True))
            for package, line in found[:MOST_PACKAGES]:
                if _is_named(package):
                    name, version = package["name"], package.get("version", "")
                    yield locked(name, str(version), lines.of_text(name, line))


def _is_named(package: Any) -> bool:
    return isinstance(package, dict) and isinstance(package.get("name"), str)
