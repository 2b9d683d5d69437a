"""Reading a file by every detector that looks at it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

from taskpar_ml.detectors.contract import Detector
from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.packing import LAYOUT, packed
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Fact, FileFacts

MOST_FACTS: Final = 5_000
"""Facts of one file that are kept; what people write has fewer."""


@dataclass(frozen=True)
class Reading:
    """How files of some paths are read: by which detectors, in which language.

    Contents that are read alike have the same facts, wherever they lie.
    """

    detectors: tuple[Detector, ...]
    language: Language | None

    @classmethod
    def of(cls, path: str, detectors: Sequence[Detector]) -> Self | None:
        """Return how a file is read, None if no detector looks at it."""
        chosen = tuple(each for each in detectors if each.reads(path))
        return cls(chosen, language_of(path)) if chosen else None

    @property
    def kind(self) -> str:
        """Name under which facts are remembered; another one if a detector changes."""
        return _kind(tuple(each.name for each in self.detectors), self.language)

    def facts(self, content: bytes) -> FileFacts:
        """Return what is in a file; nothing if no person can have written it."""
        source = Source(content, self.language, self._patterns)
        if not source.is_readable:
            return FileFacts()
        found: list[Fact] = []
        for detector in self.detectors:
            found += detector.find(source)
        return FileFacts.of(found[:MOST_FACTS])

    @property
    def _patterns(self) -> tuple[str, ...]:
        # Detectors may share a pattern.
        return tuple(dict.fromkeys(each.pattern for each in self.detectors if each.pattern))


def read_packed(
    readings: Mapping[str, Reading], contents: Iterable[tuple[str, bytes]]
) -> list[bytes]:
    """Return the facts of contents as bytes; each content comes with the kind of its reading.

    Processes that read import no more of this package than detectors need.
    """
    return [packed(readings[kind].facts(content)) for kind, content in contents]


@lru_cache
def _kind(names: tuple[str, ...], language: Language | None) -> str:
    text = "\0".join((*names, language or ""))
    return f"code-facts-{LAYOUT}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
