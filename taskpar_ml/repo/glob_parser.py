"""Taking a pattern apart into branches, and branches into segments.

What the signs mean is said in :mod:`taskpar_ml.repo.globs`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Final

from taskpar_ml.errors import PatternError
from taskpar_ml.repo.charsets import ANY, Charset, single
from taskpar_ml.repo.product import STAR
from taskpar_ml.repo.segments import (
    ANY_NAME,
    Form,
    Segment,
    literal_segment,
    read_class,
    segment_of,
)

MAX_PATTERN_LENGTH: Final = 1024
MAX_LITERAL_LENGTH: Final = 4096
"""A path without wildcards may be as long as the longest that Linux accepts."""
MAX_WILDCARDS: Final = 32
MAX_BRANCHES: Final = 64
MAX_EXPANDED_LENGTH: Final = 8192
"""Characters of all alternatives together: bounds the work of comparing two patterns."""

_WILDCARD: Final = re.compile(r"\\.|(?P<sign>[*?\[])", re.DOTALL)
_SPECIAL: Final = re.compile(r"[*?\[{\\]")
_BACKSLASH: Final = re.compile(r"\\(.?)", re.DOTALL)
_ESCAPABLE: Final = frozenset("*?[]{},!\\# ")
_BRACE: Final = re.compile(r"\\.|(?P<sign>[{},])", re.DOTALL)
# Two stars or more beside other characters of a name; those that fill a name are left alone.
_CROSSING: Final = re.compile(
    r"\\.|\[[^\]/]*\]|(?P<whole>(?<![^/])\*+(?![^/]))|(?P<stars>\*{2,})", re.DOTALL
)
_IDLE: Final = frozenset(("", "."))


@dataclass(frozen=True, eq=False)
class Branch:
    """One way to read a pattern, without alternatives.

    Attributes
    ----------
    segments
        One glob per name, and ``None`` for any number of directories; never ends in ``None``.
    head
        What every path begins with that the branch names.
    literal
        The one path that it spells, ``None`` if it holds a wildcard.
    """

    segments: tuple[Segment | None, ...]
    head: str
    literal: str | None

    @classmethod
    def of(cls, segments: Iterable[Segment | None]) -> Branch:
        """Return the branch of some segments."""
        kept = tuple(_without_idle_depth(segments))
        known: list[str] = []
        for segment in kept:
            name = None if segment is STAR else segment.literal
            if name is None:
                known.append("" if segment is STAR else segment.head)
                return cls(kept, "/".join(known), None)
            known.append(name)
        return cls(kept, "/".join(known), "/".join(known))


@dataclass(frozen=True, eq=False)
class Glob:
    """A pattern, taken apart.

    Attributes
    ----------
    branches
        A path is named if one of them names it.
    is_literal
        Whether the pattern holds no wildcard.
    """

    branches: tuple[Branch, ...]
    is_literal: bool


@lru_cache(maxsize=8192)
def parsed(pattern: str) -> Glob:
    """Return a pattern taken apart.

    Raises
    ------
    PatternError
        If the pattern is empty, leaves the repository or exceeds a bound.
    """
    _check_bounds(pattern)
    readings = [with_slashes(pattern)]
    if "\\" in pattern and "/" not in pattern:
        readings.append(pattern.replace("\\", "/"))
    texts = [_expanded(pattern, reading) for reading in readings]
    branches = [_branch(pattern, text) for text in chain(*texts)]
    is_literal = len(texts[0]) == 1 and branches[0].literal is not None
    if "\\" in pattern or texts[0] != readings[:1]:
        # The path that is spelled like the pattern.
        branches.append(Branch.of(literal_segment(name) for name in _names(pattern)))
    return Glob(tuple({branch.segments: branch for branch in branches}.values()), is_literal)


def _check_bounds(pattern: str) -> None:
    if not pattern or "\0" in pattern:
        raise _refused(pattern, "it is empty or holds a NUL character.", "Write a path or a glob.")
    most = MAX_PATTERN_LENGTH if _SPECIAL.search(pattern) else MAX_LITERAL_LENGTH
    if len(pattern) > most:
        raise _refused(
            pattern,
            f"it has {len(pattern)} characters; at most {most} are allowed.",
            "Name a directory above, or split it.",
        )
    wildcards = sum(1 for found in _WILDCARD.finditer(pattern) if found["sign"])
    if wildcards > MAX_WILDCARDS:
        raise _refused(
            pattern,
            f"it holds {wildcards} wildcards; at most {MAX_WILDCARDS} are allowed.",
            "Name a directory above instead.",
        )


def with_slashes(pattern: str) -> str:
    r"""Return a pattern in which a backslash that separates directories is a slash.

    Examples
    --------
    >>> with_slashes("src\\api\\[id].ts")
    'src/api\\[id].ts'
    """
    return _BACKSLASH.sub(
        lambda found: found[0] if found[1] and found[1] in _ESCAPABLE else f"/{found[1]}", pattern
    )


def _expanded(pattern: str, text: str) -> list[str]:
    """Return a reading without braces and without ``**`` inside names, each text once."""
    waiting = [text]
    done: dict[str, None] = {}
    length = 0
    while waiting:
        current = waiting.pop()
        alternatives = _alternatives(current)
        if not alternatives:
            length += len(current) if current not in done else 0
            done[current] = None
        # The last is taken first, so that the texts come in the order written.
        waiting += reversed(alternatives)
        if len(waiting) + len(done) > MAX_BRANCHES or length > MAX_EXPANDED_LENGTH:
            raise _refused(
                pattern,
                f"it stands for more than {MAX_BRANCHES} alternatives or "
                f"{MAX_EXPANDED_LENGTH} characters.",
                "Split it, or name a directory above.",
            )
    return list(done)


def _alternatives(text: str) -> list[str]:
    """Return the texts that the first braces, or else the first ``**`` in a name, stand for."""
    found = first_braces(text)
    if found is not None:
        opened, *commas, closed = found
        starts = [opened, *commas]
        return [
            text[:opened] + text[start + 1 : end] + text[closed + 1 :]
            for start, end in zip(starts, [*commas, closed], strict=True)
        ]
    for stars in _CROSSING.finditer(text):
        if stars["stars"]:
            before, after = text[: stars.start()], text[stars.end() :]
            return [f"{before}*{after}", f"{before}*/**/*{after}"]
    return []


def first_braces(text: str) -> list[int] | None:
    """Return where the first braces with alternatives open, hold commas, and close."""
    levels: list[list[int]] = []
    best: list[int] | None = None
    for found in _BRACE.finditer(text):
        if found["sign"] == "{":
            levels.append([found.start()])
        elif found["sign"] == "," and levels:
            levels[-1].append(found.start())
        elif found["sign"] == "}" and levels:
            level = [*levels.pop(), found.start()]
            if len(level) > 2 and (best is None or level[0] < best[0]):
                best = level
    return best


def _names(text: str) -> list[str]:
    return [name for name in text.split("/") if name not in _IDLE]


def _branch(pattern: str, text: str) -> Branch:
    names = _names(text)
    if ".." in names:
        raise _refused(pattern, "it leaves the repository.", "Name paths below its root.")
    # No name at all is the root.
    return Branch.of(
        STAR if len(name) > 1 and not name.strip("*") else _segment(name) for name in names or "*"
    )


def _segment(name: str) -> Segment:
    """Return the glob of one name."""
    pieces: list[Charset | None] = []
    plain: list[Charset | None] = []
    at = 0
    while at < len(name):
        character = name[at]
        piece: Charset | None
        found = read_class(name, at) if character == "[" else None
        if found is not None:
            piece, end = found
            plain += [single(letter) for letter in name[at:end]]
        else:
            end = at + 1
            if character == "\\" and end < len(name):
                character, end = f"\\{name[end]}", end + 1
            piece = {"*": STAR, "?": ANY}.get(character, single(character[-1]))
            plain.append(piece)
        pieces.append(piece)
        at = end
    forms = [_without_repeats(pieces), _without_repeats(plain)]
    # A set that allows nothing, such as [z-a], leaves the letters alone.
    return segment_of(tuple(dict.fromkeys(form for form in forms if () not in form)))


def _without_repeats(pieces: Iterable[Charset | None]) -> Form:
    form: list[Charset | None] = []
    for piece in pieces:
        if piece is not STAR or not form or form[-1] is not STAR:
            form.append(piece)
    return tuple(form)


def _without_idle_depth(segments: Iterable[Segment | None]) -> Iterator[Segment | None]:
    """Drop the ``**`` that change nothing, because what is named stands for all below it."""
    kept: list[Segment | None] = []
    for segment in segments:
        if segment is not STAR or not kept or kept[-1] is not STAR:
            kept.append(segment)
    if kept[-1] is STAR:
        kept[-1] = ANY_NAME
    if len(kept) > 1 and kept[-1] is ANY_NAME and kept[-2] is STAR:
        del kept[-2]
    yield from kept


def _refused(pattern: str, rule: str, cure: str) -> PatternError:
    return PatternError(f"pattern {shortened_pattern(pattern)}", rule, cure)


def shortened_pattern(pattern: str) -> str:
    """Return a pattern as one printable word that does not grow without bound."""
    return repr(pattern if len(pattern) <= 80 else f"{pattern[:77]}...")
