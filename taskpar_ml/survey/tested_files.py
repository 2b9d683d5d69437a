"""Which files a test is about: by its name, and by what it imports."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from posixpath import basename, dirname
from typing import Final

_TEST_NAME: Final = re.compile(
    r"^(?:test_(?P<after>\w+)|(?P<before>[\w.-]+?)(?:_test|_spec|\.test|\.spec|-test|-spec)"
    r"|(?P<camel>[A-Z]\w*?)(?:Tests?|Spec|IT))$"
)
TEST_DIRECTORIES: Final = frozenset(["__tests__", "spec", "specs", "test", "testing", "tests"])
"""Names of directories that hold tests and what helps them."""

_MOST_NAMED: Final = 3
"""Files of one name that a test may be about; of more, its name tells nothing."""


def is_test_file(path: str) -> bool:
    """Whether a file holds tests or helps them, by the customs of names.

    Examples
    --------
    >>> is_test_file("web/cart.spec.ts"), is_test_file("cart_test.go"), is_test_file("latest.py")
    (True, True, False)
    """
    directories = path.lower().split("/")[:-1]
    return not TEST_DIRECTORIES.isdisjoint(directories) or _subject(path) is not None


class TestedFiles:
    """The files that tests are about.

    Parameters
    ----------
    paths
        Every source file of the repository.
    imports
        File to the files that it imports.

    Attributes
    ----------
    of_test
        Test file to the files that it is about: those that it is named after, else those that it
        imports, tests and their helpers left out.
    of_file
        The same the other way around: file to the tests that are about it.
    """

    __test__ = False  # no test itself

    def __init__(self, paths: Iterable[str], imports: Mapping[str, Sequence[str]]) -> None:
        known = sorted(paths)
        sources: defaultdict[str, list[str]] = defaultdict(list)
        for path in known:
            if not is_test_file(path):
                sources[_stem(path)].append(path)
        self.of_test: dict[str, tuple[str, ...]] = {}
        self.of_file: dict[str, tuple[str, ...]] = {}
        found: defaultdict[str, list[str]] = defaultdict(list)
        for path in known:
            if is_test_file(path):
                about = _named(path, sources) or tuple(
                    each for each in imports.get(path, ()) if not is_test_file(each)
                )
                if about:
                    self.of_test[path] = about
                for each in about:
                    found[each].append(path)
        self.of_file = {path: tuple(tests) for path, tests in found.items()}


def _named(path: str, sources: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the files of the same language that a test is named after, those near it if many."""
    ending = path.rpartition(".")[2]
    subject = _subject(path) or (_stem(path) if _lies_beside(path) else None)
    if subject is None:
        return ()
    named = [each for each in sources.get(subject, ()) if each.rpartition(".")[2] == ending]
    most = max((_nearness(path, each) for each in named), default=0)
    nearest = tuple(each for each in named if _nearness(path, each) == most)
    return nearest if len(nearest) <= _MOST_NAMED else ()


def _lies_beside(path: str) -> bool:
    """Whether a file bears its subject's own name, in a directory of tests beside it."""
    return basename(dirname(path)) == "__tests__"


def _subject(path: str) -> str | None:
    """Return the stem of what a test is named after."""
    found = _TEST_NAME.match(_stem(path))
    return None if found is None else found["after"] or found["before"] or found["camel"]


def _stem(path: str) -> str:
    return basename(path).rpartition(".")[0]


def _nearness(test: str, source: str) -> int:
    """Return how many directories both paths go through, those of tests left out."""
    parts = set(dirname(test).split("/")) - TEST_DIRECTORIES
    return len(parts & set(dirname(source).split("/")))
