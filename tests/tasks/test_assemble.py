"""Joining documents: parents and leaves, references, and every error with its golden text."""

import pytest

from taskpar_ml.domain.task import Task, TaskStatus
from taskpar_ml.domain.taskset import Barrier, TaskDocument, TaskSet
from taskpar_ml.errors import (
    DependencyCycleError,
    DuplicateTaskIdError,
    InvalidTaskError,
    TaskFileError,
    UnknownDependencyError,
)
from taskpar_ml.tasks import assemble, read_tasks

from .conftest import Write


def document(*tasks: Task, **fields: object) -> TaskDocument:
    return TaskDocument("f", "taskpar", tasks, **fields)  # type: ignore[arg-type]


def task(task_id: str, **fields: object) -> Task:
    line = {"place": f"f:{task_id}"}
    return Task.model_validate({"id": task_id, "title": task_id.upper(), **line, **fields})


def told(found: TaskSet) -> list[str]:
    return [str(notice) for notice in found.notices]


def test_only_leaves_are_scheduled() -> None:
    found = assemble(
        [document(task("a"), task("b", parent="a"), task("c", parent="b"), task("d", parent="a"))]
    )
    assert [each.id for each in found.tasks] == ["c", "d"]
    assert found.containers == {"a": ("c", "d"), "b": ("c",)}
    assert found.files == (("f", "taskpar"),)


@pytest.mark.parametrize("field", ["depends_on", "depends_on_completion", "blocks", "can_run_with"])
def test_naming_a_parent_means_all_its_leaves(field: str) -> None:
    found = assemble(
        [
            document(
                task("p"),
                task("x", **{field: ["p", "q"]}),
                task("p1", parent="p"),
                task("p2", parent="p"),
                task("q"),
            )
        ]
    )
    assert getattr(found.by_id["x"], field) == ("p1", "p2", "q")


def test_leaves_take_over_from_their_ancestors() -> None:
    found = assemble(
        [
            document(
                task("x"),
                task("y"),
                task(
                    "p",
                    description="Why",
                    depends_on=["x"],
                    blocks=["y"],
                    can_run_with=["y"],
                    conflict_zones=["p/*"],
                    parallel_safe=False,
                    priority="high",
                ),
                task("q", parent="p", depends_on_completion=["x"], modifies=["q/*"]),
                task("a", parent="q"),
                task(
                    "b",
                    parent="q",
                    depends_on=["a"],
                    modifies=["b.py"],
                    parallel_safe=True,
                    priority="low",
                    context="own",
                ),
            )
        ]
    )
    first, second = found.by_id["a"], found.by_id["b"]
    assert (first.depends_on, first.depends_on_completion) == (("x",), ("x",))
    assert (first.blocks, first.can_run_with) == (("y",), ("y",))
    assert (first.conflict_zones, first.modifies) == ((), ("q/*",))
    assert (first.parallel_safe, first.priority) == (False, "high")
    assert first.context == "P\nWhy\n\nQ"
    assert second.depends_on == ("a", "x")
    assert (second.writes, second.parallel_safe, second.priority) == (("b.py",), True, "low")
    assert second.context == "own"


def test_done_cancelled_and_deferred_parents_decide_for_their_leaves() -> None:
    found = assemble(
        [
            document(
                task("a", status="done"),
                task("a1", parent="a"),
                task("a2", parent="a", status="cancelled"),
                task("a3", parent="a", status="doing"),
                task("b", status="deferred"),
                task("b1", parent="b"),
                task("b2", parent="b", status="done"),
                task("c", status="cancelled"),
                task("c1", parent="c"),
            )
        ]
    )
    assert [(each.id, each.status) for each in found.tasks] == [
        ("a1", TaskStatus.DONE),
        ("a2", TaskStatus.CANCELLED),
        ("a3", TaskStatus.DONE),
        ("b1", TaskStatus.DEFERRED),
        ("b2", TaskStatus.DONE),
        ("c1", TaskStatus.CANCELLED),
    ]
    assert told(found) == [
        "f:a: task a: is done, so its 2 open subtasks count as done too.",
        "f:b: task b: is deferred, so its 1 open subtask counts as deferred too.",
        "f:c: task c: is cancelled, so its 1 open subtask counts as cancelled too.",
    ]


