"""Imports of Python modules."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.places import statements_of
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Import


class PythonImports(OfLanguages):
    """Finds imports wherever they are, also those within functions and under conditions."""

    name = "python-imports-1"
    pattern = ""
    languages = frozenset({Language.PYTHON})

    def find(self, source: Source) -> Iterator[Import]:
        """Yield imports; ``import a.b`` makes ``a`` known, ``import a.b as c`` makes ``c``."""
        if source.tree is None:
            return
        for statement in statements_of(source.tree, source.content, b"import"):
            if statement.type == "import_statement":
                for node in statement.children_by_field_name("name"):
                    module, here = _renamed(source, node)
                    yield Import(module, (("", here or module.partition(".")[0]),), line_of(node))
            elif statement.type == "import_from_statement":
                module_name = statement.child_by_field_name("module_name")
                if module_name is not None:
                    module = _dotted(source, module_name)
                    yield Import(module, _names(source, statement), line_of(statement))


def _names(source: Source, statement: Node) -> tuple[tuple[str, str], ...]:
    if any(child.type == "wildcard_import" for child in statement.named_children):
        return (("*", "*"),)
    renamed = (_renamed(source, node) for node in statement.children_by_field_name("name"))
    return tuple((name, here or name) for name, here in renamed)


def _renamed(source: Source, node: Node) -> tuple[str, str]:
    """Return what is imported, and the name that it gets if it gets another one."""
    if node.type != "aliased_import":
        return _dotted(source, node), ""
    name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
    return "" if name is None else _dotted(source, name), source.on_one_line(alias)


def _dotted(source: Source, node: Node) -> str:
    return "".join(source.written(node).split())
