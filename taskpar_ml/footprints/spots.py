"""Where in its files a repository holds what has a name: definitions, routes, tables, resources."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.code_facts import Definition, FileFacts, TableAction
from taskpar_ml.domain.footprint import Surface
from taskpar_ml.footprints.inverted_index import InvertedIndex
from taskpar_ml.footprints.terms import term_counts
from taskpar_ml.survey.repo_survey import RepoSurvey

SPOT_SURFACES: Final = (Surface.SYMBOL, Surface.ENDPOINT, Surface.TABLE, Surface.RESOURCE)
"""Surfaces whose items lie in files."""

_DEFINING: Final = frozenset({TableAction.CREATE, TableAction.ALTER, TableAction.DROP})
_INDEX_ARRAYS: Final = ("terms", "starts", "documents", "counts", "lengths")
_SPOT_ARRAYS: Final = ("item", "file", "first", "last", "defines")


class _Spot(NamedTuple):
    """An item in a file: its name, its words, its lines."""

    item: str
    words: str
    file: int
    first: int
    last: int
    defines: bool


@dataclass(frozen=True)
class Spots:
    """The places in files where the items of one surface lie.

    Attributes
    ----------
    items
        Names of the items, sorted. A symbol is called ``src/a.py::User.save``, an endpoint by the
        template of its path, a resource by its kind and name.
    item
        Position of the item of each spot in ``items``, shape ``(n_spots,)``.
    file
        Position of its file among the paths of the snapshot, ascending, same shape.
    first, last
        Its first and last line, same shape.
    defines
        Whether who changes the spot changes the item, else only the use of it, same shape.
    words
        The words of the items' names; its documents are the spots.
    """

    items: tuple[str, ...]
    item: NDArray[np.int32]
    file: NDArray[np.int32]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    defines: NDArray[np.bool_]
    words: InvertedIndex

    @classmethod
    def all_of(cls, survey: RepoSurvey, paths: Sequence[str]) -> Mapping[Surface, Self]:
        """Return the spots of a repository, by surface.

        Parameters
        ----------
        survey
            What detectors saw in its files.
        paths
            Every file of the snapshot.
        """
        position = {path: index for index, path in enumerate(paths)}
        enclosing = {path: _Enclosing(facts.definitions) for path, facts in survey.facts.items()}
        found = {
            Surface.SYMBOL: _symbols(survey.facts, position),
            Surface.ENDPOINT: _endpoints(survey, position, enclosing),
            Surface.TABLE: _tables(survey, position, enclosing),
            Surface.RESOURCE: _resources(survey.facts, position),
        }
        return {surface: cls._of(spots) for surface, spots in found.items()}

    @classmethod
    def _of(cls, spots: Iterable[_Spot]) -> Self:
        rows = sorted(set(spots), key=lambda spot: (spot.file, spot.first, spot.last, spot.item))
        items = sorted({row.item for row in rows})
        column = {item: index for index, item in enumerate(items)}
        return cls(
            items=tuple(items),
            item=np.array([column[row.item] for row in rows], dtype=np.int32),
            file=np.array([row.file for row in rows], dtype=np.int32),
            first=np.array([row.first for row in rows], dtype=np.int32),
            last=np.array([row.last for row in rows], dtype=np.int32),
            defines=np.array([row.defines for row in rows], dtype=bool),
            words=InvertedIndex.of_documents(
                [Counter(dict.fromkeys(term_counts(row.words), 1)) for row in rows]
            ),
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the spots as arrays by name, to be kept."""
        text = "\n".join(self.items).encode("utf-8", "surrogateescape")
        return {
            "items": np.frombuffer(text, dtype=np.uint8),
            **{name: getattr(self, name) for name in _SPOT_ARRAYS},
            **self.words.arrays(),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Return the spots that :meth:`arrays` held."""
        text = arrays["items"].tobytes().decode("utf-8", "surrogateescape")
        return cls(
            items=tuple(text.split("\n")) if text else (),
            **{name: arrays[name] for name in _SPOT_ARRAYS},
            words=InvertedIndex(**{name: arrays[name] for name in _INDEX_ARRAYS}),
        )

    def __len__(self) -> int:
        return len(self.item)


class _Enclosing:
    """Finds the innermost definition around a line of one file."""

    def __init__(self, definitions: Sequence[Definition]) -> None:
        self._sorted = sorted(definitions, key=lambda each: (each.line, -each.end_line))
        self._begins = [each.line for each in self._sorted]
        self._outer: list[int] = []
        around: list[int] = []
        for index, each in enumerate(self._sorted):
            while around and self._sorted[around[-1]].end_line < each.line:
                around.pop()
            self._outer.append(around[-1] if around else -1)
            around.append(index)
        self._named: defaultdict[str, list[Definition]] = defaultdict(list)
        for each in definitions:
            self._named[each.name].append(each)

    def lines(self, line: int) -> tuple[int, int]:
        """Return first and last line of the definition, else the line alone."""
        index = bisect_right(self._begins, line) - 1
        while index >= 0 and self._sorted[index].end_line < line:
            index = self._outer[index]
        return (line, line) if index < 0 else _lines(self._sorted[index])

    def of_name(self, name: str) -> tuple[int, int] | None:
        """Return the lines of the only definition of that name."""
        found = self._named.get(name, ())
        return _lines(found[0]) if len(found) == 1 else None


def _lines(definition: Definition) -> tuple[int, int]:
    return definition.line, definition.end_line


def _symbols(facts: Mapping[str, FileFacts], position: Mapping[str, int]) -> Iterator[_Spot]:
    """Yield definitions; what encloses others counts with the lines above the first of them."""
    for path, found in facts.items():
        ordered = sorted(found.definitions, key=lambda each: (each.line, -each.end_line))
        for each, following in zip_longest(ordered, ordered[1:]):
            last = each.end_line
            if following is not None and each.line < following.line <= last:
                last = following.line - 1
            item = _one_line(f"{path}::{each.name}")
            yield _Spot(item, each.name, position[path], each.line, last, defines=True)


def _endpoints(
    survey: RepoSurvey, position: Mapping[str, int], enclosing: Mapping[str, _Enclosing]
) -> Iterator[_Spot]:
    for each in survey.endpoints:
        around = enclosing[each.file]
        first, last = around.of_name(each.handler) or around.lines(each.line)
        item = each.path if each.path.startswith("/") else f"{each.method} {each.path}"
        words = f"{each.path} {each.handler}"
        yield _Spot(_one_line(item), words, position[each.file], first, last, defines=True)


def _tables(
    survey: RepoSurvey, position: Mapping[str, int], enclosing: Mapping[str, _Enclosing]
) -> Iterator[_Spot]:
    for each in survey.tables:
        first, last = enclosing[each.file].lines(each.line)
        defines = each.action in _DEFINING
        item = _one_line(each.table)
        yield _Spot(item, each.table, position[each.file], first, last, defines)


def _resources(facts: Mapping[str, FileFacts], position: Mapping[str, int]) -> Iterator[_Spot]:
    for path, found in facts.items():
        for each in found.resources:
            item = _one_line(f"{each.kind} {each.name}")
            yield _Spot(item, each.name, position[path], each.line, each.line, each.defines)


def _one_line(name: str) -> str:
    """Return a name without line ends: the sources are anybody's."""
    return " ".join(name.splitlines())
