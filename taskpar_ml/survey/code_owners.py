"""Who answers for which files: CODEOWNERS of GitHub and GitLab."""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from taskpar_ml.errors import PatternError
from taskpar_ml.repo.globs import PathIndex, matches, parsed

PLACES: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where the file may lie; the first one counts."""

MOST_BYTES: Final = 3 << 20
"""GitHub reads no larger file."""
_MOST_LINE: Final = 1_000
_MOST_RULES: Final = 2_000
_MOST_VISITS: Final = 4_000_000
"""Paths that all rules together are held against; about two seconds."""

_WORD: Final = re.compile(r"(?:\\.|[^\s\\])+")
_SECTION: Final = re.compile(r"\^?\[[^\]\n]+\](?:\[\d+\])?(?P<owners>.*)")
_SPECIAL: Final = re.compile(r"(?<!\\)([\[\]{},])")
_EVERYTHING: Final = frozenset({"**/*", "**/**", "./**"})
_MOST_OF_ALL: Final = 0.5
"""Who owns more than this share of all files answers for the system, not for a part of it."""


class OwnerRule(NamedTuple):
    """One line of a file of code owners.

    Attributes
    ----------
    glob
        The files, anchored at the root of the repository.
    names
        How many names a path consists of where only the files of one directory are meant, those
        below it left out; else None.
    owners
        As written, sorted; empty where nobody owns the files.
    """

    glob: str
    names: int | None
    owners: tuple[str, ...]

    def fits(self, path: str) -> bool:
        """Whether the rule speaks of a path."""
        return (self.names is None or path.count("/") + 1 == self.names) and matches(
            self.glob, path
        )


Section = tuple[OwnerRule, ...]
"""Rules of which the last that fits decides."""


def owner_sections(text: str) -> tuple[Section, ...]:
    """Return the rules of a file, section by section; GitHub has one section without a name.

    Lines that are too long, or whose pattern cannot be read, are left out, and rules after the
    2,000th.

    Notes
    -----
    Source: GitHub, "About code owners"; GitLab, "Code Owners syntax and error handling". Of a
    section of GitLab only the rules and the owners of its head are read, not whether its approval
    is needed.

    Examples
    --------
    >>> [rule] = owner_sections("docs/* @writers")[0]
    >>> rule.fits("docs/a.md"), rule.fits("docs/api/a.md")
    (True, False)
    """
    sections: list[list[OwnerRule]] = [[]]
    defaults: tuple[str, ...] = ()
    left = _MOST_RULES
    for line in text.removeprefix("\ufeff").splitlines():
        if not left:
            break
        if len(line) > _MOST_LINE or not line.strip():
            continue
        head = _SECTION.fullmatch(line.strip())
        if head is not None:
            defaults = _owners(_words(head["owners"]))
            sections.append([])
            continue
        words = list(_words(line))
        rule = _rule(words[0], _owners(words[1:]) or defaults) if words else None
        if rule is not None:
            sections[-1].append(rule)
            left -= 1
    return tuple(tuple(section) for section in sections if section)


def _words(line: str) -> Iterator[str]:
    """Yield the words before a comment; a space after a backslash belongs to its word."""
    for found in _WORD.finditer(line):
        if found[0].startswith("#"):
            return
        yield found[0]


def _owners(words: Sequence[str] | Iterator[str]) -> tuple[str, ...]:
    return tuple(sorted({word for word in words if "@" in word}))


def _rule(pattern: str, owners: tuple[str, ...]) -> OwnerRule | None:
    """Return a rule; None if its pattern cannot be read or is one that takes files away."""
    anchored = "/" in pattern.rstrip("/")
    glob = _SPECIAL.sub(r"\\\1", pattern.strip("/"))
    if not glob or pattern.startswith("!"):
        return None
    is_flat = anchored and glob.endswith("/*") and "**" not in glob
    rule = OwnerRule(
        f"./{glob}" if anchored else f"**/{glob}", glob.count("/") + 1 if is_flat else None, owners
    )
    try:
        parsed(rule.glob)
    except PatternError:
        return None
    return rule


class CodeOwners:
    r"""Contexts by owners: files with the same owners are one context, named after them.

    Whoever owns more than half of all files, or what no other rule speaks of, is left out of every
    name: that is the system as a whole.

    Parameters
    ----------
    sections
        The rules. Where they could name more files than can be looked at in seconds, the last ones
        are left out: of 2,000 rules that name files in any directory, beyond 2,000 files.
    paths
        Every file of the repository.

    Examples
    --------
    >>> paths = PathIndex(["a/1.py", "b/1.py", "b/2.py", "setup.py"])
    >>> owners = CodeOwners(owner_sections("* @all\n/a/ @all @ada\n/b @bob"), paths)
    >>> owners.of("a/1.py"), owners.of("b/3.py"), owners.of("setup.py")
    ('@ada', '@bob', None)
    """

    def __init__(self, sections: Sequence[Section], paths: PathIndex) -> None:
        self._sections = tuple(_affordable(sections, paths))
        last: list[dict[str, tuple[str, ...]]] = [{} for _ in self._sections]
        for section, known in zip(self._sections, last, strict=True):
            for rule in section:
                for row in paths.matching(rule.glob):
                    path = paths.paths[row]
                    if rule.names is None or path.count("/") + 1 == rule.names:
                        known[path] = rule.owners
        self._known: dict[str, frozenset[str]] = {}
        for known in last:
            for path, owners in known.items():
                self._known[path] = self._known.get(path, frozenset()).union(owners)
        self._all_paths = paths
        counted = Counter(owner for owners in self._known.values() for owner in owners)
        self._everywhere = {
            owner for owner, count in counted.items() if count > _MOST_OF_ALL * len(paths)
        }
        for rule in chain.from_iterable(self._sections):
            if rule.glob in _EVERYTHING:
                self._everywhere.update(rule.owners)

    @classmethod
    def read(cls, paths: PathIndex, read: Callable[[str, int], bytes | None]) -> CodeOwners:
        """Read the file where it lies; without one nobody owns anything."""
        place = next((place for place in PLACES if place in paths), None)
        raw = None if place is None else read(place, MOST_BYTES + 1)
        if raw is None or len(raw) > MOST_BYTES:
            return cls((), paths)
        return cls(owner_sections(raw.decode("utf-8", "replace")), paths)

    def owners(self, path: str) -> frozenset[str]:
        """Return who owns a path, also of a file that is not there yet."""
        if path in self._all_paths:
            return self._known.get(path, frozenset())
        found: set[str] = set()
        for section in self._sections:
            rule = next((rule for rule in reversed(section) if rule.fits(path)), None)
            found.update(() if rule is None else rule.owners)
        return frozenset(found)

    def of(self, path: str) -> str | None:
        """Return the context of a path, None where nobody in particular owns it."""
        return " ".join(sorted(self.owners(path) - self._everywhere)) or None


def _affordable(sections: Sequence[Section], paths: PathIndex) -> Iterator[Section]:
    """Yield the rules that can be held against all paths that begin as they ask for."""
    left = _MOST_VISITS
    for section in sections:
        kept = []
        for rule in section:
            left -= sum(_beginning(paths.paths, each.head) for each in parsed(rule.glob).branches)
            if left < 0:
                break
            kept.append(rule)
        yield tuple(kept)


def _beginning(paths: Sequence[str], head: str) -> int:
    """Return how many sorted paths begin so."""
    return bisect_left(paths, head + chr(sys.maxunicode)) - bisect_left(paths, head)
