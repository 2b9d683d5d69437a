"""The index finds documents by terms; its BM25 is that of a known library."""

from __future__ import annotations

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.footprints.inverted_index import InvertedIndex, bm25_weights, rarity
from tests.support.strategies import LAW

DOCUMENTS = st.lists(
    st.dictionaries(st.integers(0, 9), st.integers(1, 5), max_size=6), min_size=1, max_size=8
)


@LAW
@given(documents=DOCUMENTS)
def test_postings_are_the_counts_of_the_documents(documents):
    index = InvertedIndex.of_documents(documents)
    terms = np.arange(12, dtype=np.uint32)
    expected = [[document.get(term, 0) for document in documents] for term in range(12)]
    assert index.postings(terms).toarray().tolist() == expected
    assert index.lengths.tolist() == [sum(document.values()) for document in documents]
    assert index.frequency(terms).tolist() == [sum(map(bool, row)) for row in expected]


@LAW
@given(documents=DOCUMENTS.filter(any))
def test_scores_are_those_of_bm25s(documents):
    words = [
        [f"w{term}" for term, count in document.items() for _ in range(count)]
        for document in documents
    ]
    known = sorted({word for document in words for word in document})
    library = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    library.index(words, show_progress=False)
    index = InvertedIndex.of_documents(documents)
    terms = np.array([int(word[1:]) for word in known], dtype=np.uint32)
    ours = bm25_weights(index.postings(terms), index.lengths, saturation=1.2).toarray()
    for word, row in zip(known, ours, strict=True):
        # The library leaves out the constant factor k1 + 1.
        assert row == pytest.approx(library.get_scores([word]) * 2.2, rel=1e-4, abs=1e-6)


def test_an_empty_index_holds_nothing():
    index = InvertedIndex.of_documents([])
    assert index.n_documents == 0
    assert index.postings(np.array([1, 2], dtype=np.uint32)).shape == (2, 0)
    silent = InvertedIndex.of_documents([{}, {}])
    weights = bm25_weights(
        silent.postings(np.array([1], dtype=np.uint32)), silent.lengths, saturation=1.0
    )
    assert weights.toarray().tolist() == [[0.0, 0.0]]


def test_a_term_in_every_document_still_weighs_something():
    assert (rarity(np.array([0, 1, 10]), 10) > 0).all()
    assert np.all(np.diff(rarity(np.array([0, 1, 5, 10]), 10)) < 0)
