"""Readers and writers of task files: one format per file, found by content.

>>> from taskpar_ml.tasks import native_file, read_tasks
"""

from taskpar_ml.tasks.assemble import assemble, read_tasks
from taskpar_ml.tasks.detect import READERS, WELL_KNOWN, read_document
from taskpar_ml.tasks.reader import TaskReader

__all__ = ["READERS", "WELL_KNOWN", "TaskReader", "assemble", "read_document", "read_tasks"]
