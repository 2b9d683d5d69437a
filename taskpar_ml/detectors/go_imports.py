"""Imports of Go files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.go_declarations import declarations
from taskpar_ml.detectors.go_literals import literal
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.source import Source, line_of, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Import

_MAJOR_VERSION: Final = re.compile(r"v\d+")
_NO_NAME: Final = re.compile(r"\W")


class GoImports(OfLanguages):
    """Finds imports; one that is there for its effects alone (``_``) gives no names."""

    name = "go-imports-1"
    pattern = ""
    languages = frozenset({Language.GO})

    def find(self, source: Source) -> Iterator[Import]:
        """Yield imports, each with the name that the package most likely has here."""
        for spec in _specs(source):
            module = literal(spec.child_by_field_name("path"))
            name = spec.child_by_field_name("name")
            if module:
                here = package_name(module) if name is None else text_of(name)
                names = {"_": (), ".": (("*", "*"),)}.get(here, (("", here),))
                yield Import(module, names, line_of(spec))


def _specs(source: Source) -> Iterator[Node]:
    for node in declarations(source):
        for each in node.named_children if node.type == "import_declaration" else ():
            if each.type == "import_spec":
                yield each
            elif each.type == "import_spec_list":
                yield from (spec for spec in each.named_children if spec.type == "import_spec")


def package_name(module: str) -> str:
    """Return the name that a package most likely has, going by its path.

    Source: golang.org/x/tools/internal/imports, ``ImportPathToAssumedName``.

    Examples
    --------
    >>> package_name("github.com/go-chi/chi/v5"), package_name("gopkg.in/yaml.v3")
    ('chi', 'yaml')
    """
    *parents, last = module.split("/")
    if parents and _MAJOR_VERSION.fullmatch(last):
        last = parents[-1]
    return _NO_NAME.split(last.removeprefix("go-"))[0]
