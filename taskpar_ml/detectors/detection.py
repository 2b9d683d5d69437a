"""Reading a file by every detector that looks at it, and keeping what was found as bytes."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, Final, Self

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from taskpar_ml.detectors.contract import Detector
from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import FACT_KINDS, Fact, FileFacts

MOST_FACTS: Final = 5_000
"""Facts of one file that are kept; what people write has fewer."""

_MOST_BYTES: Final = 16 << 20
"""Largest unpacked facts that are believed; :data:`MOST_FACTS` keeps them far below."""


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
        return tuple(each.pattern for each in self.detectors if each.pattern)


@lru_cache
def _kind(names: tuple[str, ...], language: Language | None) -> str:
    text = "\0".join((*names, language or ""))
    return f"code-facts-1-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def packed(facts: FileFacts) -> bytes:
    """Return facts as compressed JSON; half characters in their names become question marks."""
    try:
        text = _facts().dump_json(facts, exclude_defaults=True)
    except PydanticSerializationError:
        text = _facts().dump_json(_whole_characters(facts), exclude_defaults=True)
    return zlib.compress(text, 1)


def _whole_characters(facts: FileFacts) -> FileFacts:
    r"""Return facts that can be written: JSON may name a dependency ``\ud800``."""
    return replace(facts, **{name: _spelled(getattr(facts, name)) for name in FACT_KINDS})


def _spelled(value: Any) -> Any:
    if isinstance(value, str):
        return type(value)(value.encode("utf-8", "replace").decode())
    if isinstance(value, tuple):
        parts = map(_spelled, value)
        return type(value)._make(parts) if hasattr(value, "_make") else tuple(parts)
    return value


def unpacked(raw: bytes) -> FileFacts | None:
    """Return the facts that bytes hold, None if they hold none."""
    unzip = zlib.decompressobj()
    try:
        text = unzip.decompress(raw, _MOST_BYTES)
        return _facts().validate_json(text) if unzip.eof else None
    except (zlib.error, ValueError):
        return None


@cache
def _facts() -> TypeAdapter[FileFacts]:
    return TypeAdapter(FileFacts)
