"""Patterns that are compiled into one query: which part is whose."""

from __future__ import annotations

import pytest
from tree_sitter import QueryCursor

from taskpar_ml.detectors.languages import Language, parsed, query_of

CALL, NAMES, TEXT = (
    "(call function: (identifier) @call)",
    """
    ; two parts, with a comment and an umlaut: ä
    (function_definition name: (identifier) @function)
    (class_definition name: (identifier) @class)
    """,
    "(string) @text",
)
CONTENT = b"class A: pass\ndef f(): g('x')\n"
OWN = {"call": CALL, "function": NAMES, "class": NAMES, "text": TEXT}


@pytest.mark.parametrize(
    "patterns", [(CALL, NAMES, TEXT), (NAMES, TEXT, CALL), (TEXT, NAMES), (NAMES,)]
)
def test_every_part_belongs_to_the_pattern_that_it_stands_in(patterns):
    query, owners = query_of(Language.PYTHON, patterns)
    tree = parsed(Language.PYTHON, CONTENT)
    assert tree is not None
    assert len(owners) == query.pattern_count
    found = set()
    for part, captures in QueryCursor(query).matches(tree.root_node):
        for name in captures:
            assert owners[part] == OWN[name]
            found.add(name)
    assert found == {name for name, pattern in OWN.items() if pattern in patterns}
