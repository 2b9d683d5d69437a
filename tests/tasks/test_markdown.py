"""Only lines outside code and comments mean something."""

import pytest

from taskpar_ml.domain.task import TaskStatus
from taskpar_ml.tasks.markdown import (
    Checkbox,
    Heading,
    Line,
    checkbox,
    front_matter,
    heading,
    meaningful_lines,
)


def lines(content: str) -> list[tuple[int, str]]:
    return [(line.number, line.text) for line in meaningful_lines(content)]


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        ("a\r\nb", [(1, "a"), (2, "b")]),
        ("a\n```\nb\n````\nc", [(1, "a"), (5, "c")]),
        ("````\nb\n```\nc\n````\nd", [(6, "d")]),
        ("~~~ python\n```\n~~~\nd", [(4, "d")]),
        ("```\nnever closed", []),
        ("a <!-- b --> c", [(1, "a  c")]),
        ("a <!-- b\n- [ ] c\n--> d", [(1, "a "), (3, " d")]),
        ("<!-- a --> <!-- b\n--><!---->c", [(2, "c")]),
        ("a --> b", [(1, "a --> b")]),
        ("<!-- ```\n-->\na", [(3, "a")]),
        ("a\n\nb", [(1, "a"), (2, ""), (3, "b")]),
    ],
)
def test_code_and_comments_are_left_out(content: str, kept: list[tuple[int, str]]) -> None:
    assert lines(content) == kept


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## Phase 1: Setup ##", Heading(2, "Phase 1: Setup")),
        ("#no heading", None),
        ("####### seven", None),
        ("# ", None),
    ],
)
def test_headings(text: str, expected: Heading | None) -> None:
    assert heading(Line(1, text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- [ ] a", Checkbox(TaskStatus.TODO, False, "a")),
        ("  * [X] a b ", Checkbox(TaskStatus.DONE, False, "a b")),
        ("- [-]* a", Checkbox(TaskStatus.IN_PROGRESS, True, "a")),
        ("+ [~] a", Checkbox(TaskStatus.IN_PROGRESS, False, "a")),
        ("- [y] a", None),
        ("- [] a", None),
        ("- [ ]a", None),
        ("[ ] a", None),
    ],
)
def test_checkboxes(text: str, expected: Checkbox | None) -> None:
    assert checkbox(Line(1, text)) == expected


def test_front_matter_ends_at_the_second_line_of_dashes() -> None:
    found = front_matter("---\r\nid: a\r\n---\r\nbody\n---\n")
    assert found is not None
    assert (found.yaml, found.body_line) == ("id: a\r\n", 3)
    assert front_matter("---\nid: a\n") is None
    assert front_matter("id: a\n---\n") is None


def test_a_tab_counts_four_columns() -> None:
    assert Line(1, "\ta").indent == 4
