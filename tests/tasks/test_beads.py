"""beads: types of dependencies, history that names what is gone, issues that are no work."""

import json
from pathlib import Path
from typing import Any

import pytest

from taskpar_ml.errors import InvalidTaskError
from taskpar_ml.tasks import read_document, read_tasks

from .conftest import Write


def issue(issue_id: str, *depends: tuple[str, str], **fields: Any) -> dict[str, Any]:
    dependencies = [
        {"issue_id": issue_id, "depends_on_id": on, "type": kind} for kind, on in depends
    ]
    common = {"title": f"Issue {issue_id}", "status": "open", "issue_type": "task", "priority": 2}
    return {"id": issue_id, **common, "dependencies": dependencies, **fields}


def lines(*issues: dict[str, Any]) -> str:
    return "".join(json.dumps(each) + "\n" for each in issues)


def test_the_example(examples: Path) -> None:
    document = read_document(examples / ".beads/issues.jsonl")
    assert document.format == "beads"
    assert [(task.id, task.status, task.parent) for task in document.tasks] == [
        ("tp-e1", "todo", None),
        ("tp-e1.1", "in_progress", "tp-e1"),
        ("tp-e1.2", "todo", "tp-e1"),
        ("tp-k3", "done", None),
        ("tp-b7", "todo", None),
    ]
    task = document.tasks[1]
    assert task.description == (
        "A crash must not leave worktrees behind.\n\n"
        "A journal in taskpar_ml/execution/journal.py is written before each step."
    )
    assert task.acceptance_criteria == (
        "An interrupted run is cleaned up by the next",
        "Uncommitted work is kept",
    )
    assert (task.priority, task.labels, task.depends_on) == ("1", ("execution",), ("tp-k3",))
    assert task.model_extra is not None
    assert task.model_extra["issue_type"] == "task"
    assert document.tasks[2].depends_on == ("tp-e1.1",)
    assert document.tasks[3].depends_on == ()
    assert document.tasks[4].depends_on == ()
    assert [str(notice) for notice in document.notices] == [
        "data/examples/.beads/issues.jsonl: "
        "issues that are no work (messages, events and the like) passed over: 1."
    ]


@pytest.mark.parametrize("kind", ["related", "discovered-from", "tracks", "conditional-blocks"])
def test_other_types_order_nothing(write: Write, kind: str) -> None:
    path = write("t", lines(issue("a", (kind, "b")), issue("b"), issue("c", (kind, "gone:x/y"))))
    assert [task.depends_on for task in read_tasks(path).tasks] == [(), (), ()]


def test_history_may_name_what_is_gone(write: Write) -> None:
    path = write("t", lines(issue("a", ("blocks", "gone"), ("parent-child", "x"), status="closed")))
    found = read_tasks(path)
    assert (found.tasks[0].depends_on, found.tasks[0].parent, found.notices) == ((), None, ())


def test_open_issues_wait_for_what_is_not_in_the_export(write: Write) -> None:
    found = read_tasks(write("t", lines(issue("ab-1", ("blocks", "ab-2")), issue("ab-3"))))
    assert found.outside == {"ab-2"}
    assert found.by_id["ab-1"].depends_on == ("ab-2",)
    assert [str(notice) for notice in found.notices] == [
        "t: tasks that the export does not hold: ab-2. What waits for them is held back. "
        "If they are closed, export closed tasks too."
    ]


def test_a_parent_that_is_gone_is_told(write: Write) -> None:
    found = read_tasks(write("t", lines(issue("a", ("parent-child", "b")))))
    assert [str(notice) for notice in found.notices] == [
        "t:1: task a: its parent b is not there; it is planned without one."
    ]


def test_what_is_no_work_is_read_where_work_waits_for_it(write: Write) -> None:
    path = write(
        "t",
        lines(
            issue("a", ("blocks", "g"), ("parent-child", "c")),
            issue("g", issue_type="gate"),
            issue("c", issue_type="convoy"),
            issue("m", issue_type="message", title=""),
        ),
    )
    found = read_tasks(path)
    assert [task.id for task in found.work] == ["a", "g"]
    assert [str(notice) for notice in found.notices] == [
        "t: issues that are no work (messages, events and the like) passed over: 2."
    ]


def test_dependencies_belong_to_the_issue_they_name(write: Write) -> None:
    first = issue("a", ("blocks", "b"))
    first["dependencies"][0]["issue_id"] = "c"
    found = read_document(write("t", lines(first, issue("b"), issue("c"))))
    assert [task.depends_on for task in found.tasks] == [(), (), ("b",)]


def test_deleted_issues_are_cancelled(write: Write) -> None:
    path = write("t", lines(issue("a", ("blocks", "b")), issue("b", status="tombstone")))
    found = read_tasks(path)
    assert [task.status for task in found.tasks] == ["todo", "cancelled"]
    assert [str(notice) for notice in found.notices] == [
        "t:1: task a: depends_on b, which is cancelled and counts as satisfied."
    ]


def test_a_list_is_an_export_too(write: Write) -> None:
    assert read_document(write("t.json", json.dumps([issue("a")]))).format == "beads"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            lines(issue("a", status="odd")),
            "t:1: task a: status: status 'odd' is unknown.",
        ),
        (
            lines(issue("a") | {"dependencies": [{"type": "blocks"}]}),
            "t:1: task a: dependencies: an entry must name depends_on_id. Got a mapping. "
            "Export the issues again.",
        ),
        (
            lines(issue("a")) + "[]\n",
            "t: an issue must be an object. Got a list. Export the issues again.",
        ),
        (
            lines(issue("a", ("blocks", "external:x:y"))),
            "t:1: task a: depends_on: 'external:x:y' is no task id.",
        ),
    ],
)
def test_broken_issues(write: Write, content: str, message: str) -> None:
    with pytest.raises(InvalidTaskError) as caught:
        read_tasks(write("t", content))
    assert str(caught.value).startswith(message)
