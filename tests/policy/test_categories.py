"""What kind of work a task is told to be."""

from __future__ import annotations

import pytest

from taskpar_ml.policy.categories import categories_of
from taskpar_ml.policy.shipped_signs import DEFAULT_SIGNS
from taskpar_ml.policy.signs import Category, CategorySigns
from tests.support.workspaces import task

DOCS, TESTS, FRONTEND, BACKEND, INFRA, SCHEMA, CORE, API, SECURITY, DEPS, REFACTORING = Category


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
        ("Deprecate the old names", {API}),
        ("Re-architect the cart", {CORE}),
        ("Set up a CI pipeline", {INFRA}),
        ("Bump the HTTP client", {DEPS}),
        ("Drop Python 3.8", {DEPS}),
        ("build(deps): raise the lower bound of numpy", {DEPS, INFRA}),
        ("Refactor the cart", {REFACTORING}),
        ("refactor(cart): rename variables", {REFACTORING}),
        ("Simplify and unify the totals", {REFACTORING}),
        ("Speed up the backend", {BACKEND}),
        ("Round totals", set()),
        ("Use a schematic author logo", set()),
        # Words that only look like signs.
        ("Use dependency injection for the mailer", {CORE}),
        ("Break the circular dependency", set()),
        ("Show file permissions", set()),
        ("Generate schemas for the JSON schema viewer", set()),
        ("React to clicks", set()),
        ("Bump version to 3.1", {INFRA}),
        # All of a title must speak of documentation or tests.
        ("Document the login flow", {DOCS}),
        ("docs: describe permissions", {DOCS}),
        ("Update README and docs", {DOCS}),
        ("Write a guide to the schema", {DOCS}),
        ("Add unit tests for the login", {TESTS}),
        ("test(auth): cover passwords", {TESTS}),
        ("Add tests and docs for the login", {DOCS, TESTS}),
        ("[Docs] Permissions", {DOCS}),
        ("fix(docs): the login", {DOCS}),
        ("Fix a broken heading in the docs", {DOCS}),
        ("Correct the login in docs/guide.md", {DOCS}),
        ("tests/e2e: log in twice", {TESTS}),
        ("test: deprecate nothing", {TESTS}),
        ("Fix typos in tests", {TESTS}),
        ("Refactor tests of the login", {TESTS, REFACTORING}),
        ("Simplify the docs", {DOCS}),
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
        (["docs/auth/login.md"], {DOCS}),
        (["docs/guide.md", "src/a.py"], {BACKEND}),
        (["tests/test_a.py"], {TESTS}),
        (["tests/auth/test_login.py"], {TESTS}),
        (["src/a.test.ts"], {TESTS}),
        (["tests/README.md"], {TESTS}),
        (["tests/test_a.py", "docs/guide.md"], {TESTS, DOCS}),
        (["tests/test_a.py", "CHANGELOG.md", "AUTHORS"], {TESTS}),
        (["CHANGELOG.md"], set()),
        (["frontend/cart.tsx", "web/shop.css"], {FRONTEND}),
        (["src/a.py", "src/b.go"], {BACKEND}),
        (["src/a.py", "tests/test_a.py", "frontend/cart.tsx"], {BACKEND, FRONTEND}),
        ([".github/workflows/ci.yml"], {INFRA}),
        (["scripts/release.py"], {INFRA}),
        (["migrations/0001.sql"], {SCHEMA, BACKEND}),
        (["src/a.py", "db/migrations/0001.py"], {SCHEMA, BACKEND}),
        (["src/auth/login.py"], {SECURITY, BACKEND}),
        (["src/author.py"], {BACKEND}),
        (["api/openapi.yaml"], {API}),
        (["web/package.json", "web/yarn.lock"], {DEPS}),
        (["docs/requirements.txt"], {DOCS, DEPS}),
    ],
)
def test_paths_tell_the_category(paths, expected):
    assert categories_of(task("a", "Do it"), paths) == expected


