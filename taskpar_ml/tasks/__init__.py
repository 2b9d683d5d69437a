"""Readers and writers of task files: one format per file, found by content.

>>> import tempfile
>>> from pathlib import Path
>>> with tempfile.TemporaryDirectory() as directory:
...     path = Path(directory, "tasks.yaml")
...     _ = path.write_text(native_file(), encoding="utf-8")
...     print(*(task.id for task in read_tasks(path).work))
task-1 task-2 task-3 task-4
"""

from taskpar_ml.tasks.assemble import assemble, read_tasks
from taskpar_ml.tasks.detect import READERS, WELL_KNOWN, read_document
from taskpar_ml.tasks.groups_file import write_groups_file
from taskpar_ml.tasks.groups_writer import write_groups
from taskpar_ml.tasks.previous_plan import read_waves
from taskpar_ml.tasks.reader import TaskReader
from taskpar_ml.tasks.template import INIT_TASKS_YAML, native_file

__all__ = [
    "INIT_TASKS_YAML",
    "READERS",
    "WELL_KNOWN",
    "TaskReader",
    "assemble",
    "native_file",
    "read_document",
    "read_tasks",
    "read_waves",
    "write_groups",
    "write_groups_file",
]
