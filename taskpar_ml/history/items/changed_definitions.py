"""Definitions that a task took away, renamed or gave another signature."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from taskpar_ml.domain.code_facts import Definition, DefinitionKind, FileFacts
from taskpar_ml.history.items.module_names import (
    GO,
    family_of,
    packages_of,
    place_of,
    places_of,
)
from taskpar_ml.history.replay.read_task import ChangedFile

_CALLED: Final = frozenset((DefinitionKind.FUNCTION, DefinitionKind.METHOD))
_MAKER: Final = "__init__"
_NO_BASES: Final = frozenset(("", "()", "(object)", "(ABC)", "(abc.ABC)", "(metaclass=ABCMeta)"))
_TELLING: Final = 12
"""Letters from which on the name of a method is hardly used twice by chance."""
_SHORTEST_SHARED: Final = 4
"""Letters of a name that packages hand out under it."""


class HowChanged(StrEnum):
    """What became of a definition."""

    REMOVED = "removed"
    RENAMED = "renamed"
    RESIGNED = "given another signature"


class ChangedDefinition(NamedTuple):
    """A definition that is no longer what others may have built upon.

    Attributes
    ----------
    path, name
        The file, and the name there, dotted through what encloses it.
    how
        What became of it.
    family
        Of the file's language.
    old, new
        Its signatures before and after, where it is called and they are known.
    was
        Its old name, where it got another one.
    with_file
        Whether the whole file went.
    """

    path: str
    name: str
    how: HowChanged
    family: str
    old: str = ""
    new: str = ""
    was: str = ""
    with_file: bool = False


class Brought(NamedTuple):
    """Definitions that were not there, or not in that file, before a task.

    Attributes
    ----------
    names
        What nobody defined in any of its files, dotted; of each the last part too, if that is new.
    places
        File and name of every definition that it put somewhere, moved ones included.
    """

    names: frozenset[str]
    places: frozenset[tuple[str, str]]

    def holds(self, path: str, name: str) -> bool:
        """Whether a definition, or what it is a part of, was brought."""
        parts = name.split(".")
        outer = [".".join(parts[: at + 1]) for at in range(len(parts))]
        return parts[-1] in self.names or any(
            each in self.names or (path, each) in self.places for each in outer
        )


def brought(files: Sequence[ChangedFile]) -> Brought:
    """Return the definitions that a task brought."""
    before = {each.name for file in files for each in file.before.definitions}
    names: set[str] = set()
    places: set[tuple[str, str]] = set()
    for file in files:
        here = {each.name for each in file.before.definitions}
        for each in file.after.definitions:
            if each.name not in here:
                places.add((file.path, each.name))
            if each.name not in before:
                names.add(each.name)
    lasts = {each.rpartition(".")[2] for each in names} - {
        each.rpartition(".")[2] for each in before
    }
    return Brought(frozenset(names | lasts), frozenset(places))


def changed_definitions(
    files: Sequence[ChangedFile],
) -> Mapping[str, tuple[ChangedDefinition, ...]]:
    """Return what a task changed of definitions that were there, by the keys of their uses."""
    everywhere = _Everywhere(files)
    found: defaultdict[str, list[ChangedDefinition]] = defaultdict(list)
    for file in files:
        family = family_of(file.path)
        if family is None or not file.before.definitions:
            continue
        for change in _changed(file, family, everywhere):
            keys = set(_keys(change, is_moved=everywhere.has(file, change.name)))
            if not _has_bases(file.before, change):
                keys |= set(_method_keys(change))
            for key in keys:
                found[key].append(change)
    return {key: tuple(changes) for key, changes in found.items()}


class _Everywhere:
    """Where the names lie that a task's files define afterwards."""

    def __init__(self, files: Sequence[ChangedFile]) -> None:
        self._places: defaultdict[str, set[str]] = defaultdict(set)
        before = {(file.path, each.name) for file in files for each in file.before.definitions}
        self._new_methods: set[str] = set()
        there = [file for file in files if not file.is_gone]
        self._defined = {
            (place, each.name)
            for file in there
            for place in _all_places(file.path)
            for each in file.after.definitions
        }
        self._imported = {
            (place, here)
            for file in there
            for place in _all_places(file.path)
            for each in file.after.imports
            for _, here in each.names
        }
        for file in files:
            for each in file.after.definitions:
                self._places[each.name].add(file.path)
                if (file.path, each.name) not in before and "." in each.name:
                    self._new_methods.add(each.name.rpartition(".")[2])

    def inherits(self, name: str) -> bool:
        """Whether a method may have gone to a class above or below: another one got it."""
        owner, _, last = name.rpartition(".")
        return bool(owner) and last in self._new_methods

    def hands_out(self, path: str, name: str) -> bool:
        """Whether imports still find a name, in a package that took a module's place, say."""
        root = name.partition(".")[0]
        return any(
            (place, name) in self._defined or (place, root) in self._imported
            for place in _all_places(path)
        )

    def has(self, file: ChangedFile, name: str) -> bool:
        """Whether a name is defined in another file."""
        return bool(self._places.get(name, set()) - {file.path})


