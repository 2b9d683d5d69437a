"""Packages that pnpm settles on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from taskpar_ml.detectors.package_versions import MOST_PACKAGES, locked
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Resource

_PACKAGE: Final = re.compile(
    r"  [\"']?/?(?P<name>(?:@[^/@\"'\s]+/)?[^/@\"'\s]+)[@/](?P<version>\d[^:/(_\"'\s]*).*:"
)


class PnpmLock:
    """Finds packages with their versions.

    They are the keys of ``packages``, as ``/name/1.0.0``, ``/name@1.0.0`` or ``name@1.0.0``. The
    format is written by a program, line by line; to parse it as YAML takes seconds.
    """

    name = "pnpm-lock-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is a lock file."""
        return path.rpartition("/")[2] == "pnpm-lock.yaml"

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield packages."""
        return islice(_packages(source.text), MOST_PACKAGES)


def _packages(text: str) -> Iterator[Resource]:
    is_inside = False
    for at, line in enumerate(text.splitlines(), 1):
        if line and not line[0].isspace():
            is_inside = line.startswith("packages:")
        found = _PACKAGE.fullmatch(line) if is_inside else None
        if found:
            yield locked(found["name"], found["version"], at)
