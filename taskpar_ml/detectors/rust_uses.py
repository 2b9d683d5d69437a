"""What Rust code calls, builds, implements and decorates with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node, Tree

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.places import nodes_at, nodes_before
from taskpar_ml.detectors.rust_items import dotted, items
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Use

_NAMES: Final = frozenset({"field_expression", "identifier", "scoped_identifier"})
_TYPES: Final = frozenset({"scoped_type_identifier", "type_identifier"})
_BUILT_IN: Final = frozenset(
    b"Err None Ok Self Some assert assert_eq assert_ne cfg debug_assert debug_assert_eq eprintln"
    b" format matches panic print println todo unimplemented unreachable vec write writeln".split()
)
"""What the prelude gives every file. Source: Rust, ``std::prelude`` and macros of ``std``."""
_OPENED: Final = re.compile(rb"[\w>)\]?]\(")
"""What calls look like, and much else."""
_LAST_PATH: Final = re.compile(rb"(?:[A-Za-z_]\w*(?:::|\.))*\.?[A-Za-z_]\w*\Z")
_DOTTED: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_LAST: Final = re.compile(r"[^\W\d]\w*$")
_LONGEST: Final = 200
"""Characters of a dotted name; a longer one is an expression."""


class RustUses(OfLanguages):
    """Finds names that are called, built by a literal, implemented, or called as a macro.

    Paths are dotted: ``users.list``. Of what is called on the result of an expression the last name
    is known, and is written ``.name``.
    """

    name = "rust-uses-1"
    pattern = ""
    languages = frozenset({Language.RUST})

    def find(self, source: Source) -> Iterator[Use]:
        """Yield every name once, at its first line."""
        seen: set[bytes] = set(_BUILT_IN)
        first: dict[str, int] = {}
        for _, written, line in sorted(_used(source)):
            if written not in seen:
                seen.add(written)
                name = _name(written.decode("utf-8", "replace"))
                first[name] = min(line, first.get(name, line))
        return (Use(name, line) for name, line in first.items() if name)


def _used(source: Source) -> Iterator[tuple[int, bytes, int]]:
    """Yield where something is used, its name as written, and its line, in any order."""
    tree, content = source.tree, source.content
    if tree is None:
        return
    places = [each.start() + 1 for each in _OPENED.finditer(content)]
    for at, node in zip(places, nodes_at(tree, places, before=1, after=1), strict=True):
        if node.type == "token_tree":
            # What macros are given is no expression to the grammar.
            start = max(node.start_byte + 1, at - _LONGEST)
            found = _LAST_PATH.search(content, start, at)
            if found is not None:
                line = line_of(node) + content.count(b"\n", node.start_byte, found.start())
                yield found.start(), found[0], line
        elif node.type == "call_expression":
            function = node.child_by_field_name("function")
            if function is not None and function.type == "generic_function":
                function = function.child_by_field_name("function")
            if function is not None and function.type in _NAMES:
                yield _as_used(source, function)
    yield from (_as_used(source, node) for node in _named(source, tree))


def _as_used(source: Source, node: Node) -> tuple[int, bytes, int]:
    return node.start_byte, source.content[node.start_byte : node.end_byte], line_of(node)


def _named(source: Source, tree: Tree) -> Iterator[Node]:
    """Yield the names of macros that are called, of what literals build, and of traits."""
    content = source.content
    for node in nodes_before(tree, content, b"!", tight=True):
        macro = node.child_by_field_name("macro") if node.type == "macro_invocation" else None
        if macro is not None:
            yield macro
    for node in nodes_before(tree, content, b" {"):
        built = node.child_by_field_name("name") if node.type == "struct_expression" else None
        if built is not None and built.type in _TYPES:
            yield built
    for item in items(source):
        trait = item.node.child_by_field_name("trait") if item.node.type == "impl_item" else None
        if trait is not None and trait.type == "generic_type":
            trait = trait.child_by_field_name("type")
        if trait is not None:
            yield trait


def _name(written: str) -> str:
    """Return a dotted name, ``.last`` where its beginning is an expression."""
    if len(written) <= _LONGEST:
        whole = ".".join(part.strip() for part in dotted(written).split("."))
        if _DOTTED.fullmatch(whole):
            return whole
    last = _LAST.search(written, max(0, len(written) - _LONGEST))
    return f".{last[0]}" if last else ""
