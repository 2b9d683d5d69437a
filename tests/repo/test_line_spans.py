"""Where two texts differ, and whether changes meet."""

from __future__ import annotations

import random

import pygit2
import pytest

from taskpar_ml.repo import line_spans
from taskpar_ml.repo.line_spans import Hunk, LineComparer, Span, any_meet, changed_spans
from taskpar_ml.repo.objects import ObjectReader


def test_lists_of_spans_meet_as_their_spans_do():
    chance = random.Random(3)

    def spans() -> list[Span]:
        points = sorted(chance.sample(range(30), 2 * chance.randint(0, 4)))
        return [Span(*pair) for pair in zip(points[::2], points[1::2], strict=True)]

    for _ in range(2_000):
        first, second = spans(), spans()
        expected = any(one.meets(other) for one in first for other in second)
        assert any_meet(first, second) is expected


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_far_away_from_what_differs_nothing_is_compared_and_nothing_missed(monkeypatch, end):
    chance = random.Random(5)
    for _ in range(300):
        old = [b"line %d" % number for number in range(chance.randint(0, 60))]
        new = list(old)
        for _ in range(chance.randint(0, 3)):
            at = chance.randint(0, len(new))
            fresh = [b"new %d" % chance.randrange(1000) for _ in range(chance.randint(0, 3))]
            new[at : at + chance.randint(0, 3)] = fresh
        before, after = (b"\n".join(lines) + end * bool(lines) for lines in (old, new))
        monkeypatch.setattr(line_spans, "CONTEXT_BYTES", 1 << 20)
        whole = changed_spans(before, after)
        for context in (0, 10, 100):
            monkeypatch.setattr(line_spans, "CONTEXT_BYTES", context)
            assert changed_spans(before, after) == whole


def test_what_is_known_is_bounded_and_read_once(tmp_path, monkeypatch):
    monkeypatch.setattr("taskpar_ml.repo.line_spans.MAX_KEPT", 10)
    repository = pygit2.init_repository(str(tmp_path / "r"), bare=True)
    ids = [repository.create_blob(text).raw for text in (b"a\nb\nc\nd\n", b"A\nb\nC\nd\n")]
    others = [repository.create_blob(b"%d\n" % number).raw for number in range(12)]
    lines = LineComparer(ObjectReader(repository, place="."))
    first = lines.hunks(*ids)
    assert first is not None
    assert [each.old for each in first] == [Span(0, 1), Span(2, 3)]
    assert lines.hunks(*ids) is first
    for other in others:
        assert lines.hunks(ids[0], other) == (Hunk(Span(0, 4), Span(0, 1)),)
    again = lines.hunks(*ids)
    assert again == first
    assert again is not first


def test_what_has_no_lines_is_not_compared(tmp_path, monkeypatch):
    repository = pygit2.init_repository(str(tmp_path / "r"), bare=True)
    text, binary = (repository.create_blob(each).raw for each in (b"a\n", b"a\0b\n"))
    lines = LineComparer(ObjectReader(repository, place="."))
    assert lines.hunks(text, binary) is None
    assert lines.hunks(text, bytes(20)) is None
    monkeypatch.setattr("taskpar_ml.repo.line_spans.MAX_MERGED_BYTES", 1)
    assert lines.hunks(text, text) is None
