"""Our own files in YAML and JSON: four layouts, exact errors, notices for misspelt fields."""

from pathlib import Path

import pytest

from taskpar_ml.domain.groups import ExecutionGroup
from taskpar_ml.domain.task import TaskStatus
from taskpar_ml.errors import ExecutionGroupError, InvalidTaskError, TaskparError
from taskpar_ml.tasks import read_document, read_tasks
from taskpar_ml.tasks.native import groups_digest

from .conftest import Write


def test_the_example(examples: Path) -> None:
    document = read_document(examples / "tasks.yaml")
    assert document.format == "taskpar"
    assert [task.id for task in document.tasks] == [f"task-{n}" for n in range(1, 7)]
    task = document.tasks[3]
    assert task.model_dump(exclude_defaults=True) == {
        "id": "task-4",
        "title": "Record how long agents worked",
        "description": (
            "Add the column `agent_seconds` to the table `outcomes`, with a migration, so that "
            "lost work\ncan be told in seconds.\n"
        ),
        "acceptance_criteria": (
            "The migration runs up and down on SQLite.",
            "Rows written before the migration read as unknown, not as 0.",
        ),
        "blocks": ("task-5",),
        "conflict_zones": ("taskpar_ml/history/migrations/*",),
        "modifies": ("taskpar_ml/history/store.py",),
        "labels": ("schema",),
        "estimate": 3.0,
        "priority": "high",
        "place": "data/examples/tasks.yaml:34",
    }
    assert document.tasks[0].status is TaskStatus.DONE
    assert document.tasks[2].parallel_safe is True
    assert document.tasks[4].model_extra == {"reviewer": "somebody who did not write the planner"}
    assert document.tasks[4].can_run_with == ("task-3",)
    assert document.tasks[5].parallel_safe is False
    assert (document.groups, document.barriers, document.notices) == ((), (), ())


def test_the_example_with_groups(examples: Path) -> None:
    document = read_document(examples / "groups" / "tasks.yaml")
    assert document.groups == (
        ExecutionGroup(sequential=("wave-1",)),
        ExecutionGroup(parallel=("wave-2", "wave-3")),
        ExecutionGroup(sequential=("wave-4",)),
    )
    assert document.tasks[3].depends_on_completion == ("wave-2", "wave-3")


@pytest.mark.parametrize(
    "content",
    [
        "1.10: {depends_on: [b]}\nb: {title: B}\n",
        "tasks:\n  1.10: {depends_on: b}\n  b:\n    title: B\n",
        "tasks:\n- {id: 1.10, depends_on: [b]}\n- {id: b, title: B}\n",
        "- {id: 1.10, depends_on: [b]}\n- {id: b, title: B}\n",
        '{"tasks": [{"id": 1.10, "depends_on": ["b"]}, {"id": "b", "title": "B"}]}',
        '{"tasks": {"1.10": {"depends_on": ["b"]}, "b": {"title": "B"}}}',
        '{"1.10": {"depends_on": ["b"]}, "b": {"title": "B"}}',
        '[{"id": 1.10, "depends_on": ["b"]}, {"id": "b", "title": "B"}]',
        '{"id": 1.10, "depends_on": ["b"]}\n{"id": "b", "title": "B"}\n',
    ],
)
def test_every_layout_says_the_same(write: Write, content: str) -> None:
    tasks = read_tasks(write("x", content)).tasks
    assert [(task.id, task.title, task.depends_on) for task in tasks] == [
        ("1.10", "1.10", ("b",)),
        ("b", "B", ()),
    ]


def test_declarations_as_in_the_first_sketches(write: Write) -> None:
    """A task may be a key with a few fields, and groups may stand without tasks."""
    zones = read_document(
        write(
            "a.yaml",
            "job-5:\n  depends_on: [job-1, job-3]  # why\n  blocks: []\n"
            "  conflict_zones:\n    - src/api/*\n\n\n    - database/migrations/*\n",
        )
    ).tasks[0]
    assert zones.depends_on == ("job-1", "job-3")
    assert zones.conflict_zones == ("src/api/*", "database/migrations/*")
    hints = read_document(
        write(
            "b.yaml",
            'job-3:\n  parallel_safe: true\n  modifies: ["src/auth/*"]\n'
            "  depends_on_completion: [job-1]\n  can_run_with: [job-4, job-5]\n",
        )
    ).tasks[0]
    assert hints.parallel_safe is True
    assert hints.can_run_with == ("job-4", "job-5")
    groups = read_document(
        write("c.yaml", "execution_groups:\n  - sequential: [a, b]\n  - parallel: [c, d]\n")
    )
    assert groups.tasks == ()
    assert [group.written() for group in groups.groups] == [
        {"sequential": ["a", "b"]},
        {"parallel": ["c", "d"]},
    ]


def test_what_stands_beside_tasks_is_none(write: Write) -> None:
    content = (
        "version: 1\nschema_version: 1\n$schema: x\nmetadata: {title: no task}\n"
        "owner: me\na: {title: A}\nb:\n"
    )
    document = read_document(write("t.yaml", content))
    assert [task.id for task in document.tasks] == ["a", "b"]
    assert [str(notice) for notice in document.notices] == [
        "t.yaml:5: owner is no mapping of fields and no task: passed over."
    ]


