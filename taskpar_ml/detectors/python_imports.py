"""Imports of Python modules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.source import Source, line_of, on_one_line, text_of
from taskpar_ml.domain.code_facts import Import

_PATTERN: Final = """
(import_statement name: (_) @module)
(import_from_statement module_name: (_) @from)
"""


class PythonImports:
    """Finds imports wherever they are, also those within functions and under conditions."""

    name = "python-imports-1"
    pattern = _PATTERN

    def reads(self, path: str) -> bool:
        """Whether a file is Python."""
        return language_of(path) == Language.PYTHON

    def find(self, source: Source) -> Iterator[Import]:
        """Yield imports; ``import a.b`` makes ``a`` known, ``import a.b as c`` makes ``c``."""
        for found in source.matches(self.pattern):
            for node in found.get("module", ()):
                module, here = _renamed(node)
                yield Import(module, (("", here or module.partition(".")[0]),), line_of(node))
            for node in found.get("from", ()):
                statement = node.parent or node
                names = _names(statement.children_by_field_name("name"))
                if any(child.type == "wildcard_import" for child in statement.children):
                    names = (("*", "*"),)
                yield Import("".join(text_of(node).split()), names, line_of(statement))


def _names(nodes: Sequence[Node]) -> tuple[tuple[str, str], ...]:
    renamed = (_renamed(node) for node in nodes)
    return tuple((name, here or name) for name, here in renamed)


def _renamed(node: Node) -> tuple[str, str]:
    """Return what is imported, and the name that it gets if it gets another one."""
    if node.type != "aliased_import":
        return "".join(text_of(node).split()), ""
    name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
    return "".join(on_one_line(name).split()), on_one_line(alias)
