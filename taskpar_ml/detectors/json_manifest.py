"""Packages that manifests of npm and Composer ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.json_nodes import read_json
from taskpar_ml.detectors.package_versions import MOST_PACKAGES, wanted
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Resource

_SECTIONS: Final = (
    "dependencies",
    "devDependencies",
    "optionalDependencies",
    "peerDependencies",
    "require",
    "require-dev",
)


class JsonManifest:
    """Finds packages with the range of versions that is asked for."""

    name = "json-manifest-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is a manifest."""
        return path.rpartition("/")[2] in {"composer.json", "package.json"}

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield packages of every section; Composer's demands on the platform are none."""
        manifest = read_json(source.text)
        if manifest is None:
            return
        packages = [
            (name, version)
            for section in _SECTIONS
            for name, version in manifest[section].members.items()
            if not section.startswith("require") or "/" in name
        ]
        for name, version in packages[:MOST_PACKAGES]:
            yield wanted(name, version.text, version.line)
