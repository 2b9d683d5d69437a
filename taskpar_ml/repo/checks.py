"""Whether a pattern that a person wrote makes sense in a repository."""

from __future__ import annotations

import re
from typing import Final

from taskpar_ml.errors import PatternError
from taskpar_ml.repo.glob_parser import Branch, parsed, shortened_pattern, with_slashes
from taskpar_ml.repo.product import STAR
from taskpar_ml.repo.segments import read_class
from taskpar_ml.repo.snapshot import RepoSnapshot

_BRACKET: Final = re.compile(r"\\.|(?P<sign>[\[{}])", re.DOTALL)


def check_pattern(snapshot: RepoSnapshot, pattern: str, place: str) -> None:
    """Refuse a pattern that cannot mean what it says.

    A pattern that matches nothing is fine: a task may create the file.

    Parameters
    ----------
    place
        Where the pattern stands, for the message: a file with its line, a task.

    Raises
    ------
    PatternError
        If the pattern exceeds a bound, leaves the repository, holds a bracket that is never
        closed, or reaches into a submodule.
    """
    where = f"{place}: pattern {shortened_pattern(pattern)}"
    try:
        branches = parsed(pattern).branches
    except PatternError as error:
        raise PatternError(where, error.problem, error.cure) from error
    exists = pattern in snapshot.paths or snapshot.paths.is_directory(pattern)
    bracket = None if exists else unclosed_bracket(pattern)
    if bracket is not None:
        raise PatternError(
            where,
            f"{bracket!r} is never closed within a name, and no path is spelled so.",
            f"Close it, or write '\\{bracket}' for the character itself.",
        )
    for branch in branches:
        module = _submodule_above(branch, snapshot.submodules)
        if module is not None:
            raise PatternError(
                where, "its files belong to another repository.", f"Name {module!r} itself."
            )


def unclosed_bracket(pattern: str) -> str | None:
    """Return an opening bracket that is never closed, ``None`` if there is none.

    Examples
    --------
    >>> unclosed_bracket("src/{a,b/*.py"), unclosed_bracket("app/[id]/page.tsx")
    ('{', None)
    """
    depth = 0
    for name in with_slashes(pattern).split("/"):
        at = 0
        while found := _BRACKET.search(name, at):
            at = found.end()
            if found["sign"] == "[":
                closed = read_class(name, found.start())
                if closed is None:
                    return "["
                at = closed[1]
            elif found["sign"]:
                depth = max(depth + (1 if found["sign"] == "{" else -1), 0)
    return "{" if depth else None


def _submodule_above(branch: Branch, submodules: frozenset[str]) -> str | None:
    """Return the submodule that the branch leads into by name."""
    path: list[str] = []
    for segment in branch.segments[:-1]:
        if segment is STAR or segment.literal is None:
            return None
        path.append(segment.literal)
        if "/".join(path) in submodules:
            return "/".join(path)
    return None
