"""Packages that manifests of Cargo ask for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from taskpar_ml.detectors.package_versions import MOST_PACKAGES, TomlLines, read_toml, wanted
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Resource

_SECTIONS: Final = ("dependencies", "dev-dependencies", "build-dependencies")


class CargoManifest:
    """Finds crates with their versions, none where the workspace or a path decides it."""

    name = "cargo-manifest-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is a manifest."""
        return path.rpartition("/")[2] == "Cargo.toml"

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield crates of every section, those of the workspace and of some platforms too."""
        manifest = read_toml(source.text)
        if manifest is not None:
            yield from islice(_crates(manifest, TomlLines(source.text)), MOST_PACKAGES)


def _crates(manifest: dict[str, Any], lines: TomlLines) -> Iterator[Resource]:
    places = [("", manifest), ("workspace.", manifest.get("workspace"))]
    targets = manifest.get("target")
    if isinstance(targets, dict):
        # Tables are named without quotes and white space where their lines are looked up.
        places += [
            (f"target.{''.join(name.replace(chr(34), '').split())}.", target)
            for name, target in targets.items()
        ]
    for prefix, place in places:
        for section in _SECTIONS:
            crates = place.get(section) if isinstance(place, dict) else None
            for name, asked in crates.items() if isinstance(crates, dict) else ():
                yield _crate(name, asked, lines.of_key(f"{prefix}{section}", name))


def _crate(name: str, asked: object, line: int) -> Resource:
    version = asked.get("version", "") if isinstance(asked, dict) else asked
    package = asked.get("package", name) if isinstance(asked, dict) else name
    return wanted(str(package), version if isinstance(version, str) else "", line)
