"""Kinds of files that machines write or that only count: locks, versions, changelogs."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

_ANYWHERE: Final = r"(?:.*/)?"
_LONGEST: Final = 300
"""How much of a path is looked at, from its end: bounds the time that a hostile path takes."""

_GENERATED_LOCKS: Final = (
    r"package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?"
    r"|cargo\.lock|poetry\.lock|pipfile\.lock|uv\.lock|pdm\.lock|gemfile\.lock|composer\.lock"
    r"|go\.(?:sum|work\.sum)|mix\.lock|pubspec\.lock|podfile\.lock|packages\.lock\.json"
    r"|flake\.lock|gradle\.lockfile|deno\.lock|gopkg\.lock|glide\.lock|\.terraform\.lock\.hcl"
)

LOCK_FILES: Final = re.compile(_ANYWHERE + f"(?:{_GENERATED_LOCKS})", re.IGNORECASE)
"""Files that a package manager writes and can write again."""

LOCKS: Final = re.compile(
    _ANYWHERE + f"(?:{_GENERATED_LOCKS}"
    r"|go\.(?:mod|work)"
    r"|[\w.-]*(?:requirements?|constraints)[\w.-]*\.(?:txt|in|lock|pip)|(?:pip|test)-requires"
    r"|requirements/[\w./-]+\.(?:txt|in|pip))",
    re.IGNORECASE,
)
"""Files that hold versions of dependencies and nothing else."""

MANIFESTS: Final = re.compile(
    _ANYWHERE + r"(?:package\.json|pnpm-workspace\.yaml|setup\.(?:py|cfg)|pyproject\.toml|pipfile"
    r"|tox\.ini|environment\.ya?ml|cargo\.toml|gemfile|[\w.-]+\.gemspec|pom\.xml|mix\.exs"
    r"|build\.gradle(?:\.kts)?|libs\.versions\.toml|composer\.json|[\w.-]+\.csproj|gopkg\.toml"
    r"|\.pre-commit-config\.yaml|(?:[\w.-]+\.)?(?:docker|container)file[\w.-]*|\.travis\.yml"
    r"|\.gitlab-ci\.yml|\.circleci/[\w.-]+|\.cirrus\.yml|\.github/(?:workflows|actions)/[\w./-]+\.ya?ml"
    r"|azure-pipelines\.yml|appveyor\.yml|\.tool-versions|\.(?:go|node|ruby|python)-version)",
    re.IGNORECASE,
)
"""Files that hold versions of dependencies among other things."""

VENDORED: Final = re.compile(
    _ANYWHERE + r"(?:_?vendor(?:ed)?|third[_-]?party|node_modules|godeps|bower_components)/.*",
    re.IGNORECASE,
)
"""Directories of code from elsewhere."""

TRANSLATIONS: Final = re.compile(r".*\.(?:po|pot|mo|xlf|xliff)$", re.IGNORECASE)
"""Catalogues of translations."""

CHANGELOGS: Final = re.compile(
    _ANYWHERE + r"(?:(?:change-?log|changes|history|news|release[_-]?notes|releases)"
    r"(?:[._-]?v?\d[\w.-]*)?(?:\.(?:md|rst|txt|adoc|org|markdown))?"
    r"|(?:change-?logs?|changes|newsfragments|release[_-]?notes|relnotes|changelog\.d"
    r"|\.changes?|\.changeset)"
    r"/(?:[\w.+-]+/){0,3}[\w.+-]+\.(?:md|rst|txt|adoc|ya?ml|toml|feature|bugfix|doc|removal|misc"
    r"|breaking|deprecation|packaging|contrib|improvement|trivial|change))",
    re.IGNORECASE,
)
"""Changelogs, whole or one fragment per change."""

VERSIONS: Final = re.compile(
    _ANYWHERE + r"(?:version(?:\.\w{1,5})?|_?_?version_?_?\.\w{1,5}"
    r"|\.release-please-manifest\.json|lerna\.json)",
    re.IGNORECASE,
)
"""Files that hold the version of the project and nothing else."""

VERSION_HOLDERS: Final = re.compile(
    _ANYWHERE + r"(?:__init__\.py|__about__\.py|readme[\w.-]*|lib\.rs|conf\.py|antora\.yml"
    r"|\.?bumpversion\.cfg"
    r"|[\w.-]*version[\w.-]*|meson\.build|configure\.ac|cmakelists\.txt|chart\.yaml"
    r"|\.gitreview|mkdocs\.yml|metadata\.json|manifest\.json)",
    re.IGNORECASE,
)
"""Files that hold the version of the project among other things."""

CREDITS: Final = re.compile(
    _ANYWHERE + r"(?:authors|contributors|backers|sponsors|thanks)"
    r"(?:\.\w{1,5})?$|(?:.*/)?\.(?:mailmap|all-contributorsrc)$",
    re.IGNORECASE,
)
"""Lists of people."""

LICENSES: Final = re.compile(
    _ANYWHERE + r"(?:licen[sc]e|copying|copyright|notice)[\w-]*(?:\.(?:txt|md|rst))?", re.IGNORECASE
)
"""Licence texts: what changes in them is the year."""


def all_are(paths: Collection[str], *kinds: re.Pattern[str]) -> bool:
    """Whether there are paths, and each is of one of the kinds."""
    return bool(paths) and all(is_any(path, *kinds) for path in paths)


def is_any(path: str, *kinds: re.Pattern[str]) -> bool:
    """Whether a path is of one of the kinds."""
    end = path[-_LONGEST:]
    return any(kind.fullmatch(end) for kind in kinds)
