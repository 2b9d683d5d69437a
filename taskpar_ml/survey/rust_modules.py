"""Which file a Rust import leads to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from posixpath import basename, dirname, join, normpath
from typing import Final

from taskpar_ml.domain.code_facts import Import

_PACKAGE: Final = re.compile(rb"^\[package\][^\[]*?^name\s*=\s*[\"']([\w-]+)", re.MULTILINE)
_LIBRARY: Final = re.compile(rb"^\[lib\]([^\[]*)", re.MULTILINE)
_SAID: Final = re.compile(rb"^(name|path)\s*=\s*[\"']([^\"'\n]+)", re.MULTILINE)
_ROOTS: Final = ("lib.rs", "main.rs", "mod.rs")
"""Files whose modules lie beside them."""
_TARGETS: Final = frozenset({"benches", "bin", "examples", "tests"})
"""Directories in which every file is a crate of its own."""
_MOST_BYTES: Final = 1 << 16


class RustModules:
    """The modules of a repository by their paths, and its crates by their names.

    Source: Rust Reference, "Modules", "Use declarations"; Cargo, "Package Layout".

    Parameters
    ----------
    paths
        Every file of the repository.
    read
        Returns the beginning of a file, None if there is none.
    """

    def __init__(self, paths: Iterable[str], read: Callable[[str, int], bytes | None]) -> None:
        known = tuple(paths)
        self._files = frozenset(path for path in known if path.endswith(".rs"))
        manifests = [path for path in known if basename(path) == "Cargo.toml"]
        self._crates: dict[str, str] = {}
        self._packages: dict[str, str | None] = {}
        for path in manifests if self._files else ():
            content = read(path, _MOST_BYTES) or b""
            package = _PACKAGE.search(content)
            if package is None:
                continue
            library = _LIBRARY.search(content)
            found: list[tuple[bytes, bytes]] = _SAID.findall(library[1]) if library else []
            said = {key.decode(): value.decode("utf-8", "replace") for key, value in found}
            root = normpath(join(dirname(path), said.get("path", "src/lib.rs")))
            self._packages[dirname(path)] = root if root in self._files else None
            name = said.get("name", package[1].decode()).replace("-", "_")
            if root in self._files:
                self._crates.setdefault(name, root)
        self._libraries = frozenset(self._crates.values())

    def targets(self, path: str, statement: Import) -> tuple[str, ...]:
        """Return the files that an import in a file leads to, none outside the repository.

        A name that is no module leads to the file of the module that it is taken out of.
        """
        if statement.module.startswith("./"):
            place = normpath(join(dirname(path), statement.module))
            return (place,) if place in self._files else ()
        parts = statement.module.split("::")
        found: dict[str, None] = {}
        for name, _ in statement.names:
            target = self._followed(path, parts if name in ("", "*") else [*parts, name])
            if target is not None and target != path:
                found[target] = None
        return tuple(found)

    def _followed(self, path: str, parts: list[str]) -> str | None:
        """Return the file of the innermost module that a path goes through."""
        first, *rest = parts
        at: str | None
        if first == "crate":
            at = self._root(path)
        elif first == "self":
            at = path
        elif first == "super":
            at = self._parent(path)
            while rest and rest[0] == "super" and at is not None:
                at, rest = self._parent(at), rest[1:]
        else:
            at = self._child(path, first) or self._crates.get(first)
        for part in rest:
            inner = None if at is None else self._child(at, part)
            if inner is None:
                break
            at = inner
        return at

    def _child(self, path: str, name: str) -> str | None:
        directory = self._inside(path)
        candidates = (join(directory, f"{name}.rs"), join(directory, name, "mod.rs"))
        return next((each for each in candidates if each in self._files and each != path), None)

    def _inside(self, path: str) -> str:
        """Return the directory that the modules of a module lie in."""
        is_root = basename(path) in _ROOTS or path in self._libraries or self._is_target(path)
        return dirname(path) if is_root else path.removesuffix(".rs")

    def _parent(self, path: str) -> str | None:
        directory = dirname(path)
        if basename(path) == "mod.rs":
            directory = dirname(directory)
        candidates = (*(join(directory, name) for name in _ROOTS), f"{directory}.rs")
        return next((each for each in candidates if each in self._files and each != path), None)

    def _root(self, path: str) -> str | None:
        """Return the root of the crate that a file is part of."""
        if self._is_target(path):
            return path
        directory = dirname(path)
        while directory and directory not in self._packages:
            directory = dirname(directory)
        if directory not in self._packages:
            return None
        parts = path[len(directory) + 1 if directory else 0 :].split("/")
        if parts[:2] == ["src", "bin"] or parts[0] in _TARGETS:
            # A crate of several files has main.rs.
            main = join(directory, *parts[: 3 if parts[0] == "src" else 2], "main.rs")
            return main if main in self._files else None
        main = join(directory, "src/main.rs")
        return self._packages[directory] or (main if main in self._files else None)

    def _is_target(self, path: str) -> bool:
        """Whether a file is the root of a program, an example, a test or a benchmark."""
        directory = dirname(path)
        above, name = dirname(directory), basename(directory)
        if name == "bin" and basename(above) == "src":
            return dirname(above) in self._packages
        return name in _TARGETS and name != "bin" and above in self._packages
