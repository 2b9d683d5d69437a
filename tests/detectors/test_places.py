"""Nodes at places that were found in the bytes."""

from __future__ import annotations

import pytest

from taskpar_ml.detectors import places
from taskpar_ml.detectors.languages import Language, parser_of
from taskpar_ml.detectors.places import nodes_at, nodes_before, places_of, statements_of

CODE = b"""import os  # import (this)
x = f(g(1), "(h)")(2).k (3)
class A(B): pass
def m(a=(1, 2)):
    return [[f(1)], (lambda: g)()]
"""


@pytest.fixture
def tree():
    return parser_of(Language.PYTHON).parse(CODE)


def texts(nodes):
    return [each.text.decode() for each in nodes]


def test_a_bracket_leads_to_the_call_that_it_belongs_to(tree):
    calls = [each for each in nodes_before(tree, CODE, b"(") if each.type == "call"]
    assert [each.child(0).text.decode() for each in calls] == [
        "f", "g", 'f(g(1), "(h)")', 'f(g(1), "(h)")(2).k', "f", "(lambda: g)",
    ]  # fmt: skip


def test_tight_leaves_out_what_stands_behind_white_space(tree):
    calls = [each for each in nodes_before(tree, CODE, b"(", tight=True) if each.type == "call"]
    assert [each.child(0).text.decode()[-2:] for each in calls] == ["f", "g", '")', "f", "g)"]


def test_a_word_leads_to_its_statement_or_to_the_comment_that_it_is_in(tree):
    assert texts(statements_of(tree, CODE, b"import")) == ["import os", "# import (this)"]
    assert texts(statements_of(tree, CODE, b"class")) == ["class A(B): pass"]


def test_many_places_lead_to_the_same_nodes_as_few(tree, monkeypatch):
    signs = [b"(", b")", b"1", b"f", b" ", b"\n", b"["]
    for sign in signs:
        found = [at for at in places_of(CODE, sign) if 0 < at < len(CODE) - 1]
        monkeypatch.setattr(places, "_FEW", 1_000)
        few = nodes_at(tree, found, before=1, after=1)
        monkeypatch.setattr(places, "_FEW", 0)
        assert nodes_at(tree, found, before=1, after=1) == few


def test_a_sign_at_the_very_beginning_has_nothing_before_it():
    code = b"(f)(1)"
    tree = parser_of(Language.PYTHON).parse(code)
    assert [each.type for each in nodes_before(tree, code, b"(")] == ["call"]


def test_places_do_not_overlap():
    assert places_of(b"aaaa", b"aa") == [0, 2]
    assert places_of(b"", b"aa") == []
