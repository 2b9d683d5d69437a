"""What the first line of a landing's message says about how it came in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from taskpar_ml.domain.landing import LandingShape

MAX_LINE: Final = 1_000
"""How much of a first line is looked at."""

# Each expression is anchored or begins with a literal, so that none is slow on any line.
_GITHUB: Final = re.compile(r"(?:\[[\w ]{1,20}\] ?)?Merge (?:pull request|PR) #(?P<number>\d+)")
_HOMU: Final = re.compile(r"Auto merge of #(?P<number>\d+)")
_BITBUCKET: Final = re.compile(r"Merged in \S{1,200} \(pull request #(?P<number>\d{1,9})\)")
_BORS: Final = re.compile(r"Merge (?:[\w.-]+/[\w.-]+)?#(?P<number>\d+)(?P<more>(?: #\d+)*)(?=:|$)")
_GERRIT: Final = re.compile(r"Merge (?:\"|changes? (?:from|in|into|I[0-9a-f]{7,40})\b)")
_DEFAULT: Final = re.compile(
    r"(?:\w+(?:\(\w+\))?: ?)?Merge(?:d)? "
    r"(?:branch(?:es)?|remote(?:-tracking)? branch(?:es)?|tags?|commit|commit from fork)\b"
)
"""Subjects that git and GitHub make up by themselves: they name branches, not work."""

_NO_TITLE: Final = re.compile(
    r"See merge request |#|Conflicts:|\* .{1,200}:$|[A-Z][\w-]{0,30}-(?:by|[Ii]d|on): "
)
"""What may stand below such a subject and says nothing of the work either."""

_NUMBERED: Final = re.compile(r"\(#(?P<number>\d{1,9})\)$")
_GITLAB: Final = re.compile(r"See merge request \S*!(?P<number>\d{1,9})\b")
_CHANGE_ID: Final = re.compile(r"^Change-Id: ?(?P<id>I[0-9a-f]{8,40})\s*$", re.MULTILINE)
_BORS_TITLE: Final = re.compile(r"\d{1,9}: ")


@dataclass(frozen=True, slots=True)
class Subject:
    """A message taken apart.

    Attributes
    ----------
    shape
        How the landing came in.
    reference
        The review that the message names, or ``None``.
    title
        The line that says what was done, ``None`` where the message says nothing of it.
    rest
        What follows the title.
    """

    shape: LandingShape
    reference: str | None
    title: str | None
    rest: str


def read_subject(message: str, *, merge: bool, tip: str = "") -> Subject:
    r"""Take a landing's message apart.

    Parameters
    ----------
    message
        The message of the first-parent commit.
    merge
        Whether it has several parents.
    tip
        The message of the newest commit that it brought in; Gerrit names a change there.

    Examples
    --------
    >>> read_subject("Merge pull request #7 from ada/retry\n\nRetry uploads\n", merge=True).title
    'Retry uploads'
    """
    line, rest = first_line(message)
    if found := _GITHUB.match(line) or _HOMU.match(line):
        shape = LandingShape.GITHUB_MERGE if merge else LandingShape.SQUASH
        return Subject(shape, f"#{found['number']}", *_title_below(rest))
    if merge and (found := _BORS.match(line)):
        reference = f"#{found['number']}"
        if named := line[found.end() :].lstrip(": "):
            return Subject(LandingShape.GITHUB_MERGE, reference, named, rest)
        title, rest = _title_below(rest)
        return Subject(LandingShape.GITHUB_MERGE, reference, title and _bors_title(title), rest)
    if found := _BITBUCKET.match(line):
        shape = LandingShape.PLAIN_MERGE if merge else LandingShape.SQUASH
        return Subject(shape, f"#{found['number']}", *_title_below(rest))
    if found := _NUMBERED.search(line):
        shape = LandingShape.GITHUB_MERGE if merge else LandingShape.SQUASH
        return Subject(shape, f"#{found['number']}", *_own_title(line, rest))
    if found := _GITLAB.search(rest):
        shape = LandingShape.GITLAB_MERGE if merge else LandingShape.SQUASH
        return Subject(shape, f"!{found['number']}", *_own_title(line, rest))
    if not merge:
        change = _change_id(message)
        shape = LandingShape.SQUASH if change else LandingShape.DIRECT
        return Subject(shape, change, *_own_title(line, rest))
    if _GERRIT.match(line):
        return Subject(LandingShape.GERRIT_MERGE, _change_id(tip), None, rest)
    return Subject(LandingShape.PLAIN_MERGE, None, *_own_title(line, rest))


def first_line(message: str) -> tuple[str, str]:
    """Return the first line that is not empty, shortened, and all that follows it."""
    line, _, rest = message.lstrip().partition("\n")
    return line[:MAX_LINE].strip(), rest


def _own_title(line: str, rest: str) -> tuple[str | None, str]:
    """Return a message's own first line as title, or the next one if git made it up."""
    return _title_below(rest) if not line or _DEFAULT.match(line) else (line, rest)


def _title_below(rest: str) -> tuple[str | None, str]:
    title, below = first_line(rest)
    return (None, rest) if not title or _NO_TITLE.match(title) else (title, below)


def _bors_title(line: str) -> str:
    """Return ``Title`` of ``123: Title r=reviewer a=author``."""
    found = _BORS_TITLE.match(line)
    return line[found.end() :].partition(" r=")[0] if found else line


def _change_id(message: str) -> str | None:
    found = _CHANGE_ID.findall(message)
    return found[-1] if found else None
