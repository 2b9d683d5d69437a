"""GitHub issues: task lists, parents, blockers."""

import json
from pathlib import Path
from typing import Any

import pytest

from taskpar_ml.domain.task import TaskStatus
from taskpar_ml.errors import DependencyCycleError, InvalidTaskError
from taskpar_ml.tasks import read_document, read_tasks

from .conftest import Write


def issue(number: int, **fields: Any) -> dict[str, Any]:
    return {"number": number, "title": f"Issue {number}", "body": "", "state": "OPEN", **fields}


def test_the_example(examples: Path) -> None:
    document = read_document(examples / "issues.json")
    assert document.format == "GitHub issues"
    assert [(task.id, task.status, task.parent) for task in document.tasks] == [
        ("301", "todo", None),
        ("302", "todo", "301"),
        ("303", "todo", "301"),
        ("304", "done", None),
        ("305", "cancelled", None),
    ]
    assert document.tasks[0].acceptance_criteria == ()
    assert document.tasks[0].description == "New users see too much at once."
    assert document.tasks[1].model_dump(exclude_defaults=True) == {
        "id": "302",
        "title": "Shorten the table of waves",
        "description": "taskpar_ml/reports/plan_text.py prints every reason.",
        "acceptance_criteria": ("At most three reasons per task", "--all shows the rest"),
        "labels": ("enhancement", "cli"),
        "parent": "301",
        "place": "data/examples/issues.json:11",
        "url": "https://github.com/example/taskpar/issues/302",
    }
    assert document.tasks[2].depends_on == ("302", "290")
    assert document.missing_ok == {"290"}
    assert read_tasks(examples / "issues.json").by_id["303"].depends_on == ("302",)


@pytest.mark.parametrize(
    "links",
    [
        [2, 3],
        [{"number": 2}, {"number": 3, "state": "OPEN"}],
        {"nodes": [{"number": 2}, {"number": 3}], "totalCount": 2},
    ],
)
def test_links_in_every_shape(write: Write, links: Any) -> None:
    issues = [issue(1, blockedBy=links), issue(2), issue(3)]
    assert read_document(write("t", json.dumps(issues))).tasks[0].depends_on == ("2", "3")
    issues = [issue(1, blocking=links), issue(2), issue(3)]
    assert read_document(write("t", json.dumps(issues))).tasks[0].blocks == ("2", "3")
    issues = [issue(1, subIssues=links), issue(2), issue(3)]
    tasks = read_document(write("t", json.dumps(issues))).tasks
    assert [task.parent for task in tasks] == [None, "1", "1"]


def test_the_child_knows_its_parent_best(write: Write) -> None:
    issues = [
        issue(1, subIssues=[3]),
        issue(2, body="- [ ] #3\n- [ ] https://github.com/o/r/issues/4 later\n- [ ] #2"),
        issue(3, parent={"number": 5}),
        issue(4),
        issue(5),
    ]
    tasks = read_document(write("t", json.dumps(issues))).tasks
    assert [task.parent for task in tasks] == [None, None, "5", "2", None]


def test_a_blocker_that_is_neither_here_nor_closed_is_waited_for(write: Write) -> None:
    links = {"nodes": [{"number": 9, "state": "OPEN"}]}
    found = read_tasks(write("t", json.dumps([issue(1, blockedBy=links, blocking=[8])])))
    assert found.outside == {"9"}
    assert (found.tasks[0].depends_on, found.tasks[0].blocks) == (("9",), ())


def test_issues_that_list_each_other(write: Write) -> None:
    issues = [issue(1, body="- [ ] #2"), issue(2, body="- [ ] #1")]
    with pytest.raises(DependencyCycleError) as caught:
        read_tasks(write("t", json.dumps(issues)))
    assert str(caught.value) == (
        "t:1: task 1: tasks are part of each other: 1 -> 2 -> 1. Remove one of the parents."
    )


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"state": "open"}, TaskStatus.TODO),
        ({"state": "OPEN", "stateReason": "REOPENED"}, TaskStatus.TODO),
        ({"state": "CLOSED"}, TaskStatus.DONE),
        ({"state": "closed", "state_reason": "completed"}, TaskStatus.DONE),
        ({"state": "CLOSED", "stateReason": "NOT_PLANNED"}, TaskStatus.CANCELLED),
        ({"state": None}, TaskStatus.TODO),
    ],
)
def test_states(write: Write, fields: dict[str, Any], status: TaskStatus) -> None:
    task = read_document(write("t", json.dumps([issue(1, **fields)]))).tasks[0]
    assert task.status is status


def test_pull_requests_are_passed_over(write: Write) -> None:
    issues = [issue(1), issue(2, pull_request={"url": "x"})]
    document = read_document(write("t", json.dumps(issues)))
    assert [task.id for task in document.tasks] == ["1"]
    assert [str(notice) for notice in document.notices] == ["t: pull requests passed over: 1."]


def test_the_id_of_a_node_is_no_task_id(write: Write) -> None:
    document = read_document(write("t", json.dumps([issue(1, id="I_kwDO")])))
    assert (document.format, document.tasks[0].id) == ("GitHub issues", "1")


def test_lines_and_single_issues(write: Write) -> None:
    content = json.dumps(issue(1)) + "\n" + json.dumps(issue(2))
    assert len(read_document(write("t", content)).tasks) == 2


def test_boxes_in_code_are_text(write: Write) -> None:
    body = "a\r\n```\r\n- [ ] no\r\n```\r\n- [ ] yes"
    task = read_document(write("t", json.dumps([issue(1, body=body)]))).tasks[0]
    assert task.acceptance_criteria == ("yes",)
    assert task.description == "a\n```\n- [ ] no\n```"


@pytest.mark.parametrize(
    ("issues", "message"),
    [
        (
            [issue(1, blockedBy=["x"])],
            "t:1: task 1: blockedBy: an entry must be the number of an issue. Got 'x'. "
            "Export the issues again.",
        ),
        ([issue(1), 3], "t: an issue must be an object. Got '3'. Export the issues again."),
        ([issue(1, title="")], "t:1: task 1: title is empty. Say in one line what is to be done."),
        (
            [issue(1, labels=[{"color": "red"}])],
            "t:1: task 1: labels must be a text. Got nothing. "
            "Write a text, in quotes where in doubt.",
        ),
    ],
)
def test_broken_issues(write: Write, issues: list[Any], message: str) -> None:
    with pytest.raises(InvalidTaskError) as caught:
        read_tasks(write("t", json.dumps(issues)))
    assert str(caught.value) == message
