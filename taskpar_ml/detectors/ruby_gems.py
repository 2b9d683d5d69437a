"""Gems that Bundler and gemspecs ask for, and those that a lock file settles on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from taskpar_ml.detectors.package_versions import MOST_PACKAGES, locked, wanted
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Resource

_GEM: Final = re.compile(
    r"^[ \t]*(?:gem|\w+\.add_(?:runtime_|development_)?dependency)[ \t(]+"
    r"[\"'](?P<name>[\w.-]+)[\"']"
    r"(?P<versions>(?:\s*,\s*[\"'][^\"'\n]*[\"'])*)",
    re.MULTILINE,
)
_QUOTED: Final = re.compile(r"[\"']([^\"']*)[\"']")
_LOCKED: Final = re.compile(r"^ {4}(?P<name>[\w.-]+) \((?P<version>[^()\s]+)\)$")


class RubyGems:
    """Finds gems with the versions that are asked for.

    A manifest is read line by line, as people write it, whatever conditions its code has.
    """

    name = "ruby-gems-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is a manifest."""
        name = path.rpartition("/")[2]
        return name in ("Gemfile", "gems.rb") or name.endswith(".gemspec")

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield gems in the order of the file."""
        text, line, at = source.text, 1, 0
        for found in islice(_GEM.finditer(text), MOST_PACKAGES):
            line, at = line + text.count("\n", at, found.start()), found.start()
            versions = _QUOTED.findall(found["versions"])
            yield wanted(found["name"], ", ".join(versions), line)


class RubyGemsLock:
    """Finds gems with their versions."""

    name = "ruby-gems-lock-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is a lock file."""
        return path.rpartition("/")[2] in ("Gemfile.lock", "gems.locked")

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield gems of every source."""
        found = 0
        for line, written in enumerate(source.text.splitlines(), 1):
            gem = _LOCKED.match(written)
            if gem and found < MOST_PACKAGES:
                found += 1
                yield locked(gem["name"], gem["version"], line)
