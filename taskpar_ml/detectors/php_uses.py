"""What PHP code calls, makes, extends and uses."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.php_syntax import (
    CALLS,
    CLASSES,
    bases_of,
    members,
)
from taskpar_ml.detectors.places import nodes_before
from taskpar_ml.detectors.source import Source, line_of, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Use

_NAMES: Final = frozenset({"name", "qualified_name"})
_PLAIN: Final = frozenset(
    {"member_access_expression", "name", "qualified_name", "relative_scope", "variable_name"}
)
_LONGEST: Final = 200
"""Bytes of a name; a longer one is an expression."""


class PhpUses(OfLanguages):
    """Finds functions and methods that are called, classes that are made, extended or mixed in.

    Names are as written: ``User::find``, ``$this->users->find``. Of what is called on the result of
    a call or of an expression the last name is known, and is written ``.name``.
    """

    name = "php-uses-1"
    pattern = ""
    languages = frozenset({Language.PHP})

    def find(self, source: Source) -> Iterator[Use]:
        """Yield every name once, at its first line."""
        first: dict[str, int] = {}
        for name, line in sorted(used_names(source), key=itemgetter(1)):
            first.setdefault(name, line)
        return (Use(name, line) for name, line in first.items())


def used_names(source: Source) -> list[tuple[str, int]]:
    """Return the names that a file uses with their lines, in any order."""
    return source.once(_used_names)


def _used_names(source: Source) -> list[tuple[str, int]]:
    return list(_used(source))


def _used(source: Source) -> Iterator[tuple[str, int]]:
    if source.tree is None:
        return
    for member in members(source):
        node = member.node
        if node.type in CLASSES:
            yield from ((base, line_of(node)) for base in bases_of(node))
        elif node.type == "use_declaration":
            for each in node.named_children:
                if each.type in _NAMES:
                    yield text_of(each), line_of(each)
    seen: set[bytes] = set()
    for call in nodes_before(source.tree, source.content, b"(", tight=True):
        if call.type in CALLS:
            yield from _called(source, call, seen)


def _called(source: Source, call: Node, seen: set[bytes]) -> Iterator[tuple[str, int]]:
    if call.type == "object_creation_expression":
        name = next((each for each in call.named_children if each.type in _NAMES), None)
    else:
        name = call.child_by_field_name("name") or call.child_by_field_name("function")
    if name is None or name.type not in _NAMES:
        return
    on = call.child_by_field_name("object") or call.child_by_field_name("scope")
    start = name.start_byte
    is_plain = on is None
    if on is not None and on.type in _PLAIN and name.end_byte - on.start_byte <= _LONGEST:
        written = source.content[on.start_byte : on.end_byte]
        if b"(" not in written and b"[" not in written:
            start, is_plain = on.start_byte, True
    key = source.content[start : name.end_byte]
    if not is_plain:
        key = b"." + key
    if key not in seen:
        seen.add(key)
        yield "".join(key.decode("utf-8", "replace").split()).replace("?->", "->"), line_of(name)
