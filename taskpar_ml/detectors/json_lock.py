"""Packages that lock files in JSON settle on: of npm, Composer and Pipenv."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from taskpar_ml.detectors.json_nodes import read_json
from taskpar_ml.detectors.package_versions import MOST_PACKAGES, locked
from taskpar_ml.detectors.placed_values import Value
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Resource

_FILES: Final = frozenset(
    {"Pipfile.lock", "composer.lock", "npm-shrinkwrap.json", "package-lock.json"}
)
_FOLDER: Final = "node_modules/"


class JsonLock:
    """Finds packages with their versions, those within packages as well."""

    name = "json-lock-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is a lock file."""
        return path.rpartition("/")[2] in _FILES

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield packages; of npm's first format those that are not within others."""
        lock = read_json(source.text)
        if lock is not None:
            yield from islice(_packages(lock), MOST_PACKAGES)


def _packages(lock: Value) -> Iterator[Resource]:
    packages = lock["packages"]
    for path, package in packages.members.items():
        _, folder, name = path.rpartition(_FOLDER)
        if folder and package["version"].text:
            yield locked(name, package["version"].text, package.line)
    if not packages.members:
        for name, package in lock["dependencies"].members.items():
            yield locked(name, package["version"].text, package.line)
    for section in (lock["default"], lock["develop"]):
        for name, package in section.members.items():
            if package["version"].text:
                yield locked(name, package["version"].text.removeprefix("=="), package.line)
    for package in (*packages.items, *lock["packages-dev"].items):
        name = package["name"].text
        if name:
            yield locked(name, package["version"].text, package["name"].line)
