"""Finds the reader of a file by its content, and the task files of a directory by their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from taskpar_ml.domain.taskset import Notice, TaskDocument
from taskpar_ml.errors import UnknownTaskFormatError, UnreadableTaskFileError
from taskpar_ml.tasks.backlog import Backlog
from taskpar_ml.tasks.beads import Beads
from taskpar_ml.tasks.checklists import Kiro, OpenSpec
from taskpar_ml.tasks.github import GitHub
from taskpar_ml.tasks.native_jsonl import NativeLines
from taskpar_ml.tasks.native_yaml import NativeFile
from taskpar_ml.tasks.reader import TaskReader
from taskpar_ml.tasks.source import MAX_BYTES, Source, Syntax
from taskpar_ml.tasks.speckit import SpecKit
from taskpar_ml.tasks.taskmaster import TaskMaster
from taskpar_ml.tasks.tree import shown_path

READERS: Final[tuple[TaskReader, ...]] = (
    Backlog(),
    SpecKit(),
    OpenSpec(),
    Kiro(),
    Beads(),
    GitHub(),
    TaskMaster(),
    NativeLines(),
    NativeFile(),
)
"""Every format, the more telling first: the first that recognises a file reads it."""

WELL_KNOWN: Final = (
    "tasks.yaml",
    "tasks.yml",
    "tasks.json",
    "tasks.jsonl",
    "issues.json",
    "tasks.md",
    ".taskmaster/tasks/tasks.json",
    "tasks/tasks.json",
    "specs/*/tasks.md",
    ".kiro/specs/*/tasks.md",
    "openspec/changes/*/tasks.md",
    "backlog/tasks/*.md",
    ".beads/*.jsonl",
)
"""Where tools keep tasks, relative to the directory that is named."""

_ARCHIVE: Final = "archive"
_FOLDER_ENDING: Final = "/*.md"
_EXPORTS_ENDING: Final = "/*.jsonl"
_USUAL_EXPORT: Final = "issues.jsonl"


@dataclass(slots=True)
class Found:
    """Task files of a directory, and what was passed over on the way."""

    sources: list[Source] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def reader_of(source: Source) -> TaskReader:
    """Return the reader that recognises a source.

    Raises
    ------
    UnreadableTaskFileError
        If the source cannot be parsed.
    UnknownTaskFormatError
        If no reader recognises it.
    """
    for reader in READERS:
        if reader.recognises(source):
            return reader
    raise UnknownTaskFormatError(
        source.name,
        f"is {_article(source.syntax)}, but not of a known task format.",
        f"Known formats: {', '.join(reader.name for reader in READERS)}. "
        "A task of our own needs an id and a title.",
    )


def read_document(path: str | Path, *, tag: str | None = None) -> TaskDocument:
    """Read one task file, or one Backlog.md folder, without checking it against others.

    Parameters
    ----------
    path
        The file. Its format is told by its content; its name only settles ties.
    tag
        Which list to read where a file holds several (Task Master).

    Raises
    ------
    TaskFileError
        If the file cannot be read, is of no known format, or a task breaks its rules.
    """
    source = _source(path)
    return reader_of(source).read(source, tag=tag)


def documents_in(directory: str | Path, *, tag: str | None = None) -> tuple[TaskDocument, ...]:
    """Read the task files that tools keep in a directory.

    Only the names of :data:`WELL_KNOWN` are looked at; links that lead out of the directory
    are not followed. The first document carries a notice for everything passed over.

    Raises
    ------
    UnknownTaskFormatError
        If there is none, naming what was looked for.
    TaskFileError
        If a file is broken.
    """
    found = _found_in(Path(directory))
    documents = []
    for source in found.sources:
        try:
            reader = reader_of(source)
        except UnknownTaskFormatError as error:
            found.notices.append(Notice(error.place, f"{error.problem} It is passed over."))
            continue
        documents.append(reader.read(source, tag=tag))
    if documents:
        return _with_notices(documents, found.notices)
    passed_over = " ".join(str(notice) for notice in found.notices[:3])
    raise UnknownTaskFormatError(
        shown_path(directory),
        f"holds no task file. {passed_over}".strip(),
        f"Looked for {', '.join(WELL_KNOWN)}. Name a file, or write one with 'taskpar init'.",
    )


def _with_notices(
    documents: Sequence[TaskDocument], notices: Iterable[Notice]
) -> tuple[TaskDocument, ...]:
    first, *others = documents
    return (replace(first, notices=(*notices, *first.notices)), *others)


def _source(path: str | Path) -> Source:
    try:
        is_folder = Path(path).is_dir()
    except (OSError, ValueError):
        is_folder = False
    if not is_folder:
        return Source.of(path)
    found = Found()
    folder = _folder(Path(path), sorted(Path(path).glob("*.md")), found)
    if folder is None or not Backlog().recognises(folder):
        raise UnreadableTaskFileError(
            shown_path(path),
            "is a directory where a file is expected.",
            "Name a task file, or a folder of Backlog.md tasks.",
        )
    return folder


def _found_in(directory: Path) -> Found:
    found = Found()
    root = directory.resolve()
    for pattern in WELL_KNOWN:
        paths = [
            path
            for path in sorted(directory.glob(pattern))
            if path.parent.name != _ARCHIVE and _is_inside(path, root, found)
        ]
        if pattern.endswith(_FOLDER_ENDING):
            folder = _folder(paths[0].parent, paths, found) if paths else None
            found.sources += [folder] if folder else []
        elif pattern.endswith(_EXPORTS_ENDING):
            found.sources += _exports(paths)
        else:
            found.sources += [Source.of(path) for path in paths]
    if not found.sources and (folder := _folder(directory, sorted(directory.glob("*.md")), found)):
        found.sources += [folder] if Backlog().recognises(folder) else []
    return found


def _is_inside(path: Path, root: Path, found: Found) -> bool:
    try:
        if not path.is_file():
            return False
        inside = path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):
        inside = False
    if not inside:
        text = (
            "is a link that leaves the directory and is not followed. Name its target to read it."
        )
        found.notices.append(Notice(shown_path(path), text))
    return inside


def _exports(paths: Sequence[Path]) -> Iterator[Source]:
    """Yield the usual export of beads, else every file beside it that is one."""
    usual = [path for path in paths if path.name == _USUAL_EXPORT]
    for path in usual or paths:
        source = Source.of(path)
        if usual or Beads().recognises(source):
            yield source


def _folder(path: Path, files: Sequence[Path], found: Found) -> Source | None:
    """Return a folder as one source; together its files may be as large as one file."""
    files = [file for file in files if _is_inside(file, path.resolve(), found)]
    size = sum(file.stat().st_size for file in files)
    if size > MAX_BYTES:
        raise UnreadableTaskFileError(
            shown_path(path),
            f"its files are larger than {MAX_BYTES // 1024 // 1024} MiB together ({size:,} bytes).",
            "Move finished tasks elsewhere.",
        )
    parts = tuple(Source.of(file) for file in files if file.stat().st_size)
    return Source(str(path), "", parts) if parts else None


def _article(syntax: Syntax) -> str:
    return f"a {syntax.value}" if syntax is Syntax.FOLDER else syntax.value