def test_touches_are_files_that_change(write: Write) -> None:
    path = write("t.yaml", "tasks:\n- {id: a, modifies: x.py, touches: [y.py], reads: z.py}\n")
    task = read_document(path).tasks[0]
    assert (task.modifies, task.reads, task.model_extra) == (("x.py", "y.py"), ("z.py",), {})


def test_unknown_fields_are_kept_as_they_are_written(write: Write) -> None:
    content = (
        "tasks:\n- {id: a, cost: 1.10, deep: {k: [1, null, true]}, place: here, parent: null}\n"
    )
    task = read_document(write("t.yaml", content)).tasks[0]
    assert task.model_extra == {"cost": "1.10", "deep": {"k": ["1", None, True]}}
    assert type(task.model_extra["deep"]) is dict
    assert task.place == "t.yaml:2"


def test_names_that_mean_something_else_inside_do_no_harm(write: Write) -> None:
    fields = "marked_parallel: perhaps, complexity: high, context: [x], section: {a: b}"
    task = read_document(write("t.yaml", f"tasks:\n- {{id: a, {fields}}}\n")).tasks[0]
    assert (task.marked_parallel, task.complexity, task.context, task.section) == (
        *(False, None, "", ""),
    )


def test_nothing_counts_as_absent(write: Write) -> None:
    path = write(
        "t.yaml", "tasks:\n- {id: a, title: null, description: ~, depends_on: , status: }\n"
    )
    task = read_document(path).tasks[0]
    assert (task.title, task.description, task.depends_on, task.status) == ("a", "", (), "todo")


def test_misspelt_fields_are_told(write: Write) -> None:
    content = (
        "tasks:\n- id: a\n  depend_on: [b]\n  dependencies: [b]\n  Conflict-Zones: [x]\n"
        "  owner: me\n- id: b\n  priorty: 1\nexecution_group: []\n"
    )
    assert [str(notice) for notice in read_document(write("t.yaml", content)).notices] == [
        "t.yaml:9: execution_group is unknown; did you mean execution_groups?",
        "t.yaml:3: task a: depend_on is unknown; did you mean depends_on?",
        "t.yaml:4: task a: dependencies is unknown; did you mean depends_on?",
        "t.yaml:5: task a: Conflict-Zones is unknown; did you mean conflict_zones?",
        "t.yaml:8: task b: priorty is unknown; did you mean priority?",
    ]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            "id: a b",
            "t.yaml:2: task 'a b': id: 'a b' is no task id. Rename it: a task id is 1 to 128 "
            "letters, digits, '.', '_' or '-', starts with a letter, a digit or '_', holds no "
            "'..' and does not end in '.' or '.lock'.",
        ),
        (
            'id: "a\\e[2J"',
            "t.yaml:2: task 'a\\x1b[2J': id: 'a\\x1b[2J' is no task id. Rename it: a task id is 1 "
            "to 128 letters, digits, '.', '_' or '-', starts with a letter, a digit or '_', holds "
            "no '..' and does not end in '.' or '.lock'.",
        ),
        (
            "id: true",
            "t.yaml:2: task true: id must be a text. Got true. "
            "Write a text, in quotes where in doubt. 1 more problem in this task.",
        ),
        ("title: x", "t.yaml:2: id is missing. Add it."),
        (
            "{id: 7, title: ''}",
            "t.yaml:2: task 7: title is empty. Say in one line what is to be done.",
        ),
        (
            "{id: 7, conflict_zones: [a, ../x]}",
            "t.yaml:2: task 7: conflict_zones: pattern '../x' leaves the repository. "
            "Name paths below its root, without '..'.",
        ),
        (
            "{id: 7, modifies: [/etc/passwd], estimate: -1}",
            "t.yaml:2: task 7: modifies: pattern '/etc/passwd' is absolute. "
            "Write it relative to the root of the repository. 1 more problem in this task.",
        ),
        (
            "{id: 7, estimate: soon}",
            "t.yaml:2: task 7: estimate must be a number above 0. Got 'soon'. "
            "Write a number such as 2.5.",
        ),
        (
            "{id: 7, estimate: 1e400}",
            "t.yaml:2: task 7: estimate must be a finite number. Got '1e400'. "
            "Write a number such as 2.5.",
        ),
        (
            "{id: 7, parallel_safe: maybe}",
            "t.yaml:2: task 7: parallel_safe must be true or false. Got 'maybe'. "
            "Write true or false.",
        ),
        (
            "{id: 7, depends_on: {a: b}}",
            "t.yaml:2: task 7: depends_on must be a list. Got a mapping. "
            "Write a list such as [one, two].",
        ),
        (
            "{id: 7, description: [a]}",
            "t.yaml:2: task 7: description must be a text. Got a list. "
            "Write a text, in quotes where in doubt.",
        ),
        (
            "{id: 7, depends_on: [$(rm)]}",
            "t.yaml:2: task 7: depends_on: '$(rm)' is no task id. Rename it: a task id is 1 to 128 "
            "letters, digits, '.', '_' or '-', starts with a letter, a digit or '_', holds no "
            "'..' and does not end in '.' or '.lock'.",
        ),
    ],
)
def test_a_field_that_breaks_its_rule(write: Write, fields: str, message: str) -> None:
    with pytest.raises(InvalidTaskError) as caught:
        read_tasks(write("t.yaml", f"tasks:\n- {fields}\n- id: ok\n"))
    assert str(caught.value) == message


