"""YAML is read without constructing anything, and errors name line and column."""

from typing import Any

import pytest

from taskpar_ml.errors import UnreadableTaskFileError
from taskpar_ml.tasks.tree import Fields, Text, plain
from taskpar_ml.tasks.yaml_text import read_yaml


def parsed(content: str) -> Any:
    return plain(read_yaml(Text("t.yaml", content)))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1.10", "1.10"),
        ("0o17", "0o17"),
        ("1e400", "1e400"),
        ("2026-01-01", "2026-01-01"),
        ("no", "no"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("'true'", "true"),
        ('"null"', "null"),
        ("!!str true", "true"),
        ("!!bool true", True),
        ("!!int 7", "7"),
        ("'1'", "1"),
        ("[1, {b: 2}]", ["1", {"b": "2"}]),
        ("|\n  x\n  y\n", "x\ny\n"),
    ],
)
def test_only_true_false_and_null_are_more_than_text(written: str, value: Any) -> None:
    assert parsed(f"a: {written}") == {"a": value}


def test_keys_are_text_whatever_they_look_like() -> None:
    assert parsed("1.10: a\ntrue: b\n~: c\n") == {"1.10": "a", "true": "b", "~": "c"}


def test_aliases_and_merges_are_followed() -> None:
    content = "a: &x {k: 1, l: 2}\nb: {<<: *x, l: 3}\nc: *x\nd: {<<: [*x, {m: 4}]}\n'<<': 5\n"
    assert parsed(content) == {
        "a": {"k": "1", "l": "2"},
        "b": {"k": "1", "l": "3"},
        "c": {"k": "1", "l": "2"},
        "d": {"k": "1", "l": "2", "m": "4"},
        "<<": "5",
    }


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "a: [1\nb: 2",
            "t.yaml:2:2: the YAML is broken: expected ',' or ']', but got ':'. Correct the line.",
        ),
        (
            "a:\n\t- b",
            "t.yaml:2:1: the YAML is broken: found character '\\t' that cannot start any token. "
            "Correct the line.",
        ),
        (
            "a: 1\nb: 2\na: 3",
            "t.yaml:3:1: key 'a' occurs twice, first in line 1. Keep one of the two.",
        ),
        (
            "a: !!python/object:os.system x",
            "t.yaml:1:4: tag 'tag:yaml.org,2002:python/object:os.system' is not allowed. "
            "Write a plain value without a tag.",
        ),
        (
            "a: !own [x]",
            "t.yaml:1:4: tag '!own' is not allowed. Write a plain value without a tag.",
        ),
        (
            "a: &a [*a]",
            "t.yaml:1:8: alias 'a' stands inside its own value. Write it out.",
        ),
        ("a: *b", "t.yaml:1:4: alias 'b' stands for nothing. Anchor it."),
        ("? [a]\n: b", "t.yaml:1:3: a key must be a plain text. Write the key out."),
        ("a: &a {<<: 1}", "t.yaml:1:12: '<<' merges mappings only. Write the fields out."),
        (
            "a: 1\n---\nb: 2",
            "t.yaml:2:1: a second YAML document begins here. Give each its own file.",
        ),
        ("[" * 300, "t.yaml:1:101: nested deeper than 100 levels. Flatten the file."),
        ("- " * 300, "t.yaml:1:201: nested deeper than 100 levels. Flatten the file."),
        (
            "a: b\x07",
            "t.yaml:1:5: the character '\\x07' is not allowed in YAML. "
            "Remove it, or write it as an escape in double quotes.",
        ),
        ('a: "\\0"', "t.yaml:1:4: the text holds a NUL character. Remove it."),
        (
            'a: "\\ud800"',
            "t.yaml:1:4: the text holds half of a surrogate pair. "
            "Write the character itself or both halves.",
        ),
        (
            BOMB,
            "t.yaml:6:45: the file holds more than 1,000,000 values with its aliases written out. "
            "Split it, or write less with aliases.",
        ),
    ],
)
def test_errors_name_place_and_cure(content: str, message: str) -> None:
    with pytest.raises(UnreadableTaskFileError) as caught:
        read_yaml(Text("t.yaml", content))
    assert str(caught.value) == message


@pytest.mark.parametrize("content", ["%YAML 1.3\n---\na", '"\\UFFFFFFFF"', "%YAML 1." + "9" * 5000])
def test_what_the_parser_chokes_on_is_broken_yaml(content: str) -> None:
    with pytest.raises(UnreadableTaskFileError, match="the YAML is broken"):
        read_yaml(Text("t.yaml", content))


def test_members_know_their_places() -> None:
    content = "a:  # c\n  - b\n  # d\n\nc: |\n  x\n\nd:\ne: {f: 1}  # g\n"
    fields = read_yaml(Text("t.yaml", content))
    assert isinstance(fields, Fields)
    spans = {key: content[m.key_start : m.value_end] for key, m in fields.members.items()}
    assert spans == {
        "a": "a:  # c\n  - b",
        "c": "c: |\n  x",
        "d": "d:",
        "e": "e: {f: 1}",
    }
    assert [fields.line_of(key) for key in "acde"] == [1, 5, 8, 9]
