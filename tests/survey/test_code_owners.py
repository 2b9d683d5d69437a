"""Who owns which files, and which contexts that makes."""

from __future__ import annotations

import time

import pytest

from taskpar_ml.repo.globs import PathIndex
from taskpar_ml.survey.code_owners import MOST_BYTES, PLACES, CodeOwners, owner_sections

PATHS = PathIndex(
    [
        "README.md",
        "apps/shop/cart.py",
        "apps/shop/docs/guide.md",
        "build/logs/a.log",
        "docs/api/deep.md",
        "docs/start.md",
        "src/deep/build/logs/b.log",
        "web/page.js",
    ]
)


def owners(text: str, path: str) -> set[str]:
    return set(CodeOwners(owner_sections(text), PATHS).owners(path))


@pytest.mark.parametrize(
    ("pattern", "owned"),
    [
        ("*", set(PATHS.paths)),
        ("*.js", {"web/page.js"}),
        ("/build/logs/", {"build/logs/a.log"}),
        ("logs/", {"build/logs/a.log", "src/deep/build/logs/b.log"}),
        ("docs/*", {"docs/start.md"}),
        ("/docs/*", {"docs/start.md"}),
        ("docs/**", {"docs/start.md", "docs/api/deep.md"}),
        ("docs/", {"apps/shop/docs/guide.md", "docs/start.md", "docs/api/deep.md"}),
        ("docs", {"apps/shop/docs/guide.md", "docs/start.md", "docs/api/deep.md"}),
        ("/docs/", {"docs/start.md", "docs/api/deep.md"}),
        ("**/logs", {"build/logs/a.log", "src/deep/build/logs/b.log"}),
        ("apps/**/*.md", {"apps/shop/docs/guide.md"}),
        ("READM?.md", {"README.md"}),
    ],
)
def test_a_pattern_names_the_files_that_it_names_on_github(pattern, owned):
    found = CodeOwners(owner_sections(f"{pattern} @ada"), PATHS)
    assert {path for path in PATHS.paths if found.owners(path)} == owned


def test_the_last_rule_that_fits_decides_even_if_it_names_nobody():
    text = "*.md @docs\n/docs/ @ada @bob\n/docs/api/\n"
    assert owners(text, "README.md") == {"@docs"}
    assert owners(text, "docs/start.md") == {"@ada", "@bob"}
    assert owners(text, "docs/api/deep.md") == set()


def test_files_that_are_not_there_yet_are_owned_too():
    text = "/docs/ @ada\ndocs/* @bob"
    assert owners(text, "docs/new.md") == {"@bob"}
    assert owners(text, "docs/new/more.md") == {"@ada"}


def test_sections_of_gitlab_each_name_their_owners():
    text = "*.md @all\n[Docs] @writers\ndocs/\n^[Shop][2] @shop\napps/\n/web/ @web\n"
    assert owners(text, "docs/start.md") == {"@all", "@writers"}
    assert owners(text, "apps/shop/cart.py") == {"@shop"}
    assert owners(text, "web/page.js") == {"@web"}


def test_comments_and_escaped_spaces_are_read():
    paths = PathIndex(["a b/c.py", "#x/y.py"])
    found = CodeOwners(owner_sections("# all\na\\ b/ @ada # why\n\\#x/ @bob\n"), paths)
    assert (found.of("a b/c.py"), found.of("#x/y.py")) == ("@ada", "@bob")


@pytest.mark.parametrize(
    "line",
    [
        "/../secrets/ @eve",
        "!*.md @eve",
        f"{'*' * 900} @eve",
        f"{'a*' * 400} @eve",
        f"{'x' * 1_000_000} @eve",
        "\0 @eve",
        "/ @eve",
        "* eve",
    ],
)
def test_a_line_that_cannot_be_read_leaves_the_others_as_they_are(line):
    assert owners(f"/web/ @web\n{line}\n", "web/page.js") in ({"@web"}, set())
    assert owners(f"{line}\n/web/ @web\n", "web/page.js") == {"@web"}
    assert "@eve" not in owners(f"/web/ @web\n{line}\n", "README.md")


def test_brackets_and_braces_are_characters():
    paths = PathIndex(["app/[id]/page.tsx", "app/i/page.tsx", "{a,b}/c", "a/c"])
    found = CodeOwners(owner_sections("/app/[id]/ @ada\n/{a,b}/ @bob"), paths)
    assert [found.of(path) for path in paths.paths] == [None, "@ada", None, "@bob"]


def test_a_huge_file_of_hostile_patterns_takes_no_longer_than_reading_it():
    many = "".join(f"/a{number}*/**/b*c*d* @t{number}\n" for number in range(50_000))
    begun = time.monotonic()
    found = CodeOwners(owner_sections(many), PATHS)
    assert found.owners("a1/" + "b" * 500) == set()
    assert time.monotonic() - begun < 20


def test_many_rules_for_files_anywhere_are_bounded_by_what_there_is_to_look_at():
    paths = PathIndex(f"a/{number}.py" for number in range(4_000))
    text = "*.py @first\n" + "".join(f"*.x{number} @x\n" for number in range(1_500)) + "/a/ @last"
    begun = time.monotonic()
    found = CodeOwners(owner_sections(text), paths)
    assert time.monotonic() - begun < 30
    assert found.owners("a/1.py") == {"@first"}
    few = CodeOwners(owner_sections(text), PathIndex(["a/1.py", "b/1.py"]))
    assert few.owners("a/1.py") == {"@last"}


def test_the_first_place_counts_and_a_file_that_is_too_large_does_not():
    paths = PathIndex([*PLACES, "a/x.py", "b/x.py", "c/x.py"])
    files = {PLACES[0]: b"/a/ @first", PLACES[1]: b"/b/ @second"}
    found = CodeOwners.read(paths, lambda path, most: files[path])
    assert (found.of("a/x.py"), found.of("b/x.py")) == ("@first", None)
    large = CodeOwners.read(paths, lambda path, most: (b"/a/ @first\n" * MOST_BYTES)[:most])
    assert large.of("a/x.py") is None
    assert CodeOwners.read(paths, lambda path, most: None).of("a/x.py") is None


def test_who_owns_the_whole_system_makes_no_context():
    text = "* @all\n/apps/ @all @shop\n/web/ @all @web @team\n/docs/ @all\n"
    found = CodeOwners(owner_sections(text), PATHS)
    assert found.of("apps/shop/cart.py") == "@shop"
    assert found.of("web/page.js") == "@team @web"
    assert found.of("docs/start.md") is None
    assert found.of("README.md") is None
