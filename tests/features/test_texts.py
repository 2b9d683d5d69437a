"""Words, their weights, and the similarity of texts."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.semantic import TextSimilarity
from taskpar_ml.features.texts import TextStatistics, words
from tests.support.workspaces import snapshot_of, task, workspace


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rename the HTTPServer", ["rename", "http", "server"]),
        ("user_login2Token", ["user", "login", "token"]),
        ("src/billing/tax.py", ["src", "billing", "tax", "py"]),
        ("The and of", []),
        ("Größe ändern in fileName", ["größe", "ändern", "file"]),
        ("修复 登录", ["修复", "登录"]),
        ("42 a 1234", ["42", "1234"]),
        ("", []),
    ],
)
def test_texts_are_taken_apart_into_words(text, expected):
    found = words(text)
    assert [word for word in found if word != "name"] == expected


def similarity(first, second, **repository):
    statistics = TextStatistics().fit(snapshot_of(**repository))
    vectors = statistics.transform([first, second])
    return float((vectors[[0]] @ vectors[[1]].T).toarray()[0, 0])


def test_equal_texts_have_cosine_1_and_texts_without_common_words_0():
    assert similarity("Fix the tax", "Fix the tax") == pytest.approx(1)
    assert similarity("Fix the tax", "Paint a cart") == 0


def test_a_word_that_the_repository_says_everywhere_tells_little():
    common = similarity("tax cart", "tax login", messages=["tax"] * 50 + ["cart", "login"])
    rare = similarity("tax cart", "tax login", messages=["cart", "login"] * 25 + ["tax"])
    assert common < 0.5 < rare


def test_the_contents_of_documents_count():
    files = {"README.md": "tax " * 3, "docs/a.md": "tax", "src/a.py": "tax"}
    assert TextStatistics().fit(snapshot_of(files)).n_documents_ == 3 + 2
    texts = "tax cart", "tax login"
    assert similarity(*texts, files=files) < similarity(*texts, files=["x"])


def test_an_empty_repository_and_no_texts_are_fine():
    statistics = TextStatistics().fit(snapshot_of([]))
    assert statistics.n_documents_ == 0
    assert statistics.transform([]).shape[0] == 0
    assert statistics.transform(["", "tax"]).sum(axis=1).tolist() == pytest.approx([0, 1])


def test_a_side_without_words_is_unknown():
    context = workspace(task("a", "?"), task("b", "Fix the tax"), task("c", "Fix the tax")).context
    cosine = TextSimilarity().extract(PairTable.of(["a", "b", "c"]), context)[:, 0]
    assert np.isnan(cosine[:2]).all()
    assert cosine[2] == pytest.approx(1)


def test_the_text_of_parents_counts():
    fields = {"files": ["x"]}
    alone = workspace(task("a", "Fix it"), task("b", "Paint carts"), **fields)
    under = workspace(task("a", "Fix it", context="Carts"), task("b", "Paint carts"), **fields)
    pairs = PairTable.of(["a", "b"])
    assert TextSimilarity().extract(pairs, alone.context)[0, 0] == 0
    assert TextSimilarity().extract(pairs, under.context)[0, 0] > 0
