"""Detectors that read every file of some languages."""

from __future__ import annotations

from collections.abc import Sequence

from taskpar_ml.detectors.contract import Detector
from taskpar_ml.detectors.languages import Language, language_of


class OfLanguages:
    """What reads every file of some languages, and no other.

    Attributes
    ----------
    languages
        Their names.
    """

    languages: frozenset[Language]

    def reads(self, path: str) -> bool:
        """Whether a file is written in one of the languages."""
        return language_of(path) in self.languages


def detectors_for(language: Language | None, detectors: Sequence[Detector]) -> tuple[Detector, ...]:
    """Return detectors without those that never read a file of a language, in their order.

    Most are of one language, so that it is quicker to ask the others alone.
    """
    return tuple(
        each
        for each in detectors
        if not isinstance(each, OfLanguages) or language in each.languages
    )
