"""What a task decides about things that exist once: ports, services, packages, routes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from posixpath import dirname
from typing import Final, NamedTuple

from taskpar_ml.domain.code_facts import FileFacts, ResourceKind
from taskpar_ml.history.items.asides import is_aside
from taskpar_ml.history.replay.read_task import ChangedFile
from taskpar_ml.survey.path_templates import path_template

_FIELDS: Final = frozenset(("QUERY", "MUTATION", "SUBSCRIPTION", "RPC"))
_SAID_ONCE: Final = frozenset((ResourceKind.PORT, ResourceKind.SERVICE, ResourceKind.CONTAINER))
"""Kinds that files of one directory share."""


class Thing(NamedTuple):
    """Something that exists once within a scope.

    Attributes
    ----------
    kind
        As a person calls it: ``port``, ``route``, ``dependency``.
    scope
        File or directory.
    name
        Its name there.
    """

    kind: str
    scope: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name} of {self.scope or '.'}"


class Claim(NamedTuple):
    """What a task decides about a thing.

    Attributes
    ----------
    old, new
        What was decided before and is decided now, in different places of one file perhaps; empty
        for a thing that is not there.
    """

    old: frozenset[str]
    new: frozenset[str]

    def collides(self, later: Claim) -> bool:
        """Whether a later claim could not have been made beside this one.

        Both bring the thing, or both change the same of what was decided before. Taking back what
        the earlier one did is no collision, nor is building upon what it brought.
        """
        if not self.old or not later.old:
            is_first = not self.old and not later.old
            return is_first and later.new.isdisjoint(self.new)
        if later.new == self.old:
            return False
        if max(map(len, (*self, *later))) == 1:
            return later.new != self.new
        changed, again = self.old - self.new, (self.new - self.old) & (later.old - later.new)
        return bool(changed and again)


def claims(files: Sequence[ChangedFile]) -> Mapping[Thing, Claim]:
    """Return what a task decides."""
    before, after = _Said(), _Said()
    for file in files:
        before.take(file.path, file.before)
        after.take(file.path, file.after)
    return {
        thing: Claim(before.of(thing), after.of(thing))
        for thing in before.said.keys() | after.said.keys()
        if before.of(thing) != after.of(thing)
    }


class _Said:
    """What some files decide."""

    def __init__(self) -> None:
        self.said: defaultdict[Thing, set[str]] = defaultdict(set)

    def take(self, path: str, facts: FileFacts) -> None:
        """Take in one file."""
        for resource in facts.resources:
            if resource.defines and resource.kind != ResourceKind.VARIABLE:
                shared = resource.kind in _SAID_ONCE
                is_named = resource.kind == ResourceKind.SERVICE and "/" not in resource.name
                scope = dirname(path) if shared and not is_named else path
                value = f"{path} {resource.value}" if shared else resource.value or "there"
                self.said[Thing(resource.kind.value, scope, resource.name)].add(value)
        if facts.routes and not is_aside(path):
            for method, route in _routes(facts):
                self.said[Thing("route", dirname(path), f"{method} {route}")].add(path)

    def of(self, thing: Thing) -> frozenset[str]:
        """Return what they decide about one thing."""
        return frozenset(self.said.get(thing, ()))


def _routes(facts: FileFacts) -> Iterator[tuple[str, str]]:
    """Yield method and path of routes that no other prefix is likely to come before."""
    own = {mount.child: mount.prefix for mount in facts.mounts if not mount.router}
    for route in facts.routes:
        if route.method in _FIELDS:
            yield route.method, route.path
            continue
        prefix = own.get(route.router, "")
        path = path_template(f"{prefix.rstrip('/')}/{route.path.lstrip('/')}")
        if sum(part != "{}" for part in path.split("/") if part) > 1:
            yield route.method, path
