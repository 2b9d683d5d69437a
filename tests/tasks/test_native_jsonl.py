"""Our own tasks, one object per line."""

from pathlib import Path

import pytest

from taskpar_ml.errors import InvalidTaskError, UnreadableTaskFileError
from taskpar_ml.tasks import read_document, read_tasks

from .conftest import Write


def test_the_example(examples: Path) -> None:
    document = read_document(examples / "tasks.jsonl")
    assert document.format == "taskpar JSON Lines"
    assert [task.id for task in document.tasks] == ["api-1", "api-2", "api-3", "api-4"]
    assert document.tasks[2].model_dump(exclude_defaults=True) == {
        "id": "api-3",
        "title": "Count answers of POST /v1/analyze",
        "description": "Prometheus counters per conflict kind and one for fallbacks.",
        "depends_on": ("api-1",),
        "modifies": ("taskpar_ml/serving/metrics.py", "taskpar_ml/serving/analyze.py"),
        "labels": ("observability",),
        "estimate": 1.0,
        "place": "data/examples/tasks.jsonl:3",
    }


def test_one_object_alone_is_a_line(write: Write) -> None:
    assert [task.id for task in read_tasks(write("t", '{"id": 23.10}')).tasks] == ["23.10"]


def test_messages_name_the_line(write: Write) -> None:
    path = write("t.jsonl", '{"id": "a"}\n\n{"id": "b", "estimate": 0}\n')
    with pytest.raises(InvalidTaskError) as caught:
        read_tasks(path)
    assert str(caught.value) == (
        "t.jsonl:3: task b: estimate must be a number above 0. Got '0'. Write a number such as 2.5."
    )


def test_a_broken_line_is_named(write: Write) -> None:
    with pytest.raises(UnreadableTaskFileError) as caught:
        read_tasks(write("t.jsonl", '{"id": "a"}\n{"id": b}\n'))
    assert str(caught.value) == "t.jsonl:2:8: a value belongs here. Got 'b'. Correct the JSON."


def test_a_line_that_is_no_object(write: Write) -> None:
    with pytest.raises(InvalidTaskError) as caught:
        read_tasks(write("t.jsonl", '{"id": "a"}\n[1]\n'))
    assert str(caught.value) == (
        "t.jsonl: object 2: a line must hold one object. Got a list. "
        'Write {"id": ..., "title": ...} on each line.'
    )


def test_misspelt_fields_are_told_with_their_line(write: Write) -> None:
    notices = read_document(write("t.jsonl", '{"id": "a"}\n{"id": "b", "modifys": []}')).notices
    assert [str(notice) for notice in notices] == [
        "t.jsonl:2: task b: modifys is unknown; did you mean modifies?"
    ]
