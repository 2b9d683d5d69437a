"""Definitions within definitions, from the places that a pattern fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from taskpar_ml.detectors.source import Match, text_of


class Place(NamedTuple):
    """Something with a name and an extent.

    Attributes
    ----------
    start, end
        Bytes of the file.
    kind
        Of the capture that spans it: ``class``, ``function``.
    captures
        What else the pattern captured there.
    """

    start: int
    end: int
    kind: str
    name: str
    captures: Match


class Scoped(NamedTuple):
    """A place, its dotted name, and the kinds of what encloses it, outermost first."""

    place: Place
    name: str
    within: tuple[str, ...]


def places(matches: Iterable[Match], kinds: Iterable[str]) -> Iterator[Place]:
    """Yield what was captured as one of some kinds and has a name, captured as ``name``."""
    wanted = tuple(kinds)
    for captures in matches:
        name = captures.get("name")
        if name is None:
            continue
        for kind in wanted:
            if kind in captures:
                node = captures[kind][0]
                yield Place(node.start_byte, node.end_byte, kind, text_of(name[0]), captures)


def scoped(found: Iterable[Place]) -> Iterator[Scoped]:
    """Yield places in the order of the file, each with what encloses it."""
    open_places: list[Place] = []
    for place in sorted(found, key=lambda each: (each.start, -each.end)):
        while open_places and open_places[-1].end <= place.start:
            open_places.pop()
        names = [*(each.name for each in open_places), place.name]
        yield Scoped(place, ".".join(names), tuple(each.kind for each in open_places))
        open_places.append(place)
