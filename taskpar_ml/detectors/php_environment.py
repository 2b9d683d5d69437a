"""Variables of the environment that PHP code reads and sets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.php_syntax import arguments_of, literal
from taskpar_ml.detectors.places import nodes_at
from taskpar_ml.detectors.source import Source, line_of, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Resource, ResourceKind

_CALL: Final = re.compile(rb"\b(?:env|getenv|putenv)(?=\()|\bEnv::get(?=\()|\$_ENV(?=\[)")
_WORDS: Final = (b"env(", b"$_ENV[", b"Env::get(")


class PhpEnvironment(OfLanguages):
    """Finds variables whose name is written down: each once as read, once as set."""

    name = "php-environment-1"
    pattern = ""
    languages = frozenset({Language.PHP})

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield variables, each at its first line."""
        if source.tree is None or not any(each in source.content for each in _WORDS):
            return
        seen: set[tuple[str, bool]] = set()
        places = [each.end() for each in _CALL.finditer(source.content)]
        for node in nodes_at(source.tree, places, before=1, after=1):
            name, defines = _variable(node)
            if name and (name, defines) not in seen:
                seen.add((name, defines))
                yield Resource(ResourceKind.VARIABLE, name, defines, line_of(node))


def _variable(node: Node) -> tuple[str, bool]:
    if node.type == "subscript_expression":
        parts = node.named_children
        around = node.parent
        defines = around is not None and (
            around.type == "unset_statement"
            or (
                around.type == "assignment_expression"
                and around.child_by_field_name("left") == node
            )
        )
        is_known = len(parts) == 2 and text_of(parts[0]) == "$_ENV"
        return literal(parts[1]) or "" if is_known else "", defines
    if node.type not in ("function_call_expression", "scoped_call_expression"):
        return "", False
    given = arguments_of(node)
    name = literal(given[0]) or "" if given else ""
    function = node.child_by_field_name("function")
    if function is not None and text_of(function) == "putenv":
        return name.partition("=")[0], True
    return name, False