def test_an_unknown_status_names_the_known_ones(write: Write) -> None:
    with pytest.raises(InvalidTaskError) as caught:
        read_tasks(write("t.yaml", "tasks:\n- id: a\n  status: somewhen\n"))
    message = str(caught.value)
    assert message.startswith("t.yaml:2: task a: status: status 'somewhen' is unknown. Known: ")
    assert "in_progress" in message
    assert message.count("\n") == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "tasks:\n  a: {title: x}\n  b: hello\n",
            "t.yaml:3: task b: a task must be a mapping of fields. Got 'hello'. "
            "Write its fields, such as 'title: ...', below it.",
        ),
        (
            "tasks:\n- id: a\n- hello\n",
            "t.yaml:1: a task must be a mapping of fields. Got 'hello'. "
            "Write its fields, such as 'title: ...', below it.",
        ),
        (
            "a: {id: b, title: x}\n",
            "t.yaml:1: task a: the task stands under a but says id: 'b'. "
            "Remove the id, or make both equal.",
        ),
        (
            "tasks: [{id: a}]\nexecution_groups: {a: 1}\n",
            "t.yaml:2: execution_groups: must be a list of groups. Got a mapping. "
            "Write '- parallel: [a, b]' or '- sequential: [a, b]' for each group.",
        ),
        (
            "tasks: [{id: a}]\nexecution_groups:\n- parallel: [a]\n- paralel: [a]\n",
            "t.yaml:2: execution_groups: group 2: paralel is unknown; a group holds "
            "'sequential' or 'parallel'. Write '- parallel: [a, b]' or '- sequential: [a, b]'.",
        ),
        (
            "tasks: [{id: a}]\nexecution_groups: [parallel: [a/b]]\n",
            "t.yaml:2: execution_groups: group 1: parallel: 'a/b': a task id is 1 to 128 letters, "
            "digits, '.', '_' or '-', starts with a letter, a digit or '_', holds no '..' and "
            "does not end in '.' or '.lock'. "
            "Write '- parallel: [a, b]' or '- sequential: [a, b]'.",
        ),
        (
            "tasks: [{id: a}]\nexecution_groups:\n- {parallel: [a], sequential: [a]}\n",
            "t.yaml:2: execution_groups: group 1: a group holds either 'sequential: [...]' or "
            "'parallel: [...]'. Write '- parallel: [a, b]' or '- sequential: [a, b]'.",
        ),
        (
            "tasks: [{id: a}]\nexecution_groups: [a]\n",
            "t.yaml:2: execution_groups: group 1: a group must be a mapping. Got 'a'. "
            "Write '- parallel: [a, b]' or '- sequential: [a, b]'.",
        ),
    ],
)
def test_a_layout_that_breaks_its_rule(write: Write, content: str, message: str) -> None:
    with pytest.raises(TaskparError) as caught:
        read_tasks(write("t.yaml", content))
    assert isinstance(caught.value, InvalidTaskError | ExecutionGroupError)
    assert str(caught.value) == message


def test_groups_of_our_own_do_not_bind_the_next_plan(write: Write) -> None:
    groups = [ExecutionGroup(sequential=("a", "b"))]
    content = (
        "tasks: [{id: a}, {id: b}]\nexecution_groups:\n- sequential: [a, b]\n"
        f"metadata: {{taskpar: {{execution_groups_digest: {groups_digest(groups)}}}}}\n"
    )
    assert read_document(write("t.yaml", content)).groups == ()
    changed = content.replace("[a, b]\nmeta", "[b, a]\nmeta")
    assert read_document(write("t.yaml", changed)).groups == (
        ExecutionGroup(sequential=("b", "a")),
    )


@pytest.mark.parametrize("content", ["tasks: []", "tasks:\n", '{"tasks": []}', "[]", "tasks: {}"])
def test_a_file_without_tasks_is_told(write: Write, content: str) -> None:
    found = read_tasks(write("t", content))
    assert found.tasks == ()
    assert [str(notice) for notice in found.notices] == ["t: holds no task."]


@pytest.mark.parametrize(
    "content",
    [
        "services:\n  web: {image: x}\n",
        "- name: install\n  apt: {name: git}\n",
        '{"version": "2.0.0", "tasks": [{"label": "build", "command": "make"}]}',
        "version: '3'\ntasks:\n  build:\n    cmds: [make]\n",
        "just text",
        "3",
        "null",
        "- a\n- b\n",
    ],
)
def test_other_files_are_not_taken_for_tasks(write: Write, content: str) -> None:
    with pytest.raises(TaskparError, match="not of a known task format"):
        read_tasks(write("t.yaml", content))
