"""Task Master: tags, subtasks, relevant files, and the files beside the tasks."""

import json
from pathlib import Path
from typing import Any

import pytest

from taskpar_ml.errors import InvalidTaskError, TaskFileError, UnknownDependencyError
from taskpar_ml.tasks import read_document, read_tasks

from .conftest import Write

HOME = ".taskmaster/tasks/tasks.json"


def task(task_id: Any, **fields: Any) -> dict[str, Any]:
    return {"id": task_id, "title": f"Task {task_id}", "dependencies": [], **fields}


def test_the_example(examples: Path) -> None:
    document = read_document(examples / HOME)
    assert document.format == "Task Master"
    assert [each.id for each in document.tasks] == [
        *("101", "102", "102.1", "102.2", "102.3", "103", "103.1", "103.2", "104")
    ]
    by_id = {each.id: each for each in document.tasks}
    assert by_id["102"].model_dump(exclude_defaults=True) == {
        "id": "102",
        "title": "Explain single pairs",
        "description": (
            "taskpar explain says why two tasks would collide.\n\n"
            "The coded evidence comes first, contributions of the model on request."
        ),
        "acceptance_criteria": ("Golden text for one pair of each conflict kind.",),
        "depends_on": ("101",),
        "priority": "high",
        "status": "in_progress",
        "place": "data/examples/.taskmaster/tasks/tasks.json:15",
    }
    assert by_id["102.3"].acceptance_criteria == (
        "taskpar explain --contributions prints them",
        "Without the flag nothing is slower",
    )
    assert by_id["102.3"].depends_on == ("102.2",)
    assert by_id["102.3"].parent == "102"
    assert by_id["102.2"].modifies == ("taskpar_ml/reports/explanation_text.py",)
    assert by_id["102.2"].reads == ("taskpar_ml/domain/explanation.py",)
    assert by_id["103"].depends_on == ("102.1",)
    assert (by_id["103"].complexity, by_id["104"].complexity, by_id["101"].complexity) == (
        6.0,
        3.0,
        None,
    )
    assert by_id["104"].model_extra == {"reviewers": "2"}
    assert [str(notice) for notice in document.notices] == [
        "data/examples/.taskmaster/tasks/tasks.json: tag master is read. Other tags: later."
    ]


def test_subtasks_are_planned_and_know_their_parents(examples: Path) -> None:
    found = read_tasks(examples / HOME)
    assert [each.id for each in found.work] == ["102.2", "102.3", "103.1", "103.2", "104"]
    assert found.containers["103"] == ("103.1", "103.2")
    assert found.by_id["103.1"].depends_on == ("102.1",)
    assert found.by_id["103.1"].context == (
        "Widen the corpus of labels\nMine more public repositories.\n\n"
        "Only numeric tables are kept under data/."
    )
    assert found.by_id["104"].depends_on == ("102.1", "102.2", "102.3", "103.1", "103.2")
    assert found.by_id["102.2"].depends_on == ("102.1", "101")
    assert found.by_id["102.2"].priority == "high"


def test_another_tag(examples: Path) -> None:
    found = read_tasks(examples / HOME, tag="later")
    assert [(each.id, each.status) for each in found.tasks] == [("201", "deferred")]


def test_an_unknown_tag_names_the_known_ones(examples: Path) -> None:
    with pytest.raises(TaskFileError) as caught:
        read_document(examples / HOME, tag="nope")
    assert str(caught.value) == (
        "data/examples/.taskmaster/tasks/tasks.json: has no tag 'nope'. Known tags: master, later."
    )


def tagged(*names: str) -> str:
    tasks = {name: {"tasks": [task(n, details="x")]} for n, name in enumerate(names, 1)}
    return json.dumps(tasks)


@pytest.mark.parametrize(
    ("names", "state", "chosen"),
    [
        (("master", "b"), None, "1"),
        (("a", "master"), '{"currentTag": "a"}', "1"),
        (("a", "master"), '{"currentTag": "gone"}', "2"),
        (("a", "master"), '{"currentTag": 3}', "2"),
        (("a", "master"), "{broken", "2"),
        (("a", "master"), "", "2"),
        (("a",), None, "1"),
    ],
)
def test_the_tag_that_is_read(
    write: Write, names: tuple[str, ...], state: str | None, chosen: str
) -> None:
    path = write(HOME, tagged(*names))
    if state is not None:
        write(".taskmaster/state.json", state)
    document = read_document(path)
    assert [each.id for each in document.tasks] == [chosen]
    told = " ".join(str(notice) for notice in document.notices)
    assert ("gone, which is not there" in told) == (state is not None and "gone" in state)
    assert ("The file is passed over" in told) == (state in ("{broken", ""))


def test_several_tags_and_none_is_current(write: Write) -> None:
    with pytest.raises(TaskFileError) as caught:
        read_document(write("tasks.json", tagged("a", "b")))
    assert str(caught.value) == (
        "tasks.json: holds several tags and none is current. Pass one. Known tags: a, b."
    )


