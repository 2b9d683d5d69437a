"""Tests are about the files that they are named after, or else import."""

from __future__ import annotations

import pytest

from taskpar_ml.survey.tested_files import TestedFiles, is_test_file


@pytest.mark.parametrize(
    ("test", "sources", "expected"),
    [
        ("tests/test_cart.py", ["src/shop/cart.py", "src/shop/carts.py"], ["src/shop/cart.py"]),
        ("src/shop/cart_test.py", ["src/shop/cart.py"], ["src/shop/cart.py"]),
        ("cart/cart_test.go", ["cart/cart.go", "price/cart.go"], ["cart/cart.go"]),
        ("web/Cart.test.tsx", ["web/Cart.tsx", "web/Cart.css"], ["web/Cart.tsx"]),
        ("web/__tests__/cart.ts", ["web/cart.ts"], ["web/cart.ts"]),
        ("spec/models/cart_spec.rb", ["app/models/cart.rb", "app/cart.rb"], ["app/models/cart.rb"]),
        ("src/test/java/shop/CartTest.java", ["src/main/java/shop/Cart.java"], None),
        ("tests/test_views.py", ["a/views.py", "b/views.py", "c/views.py", "d/views.py"], []),
        ("tests/b/test_views.py", ["a/views.py", "b/views.py", "c/views.py"], ["b/views.py"]),
        ("tests/conftest.py", ["conftest.py"], []),
    ],
)
def test_by_name(test, sources, expected):
    found = TestedFiles([test, *sources], {}).of_test.get(test, ())
    assert list(found) == (sources if expected is None else expected)


def test_by_imports_where_the_name_tells_nothing():
    paths = ["a.py", "b.py", "tests/helpers.py", "tests/test_everything.py"]
    imports = {"tests/test_everything.py": ["a.py", "tests/helpers.py", "b.py"]}
    found = TestedFiles(paths, imports)
    assert found.of_test == {"tests/test_everything.py": ("a.py", "b.py")}
    assert found.of_file == {
        "a.py": ("tests/test_everything.py",),
        "b.py": ("tests/test_everything.py",),
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("contest.py", False),
        ("attest/a.go", False),
        ("Tests/a.cs", True),
        ("src/Latest.java", False),
    ],
)
def test_names_that_merely_sound_like_tests(path, expected):
    assert is_test_file(path) is expected
