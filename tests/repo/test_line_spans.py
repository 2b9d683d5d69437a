"""Changed lines tell which files merge without merging them, exactly as a merge would."""

from __future__ import annotations

import random

import pygit2
from pygit2.enums import FileMode

from taskpar_ml.repo.contents import ContentMerger
from taskpar_ml.repo.line_spans import Hunk, LineComparer, Span, any_meet
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.scratch import scratch_repository
from taskpar_ml.repo.stages import Stage
from taskpar_ml.repo.trees import Entry

LINES = ("", "a", "b", "    a", "}", "x = 1")


def varied(chance: random.Random, lines: list[str]) -> list[str]:
    """Return the lines with some of them changed, added or taken out."""
    changed = list(lines)
    for _ in range(chance.randint(1, 3)):
        at = chance.randint(0, len(changed))
        changed[at : at + chance.randint(0, 2)] = chance.choices(LINES, k=chance.randint(0, 2))
    return changed


def written(chance: random.Random, lines: list[str]) -> bytes:
    """Return the lines as a file, the last one at times without its end."""
    text = "\n".join(lines) + ("\n" if lines and chance.random() < 0.8 else "")
    return text.replace("\n", "\r\n").encode() if chance.random() < 0.1 else text.encode()


def test_a_file_is_called_mergeable_if_and_only_if_it_merges(tmp_path):
    repository = pygit2.init_repository(str(tmp_path / "r"), bare=True)
    chance = random.Random(7)
    stages = {}
    for number in range(3_000):
        base = chance.choices(LINES, k=chance.randint(0, 12))
        versions = (base, varied(chance, base), varied(chance, base))
        ids = [repository.create_blob(written(chance, each)).raw for each in versions]
        if ids[0] not in ids[1:] and ids[1] != ids[2]:
            entries = [Entry(int(FileMode.BLOB), each) for each in ids]
            stages[f"f{number}"] = Stage(*entries, f"f{number}", f"f{number}")
    with scratch_repository(repository, place=".") as scratch:
        reader = ObjectReader(scratch, place=".")
        merged = ContentMerger(scratch, reader, place=".").merge(stages)
        assert ContentMerger(scratch, reader, place=".").mergeable(stages) == merged.keys()
    assert 400 < len(merged) < len(stages) - 400


def test_lists_of_spans_meet_as_their_spans_do():
    chance = random.Random(3)

    def spans() -> list[Span]:
        points = sorted(chance.sample(range(30), 2 * chance.randint(0, 4)))
        return [Span(*pair) for pair in zip(points[::2], points[1::2], strict=True)]

    for _ in range(2_000):
        first, second = spans(), spans()
        expected = any(one.meets(other) for one in first for other in second)
        assert any_meet(first, second) is expected


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
    monkeypatch.setattr("taskpar_ml.repo.line_spans.MAX_COMPARED_BYTES", 1)
    assert lines.hunks(text, text) is None
