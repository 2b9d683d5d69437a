"""YAML and JSON as values with their lines, and their bounds."""

from __future__ import annotations

import time

import pytest

from taskpar_ml.detectors.json_nodes import read_json
from taskpar_ml.detectors.yaml_nodes import documents, read_document


def test_values_stand_where_their_keys_do():
    value = read_document("a:\n  - b: 1\n    'c d': |\n      text\n  -\n    ~\n", 10)
    assert value is not None
    first, second = value["a"].items
    assert (value["a"].line, first.line, first["c d"].line, second.line) == (10, 11, 12, 15)
    assert (first["b"].text, first["c d"].text, second.text) == ("1", "text\n", "")
    assert value["none"]["at all"].text == ""


def test_aliases_share_and_merge_keys_take_over_what_is_not_there():
    value = read_document(
        "base: &base {a: 1, b: 2}\nmore: &more {c: 3}\n"
        "use:\n  <<: [*base, *more]\n  b: 4\nsame: *base\n"
    )
    assert value is not None
    assert {key: each.text for key, each in value["use"].members.items()} == {
        "a": "1", "b": "4", "c": "3",
    }  # fmt: skip
    assert value["same"].members is value["base"].members


def test_documents_are_parted_so_that_one_that_is_broken_leaves_the_others_whole():
    parts = list(documents("a: 1\n---\n{{ broken\n--- # next\nb: 2\n---text\n"))
    read = [read_document(text, line) for text, line in parts]
    assert [line for _, line in parts] == [1, 2, 4]
    assert read[0] is not None
    assert read[1] is None
    assert [part for part, _ in documents("x: |\n  ---\ny: 1\n")] == ["x: |\n  ---\ny: 1\n"]


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x]\n" + "".join(f"b{n}: &b{n} [{'*a, ' * 9}]\n" for n in range(200)),
        "base: &b {" + ", ".join(f"k{n}: 1" for n in range(900)) + "}\n" + "x: {<<: *b}\n" * 900,
        "[" * 400_000,
        "a: 'x'\n" * 60_000,
        "- " * 200_000,
        '"' * 400_000,
    ],
    ids=["aliases", "merges", "deep", "long", "lists", "quotes"],
)
def test_hostile_yaml_takes_bounded_time(text):
    begun = time.process_time()
    read_document(text)
    # Some seconds on the slowest machine.
    assert time.process_time() - begun < 20


def test_keys_of_json_have_their_lines_whatever_texts_hold():
    value = read_json('{"a": "\\"b\\": 1",\n "b": [{"c":\n 1}, {"c": 2}],\n\n "d": null}')
    assert value is not None
    assert (value["a"].line, value["b"].line, value["d"].line) == (1, 2, 5)
    assert [each["c"].line for each in value["b"].items] == [2, 3]
    assert value["d"].text == ""


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a": 1} x', "[" * 80 + "]" * 80])
def test_broken_or_deep_json_is_none(text):
    assert read_json(text) is None
