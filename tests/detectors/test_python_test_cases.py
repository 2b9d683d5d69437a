"""Tests that are collected from Python files."""

from __future__ import annotations

import pytest

from taskpar_ml.detectors.python_tests import PythonTests
from tests.detectors.python_source import python


@pytest.mark.parametrize(
    ("path", "is_read"),
    [
        ("tests/test_a.py", True),
        ("a_test.py", True),
        ("app/tests.py", True),
        ("tests/conftest.py", False),
        ("app/latest.py", False),
        ("test_a.txt", False),
    ],
)
def test_files_are_chosen_by_their_name(path, is_read):
    assert PythonTests().reads(path) == is_read


def test_functions_and_methods_are_tests_where_pytest_collects_them():
    found = PythonTests().find(
        python(
            """\
            def test_one():
                def test_local(): ...

            @pytest.mark.parametrize("x", [1])
            async def test_two(x): ...

            @pytest.fixture
            def test_client(): ...

            def helper(): ...

            class TestThing:
                def test_it(self): ...
                def setup_method(self): ...
                class TestInner:
                    def test_deep(self): ...

            class TestData:
                def __init__(self, x): ...
                def test_not(self): ...

            class TestOff:
                __test__ = False
                def test_not(self): ...

            class Fake(Service):
                def test_connection(self): ...
            """
        )
    )
    assert [(each.name, each.line) for each in found] == [
        ("test_one", 1),
        ("test_two", 4),
        ("TestThing.test_it", 13),
        ("TestThing.TestInner.test_deep", 16),
    ]


def test_test_cases_have_the_tests_of_their_bases_in_the_file():
    found = PythonTests().find(
        python(
            """\
            class Shared:
                def test_shared(self): ...
                def test_own(self): ...

            class UserTests(Shared, base.TestCase):
                def test_own(self): ...
            """
        )
    )
    assert [(each.name, each.line) for each in found] == [
        ("UserTests.test_own", 6),
        ("UserTests.test_shared", 5),
    ]
