"""What JavaScript and TypeScript code calls, makes, extends, decorates with and renders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.javascript_syntax import dotted
from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.domain.code_facts import Use

_CALLS: Final = """
(call_expression function: [(identifier) (member_expression)] @used)
(new_expression constructor: [(identifier) (member_expression)] @used)
(decorator [(identifier) (member_expression)] @used)
"""
_BASES: Final = """
(class_heritage [(identifier) (member_expression)] @used)
"""
_TYPED_BASES: Final = """
(extends_clause value: [(identifier) (member_expression)] @used)
(implements_clause [(type_identifier) (nested_type_identifier) (generic_type name: (_))] @type)
(extends_type_clause
  type: [(type_identifier) (nested_type_identifier) (generic_type name: (_))] @type)
"""
_COMPONENTS: Final = """
(jsx_opening_element name: [(identifier) (member_expression)] @component)
(jsx_self_closing_element name: [(identifier) (member_expression)] @component)
"""
_LOADS: Final = frozenset({"require", ""})
"""Loading is an import; without a name nothing is used."""
_LONGEST_SEEN: Final = 200
"""Bytes of names that are remembered as written, so that a chain of calls is not copied at each."""


class JavaScriptUses:
    """Finds names that are called, made with ``new``, extended, decorated with or rendered.

    Of what is called on the result of a call or of an expression the last name is known, and is
    written ``.name``.
    """

    name = "javascript-uses-1"
    pattern = _CALLS + _BASES + _COMPONENTS
    _languages = frozenset({Language.JAVASCRIPT})

    def reads(self, path: str) -> bool:
        """Whether a file is written in the language of the detector."""
        return language_of(path) in self._languages

    def find(self, source: Source) -> Iterator[Use]:
        """Yield every name once, at its first line."""
        first: dict[str, int] = {}
        for node in _used(source, self.pattern):
            name = dotted(node)
            if name in _LOADS:
                continue
            line = line_of(node)
            if line < first.get(name, line + 1):
                first[name] = line
        return (Use(name, line) for name, line in first.items())


class TypeScriptUses(JavaScriptUses):
    """The same in TypeScript; also what classes implement and interfaces extend."""

    name = "typescript-uses-1"
    pattern = _CALLS + _TYPED_BASES
    _languages = frozenset({Language.TYPESCRIPT})


class TsxUses(TypeScriptUses):
    """The same in TypeScript with components."""

    name = "tsx-uses-1"
    pattern = _CALLS + _TYPED_BASES + _COMPONENTS
    _languages = frozenset({Language.TSX})


def _used(source: Source, pattern: str) -> Iterator[Node]:
    """Yield nodes that are used, of those written alike and at any length the first only."""
    content = source.content
    seen: set[bytes] = set()
    for found in source.matches(pattern):
        if "used" in found:
            node = found["used"][0]
            start, end = node.start_byte, node.end_byte
            if end - start <= _LONGEST_SEEN:
                # The matches of a tree come in its order, so the first is the one to name.
                written = content[start:end]
                if written in seen:
                    continue
                seen.add(written)
            yield node
        elif "component" in found:
            node = found["component"][0]
            # Those in lower case are elements of the page.
            first = content[node.start_byte : node.start_byte + 1]
            if node.type == "member_expression" or first.isupper():
                yield node
        else:
            node = found["type"][0]
            generic = node.type == "generic_type"
            yield (node.child_by_field_name("name") if generic else None) or node
