"""Definitions within definitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tree_sitter import Node


class Place(NamedTuple):
    """Something with a name and an extent.

    Attributes
    ----------
    start, end
        Bytes of the file.
    kind
        What it is: ``class``, ``function``.
    node
        What spans it.
    """

    start: int
    end: int
    kind: str
    name: str
    node: Node


class Scoped(NamedTuple):
    """A place, its dotted name, and the kinds of what encloses it, outermost first."""

    place: Place
    name: str
    within: tuple[str, ...]


def scoped(found: Iterable[Place]) -> Iterator[Scoped]:
    """Yield places in the order of the file, each with what encloses it."""
    around: list[tuple[int, str, tuple[str, ...]]] = []
    for place in sorted(found, key=lambda each: (each.start, -each.end)):
        while around and around[-1][0] <= place.start:
            around.pop()
        name = place.name
        within: tuple[str, ...] = ()
        if around:
            _, outer, within = around[-1]
            name = f"{outer}.{name}"
        yield Scoped(place, name, within)
        around.append((place.end, name, (*within, place.kind)))
