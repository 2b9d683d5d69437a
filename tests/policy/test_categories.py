"""What kind of work a task is told to be."""

from __future__ import annotations

import pytest

from taskpar_ml.policy.categories import categories_of
from taskpar_ml.policy.signs import DEFAULT_SIGNS, Category, CategorySigns
from tests.support.workspaces import task

DOCS, TESTS, FRONTEND, BACKEND, INFRA, SCHEMA, CORE, API, SECURITY = Category


@pytest.mark.parametrize("category", Category)
def test_a_label_names_its_category_whatever_its_case(category):
    for label in DEFAULT_SIGNS[category].labels:
        assert category in categories_of(task("a", "Do it", labels=[label.upper()]), [])


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Change the database schema", {SCHEMA}),
        ("Write a migration", {SCHEMA}),
        ("Add a login page to the frontend", {FRONTEND, SECURITY}),
        ("Hash passwords anew", {SECURITY}),
        ("Publish the OpenAPI file", {API}),
        ("Re-architect the cart", {CORE}),
        ("Set up a CI pipeline", {INFRA}),
        ("Speed up the backend", {BACKEND}),
        ("Round totals", set()),
        ("Use a schematic author logo", set()),
        # All of a title must speak of documentation or tests.
        ("Document the login flow", {DOCS}),
        ("docs: describe permissions", {DOCS}),
        ("Update README and docs", {DOCS}),
        ("Write a guide to the schema", {DOCS}),
        ("Add unit tests for the login", {TESTS}),
        ("test(auth): cover passwords", {TESTS}),
        ("Add tests and docs for the login", {DOCS, TESTS}),
        ("Add a login with unit tests", {SECURITY}),
        ("Add a login and tests", {SECURITY}),
        ("Update the docs and fix the login", {SECURITY}),
        ("Upload a document", set()),
        ("Guide buyers through the shop", set()),
        ("Add an A/B test", set()),
    ],
)
def test_the_title_tells_the_category(title, expected):
    assert categories_of(task("a", title), []) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Then ALTER  TABLE users", {SCHEMA}),
        ("A breaking API change", {API}),
        ("Protect it against CSRF", {SECURITY}),
        ("This is an architectural change", {CORE}),
        ("Mention the login, the schema and the tests", set()),
    ],
)
def test_only_phrases_count_beside_the_title(text, expected):
    assert categories_of(task("a", "Do it", description=text), []) == expected
    assert categories_of(task("a", "Do it", acceptance_criteria=[text]), []) == expected


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["docs/guide.md"], {DOCS}),
        (["docs/guide.md", "src/a.py"], set()),
        (["tests/test_a.py"], {TESTS, BACKEND}),
        (["src/a.test.ts"], {TESTS}),
        (["frontend/cart.tsx", "web/shop.css"], {FRONTEND}),
        (["src/a.py", "src/b.go"], {BACKEND}),
        (["src/a.py", "frontend/cart.tsx"], set()),
        ([".github/workflows/ci.yml"], {INFRA}),
        (["migrations/0001.sql"], {SCHEMA, BACKEND}),
        (["src/a.py", "db/migrations/0001.py"], {SCHEMA, BACKEND}),
        (["src/auth/login.py"], {SECURITY, BACKEND}),
        (["src/author.py"], {BACKEND}),
        (["api/openapi.yaml"], {API}),
    ],
)
def test_paths_tell_the_category(paths, expected):
    assert categories_of(task("a", "Do it"), paths) == expected


def test_where_files_are_known_words_do_not_decide_where_all_of_a_task_lies():
    titled = task("a", "Document the API", labels=["docs"])
    assert categories_of(titled, []) == {DOCS}
    assert categories_of(titled, ["src/orders/api.py"]) == {BACKEND}


def test_signs_can_be_replaced():
    signs = {**DEFAULT_SIGNS, SECURITY: CategorySigns(words=["vault*"], paths=["keys/**"])}
    assert categories_of(task("a", "Add a login"), [], signs=signs) == set()
    assert categories_of(task("a", "Open the vaults"), [], signs=signs) == {SECURITY}
    assert categories_of(task("a", "Do it"), ["keys/a.pem"], signs=signs) == {SECURITY}


def test_signs_without_words_find_none():
    assert categories_of(task("a", "Do it"), [], signs={DOCS: CategorySigns()}) == set()
