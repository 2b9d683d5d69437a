"""What kind of work a task is: the categories that rules speak of.

A category is recognised by the tracker's labels, by the words of the title, by phrases anywhere
in the text, and by the paths that the task is believed to write. Several may apply.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict

from taskpar_ml.domain.task import PathPatterns, Task, Texts
from taskpar_ml.errors import PatternError
from taskpar_ml.repo.globs import matches, parsed


class Category(StrEnum):
    """A kind of work."""

    DOCUMENTATION = "documentation"
    TESTS = "tests"
    FRONTEND = "frontend"
    BACKEND = "backend"
    INFRASTRUCTURE = "infrastructure"
    SCHEMA = "schema"
    CORE = "core-architecture"
    API = "api-contract"
    SECURITY = "security"


LAYERS: Final = (Category.FRONTEND, Category.BACKEND, Category.INFRASTRUCTURE)
"""Architectural layers: two tasks that stay in different ones rarely meet."""

_NARROW: Final = frozenset({Category.DOCUMENTATION, Category.TESTS, *LAYERS})
"""Categories that say where *all* of a task lies; the others say that *some* of it lies there."""

_ABOUT: Final = frozenset({Category.DOCUMENTATION, Category.TESTS})
"""A text about documenting or testing something does not make the task a change of it."""


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


_OBJECT_END: Final = re.compile(
    r"\b(?:about|by|for|from|in|into|of|on|so|that|to|via|when|with)\b", re.IGNORECASE
)
"""Where a title has said what is done, and goes on to say where, what for, or with what."""
_CONJUNCTION: Final = re.compile(r"[,;&+]|\b(?:and|plus)\b", re.IGNORECASE)


class CategorySigns(BaseModel):
    """What gives a category away.

    ``labels`` are compared whole, ``words`` are searched in the title, ``phrases`` in the whole
    text (both as whole words, in any case), ``paths`` are globs of files written.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    labels: Texts = ()
    words: Texts = ()
    phrases: Texts = ()
    paths: Globs = ()

    @cached_property
    def _title(self) -> re.Pattern[str] | None:
        return _any_of(self.words + self.phrases)

    @cached_property
    def _text(self) -> re.Pattern[str] | None:
        return _any_of(self.phrases)

    def in_labels(self, task: Task) -> bool:
        """Whether a label of the task names the category."""
        return not {label.lower() for label in self.labels}.isdisjoint(
            label.lower() for label in task.labels
        )

    def in_text(self, task: Task) -> bool:
        """Whether the title or the text says so."""
        return bool(
            (self._title and self._title.search(task.title))
            or (self._text and self._text.search(task.text))
        )

    def in_whole_title(self, task: Task) -> bool:
        """Whether everything that the title says is done bears a sign.

        Examples
        --------
        >>> signs = CategorySigns(words=["tests", "docs"])
        >>> [
        ...     signs.in_whole_title(Task(id="1", title=title))
        ...     for title in ("Add tests and docs for a login", "Add a login and its tests")
        ... ]
        [True, False]
        """
        done = _OBJECT_END.split(task.title, maxsplit=1)[0]
        return self._title is not None and all(
            self._title.search(part) for part in _CONJUNCTION.split(done)
        )

    def has_path(self, path: str) -> bool:
        """Whether the path belongs to the category."""
        return any(matches(pattern, path) for pattern in self.paths)


def _any_of(words: Sequence[str]) -> re.Pattern[str] | None:
    """Compile whole words; a trailing ``*`` stands for any ending."""
    if not words:
        return None
    parts = (re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for word in words)
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