def test_a_parent_whose_leaves_are_settled_is_told() -> None:
    found = assemble([document(task("a"), task("a1", parent="a", status="done"))])
    assert found.work == ()
    assert told(found) == ["f:a: task a: is still open though all of its subtasks are settled."]


def test_a_cancelled_dependency_is_told_once_and_kept() -> None:
    found = assemble(
        [
            document(
                task("x", status="cancelled"),
                task("p", depends_on=["x"]),
                task("a", parent="p"),
                task("b", parent="p"),
                task("old", status="done", depends_on=["x"]),
            )
        ]
    )
    assert found.by_id["a"].depends_on == ("x",)
    assert told(found) == ["f:p: task p: depends_on x, which is cancelled and counts as satisfied."]


def test_a_deferred_dependency_is_kept() -> None:
    found = assemble([document(task("a", depends_on=["b"]), task("b", status="deferred"))])
    assert found.by_id["a"].depends_on == ("b",)
    assert told(found) == []


def test_history_may_name_what_is_gone() -> None:
    found = assemble(
        [
            document(
                task("a", status="done", depends_on=["gone", "b"], parent="gone"),
                task("b", status="deferred", blocks=["gone"], depends_on=["b"]),
                task("p", depends_on=["gone"], status="done"),
                task("c", parent="p"),
            )
        ]
    )
    assert [each.depends_on for each in found.tasks] == [("b",), (), ()]


def test_what_the_file_knows_to_be_settled_may_be_named() -> None:
    found = assemble([document(task("a", depends_on=["gone"]), missing_ok=frozenset({"gone"}))])
    assert found.tasks[0].depends_on == ()


def test_barriers_name_leaves() -> None:
    barrier = Barrier(("p", "a"), ("b",), "why")
    found = assemble([document(task("p"), task("a", parent="p"), task("b"), barriers=(barrier,))])
    assert found.barriers == (Barrier(("a",), ("b",), "why"),)


def test_a_parent_may_wait_for_its_own_subtask() -> None:
    found = assemble(
        [document(task("p", depends_on=["a"]), task("a", parent="p"), task("b", parent="p"))]
    )
    assert [each.depends_on for each in found.tasks] == [(), ()]


def test_references_cross_files() -> None:
    found = assemble([document(task("a", depends_on=["b"])), document(task("b"))])
    assert found.by_id["a"].depends_on == ("b",)


