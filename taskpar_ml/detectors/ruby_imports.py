"""Files that Ruby code requires, and constants that it expects to be loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node, Tree

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.places import nodes_at
from taskpar_ml.detectors.ruby_syntax import arguments_of, literal, receiver_of, verb_of
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Import

_REQUIRES: Final = re.compile(rb"\b(?:require(?:_relative|_dependency)?|autoload|load)\b")
_CONSTANT: Final = re.compile(rb"(?<![\w@$:.!?])(?:::)?[A-Z]\w*(?:::[A-Z]\w*)*(?![\w!?]*:(?!:))")
_MOST_TRIED: Final = 5
"""Places of one name that are looked at for code among comments and texts."""
_CORE: Final = frozenset(
    b"""
    ARGF ARGV Array BasicObject BigDecimal Binding Class Comparable Complex DATA Data Date
    DateTime Dir ENV Encoding Enumerable Enumerator Errno Exception FalseClass Fiber File
    FileTest FileUtils Float GC Hash IO Integer Interrupt JSON Kernel Logger Marshal MatchData
    Math Method Module Mutex NilClass Numeric Object ObjectSpace OpenStruct Pathname Proc
    Process Queue RUBY_VERSION Rails Random Range Rational Regexp STDERR STDIN STDOUT
    SecureRandom Set Signal Singleton StringIO String Struct Symbol Tempfile Thread Time Timeout
    TrueClass URI YAML ActiveRecord::Base ActiveRecord::RecordNotFound ArgumentError IOError
    IndexError KeyError LoadError NameError NoMethodError NotImplementedError RangeError
    RuntimeError StandardError StopIteration SystemExit TypeError ZeroDivisionError
    """.split()
)


class RubyImports(OfLanguages):
    """Finds files that are required, and constants that nothing in the file says the origin of.

    ``./`` begins a module that is relative to the file. Constants are written ``Admin::User``, and
    have that name here; Rails and Zeitwerk find their files by the name. Those of Ruby itself are
    left out.
    """

    name = "ruby-imports-1"
    pattern = ""
    languages = frozenset({Language.RUBY})

    def find(self, source: Source) -> Iterator[Import]:
        """Yield imports, a constant once at its first line."""
        if source.tree is not None:
            yield from _required(source.tree, source.content)
            yield from _constants(source.tree, source.content)


def _required(tree: Tree, content: bytes) -> Iterator[Import]:
    places = [each.start() for each in _REQUIRES.finditer(content)]
    for node in nodes_at(tree, places, before=0, after=1):
        call = node.parent if node.type == "identifier" else None
        if call is None or call.type != "call" or receiver_of(call) is not None:
            continue
        verb, given = verb_of(call), [literal(each) for each in arguments_of(call)]
        module = given[-1] if given else None
        if not module or len(given) != (2 if verb == "autoload" else 1):
            continue
        if verb == "require_relative" and not module.startswith("."):
            module = f"./{module}"
        yield Import(module, (), line_of(call))


def _constants(tree: Tree, content: bytes) -> Iterator[Import]:
    tried: dict[bytes, int] = {}
    find = tree.root_node.descendant_for_byte_range
    for match in _CONSTANT.finditer(content):
        written = match[0].removeprefix(b"::")
        count = tried.get(written, 0)
        if count >= _MOST_TRIED or not _CORE.isdisjoint((written, written.partition(b"::")[0])):
            continue
        tried[written] = count + 1
        node = find(match.start(), match.end())
        if node is not None and _is_constant(node) and not _is_defined(node):
            tried[written] = _MOST_TRIED
            name = match[0].decode("utf-8", "replace")
            yield Import(name, ((name.rpartition(":")[2], name),), line_of(node))


def _is_constant(node: Node) -> bool:
    return node.type in ("constant", "scope_resolution")


def _is_defined(node: Node) -> bool:
    around = node.parent
    if around is None:
        return False
    if around.type == "call":
        return around.child_by_field_name("method") == node
    field = {"class": "name", "module": "name", "assignment": "left"}.get(around.type)
    return field is not None and around.child_by_field_name(field) == node
