"""Lines of a task, followed to a later version of the file."""

from __future__ import annotations

import pygit2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.history.replay.hunks import mapped, still_meets
from taskpar_ml.repo.line_spans import Hunk, LineComparer, Span, changed_spans
from taskpar_ml.repo.objects import ObjectReader
from tests.support.merging import LONG
from tests.support.replays import drops, inserts, sets
from tests.support.strategies import LAW


def hunk(old: tuple[int, int], new: tuple[int, int]) -> Hunk:
    return Hunk(Span(*old), Span(*new))


@pytest.fixture
def meets(tmp_path):
    """Tell of texts whether the lines of an earlier task meet those of a later one."""
    repository = pygit2.init_repository(str(tmp_path / "r"), bare=True)
    lines = LineComparer(ObjectReader(repository, place="."))

    def tell(before: str, wrote: str, since: str, after: str) -> bool | None:
        ids = [repository.create_blob(each.encode()).raw for each in (before, wrote, since, after)]
        return still_meets(lines, (ids[0], ids[1]), (ids[2], ids[3]))

    return tell


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (LONG, []),
        (sets(3)(LONG), [hunk((3, 4), (3, 4))]),
        (sets(0, 19)(LONG), [hunk((0, 1), (0, 1)), hunk((19, 20), (19, 20))]),
        (inserts(0, "x", "y")(LONG), [hunk((0, 0), (0, 2))]),
        (inserts(20, "x")(LONG), [hunk((20, 20), (20, 21))]),
        (drops(3, 6)(LONG), [hunk((3, 6), (3, 3))]),
        (drops(0, 20)(LONG), [hunk((0, 20), (0, 0))]),
        (LONG.removesuffix("\n"), [hunk((19, 20), (19, 20))]),
    ],
    ids=["same", "changed", "first and last", "above", "below", "gone", "emptied", "no newline"],
)
def test_changed_spans(after, expected):
    assert changed_spans(LONG.encode(), after.encode()) == expected


def test_an_empty_file_has_no_lines():
    assert changed_spans(b"", b"a\nb\n") == [hunk((0, 0), (0, 2))]
    assert changed_spans(b"", b"") == []


@pytest.mark.parametrize(
    ("first", "second", "meet"),
    [
        ((3, 5), (4, 6), True),
        ((3, 5), (5, 6), True),
        ((3, 5), (6, 7), False),
        ((3, 3), (3, 3), True),
        ((3, 3), (3, 9), True),
        ((3, 3), (1, 3), True),
        ((3, 3), (4, 5), False),
        ((0, 20), (7, 7), True),
    ],
)
def test_spans_meet_where_no_line_is_between_them(first, second, meet):
    assert Span(*first).meets(Span(*second)) is meet
    assert Span(*second).meets(Span(*first)) is meet


@pytest.mark.parametrize(
    ("span", "through", "expected"),
    [
        ((5, 6), [hunk((0, 0), (0, 2))], (7, 8)),
        ((5, 6), [hunk((0, 3), (0, 0))], (2, 3)),
        ((5, 6), [hunk((8, 9), (8, 20))], (5, 6)),
        # Directly above and below is outside.
        ((5, 6), [hunk((5, 5), (5, 7))], (7, 8)),
        ((5, 6), [hunk((6, 6), (6, 8))], (5, 6)),
        # Within, and around.
        ((5, 9), [hunk((7, 7), (7, 9))], (5, 11)),
        ((5, 9), [hunk((6, 7), (6, 6))], (5, 8)),
        ((5, 9), [hunk((0, 20), (0, 20))], (0, 20)),
        ((5, 9), [hunk((3, 6), (3, 4))], (3, 7)),
        ((5, 9), [hunk((8, 12), (8, 9))], (5, 9)),
        # Several, one above.
        ((5, 9), [hunk((0, 0), (0, 1)), hunk((5, 6), (6, 8)), hunk((7, 9), (9, 9))], (6, 9)),
        # All that was written is gone: the place is left.
        ((5, 6), [hunk((5, 6), (5, 5))], (5, 5)),
        # Places: of a deletion, which no line marks.
        ((5, 5), [hunk((0, 0), (0, 2))], (7, 7)),
        ((5, 5), [hunk((5, 5), (5, 7))], (5, 7)),
        ((5, 5), [hunk((4, 6), (4, 9))], (4, 9)),
        ((5, 5), [hunk((5, 6), (5, 9))], (5, 5)),
        ((5, 5), [hunk((4, 5), (4, 9))], (9, 9)),
        ((0, 0), [hunk((0, 0), (0, 3))], (0, 3)),
    ],
)
def test_mapped(span, through, expected):
    assert mapped(Span(*span), through) == Span(*expected)


spans = st.tuples(st.integers(0, 30), st.integers(0, 5)).map(
    lambda drawn: Span(drawn[0], sum(drawn))
)
texts = st.lists(st.sampled_from("abcdef"), max_size=14).map(
    lambda lines: "".join(f"{line}\n" for line in lines).encode()
)


@LAW
@given(spans)
def test_through_nothing_a_span_stays(span):
    assert mapped(span, []) == span


@LAW
@given(spans, st.integers(0, 30), st.integers(1, 9))
def test_through_lines_above_a_span_moves_down(span, above, lines):
    at = min(above, span.start)
    if Span(at, at) != span:
        moved = mapped(span, [hunk((at, at), (at, at + lines))])
        assert moved == Span(span.start + lines, span.end + lines)


@LAW
@given(texts, texts, st.data())
def test_a_line_that_both_versions_have_is_mapped_to_itself(before, after, data):
    old, new = before.splitlines(), after.splitlines()
    through = changed_spans(before, after)
    kept = [
        at
        for at in range(len(old))
        if not any(each.old.start <= at < each.old.end for each in through)
    ]
    if kept:
        at = data.draw(st.sampled_from(kept))
        start, end = mapped(Span(at, at + 1), through)
        assert (end - start, new[start]) == (1, old[at])


@LAW
@given(texts, texts)
def test_hunks_are_all_that_differs(before, after):
    old, new = before.splitlines(True), after.splitlines(True)
    built, at = [], 0
    for each in changed_spans(before, after):
        built += old[at : each.old.start] + new[each.new.start : each.new.end]
        at = each.old.end
    assert built + old[at:] == new


@LAW
@given(texts, texts, texts)
def test_mapped_spans_lie_in_the_later_version(before, wrote, since):
    lines = len(since.splitlines())
    for each in changed_spans(before, wrote):
        start, end = mapped(each.new, changed_spans(wrote, since))
        assert 0 <= start <= end <= lines


def test_a_task_meets_the_lines_that_took_the_place_of_its_own(meets):
    wrote, since = sets(5)(LONG), inserts(0, "x")(sets(5, to="other")(LONG))
    for line, expected in ((6, True), (7, True), (8, False)):
        assert meets(LONG, wrote, since, sets(line, to="third")(since)) is expected


def test_what_is_taken_back_does_not_meet(meets):
    wrote = sets(5, 9)(LONG)
    since = sets(7, to="other")(wrote)
    back = since.replace("changed 5", "line 5")
    assert meets(LONG, wrote, since, back) is False
    assert meets(LONG, wrote, since, sets(9, to="third")(back)) is True
    # The same lines at another place are another change.
    assert meets(LONG, wrote, since, inserts(5, "line 5")(since)) is True


def test_what_has_no_lines_is_not_told(meets):
    assert meets(LONG, "a\0b\n", LONG, "") is None
