"""Variables of the environment that Ruby code reads and sets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.places import nodes_at
from taskpar_ml.detectors.ruby_syntax import arguments_of, literal, receiver_of, verb_of
from taskpar_ml.detectors.source import Source, line_of, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Resource, ResourceKind

_WORD: Final = re.compile(rb"\bENV\s*(?=[\[.&])")
_METHODS: Final = {
    **dict.fromkeys(("fetch", "key?", "has_key?", "include?", "dig", "[]"), False),
    **dict.fromkeys(("delete", "store"), True),
}


class RubyEnvironment(OfLanguages):
    """Finds variables of ``ENV`` whose name is written down: each once as read, once as set."""

    name = "ruby-environment-1"
    pattern = ""
    languages = frozenset({Language.RUBY})

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield variables, each at its first line."""
        if source.tree is None or b"ENV" not in source.content:
            return
        seen: set[tuple[str, bool]] = set()
        places = [each.start() for each in _WORD.finditer(source.content)]
        for node in nodes_at(source.tree, places, before=0, after=3):
            found = _variable(node.parent) if node.type == "constant" else None
            if found is not None and (found.name, found.defines) not in seen:
                seen.add((found.name, found.defines))
                yield found


def _variable(node: Node | None) -> Resource | None:
    if node is None:
        return None
    defines = False
    if node.type == "element_reference":
        inner = node.named_children
        name = literal(inner[1]) if len(inner) == 2 and text_of(inner[0]) == "ENV" else None
        around = node.parent
        if around is not None and around.type in ("assignment", "operator_assignment"):
            defines = around.child_by_field_name("left") == node
    else:
        on, verb, given = receiver_of(node), verb_of(node), arguments_of(node)
        known = on is not None and on.type == "constant" and verb in _METHODS and given
        name = literal(given[0]) if known else None
        defines = _METHODS.get(verb, False)
    return Resource(ResourceKind.VARIABLE, name, defines, line_of(node)) if name else None
