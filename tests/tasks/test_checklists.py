"""Kiro and OpenSpec: numbered checklists."""

from pathlib import Path

import pytest

from taskpar_ml.domain.task import TaskStatus
from taskpar_ml.errors import DuplicateTaskIdError
from taskpar_ml.tasks import read_document, read_tasks

from .conftest import Write


def test_the_example_of_kiro(examples: Path) -> None:
    document = read_document(examples / ".kiro/specs/score-report/tasks.md")
    assert document.format == "Kiro"
    assert [(task.id, task.parent, task.marked_parallel) for task in document.tasks] == [
        ("1", None, False),
        ("1.1", "1", False),
        ("1.2", "1", True),
        ("2", None, False),
        ("2.1", "2", True),
        ("2.2", "2", False),
    ]
    assert document.tasks[1].status is TaskStatus.DONE
    assert document.tasks[4].model_dump(exclude_defaults=True) == {
        "id": "2.1",
        "title": "Write the table in taskpar_ml/reports/pairs_text.py",
        "description": "The widest column gives way first",
        "depends_on": ("1.2",),
        "parent": "2",
        "marked_parallel": True,
        "place": "data/examples/.kiro/specs/score-report/tasks.md:11",
        "requirements": ["2.1"],
    }
    assert document.tasks[2].model_extra == {"requirements": ["1.2", "1.3"]}
    assert document.tasks[5].labels == ("optional",)


def test_the_example_of_openspec(examples: Path) -> None:
    document = read_document(examples / "openspec/changes/add-junit-output/tasks.md")
    assert document.format == "OpenSpec"
    assert [(task.id, task.section, task.status) for task in document.tasks] == [
        ("7.1", "7. Output", "todo"),
        ("7.2", "7. Output", "todo"),
        ("8.1", "8. Tests and documentation", "todo"),
        ("8.2", "8. Tests and documentation", "done"),
    ]
    assert document.barriers == ()
    assert {task.parent for task in document.tasks} == {None}


@pytest.mark.parametrize(
    ("item", "task_id", "title", "parallel", "optional"),
    [
        ("- [ ] 1. Set up", "1", "Set up", False, False),
        ("- [ ] 1.10 Set up", "1.10", "Set up", False, False),
        ("- [ ] 1.2.3. Set up", "1.2.3", "Set up", False, False),
        ("- [ ] 2.1 (P) Set up", "2.1", "Set up", True, False),
        ("- [ ] 2.1 Set up (P)", "2.1", "Set up", True, False),
        ("- [ ] 2.1 Set up (Part one)", "2.1", "Set up (Part one)", False, False),
        ("- [ ]* 2.1 Set up", "2.1", "Set up", False, True),
        ("- [ ] * 2.1 Set up", "2.1", "Set up", False, True),
        ("- [ ] 2.1 (P)", "2.1", "(P)", True, False),
    ],
)
def test_items(
    write: Write, item: str, task_id: str, title: str, parallel: bool, optional: bool
) -> None:
    task = read_document(write("tasks.md", item)).tasks[0]
    assert (task.id, task.title, task.labels) == (
        *(task_id, title, ("optional",) if optional else ()),
    )
    assert task.marked_parallel is parallel


def test_states_of_boxes(write: Write) -> None:
    content = "- [ ] 1 a\n- [x] 2 b\n- [X] 3 c\n- [-] 4 d\n- [~] 5 e\n"
    assert [task.status for task in read_document(write("t.md", content)).tasks] == [
        *("todo", "done", "done", "in_progress", "in_progress")
    ]


def test_the_nearest_number_is_the_parent(write: Write) -> None:
    content = "- [ ] 1. a\n- [ ] 1.1.1 b\n- [ ] 1.1 c\n- [ ] 2.1 d\n- [ ] 11 e\n"
    tasks = read_document(write("t.md", content)).tasks
    assert [(task.id, task.parent) for task in tasks] == [
        ("1", None),
        ("1.1.1", "1.1"),
        ("1.1", "1"),
        ("2.1", None),
        ("11", None),
    ]


def test_lines_below_are_the_description(write: Write) -> None:
    content = (
        "- [ ] 1 a\n  - one\n    - [ ] two\n\n  three\n  - _Requirements: 1.1, R2_\n"
        "  - _Boundary: API_\n  - _Depends: 2_\nplain text ends it\n  - not this\n- [ ] 2 b\n"
    )
    first, second = read_document(write("t.md", content)).tasks
    assert first.description == "one\ntwo\nthree"
    assert first.model_extra == {"requirements": ["1.1", "R2"], "boundary": ["API"]}
    assert first.depends_on == ("2",)
    assert second.description == ""


def test_the_parent_is_not_scheduled(examples: Path) -> None:
    found = read_tasks(examples / ".kiro/specs/score-report/tasks.md")
    assert [task.id for task in found.work] == ["1.2", "2.1", "2.2"]
    assert found.containers == {"1": ("1.1", "1.2"), "2": ("2.1", "2.2")}


def test_two_changes_are_planned_one_at_a_time(write: Write) -> None:
    write("openspec/changes/a/tasks.md", "## 1. A\n- [ ] 1.1 x\n")
    write("openspec/changes/b/tasks.md", "## 1. B\n- [ ] 1.1 y\n")
    write("openspec/changes/archive/tasks.md", "## 1. C\n- [ ] 1.1 y\n")
    with pytest.raises(DuplicateTaskIdError) as caught:
        read_tasks(".")
    assert str(caught.value) == (
        "openspec/changes/b/tasks.md:2: task 1.1: the id is taken by the task at "
        "openspec/changes/a/tasks.md:2. OpenSpec numbers each file anew: plan one file at a time."
    )
