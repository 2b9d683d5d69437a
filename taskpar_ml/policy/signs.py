"""The categories of work, and what gives them away as shipped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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

    def in_title(self, title: str) -> bool:
        """Whether a title, or a part of one, says so."""
        return self._title is not None and self._title.search(title) is not None

    def in_phrases(self, task: Task) -> bool:
        """Whether a phrase stands anywhere in the text."""
        return self._text is not None and self._text.search(task.text) is not None

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
            "alembic migration",
            "new migration",
            "column to the",
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
