"""The ways of drawing contexts that the study of them compares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from taskpar_ml.domain.contexts import ContextMap, ContextOrigin
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.survey.contexts import Contexts
from taskpar_ml.survey.directory_contexts import SYSTEM_NAMES

DEFAULT: Final = "all but imports"
WAYS: Final[Mapping[str, tuple[ContextOrigin, ...]]] = {
    "directories": (ContextOrigin.DIRECTORY,),
    "owners": (ContextOrigin.OWNERS,),
    "packages": (ContextOrigin.PACKAGE,),
    "services": (ContextOrigin.SERVICE,),
    "imports": (ContextOrigin.IMPORTS,),
    DEFAULT: tuple(each for each in ContextOrigin if each != ContextOrigin.IMPORTS),
    "all": tuple(ContextOrigin),
}
ALL_WAYS: Final = (
    "outermost directory",
    "first telling directory",
    "innermost directory",
    *WAYS,
    "every file its own",
)
"""Those that are compared: simpler ones beside those of the library, the coarsest first, and the
bound: nothing tells more pairs apart than the files themselves."""


@dataclass(frozen=True)
class _Named:
    """Contexts that are a part of the path."""

    name: Callable[[str], str]

    def of(self, path: str) -> str | None:
        return self.name(path) or None


class _FirstTelling:
    """The first directory with a telling name; one in the root holds at most half of all files."""

    def __init__(self, paths: Sequence[str]) -> None:
        tops = Counter(path.partition("/")[0] for path in paths if "/" in path)
        self._whole = {top for top, count in tops.items() if 2 * count > tops.total()}

    def of(self, path: str) -> str | None:
        for depth, name in enumerate(path.split("/")[:-1]):
            if name not in SYSTEM_NAMES and not (depth == 0 and name in self._whole):
                return name
        return None


def drawn(way: str, snapshot: RepoSnapshot, imports: Mapping[str, Sequence[str]]) -> ContextMap:
    """Return the contexts of a snapshot as one of the ways draws them."""
    if way in WAYS:
        return Contexts.at(snapshot, imports=imports, ways=WAYS[way])
    simpler: dict[str, ContextMap] = {
        "outermost directory": _Named(lambda path: path.partition("/")[0] if "/" in path else ""),
        "first telling directory": _FirstTelling(snapshot.paths.paths),
        "innermost directory": _Named(lambda path: path.rpartition("/")[0]),
        "every file its own": _Named(lambda path: path),
    }
    return simpler[way]
