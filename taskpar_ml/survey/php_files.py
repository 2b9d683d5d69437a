"""Which file PHP code loads for a class, or requires."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from posixpath import basename, dirname, join, normpath
from typing import Any, Final

from taskpar_ml.domain.code_facts import Import

_MOST_BYTES: Final = 1 << 18
_HERE: Final = "namespace\\"


class PhpFiles:
    """The files of a repository by the classes that Composer finds in them.

    Source: PHP-FIG, "PSR-4: Autoloader"; Composer, "The composer.json schema".

    Parameters
    ----------
    paths
        Every file of the repository.
    read
        Returns the beginning of a file, None if there is none.
    """

    def __init__(self, paths: Iterable[str], read: Callable[[str, int], bytes | None]) -> None:
        self._files = frozenset(paths)
        self._roots: list[str] = []
        self._prefixes: list[tuple[str, str]] = []
        for path in sorted(self._files):
            if basename(path) == "composer.json" and "vendor/" not in path:
                self._roots.append(dirname(path))
                self._prefixes += _prefixes(dirname(path), read(path, _MOST_BYTES))
        # The longest prefix that fits decides.
        self._prefixes.sort(key=lambda each: (-len(each[0]), each))

    def targets(self, path: str, statement: Import) -> tuple[str, ...]:
        """Return the file that an import in a file leads to, none outside the repository."""
        module = statement.module
        if module.endswith(".php"):
            places = self._required(path, module)
        elif module.startswith(_HERE):
            places = iter([join(dirname(path), module.removeprefix(_HERE) + ".php")])
        else:
            places = self._loaded(module)
        found = next((each for each in places if each in self._files), None)
        return () if found is None or found == path else (found,)

    def _required(self, path: str, module: str) -> Iterator[str]:
        yield normpath(join(dirname(path), module))
        if not module.startswith("."):
            around = [each for each in self._roots if not each or path.startswith(f"{each}/")]
            yield from (join(each, module) for each in sorted(around, key=len, reverse=True))

    def _loaded(self, module: str) -> Iterator[str]:
        name = module.lstrip("\\")
        for prefix, directory in self._prefixes:
            if name.startswith(prefix):
                inner = name[len(prefix) :].replace("\\", "/")
                yield normpath(join(directory, f"{inner}.php"))


def _prefixes(root: str, raw: bytes | None) -> Iterator[tuple[str, str]]:
    """Yield prefixes of names with the directories that they stand for."""
    try:
        manifest: Any = json.loads(raw or b"")
    except (RecursionError, ValueError):
        return
    for section in ("autoload", "autoload-dev"):
        loaded = manifest.get(section) if isinstance(manifest, dict) else None
        known = loaded.get("psr-4") if isinstance(loaded, dict) else None
        for prefix, written in known.items() if isinstance(known, dict) else ():
            for each in written if isinstance(written, list) else [written]:
                if isinstance(each, str):
                    yield prefix, normpath(join(root, each))
