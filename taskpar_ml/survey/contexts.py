"""Bounded contexts of a repository: which part of the system a path belongs to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final, Self

from taskpar_ml.domain.contexts import ContextMap, ContextOrigin, DrawnContext
from taskpar_ml.repo.globs import PathIndex, matches
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.survey.code_owners import CodeOwners
from taskpar_ml.survey.directory_contexts import DirectoryContexts
from taskpar_ml.survey.import_communities import ImportCommunities
from taskpar_ml.survey.package_roots import package_roots
from taskpar_ml.survey.services import service_directories
from taskpar_ml.survey.source_roots import SourceRoots

DEFAULT_WAYS: Final = tuple(ContextOrigin)
"""How contexts are drawn unless asked otherwise."""


def _nothing(path: str, most: int) -> bytes | None:
    return None


class Contexts:
    """Maps paths to bounded contexts, by the most trusted way that says something of a path.

    Parameters
    ----------
    paths
        All files of the repository.
    named
        Contexts a person has drawn, as globs; they win over everything.
    read
        Returns the beginning of a file, None if there is none; a few files that say who owns what,
        which packages are one project, and what is built from where. Without it they tell nothing.
    imports
        File to the files that it imports; without it they tell nothing.
    ways
        The ways that are asked.

    Examples
    --------
    >>> contexts = Contexts(["src/auth/login.py", "src/billing/invoice.py", "setup.py"])
    >>> contexts.of("src/auth/login.py"), contexts.of("setup.py")
    ('auth', None)
    """

    def __init__(
        self,
        paths: Iterable[str],
        *,
        named: Mapping[str, Sequence[str]] | None = None,
        read: Callable[[str, int], bytes | None] = _nothing,
        imports: Mapping[str, Sequence[str]] | None = None,
        ways: Collection[ContextOrigin] = DEFAULT_WAYS,
    ) -> None:
        index = PathIndex(paths)
        directories = DirectoryContexts(index.paths)
        self._ways: list[tuple[ContextOrigin, ContextMap]] = []

        def by_imports() -> ContextMap:
            left = [path for path in index.paths if self.drawn(path) is None] if imports else []
            return ImportCommunities(left, imports or {}, directories.part_of)

        made: Mapping[ContextOrigin, Callable[[], ContextMap]] = {
            ContextOrigin.SETTINGS: lambda: _NamedContexts(named or {}),
            ContextOrigin.OWNERS: lambda: CodeOwners.read(index, read),
            ContextOrigin.PACKAGE: lambda: SourceRoots(
                package_roots(index.paths, read), index.paths
            ),
            ContextOrigin.SERVICE: lambda: SourceRoots(
                service_directories(index.paths, read), index.paths
            ),
            ContextOrigin.IMPORTS: by_imports,
            ContextOrigin.DIRECTORY: lambda: directories,
        }
        for origin, make in made.items():
            if origin in ways:
                self._ways.append((origin, make()))

    @classmethod
    def at(
        cls,
        snapshot: RepoSnapshot,
        *,
        named: Mapping[str, Sequence[str]] | None = None,
        imports: Mapping[str, Sequence[str]] | None = None,
        ways: Collection[ContextOrigin] = DEFAULT_WAYS,
    ) -> Self:
        """Return the contexts of a snapshot; of contents only a few files are read."""
        return cls(
            snapshot.paths.paths,
            named=named,
            read=lambda path, most: snapshot.read(path, limit=most),
            imports=imports,
            ways=ways,
        )

    def of(self, path: str) -> str | None:
        """Return the context of a path, or None for files of the whole system."""
        drawn = self.drawn(path)
        return None if drawn is None else drawn.name

    def drawn(self, path: str) -> DrawnContext | None:
        """Return the context of a path with the way that told it."""
        for origin, way in self._ways:
            name = way.of(path)
            if name is not None:
                return DrawnContext(name, origin)
        return None


class _NamedContexts:
    """Contexts that a person has drawn; the first that names a path is meant."""

    def __init__(self, named: Mapping[str, Sequence[str]]) -> None:
        self._named = named

    def of(self, path: str) -> str | None:
        for name, patterns in self._named.items():
            if any(matches(pattern, path) for pattern in patterns):
                return name
        return None
