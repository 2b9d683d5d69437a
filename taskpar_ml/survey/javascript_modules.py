"""Which file an import in JavaScript or TypeScript leads to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from posixpath import basename, dirname, join, normpath
from typing import Any, Final

from taskpar_ml.domain.code_facts import Import

_ENDINGS: Final = (
    "",
    ".ts",
    ".tsx",
    ".d.ts",
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    ".mts",
    ".vue",
    ".json",
)
_WRITTEN_AS: Final = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",)}
"""What TypeScript imports by the name of the file that it becomes."""

_INDEXES: Final = tuple(f"/index{ending}" for ending in _ENDINGS[1:8])
_SOURCES: Final = ("src/index", "index", "lib/index", "src/main")
"""Where a package of the same repository begins if its manifest names only what is built."""

_COMMENT: Final = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)
"""Comments and last commas, which TypeScript allows in its settings; strings are kept."""

_MOST_BYTES: Final = 1 << 18


class JavaScriptModules:
    """The modules of a repository, with its packages and the aliases of TypeScript.

    Source: Node.js, "Modules: Packages"; TypeScript, "Module Resolution".

    Parameters
    ----------
    paths
        Every file of the repository.
    read
        Returns the beginning of a file, None if there is none.
    """

    def __init__(self, paths: Iterable[str], read: Callable[[str, int], bytes | None]) -> None:
        self._files = frozenset(paths)
        self._packages: dict[str, str] = {}
        self._aliases: dict[str, list[tuple[str, str]]] = {}
        for path in sorted(self._files):
            name = basename(path)
            if name == "package.json" and "node_modules/" not in path:
                self._add_package(path, _settings(read(path, _MOST_BYTES)))
            elif name.startswith(("tsconfig", "jsconfig")) and name.endswith(".json"):
                self._add_aliases(path, _settings(read(path, _MOST_BYTES)))

    def targets(self, path: str, statement: Import) -> tuple[str, ...]:
        """Return the file that an import in a file leads to, none outside the repository."""
        module = statement.module.partition("?")[0]
        if module.startswith("."):
            found = self._file(normpath(join(dirname(path), module)))
        else:
            found = self._by_alias(path, module) or self._by_package(module)
        return () if found is None or found == path else (found,)

    def _add_package(self, path: str, manifest: Mapping[str, Any]) -> None:
        name = manifest.get("name")
        if isinstance(name, str) and name:
            self._packages.setdefault(name, dirname(path))

    def _add_aliases(self, path: str, settings: Mapping[str, Any]) -> None:
        options = settings.get("compilerOptions")
        if not isinstance(options, dict):
            return
        base = options.get("baseUrl")
        paths = options.get("paths")
        root = normpath(join(dirname(path), base if isinstance(base, str) else "."))
        found = []
        for pattern, targets in paths.items() if isinstance(paths, dict) else ():
            if isinstance(targets, list):
                found += [(pattern, join(root, each)) for each in targets if isinstance(each, str)]
        if isinstance(base, str):
            found.append(("*", join(root, "*")))
        self._aliases.setdefault(dirname(path), []).extend(found)

    def _by_alias(self, path: str, module: str) -> str | None:
        for directory in _above(path):
            for pattern, target in self._aliases.get(directory, ()):
                before, star, after = pattern.partition("*")
                if module == pattern if not star else module.startswith(before):
                    rest = module[len(before) : len(module) - len(after) or None] if star else ""
                    found = self._file(normpath(target.replace("*", rest)))
                    if found is not None:
                        return found
        return None

    def _by_package(self, module: str) -> str | None:
        parts = module.split("/")
        length = 2 if module.startswith("@") else 1
        directory = self._packages.get("/".join(parts[:length]))
        if directory is None:
            return None
        inner = "/".join(parts[length:])
        if inner:
            places = [join(directory, inner), join(directory, "src", inner)]
        else:
            places = [join(directory, each) for each in _SOURCES]
        return next((found for each in places if (found := self._file(each)) is not None), None)

    def _file(self, stem: str) -> str | None:
        """Return the file that is meant by a path without its ending, or by a directory."""
        return next((each for each in _candidates(stem) if each in self._files), None)


def _candidates(stem: str) -> Iterator[str]:
    yield from (stem + ending for ending in _ENDINGS)
    for written, endings in _WRITTEN_AS.items():
        if stem.endswith(written):
            yield from (stem.removesuffix(written) + ending for ending in endings)
    yield from (stem + index for index in _INDEXES)


def _above(path: str) -> Iterator[str]:
    """Yield the directories that a file lies in, the nearest first."""
    directory = dirname(path)
    while directory:
        yield directory
        directory = dirname(directory)
    yield ""


def _settings(raw: bytes | None) -> Mapping[str, Any]:
    """Return an object of JSON with comments, an empty one for anything else."""
    text = _COMMENT.sub(lambda each: each[1] or "", (raw or b"").decode("utf-8", "replace"))
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
