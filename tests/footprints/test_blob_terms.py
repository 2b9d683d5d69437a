"""Files become pieces of terms, and pieces become bytes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.footprints.blob_terms import CHUNK_LINES, MOST_BYTES, BlobTerms
from taskpar_ml.footprints.terms import term_counts
from tests.support.strategies import LAW


def same(one, other):
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("sizes", "terms", "counts")
    )


def test_thirty_lines_are_a_piece():
    facts = BlobTerms.of(b"tax\n" * CHUNK_LINES + b"cart cart\n")
    (tax,), (cart,) = term_counts("tax"), term_counts("cart")
    assert facts.sizes.tolist() == [1, 1]
    assert facts.terms.tolist() == [tax, cart]
    assert facts.counts.tolist() == [CHUNK_LINES, 2]


@pytest.mark.parametrize("content", [b"", b"\n\n\n", b"tax\0cart", b"\x89PNG\r\n\0\0"])
def test_nothing_and_binary_files_have_no_terms(content):
    assert len(BlobTerms.of(content).terms) == 0


def test_other_encodings_lose_letters_and_nothing_else():
    facts = BlobTerms.of("größe tax".encode("latin-1"))
    assert set(term_counts("tax")) <= set(facts.terms.tolist())


def test_what_is_long_is_read_in_part():
    endless = b"tax " * 1_000_000
    assert BlobTerms.of(endless).counts.tolist() == [100]
    late = b"cart\n" * MOST_BYTES + b"tax"
    assert set(BlobTerms.of(late).terms.tolist()) == set(term_counts("cart"))


@LAW
@given(st.binary(max_size=400))
def test_facts_survive_as_bytes(content):
    facts = BlobTerms.of(content)
    assert same(BlobTerms.from_bytes(facts.to_bytes()), facts)


@LAW
@given(st.binary(max_size=60))
def test_other_bytes_are_no_facts_or_consistent_ones(raw):
    facts = BlobTerms.from_bytes(raw)
    assert facts is None or facts.to_bytes() == raw


def test_a_part_of_the_facts_is_none():
    raw = BlobTerms.of(b"def rate_limit(): ...").to_bytes()
    assert all(BlobTerms.from_bytes(raw[:end]) is None for end in range(len(raw)))
    assert BlobTerms.from_bytes(raw + b"\0") is None
