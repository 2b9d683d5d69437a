"""What Ruby code calls, inherits from and includes."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter, itemgetter
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.places import nodes_before
from taskpar_ml.detectors.ruby_members import members, superclass_of
from taskpar_ml.detectors.ruby_syntax import (
    arguments_of,
    constant_of,
    receiver_of,
    verb_of,
)
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Use

_MIXING: Final = frozenset({"extend", "include", "prepend"})
_LONGEST: Final = 200
"""Bytes of a name; a longer one is an expression."""
_VARIABLES: Final = frozenset(
    {"class_variable", "constant", "global_variable", "identifier", "instance_variable", "self"}
)


class RubyUses(OfLanguages):
    """Finds methods that are called on something or with brackets, superclasses and mixins.

    Of what is called on the result of another call or of an expression the last name is known, and
    is written ``.name``; constants are as written: ``Admin::User.find``. A call with neither a
    receiver nor brackets is not told from a variable, and left out.
    """

    name = "ruby-uses-1"
    pattern = ""
    languages = frozenset({Language.RUBY})

    def find(self, source: Source) -> Iterator[Use]:
        """Yield every name once, at its first line."""
        first: dict[str, int] = {}
        for name, line in sorted(_used(source), key=itemgetter(1)):
            if name:
                first.setdefault(name, line)
        return (Use(name, line) for name, line in first.items())


def _used(source: Source) -> Iterator[tuple[str, int]]:
    tree, content = source.tree, source.content
    if tree is None:
        return
    for member in members(source):
        node = member.node
        if node.type == "class":
            yield superclass_of(node), line_of(node)
        elif node.type == "call" and verb_of(node) in _MIXING and receiver_of(node) is None:
            yield from ((constant_of(each), line_of(each)) for each in arguments_of(node))
    seen: set[bytes] = set()
    calls = nodes_before(tree, content, b".") + nodes_before(tree, content, b"(", tight=True)
    for node in sorted(calls, key=attrgetter("start_byte")):
        # Of ``&.`` a place is within the sign.
        call = node.parent if node.type == "&." else node
        if call is not None and call.type == "call":
            method = call.child_by_field_name("method")
            if method is None:
                continue
            on = call.child_by_field_name("receiver")
            # Of a chain of calls only the last name counts, so that each is looked at once.
            simple = on is None or on.type in _VARIABLES or on.type == "scope_resolution"
            start = call.start_byte if simple else method.start_byte
            if method.end_byte - start > _LONGEST:
                start, simple = method.start_byte, False
            written = content[start : method.end_byte]
            key = written if simple else b"." + written
            if key not in seen:
                seen.add(key)
                yield _name(key, on, method), line_of(method)


def _name(written: bytes, on: Node | None, method: Node) -> str:
    name = "".join(written.decode("utf-8", "replace").split()).replace("&.", ".")
    return "" if on is None and method.type == "constant" else name.removeprefix("::")
