"""Terms: what texts and files are compared by.

A word counts by its stem, so that "validating" finds ``validate``. An identifier counts by its
parts and, more telling, as a whole in whatever spelling: ``RateLimit``, ``rate_limit``.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from Stemmer import Stemmer

TERMS_VERSION: Final = 1
"""Raise it when the same text would yield other terms: what was computed before is then stale."""

_WORD: Final = re.compile(r"[^\W\d]\w*|\d{2,}")
_PART: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_OTHER_PART: Final = re.compile(r"[^\W_]+")
"""Words of other scripts have no inner capitals that would mean anything."""
_LONGEST_WORD: Final = 80
"""Longer runs of letters are encoded data, not words."""
_SHORTEST_STEMMED: Final = 4
_FUNCTION_WORD_TEXT: Final = """
    about above after again all also am an and any are as at be because been before being below
    between both but by can cannot could did do does doing down during each few for from further
    had has have having he her here him his how if in into is it its itself just let me more most
    my no nor not now of off on once only or other our out over own same she should so some such
    than that the their them then there these they this those through to too under until up us
    very was we were what when where which while who whom why will with would you your
"""
_FUNCTION_WORDS: Final = frozenset(_FUNCTION_WORD_TEXT.split())
"""Words that say nothing about what a text is about. Whatever else is common weighs little."""
_STEMMER: Final = Stemmer("english", 0)


def term_counts(text: str) -> Counter[int]:
    """Return how often each term occurs in a text.

    Returns
    -------
    Counter
        From the 32-bit hash of a term to its count. Stop words and single letters are left out.

    Examples
    --------
    >>> term_counts("validating") == term_counts("Validates")
    True
    >>> len(term_counts("rate_limit")), len(term_counts("RateLimit") & term_counts("rate_limit"))
    (3, 3)
    """
    counts: Counter[int] = Counter()
    for word, number in Counter(_WORD.findall(text)).items():
        for term in _terms_of(word):
            counts[term] += number
    return counts


def term_names(text: str) -> Mapping[int, str]:
    """Return the word, or the part of an identifier, behind each term of a text."""
    names: dict[int, str] = {}
    for word in _WORD.findall(text):
        for named in (word, *_parts(word)):
            for term in _terms_of(named)[:1]:
                names.setdefault(term, named)
    return names


def identifier_terms(text: str) -> set[int]:
    """Return the terms of a text that are whole identifiers: words of several parts.

    Examples
    --------
    >>> identifier_terms("The rate_limit of users") == identifier_terms("RateLimit")
    True
    """
    words = (_terms_of(word) for word in set(_WORD.findall(text)) if len(_parts(word)) > 1)
    return {terms[0] for terms in words if terms}


def _parts(word: str) -> list[str]:
    return _PART.findall(word) if word.isascii() else _OTHER_PART.findall(word)


@lru_cache(maxsize=1 << 18)
def _terms_of(word: str) -> tuple[int, ...]:
    if len(word) > _LONGEST_WORD:
        return ()
    parts = [part.lower() for part in _parts(word)]
    terms = [_hash(f"={''.join(parts)}")] if len(parts) > 1 else []
    terms += [
        _hash(_STEMMER.stemWord(part) if len(part) >= _SHORTEST_STEMMED else part)
        for part in parts
        if len(part) > 1 and part not in _FUNCTION_WORDS
    ]
    return tuple(terms)


def _hash(term: str) -> int:
    return zlib.crc32(term.encode("utf-8", "surrogatepass"))
