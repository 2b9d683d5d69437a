"""Directories are searched in known places only; files are told apart by content."""

import contextlib
from pathlib import Path

import pytest

from taskpar_ml.errors import UnknownTaskFormatError, UnreadableTaskFileError
from taskpar_ml.tasks import READERS, WELL_KNOWN, TaskReader, read_document, read_tasks
from taskpar_ml.tasks.source import Source

from .conftest import Write

EXAMPLES = {
    "tasks.yaml": "taskpar",
    "tasks.jsonl": "taskpar JSON Lines",
    "issues.json": "GitHub issues",
    ".taskmaster/tasks/tasks.json": "Task Master",
    "specs/001-live-checks/tasks.md": "Spec Kit",
    ".kiro/specs/score-report/tasks.md": "Kiro",
    "openspec/changes/add-junit-output/tasks.md": "OpenSpec",
    "backlog/tasks": "Backlog.md",
    ".beads/issues.jsonl": "beads",
}
FILES = {name: expected for name, expected in EXAMPLES.items() if name != "backlog/tasks"}


def test_the_examples_are_one_backlog(examples: Path) -> None:
    found = read_tasks(examples)
    assert found.files == tuple((f"data/examples/{name}", f) for name, f in EXAMPLES.items())
    assert 25 <= len(found.work) <= 35
    assert len({task.id for task in found.tasks}) == len(found.tasks)
    assert {document_format for _, document_format in found.files} == {r.name for r in READERS}


@pytest.mark.parametrize(("name", "expected"), FILES.items())
def test_the_name_of_a_file_does_not_matter(
    examples: Path, tmp_path: Path, name: str, expected: str
) -> None:
    copy = tmp_path / "renamed"
    copy.write_bytes((examples / name).read_bytes())
    assert read_document(copy).format == expected


@pytest.mark.parametrize("name", FILES)
def test_one_reader_recognises_a_format_first(examples: Path, name: str) -> None:
    """The order of readers only decides between a format and the more general one after it."""
    source = Source.of(examples / name)
    names = [reader.name for reader in READERS if reader.recognises(source)]
    assert names[0] == EXAMPLES[name]
    allowed = {
        ("OpenSpec", "Kiro"),
        ("beads", "taskpar JSON Lines"),
        ("GitHub issues", "taskpar"),
    }
    assert len(names) == 1 or tuple(names) in allowed


def test_nothing_found_names_what_was_looked_for(write: Write) -> None:
    write("sub/tasks.yaml", "tasks: [{id: a}]")
    with pytest.raises(UnknownTaskFormatError) as caught:
        read_tasks(".")
    assert str(caught.value) == (
        f".: holds no task file. Looked for {', '.join(WELL_KNOWN)}. "
        "Name a file, or write one with 'taskpar init'."
    )


def test_a_known_name_with_other_content_is_passed_over(write: Write) -> None:
    write("tasks.yml", "- name: install\n  apt: {name: git}\n")
    with pytest.raises(UnknownTaskFormatError) as caught:
        read_tasks(".")
    assert str(caught.value).startswith(
        ".: holds no task file. tasks.yml: is YAML, but not of a known task format. "
        "It is passed over. Looked for "
    )
    write("tasks.yaml", "tasks: [{id: a}]")
    assert [str(notice) for notice in read_tasks(".").notices] == [
        "tasks.yml: is YAML, but not of a known task format. It is passed over."
    ]


def test_a_known_name_that_is_broken_is_an_error(write: Write) -> None:
    write("tasks.yaml", "tasks: [{id: a}]")
    write("tasks.json", "{")
    with pytest.raises(UnreadableTaskFileError, match=r"tasks\.json:1:2"):
        read_tasks(".")


def test_links_out_of_a_directory_are_not_followed(write: Write, tmp_path: Path) -> None:
    write("outside/tasks.yaml", "tasks: [{id: a}]")
    write("inside/real.json", '{"tasks": [{"id": "b"}]}')
    Path("inside/tasks.yaml").symlink_to(tmp_path / "outside/tasks.yaml")
    Path("inside/specs").symlink_to(tmp_path / "outside")
    Path("inside/tasks.yml").symlink_to("loop")
    Path("inside/loop").symlink_to("tasks.yml")
    Path("inside/tasks.json").symlink_to("real.json")
    found = read_tasks("inside")
    assert [task.id for task in found.tasks] == ["b"]
    assert [str(notice) for notice in found.notices] == [
        "inside/tasks.yaml: is a link that leaves the directory and is not followed. "
        "Name its target to read it."
    ]
    assert [task.id for task in read_tasks("inside/tasks.yaml").tasks] == ["a"]


def test_files_named_twice_are_read_once(write: Write) -> None:
    path = write("tasks.yaml", "tasks: [{id: a}]")
    Path("link").symlink_to(path)
    assert len(read_tasks(path, ".", "./tasks.yaml", "link").files) == 1


def test_files_are_read_in_the_order_they_are_named(write: Write) -> None:
    write("b.yaml", "tasks: [{id: b}]")
    write("a.yaml", "tasks: [{id: a, depends_on: [b]}]")
    assert [task.id for task in read_tasks("b.yaml", "a.yaml").tasks] == ["b", "a"]


def test_no_file_at_all(write: Write) -> None:
    with pytest.raises(UnknownTaskFormatError) as caught:
        read_tasks()
    assert str(caught.value) == "tasks: no file was named. Name a file or a directory."


def test_an_unknown_format_names_the_known_ones(write: Write) -> None:
    with pytest.raises(UnknownTaskFormatError) as caught:
        read_document(write("x.json", '{"a": 3}'))
    assert str(caught.value) == (
        "x.json: is JSON, but not of a known task format. Known formats: Backlog.md, Spec Kit, "
        "OpenSpec, Kiro, beads, GitHub issues, Task Master, taskpar JSON Lines, taskpar. "
        "A task of our own needs an id and a title."
    )


@pytest.mark.parametrize(
    ("names", "read"),
    [
        (("issues.jsonl", "beads.jsonl"), [".beads/issues.jsonl"]),
        (("export.jsonl", "interactions.jsonl"), [".beads/export.jsonl"]),
    ],
)
def test_one_export_of_beads_is_read(write: Write, names: tuple[str, ...], read: list[str]) -> None:
    for name in names:
        kind = "" if name.startswith("interactions") else ', "issue_type": "task"'
        write(f".beads/{name}", f'{{"id": "{name[0]}-1", "title": "x"{kind}}}')
    found = read_tasks(".")
    assert [path for path, _ in found.files] == read


def test_readers_change_no_file(examples: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in examples.rglob("*")}
    read_tasks(examples)
    assert {path: path.stat().st_mtime_ns for path in examples.rglob("*")} == before


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
@pytest.mark.parametrize("content", ["{}", "[]", "3", "[3]", "a: 1", "- 1", "# x", "- [ ] x"])
def test_recognising_answers_for_any_content(reader: TaskReader, content: str) -> None:
    assert reader.recognises(Source("x", content)) in (True, False)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_recognising_raises_only_for_what_cannot_be_parsed(reader: TaskReader) -> None:
    with contextlib.suppress(UnreadableTaskFileError):
        reader.recognises(Source("x", "{"))
