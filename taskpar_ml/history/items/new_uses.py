"""Definitions that a task starts to use: what its files import and call, and did not before."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import Final, NamedTuple

from taskpar_ml.domain.code_facts import FileFacts, Import
from taskpar_ml.history.items.arguments import Call, calls_of
from taskpar_ml.history.items.changed_definitions import is_telling
from taskpar_ml.history.items.module_names import (
    GO,
    PYTHON,
    SCRIPT,
    imported_places,
    place_of,
)
from taskpar_ml.history.items.use_keys import is_of_any_class, key_of
from taskpar_ml.history.replay.read_task import ChangedFile

_SELVES: Final = frozenset(("self", "cls", "this", "super"))
_WHOLE: Final = frozenset(("", "*"))
_RECEIVER: Final = re.compile(rb"\w+\.")


class NewUse(NamedTuple):
    """A use that was not in the file before.

    Attributes
    ----------
    path
        The file.
    name
        As written there.
    content
        Of the file where it may be called there; empty where it is only imported.
    """

    path: str
    name: str
    content: bytes = b""

    def calls(self, family: str) -> tuple[Call, ...]:
        """Return the calls by that name, none where it is only extended or decorated with."""
        return calls_of(self.content.decode("utf-8", "replace"), self.name, family)


def new_uses(
    file: ChangedFile,
    family: str,
    texts: tuple[bytes, bytes],
    gone: Callable[[], Sequence[ChangedFile]],
) -> Mapping[str, tuple[NewUse, ...]]:
    """Return what a task starts to use in a file, by the keys of what may be meant.

    What a new file uses that a file which went used too has only moved; and so has what a file
    uses of its own that came there with it.

    Parameters
    ----------
    texts
        The file before and after the change.
    gone
        Returns the task's files that went.
    """
    before = gone() if file.is_new else (file,)
    known_imports = {each for one in before for each in _imported(one.before)}
    known_uses = {name for one in before for name in _used(one.before)}
    brought = {each.name for each in file.after.definitions} - {
        each.name for each in file.before.definitions
    }
    found: defaultdict[str, list[NewUse]] = defaultdict(list)
    for key, name in _import_keys(file, family, known_imports):
        found[key].append(NewUse(file.path, name))
    fresh = _used(file.after) - known_uses - brought
    old_calls = set(_with_other_receivers(fresh, known_uses, texts)) if not file.is_new else set()
    for name in sorted(fresh):
        for key in set(_use_keys(file, family, name)):
            if not (name in old_calls and is_of_any_class(key)):
                found[key].append(NewUse(file.path, name, texts[1]))
    return {key: tuple(uses) for key, uses in found.items()}


def _with_other_receivers(
    fresh: Set[str], known: Set[str], texts: tuple[bytes, bytes]
) -> Iterator[str]:
    """Yield names that are only old ones, written for a receiver that has another name now.

    The lines that hold one were there before, but for receivers.
    """
    methods = {_method(name) for name in known}
    for name in fresh:
        method = _method(name)
        if method in methods:
            before = _lines_without_receivers(texts[0], method)
            if not _lines_without_receivers(texts[1], f".{method}") - before:
                yield name


def _lines_without_receivers(text: bytes, word: str) -> Counter[bytes]:
    """Return the lines in which a word stands, without what it and others are called of."""
    sought = word.encode()
    lines = (line for line in text.split(b"\n") if sought in line)
    return Counter(_RECEIVER.sub(b"", line).strip() for line in lines)


def _method(name: str) -> str:
    return name.rpartition(".")[2]


def _used(facts: FileFacts) -> set[str]:
    return {each.name for each in facts.uses}


def _imported(facts: FileFacts) -> Iterator[tuple[str, str]]:
    """Yield what a file imports, by the last part of the module, which moving files leaves."""
    for statement in facts.imports:
        for name, _ in statement.names:
            yield _last(statement.module), name


def _last(module: str) -> str:
    return module.replace("/", ".").strip(".").rpartition(".")[2]


def _import_keys(
    file: ChangedFile, family: str, known: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    if family == GO:
        return
    for statement in file.after.imports:
        for name, _ in statement.names:
            if name in _WHOLE or (_last(statement.module), name) in known:
                continue
            for place in imported_places(file.path, statement.module):
                yield key_of(family, place, name), name


def _use_keys(file: ChangedFile, family: str, name: str) -> Iterator[str]:
    """Yield the keys of what a name in a file may mean."""
    root, _, rest = name.partition(".")
    last = name.rpartition(".")[2]
    statements = [
        (statement, outer)
        for statement in file.after.imports
        for outer, here in statement.names
        if here == root or (family == GO and _names_package(statement, here, root))
    ]
    for statement, outer in statements:
        yield from _through_import(file, family, (statement, outer), root, rest)
    if statements:
        return
    if root in _SELVES and rest and "." not in rest:
        yield key_of(family, place_of(file.path), f"self.{rest}")
    elif family == GO and not rest:
        yield key_of(family, f".{place_of(file.path)}", root)
    elif any(each.name == name for each in file.after.definitions):
        yield key_of(family, place_of(file.path), name)
    if (rest or name.startswith(".")) and is_telling(last):
        yield from (key_of(family, place, f".{last}") for place in _places_known(file, family))


def _places_known(file: ChangedFile, family: str) -> Iterator[str]:
    """Yield places whose classes a file may have objects of: its own, and what it imports."""
    yield f".{place_of(file.path)}" if family == GO else place_of(file.path)
    for statement in file.after.imports:
        for place in imported_places(file.path, statement.module):
            yield place
            if family == PYTHON:
                yield from (f"{place}/{name}" for name, _ in statement.names if name.isidentifier())


def _through_import(
    file: ChangedFile, family: str, taken: tuple[Import, str], root: str, rest: str
) -> Iterator[str]:
    statement, outer = taken
    for place in imported_places(file.path, statement.module):
        if family == GO:
            if rest:
                yield key_of(family, place, rest)
        elif outer not in _WHOLE:
            yield key_of(family, place, f"{outer}.{rest}" if rest else outer)
            if outer == "default":
                yield key_of(family, place, f"{root}.{rest}" if rest else root)
            if rest and family == PYTHON:
                yield from _deeper(family, f"{place}/{outer}".lstrip("/"), rest)
        elif family == SCRIPT:
            yield key_of(family, place, rest or "module.exports")
        elif rest:
            # ``import a.b`` makes only ``a`` known, and ``a.b.c`` is written.
            whole = root == statement.module.partition(".")[0]
            yield from _deeper(family, root if whole else place, rest)


def _deeper(family: str, place: str, rest: str) -> Iterator[str]:
    """Yield every way to read a dotted name as a module and a name in it."""
    parts = rest.split(".")
    for at in range(len(parts)):
        yield key_of(family, "/".join((place, *parts[:at])), ".".join(parts[at:]))


def _names_package(statement: Import, here: str, root: str) -> bool:
    """Whether a name stands for a package of Go that was imported without another name."""
    parts = [
        part for part in statement.module.split("/") if not (part[:1] == "v" and part[1:].isdigit())
    ]
    return here in ("", root) and bool(parts) and parts[-1].rpartition("-")[2] == root
