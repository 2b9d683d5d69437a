"""Weights of terms, and the similarity of texts."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.semantic import TextSimilarity
from taskpar_ml.features.texts import text_vectors
from taskpar_ml.footprints.memory import RepoMemory
from tests.support.landings import landing
from tests.support.workspaces import snapshot_of, task, workspace


def similarity(first, second, *, files=(), past=()):
    memory = RepoMemory(snapshot_of(files), given=[landing(title) for title in past])
    vectors = text_vectors([task("a", first), task("b", second)], memory)
    return float((vectors[[0]] @ vectors[[1]].T).toarray()[0, 0])


def test_equal_texts_have_cosine_1_and_texts_without_common_words_0():
    assert similarity("Fix the tax", "Fix the tax") == pytest.approx(1)
    assert similarity("Fix the tax", "Paint a cart") == 0


def test_a_word_that_past_tasks_say_everywhere_tells_little():
    common = similarity("tax cart", "tax login", past=["tax"] * 50 + ["cart", "login"])
    rare = similarity("tax cart", "tax login", past=["cart", "login"] * 25 + ["tax"])
    assert common < 0.5 < rare


def test_the_contents_of_files_count():
    files = {"README.md": "tax\n" * 99, "docs/a.md": "tax", "src/a.py": "tax"}
    assert similarity("tax cart", "tax login", files=files) < similarity("tax cart", "tax login")


def test_no_tasks_and_no_words_are_fine():
    memory = RepoMemory(snapshot_of([]))
    assert text_vectors([], memory).shape[0] == 0
    vectors = text_vectors([task("a", "?"), task("b", "tax")], memory)
    assert vectors.sum(axis=1).tolist() == pytest.approx([0, 1])


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
