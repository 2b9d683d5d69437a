"""Writes execution groups beside the tasks they were planned from.

In our own files they stand at the top level; in a file of Task Master everything of ours stands
under ``metadata.taskpar`` of the tag. A digest beside them tells later whether a person has
changed them. All other characters of the file stay as they are.
"""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from taskpar_ml.domain.groups import ExecutionGroup
from taskpar_ml.errors import OutputError, UnreadableTaskFileError
from taskpar_ml.tasks.detect import reader_of
from taskpar_ml.tasks.native import DIGEST_KEY, GROUPS_KEY, groups_digest
from taskpar_ml.tasks.source import Source
from taskpar_ml.tasks.surgery import merged, with_members
from taskpar_ml.tasks.taskmaster import TaskMaster, tag_holder
from taskpar_ml.tasks.tree import Fields, plain, shown, shown_path
from taskpar_ml.whole_files import whole_file

_ELSEWHERE: Final = "Write the plan to a new native file, such as tasks.yaml."


def write_groups(
    path: str | Path, groups: Sequence[ExecutionGroup], *, tag: str | None = None
) -> None:
    r"""Write execution groups into a task file, in the place of those that are there.

    The file is replaced in one step, or stays as it was. Permissions are kept; a link stays a
    link and its target is written.

    Parameters
    ----------
    path
        A file of our own in YAML or JSON, or one of Task Master.
    groups
        The plan.
    tag
        Which list of a Task Master file is meant, as for reading.

    Raises
    ------
    OutputError
        If the format has no room for groups, the file cannot be written, or it is written in a
        way that cannot be changed without touching something else.
    TaskFileError
        If the file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from taskpar_ml.domain.groups import ExecutionGroup
    >>> with tempfile.TemporaryDirectory() as directory:
    ...     path = Path(directory, "tasks.yaml")
    ...     _ = path.write_text("tasks:  # ours\n  - id: a\n")
    ...     write_groups(path, [ExecutionGroup(sequential=("a",))])
    ...     print("\n".join(path.read_text().splitlines()[:4]))
    tasks:  # ours
      - id: a
    execution_groups:
      - sequential: [a]
    """
    source = Source.of(path)
    reader = reader_of(source)
    if not reader.holds_groups:
        problem = f"a file of the format {reader.name} has no room for execution groups."
        raise OutputError(source.name, problem, _ELSEWHERE)
    if isinstance(source.values[0], list):
        raise OutputError(
            source.name,
            "is a bare list of tasks and has no room for execution groups.",
            f"Put the tasks under 'tasks'. {_ELSEWHERE}",
        )
    steps: Any = [group.written() for group in groups]
    digest = {DIGEST_KEY: groups_digest(groups)}
    if reader.name == TaskMaster.name:
        holder = tag_holder(source, tag=tag)
        wanted = {"metadata": {"taskpar": {GROUPS_KEY: steps, **digest}}}
    else:
        holder = source.fields
        wanted = {GROUPS_KEY: steps, "metadata": {"taskpar": digest}}
    changed = with_members(source.text, holder, wanted)
    _check_only_that(source, holder, wanted, changed)
    if changed != source.content:
        _replace(Path(path), changed, was=source.content)


def _check_only_that(source: Source, holder: Fields, wanted: Any, changed: str) -> None:
    """Read the result and refuse it unless the members wanted are all that is different."""
    expected = {
        key: merged(value, wanted) if value is holder else plain(value)
        for key, value in source.fields.items()
    }
    if holder is source.fields:
        expected = merged(source.fields, wanted)
    try:
        result = plain(Source(source.path, changed).fields)
    except UnreadableTaskFileError:
        result = None
    if result != expected:
        raise OutputError(
            source.name,
            "is written in a way that cannot be changed without touching something else.",
            _ELSEWHERE,
        )


def _replace(path: Path, content: str, *, was: str) -> None:
    """Replace the content of a file in one step, unless somebody else has changed it."""
    place = shown_path(path)
    try:
        target = path.resolve(strict=True)
        old = target.read_bytes()
        mark = codecs.BOM_UTF8 if old.startswith(codecs.BOM_UTF8) else b""
        if old.removeprefix(mark) != was.encode():
            raise OutputError(place, "was changed by somebody else meanwhile.", "Try again.")
        if not os.access(target, os.W_OK):
            raise OutputError(place, "is read-only.", f"Allow writing. {_ELSEWHERE}")
        mode = stat.S_IMODE(target.stat().st_mode)
        with whole_file(target, replace=True, mode=mode) as beside:
            beside.write_bytes(mark + content.encode())
    except OSError as error:
        raise OutputError(
            place, f"cannot be written: {shown(error.strerror or str(error))}.", _ELSEWHERE
        ) from None
