"""Backlog.md: front matter, criteria between marks, folders."""

from pathlib import Path

import pytest

from taskpar_ml.errors import InvalidTaskError, UnreadableTaskFileError
from taskpar_ml.tasks import read_document, read_tasks

from .conftest import Write


def test_the_example(examples: Path) -> None:
    document = read_document(examples / "backlog/tasks")
    assert document.format == "Backlog.md"
    assert [task.id for task in document.tasks] == ["back-1", "back-2", "back-3"]
    assert document.tasks[0].model_dump(exclude_defaults=True) == {
        "id": "back-1",
        "title": "Say what each rule costs",
        "description": (
            "A plan should name the rules that made it longer, and by how much.\n\n"
            "Implementation Notes\n\nPlan twice, once without the rule."
        ),
        "acceptance_criteria": (
            "Every rule that delays a task is named once",
            "A rule without effect is not mentioned",
        ),
        "depends_on": ("back-3",),
        "modifies": ("taskpar_ml/policy/rules.py", "taskpar_ml/reports/plan_text.py"),
        "labels": ("planner",),
        "priority": "high",
        "status": "in_progress",
        "place": "data/examples/backlog/tasks/back-1 - Say-what-each-rule-costs.md:2",
        "assignee": [],
        "created_date": "2026-01-15",
    }
    assert [task.status for task in document.tasks] == ["in_progress", "todo", "done"]


def test_the_folder_is_a_directory_too(examples: Path) -> None:
    assert len(read_tasks(examples / "backlog/tasks").tasks) == 3
    (path,) = (examples / "backlog/tasks").glob("back-2*")
    assert [task.id for task in read_tasks(path).tasks] == ["back-2"]


def test_small_letters_and_capitals_are_the_same(write: Write) -> None:
    write("backlog/tasks/a.md", "---\nid: TASK-1\ntitle: A\ndependencies: [task-2, Task-3]\n---\n")
    write("backlog/tasks/b.md", "---\nid: task-2\ntitle: B\nparent_task_id: task-1\n---\n")
    write("backlog/completed/c.md", "---\nid: task-3\ntitle: C\n---\n")
    document = read_document("backlog/tasks")
    assert [(task.id, task.depends_on, task.parent) for task in document.tasks] == [
        ("TASK-1", ("task-2", "task-3"), None),
        ("task-2", (), "TASK-1"),
    ]
    assert document.missing_ok == {"task-3"}
    assert [task.id for task in read_tasks(".").work] == ["task-2"]


def test_other_files_of_the_folder_are_told(write: Write) -> None:
    write("backlog/tasks/a.md", "---\nid: x-1\ntitle: A\n---\n")
    write("backlog/tasks/readme.md", "# Hello\n")
    write("backlog/tasks/empty.md", "")
    assert [str(notice) for notice in read_tasks(".").notices] == [
        "backlog/tasks: files without an id in front matter passed over: 1."
    ]


@pytest.mark.parametrize(
    ("front", "message"),
    [
        ("id: x/1\ntitle: A", "t.md:2: task 'x/1': id: 'x/1' is no task id."),
        ("title: A\nid: x-1\nmodified_files: [../a]", "t.md:3: task x-1: modifies: pattern '../a'"),
        ("id: x-1\ntitle: A\nstatus: Nearly", "t.md:2: task x-1: status: status 'Nearly' is"),
        ("id: x-1", "t.md:2: task x-1: title is missing. Add it."),
    ],
)
def test_broken_tasks(write: Write, front: str, message: str) -> None:
    with pytest.raises(InvalidTaskError) as caught:
        read_document(write("t.md", f"---\n{front}\n---\n"))
    assert str(caught.value).startswith(message)


def test_broken_front_matter_is_named_with_its_line(write: Write) -> None:
    with pytest.raises(UnreadableTaskFileError) as caught:
        read_document(write("t.md", "---\nid: x-1\ntitle: [A\n---\n"))
    assert str(caught.value).startswith("t.md:4:1: the YAML is broken: ")


def test_criteria_stand_between_marks(write: Write) -> None:
    body = (
        "## Description\nText\n- [ ] no criterion\n## Acceptance Criteria\n<!-- AC:BEGIN -->\n"
        "- [ ] #1 One\n- [x] Two\n<!-- AC:END -->\nRest\n<!-- AC:BEGIN -->\n- [ ] #3 Three\n"
    )
    task = read_document(write("t.md", f"---\nid: x-1\ntitle: A\n---\n{body}")).tasks[0]
    assert task.acceptance_criteria == ("One", "Two", "Three")
    assert task.description == "Text\n- [ ] no criterion\n\nRest"


def test_files_of_a_folder_may_be_as_large_as_one(write: Write) -> None:
    for name in "ab":
        write(f"tasks/{name}.md", f"---\nid: {name}\ntitle: A\n---\n" + "x" * 9_000_000)
    with pytest.raises(UnreadableTaskFileError, match="larger than 16 MiB together"):
        read_document("tasks")


def test_a_folder_of_something_else(write: Write) -> None:
    write("docs/a.md", "# Hello\n")
    with pytest.raises(UnreadableTaskFileError) as caught:
        read_document("docs")
    assert str(caught.value) == (
        "docs: is a directory where a file is expected. "
        "Name a task file, or a folder of Backlog.md tasks."
    )
