"""Files that go with likely files."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from taskpar_ml.footprints.neighbours import (
    CO_CHANGE,
    NAMESAKE,
    SAME_DIRECTORY,
    Neighbours,
    namesakes,
)

PATHS = ["src/tax.py", "src/users.py", "tests/test_users.py"]


def test_the_strongest_neighbour_counts():
    co_change = sparse.csr_array(np.array([[0, 0.5, 0], [0.25, 0, 0.75], [0, 0.9, 0]]))
    found = Neighbours(co_change, PATHS).of(np.array([0.8, 0.1, 0.0]))
    assert found[CO_CHANGE] == pytest.approx([0.1 * 0.25, 0.8 * 0.5, 0.1 * 0.75])
    assert found[NAMESAKE] == pytest.approx([0, 0, 0.1])
    assert found[SAME_DIRECTORY] == pytest.approx([0.1, 0.8, 0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("src/users.py", "tests/test_users.py"),
        ("pkg/users.go", "pkg/users_test.go"),
        ("src/users.ts", "src/users.spec.ts"),
        ("app/Users.java", "test/UsersTest.java"),
        ("lib/users.rb", "spec/users_spec.rb"),
        ("docs/users.rst", "src/users.py"),
    ],
)
def test_tests_and_documents_are_namesakes_of_what_they_are_about(one, other):
    assert namesakes([one, other]).toarray().tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize(
    "paths",
    [
        ["a/tax.py", "b/tax.py"],  # too short a name
        [f"{letter}/index.ts" for letter in "abcde"],  # borne by too many
        ["a/users.py", "a/orders.py"],
    ],
)
def test_common_names_bind_nothing(paths):
    assert namesakes(paths).nnz == 0


def test_without_files_there_are_no_neighbours():
    found = Neighbours(sparse.csr_array((0, 0)), []).of(np.empty(0))
    assert [len(each) for each in found.values()] == [0, 0, 0]
