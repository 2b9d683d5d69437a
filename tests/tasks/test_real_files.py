"""Files that other people's tools wrote, where they are at hand."""

from pathlib import Path

import pytest

from taskpar_ml.domain.groups import ExecutionGroup
from taskpar_ml.errors import DuplicateTaskIdError, UnknownDependencyError
from taskpar_ml.tasks import read_document, read_tasks, write_groups


@pytest.mark.parametrize(
    ("tag", "leaves", "work", "parents"),
    [
        ("cc-kiro-hooks", 50, 50, 10),
        ("tm-core-phase-1", 55, 34, 11),
        ("tm-start", 6, 1, 0),
        ("autonomous-tdd-git-workflow", 104, 104, 23),
        ("tdd-workflow-phase-0", 50, 0, 10),
        ("tdd-phase-1-core-rails", 50, 0, 10),
        ("loop", 70, 25, 18),
    ],
)
def test_tags_of_task_master(
    real_files: Path, tag: str, leaves: int, work: int, parents: int
) -> None:
    found = read_tasks(real_files / "taskmaster-tasks.json", tag=tag)
    assert (len(found.tasks), len(found.work), len(found.containers)) == (leaves, work, parents)


def test_tags_of_task_master_that_contradict_themselves(real_files: Path) -> None:
    path = real_files / "taskmaster-tasks.json"
    with pytest.raises(UnknownDependencyError) as dangling:
        read_tasks(path, tag="test-tag")
    assert str(dangling.value).endswith("task 1: depends_on 16 does not exist. Known ids: 1.")
    with pytest.raises(DuplicateTaskIdError) as twice:
        read_tasks(path, tag="master")
    assert str(twice.value).endswith("Give one of them another id.")
    assert "task 42.42: the id is taken by the task at " in str(twice.value)
    assert len(read_document(path, tag="master").tasks) == 93 + 535


def test_the_report_of_task_master_joins(real_files: Path, tmp_path: Path) -> None:
    home = tmp_path / ".taskmaster"
    for source, target in (
        ("taskmaster-tasks.json", "tasks/tasks.json"),
        ("taskmaster-state.json", "state.json"),
        ("taskmaster-complexity-report_loop.json", "reports/task-complexity-report_loop.json"),
    ):
        (home / target).parent.mkdir(parents=True, exist_ok=True)
        (home / target).write_bytes((real_files / source).read_bytes())
    document = read_document(home / "tasks/tasks.json")
    by_id = {task.id: task for task in document.tasks}
    assert "tag loop is read" in str(document.notices[0])
    assert (by_id["1"].complexity, by_id["2"].complexity) == (2, 4)


def test_writing_into_task_master_adds_lines_only(real_files: Path, tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    before = (real_files / "taskmaster-tasks.json").read_text(encoding="utf-8")
    path.write_text(before, encoding="utf-8")
    write_groups(path, [ExecutionGroup(parallel=("1", "2"))], tag="tm-start")
    old, new = before.splitlines(), path.read_text(encoding="utf-8").splitlines()
    added = len(new) - len(old)
    start = next(index for index, line in enumerate(new) if line != old[index])
    assert new[start] == old[start] + ","
    assert new[start + 1 + added :] == old[start + 1 :]
    assert "taskpar" in new[start + 1]


def test_the_export_of_beads(real_files: Path) -> None:
    document = read_document(real_files / "beads-issues.jsonl")
    assert len(document.tasks) == 118
    assert sum(task.status.is_work for task in document.tasks) == 12
    assert "passed over: 2" in str(document.notices[0])
    found = read_tasks(real_files / "beads-issues.jsonl")
    assert found.outside
    assert all(any(gone in task.depends_on for task in found.work) for gone in found.outside)


def test_the_template_of_spec_kit(real_files: Path) -> None:
    found = read_tasks(real_files / "spec-kit-tasks.md")
    assert len(found.work) == 34
    assert len(found.barriers) == 5
    assert found.by_id["T014"].depends_on == ("T012", "T013")
    assert sum(task.marked_parallel for task in found.tasks) == 15
    assert found.by_id["TXXX-6"].section == "Phase N: Polish & Cross-Cutting Concerns"