DEFAULT_SIGNS: Final[Mapping[Category, CategorySigns]] = {
    Category.DOCUMENTATION: CategorySigns(
        labels=("documentation", "docs", "doc"),
        words=(
            "docs",
            "documentation",
            "document the",
            "document how",
            "document all",
            "readme",
            "docstring*",
            "tutorial",
            "a guide",
            "the guide",
            "user guide",
        ),
        paths=("docs/**", "doc/**", "**/*.md", "**/*.rst", "**/*.adoc", "**/README*"),
    ),
    Category.TESTS: CategorySigns(
        labels=("tests", "test", "testing"),
        words=(
            "tests",
            "test the",
            "test:",
            "test(*):",
            "test coverage",
            "test case*",
            "test suite",
            "unit test",
            "integration test",
            "regression test",
            "e2e test",
            "flaky test",
        ),
        paths=(
            "tests/**",
            "test/**",
            "**/tests/**",
            "**/__tests__/**",
            "**/test_*.py",
            "**/*_test.go",
            "**/*_test.py",
            "**/*.{test,spec}.{js,jsx,ts,tsx}",
            "spec/**",
        ),
    ),
    Category.FRONTEND: CategorySigns(
        labels=("frontend", "front-end", "ui", "ux"),
        words=("frontend", "front-end", "ui", "css", "stylesheet", "page layout", "react", "vue"),
        paths=(
            "frontend/**",
            "client/**",
            "web/**",
            "ui/**",
            "**/components/**",
            "**/pages/**",
            "**/*.{css,scss,less,vue,svelte,jsx,tsx,html}",
        ),
    ),
    Category.BACKEND: CategorySigns(
        labels=("backend", "back-end", "server"),
        words=("backend", "back-end", "server-side", "endpoint", "worker queue"),
        paths=("backend/**", "server/**", "**/*.{py,go,rb,java,kt,rs,php,cs,ex,exs,sql}"),
    ),
    Category.INFRASTRUCTURE: CategorySigns(
        labels=("infrastructure", "infra", "devops", "ci", "deployment"),
        words=("ci", "pipeline", "deployment", "dockerfile", "kubernetes", "terraform", "helm"),
        paths=(
            ".github/**",
            ".gitlab-ci.yml",
            ".circleci/**",
            "**/Dockerfile*",
            "**/*.tf",
            "**/docker-compose*.{yml,yaml}",
            "deploy/**",
            "infra/**",
            "k8s/**",
            "helm/**",
        ),
    ),
    Category.SCHEMA: CategorySigns(
        labels=("schema", "migration", "migrations", "database"),
        words=("database schema", "schema", "migration", "migrations", "migrate the database"),
        phrases=(
            "create table",
            "alter table",
            "drop table",
            "add column",
            "drop column",
            "rename column",
            "database migration",
            "schema migration",
            "database schema",
            "schema change*",
            "alembic revision",
        ),
        paths=(
            "**/migrations/**",
            "**/migrate/**",
            "**/alembic/versions/**",
            "**/schema.sql",
            "**/schema.rb",
            "**/*.prisma",
            "db/schema/**",
        ),
    ),
    Category.CORE: CategorySigns(
        labels=("architecture", "core", "breaking-change", "breaking change"),
        words=(
            "architecture",
            "re-architect",
            "rearchitect",
            "core framework",
            "core architecture",
            "project structure",
            "dependency injection",
            "base class*",
            "rewrite",
        ),
        phrases=("core architecture", "architectural change*", "cross-cutting change*"),
    ),
    Category.API: CategorySigns(
        labels=("api", "api-contract", "contract", "breaking-api"),
        words=(
            "api contract",
            "public api",
            "openapi",
            "api schema",
            "api version*",
            "graphql schema",
        ),
        phrases=("api contract", "openapi spec*", "breaking api change*", "public api change*"),
        paths=(
            "**/openapi*.{json,yaml,yml}",
            "**/swagger*.{json,yaml,yml}",
            "**/*.proto",
            "**/*.graphql",
            "**/*.graphqls",
            "**/*.avsc",
        ),
    ),
    Category.SECURITY: CategorySigns(
        labels=("security", "auth", "authentication", "authorization"),
        words=(
            "auth",
            "authentication",
            "authorization",
            "authorisation",
            "oauth",
            "oauth2",
            "jwt",
            "login",
            "password*",
            "security",
            "permission*",
            "session token*",
            "encryption",
        ),
        phrases=("security fix", "access control", "csrf", "privilege escalation"),
        paths=(
            "**/auth/**",
            "**/auth.*",
            "**/authentication/**",
            "**/authorization/**",
            "**/security/**",
            "**/permissions/**",
            "**/permissions.*",
        ),
    ),
}
"""Signs of every category as shipped; ``[categories]`` of ``taskpar.toml`` replaces single ones."""


def categories_of(
    task: Task,
    paths: Sequence[str],
    *,
    signs: Mapping[Category, CategorySigns] = DEFAULT_SIGNS,
    has_path: Callable[[Category, str], bool] | None = None,
) -> frozenset[Category]:
    """Return the categories of one task.

    Parameters
    ----------
    task
        Its labels and texts are read.
    paths
        Files that the task is believed to write; may be empty.
    signs
        What gives each category away.
    has_path
        Answers whether a path bears a category; given by callers that remember answers.

    Notes
    -----
    Where files are known they decide about documentation, tests and layers, and all of them must
    agree: a task titled "document the API" that also writes code is no documentation task. Where
    no file is known, a task is one of documentation or tests only if its title speaks of nothing
    else: "add a login with tests" is neither.

    Examples
    --------
    >>> sorted(categories_of(Task(id="1", title="Add a login page", labels=["frontend"]), []))
    [<Category.FRONTEND: 'frontend'>, <Category.SECURITY: 'security'>]
    """
    bears = has_path or (lambda category, path: signs[category].has_path(path))
    found = set()
    for category in _NARROW & signs.keys():
        by_paths = all(bears(category, path) for path in paths)
        in_text = signs[category].in_whole_title if category in _ABOUT else signs[category].in_text
        by_words = signs[category].in_labels(task) or in_text(task)
        if by_paths if paths else by_words:
            found.add(category)
    about_only = bool(found & _ABOUT)
    for category in signs.keys() - _NARROW:
        by_words = signs[category].in_labels(task) or (
            not about_only and signs[category].in_text(task)
        )
        if by_words or any(bears(category, path) for path in paths):
            found.add(category)
    return frozenset(found)
