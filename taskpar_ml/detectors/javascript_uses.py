"""What JavaScript and TypeScript code calls, makes, extends, decorates with and renders."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Final

from tree_sitter import Node, Tree

from taskpar_ml.detectors.javascript_calls import calls
from taskpar_ml.detectors.javascript_syntax import dotted_as, is_short
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.places import nodes_at, places_of, statements_of
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Use

_NAMES: Final = frozenset({"identifier", "member_expression"})
_TYPES: Final = frozenset({"type_identifier", "nested_type_identifier", "generic_type"})
_LOADS: Final = frozenset({"require", ""})
"""Loading is an import; without a name nothing is used."""


class JavaScriptUses(OfLanguages):
    """Finds names that are called, made with ``new``, extended, decorated with or rendered.

    Of what is called on the result of a call or of an expression the last name is known, and is
    written ``.name``.
    """

    name = "javascript-uses-1"
    pattern = ""
    languages = frozenset({Language.JAVASCRIPT})
    _has_components = True

    def find(self, source: Source) -> Iterator[Use]:
        """Yield every name once, at its first line."""
        content = source.content
        seen: set[bytes] = set()
        first: dict[str, int] = {}
        nodes = sorted(_used(source, self._has_components), key=attrgetter("start_byte"))
        for node in nodes:
            # What is long is no name: a chain of calls is not copied at each.
            written = content[node.start_byte : node.end_byte] if is_short(node) else b""
            if written:
                # They are in the order of the file, so the first is the one to name.
                if written in seen:
                    continue
                seen.add(written)
            name = dotted_as(node, written.decode("utf-8", "replace"))
            if name in _LOADS:
                continue
            line = line_of(node)
            if line < first.get(name, line + 1):
                first[name] = line
        return (Use(name, line) for name, line in first.items())


class TypeScriptUses(JavaScriptUses):
    """The same in TypeScript; also what classes implement and interfaces extend."""

    name = "typescript-uses-1"
    languages = frozenset({Language.TYPESCRIPT})
    _has_components = False


class TsxUses(TypeScriptUses):
    """The same in TypeScript with components."""

    name = "tsx-uses-1"
    languages = frozenset({Language.TSX})
    _has_components = True


def _used(source: Source, has_components: bool) -> Iterator[Node]:
    """Yield the names of what is used, in any order."""
    tree, content = source.tree, source.content
    if tree is None:
        return
    for call in calls(source):
        function = call.child(0)
        if function is not None and function.type in _NAMES:
            yield function
    for made in statements_of(tree, content, b"new"):
        name = made.child_by_field_name("constructor") if made.type == "new_expression" else None
        if name is not None and name.type in _NAMES:
            yield name
    for decorator in nodes_at(tree, places_of(content, b"@"), before=0, after=2):
        for name in decorator.named_children[:1] if decorator.type == "decorator" else ():
            if name.type in _NAMES:
                yield name
    for word in (b"extends", b"implements"):
        for node in statements_of(tree, content, word):
            yield from _bases(node)
    if has_components and b"<" in content:
        yield from _components(source, tree)


def _bases(node: Node) -> Iterator[Node]:
    """Yield what is extended or implemented; of generic types their names."""
    if node.type == "class_heritage":
        yield from (each for each in node.named_children if each.type in _NAMES)
    elif node.type == "extends_clause":
        values = node.children_by_field_name("value")
        yield from (each for each in values if each.type in _NAMES)
    elif node.type in ("implements_clause", "extends_type_clause"):
        for each in node.named_children:
            if each.type in _TYPES:
                name = each.child_by_field_name("name") if each.type == "generic_type" else each
                yield name or each


def _components(source: Source, tree: Tree) -> Iterator[Node]:
    """Yield components that are rendered; those in lower case are elements of the page."""
    content = source.content
    for node in nodes_at(tree, places_of(content, b"<"), before=0, after=2):
        if node.type in ("jsx_opening_element", "jsx_self_closing_element"):
            name = node.child_by_field_name("name")
            if name is None or name.type not in _NAMES:
                continue
            first = content[name.start_byte : name.start_byte + 1]
            if name.type == "member_expression" or first.isupper():
                yield name
