"""What patterns mean, one example per rule, and how hostile ones end."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from taskpar_ml.errors import PatternError
from taskpar_ml.repo import (
    PathIndex,
    RepoSnapshot,
    check_pattern,
    common_path,
    example_path,
    is_literal,
    matches,
)

NAMED = [
    ("src/a.py", "src/a.py"),
    ("src", "src/api/a.py"),
    ("src/", "src/a.py"),
    ("src/", "src"),
    ("./src", "src/a.py"),
    ("src//api/./", "src/api/a.py"),
    (".", "src/a.py"),
    ("./", "a"),
    ("**", "a"),
    ("*", "a/b/c"),
    ("src/*.py", "src/a.py"),
    ("src/api/*", "src/api/v1/c.py"),
    ("src/?.py", "src/a.py"),
    ("a/**/b", "a/b"),
    ("a/**/b", "a/x/y/b"),
    ("a/**/b", "a/x/b/below"),
    ("**/x", "x"),
    ("**/x", "a/b/x"),
    ("**/x/**", "a/x/y"),
    ("a/**", "a/b"),
    ("a/**/**/b", "a/b"),
    ("src/**.py", "src/a.py"),
    ("src/**.py", "src/api/v1/a.py"),
    ("src/test**", "src/tests/a/b"),
    ("[ab]c", "bc"),
    ("[!ab]c", "cc"),
    ("[^ab]c", "cc"),
    ("[]a]", "]"),
    ("[a-c]", "b"),
    ("[a-]", "-"),
    ("[[:digit:]]x", "7x"),
    ("[[:nope:]]", "n"),
    ("[\\]]", "]"),
    ("app/[id]/page.tsx", "app/[id]/page.tsx"),
    ("app/[id]/page.tsx", "app/i/page.tsx"),
    ("app/[id]/*.tsx", "app/[id]/page.tsx"),
    ("app/[...slug]/*", "app/[...slug]/page.tsx"),
    ("app/[[...slug]]/*", "app/[[...slug]]/page.tsx"),
    ("app/(group)/@modal/*", "app/(group)/@modal/page.tsx"),
    ("[z-a]", "[z-a]"),
    ("src/{a,b}.py", "src/b.py"),
    ("{src,lib/{x,y}}/*", "lib/y/z"),
    ("src/{a,}", "src/zzz"),
    ("src/{a,b}.py", "src/{a,b}.py"),
    ("{{cookiecutter.name}}/setup.py", "{{cookiecutter.name}}/setup.py"),
    ("a{b", "a{b"),
    ("a[b", "a[b"),
    ("{a,{b", "{a,{b"),
    ("src\\api", "src/api/a.py"),
    ("src\\api\\", "src/api/a.py"),
    ("src\\*.py", "src/a.py"),
    ("src\\*.py", "src*.py"),
    ("app\\[id]\\page.tsx", "app/[id]/page.tsx"),
    ("app\\(group)\\page.tsx", "app/(group)/page.tsx"),
    ("a/\\*", "a/*"),
    ("a/\\[b\\]", "a/[b]"),
    ("a/\\{b,c\\}", "a/{b,c}"),
    ("a/b\\ ", "a/b "),
    ("we\\ird", "we\\ird"),
    ("caf?", "caf\udce9"),
    ("a*", "a\nb"),
    ("日*", "日本"),
    ("#x", "#x"),
    ("!x", "!x"),
]
NOT_NAMED = [
    ("src/a.py", "src/a.pyc"),
    ("src", "srcs/a.py"),
    ("src", "lib/src"),
    ("a.py", "src/a.py"),
    ("*.py", "src/a.py.d"),
    ("src/*.py", "src/api/a.py"),
    ("src/?", "src/ab"),
    ("a?b", "a/b"),
    ("a[!x]b", "a/b"),
    ("a/**/b", "a/xb"),
    ("a/**", "a"),
    ("**/x", "ax"),
    ("SRC/a.py", "src/a.py"),
    ("[!ab]c", "ac"),
    ("[[:digit:]]", "x"),
    ("app/[id]/page.tsx", "app/x/page.tsx"),
    ("src/{a,b}.py", "src/c.py"),
    ("{ab}", "a"),
    ("a/\\*", "a/b"),
    ("a/\\*.py", "a/b.py"),
    ("src/x\\*.py", "src/x/a.py"),
    ("a.c", "abc"),
    ("a+", "aa"),
    ("é", "e\u0301"),
]


@pytest.mark.parametrize(("pattern", "path"), NAMED)
def test_named(pattern: str, path: str) -> None:
    assert matches(pattern, path)
    index = PathIndex([path, "zz/other"])
    assert index.paths.index(path) in index.matching(pattern)


@pytest.mark.parametrize(("pattern", "path"), NOT_NAMED)
def test_not_named(pattern: str, path: str) -> None:
    assert not matches(pattern, path)
    assert PathIndex([path]).matching(pattern).size == 0


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ("src/*", "src/a.py", "src/a.py"),
        ("src/*/models.py", "src/auth/**", "src/auth/models.py"),
        ("src", "src/auth/x.py", "src/auth/x.py"),
        ("**/*.sql", "db", "db/x.sql"),
        ("*a", "b*", "bxa"),
        ("*ab", "*bc", None),
        ("src/*.py", "src/*.ts", None),
        ("src/a", "src/ab", None),
        ("[ab]", "[bc]", "b"),
        ("[ab]", "[cd]", None),
        ("{a,b}/x", "{b,c}/x", "b/x"),
        ("app/[id]/*", "app/[id]/page.tsx", "app/[id]/page.tsx"),
        ("a/**/b", "a/c/**/d", "a/c/b/d"),
        ("a?c", "a[b]c", "abc"),
        ("*.test.*", "*.py", "x.test.py"),
        (".", "anything", "anything"),
        ("?", "??", None),
        ("(?", "*?", "(x"),
        ("([ab]", "*([ab]", "(a"),
        ("(a)/[bc]", "**/[bc]", "(a)/b"),
    ],
)
def test_common_paths(first: str, second: str, shared: str | None) -> None:
    found = common_path(first, second)
    assert found == common_path(second, first)
    if shared is None:
        assert found is None
    else:
        assert found is not None
        assert matches(first, found)
        assert matches(second, found)
        assert matches(first, shared)
        assert matches(second, shared)


@pytest.mark.parametrize("pattern", [".*", "*.", ".?", "?*", "..?", ".[.a]"])
def test_invented_names_are_names(pattern: str) -> None:
    for other in (".*", "*.", "?", "??", "*"):
        found = common_path(pattern, other)
        assert found not in {"", ".", ".."}


@pytest.mark.parametrize(
    ("pattern", "literal", "example"),
    [
        ("src/a.py", True, "src/a.py"),
        ("./src/api/", True, "src/api"),
        ("src\\api", True, "src/api"),
        ("a/\\*", True, "a/*"),
        ("{{name}}/x", True, "{{name}}/x"),
        ("src/*", False, "src/x"),
        ("src/{a,b}", False, "src/a"),
        ("[id]", False, "d"),
        ("**/*.py", False, "x.py"),
        ("src/**/test_?.py", False, "src/test_x.py"),
    ],
)
def test_literals_and_examples(pattern: str, literal: bool, example: str) -> None:
    assert is_literal(pattern) is literal
    assert example_path(pattern) == example


def test_a_path_and_what_lies_below_need_not_be_neighbours() -> None:
    index = PathIndex(["a", "a-b", "a/x", "a/y", "a0"])
    assert [index.paths[at] for at in index.matching("a")] == ["a", "a/x", "a/y"]
    assert index.is_directory("a")
    assert not index.is_directory("a-b")
    assert not index.is_directory("")


def test_an_index_holds_each_path_once_in_order() -> None:
    index = PathIndex(iter(["b", "a", "b", "\U0010ffff", "\udc80"]))
    assert index.paths == ("a", "b", "\udc80", "\U0010ffff")
    assert len(index) == 4
    assert "b" in index
    assert "c" not in index
    assert 7 not in index
    assert index.matching("\U0010ffff*").tolist() == [3]
    assert index == PathIndex(["a", "b", "\udc80", "\U0010ffff"])
    assert len({index, PathIndex(index.paths)}) == 1
    assert repr(index) == "PathIndex of 4 paths"
    assert PathIndex([]).matching("**/*.py").tolist() == []


def test_many_rows_and_few_rows_agree() -> None:
    """Names are tried one by one for a few rows, and all at once for many."""
    paths = [f"d{n % 7}/e{n % 11}/f{n}.{'py' if n % 3 else 'ts'}" for n in range(5000)]
    index = PathIndex(paths)
    for number in range(1, 300):
        # More globs than an index remembers.
        assert index.matching(f"**/f{number}*.*").size
    for pattern in ("**/f1*.py", "d3/e1/*.ts", "d[12]/**/*7.py", "d?/e{1,2}/f*", "*/e*/f4999.*"):
        expected = [at for at, path in enumerate(index.paths) if matches(pattern, path)]
        assert index.matching(pattern).tolist() == expected
        assert expected


REFUSED = {
    "empty": ("", "is empty"),
    "nul": ("a\0b", "NUL"),
    "parent": ("../x", "leaves the repository"),
    "parent inside": ("a/../b", "leaves the repository"),
    "parent in braces": ("{a,..}/b", "leaves the repository"),
    "parent with backslashes": ("a\\..\\b", "leaves the repository"),
    "stars": ("*" * 1000, "holds 1000 wildcards; at most 32"),
    "stars apart": ("*a" * 33, "holds 33 wildcards"),
    "questions": ("?" * 33, "holds 33 wildcards"),
    "long glob": ("a" * 1024 + "*", "has 1025 characters; at most 1024"),
    "long path": ("a" * 10_000, "has 10000 characters; at most 4096"),
    "braces": ("{a,b}" * 7, "more than 64 alternatives"),
    "one brace": ("{" + ",".join("x" * 65) + "x1,x2" * 30 + "}", "more than 64 alternatives"),
    "nested braces": ("{a,{b,{c,{d,e}}}}" * 4, "more than 64 alternatives"),
    "crossing": ("a**b**c**d**e**f**g**h", "more than 64 alternatives"),
    "long alternatives": ("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}" + "a" * 900, "8192 characters"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_pattern_rule_and_cure(name: str) -> None:
    pattern, rule = REFUSED[name]
    for ask in (
        lambda: matches(pattern, "a"),
        lambda: PathIndex(["a"]).matching(pattern),
        lambda: common_path("a", pattern),
        lambda: example_path(pattern),
        lambda: is_literal(pattern),
    ):
        with pytest.raises(PatternError, match=rule) as caught:
            ask()
        assert caught.value.cure
        assert len(str(caught.value)) < 400
    assert repr(pattern)[1:20].rstrip("'") in caught.value.place


HOSTILE = [
    *("*a" * 32, "[" * 32, "{" * 1024, "[!" * 32, "{," * 512, "\\" * 1024, "}" * 1024),
    *("a/" * 512, "**/a/" * 10 + "b", "[a-" * 32, "[[:alpha:]" * 16, "{a,b}" * 6, "a*" * 32),
    *("*" + "a" * 1000 + "*", "?" * 32 + "a" * 900, "[" + "a-z" * 300 + "]*", "*/" * 32 + "a"),
    *("{" + "a/" * 60 + ",b}" + "*{c,d}{e,f}" + "/a" * 50, "[]" * 32, "*[!a]*[!b]*[!c]*" * 2),
]


def test_hostile_patterns_take_no_time() -> None:
    """A matcher that backtracks would need years; seconds leave room for a slow machine."""
    started = time.process_time()
    paths = ["a" * 255, "/".join("a" * 200), "[" * 255, "a/" * 100 + "b", "{" * 255, "\\" * 255]
    index = PathIndex(paths)
    for pattern in HOSTILE:
        for path in paths:
            matches(pattern, path)
        index.matching(pattern)
        example_path(pattern)
        for other in HOSTILE:
            common_path(pattern, other)
    assert time.process_time() - started < 60


def test_a_pattern_into_a_submodule_is_refused() -> None:
    with_module = RepoSnapshot(
        repository="here",
        commit=None,
        paths=PathIndex(["src/a.py", "vendor/lib", "odd[name"]),
        submodules=frozenset({"vendor/lib"}),
    )
    refused = ("vendor/lib/src/*", "vendor/lib/**", "{src,vendor/lib/x}", "vendor\\lib\\src")
    for pattern in refused:
        with pytest.raises(PatternError, match="belong to another repository") as caught:
            check_pattern(with_module, pattern, "tasks.md:7")
        assert "'vendor/lib' itself" in caught.value.cure
        assert caught.value.place.startswith("tasks.md:7: pattern ")
    for pattern in ("vendor/lib", "vendor/lib/", "vendor/**", "vendor/*", "vendor/*/x", "**/*.py"):
        check_pattern(with_module, pattern, "tasks.md:7")
    check_pattern(with_module, "not/yet/there.py", "tasks.md:7")
    check_pattern(with_module, "odd[name", "tasks.md:7")


@pytest.mark.parametrize("pattern", ["src/[ab", "src/{a,b", "src/[a/b]", "odd[nam", "{a,[b}"])
def test_an_unclosed_bracket_is_reported(project: Path, pattern: str) -> None:
    with pytest.raises(PatternError, match="never closed") as caught:
        check_pattern(RepoSnapshot.at(project), pattern, "tasks.md:7")
    assert "\\" in caught.value.cure


def test_check_pattern_says_where_a_bound_is_exceeded(project: Path) -> None:
    with pytest.raises(PatternError, match=r"^t: pattern '\*+\.\.\.': it holds 1000 wildcards"):
        check_pattern(RepoSnapshot.at(project), "*" * 1000, "t")
