"""Whatever the bytes of a file, reading it ends in tasks or in one clear error."""

import json
import random
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskpar_ml.domain.task import Task
from taskpar_ml.domain.taskset import TaskDocument, TaskSet
from taskpar_ml.errors import TaskparError
from taskpar_ml.tasks import assemble, native_file, read_tasks

from .conftest import PROJECT, Write

SEEDS = sorted(path for path in (PROJECT / "data/examples").rglob("*") if path.is_file())
PIECES = [
    *(b"{", b"}", b"[", b"]", b'"', b":", b",", b"\n", b"\t", b"\r\n", b"- ", b"  ", b"#", b"'"),
    *(b"null", b"true", b"NaN", b"-", b"1e999", b"..", b'"\\ud800"', b"\\u0000", b"\0", b"\xff"),
    *(b"&a ", b"*a", b"<<: ", b"!!python/object:x ", b"---\n", b"...\n", b"%YAML 1.3\n", b"? "),
    *(b'"\\UFFFFFFFF"', b"|\n", b">\n", b"\xc2\x85", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"\x1b[2J"),
    *(b"- [ ] T001 ", b"- [ ] 1.1 x\n", b"## Phase 1: x\n", b"```\n", b"<!--", b"-->", b"T001"),
    *(b"id: ", b"tasks:\n", b"execution_groups:\n", b"depends_on: ", b"parent: ", b"[" * 200),
]
NAMES = ["x", "tasks.yaml", "tasks.json", "tasks.jsonl", "tasks.md"]
FUZZ = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300
)


def check(path: Path) -> None:
    message = ""
    try:
        found = read_tasks(path)
    except TaskparError as error:
        found, message = TaskSet(()), str(error)
    assert message.isprintable()
    assert len(message) < 2000
    assert "pydantic" not in message
    assert all(str(notice).isprintable() for notice in found.notices)
    known = {*found.by_id, *found.outside}
    for task in found.tasks:
        assert {*task.depends_on, *task.depends_on_completion, *task.blocks} <= known
        assert {*task.can_run_with} <= known


@FUZZ
@given(content=st.binary(max_size=200), name=st.sampled_from(NAMES))
def test_random_bytes(write: Write, content: bytes, name: str) -> None:
    check(write(name, content))


@FUZZ
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=12), name=st.sampled_from(NAMES))
def test_random_pieces(write: Write, pieces: list[bytes], name: str) -> None:
    check(write(name, b"".join(pieces)))


@FUZZ
@given(seed=st.integers(0, 2**32), name=st.sampled_from(NAMES))
def test_mutated_examples(write: Write, seed: int, name: str) -> None:
    dice = random.Random(seed)
    content = bytearray(dice.choice(SEEDS).read_bytes())
    for _ in range(dice.choice([1, 2, 4, 16])):
        place = dice.randrange(len(content) + 1)
        match dice.randrange(4):
            case 0:
                content[place:place] = dice.choice(PIECES)
            case 1:
                del content[place : place + dice.choice([1, 4, 20, 200])]
            case 2:
                other = dice.randrange(len(content) + 1)
                content[place:place] = content[other : other + dice.choice([5, 30, 200])]
            case _:
                content[place : place + 1] = bytes([dice.randrange(256)])
    check(write(name, bytes(content)))


names = st.sampled_from([f"t{n}" for n in range(8)])
tasks = st.lists(
    st.builds(
        lambda task_id, **fields: Task.model_validate({"id": task_id, "title": "x", **fields}),
        names,
        depends_on=st.lists(names, max_size=2),
        blocks=st.lists(names, max_size=1),
        parent=st.none() | names,
        status=st.sampled_from(["todo", "done", "cancelled", "deferred"]),
    ),
    unique_by=lambda task: task.id,
    min_size=1,
    max_size=8,
)


@given(tasks=tasks)
def test_a_set_that_is_accepted_can_be_put_in_order(tasks: list[Task]) -> None:
    """Law: in an accepted set some task that is not settled waits for none, until none is left."""
    try:
        found = assemble([TaskDocument("f", "taskpar", tuple(tasks))])
    except TaskparError:
        return
    waits = {task.id: set(task.depends_on) for task in found.tasks if not task.status.is_settled}
    for task in found.tasks:
        for blocked in task.blocks:
            if not task.status.is_settled and blocked in waits:
                waits[blocked].add(task.id)
    while waits:
        free = [task for task, on in waits.items() if not on & waits.keys()]
        assert free
        for task_id in free:
            del waits[task_id]


@given(tasks=tasks)
def test_assembling_twice_changes_nothing(tasks: list[Task]) -> None:
    """Law: the leaves of a set, assembled again, are the same leaves."""
    try:
        found = assemble([TaskDocument("f", "taskpar", tuple(tasks))])
    except TaskparError:
        return
    leaves = tuple(task.model_copy(update={"parent": None}) for task in found.tasks)
    again = assemble([TaskDocument("f", "taskpar", leaves)])
    assert again.tasks == leaves


@pytest.mark.parametrize("count", [2000])
def test_two_thousand_tasks_are_read_quickly(write: Write, count: int) -> None:
    many = [
        Task.model_validate(
            {
                "id": f"t{n}",
                "title": f"Change src/module_{n}.py",
                "description": "Some sentences of text.\nIn two lines.",
                "depends_on": [f"t{n - 1}"] if n % 3 else [],
                "modifies": [f"src/module_{n}.py"],
            }
        )
        for n in range(count)
    ]
    yaml = write("tasks.yaml", native_file(many))
    dumped = [task.model_dump(exclude_defaults=True) for task in many]
    as_json = write("tasks.json", json.dumps({"tasks": dumped}, indent=2))
    start = time.perf_counter()
    assert len(read_tasks(as_json).tasks) == count
    assert time.perf_counter() - start < 2
    start = time.perf_counter()
    assert len(read_tasks(yaml).tasks) == count
    assert time.perf_counter() - start < 15
