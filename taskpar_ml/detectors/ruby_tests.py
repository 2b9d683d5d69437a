"""Tests of minitest, of Rails and of RSpec."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.ruby_members import members, superclass_of
from taskpar_ml.detectors.ruby_syntax import (
    arguments_of,
    block_of,
    constant_of,
    receiver_of,
    verb_of,
)
from taskpar_ml.detectors.source import Source, line_of, text_of
from taskpar_ml.domain.code_facts import TestCase

_GROUPS: Final = frozenset(
    {"context", "describe", "example_group", "feature", "fcontext", "fdescribe", "xcontext"}
    | {"xdescribe", "shared_context", "shared_examples", "shared_examples_for", "should_context"}
)
_CASES: Final = frozenset(
    {
        "example",
        "fit",
        "it",
        "scenario",
        "should",
        "specify",
        "test",
        "xit",
        "fscenario",
        "xscenario",
    }
)
_TEST_CLASS: Final = re.compile(r"(?:\w+::)*\w*(?:Test|TestCase|Spec|IntegrationTest|TestCaseBase)")
_DEEPEST: Final = 30


class RubyTests:
    """Finds examples of RSpec and minitest's specs, methods and blocks of test classes.

    Names are the texts as written, joined by dots.
    """

    name = "ruby-tests-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a runner looks for tests in a file, by the customs of its name."""
        name = path.rpartition("/")[2]
        custom = name.endswith(("_spec.rb", "_test.rb")) or name.startswith("test_")
        return custom and language_of(path) == Language.RUBY

    def find(self, source: Source) -> Iterator[TestCase]:
        """Yield tests in the order of the file."""
        if source.tree is None:
            return
        owners = set()
        for member in members(source):
            node = member.node
            if node.type == "class" and _TEST_CLASS.fullmatch(superclass_of(node)):
                owners.add(member.name)
            elif node.type == "method" and member.owner in owners:
                name = node.child_by_field_name("name")
                if name is not None and text_of(name).startswith("test_"):
                    yield TestCase(f"{member.owner}.{text_of(name)}", line_of(node))
            elif node.type == "call":
                yield from _called(node, member.owner, 0)


def _within(nodes: Iterable[Node], names: str, depth: int) -> Iterator[TestCase]:
    for node in nodes if depth < _DEEPEST else ():
        if node.type == "call":
            yield from _called(node, names, depth)


def _called(call: Node, names: str, depth: int) -> Iterator[TestCase]:
    verb, on = verb_of(call), receiver_of(call)
    body = block_of(call)
    if call.child_by_field_name("block") is None:
        return
    if on is not None and constant_of(on) not in ("RSpec", "Minitest"):
        # ``[1, 2].each do |n|`` makes cases too.
        if verb.startswith("each"):
            yield from _within(body, names, depth + 1)
        return
    given = arguments_of(call)
    own = _text(given[0]) if given else ""
    whole = f"{names}.{own}" if names and own else names or own
    if verb in _GROUPS:
        yield from _within(body, whole, depth + 1)
    elif verb in _CASES and own:
        yield TestCase(whole, line_of(call))


def _text(node: Node) -> str:
    parts = node.named_children if node.type == "chained_string" else [node]
    written = (text_of(each)[1:-1] if each.type == "string" else text_of(each) for each in parts)
    return " ".join("".join(written).split())
