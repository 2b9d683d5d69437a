r"""How a pattern names paths.

A pattern is relative to the root of the repository and anchored there; case matters.

``*``, ``?``
    Any characters, one character, within one name: they do not cross ``/``.
``**``
    Any number of directories, also none: ``a/**/b`` names ``a/b``, ``**/x`` names ``x``. Inside
    a name it crosses ``/`` too: ``src/**.py`` names ``src/a.py`` and ``src/api/a.py``.
``[abc]``, ``[a-z]``, ``[!abc]``, ``[[:digit:]]``
    One character of a set, or none of it. A name that is spelled like the pattern is meant as
    well, because web frameworks name files so: ``app/[id]/*.tsx`` names ``app/[id]/page.tsx``.
``{a,b}``
    Alternatives, which may hold ``/`` and each other. Without a comma, braces are characters.
``\``
    Before ``* ? [ ] { } , ! # \`` or a space it takes away their meaning; before anything else,
    and at the end, it separates directories as on Windows: ``src\api``. A pattern with
    backslashes and no ``/`` is read in both ways: ``src\*.py`` names ``src/a.py`` too.

What a pattern names stands for everything below it, as in a gitignore file: ``src/auth``,
``src/auth/``, ``src/auth/**`` name every file in that directory, and ``src/api/*`` the files in
the directories of ``src/api`` as well. A ``/`` at the end, ``./`` at the beginning and ``//``
change nothing; ``.`` names the whole repository. An unclosed ``[`` or ``{`` is a character;
:func:`~taskpar_ml.repo.checks.check_pattern` reports it where no such file exists.

Every path of a repository names itself, unless it is refused: for a ``..`` that a backslash or
braces set apart, or for exceeding a bound. Length, wildcards and alternatives are bounded
(:mod:`taskpar_ml.repo.glob_parser`), and matching takes time in proportion to the length of the
pattern times that of the path.

Source: gitignore(5), for the meaning of ``*``, ``?``, ``**``, classes and directories.
"""

from __future__ import annotations

from itertools import product

from taskpar_ml.repo.glob_parser import Branch, Glob, parsed
from taskpar_ml.repo.path_index import PathIndex
from taskpar_ml.repo.product import STAR, common_word
from taskpar_ml.repo.segments import shared_name

__all__ = [
    "Glob",
    "PathIndex",
    "common_path",
    "example_path",
    "is_literal",
    "matches",
    "parsed",
]


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern names a path.

    Raises
    ------
    PatternError
        If the pattern is empty, leaves the repository or exceeds a bound.

    Examples
    --------
    >>> matches("src/*.py", "src/a.py"), matches("src/*.py", "src/api/a.py")
    (True, False)
    >>> matches("src", "src/api/a.py")
    True
    """
    names = path.split("/")
    return any(
        path.startswith(branch.head) and _accepts(branch, names)
        for branch in parsed(pattern).branches
    )


def _accepts(branch: Branch, names: list[str]) -> bool:
    """Whether a branch takes in the path or a directory above it."""
    end = len(branch.segments)
    states = {0}
    for name in names:
        states |= {state + 1 for state in states if branch.segments[state] is STAR}
        following = set()
        for state in states:
            segment = branch.segments[state]
            if segment is STAR:
                following.add(state)
            elif segment.fits(name):
                following.add(state + 1)
        if end in following:
            return True
        states = following
    return False


def common_path(first: str, second: str) -> str | None:
    """Return a path that both patterns name, ``None`` if there can be none.

    The path need not exist. The order of the patterns does not matter.

    Raises
    ------
    PatternError
        If a pattern is empty, leaves the repository or exceeds a bound.

    Examples
    --------
    >>> common_path("src/*/models.py", "src/auth/**")
    'src/auth/models.py'
    >>> common_path("src/*.py", "src/*.ts") is None
    True
    """
    lesser, greater = sorted((first, second))
    for mine, other in product(parsed(lesser).branches, parsed(greater).branches):
        if mine.head.startswith(other.head) or other.head.startswith(mine.head):
            path = _common_path(mine, other)
            if path is not None:
                return path
    return None


def _common_path(first: Branch, second: Branch) -> str | None:
    # The star at the end is everything below what the branch names.
    names = common_word(
        (*first.segments, STAR),
        (*second.segments, STAR),
        meet=shared_name,
        alone=lambda segment: shared_name(segment, segment) or "",
    )
    return None if names is None else "/".join(names)


def example_path(pattern: str) -> str:
    """Return a path that the pattern names; for a literal pattern, the path that it spells.

    Raises
    ------
    PatternError
        If the pattern is empty, leaves the repository or exceeds a bound.

    Examples
    --------
    >>> example_path("src/**/test_*.{py,pyi}"), example_path("./src/api/")
    ('src/test_x.py', 'src/api')
    """
    branch = parsed(pattern).branches[0]
    return branch.literal or _common_path(branch, branch) or pattern


def is_literal(pattern: str) -> bool:
    """Whether a pattern holds no wildcard, so that it spells one path.

    Raises
    ------
    PatternError
        If the pattern is empty, leaves the repository or exceeds a bound.

    Examples
    --------
    >>> is_literal("src/api/"), is_literal("src/api/*")
    (True, False)
    """
    return parsed(pattern).is_literal
