"""Packages that files of requirements of pip ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from taskpar_ml.detectors.package_versions import MOST_PACKAGES, python_requirement, wanted
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Resource

_FILE: Final = re.compile(
    r"(?:.*/)?(?:[\w.-]*(?:requirements|constraints)[\w.-]*|requirements/(?:.*/)?[\w.-]+)"
    r"\.(?:txt|in)"
)
_COMMENT: Final = re.compile(r"(?:^|\s)#.*")
_OPTION: Final = re.compile(r"\s--?[a-z].*")
_NAME: Final = re.compile(r"[A-Za-z0-9]")


class PythonRequirements:
    """Finds packages with what their versions must satisfy; options of pip are passed over."""

    name = "python-requirements-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file bears a name like ``requirements-dev.txt`` or ``requirements/dev.txt``."""
        return _FILE.fullmatch(path) is not None

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield packages."""
        return islice(_packages(source.text.removeprefix("\ufeff")), MOST_PACKAGES)


def _packages(text: str) -> Iterator[Resource]:
    continues = False
    for line, written in enumerate(text.splitlines(), 1):
        continued, continues = continues, written.rstrip().endswith("\\")
        requirement = _OPTION.sub("", _COMMENT.sub("", written).rstrip("\\ \t")).strip()
        if continued or not _NAME.match(requirement):
            continue
        found = python_requirement(requirement)
        if found is not None:
            yield wanted(*found, line)