def _all_places(path: str) -> set[str]:
    return {place_of(path), *places_of(path)}


def _changed(
    file: ChangedFile, family: str, everywhere: _Everywhere
) -> Iterator[ChangedDefinition]:
    before, after = _by_name(file.before), _by_name(file.after)
    names = {name for each in file.after.imports for name, _ in each.names}
    open_ended = "*" in names or "__getattr__" in after
    new = {name: each for name, each in after.items() if name not in before}
    gone = {name: each for name, each in before.items() if name not in after}
    for name, those in gone.items():
        if open_ended or everywhere.inherits(name) or everywhere.hands_out(file.path, name):
            continue
        accepted = those[0].signature if len(those) == 1 and those[0].kind in _CALLED else ""
        yield ChangedDefinition(
            file.path, name, HowChanged.REMOVED, family, accepted, with_file=file.is_gone
        )
        now = _renamed(name, those, gone, new)
        if now is not None:
            yield ChangedDefinition(
                file.path, now, HowChanged.RENAMED, family, accepted, accepted, name
            )
    for name, (first, *others) in before.items():
        second = after.get(name, ())
        if others or len(second) != 1 or first.kind != second[0].kind:
            continue
        if first.kind in _CALLED and first.signature != second[0].signature:
            yield ChangedDefinition(
                file.path,
                name,
                HowChanged.RESIGNED,
                family,
                first.signature,
                second[0].signature,
            )


def _by_name(facts: FileFacts) -> Mapping[str, Sequence[Definition]]:
    found: defaultdict[str, list[Definition]] = defaultdict(list)
    for each in facts.definitions:
        found[each.name].append(each)
    return found


def _renamed(
    name: str,
    those: Sequence[Definition],
    gone: Mapping[str, Sequence[Definition]],
    new: Mapping[str, Sequence[Definition]],
) -> str | None:
    """Return the new name of a definition, if one alone is like it and like no other."""
    (first, *others) = those
    if others or not first.signature:
        return None

    def alike(among: Mapping[str, Sequence[Definition]]) -> list[str]:
        return [
            each
            for each, found in among.items()
            if each.rpartition(".")[0] == name.rpartition(".")[0]
            and found[0].public == first.public
            and [(one.kind, one.signature) for one in found] == [(first.kind, first.signature)]
        ]

    if len(alike(gone)) != 1:
        return None
    candidates = alike(new)
    return candidates[0] if len(candidates) == 1 else None


def _keys(change: ChangedDefinition, *, is_moved: bool) -> Iterator[str]:
    """Yield the keys under which a use of a definition may be known."""
    path, family = change.path, change.family
    owner, _, last = change.name.rpartition(".")
    names = [change.name]
    if last == _MAKER and owner and change.how == HowChanged.RESIGNED:
        names.append(owner)
    for name in names:
        if family == GO:
            yield key_of(family, f".{place_of(path)}", name)
            if name[:1].isupper():
                yield from (key_of(family, place, name) for place in places_of(path))
        else:
            yield key_of(family, place_of(path), name)
            yield from (key_of(family, place, name) for place in places_of(path))
            if not is_moved and len(name) >= _SHORTEST_SHARED:
                yield from (key_of(family, place, name) for place in packages_of(path))


def _method_keys(change: ChangedDefinition) -> Iterator[str]:
    """Yield the keys under which a method of an object may be known."""
    path, family = change.path, change.family
    owner, _, last = change.name.rpartition(".")
    if not owner or last == _MAKER:
        return
    if family != GO:
        yield key_of(family, place_of(path), f"self.{last}")
    if is_telling(last):
        own = (f".{place_of(path)}",) if family == GO else (place_of(path), *packages_of(path))
        for place in (*own, *places_of(path)):
            yield key_of(family, place, f".{last}")


def _has_bases(facts: FileFacts, change: ChangedDefinition) -> bool:
    """Whether a method may be one that its class has from others, or shares with them."""
    owner = change.was.rpartition(".")[0] or change.name.rpartition(".")[0]
    return any(
        each.name == owner
        and each.kind == DefinitionKind.CLASS
        and change.family != GO
        and each.signature not in _NO_BASES
        for each in facts.definitions
    )


def key_of(family: str, place: str, name: str) -> str:
    """Return the key of a name at a place; ``.name`` is a method of whatever class there."""
    return f"{family}:{place}:{name}"


def is_telling(name: str) -> bool:
    """Whether a method of this name is hardly another one: it is long, and of several words.

    Examples
    --------
    >>> is_telling("get_queryset_for"), is_telling("update"), is_telling("__getattribute__")
    (True, False, False)
    """
    if name.startswith("__") or len(name) < _TELLING:
        return False
    inner = name.strip("_")
    return "_" in inner or any(sign.isupper() for sign in inner[1:])
