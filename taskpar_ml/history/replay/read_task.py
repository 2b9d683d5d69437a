"""A task with the facts of every file that it changed, before and after."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import pygit2

from taskpar_ml.detectors.contract import Detector
from taskpar_ml.detectors.detection import Reading
from taskpar_ml.detectors.source import MOST_BYTES
from taskpar_ml.domain.code_facts import FACT_KINDS, FileFacts
from taskpar_ml.history.replay.done import DoneTask
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.scratch import missing_object
from taskpar_ml.repo.trees import Entry

_MOST_REMEMBERED: Final = 200_000
"""Facts that are remembered of contents: about 40 MB."""

_NOTHING: Final = FileFacts()


class ChangedFile(NamedTuple):
    """A file that a task changed.

    Attributes
    ----------
    path
        Where it lies; a renamed file is one that is gone and one that is new.
    before, after
        What detectors find in it; nothing where there is no such file.
    content
        After the change; empty for a file that is gone.
    is_new, is_gone
        Whether it was not there before, or is not there any more.
    """

    path: str
    before: FileFacts
    after: FileFacts
    content: bytes
    is_new: bool
    is_gone: bool


class ContentFacts:
    """Reads what detectors find in contents, and remembers the last of it by content.

    Parameters
    ----------
    reader
        Reads the contents.
    place
        How messages name the repository.
    detectors
        Who looks at files.
    """

    def __init__(self, reader: ObjectReader, *, place: str, detectors: Sequence[Detector]) -> None:
        self._reader = reader
        self._place = place
        self._detectors = detectors
        self._known: OrderedDict[tuple[bytes, str], tuple[FileFacts, int]] = OrderedDict()
        self._held = 0

    def changed_files(self, task: DoneTask) -> Iterator[ChangedFile]:
        """Yield the files of a task that any detector looks at, by path.

        Links, submodules and files that are too large for any detector hold no facts.

        Raises
        ------
        MissingObjectError
            If a content cannot be read.
        """
        for path, change in sorted(task.forward.changes.files.items()):
            reading = Reading.of(path, self._detectors)
            if reading is None:
                continue
            before, _ = self._facts(reading, change.before)
            after, content = self._facts(reading, change.after, with_content=True)
            yield ChangedFile(
                path, before, after, content, change.before is None, change.after is None
            )

    def _facts(
        self, reading: Reading, entry: Entry | None, *, with_content: bool = False
    ) -> tuple[FileFacts, bytes]:
        if entry is None or not entry.is_regular:
            return _NOTHING, b""
        key = (entry.id, reading.kind)
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            if not with_content:
                return known[0], b""
        content = self._content(entry)
        if known is not None:
            return known[0], content
        facts = reading.facts(content)
        self._remember(key, facts)
        return facts, content

    def _content(self, entry: Entry) -> bytes:
        oid = pygit2.Oid(raw=entry.id)
        size = self._reader.size(oid)
        content = b"" if size is not None and size > MOST_BYTES else self._reader.blob(oid)
        if content is None:
            raise missing_object(str(oid), "is missing or damaged", place=self._place)
        return content

    def _remember(self, key: tuple[bytes, str], facts: FileFacts) -> None:
        size = 10 + sum(len(getattr(facts, name)) for name in FACT_KINDS)
        self._known[key] = facts, size
        self._held += size
        while self._held > _MOST_REMEMBERED:
            _, (_, dropped) = self._known.popitem(last=False)
            self._held -= dropped


@dataclass(frozen=True)
class ReadTask:
    """A task and what is in the files that it changed; each read when it is first asked for.

    Attributes
    ----------
    task
        What it did to the tree.
    facts
        Reads what is in them.
    """

    task: DoneTask
    facts: ContentFacts

    @cached_property
    def files(self) -> tuple[ChangedFile, ...]:
        """The files that detectors look at, by path.

        Raises
        ------
        MissingObjectError
            If a content cannot be read.
        """
        return tuple(self.facts.changed_files(self.task))


def digest_of_detectors(detectors: Sequence[Detector]) -> str:
    """Return a short digest of who reads files: another one if a detector changes."""
    names = "\0".join(sorted(each.name for each in detectors))
    return hashlib.sha256(names.encode()).hexdigest()[:8]
