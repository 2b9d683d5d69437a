"""Whether a changed file may hold resources, told from its words alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from posixpath import dirname
from typing import Final

from taskpar_ml.detectors.github_jobs import GithubJobs
from taskpar_ml.detectors.go_frameworks import frameworks_in
from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.history.items.asides import is_aside
from taskpar_ml.history.items.module_names import GO, PYTHON, SCRIPT, family_of
from taskpar_ml.repo.line_spans import changed_spans

_STEP_OF_PYTHON: Final = re.compile(rb"\bMigration\s*[,)#]")
_STEP_OF_SCRIPT: Final = (b"schema", b"queryInterface", b"queryRunner", b"MigrationInterface")
"""What code must hold to be a step of a schema."""
_JOB: Final = re.compile(
    rb"^ {0,8}[\"']?[\w.-]+[\"']?:[ \t]*(?:#.*)?\r?$|:[ \t]*[{&*]|^\t|\.ya?ml", re.MULTILINE
)
"""The key of a job, what stands for one, or the workflow to which a job is bound."""
_JOBS: Final = GithubJobs()
"""Reads files that hold nothing which others in their directory could hold, too."""
_REGISTERS: Final = {
    PYTHON: re.compile(
        rb"@[^\n]*\b(?:get|post|put|patch|delete|head|options|trace|(?:api_|websocket_)?route"
        rb"|websocket|view)\b"
        rb"|\badd_(?:url_rule|(?:api_)?(?:websocket_)?route|get|post|put|patch|delete|head|options"
        rb"|trace|\w*resource)\b"
        rb"|(?:MethodView|Resource|HTTPEndpoint)\b"
    ),
    SCRIPT: re.compile(
        rb"\.(?:get|post|put|patch|delete|head|options|trace|del|all|use|route|register|prefix)\("
    ),
}
"""What registers routes: decorators, calls and bases of classes."""


def scope_of(path: str) -> str:
    """Return within what the things of a file are told apart: its directory, or itself.

    Examples
    --------
    >>> scope_of("api/routes.py"), scope_of("web/package.json")
    ('api', 'web/package.json')
    """
    is_shared = language_of(path) is not None or path.endswith((".yaml", ".yml"))
    return dirname(path) if is_shared and not _JOBS.reads(path) else path


def may_be_step(path: str) -> bool:
    """Whether steps of a schema are written in files like one."""
    return language_of(path) is not None or path.endswith(".sql")


def holds_step(path: str, text: bytes) -> bool:
    """Whether a file may be a step of a schema."""
    language = language_of(path)
    if language is None:
        return bool(text)
    if language == Language.PYTHON:
        # Looking for a word is many times as fast as for a pattern.
        return b"down_revision" in text or (
            b"Migration" in text and _STEP_OF_PYTHON.search(text) is not None
        )
    return family_of(path) == SCRIPT and any(word in text for word in _STEP_OF_SCRIPT)


def may_decide(path: str, texts: tuple[bytes, bytes]) -> bool:
    """Whether a changed file may decide about what exists once.

    Code has routes; tests and examples have them, too, each for itself.
    """
    if language_of(path) is not None:
        # Any line may be part of a route: its method, or a name that its path is made of.
        return not is_aside(path) and any(_may_have_routes(path, text) for text in texts)
    return not _JOBS.reads(path) or _is_in_changed_lines(_JOB, texts)


def _may_have_routes(path: str, text: bytes) -> bool:
    family = family_of(path)
    if family == GO:
        return bool(frameworks_in(text))
    pattern = _REGISTERS.get(family or "")
    return pattern is not None and pattern.search(text) is not None


def _is_in_changed_lines(pattern: re.Pattern[bytes], texts: tuple[bytes, bytes]) -> bool:
    sides = [text.split(b"\n") for text in texts]
    return any(
        pattern.search(b"\n".join(lines[slice(*span)])) is not None
        for hunk in changed_spans(*texts)
        for lines, span in zip(sides, hunk, strict=True)
    )


def may_collide(earlier: Sequence[str], later: Sequence[str]) -> bool:
    """Whether files that two tasks change may decide about the same thing.

    A route collides with one of another file only, and code holds nothing else that could.
    """
    paths = {*earlier, *later}
    return bool(earlier and later) and (
        len(paths) > 1 or any(language_of(path) is None for path in paths)
    )
