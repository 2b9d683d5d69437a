"""The categories of work, and what may give one away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict

from taskpar_ml.domain.task import PathPatterns, Task, Texts
from taskpar_ml.errors import PatternError
from taskpar_ml.repo.globs import matches, parsed


class Category(StrEnum):
    """A kind of work, by what the finished task changes or is about."""

    DOCUMENTATION = "documentation"
    """Nothing but text for people; tests may come along."""
    TESTS = "tests"
    """Nothing but tests and what only they use; documentation may come along."""
    FRONTEND = "frontend"
    """What a browser shows or runs."""
    BACKEND = "backend"
    """Program code that runs elsewhere."""
    INFRASTRUCTURE = "infrastructure"
    """How the project is built, checked, packaged, released or run."""
    SCHEMA = "schema"
    """The shape of stored data."""
    CORE = "core-architecture"
    """Borders between parts of the system, and mechanisms that most of it passes through."""
    API = "api-contract"
    """What others already build on."""
    SECURITY = "security"
    """Who may do what, secrets, encryption, vulnerabilities."""
    DEPENDENCIES = "dependencies"
    """What the project depends on, and in which versions."""
    REFACTORING = "refactoring"
    """The form of code, while what it does stays as it is."""


def _readable(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse globs that no path could be held against, where they are written."""
    for pattern in patterns:
        try:
            parsed(pattern)
        except PatternError as error:
            raise ValueError(str(error)) from None
    return patterns


Globs = Annotated[PathPatterns, AfterValidator(_readable)]
"""Globs of a settings file, checked when it is read."""

_PREFIX: Final = re.compile(
    r"\s*(?:\[(?P<tag>[^\]:]{1,40})\]"
    r"|(?P<type>[\w*./-]{1,60}(?:,\s?[\w*./-]{1,60}){0,5})(?:\((?P<scope>[^()]{1,60})\))?!?:(?=\s))"
)
"""What a title begins with: ``[docs]``, ``docs:``, ``fix(docs)!:``, ``tests/e2e:``."""
_PREFIX_PART: Final = re.compile(r"[\w.-]+")


class CategorySigns(BaseModel):
    """What gives a category away.

    ``labels`` are compared whole. ``prefixes`` are looked for before the first colon of the title
    or in brackets at its start: ``docs`` stands in ``docs:``, ``fix(docs):``, ``[docs]`` and
    ``docs/api:``. ``words`` are searched in the title, ``phrases`` in the whole text (both as
    whole words, ``*`` for any letters), but not inside of what ``unless`` finds. ``paths`` are
    globs of files written. Case does not count.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    labels: Texts = ()
    prefixes: Texts = ()
    words: Texts = ()
    phrases: Texts = ()
    unless: Texts = ()
    paths: Globs = ()

    @cached_property
    def _title(self) -> re.Pattern[str] | None:
        return _any_of(self.words + self.phrases)

    @cached_property
    def _text(self) -> re.Pattern[str] | None:
        return _any_of(self.phrases)

    @cached_property
    def _unless(self) -> re.Pattern[str] | None:
        return _any_of(self.unless)

    @cached_property
    def _prefixes(self) -> frozenset[str]:
        return frozenset(each.lower() for each in self.prefixes)

    def in_labels(self, task: Task) -> bool:
        """Whether a label of the task names the category."""
        return not {label.lower() for label in self.labels}.isdisjoint(
            label.lower() for label in task.labels
        )

    def in_prefix(self, title: str) -> bool:
        """Whether a title begins with a sign of the category and a colon, or in brackets."""
        found = _PREFIX.match(title)
        return found is not None and any(
            part.lower() in self._prefixes
            for group in found.groups()
            if group
            for part in _PREFIX_PART.findall(group)
        )

    def in_title(self, title: str) -> bool:
        """Whether a title, or a part of one, says so."""
        return self._title is not None and self._title.search(self._rest(title)) is not None

    def in_phrases(self, task: Task) -> bool:
        """Whether a phrase stands anywhere in the text."""
        return self._text is not None and self._text.search(self._rest(task.text)) is not None

    def has_path(self, path: str) -> bool:
        """Whether the path belongs to the category."""
        return any(matches(pattern, path) for pattern in self.paths)

    def _rest(self, text: str) -> str:
        """Return a text without what only looks like a sign."""
        return text if self._unless is None else self._unless.sub(" ", text)


def _any_of(words: Sequence[str]) -> re.Pattern[str] | None:
    """Compile whole words; ``*`` stands for any letters."""
    if not words:
        return None
    parts = (re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for word in words)
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


def without_prefix(title: str) -> str:
    """Return a title without what stands before its first colon, or in brackets at its start.

    Examples
    --------
    >>> without_prefix("fix(cart): Round totals")
    'Round totals'
    """
    found = _PREFIX.match(title)
    return title if found is None else title[found.end() :].lstrip()
