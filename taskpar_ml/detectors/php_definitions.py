"""Classes, functions, methods and constants of PHP files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.php_syntax import (
    CLASSES,
    PhpMember,
    arguments_of,
    literal,
    members,
    name_of,
)
from taskpar_ml.detectors.source import Source, end_line_of, line_of, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Definition, DefinitionKind

_TYPES: Final = frozenset({"interface_declaration", "trait_declaration"})


class PhpDefinitions(OfLanguages):
    """Finds what a file defines, by names without their namespace; interfaces and traits are types.

    What is private or protected is not public. Properties are left out.
    """

    name = "php-definitions-1"
    pattern = ""
    languages = frozenset({Language.PHP})

    def find(self, source: Source) -> Iterator[Definition]:
        """Yield definitions in the order of the file."""
        for member in members(source):
            node, kind = member.node, member.node.type
            if kind in CLASSES:
                what = DefinitionKind.TYPE if kind in _TYPES else DefinitionKind.CLASS
                bases = (each for each in node.named_children if each.type.endswith("_clause"))
                yield from _named(
                    member, name_of(node), what, " ".join(map(source.on_one_line, bases))
                )
            elif kind in ("function_definition", "method_declaration"):
                what = DefinitionKind.METHOD if member.owner else DefinitionKind.FUNCTION
                yield from _named(member, name_of(node), what, _signature(source, node))
            elif kind == "const_declaration":
                for each in node.named_children:
                    if each.type == "const_element" and each.named_children:
                        name = text_of(each.named_children[0])
                        yield from _named(member, name, DefinitionKind.VARIABLE)
            elif kind == "enum_case":
                yield from _named(member, name_of(node), DefinitionKind.VARIABLE)
            elif kind == "expression_statement" and node.named_children:
                yield from _named(member, _made(node.named_children[0]), DefinitionKind.VARIABLE)


def _named(
    member: PhpMember, name: str, kind: DefinitionKind, signature: str = ""
) -> Iterator[Definition]:
    if name:
        node = member.node
        whole = f"{member.owner}.{name}" if member.owner else name
        visible = [each for each in node.children if each.type == "visibility_modifier"]
        public = not visible or text_of(visible[0]) not in ("private", "protected")
        yield Definition(whole, kind, line_of(node), end_line_of(node), signature, public)


def _signature(source: Source, node: Node) -> str:
    parameters = source.on_one_line(node.child_by_field_name("parameters"))
    result = source.on_one_line(node.child_by_field_name("return_type"))
    return f"{parameters}: {result}" if result else parameters


def _made(node: Node) -> str:
    """Return the constant that ``define('NAME', …)`` makes."""
    if node.type != "function_call_expression":
        return ""
    function = node.child_by_field_name("function")
    given = arguments_of(node)
    is_made = function is not None and text_of(function) == "define" and given
    return literal(given[0]) or "" if is_made else ""
