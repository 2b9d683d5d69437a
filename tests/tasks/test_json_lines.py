"""JSON lines: issues and outcomes."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest

from taskpar_ml.domain.issue_text import IssueText
from taskpar_ml.domain.outcome import Ending
from taskpar_ml.errors import InvalidTaskError, UnreadableTaskFileError
from taskpar_ml.tasks import json_lines
from taskpar_ml.tasks.issue_texts import read_issue_texts
from taskpar_ml.tasks.outcome_reports import read_outcomes

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
OUTCOME = {
    "task": "T1",
    "base": "abc",
    "started_at": "2024-05-01T10:00:00Z",
    "ended_at": "2024-05-01T11:00:00Z",
    "ending": "merged",
    "reported_by": "ci",
}


def lines(*values: object) -> io.BytesIO:
    """Return a file of objects."""
    return io.BytesIO("".join(f"{json.dumps(each)}\n" for each in values).encode())


def issues(*values: object) -> list[IssueText]:
    """Return the issues of a file of objects."""
    return read_issue_texts(lines(*values), place="issues.jsonl")


def test_github_and_gitlab_exports_are_read():
    github = {
        "number": 12,
        "title": "Slow",
        "body": None,
        "created_at": "2024-05-01T12:00:00Z",
        "html_url": "https://example.org/12",
        "labels": [{"name": "bug"}],
    }
    gitlab = {
        "iid": 7,
        "title": "Crash",
        "description": "It crashes.",
        "created_at": "2024-05-01T14:00:00+02:00",
    }
    assert issues(github, gitlab) == [
        IssueText("#12", "Slow", "", int(NOON.timestamp()), "https://example.org/12"),
        IssueText("#7", "Crash", "It crashes.", int(NOON.timestamp()), "#7"),
    ]


def test_an_edited_text_was_written_when_it_was_edited():
    issue = {"number": 1, "title": "a", "createdAt": "2020-01-01T00:00:00Z"}
    [found] = issues({**issue, "lastEditedAt": "2024-05-01T12:00:00Z"})
    assert found.written_at == int(NOON.timestamp())


def test_the_last_entry_of_a_number_counts():
    issue = {"number": 1, "created_at": "2020-01-01T00:00:00Z"}
    assert [each.title for each in issues({**issue, "title": "a"}, {**issue, "title": "b"})] == [
        "b"
    ]


def test_a_mark_and_empty_lines_are_passed_over():
    text = b'\xef\xbb\xbf\n\n{"number": 1, "title": "a", "created_at": "2020-01-01T00:00:00Z"}'
    assert len(read_issue_texts(io.BytesIO(text), place="x")) == 1


@pytest.mark.parametrize(
    ("line", "place", "rule"),
    [
        (b"{}", "x:2: number", "Field required"),
        (b"[]", "x:2", "object"),
        (b"{", "x:2", "Invalid JSON"),
        (b"\xff", "x:2", "Invalid JSON"),
        (b'{"number": 0, "title": "", "created_at": "2020-01-01T00:00:00Z"}', "x:2: number", "1"),
        (b'{"number": 1, "title": "", "created_at": "2020-01-01"}', "x:2: created_at", ""),
        (b"[" * 100_000, "x:2", "Invalid JSON"),
    ],
)
def test_what_is_no_issue_is_refused_with_its_line(line, place, rule):
    with pytest.raises(InvalidTaskError) as refused:
        read_issue_texts(io.BytesIO(b"\n" + line), place="x")
    assert refused.value.place == place
    assert rule in refused.value.problem
    assert '"number": 12' in refused.value.cure


def test_a_line_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(json_lines, "MAX_LINE_BYTES", 100)
    with pytest.raises(InvalidTaskError, match="x:1: is longer than"):
        read_issue_texts(io.BytesIO(b"a" * 1_000), place="x")


def test_a_file_that_breaks_off_is_said():
    class Broken(io.BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(UnreadableTaskFileError, match="Input/output error"):
        read_issue_texts(Broken(), place="x")


def test_outcomes_are_read_with_the_moment_of_recording():
    [first, second] = read_outcomes(
        lines(OUTCOME, {**OUTCOME, "ending": "redone", "hit": True, "correction": 1}),
        place="x",
        at=NOON,
    )
    assert (first.outcome.ending, first.correction) == (Ending.MERGED, 0)
    assert (second.outcome.hit, second.correction, second.recorded_at) == (True, 1, NOON)


@pytest.mark.parametrize(
    ("change", "place", "rule"),
    [
        ({"ending": "fine"}, "x:1: ending", "Input should be"),
        ({"hit": True}, "x:1", "an attempt that ended as 'merged' was not hit"),
        ({"because_of": ["T2"]}, "x:1", "set hit to true, or leave it out"),
        ({"who": "me"}, "x:1: who", "Extra inputs"),
        ({"task": "../x"}, "x:1: task", "a task id"),
        ({"cost": {"money": 1}}, "x:1: cost", "come together"),
    ],
)
def test_what_is_no_outcome_is_refused(change, place, rule):
    with pytest.raises(InvalidTaskError) as refused:
        read_outcomes(lines({**OUTCOME, **change}), place="x", at=NOON)
    assert refused.value.place == place
    assert rule in refused.value.problem
