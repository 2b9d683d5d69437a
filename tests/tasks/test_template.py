"""The template can be read, and any tasks can be written as a file of our own."""

import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskpar_ml.domain.groups import ExecutionGroup
from taskpar_ml.domain.task import Task, TaskMetadata, TaskStatus
from taskpar_ml.tasks import INIT_TASKS_YAML, native_file, read_document, read_tasks

from .conftest import Write

NOT_WRITTEN = {"place", "parent", "marked_parallel"}


def test_the_template_reads_without_notices(write: Write) -> None:
    found = read_tasks(write("tasks.yaml", native_file()))
    assert [task.id for task in found.work] == ["task-1", "task-2", "task-3", "task-4"]
    assert (found.notices, found.groups) == ((), ())


def test_the_template_explains_every_field() -> None:
    for field in TaskMetadata.model_fields:
        (line,) = (
            line
            for line in [re.search(rf"^ +(?:- )?{field}:.*$", INIT_TASKS_YAML, re.MULTILINE)]
            if line
        )
        above = INIT_TASKS_YAML[: line.start()].rsplit("\n", 2)[-2]
        obvious = field in ("title",)
        assert "#" in line.group() or above.lstrip().startswith("#") or obvious, field


def test_the_groups_of_the_template_fit_once_uncommented(write: Write) -> None:
    head, mark, tail = INIT_TASKS_YAML.partition("# execution_groups:")
    uncommented = head + re.sub(r"^# ?", "", mark + tail, flags=re.MULTILINE)
    assert len(read_tasks(write("tasks.yaml", uncommented)).groups) == 2


def test_the_examples_can_be_written_as_one_file_of_ours(examples: Path, tmp_path: Path) -> None:
    found = read_tasks(examples)
    path = tmp_path / "tasks.yaml"
    groups = [ExecutionGroup(sequential=("task-4", "task-6"))]
    path.write_text(native_file(found.tasks, groups), encoding="utf-8")
    again = read_tasks(path)
    assert again.groups == ()
    assert [task.model_dump(exclude=NOT_WRITTEN) for task in again.tasks] == [
        task.model_dump(exclude=NOT_WRITTEN) for task in found.tasks
    ]


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
ids = st.from_regex(r"[A-Za-z0-9_]([A-Za-z0-9_-]|\.(?![.]|$|lock)){0,8}", fullmatch=True).filter(
    lambda text: not text.endswith((".", ".lock"))
)
values = st.recursive(
    st.none() | st.booleans() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    names=st.lists(ids, min_size=1, max_size=3, unique=True),
    title=texts.filter(bool),
    description=texts,
    criteria=st.lists(texts, max_size=3),
    labels=st.lists(texts, max_size=3),
    estimate=st.none() | st.floats(min_value=1e-6, max_value=1e12),
    priority=st.none() | texts,
    status=st.sampled_from(TaskStatus),
    extra=st.dictionaries(st.sampled_from(["note", "x y", "#", "a:b", "true"]), values, max_size=2),
)
def test_what_is_written_reads_the_same(
    write: Write, names: list[str], extra: dict[str, object], **fields: object
) -> None:
    fields["acceptance_criteria"] = fields.pop("criteria")
    tasks = [
        Task.model_validate({"id": name, "depends_on": names[:index], **fields, **extra})
        for index, name in enumerate(names)
    ]
    path = write("tasks.yaml", native_file(tasks))
    assert [task.model_dump(exclude={"place"}) for task in read_document(path).tasks] == [
        task.model_dump(exclude={"place"}) for task in tasks
    ]
