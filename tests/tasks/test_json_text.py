"""JSON is read strictly, numbers as they are written, and errors name line and column."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.errors import UnreadableTaskFileError
from taskpar_ml.tasks.json_text import read_json
from taskpar_ml.tasks.tree import Fields, Text, plain


def parsed(content: str) -> Any:
    (value,) = read_json(Text("t.json", content))
    return value


@pytest.mark.parametrize("number", ["23.10", "1e400", "-0", "1" * 5000, "0.10E+5"])
def test_numbers_stay_as_they_are_written(number: str) -> None:
    assert parsed(f"[{number}]") == [number]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            '{"a": 1',
            "t.json:1:8: ',' or '}' belongs here. Got the end of the file. Correct the JSON.",
        ),
        ('{\n"a": 1\n"b": 2}', "t.json:3:1: ',' or '}' belongs here. Got '\"'. Correct the JSON."),
        ("[1, ]", "t.json:1:5: a value belongs here. Got ']'. Correct the JSON."),
        ("{a: 1}", "t.json:1:2: a key in double quotes belongs here. Got 'a'. Correct the JSON."),
        ('{"a" 1}', "t.json:1:6: ':' belongs after a key. Got '1'. Correct the JSON."),
        ("[\n NaN]", "t.json:2:2: NaN is not a number of JSON. Write a number or null."),
        ("[-Infinity]", "t.json:1:2: -Infinity is not a number of JSON. Write a number or null."),
        ("[01]", "t.json:1:2: a value belongs here. Got '01'. Correct the JSON."),
        ("[tru]", "t.json:1:2: a value belongs here. Got 'tru'. Correct the JSON."),
        (
            '{"a": 1,\n "b": 2,\n "a": 3}',
            "t.json:3:2: key 'a' occurs twice, first in line 1. Keep one of the two.",
        ),
        (
            '["a\nb"]',
            "t.json:1:4: the JSON is broken: invalid control character at. Correct the string.",
        ),
        (
            '["abc',
            "t.json:1:2: the JSON is broken: unterminated string starting at. Correct the string.",
        ),
        ('["\\u0000"]', "t.json:1:2: the text holds a NUL character. Remove it."),
        (
            '["\\ud800"]',
            "t.json:1:2: the text holds half of a surrogate pair. "
            "Write the character itself or both halves.",
        ),
        ("[" * 200, "t.json:1:101: nested deeper than 100 levels. Flatten the file."),
        (
            "{} x",
            "t.json:1:4: unexpected 'x' after the end of the value. "
            "Remove it, or begin a new line for a new object.",
        ),
    ],
)
def test_errors_name_place_and_cure(content: str, message: str) -> None:
    with pytest.raises(UnreadableTaskFileError) as caught:
        read_json(Text("t.json", content))
    assert str(caught.value) == message


def test_a_million_values_are_enough() -> None:
    with pytest.raises(UnreadableTaskFileError, match="more than 1,000,000 values"):
        parsed("[" + "0," * 1_000_000 + "0]")


def test_mappings_know_their_places() -> None:
    content = '{\n  "a": {"b": [1]},\n  "c": 2\n}'
    fields = parsed(content)
    assert isinstance(fields, Fields)
    assert (fields.line, fields.line_of("c"), fields["a"].line_of("b")) == (1, 3, 2)
    member = fields.members["a"]
    assert content[member.key_start : member.value_end] == '"a": {"b": [1]}'
    assert content[fields["a"].start : fields["a"].end] == '{"b": [1]}'


def test_lines_hold_values_of_their_own() -> None:
    assert read_json(Text("t", '{"a": 1}\n\n{"a":\n2}\n')) == ({"a": "1"}, {"a": "2"})


values = st.recursive(
    st.none()
    | st.booleans()
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc é\n"), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(value=values, indent=st.sampled_from([None, 0, 3, "\t"]), ascii_only=st.booleans())
def test_reads_what_the_standard_library_writes(
    value: Any, indent: int | str | None, ascii_only: bool
) -> None:
    content = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert plain(parsed(content)) == value
