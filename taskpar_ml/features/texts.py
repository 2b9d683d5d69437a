"""TF-IDF vectors of task texts, with word weights from the repository and its history.

The weights never come from the tasks themselves: otherwise one more task in the file would
change the similarity of two others, and a served pair would differ from a trained one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, Self

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, HashingVectorizer, TfidfTransformer

from taskpar_ml.repo.snapshot import RepoSnapshot

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_UNICODE_WORD: Final = re.compile(r"[^\W\d_]+")
_MESSAGES: Final = 2_000
"""Commit messages read for word weights: more change the weights of common words little."""
_MESSAGE_CHARACTERS: Final = 2_000
_DOCUMENTS: Final = 100
_DOCUMENT_BYTES: Final = 16_384
_DOCUMENT_ENDINGS: Final = (".md", ".rst", ".txt", ".adoc")


def words(text: str) -> list[str]:
    """Return the words of a text, identifiers taken apart, stop words and single letters out.

    Examples
    --------
    >>> words("Rename the HTTPServer in src/user_login.py")
    ['rename', 'http', 'server', 'src', 'user', 'login', 'py']
    """
    found = _WORD.findall(text) if text.isascii() else _mixed_words(text)
    return [
        word for raw in found if len(word := raw.lower()) > 1 and word not in ENGLISH_STOP_WORDS
    ]


def _mixed_words(text: str) -> list[str]:
    """Split text that is not only ASCII: words of any script, identifiers still taken apart."""
    return [
        part
        for word in _UNICODE_WORD.findall(text)
        for part in (_WORD.findall(word) if word.isascii() else [word])
    ]


class TextStatistics:
    """Word weights of a repository: inverse document frequencies of its files and history.

    Words are hashed, so that one that the repository has never seen keeps its place, with the
    weight of the rarest.

    Attributes
    ----------
    n_documents_
        How many messages, paths and documents the weights rest on.

    References
    ----------
    Weights are the smoothed inverse document frequency of
    :class:`sklearn.feature_extraction.text.TfidfTransformer`.
    """

    def __init__(self) -> None:
        self._counts = HashingVectorizer(
            analyzer=words, n_features=2**18, norm=None, alternate_sign=False
        )
        self._weights = TfidfTransformer(sublinear_tf=True)

    def fit(self, snapshot: RepoSnapshot) -> Self:
        """Learn word weights from a snapshot and the history before and including it."""
        documents = list(_documents(snapshot))
        self.n_documents_ = len(documents)
        self._weights.fit(self._counts.transform(documents or [""]))
        return self

    def transform(self, texts: Sequence[str]) -> sparse.csr_array:
        """Return unit-length vectors, one row per text; a text without words has no entries."""
        if not texts:
            return sparse.csr_array((0, self._counts.n_features))
        vectors = sparse.csr_array(self._weights.transform(self._counts.transform(texts)))
        vectors.sort_indices()
        return vectors.astype(np.float64)


def _documents(snapshot: RepoSnapshot) -> Iterator[str]:
    """Yield the texts that the weights are learned from: messages, paths, documentation."""
    for message in snapshot.messages(limit=_MESSAGES):
        yield message[:_MESSAGE_CHARACTERS]
    yield from snapshot.paths.paths
    written = [path for path in snapshot.paths.paths if path.lower().endswith(_DOCUMENT_ENDINGS)]
    for path in sorted(written, key=lambda path: (path.count("/"), path))[:_DOCUMENTS]:
        content = snapshot.read(path, limit=_DOCUMENT_BYTES)
        yield (content or b"").decode(errors="replace")
