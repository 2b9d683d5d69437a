"""The rules that recognise automation by name, and what can be set about them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from taskpar_ml.domain.task import Texts


class AutomationRule(StrEnum):
    """What a landing may be instead of a task, in the order in which the rules are asked."""

    CONFIGURED = "configured"
    """An author or a title that the settings name."""
    BRANCH_MERGE = "branch-merge"
    """A main line or a stable branch is merged: the work landed elsewhere before."""
    BACKPORT = "backport"
    """Work that landed elsewhere is repeated."""
    TRANSLATIONS = "translations"
    """A service brings translations, or only catalogues of translations change."""
    DEPENDENCIES = "dependencies"
    """A service raises versions of dependencies, or only files that hold such versions change."""
    RELEASE = "release"
    """A version is released or opened, or only changelogs and version files change."""
    GENERATED = "generated"
    """A list of plugins, contributors or years is brought up to date."""
    BOT = "bot"
    """Another service did it. Coding agents are no services: what they do is work."""
    VENDORED = "vendored"
    """Nine in ten changed files are copies of code from elsewhere."""
    NO_CHANGE = "no-change"
    """Nothing changed."""
    LARGE = "large-change"
    """More files changed than a task would change."""


class AutomationSettings(BaseModel):
    """Which landings of the past are automation and therefore no tasks."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    rules: Mapping[AutomationRule, bool] = Field(default_factory=dict)
    """Rules to be switched off or on; all are on by default."""
    authors: Texts = ()
    """Further authors whose landings are automation: names or addresses, * for anything."""
    titles: Texts = ()
    """Further titles of automation, * for anything."""
    large: Annotated[int, Field(ge=1, le=200)] = 60
    """Most files that a task changes. Of larger changes not all files are known."""
