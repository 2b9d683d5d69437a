"""Contexts by imports."""

from __future__ import annotations

import random

from taskpar_ml.survey.context_fit import context_fit
from taskpar_ml.survey.directory_contexts import DirectoryContexts
from taskpar_ml.survey.import_communities import ImportCommunities

FLAT = [f"shop/{name}.py" for name in ("cart", "lines", "total", "money", "tax", "vat", "idle")]
FLAT_IMPORTS = {
    "shop/lines.py": ("shop/cart.py",),
    "shop/total.py": ("shop/cart.py", "shop/lines.py"),
    "shop/tax.py": ("shop/money.py",),
    "shop/vat.py": ("shop/money.py", "shop/tax.py", "shop/cart.py"),
}


def nowhere(path: str) -> str | None:
    return None


def test_one_directory_is_split_where_its_imports_fall_apart():
    found = ImportCommunities(FLAT, FLAT_IMPORTS, nowhere)
    of = {path.removeprefix("shop/")[:-3]: found.of(path) for path in FLAT}
    assert of["cart"] == of["lines"] == of["total"] == "cart"
    assert of["money"] == of["tax"] == of["vat"] == "money"
    assert of["idle"] is None


def test_directories_that_are_one_community_are_joined_and_never_split():
    paths = [f"{part}/{number}.py" for part in ("a", "b", "c", "d") for number in range(3)]
    imports = {
        "a/0.py": ("b/0.py", "b/1.py"),
        "a/1.py": ("b/2.py",),
        "c/0.py": ("d/0.py", "d/1.py"),
        "c/1.py": ("d/2.py", "a/0.py"),
    }
    found = ImportCommunities(paths, imports, DirectoryContexts(paths).of)
    assert {found.of(path) for path in paths if path[0] in "ab"} == {"a"}
    assert {found.of(path) for path in paths if path[0] in "cd"} == {"c"}
    assert found.of("a/new.py") == "a"
    assert context_fit(found, imports).coverage == 6 / 7


def test_tests_belong_to_what_they_are_about_and_join_nothing():
    tests = ["tests/test_tax.py", "tests/test_all.py"]
    about = {"tests/test_all.py": tuple(FLAT), "tests/test_tax.py": ("shop/cart.py",)}
    found = ImportCommunities([*FLAT, *tests], {**FLAT_IMPORTS, **about}, nowhere)
    assert found.of("shop/cart.py") != found.of("shop/money.py")
    assert found.of("tests/test_tax.py") == "money"


def test_the_order_of_files_and_imports_changes_nothing():
    chance = random.Random(3)
    paths = [f"{number // 8}/{number}.py" for number in range(64)]
    imports = {path: tuple(sorted(chance.sample(paths, 3))) for path in paths}
    first = ImportCommunities(paths, imports, nowhere)
    shuffled = list(imports.items())
    chance.shuffle(shuffled)
    again = ImportCommunities(paths[::-1], dict(shuffled), nowhere)
    assert first.communities == again.communities


def test_loops_and_imports_of_files_that_are_not_there_are_harmless():
    imports = {"a.py": ("b.py", "a.py", "gone.py"), "b.py": ("a.py",), "gone.py": ("a.py",)}
    found = ImportCommunities(["a.py", "b.py"], imports, nowhere)
    assert found.of("a.py") == found.of("b.py") == "a"
    assert ImportCommunities([], imports, nowhere).communities == {}
    assert ImportCommunities(["a.py"], {}, nowhere).of("a.py") is None


def test_what_nobody_imports_fits_nothing():
    fit = context_fit(DirectoryContexts([]), {})
    assert fit.coverage != fit.coverage
    assert fit.modularity != fit.modularity