def test_where_files_are_known_words_do_not_decide_that_a_task_does_nothing_else():
    titled = task("a", "Document the API", labels=["docs"])
    assert categories_of(titled, []) == {DOCS}
    assert categories_of(titled, ["src/orders/api.py"]) == {BACKEND}


@pytest.mark.parametrize("title", ["docs: the login", "Fix typos in comments", "Fix a docstring"])
def test_text_for_people_may_stand_in_code(title):
    assert categories_of(task("a", title), ["src/orders/api.py"]) == {DOCS}


def test_a_documented_secret_is_still_kept_apart_where_its_code_is_named():
    assert categories_of(task("a", "docs: tokens"), ["src/auth/a.py"]) == {DOCS, SECURITY}


@pytest.mark.parametrize(
    ("title", "likely", "expected"),
    [
        ("Do it", ["src/a.py"], {BACKEND}),
        ("Do it", ["docs/guide.md"], {DOCS}),
        ("Do it", ["docs/guide.md", "src/a.py"], {BACKEND}),
        ("Add a login", ["docs/guide.md"], {DOCS, SECURITY}),
        # Whoever changes code changes its tests, which are found more easily at times.
        ("Do it", ["tests/test_a.py"], set()),
        ("Document the login", ["src/auth/login.py"], {DOCS}),
        ("Add tests for the login", ["src/auth/login.py"], {TESTS}),
    ],
)
def test_likely_files_decide_only_where_nothing_surer_does(title, likely, expected):
    assert categories_of(task("a", title), [], likely=likely) == expected


def test_documents_that_a_task_names_do_not_hide_what_its_title_says():
    told = task("a", "Add a login", description="Update docs/guide.md")
    assert categories_of(told, ["docs/guide.md"]) == {DOCS, SECURITY}
    found = categories_of(told, ["docs/guide.md"], likely=["src/auth/login.py"])
    assert found == {DOCS, SECURITY, BACKEND}


def test_likely_files_count_beside_those_named():
    found = categories_of(
        task("a", "Do it"), ["src/a.py"], likely=["src/auth/login.py", "docs/a.md"]
    )
    assert found == {BACKEND, SECURITY}


def test_signs_can_be_replaced():
    signs = {**DEFAULT_SIGNS, SECURITY: CategorySigns(words=["vault*"], paths=["keys/**"])}
    assert categories_of(task("a", "Add a login"), [], signs=signs) == set()
    assert categories_of(task("a", "Open the vaults"), [], signs=signs) == {SECURITY}
    assert categories_of(task("a", "Do it"), ["keys/a.pem"], signs=signs) == {SECURITY}


def test_signs_without_words_find_none():
    assert categories_of(task("a", "Do it"), [], signs={DOCS: CategorySigns()}) == set()


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("vault: rotate", True),
        ("fix(vault)!: rotate", True),
        ("[Vault] Rotate", True),
        ("*, keys/vault: rotate", True),
        ("vault:rotate", False),
        ("Rotate the vault: now", False),
        ("vaults: rotate", False),
    ],
)
def test_prefixes_stand_before_the_first_colon_or_in_brackets(title, expected):
    signs = {SECURITY: CategorySigns(prefixes=["vault"])}
    assert (categories_of(task("a", title), [], signs=signs) == {SECURITY}) is expected


def test_what_only_looks_like_a_sign_is_taken_out_of_titles_and_texts():
    signs = {
        SECURITY: CategorySigns(
            words=["vault"], phrases=["key*"], unless=["pole vault", "key note*"]
        )
    }
    assert categories_of(task("a", "Pole vault", description="Key notes"), [], signs=signs) == set()
    assert categories_of(task("a", "Pole vault and vault"), [], signs=signs) == {SECURITY}
    assert categories_of(task("a", "Go", description="Key notes, keys"), [], signs=signs) == {
        SECURITY
    }