def test_side_files_outside_are_not_read(write: Write, tmp_path: Path) -> None:
    path = write("project/" + HOME, tagged("a", "master"))
    write("outside.json", '{"currentTag": "a"}')
    Path("project/.taskmaster/state.json").symlink_to(tmp_path / "outside.json")
    assert [each.id for each in read_document(path).tasks] == ["2"]
    hostile = "../../../outside"
    write("project/" + HOME, tagged(hostile))
    assert read_document(path, tag=hostile).tasks[0].complexity is None


def test_reports_belong_to_their_tag(write: Write) -> None:
    path = write(HOME, tagged("master", "b"))
    report = {"complexityAnalysis": [{"taskId": 2, "complexityScore": 7.5}, {"taskId": 9}, 3]}
    write(".taskmaster/reports/task-complexity-report_b.json", json.dumps(report))
    assert read_document(path).tasks[0].complexity is None
    assert read_document(path, tag="b").tasks[0].complexity == 7.5


def test_a_flat_file_is_the_main_tag(write: Write) -> None:
    path = write("tasks.json", json.dumps({"tasks": [task(1, complexity=4)]}))
    assert read_document(path, tag="master").tasks[0].complexity == 4
    with pytest.raises(TaskFileError, match="Known tags: master"):
        read_document(path, tag="b")


def test_references_of_subtasks(write: Write) -> None:
    subtasks = [task(1), task(2, dependencies=[1, "1", "2.1", 3, 2.10]), task("1.3"), task(10)]
    content = {
        "tasks": [task(1, subtasks=subtasks), task(2, subtasks=[task(1), task(10)]), task(3)]
    }
    found = read_document(write("tasks.json", json.dumps(content).replace("2.1]", "2.10]")))
    assert found.tasks[2].depends_on == ("1.1", "1.1", "2.1", "1.3", "2.10")
    assert found.tasks[3].id == "1.3"


def test_a_number_that_is_no_sibling_is_the_task_of_that_number(write: Write) -> None:
    content = {"tasks": [task(1, subtasks=[task(1, dependencies=[7])]), task(7)]}
    assert read_document(write("t", json.dumps(content))).tasks[1].depends_on == ("7",)
    content = {"tasks": [task(1, subtasks=[task(1, dependencies=[8])]), task(7)]}
    with pytest.raises(UnknownDependencyError) as caught:
        read_tasks(write("t", json.dumps(content, indent=1)))
    assert str(caught.value) == (
        "t:8: task 1.1: depends_on 1.8 does not exist. Known ids: 1, 1.1, 7."
    )


@pytest.mark.parametrize(
    ("written", "writes", "reads"),
    [
        ([{"path": "a", "action": "create"}, {"path": "b", "action": " Modify "}], "ab", ""),
        ([{"path": "a", "action": "reference"}, {"path": "b"}, "c"], "", "abc"),
        ([{"path": "a", "action": "delete"}, {"path": "b", "action": "look at"}], "a", "b"),
    ],
)
def test_only_writing_counts_as_declared_change(
    write: Write, written: list[Any], writes: str, reads: str
) -> None:
    content = {"tasks": [task(1, relevantFiles=written)]}
    found = read_document(write("t", json.dumps(content))).tasks[0]
    assert (found.modifies, found.reads) == (tuple(writes), tuple(reads))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"relevantFiles": [{"action": "create"}]},
            "t:1: task 1: relevantFiles: a path must be a text. Got nothing. "
            'Write {"path": "...", "action": "modify"}.',
        ),
        (
            {"relevantFiles": [{"path": "/abs", "action": "create"}]},
            "t:1: task 1: modifies: pattern '/abs' is absolute. "
            "Write it relative to the root of the repository.",
        ),
        (
            {"subtasks": [3]},
            "t:1: a task must be an object. Got '3'. Write its fields between braces.",
        ),
        ({"subtasks": [{"title": "x"}]}, "t:1: id is missing. Add it."),
    ],
)
def test_broken_tasks(write: Write, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidTaskError) as caught:
        read_document(write("t", json.dumps({"tasks": [task(1, **fields)]})))
    assert str(caught.value) == message


def test_metadata_of_ours_counts_in_a_foreign_file(write: Write) -> None:
    fields = {"parallel_safe": False, "conflict_zones": ["db/*"], "testStrategy": None}
    content = {"master": {"tasks": [task(1, **fields)]}}
    found = read_document(write("t", json.dumps(content))).tasks[0]
    assert (found.parallel_safe, found.conflict_zones) == (False, ("db/*",))


def test_a_tag_has_no_effect_elsewhere(examples: Path) -> None:
    found = read_tasks(examples / "tasks.yaml", tag="b")
    assert [str(notice) for notice in found.notices] == [
        "data/examples/tasks.yaml: tag b has no effect: only Task Master files have tags."
    ]
