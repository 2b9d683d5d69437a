"""What of a task's text speaks for the size of its change: hashed words, and counts."""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from taskpar_ml.domain.task import Task

EFFORT_TERMS_VERSION: Final = 1
"""Raise it when the same text would yield other columns: models learned before are then refused."""
BUCKETS: Final = 8_192
"""Columns that words are hashed into."""
COUNTS: Final = (
    "characters of the title",
    "words of the title",
    "line breaks of the title",
    "dots within words of the title",
    "bullets of the title",
    "signs of code in the title",
    "characters of the body",
    "words of the body",
    "line breaks of the body",
    "dots within words of the body",
    "bullets of the body",
    "signs of code in the body",
    "no body",
)
"""Columns behind those of words: logarithms of 1 + the count, times :data:`COUNT_SCALE`."""
COLUMNS: Final = BUCKETS + len(COUNTS)

COUNT_SCALE: Final = 0.3
"""How large counts are beside words, whose squares sum up to 1: what is small is penalised more."""

_LONGEST_TITLE: Final = 300
_LONGEST_BODY: Final = 4_000
"""Characters that are looked at: as many as past tasks have."""
_LONGEST_WORD: Final = 40
_WORD: Final = re.compile(r"[^\W_]+")
_DOT: Final = re.compile(r"[\w/]\.\w")
_BULLET: Final = re.compile(r"^[ \t]*[*-] ", re.MULTILINE)
_CODE: Final = re.compile(r"[a-z0-9][A-Z]|_|\w\(\)|`")


class EffortText(NamedTuple):
    """The text of a task, as it is looked at."""

    title: str
    body: str = ""

    @classmethod
    def of(cls, task: Task) -> EffortText:
        """Return the text of a task; acceptance criteria stand below the description."""
        parts = (task.description, *task.acceptance_criteria)
        return cls(task.title, "\n".join(part for part in parts if part))


def effort_columns(texts: Iterable[EffortText]) -> csr_array:
    """Return one row for each text.

    Returns
    -------
    csr_array
        Of the shape (texts, :data:`COLUMNS`). The first :data:`BUCKETS` columns hold words: those
        of the title, those of the whole text, the first one and the first two of the title. A
        word that occurs n times weighs 1 + log n; the squares of a row sum up to 1. The others are
        :data:`COUNTS`.

    Examples
    --------
    >>> effort_columns([EffortText("Fix a typo"), EffortText("Fix a typo", "In the guide.")]).shape
    (2, 8205)
    """
    places: list[int] = []
    values: list[float] = []
    ends = [0]
    for text in texts:
        title, body = text.title[:_LONGEST_TITLE], text.body[:_LONGEST_BODY]
        found = Counter(_bucket(term) for term in _terms(title, body))
        weights = [1 + math.log(number) for number in found.values()]
        length = math.hypot(*weights) or 1.0
        places += found
        values += [weight / length for weight in weights]
        places += range(BUCKETS, COLUMNS)
        values += [COUNT_SCALE * each for each in (*_counts(title), *_counts(body), not body)]
        ends.append(len(places))
    shape = (len(ends) - 1, COLUMNS)
    return csr_array((np.array(values, dtype=float), np.array(places, dtype=np.int32), ends), shape)


def _terms(title: str, body: str) -> Iterator[str]:
    first = _words(title)
    for word in first:
        yield f"title {word}"
        yield word
    yield from _words(body)
    for number in (1, 2):
        if first:
            yield f"begins {' '.join(first[:number])}"


def _words(text: str) -> Sequence[str]:
    """Return words in small letters; numbers are all the same."""
    words = (word.lower() for word in _WORD.findall(text) if len(word) < _LONGEST_WORD)
    return ["0" if word.isdigit() else word for word in words]


def _bucket(term: str) -> int:
    return zlib.crc32(term.encode("utf-8", "surrogatepass")) % BUCKETS


def _counts(text: str) -> Iterator[float]:
    yield math.log1p(len(text))
    yield math.log1p(len(text.split()))
    yield math.log1p(text.count("\n"))
    for sign in (_DOT, _BULLET, _CODE):
        yield math.log1p(sum(1 for _ in sign.finditer(text)))
