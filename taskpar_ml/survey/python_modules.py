"""Which file a Python import leads to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from posixpath import commonpath, dirname, join
from typing import Final

from taskpar_ml.domain.code_facts import Import

_PACKAGE: Final = "__init__.py"
_ASIDE_WORDS: Final = """
    benchmarks doc docs example examples fixtures sample samples scripts test testing tests
"""
_ASIDE: Final = frozenset(_ASIDE_WORDS.split())
"""Directories whose modules are on nobody's path but their own."""


class PythonModules:
    """The modules of a repository by their dotted names.

    A module is named from the directory above its outermost package, as an installed one is, and
    from the root of the repository, for packages without ``__init__.py``. Of several modules of one
    name, in examples say, the one nearest to who imports it is meant.

    Parameters
    ----------
    paths
        Every file of the repository.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        modules = [path for path in paths if path.endswith((".py", ".pyi"))]
        packages = {dirname(path) for path in modules if path.endswith("/" + _PACKAGE)}
        self._files = frozenset(modules)
        self._named: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        """Name to modules, each with the directory that it is named from."""
        for path in modules:
            for root in {_root(path, packages), ""}:
                name = _dotted(path, root)
                if name is not None:
                    self._named[name].append((path, root))

    def targets(self, path: str, statement: Import) -> tuple[str, ...]:
        """Return the files that an import in a file leads to, none outside the repository.

        ``from package import module`` leads to the module; any other name to the file that it is
        taken out of.
        """
        found: dict[str, None] = {}
        for name, _ in statement.names:
            inner = self._inner(path, statement.module, name) if name not in ("", "*") else None
            target = inner or self._module(path, statement.module)
            if target is not None and target != path:
                found[target] = None
        return tuple(found)

    def _inner(self, path: str, module: str, name: str) -> str | None:
        separator = "" if module.endswith(".") else "."
        return self._module(path, f"{module}{separator}{name}")

    def _module(self, path: str, module: str) -> str | None:
        if not module.startswith("."):
            known = [
                each for each, root in self._named.get(module, ()) if _is_within_reach(path, root)
            ]
            return _nearest(path, known) or self._file(
                join(dirname(path), module.replace(".", "/"))
            )
        inner = module.lstrip(".")
        directory = dirname(path)
        for _ in range(len(module) - len(inner) - 1):
            if not directory:
                return None
            directory = dirname(directory)
        return self._file(join(directory, inner.replace(".", "/")) if inner else directory)

    def _file(self, stem: str) -> str | None:
        candidates = (f"{stem}.py", join(stem, _PACKAGE), f"{stem}.pyi")
        return next((each for each in candidates if each in self._files), None)


def _root(path: str, packages: set[str]) -> str:
    """Return the directory above the outermost package that a module is part of."""
    directory = dirname(path)
    while directory in packages:
        directory = dirname(directory)
    return directory


def _is_within_reach(path: str, root: str) -> bool:
    """Whether modules of a directory can be meant in a file: not those of examples elsewhere."""
    parts = root.split("/")
    aside = next((at for at, part in enumerate(parts) if part in _ASIDE), None)
    return aside is None or path.startswith("/".join(parts[: aside + 1]) + "/")


def _dotted(path: str, root: str) -> str | None:
    """Return the name of a module, None for a file that cannot be imported by any."""
    stem = path[len(root) + 1 if root else 0 :].rpartition(".")[0]
    if "." in stem:
        return None
    name = stem.replace("/", ".")
    return name.removesuffix("__init__").rstrip(".") if name.endswith("__init__") else name


def _nearest(path: str, candidates: Sequence[str]) -> str | None:
    """Return the candidate that shares the deepest directory with a file."""
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    return max(candidates, key=lambda each: (_shared(path, each), -len(each)))


def _shared(first: str, second: str) -> int:
    return len(commonpath((dirname("/" + first) or "/", dirname("/" + second) or "/")))
