"""Where in its files a repository holds what has a name: definitions, routes, tables, resources."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Any, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.code_facts import Definition, FileFacts, TableAction
from taskpar_ml.domain.footprint import Surface
from taskpar_ml.footprints.inverted_index import InvertedIndex
from taskpar_ml.footprints.kept_names import array_of_names, names_of_array, one_line
from taskpar_ml.footprints.terms import term_counts
from taskpar_ml.survey.repo_survey import RepoSurvey

SPOT_SURFACES: Final = (Surface.SYMBOL, Surface.ENDPOINT, Surface.TABLE, Surface.RESOURCE)
"""Surfaces whose items lie in files."""

_DEFINING: Final = frozenset({TableAction.CREATE, TableAction.ALTER, TableAction.DROP})
_INDEX_ARRAYS: Final = ("terms", "starts", "documents", "counts", "lengths")
_SPOT_ARRAYS: Final = ("item", "file", "first", "last", "defines")


class _Spot(NamedTuple):
    """An item in a file: its lines, its name, its words. In this order they are sorted."""

    file: int
    first: int
    last: int
    item: str
    words: str
    defines: bool


@dataclass(frozen=True)
class Spots:
    """The places in files where the items of one surface lie.

    Attributes
    ----------
    items
        Names of the items, sorted. A symbol is called ``src/a.py::User.save``, an endpoint by the
        template of its path, a resource by its kind and name. Line ends become spaces.
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
        enclosing = cache(lambda path: _Enclosing(survey.facts[path].definitions))
        found = {
            Surface.SYMBOL: _symbols(survey.facts, position),
            Surface.ENDPOINT: _endpoints(survey, position, enclosing),
            Surface.TABLE: _tables(survey, position, enclosing),
            Surface.RESOURCE: _resources(survey.facts, position),
        }
        return {surface: cls._of(spots) for surface, spots in found.items()}

    @classmethod
    def _of(cls, spots: Iterable[_Spot]) -> Self:
        rows = sorted(set(spots))
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
        return {
            "items": array_of_names(self.items),
            **{name: getattr(self, name) for name in _SPOT_ARRAYS},
            **self.words.arrays(),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Return the spots that :meth:`arrays` held."""
        return cls(
            items=tuple(names_of_array(arrays["items"])),
            **{name: arrays[name] for name in _SPOT_ARRAYS},
            words=InvertedIndex(**{name: arrays[name] for name in _INDEX_ARRAYS}),
        )

    def __len__(self) -> int:
        return len(self.item)


class _Enclosing:
    """Finds the innermost definition around a line of one file."""

    def __init__(self, definitions: Sequence[Definition]) -> None:
        self._sorted = _outer_first(definitions)
        end = max((each.end_line for each in definitions), default=0)
        self._innermost = np.full(end + 1, -1, dtype=np.int32)
        for index, each in enumerate(self._sorted):
            self._innermost[each.line : each.end_line + 1] = index
        self._named: defaultdict[str, list[Definition]] = defaultdict(list)
        for each in definitions:
            self._named[each.name].append(each)

    def lines(self, line: int) -> tuple[int, int]:
        """Return first and last line of the definition, else the line alone."""
        index = self._innermost[line] if line < len(self._innermost) else -1
        return (line, line) if index < 0 else _lines(self._sorted[index])

    def of_name(self, name: str) -> tuple[int, int] | None:
        """Return the lines of the only definition of that name."""
        found = self._named.get(name, ())
        return _lines(found[0]) if len(found) == 1 else None


def _lines(definition: Definition) -> tuple[int, int]:
    return definition.line, definition.end_line


def _outer_first(definitions: Iterable[Definition]) -> list[Definition]:
    """Return definitions by their first line, what encloses others before them."""
    return sorted(definitions, key=lambda each: (each.line, -each.end_line))


def _symbols(facts: Mapping[str, FileFacts], position: Mapping[str, int]) -> Iterator[_Spot]:
    """Yield definitions; what encloses others counts with the lines above the first of them."""
    for path, found in facts.items():
        ordered = _outer_first(found.definitions)
        for each, following in zip_longest(ordered, ordered[1:]):
            last = each.end_line
            if following is not None and each.line < following.line <= last:
                last = following.line - 1
            item = one_line(f"{path}::{each.name}")
            yield _Spot(position[path], each.line, last, item, each.name, defines=True)


def _endpoints(
    survey: RepoSurvey, position: Mapping[str, int], enclosing: Callable[[str], _Enclosing]
) -> Iterator[_Spot]:
    for each in survey.endpoints:
        around = enclosing(each.file)
        first, last = around.of_name(each.handler) or around.lines(each.line)
        item = each.path if each.path.startswith("/") else f"{each.method} {each.path}"
        words = f"{each.path} {each.handler}"
        yield _Spot(position[each.file], first, last, one_line(item), words, defines=True)


def _tables(
    survey: RepoSurvey, position: Mapping[str, int], enclosing: Callable[[str], _Enclosing]
) -> Iterator[_Spot]:
    for each in survey.tables:
        first, last = enclosing(each.file).lines(each.line)
        item, defines = one_line(each.table), each.action in _DEFINING
        yield _Spot(position[each.file], first, last, item, each.table, defines)


def _resources(facts: Mapping[str, FileFacts], position: Mapping[str, int]) -> Iterator[_Spot]:
    for path, found in facts.items():
        for each in found.resources:
            item = one_line(f"{each.kind} {each.name}")
            yield _Spot(position[path], each.line, each.line, item, each.name, each.defines)
