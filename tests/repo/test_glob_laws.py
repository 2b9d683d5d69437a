"""Laws that hold for every pattern, tried on generated ones and against two other matchers."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from pathlib import Path

import pathspec
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from taskpar_ml.errors import PatternError
from taskpar_ml.repo import PathIndex, common_path, example_path, is_literal, matches
from taskpar_ml.repo.pattern_index import PatternIndex

Git = Callable[..., str]

# Few letters, so that patterns and paths meet often.
NAMES = st.text("ab.([]{},*\\é\udc80", min_size=1, max_size=4).filter(
    lambda name: name not in {".", ".."}
)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
PLAIN_PATHS = st.lists(st.text("ab.", min_size=1, max_size=3), min_size=1, max_size=4).map("/".join)
PLAIN_PATHS = PLAIN_PATHS.filter(lambda path: not {".", ".."} & set(path.split("/")))
SIGNS = [
    "a",
    "b",
    ".",
    "(",
    "*",
    "?",
    "**",
    "[ab]",
    "[!a]",
    "{a,b/a}",
    "{,b}",
    "[",
    "]",
    "{",
    "\\",
    "é",
]
PARTS = st.lists(st.sampled_from(SIGNS), min_size=1, max_size=4).map("".join)
PATTERNS = st.lists(PARTS | st.just("**"), min_size=1, max_size=4).map("/".join)
# Without "[!a]": pathspec lets it stand for "/", which git does not.
GITIGNORE_SIGNS = st.sampled_from(["a", "b", ".", "*", "?", "[ab]", "[b-]"])
GITIGNORE_PARTS = st.lists(GITIGNORE_SIGNS, min_size=1, max_size=3).map("".join)
GITIGNORE_PATTERNS = st.lists(
    GITIGNORE_PARTS.filter(lambda part: "**" not in part and part not in {".", ".."})
    | st.just("**"),
    min_size=1,
    max_size=4,
).map("/".join)


def usable(pattern: str) -> bool:
    try:
        is_literal(pattern)
    except PatternError:
        return False
    return True


USABLE = PATTERNS.filter(usable)


@given(USABLE, st.lists(PATHS, max_size=12))
@example("**/a*", ["a/a", "b/ab/a/a"])
@example("**/a/**/b", ["a/x/x/b", "x/a/x/b", "a/a/x/b", "x/x/x/b"])
@example("**/a/*/**/b", ["a/x/x/b", "x/a/x/b", "a/a/x/b", "a/a/b"])
def test_matching_is_what_matches_says_of_each_path(pattern: str, paths: list[str]) -> None:
    index = PathIndex(paths)
    expected = [at for at, path in enumerate(index.paths) if matches(pattern, path)]
    assert index.matching(pattern).tolist() == expected


@given(USABLE, USABLE)
@example(".*", ".*")
@example("*.", ".*")
@example(".?", "*.*")
@example("[.]?", "?[.]")
@example("[z-a]", "*")
def test_a_common_path_is_named_by_both_and_the_order_does_not_matter(
    first: str, second: str
) -> None:
    shared = common_path(first, second)
    assert shared == common_path(second, first)
    if shared is not None:
        assert matches(first, shared)
        assert matches(second, shared)
        assert not {"", ".", ".."} & set(shared.split("/"))


@settings(max_examples=400, suppress_health_check=[HealthCheck.filter_too_much])
@given(USABLE, USABLE, st.lists(PATHS | PLAIN_PATHS, min_size=1, max_size=20))
def test_patterns_that_name_one_path_have_a_common_path(
    first: str, second: str, paths: list[str]
) -> None:
    if any(matches(first, path) and matches(second, path) for path in paths):
        assert common_path(first, second) is not None


def test_every_short_pair_has_a_common_path_exactly_if_a_short_name_fits_both() -> None:
    """All globs of up to three signs, against all names of up to five letters."""
    # A class may be meant letter by letter, so that its spelling is a letter too.
    letters = ["a", "b", ".", "[b.]"]
    words = [itertools.product(letters, repeat=size) for size in range(1, 6)]
    names = list(map("".join, itertools.chain(*words)))
    signs = ["a", ".", "*", "?", "[b.]"]
    globs = ["".join(glob) for size in (1, 2, 3) for glob in itertools.product(signs, repeat=size)]
    globs = [glob for glob in globs if glob not in {".", ".."} and "**" not in glob]
    names = [name for name in names if name not in {".", ".."}]
    fitting = {
        glob: sum(1 << at for at, name in enumerate(names) if matches(glob, name)) for glob in globs
    }
    for first, second in itertools.combinations_with_replacement(globs, 2):
        found = common_path(first, second)
        assert (found is not None) == bool(fitting[first] & fitting[second]), (first, second)


@settings(max_examples=400)
@given(USABLE, USABLE)
@example("a", "a/b*")
@example("{a,b/*}/c", "b/**")
def test_patterns_with_a_common_path_are_near(first: str, second: str) -> None:
    if common_path(first, second) is not None:
        assert PatternIndex(["z/z", second]).near(first) >= {second}
        assert PatternIndex([first, "z/z"]).near(second) >= {first}


@given(USABLE)
def test_an_example_is_named(pattern: str) -> None:
    assert matches(pattern, example_path(pattern))
    assert common_path(pattern, pattern) is not None


# Some are refused: where a backslash sets ".." apart, the pattern leaves the repository.
@given(PATHS.filter(usable))
@example("{,}[")
def test_a_path_names_itself_and_what_lies_below(path: str) -> None:
    assert matches(path, path)
    assert matches(path, f"{path}/x")
    assert PathIndex([path, "other"]).matching(path).size
    assert common_path(path, path) is not None


@given(USABLE, PATHS)
def test_what_names_a_directory_names_everything_in_it(pattern: str, path: str) -> None:
    if matches(pattern, path):
        assert matches(pattern, f"{path}/below/it")


@given(GITIGNORE_PATTERNS, st.lists(PLAIN_PATHS, min_size=1, max_size=20))
def test_pathspec_agrees_where_both_know_the_signs(pattern: str, paths: list[str]) -> None:
    spec = pathspec.GitIgnoreSpec.from_lines([f"/{pattern}"])
    expected = set(spec.match_files(paths))
    assert {path for path in paths if matches(pattern, path)} == expected


def test_git_agrees_where_both_know_the_signs(tmp_path: Path, git: Git) -> None:
    chance = random.Random(20)
    signs = ["a", "b", ".", "*", "?", "[ab]", "[!a]", "[[:alpha:]]", "[a-]", "\\*"]
    git(tmp_path, "init", "-q")
    asked: list[tuple[str, str]] = []
    for at in range(150):
        lengths = chance.choices([1, 2, 3], k=chance.randint(1, 3))
        parts = ["".join(chance.choices(signs, k=length)) for length in lengths]
        # git reads "a**" as "a*"; here it crosses directories.
        parts = [part.replace("**", "*") for part in parts]
        parts[chance.randrange(len(parts))] = chance.choice(["**", "a", "*"])
        pattern = "/".join(part for part in parts if part not in {".", ".."})
        (tmp_path / f"p{at}").mkdir()
        (tmp_path / f"p{at}" / ".gitignore").write_text(f"/{pattern}\n", encoding="utf-8")
        for _ in range(40):
            depth = chance.randint(1, 4)
            names = ["".join(chance.choices("ab*-", k=chance.randint(1, 3))) for _ in range(depth)]
            asked.append((pattern, f"p{at}/{'/'.join(names)}"))
    found = git(
        tmp_path,
        "check-ignore",
        "--no-index",
        "--stdin",
        "-z",
        stdin="\0".join(p for _, p in asked),
    )
    ignored = set(found.split("\0"))
    wrong = [
        (pattern, path)
        for pattern, path in asked
        if matches(pattern, path.partition("/")[2]) != (path in ignored)
    ]
    assert wrong == []
    assert 200 < sum(path in ignored for _, path in asked) < len(asked) - 200
