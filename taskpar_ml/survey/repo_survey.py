"""A snapshot as developers think of it: endpoints, tables, migrations, tests, who imports whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Self

from taskpar_ml.detectors.contract import Detector
from taskpar_ml.detectors.registry import all_detectors
from taskpar_ml.domain.code_facts import FileFacts
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.survey.endpoints import Endpoint, Endpoints
from taskpar_ml.survey.imports import ImportResolver
from taskpar_ml.survey.migration_lines import MigrationLine, migration_lines
from taskpar_ml.survey.surveyed_files import SurveyedFiles
from taskpar_ml.survey.tables import TableTouch, table_touches
from taskpar_ml.survey.tested_files import TestedFiles


class RepoSurvey:
    """What the files of a snapshot hold, put together; each part when it is first asked for.

    Parameters
    ----------
    files
        The facts of the files.
    snapshot
        The snapshot that they are of.
    """

    def __init__(self, files: SurveyedFiles, snapshot: RepoSnapshot) -> None:
        self._files = files
        self._snapshot = snapshot
        self._misses = False

    @classmethod
    def of(
        cls,
        snapshot: RepoSnapshot,
        *,
        detectors: Sequence[Detector] | None = None,
        workers: int = 1,
    ) -> Self:
        """Read a snapshot.

        Parameters
        ----------
        detectors
            Who reads it; by default all that are installed.
        workers
            Processes that read at the same time, where there is much to read.
        """
        files = SurveyedFiles(snapshot, all_detectors() if detectors is None else detectors)
        files.read(workers=workers)
        return cls(files, snapshot)

    @property
    def is_whole(self) -> bool:
        """Whether every content that was asked for so far could be read.

        What a partial clone lacks may be fetched one day, and the commit stays the same: what was
        put together without it is not to be kept under the name of the commit.
        """
        return self._files.is_whole and not self._misses

    @cached_property
    def facts(self) -> Mapping[str, FileFacts]:
        """Path to facts, of every file that holds any, sorted."""
        return dict(self._files.facts())

    @cached_property
    def imports(self) -> Mapping[str, tuple[str, ...]]:
        """File to the files of the repository that it imports, sorted, itself left out."""
        found = {}
        for path, facts in self.facts.items():
            targets = {
                target
                for statement in facts.imports
                for target in self._resolver.targets(path, statement)
            }
            if targets - {path}:
                found[path] = tuple(sorted(targets - {path}))
        return found

    @cached_property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Every request that is answered, file by file."""
        return tuple(Endpoints(self.facts, self._resolver))

    @cached_property
    def tables(self) -> tuple[TableTouch, ...]:
        """Every table that a file touches, file by file."""
        return tuple(table_touches(self.facts, self._resolver))

    @cached_property
    def migrations(self) -> tuple[MigrationLine, ...]:
        """The migrations of each directory that holds some."""
        return tuple(migration_lines(self.facts.items()))

    @cached_property
    def tested(self) -> TestedFiles:
        """Which tests are about which files."""
        return TestedFiles(self._files.contents, self.imports)

    @cached_property
    def _resolver(self) -> ImportResolver:
        return ImportResolver(self._snapshot.paths.paths, self._read)

    def _read(self, path: str, most: int) -> bytes | None:
        raw = self._snapshot.read(path, limit=most)
        if raw is None and path in self._snapshot.blob_ids():
            self._misses = True
        return raw
