"""The contract of detectors: the content of a file in, facts out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Fact


class Detector(Protocol):
    """Reads facts of some kind out of one file.

    Laws, each checked for every detector:

    - What is found depends on the content and on the language of the file, and on nothing else;
      the path decides only whether the file is read.
    - No content makes it fail, nor take longer than a small multiple of parsing: hostile, cut and
      minified files included. What it cannot read, it leaves out.
    - It keeps nothing between files, and can be pickled.

    Packages register theirs under the entry point ``taskpar.detectors``, as a detector itself.

    Attributes
    ----------
    name
        With its version: ``python-routes-1``. A new version means that every file is read again.
    pattern
        What it looks for in syntax trees, if it does; ``find`` asks the source for the matches of
        just this. All detectors of one language have theirs matched in one go, when the first one
        asks, which takes a third of the time of parsing. So those of this package leave it empty:
        what every file has they look up at its places
        (:mod:`~taskpar_ml.detectors.places`), and for what few files have they ask the source for
        the matches of a pattern once they saw its words.
    """

    name: str
    pattern: str

    def reads(self, path: str) -> bool:
        """Whether files of this path are looked at."""
        ...

    def find(self, source: Source) -> Iterable[Fact]:
        """Return what is in a file, in any order."""
        ...
