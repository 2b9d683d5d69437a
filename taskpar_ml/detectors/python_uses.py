"""What Python code calls, extends and decorates with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import attrgetter
from typing import Final, TypeAlias

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.places import nodes_before
from taskpar_ml.detectors.python_definitions import class_nodes, decorator_nodes
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Use

_DOTTED: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_LONGEST: Final = 200
"""Bytes of a dotted name; a longer one is an expression, and is written ``().last``."""

Used: TypeAlias = dict[str, list[Node]]
"""What is used, as written, with the places in the order of the file."""


class PythonUses(OfLanguages):
    """Finds names that are called, extended or decorated with.

    Of what is called on the result of a call or of an expression the last name is known, and is
    written ``.name``.
    """

    name = "python-uses-1"
    pattern = ""
    languages = frozenset({Language.PYTHON})

    def find(self, source: Source) -> Iterator[Use]:
        """Yield every name once, at its first line."""
        first: dict[str, int] = {}
        for written, nodes in source.once(used).items():
            name = _name(written)
            line = line_of(nodes[0])
            first[name] = min(line, first.get(name, line))
        return (Use(name, line) for name, line in first.items())


def used(source: Source) -> Used:
    """Return what a module calls, extends or decorates with."""
    content = source.content
    found: dict[bytes, list[Node]] = {}
    for node in _used(source):
        start, end = node.start_byte, node.end_byte
        written = content[start:end] if end - start <= _LONGEST else _shortened(node)
        if written in found:
            found[written].append(node)
        else:
            found[written] = [node]
    by_text: Used = {}
    for each, nodes in found.items():
        by_text.setdefault(each.decode("utf-8", "replace"), []).extend(nodes)
    return by_text


def _used(source: Source) -> list[Node]:
    """Return the names of what is used, in the order of the file."""
    if source.tree is None:
        return []
    called = [
        function
        for node in nodes_before(source.tree, source.content, b"(")
        if node.type == "call" and (function := node.child(0)) and function.type in _NAMES
    ]
    others = [each for each in _bases_and_decorators(source) if each.type in _NAMES]
    return sorted((*called, *others), key=attrgetter("start_byte")) if others else called


def _bases_and_decorators(source: Source) -> Iterator[Node]:
    for node in class_nodes(source):
        bases = node.child_by_field_name("superclasses")
        yield from () if bases is None else bases.named_children
    for node in decorator_nodes(source):
        yield from node.named_children[:1]


_NAMES: Final = frozenset({"attribute", "identifier"})


def _shortened(node: Node) -> bytes:
    last = node.child_by_field_name("attribute")
    return (node.text or b"") if last is None else b"()." + (last.text or b"")


def _name(written: str) -> str:
    """Return a dotted name, ``.last`` where its beginning is an expression."""
    if _DOTTED.fullmatch(written):
        return written
    parts = [part.strip() for part in written.split(".")]
    return ".".join(parts) if all(part.isidentifier() for part in parts) else f".{parts[-1]}"
