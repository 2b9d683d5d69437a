"""Classes, modules, methods and constants of Ruby files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.ruby_members import Member, members
from taskpar_ml.detectors.ruby_syntax import (
    arguments_of,
    constant_of,
    dotted,
    literal,
    receiver_of,
    verb_of,
)
from taskpar_ml.detectors.source import Source, end_line_of, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Definition, DefinitionKind

_ATTRIBUTES: Final = frozenset(
    {"attr", "attr_accessor", "attr_reader", "attr_writer", "cattr_accessor", "mattr_accessor"}
    | {"class_attribute", "define_method", "thread_mattr_accessor"}
)


class RubyDefinitions(OfLanguages):
    """Finds what files, classes and modules define, attributes included.

    Methods of classes and of their instances have the same form, ``User.find``. A module is a type.
    """

    name = "ruby-definitions-1"
    pattern = ""
    languages = frozenset({Language.RUBY})

    def find(self, source: Source) -> Iterator[Definition]:
        """Yield definitions in the order of the file."""
        for member in members(source):
            kind = member.node.type
            if kind in ("class", "module") or member.is_made:
                yield from _class(source, member)
            elif kind in ("method", "singleton_method"):
                yield from _method(source, member)
            elif kind == "assignment":
                name = dotted(constant_of(member.node.child_by_field_name("left")))
                yield _defined(member, name, DefinitionKind.VARIABLE)
            elif verb_of(member.node) in _ATTRIBUTES and receiver_of(member.node) is None:
                for attribute in map(literal, arguments_of(member.node)):
                    if attribute:
                        yield _defined(member, attribute, DefinitionKind.METHOD)


def _class(source: Source, member: Member) -> Iterator[Definition]:
    node = member.node
    kind = DefinitionKind.TYPE if node.type == "module" else DefinitionKind.CLASS
    signature = source.on_one_line(node.child_by_field_name("superclass"))
    made = node.child_by_field_name("right") if member.is_made else None
    if made is not None:
        signature = source.on_one_line(made.child_by_field_name("arguments"))
        if constant_of(receiver_of(made)) == "Module":
            kind = DefinitionKind.TYPE
    if name := member.name:
        first, last = line_of(node), end_line_of(node)
        yield Definition(name, kind, first, last, signature, member.public)


def _method(source: Source, member: Member) -> Iterator[Definition]:
    node = member.node
    on = node.child_by_field_name("object")
    owner = member.owner
    if on is not None and on.type == "constant" and owner.rpartition(".")[2] != source.written(on):
        owner = f"{owner}.{source.written(on)}" if owner else source.written(on)
    kind = DefinitionKind.METHOD if owner or on is not None else DefinitionKind.FUNCTION
    name = source.on_one_line(node.child_by_field_name("name"))
    signature = source.on_one_line(node.child_by_field_name("parameters"))
    if name:
        yield _defined(member._replace(owner=owner), name, kind, signature)


def _defined(member: Member, name: str, kind: DefinitionKind, signature: str = "") -> Definition:
    whole = f"{member.owner}.{name}" if member.owner else name
    first, last = line_of(member.node), end_line_of(member.node)
    return Definition(whole, kind, first, last, signature, member.public)
