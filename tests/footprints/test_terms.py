"""Texts become terms: stems, identifiers whole and in parts."""

from __future__ import annotations

import zlib

import pytest

from taskpar_ml.footprints.terms import term_counts, term_names


def terms(text):
    return set(term_counts(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("validating", "validates"),
        ("RateLimit", "rate_limit"),
        ("rateLimit", "RATE_LIMIT"),
        ("Größe", "größe"),
        ("HTTPServer", "http_server"),
        ("修复 登录", "登录 修复"),
    ],
)
def test_words_of_one_meaning_are_one_term(one, other):
    assert terms(one) == terms(other) != set()


def test_an_identifier_counts_whole_and_by_its_parts():
    assert terms("rate limit") < terms("rate_limit")
    assert len(terms("rate_limit") - terms("rate limit")) == 1


def test_numbers_and_paths_are_taken_apart():
    assert terms("src/billing/tax.py") == terms("src billing tax py")
    assert terms("42") != terms("43")


@pytest.mark.parametrize("text", ["", "the and of", "a b c", "7", "+ - !", "x" * 81])
def test_what_tells_nothing_is_no_term(text):
    assert not terms(text)


def test_occurrences_are_counted():
    assert sorted(term_counts("tax Tax cart").values()) == [1, 2]


def test_terms_are_the_same_in_every_process():
    assert term_counts("tax") == {zlib.crc32(b"tax"): 1}


def test_terms_can_be_named_by_the_words_of_their_text():
    names = term_names("Validating rate_limit")
    assert {names[term] for term in terms("validates")} == {"Validating"}
    assert {names[term] for term in terms("rate_limit")} == {"rate_limit", "rate", "limit"}
