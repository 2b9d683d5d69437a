"""By which names a definition can be meant elsewhere, told from the path of its file alone.

Two tasks know only the files that they changed, so an import is not followed to a file: it names
places, a file can be named by places, and the two meet if they have one in common.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from posixpath import dirname, join, normpath
from typing import Final

from taskpar_ml.detectors.languages import Language, language_of

_ROOTS: Final = frozenset(("src", "lib", "python", "packages", "app", "apps"))
"""Directories that are on the path of imports without being part of names."""
_SCRIPTS: Final = frozenset((Language.JAVASCRIPT, Language.TYPESCRIPT, Language.TSX))
_ALIASES: Final = ("@/", "~/", "#/", "src/")
"""How modules of the same project are named without saying where one is."""
_LEVELS: Final = 2
"""Packages above a module that may hand out what it defines."""

PYTHON: Final = "python"
SCRIPT: Final = "script"
GO: Final = "go"


def family_of(path: str) -> str | None:
    """Return which files can name each other's definitions: those of one family."""
    language = language_of(path)
    if language == Language.PYTHON:
        return None if path.endswith(".pyi") else PYTHON
    if language in _SCRIPTS:
        return SCRIPT
    return GO if language == Language.GO else None


def place_of(path: str) -> str:
    """Return the one name of a module: its path without what imports leave out.

    Of Go, that of its package.

    Examples
    --------
    >>> place_of("src/shop/__init__.py"), place_of("web/cart/index.ts"), place_of("api/v3/x.go")
    ('src/shop', 'web/cart', 'api')
    """
    if language_of(path) == Language.GO:
        return "/".join(_without_versions(dirname(path).split("/")))
    stem = path.rpartition(".")[0].removesuffix(".d")
    for last in ("__init__", "index"):
        if stem == last or stem.endswith(f"/{last}"):
            return stem[: -len(last)].rstrip("/")
    return stem


def places_of(path: str) -> Iterator[str]:
    """Yield every place by which an import elsewhere may name a module.

    Examples
    --------
    >>> list(places_of("src/shop/cart.py")), list(places_of("server/storage/mvcc/kv.go"))
    (['src/shop/cart', 'shop/cart'], ['storage/mvcc'])
    """
    place = place_of(path)
    if family_of(path) == GO:
        yield from _go_places(place.split("/") if place else ())
    else:
        yield from _suffixes(place.split("/"))


def packages_of(path: str) -> Iterator[str]:
    """Yield places of the packages above a module, which may hand out what it defines."""
    parts = place_of(path).split("/")
    for level in range(1, _LEVELS + 1):
        if len(parts) > level:
            yield from _suffixes(parts[:-level])


def imported_places(path: str, module: str) -> Iterator[str]:
    """Yield the places that an import in a file may name.

    Examples
    --------
    >>> list(imported_places("src/shop/cart.py", ".tax")), list(imported_places("a.ts", "@/b/c"))
    (['src/shop/tax'], ['b/c'])
    """
    family = family_of(path)
    if family == GO:
        parts = _without_versions(module.split("/"))
        yield from (f"/{parts[-1]}", "/".join(parts[-2:])) if parts else ()
    elif family == SCRIPT:
        yield from _script_places(path, module.partition("?")[0])
    elif module.startswith("."):
        inner = module.lstrip(".")
        directory = dirname(path)
        for _ in range(len(module) - len(inner) - 1):
            directory = dirname(directory)
        yield join(directory, inner.replace(".", "/")).rstrip("/")
    else:
        yield module.replace(".", "/")
        if "." not in module and dirname(path):
            yield join(dirname(path), module)


def _script_places(path: str, module: str) -> Iterator[str]:
    if module.startswith("."):
        place = normpath(join(dirname(path), module))
        # Other endings are no module's, or part of its name.
        yield place_of(place if language_of(place) else f"{place}.js")
        return
    for alias in _ALIASES:
        if module.startswith(alias):
            yield module.removeprefix(alias)


def _suffixes(parts: Sequence[str]) -> Iterator[str]:
    """Yield what a name may leave out at its beginning; of one part alone, only roots."""
    for start in range(len(parts)):
        if start == 0 or len(parts) - start > 1 or _ROOTS.issuperset(parts[:start]):
            yield "/".join(parts[start:])


def _go_places(parts: Sequence[str]) -> Iterator[str]:
    if parts:
        yield f"/{parts[0]}" if len(parts) == 1 else "/".join(parts[-2:])


def _without_versions(parts: Sequence[str]) -> list[str]:
    return [part for part in parts if not (part[:1] == "v" and part[1:].isdigit())]
