"""Directories that hold a package of their own: those with a manifest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from posixpath import basename, dirname
from typing import Any, Final

from taskpar_ml.detectors.yaml_nodes import read_document
from taskpar_ml.errors import PatternError
from taskpar_ml.repo.globs import matches

_MANIFEST_NAMES: Final = """
    Cargo.toml build.gradle build.gradle.kts composer.json go.mod package.json pom.xml
    pyproject.toml setup.cfg setup.py
"""
_MANIFESTS: Final = frozenset(_MANIFEST_NAMES.split())
_MOST_BYTES: Final = 1 << 18


def package_roots(paths: Iterable[str], read: Callable[[str, int], bytes | None]) -> frozenset[str]:
    """Return the directories below the root that hold a manifest.

    Where a ``package.json`` or ``pnpm-workspace.yaml`` in the root names workspaces, other
    directories with nothing but a ``package.json`` are no packages.

    Parameters
    ----------
    paths
        Every file of the repository.
    read
        Returns the beginning of a file, None if there is none.

    Notes
    -----
    Source: npm, "Workspaces"; pnpm, "pnpm-workspace.yaml".
    """
    found: set[str] = set()
    of_node: set[str] = set()
    for path in paths:
        name = basename(path)
        if name in _MANIFESTS or name.endswith(".gemspec"):
            (of_node if name == "package.json" else found).add(dirname(path))
    workspaces = _workspaces(read) if of_node else ()
    if workspaces:
        of_node = {each for each in of_node if _is_workspace(each, workspaces)}
    return frozenset((found | of_node) - {""})


def _workspaces(read: Callable[[str, int], bytes | None]) -> Sequence[str]:
    """Return the globs of workspaces, those that leave some out with a ``!``."""
    written = list(_of_npm(read("package.json", _MOST_BYTES) or b""))
    document = read_document(
        (read("pnpm-workspace.yaml", _MOST_BYTES) or b"").decode(errors="replace")
    )
    if document is not None:
        written += [each.text for each in document["packages"].items if each.text]
    return written


def _of_npm(raw: bytes) -> Iterator[str]:
    try:
        manifest: Any = json.loads(raw)
    except (RecursionError, ValueError):
        return
    named = manifest.get("workspaces") if isinstance(manifest, dict) else None
    if isinstance(named, dict):
        named = named.get("packages")
    if isinstance(named, list):
        yield from (each for each in named if isinstance(each, str))


def _is_workspace(directory: str, workspaces: Sequence[str]) -> bool:
    """Whether a directory is named, and not left out again."""
    is_in = False
    for glob in workspaces:
        if _names(glob.removeprefix("!"), directory):
            is_in = not glob.startswith("!")
    return is_in


def _names(glob: str, directory: str) -> bool:
    try:
        # What lies below a workspace is none of its own unless the glob says so.
        deep = "**" in glob or directory.count("/") == glob.removeprefix("./").strip("/").count("/")
        return deep and matches(glob, directory)
    except PatternError:
        return False