@pytest.mark.parametrize(
    ("content", "kind", "message"),
    [
        (
            "tasks:\n- id: a\n- id: b\n- id: a\n",
            DuplicateTaskIdError,
            "t:4: task a: the id is taken by the task at t:2. Give one of them another id.",
        ),
        (
            "tasks:\n- {id: task-1, depends_on: [task-3]}\n- id: task-2\n",
            UnknownDependencyError,
            "t:2: task task-1: depends_on task-3 does not exist. "
            "Did you mean task-2 or task-1? Known ids: task-1, task-2.",
        ),
        (
            "tasks:\n- {id: a, can_run_with: [zzz]}\n",
            UnknownDependencyError,
            "t:2: task a: can_run_with zzz does not exist. Known ids: a.",
        ),
        (
            "tasks:\n- {id: a, blocks: zzz}\n",
            UnknownDependencyError,
            "t:2: task a: blocks zzz does not exist. Known ids: a.",
        ),
        (
            "tasks:\n- {id: a, depends_on: [a]}\n",
            DependencyCycleError,
            "t:2: task a: depends_on names the task itself. Remove it.",
        ),
        (
            "tasks:\n- {id: a, blocks: [a]}\n",
            DependencyCycleError,
            "t:2: task a: blocks names the task itself. Remove it.",
        ),
        (
            "tasks:\n- id: p\n- {id: c, parent: p, depends_on: [p]}\n",
            DependencyCycleError,
            "t:3: task c: depends_on p: task c is a part of task p, so neither can end first: "
            "c -> p -> c. Remove it, or name the subtask that is meant.",
        ),
        (
            "tasks:\n- {id: p, blocks: [c]}\n- {id: c, parent: p}\n",
            DependencyCycleError,
            "t:2: task p: blocks c: task c is a part of task p, so neither can end first: "
            "c -> p -> c. Remove it, or name the subtask that is meant.",
        ),
        (
            "tasks:\n- {id: x, depends_on: [a]}\n- {id: b, depends_on: [c]}\n"
            "- {id: a, depends_on: [b]}\n- {id: c, blocks: [b], depends_on_completion: [a]}\n",
            DependencyCycleError,
            "t:3: task b: tasks wait for each other: b -> c -> a -> b. Remove one of these: "
            "b depends_on c (t:3); c depends_on_completion a (t:5); a depends_on b (t:4).",
        ),
        (
            "tasks:\n- {id: a, depends_on: [b]}\n- {id: b, blocks: []}\n- {id: c, blocks: [b]}\n"
            "- {id: d, depends_on: [a], blocks: [c]}\n",
            DependencyCycleError,
            "t:2: task a: tasks wait for each other: a -> b -> c -> d -> a. Remove one of these: "
            "a depends_on b (t:2); b is blocked by c (t:3); c is blocked by d (t:4); "
            "d depends_on a (t:5).",
        ),
        (
            "tasks:\n- {id: a, parent: b}\n- {id: b, parent: c}\n- {id: c, parent: b}\n",
            DependencyCycleError,
            "t:3: task b: tasks are part of each other: b -> c -> b. Remove one of the parents.",
        ),
        (
            "tasks:\n- {id: a, parent: a}\n",
            DependencyCycleError,
            "t:2: task a: tasks are part of each other: a -> a. Remove one of the parents.",
        ),
    ],
)
def test_every_error(write: Write, content: str, kind: type[TaskFileError], message: str) -> None:
    with pytest.raises(kind) as caught:
        read_tasks(write("t", content))
    assert str(caught.value) == message


def test_a_long_cycle_is_shortened(write: Write) -> None:
    items = "".join(f"- {{id: t{n}, depends_on: [t{(n + 1) % 40}]}}\n" for n in range(40))
    with pytest.raises(DependencyCycleError) as caught:
        read_tasks(write("t", items))
    assert str(caught.value) == (
        "t:1: task t0: tasks wait for each other: t0 -> t1 -> t2 -> t3 -> t4 -> t5 -> t6 -> t7 -> "
        "t8 -> t9 -> ... -> t0 (40 tasks). Remove one of these: t0 depends_on t1 (t:1); "
        "t1 depends_on t2 (t:2); t2 depends_on t3 (t:3); t3 depends_on t4 (t:4); 36 more."
    )


def test_a_settled_task_breaks_a_cycle() -> None:
    tasks = (task("a", depends_on=["b"], status="done"), task("b", depends_on=["a"]))
    assert len(assemble([document(*tasks)]).work) == 1


def test_a_cycle_through_a_deferred_task_counts() -> None:
    tasks = (task("a", depends_on=["b"], status="deferred"), task("b", depends_on=["a"]))
    with pytest.raises(DependencyCycleError, match="a -> b -> a"):
        assemble([document(*tasks)])


def test_towers_of_parents_are_refused() -> None:
    tasks = [task("t0"), *(task(f"t{n}", parent=f"t{n - 1}") for n in range(1, 103))]
    with pytest.raises(InvalidTaskError) as caught:
        assemble([document(*tasks)])
    assert str(caught.value) == (
        "f:t100: task t100: has more than 100 parents above it. Nest tasks less deep."
    )


def test_references_do_not_explode() -> None:
    many = [task(f"p{n}", parent="p") for n in range(1500)]
    waiting = [task(f"q{n}", parent="q") for n in range(1500)]
    with pytest.raises(TaskFileError, match="more than 2,000,000 references to tasks"):
        assemble([document(task("p"), task("q", depends_on=["p"]), *many, *waiting)])
