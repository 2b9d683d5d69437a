"""What lies where in a snapshot, and which files go with which, as arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.detectors.registry import all_detectors
from taskpar_ml.domain.footprint import Surface
from taskpar_ml.footprints.content_index import contents_key
from taskpar_ml.footprints.kept_names import array_of_names, names_of_array, one_line
from taskpar_ml.footprints.spots import SPOT_SURFACES, Spots
from taskpar_ml.footprints.terms import TERMS_VERSION
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.survey.repo_survey import RepoSurvey

_ARRAYS_KIND: Final = f"code-map-2-{TERMS_VERSION}"
"""Under what name the arrays are kept; raise the number when their making changes."""
_RELATIONS: Final = ("imports", "tests", "migrations")


@dataclass(frozen=True)
class CodeMap:
    """A repository as its code says it is.

    Attributes
    ----------
    spots
        Where the items of each surface lie.
    imports
        Whether the file of the row imports the one of the column: CSR of ones, shape
        ``(n_files, n_files)``.
    tests
        Whether the file of the row is a test about the one of the column, the same way.
    migrations
        Which directory of migrations each file is a step of: CSR of ones, shape
        ``(n_files, n_places)``.
    places
        The directories.
    """

    spots: Mapping[Surface, Spots]
    imports: sparse.csr_array
    tests: sparse.csr_array
    migrations: sparse.csr_array
    places: tuple[str, ...]

    @classmethod
    def of(cls, snapshot: RepoSnapshot, *, workers: int = 1) -> Self:
        """Return the map of a snapshot, from disk where it was made before.

        It is kept unless contents are missing: what a partial clone lacks may be fetched one day.

        Parameters
        ----------
        workers
            Processes that read files at the same time, where many were never read; see
            :meth:`taskpar_ml.survey.repo_survey.RepoSurvey.of`.
        """
        paths = snapshot.paths.paths
        key = _key(snapshot)
        kept = snapshot.arrays.load(_ARRAYS_KIND, key) if snapshot.arrays else None
        if kept is not None:
            return cls.from_arrays(kept, n_files=len(paths))
        survey = RepoSurvey.of(snapshot, workers=workers)
        made = cls.drawn(survey, paths)
        if snapshot.arrays and survey.is_whole:
            snapshot.arrays.save(_ARRAYS_KIND, key, made.arrays())
        return made

    @classmethod
    def drawn(cls, survey: RepoSurvey, paths: Sequence[str]) -> Self:
        """Return the map of what detectors saw in the files of a snapshot."""
        position = {path: index for index, path in enumerate(paths)}
        lines = survey.migrations
        size = len(paths)
        return cls(
            spots=Spots.all_of(survey, paths),
            imports=_relation(
                (
                    (position[path], position[target])
                    for path, targets in survey.imports.items()
                    for target in targets
                ),
                (size, size),
            ),
            tests=_relation(
                (
                    (position[test], position[target])
                    for test, targets in survey.tested.of_test.items()
                    for target in targets
                ),
                (size, size),
            ),
            migrations=_relation(
                (
                    (position[path], place)
                    for place, line in enumerate(lines)
                    for path in line.steps.values()
                ),
                (size, len(lines)),
            ),
            places=tuple(one_line(line.place) for line in lines),
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the map as arrays by name, to be kept."""
        found: dict[str, NDArray[Any]] = {"places": array_of_names(self.places)}
        for name in _RELATIONS:
            relation: sparse.csr_array = getattr(self, name)
            found |= {f"{name}_columns": relation.indices, f"{name}_starts": relation.indptr}
        for surface, spots in self.spots.items():
            found |= {f"{surface}_{name}": each for name, each in spots.arrays().items()}
        return found

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], *, n_files: int) -> Self:
        """Return the map that :meth:`arrays` held."""
        places = tuple(names_of_array(arrays["places"]))
        width = {"migrations": len(places)}
        relations = {
            name: sparse.csr_array(
                (
                    np.ones(len(arrays[f"{name}_columns"])),
                    arrays[f"{name}_columns"],
                    arrays[f"{name}_starts"],
                ),
                shape=(n_files, width.get(name, n_files)),
            )
            for name in _RELATIONS
        }
        return cls(
            spots={
                surface: Spots.from_arrays(
                    {
                        name.removeprefix(f"{surface}_"): each
                        for name, each in arrays.items()
                        if name.startswith(f"{surface}_")
                    }
                )
                for surface in SPOT_SURFACES
            },
            **relations,
            places=places,
        )


def _key(snapshot: RepoSnapshot) -> str:
    """Name the contents of a snapshot and those who read it."""
    names = "".join(f"{detector.name}\0" for detector in all_detectors())
    return hashlib.sha256((names + contents_key(snapshot)).encode()).hexdigest()[:40]


def _relation(pairs: Iterable[tuple[int, int]], shape: tuple[int, int]) -> sparse.csr_array:
    where = np.array(sorted(set(pairs)), dtype=np.int64).reshape(-1, 2)
    return sparse.csr_array((np.ones(len(where)), (where[:, 0], where[:, 1])), shape=shape)
