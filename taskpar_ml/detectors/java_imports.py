"""Imports of Java files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Import

_IMPORT: Final = re.compile(r"import\s+(?:static\s+)?([\w$.\s]+?)(\.\s*\*)?\s*;?")
_COMMENT: Final = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


class JavaImports(OfLanguages):
    """Finds imports: ``import a.b.C`` takes ``C`` out of ``a.b``.

    A static one takes a member out of its class.
    """

    name = "java-imports-1"
    pattern = ""
    languages = frozenset({Language.JAVA})

    def find(self, source: Source) -> Iterator[Import]:
        """Yield imports."""
        if source.tree is None:
            return
        for node in source.tree.root_node.named_children:
            if node.type != "import_declaration":
                continue
            found = _IMPORT.fullmatch(_COMMENT.sub(" ", source.written(node)))
            if found is None:
                continue
            written = "".join(found[1].split())
            package, _, name = written.rpartition(".")
            if found[2]:
                yield Import(written, (("*", "*"),), line_of(node))
            elif package and name:
                yield Import(package, ((name, name),), line_of(node))
