"""Bytes that are no readable task file get one clear error each."""

import os
from pathlib import Path

import pytest

from taskpar_ml.errors import TaskparError, UnreadableTaskFileError
from taskpar_ml.tasks import read_tasks
from taskpar_ml.tasks.source import MAX_BYTES, Source, Syntax

from .conftest import Write


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "tasks.yaml: is empty. Name the file that is meant."),
        (b" \n\t\n", "tasks.yaml: holds only white space. Name the file that is meant."),
        (b"\xef\xbb\xbf", "tasks.yaml: is empty. Name the file that is meant."),
        ("tasks: []".encode("utf-16"), "tasks.yaml: is UTF-16. Save it as UTF-8."),
        ("tasks: []".encode("utf-32"), "tasks.yaml: is UTF-32. Save it as UTF-8."),
        (
            b"tasks:\n- id: a\n  title: caf\xe9\n",
            "tasks.yaml:3: byte 0xe9 is not UTF-8. Save the file as UTF-8.",
        ),
        (
            b"tasks:\n- id: a\0\n",
            "tasks.yaml:2: the line holds a NUL character. "
            "Save the file as UTF-8 text; UTF-16 without a mark looks like this.",
        ),
    ],
)
def test_bytes_that_are_no_text(write: Write, content: bytes, message: str) -> None:
    path = write("tasks.yaml", content)
    with pytest.raises(UnreadableTaskFileError) as caught:
        read_tasks(path)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nope.yaml", "nope.yaml: does not exist. Check the path."),
        ("file/nope.yaml", "file/nope.yaml: does not exist. Check the path."),
        (
            "a\0b",
            r"'a\x00b': cannot be read: embedded null byte. Check the path and its permissions.",
        ),
        (
            "/dev/null",
            "/dev/null: is not a regular file. Save its content to a file and name that.",
        ),
    ],
)
def test_paths_that_are_no_file(write: Write, name: str, message: str) -> None:
    write("file", "x")
    with pytest.raises(UnreadableTaskFileError) as caught:
        read_tasks(name)
    assert str(caught.value) == message


def test_a_directory_is_no_source(write: Write) -> None:
    write("folder/x", "x")
    with pytest.raises(UnreadableTaskFileError, match="is a directory where a file is expected"):
        Source.of("folder")


def test_a_very_long_name_is_told_apart(write: Write) -> None:
    with pytest.raises(UnreadableTaskFileError, match="cannot be read: File name too long"):
        read_tasks("x" * 300)


def test_a_large_file_is_refused_before_it_is_read(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("tasks.yaml", "tasks:\n")
    os.truncate(path, 50_000_000)
    monkeypatch.delattr(Path, "open")
    with pytest.raises(UnreadableTaskFileError) as caught:
        read_tasks(path)
    assert str(caught.value) == (
        "tasks.yaml: is larger than 16 MiB (50,000,000 bytes). "
        "Split it, or leave finished tasks out."
    )


def test_a_file_of_the_largest_size_is_read(write: Write) -> None:
    content = b'{"tasks": []}'
    path = write("tasks.json", content + b" " * (MAX_BYTES - len(content)))
    assert read_tasks(path).tasks == ()
    path = write("tasks.json", content + b" " * (MAX_BYTES - len(content) + 1))
    with pytest.raises(UnreadableTaskFileError, match="larger"):
        read_tasks(path)


def test_a_mark_at_the_start_is_no_part_of_the_text(write: Write) -> None:
    path = write("tasks.yaml", b"\xef\xbb\xbftasks:\n- id: a\n")
    assert [task.id for task in read_tasks(path).tasks] == ["a"]


@pytest.mark.parametrize("named", ["x", "x.yaml", "x.json", "x.jsonl", "x.txt"])
@pytest.mark.parametrize(
    ("content", "syntax"),
    [
        ('{"tasks": []}', Syntax.JSON),
        ('{"id": "a"}\n{"id": "b"}\n', Syntax.JSON),
        ("# Tasks\n\n- [ ] T001 Begin\n", Syntax.MARKDOWN),
        ("- [x]* 1.1 Begin\n", Syntax.MARKDOWN),
    ],
)
def test_content_decides_the_notation(named: str, content: str, syntax: Syntax) -> None:
    assert Source(named, content).syntax is syntax


@pytest.mark.parametrize(
    ("named", "content", "syntax"),
    [
        ("x.yaml", "{tasks: [{id: a}]}", Syntax.YAML),
        ("x.json", "tasks: []", Syntax.YAML),
        ("x.yaml", "---\nid: a\n---\nb\n", Syntax.YAML),
        ("x", "---\nid: a\n---\nb\n", Syntax.MARKDOWN),
        ("x.md", "no task here", Syntax.MARKDOWN),
        ("x.json", '{"tasks": oops}', Syntax.JSON),
    ],
)
def test_the_name_settles_ties(named: str, content: str, syntax: Syntax) -> None:
    assert Source(named, content).syntax is syntax


def test_control_characters_of_a_path_do_not_reach_the_terminal(write: Write) -> None:
    path = write("a\x1b[2Jb", "x: 1")
    with pytest.raises(TaskparError) as caught:
        read_tasks(path)
    assert str(caught.value).isprintable()


def test_unreadable_files_are_told(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = write("tasks.yaml", "tasks: []")
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UnreadableTaskFileError) as caught:
        read_tasks(path)
    assert str(caught.value) == (
        "tasks.yaml: cannot be read: Permission denied. Check the path and its permissions."
    )
