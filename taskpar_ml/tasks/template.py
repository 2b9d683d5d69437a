"""Our own task file as text: the commented one to begin with, or one made of given tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from taskpar_ml.domain.groups import ExecutionGroup
from taskpar_ml.domain.task import Task, TaskStatus
from taskpar_ml.tasks.native import DIGEST_KEY, GROUPS_KEY, groups_digest
from taskpar_ml.tasks.yaml_output import yaml_member

INIT_TASKS_YAML: Final = """\
# Tasks for taskpar. Each needs an id; everything else is optional and sharpens the plan.
# `taskpar plan tasks.yaml` says which of them can be done at the same time.

tasks:
  - id: task-1                # letters, digits, '.', '_' and '-'; unique over all task files
    title: Add a table for invoices
    # The text of the task. Files, endpoints, tables and ports that it names count as evidence.
    description: |
      Create the table `invoices` with a migration in migrations/.
    # What must be true at the end, one text each. Read as evidence too.
    acceptance_criteria:
      - The migration runs up and down on an empty database.
    # Files that the task will modify, as globs from the root of the repository; a directory
    # stands for all below it. Nobody else should be in a conflict zone at the same time.
    conflict_zones: [migrations/*]
    labels: [schema]          # words of your tracker: docs, tests, schema, security, ...
    estimate: 3               # expected duration, in one unit for all tasks
    priority: high            # a word or a rank; breaks ties
    status: todo              # todo, in_progress, blocked, deferred, done or cancelled

  - id: task-2
    title: List invoices at GET /invoices
    depends_on: [task-1]      # starts when the work of these is done
    modifies: [src/invoices/*.py, tests/test_invoices.py]   # files that will change
    estimate: 2

  - id: task-3
    title: Describe the invoice endpoints in docs/invoices.md
    # Starts only when these are done and merged.
    depends_on_completion: [task-2]
    modifies: [docs/invoices.md]
    parallel_safe: true       # true: default rules against parallel work do not apply;
                              # false: runs alone

  - id: task-4
    title: Rename the settings page
    blocks: []                # tasks that must wait for this one: depends_on from the other side
    can_run_with: [task-2]    # accept the risk of a conflict with these

# A fixed order, if you want one. Without it, `taskpar plan` works one out.
# execution_groups:
#   - sequential: [task-1, task-2]    # one after the other
#   - parallel: [task-3, task-4]      # together, once the group before has landed
"""
"""The file that ``taskpar init`` writes; every field is explained where it stands."""

_LISTS: Final = (
    "acceptance_criteria",
    "depends_on",
    "depends_on_completion",
    "blocks",
    "conflict_zones",
    "modifies",
    "reads",
    "can_run_with",
    "labels",
)


def native_file(tasks: Sequence[Task] = (), groups: Sequence[ExecutionGroup] = ()) -> str:
    """Return a task file of our own in YAML.

    Parameters
    ----------
    tasks
        Tasks to write, such as those of a foreign file. Without any, the text is the commented
        template of ``taskpar init``. A parent that is not among them is left out; what it says
        stands in the ``context`` of its subtasks.
    groups
        Execution groups to write beside the tasks, marked as written by taskpar.

    Examples
    --------
    >>> print(native_file([Task(id="1.10", title="Read logs", modifies=["src/*"])]))
    tasks:
      - id: "1.10"
        title: Read logs
        modifies: [src/*]
    <BLANKLINE>
    """
    if not tasks:
        return INIT_TASKS_YAML
    ids = {task.id for task in tasks}
    lines = ["tasks:"]
    for task in tasks:
        members = [
            line
            for key, value in _fields(task, ids)
            for line in yaml_member(key, value, indent="    ")
        ]
        lines += ["  - " + members[0].lstrip(), *members[1:]]
    if groups:
        lines += yaml_member(GROUPS_KEY, [group.written() for group in groups])
        lines += yaml_member("metadata", {"taskpar": {DIGEST_KEY: groups_digest(groups)}})
    return "\n".join(lines) + "\n"


def _fields(task: Task, ids: set[str]) -> Iterator[tuple[str, Any]]:
    """Yield what a file must say so that reading it gives the task again."""
    yield "id", task.id
    yield "title", task.title
    if task.parent in ids:
        yield "parent", task.parent
    for name in ("description", "context", "section"):
        if text := getattr(task, name):
            yield name, text
    for name in _LISTS:
        if values := getattr(task, name):
            yield name, list(values)
    for name in ("parallel_safe", "estimate", "priority", "complexity"):
        if (value := getattr(task, name)) is not None:
            yield name, value
    if task.status is not TaskStatus.TODO:
        yield "status", str(task.status)
    yield from (task.model_extra or {}).items()
