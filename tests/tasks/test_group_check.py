"""Execution groups must fit the tasks."""

import pytest

from taskpar_ml.domain.groups import ExecutionGroup
from taskpar_ml.errors import ExecutionGroupError
from taskpar_ml.tasks import read_tasks

from .conftest import Write

TASKS = """\
tasks:
- id: a
- {id: b, depends_on: [a]}
- {id: c, depends_on: [b]}
- id: d
- id: p
- {id: p1, parent: p}
- {id: p2, parent: p, blocks: [p1]}
- {id: done, status: done, depends_on: [c]}
execution_groups:
"""


def groups(write: Write, written: str) -> list[dict[str, list[str]]]:
    path = write("t.yaml", TASKS + "".join(f"- {line}\n" for line in written.split("; ")))
    return [group.written() for group in read_tasks(path).groups]


@pytest.mark.parametrize(
    "written",
    [
        "sequential: [a, b, c, d]",
        "parallel: [a, d]; parallel: [b]; sequential: [c]",
        "sequential: [d]",
        "parallel: [done, a]; parallel: [c]",
        "parallel: [c, d]",
    ],
)
def test_groups_that_fit(write: Write, written: str) -> None:
    assert groups(write, written)


def test_parents_are_written_out_in_an_order_that_works(write: Write) -> None:
    assert groups(write, "sequential: [a, p]; parallel: [b, d]") == [
        {"sequential": ["a", "p2", "p1"]},
        {"parallel": ["b", "d"]},
    ]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (
            "sequential: [a, x]",
            "t.yaml: execution_groups: group 1: task x does not exist. "
            "Known ids: a, b, c, d, p, p1, p2, done.",
        ),
        (
            "sequential: [a]; parallel: [d, a]",
            "t.yaml: execution_groups: group 2: task a stands twice, first in group 1. "
            "Keep one of the two.",
        ),
        (
            "parallel: [p, p1]",
            "t.yaml: execution_groups: group 1: task p1 stands twice, first in group 1. "
            "Keep one of the two.",
        ),
        (
            "parallel: [a, b]",
            "t.yaml: execution_groups: group 1: task b waits for task a, so they cannot run "
            "together. Put them into groups one after the other.",
        ),
        (
            "parallel: [d]; parallel: [a, c]",
            "t.yaml: execution_groups: group 2: task c waits for task a, so they cannot run "
            "together. Put them into groups one after the other.",
        ),
        (
            "sequential: [b, a]",
            "t.yaml: execution_groups: group 1: task b comes before task a, for which it waits. "
            "Move it behind task a (group 1).",
        ),
        (
            "parallel: [c, d]; sequential: [a]",
            "t.yaml: execution_groups: group 1: task c comes before task a, for which it waits. "
            "Move it behind task a (group 2).",
        ),
        (
            "parallel: [p]",
            "t.yaml: execution_groups: group 1: task p1 waits for task p2, so they cannot run "
            "together. Put them into groups one after the other.",
        ),
    ],
)
def test_groups_that_do_not_fit(write: Write, written: str, message: str) -> None:
    with pytest.raises(ExecutionGroupError) as caught:
        groups(write, written)
    assert str(caught.value) == message


def test_groups_of_two_files(write: Write) -> None:
    write("a.yaml", "tasks: [{id: a}]\nexecution_groups: [sequential: [a]]\n")
    write("b.yaml", "tasks: [{id: b}]\nexecution_groups: [sequential: [b]]\n")
    with pytest.raises(ExecutionGroupError) as caught:
        read_tasks("a.yaml", "b.yaml")
    assert str(caught.value) == (
        "b.yaml: execution_groups: stand in a.yaml too, and nothing says which come first. "
        "Keep the groups of all tasks in one file."
    )


def test_groups_may_stand_in_a_file_of_their_own(write: Write) -> None:
    write("a.yaml", "tasks: [{id: a}]\n")
    write("b.yaml", "execution_groups: [sequential: [a]]\n")
    found = read_tasks("a.yaml", "b.yaml")
    assert found.groups == (ExecutionGroup(sequential=("a",)),)
    assert found.notices == ()


def test_groups_may_name_tasks_of_other_files(write: Write) -> None:
    write("a.yaml", "tasks: [{id: a}]\n")
    write("b.yaml", "tasks: [{id: b}]\nexecution_groups: [parallel: [a, b]]\n")
    assert read_tasks("a.yaml", "b.yaml").groups == (ExecutionGroup(parallel=("a", "b")),)
