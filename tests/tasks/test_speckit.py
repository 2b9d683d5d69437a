"""Spec Kit: phases are barriers, marks become fields, comments and code are no tasks."""

from pathlib import Path

import pytest

from taskpar_ml.domain.task import TaskStatus
from taskpar_ml.domain.taskset import Barrier
from taskpar_ml.errors import DependencyCycleError, DuplicateTaskIdError, UnknownTaskFormatError
from taskpar_ml.tasks import read_document, read_tasks

from .conftest import Write


def test_the_example(examples: Path) -> None:
    document = read_document(examples / "specs/001-live-checks/tasks.md")
    assert document.format == "Spec Kit"
    assert [task.id for task in document.tasks] == [f"T00{n}" for n in range(1, 8)]
    assert document.tasks[0].status is TaskStatus.DONE
    assert document.tasks[4].model_dump(exclude_defaults=True) == {
        "id": "T005",
        "title": "Show forming collisions in taskpar_ml/cli/status.py",
        "description": "One line per pair, the files behind it\nNothing at all where all is well",
        "depends_on": ("T003",),
        "labels": ("US1",),
        "section": "Phase 2: User Story 1 - See a collision while it forms (Priority: P1)",
        "place": "data/examples/specs/001-live-checks/tasks.md:22",
    }
    assert document.tasks[6].title == "Measure trial merges in tests/benchmarks/run.py"
    assert document.tasks[6].depends_on == ("T003",)
    assert [task.marked_parallel for task in document.tasks] == [
        *(False, True, True, True, False, True, False)
    ]
    assert document.barriers == (
        Barrier(
            ("T001", "T002"),
            ("T003", "T004", "T005"),
            "'Phase 2: User Story 1 - See a collision while it forms (Priority: P1)' "
            "follows 'Phase 1: Setup'",
        ),
        Barrier(
            ("T003", "T004", "T005"),
            ("T006", "T007"),
            "'Phase 3: Polish' follows "
            "'Phase 2: User Story 1 - See a collision while it forms (Priority: P1)'",
        ),
    )


@pytest.mark.parametrize(
    ("item", "title", "depends_on", "labels", "parallel"),
    [
        ("T001 [P] [US2] Do", "Do", (), ("US2",), True),
        ("T001 [US1] [P] Do", "Do", (), ("US1",), True),
        ("T001 [Story] Do", "Do", (), ("Story",), False),
        ("**T001** Do", "Do", (), (), False),
        ("T001: Do", "Do", (), (), False),
        ("T001 Write [Entity] in src/[x].py", "Write [Entity] in src/[x].py", (), (), False),
        ("T001 [Entity] first", "[Entity] first", (), (), False),
        ("T001 Do (depends on T002, T003)", "Do", ("T002", "T003"), (), False),
        ("T001 Do (depends on T002 and T003) it", "Do  it", ("T002", "T003"), (), False),
        ("T001 Do (Depends on: T003-T005)", "Do", ("T003", "T004", "T005"), (), False),
        ("T001 [P] [deps:T000,T002] Do", "Do", ("T000", "T002"), (), True),
        ("T001 Do [depends on: T002]", "Do", ("T002",), (), False),
        ("T001 Do (blocked by T002)", "Do", ("T002",), (), False),
        ("T001 Do (as T002 does)", "Do (as T002 does)", (), (), False),
        ("T001 [P]", "[P]", (), (), True),
    ],
)
def test_marks_become_fields(
    write: Write,
    item: str,
    title: str,
    depends_on: tuple[str, ...],
    labels: tuple[str, ...],
    parallel: bool,
) -> None:
    task = read_document(write("tasks.md", f"- [ ] {item}\n")).tasks[0]
    assert (task.title, task.depends_on, task.labels, task.marked_parallel) == (
        *(title, depends_on, labels, parallel),
    )


def test_a_clause_without_an_id_is_told(write: Write) -> None:
    document = read_document(write("t.md", "- [ ] T001 Do (depends on Phase 2)\n"))
    assert [str(notice) for notice in document.notices] == [
        "t.md:1: task T001: '(depends on Phase 2)' names no task id and is passed over."
    ]
    assert document.tasks[0].title == "Do"


def test_placeholders_are_numbered(write: Write) -> None:
    document = read_document(write("t.md", "- [ ] T001 a\n- [ ] TXXX b\n- [ ] TXXX [P] c\n"))
    assert [task.id for task in document.tasks] == ["T001", "TXXX-1", "TXXX-2"]
    assert [str(notice) for notice in document.notices] == [
        "t.md:2: 2 tasks carry the placeholder TXXX; they are called TXXX-1 to TXXX-2. "
        "Give them ids."
    ]


PHASES = """\
# Phases
- [ ] T001 before all phases
## Phase 1: One
- [ ] T002 a
### Tests
- [x] T003 b
## Phase 2: Empty
## Phase 3: Three
- [x] T004 c
## Phase 4: Four
- [ ] T005 d
## Notes
- [ ] T006 e
"""


def test_phases_wait_for_the_nearest_unfinished_one(write: Write) -> None:
    document = read_document(write("t.md", PHASES))
    assert [(barrier.before, barrier.after) for barrier in document.barriers] == [
        (("T002", "T003"), ("T004",)),
        (("T002", "T003"), ("T005",)),
    ]
    assert [task.section for task in document.tasks] == [
        *("Phases", "Phase 1: One", "Phase 1: One", "Phase 3: Three", "Phase 4: Four", "Notes")
    ]


def test_phases_that_are_done_still_stand_in_order(write: Write) -> None:
    content = "".join(f"## Phase {n}: x\n- [x] T00{n} a\n" for n in (1, 2, 3))
    barriers = read_document(write("t.md", content)).barriers
    assert [(b.before, b.after) for b in barriers] == [
        (("T001",), ("T002",)),
        (("T002",), ("T003",)),
    ]


def test_a_dependency_against_the_phases(write: Write) -> None:
    content = "## Phase 1: a\n- [ ] T001 x (depends on T002)\n## Phase 2: b\n- [ ] T002 y\n"
    with pytest.raises(DependencyCycleError) as caught:
        read_tasks(write("t.md", content))
    assert str(caught.value) == (
        "t.md:2: task T001: tasks wait for each other: T001 -> T002 -> T001. Remove one of these: "
        "T001 depends_on T002 (t.md:2); 'Phase 2: b' follows 'Phase 1: a' "
        "(so T002 waits for T001)."
    )


def test_two_features_are_planned_one_at_a_time(write: Write) -> None:
    write("specs/001-a/tasks.md", "- [ ] T001 x\n")
    write("specs/002-b/tasks.md", "\n- [ ] T001 y\n")
    with pytest.raises(DuplicateTaskIdError) as caught:
        read_tasks(".")
    assert str(caught.value) == (
        "specs/002-b/tasks.md:2: task T001: the id is taken by the task at specs/001-a/tasks.md:1. "
        "Spec Kit numbers each file anew: plan one file at a time."
    )


def test_a_checklist_without_ids_is_no_task_file(write: Write) -> None:
    with pytest.raises(UnknownTaskFormatError):
        read_tasks(write("tasks.md", "- [ ] Buy milk\n- [ ] TODO list\n"))


def test_text_below_a_task_belongs_to_it(write: Write) -> None:
    content = "- [ ] T001 a\n\n  more\n\tand more\n- plain bullet\n  not this\n- [ ] T002 b\n"
    document = read_document(write("t.md", content))
    assert [task.description for task in document.tasks] == ["more\nand more", ""]
