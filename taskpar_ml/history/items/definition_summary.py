"""What a task does to definitions: cheap words of every file, and more of those that matter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Final

from taskpar_ml.history.items.changed_definitions import (
    ChangedDefinition,
    FileChanges,
    brought,
)
from taskpar_ml.history.items.fact_detectors import DEFINITION_DETECTORS
from taskpar_ml.history.items.file_words import FileWords, words_of
from taskpar_ml.history.items.module_names import family_of, place_of
from taskpar_ml.history.items.new_uses import NewUse, new_uses
from taskpar_ml.history.items.use_keys import last_word, may_mean
from taskpar_ml.history.replay.read_task import ChangedFile, ReadTask

_NO_WORDS: Final[frozenset[bytes]] = frozenset()


class DefinitionSummary:
    """A task, as far as definitions matter.

    Most pairs have no word in common that one may have changed and the other may have started to
    use. Only for those that have, the files in which it stands are parsed, once.

    Parameters
    ----------
    task
        The task; what is in its files is read again when it is needed.

    Raises
    ------
    MissingObjectError
        If a content cannot be read.
    """

    def __init__(self, task: ReadTask) -> None:
        self._task = task
        self._files: dict[str, FileWords] = {}
        names: defaultdict[str, set[bytes]] = defaultdict(set)
        words: defaultdict[str, set[bytes]] = defaultdict(set)
        self._changed: dict[str, FileChanges] = {}
        self._brings: dict[tuple[str, str], bool] = {}
        self._used: dict[str, Mapping[str, tuple[NewUse, ...]]] = {}
        for path in sorted(task.paths):
            family = family_of(path)
            if family is not None:
                found = words_of(family, *task.texts(path))
                self._files[path] = found
                names[family] |= found.changed
                words[family] |= found.used
        self.changed_words: Mapping[str, Set[bytes]] = names
        self.used_words: Mapping[str, Set[bytes]] = words

    def changing(self, words: Set[bytes], family: str) -> Iterator[tuple[str, Set[bytes]]]:
        """Yield the files that may have changed definitions of some names, with the names."""
        for path, file in self._files.items():
            if file.family == family and not words.isdisjoint(file.changed):
                yield path, words & file.changed

    def using(self, words: Set[bytes], family: str) -> Iterator[tuple[str, Set[bytes]]]:
        """Yield the files that may have started to use some names, with the names."""
        for path, file in self._files.items():
            if file.family == family and not words.isdisjoint(file.used):
                yield path, words & file.used

    def may_mean(self, path: str, key: str) -> bool:
        """Whether all words of a key stand in a file, or stand for it."""
        return may_mean(path, self._task.texts(path)[1], key)

    def changes(self, path: str) -> FileChanges:
        """Return what the task changed of the definitions of one of its files."""
        if path not in self._changed:
            family = self._files[path].family
            self._changed[path] = FileChanges(self._read(path), family, self._holding)
        return self._changed[path]

    def changes_of(self, path: str, key: str) -> tuple[ChangedDefinition, ...]:
        """Return the changed definitions of a file that a key may mean, if it is of the task."""
        file = self._files.get(path)
        if file is None or last_word(key) not in file.changed:
            return ()
        return self.changes(path).certain.get(key, ())

    def uses(self, path: str) -> Mapping[str, tuple[NewUse, ...]]:
        """Return what the task starts to use in a file, by the same keys."""
        if path not in self._used:
            family, texts = self._files[path].family, self._task.texts(path)
            self._used[path] = new_uses(self._read(path), family, texts, self._gone)
        return self._used[path]

    def brings(self, path: str, name: str) -> bool:
        """Whether a definition, or what it is a part of, was not there before."""
        if (path, name) not in self._brings:
            parts = set(name.split("."))
            held = brought(self._holding(parts, before=True))
            self._brings[path, name] = held.holds(path, name)
        return self._brings[path, name]

    def shares(self, path: str, method: str) -> bool:
        """Whether the task may have changed a method of one name in several files of a package."""
        place = place_of(path)
        return any(
            other != path and place_of(other) == place and method.encode() in file.changed
            for other, file in self._files.items()
        )

    def _read(self, path: str) -> ChangedFile:
        return self._task.file(path, DEFINITION_DETECTORS)

    def _gone(self) -> Sequence[ChangedFile]:
        read = [self._read(path) for path, file in self._files.items() if not file.is_left]
        return [file for file in read if file.is_gone]

    def _holding(self, names: Set[str], *, before: bool = False) -> Sequence[ChangedFile]:
        """Return the files in which some names stand afterwards, or before, too."""
        sought = [name.encode() for name in names]
        return [
            self._read(path)
            for path in self._files
            for old, new in (self._task.texts(path),)
            if any(name in new or (before and name in old) for name in sought)
        ]


def broken(
    changing: DefinitionSummary, using: DefinitionSummary
) -> Iterator[tuple[str, ChangedDefinition, Sequence[NewUse]]]:
    """Yield definitions that one task changed, with where another one starts to use them.

    Both are told by the key under which they meet.
    """
    for family, names in changing.changed_words.items():
        shared = names & using.used_words.get(family, _NO_WORDS)
        if not shared:
            continue
        users = list(using.using(shared, family))
        for path, changed in changing.changing(shared, family):
            changes = changing.changes(path)
            uses: defaultdict[str, list[NewUse]] = defaultdict(list)
            for user, used in users:
                for key, found in _met_in(changes, using, user, changed & used):
                    uses[key] += found
            # What is certain takes more files to tell.
            for key in uses.keys() & changes.certain.keys() if uses else ():
                for change in changes.certain[key]:
                    yield key, change, uses[key]


def _met_in(
    changes: FileChanges, using: DefinitionSummary, user: str, words: Set[bytes]
) -> Iterator[tuple[str, Sequence[NewUse]]]:
    """Yield what a file starts to use of what another one changed, words in common given."""
    keys = {
        key for key in changes.possible if last_word(key) in words and using.may_mean(user, key)
    }
    if keys:
        uses = using.uses(user)
        yield from ((key, uses[key]) for key in keys & uses.keys())
