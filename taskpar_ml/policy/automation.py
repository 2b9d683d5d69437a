"""Which landings are automation: nobody worked on them as one works on a task.

They would inflate every number, for they are many, alike and easy to tell. Each rule looks at one
thing; the first that applies names the landing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from taskpar_ml.policy import automation_files as files
from taskpar_ml.policy import automation_signs as signs
from taskpar_ml.policy.automation_settings import AutomationRule, AutomationSettings

_NEARLY_ALL: Final = 0.9
"""Share of the changed files from which on a change counts as vendoring."""


@dataclass(frozen=True, slots=True)
class LandingSigns:
    """What the rules look at.

    Attributes
    ----------
    subject
        First line of the landing's own message, as it is.
    title
        Title of the task, cleaned.
    message
        The whole message of a landing of one commit, else empty.
    author, author_name
        E-mail address and name of who did the work.
    paths
        Changed files, old names of renamed ones included; bounded.
    changed
        How many files changed.
    """

    subject: str
    title: str
    message: str
    author: str
    author_name: str
    paths: tuple[str, ...]
    changed: int


@dataclass(frozen=True)
class AutomationRules:
    """The rules in force.

    Examples
    --------
    >>> signs = LandingSigns("Bump x", "Bump x", "", "bot@example.org", "renovate[bot]", ("a",), 1)
    >>> AutomationRules().name_of(signs)
    'dependencies'
    """

    settings: AutomationSettings = field(default_factory=AutomationSettings)

    def name_of(self, landing: LandingSigns) -> str | None:
        """Return the name of the first rule that calls a landing automation, or ``None``."""
        for rule, applies in self._rules:
            if applies(landing):
                return rule.value
        return None

    def is_large(self, changed: int) -> bool:
        """Whether so many changed files are more than a task changes, if the rule is on."""
        return self.settings.rules.get(AutomationRule.LARGE, True) and changed > self.settings.large

    @cached_property
    def _rules(self) -> tuple[tuple[AutomationRule, Callable[[LandingSigns], bool]], ...]:
        applies = {
            **_SHIPPED,
            AutomationRule.CONFIGURED: self._is_configured,
            AutomationRule.LARGE: lambda landing: self.is_large(landing.changed),
        }
        on = self.settings.rules
        return tuple((rule, applies[rule]) for rule in AutomationRule if on.get(rule, True))

    def _is_configured(self, landing: LandingSigns) -> bool:
        return _is_one_of(self.settings.authors, landing.author, landing.author_name) or _is_one_of(
            self.settings.titles, landing.title, landing.subject
        )


def _is_one_of(patterns: Sequence[str], *texts: str) -> bool:
    return any(_fits(pattern.casefold(), text.casefold()) for pattern in patterns for text in texts)


def _fits(pattern: str, text: str) -> bool:
    """Whether a text is of a pattern in which only ``*`` means more than itself; linear."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == first
    if not text.startswith(first):
        return False
    at = len(first)
    for part in rest[:-1]:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return text.endswith(rest[-1]) and at + len(rest[-1]) <= len(text)


def _is_branch_merge(landing: LandingSigns) -> bool:
    # Gerrit quotes the subject of what it merges, be that a merge itself.
    texts = (landing.subject, landing.subject.removeprefix('Merge "').rstrip('"'), landing.title)
    return signs.PULLED_STABLE.match(landing.subject) is not None or any(
        pattern.match(bare_title(text))
        for text in texts
        for pattern in (signs.MERGE_OF_BRANCH, signs.MERGE_OF_TAG, signs.MERGE_FORWARD)
    )


def _is_backport(landing: LandingSigns) -> bool:
    return (
        signs.PICKED in landing.message
        or signs.BACKPORT.match(landing.title) is not None
        or signs.BACKPORT.match(bare_title(landing.title)) is not None
        or signs.BACKPORT_NOTE.search(landing.title) is not None
    )


def _is_translation(landing: LandingSigns) -> bool:
    return (
        signs.TRANSLATION_SERVICE.match(landing.author_name) is not None
        or signs.TRANSLATION_TITLE.match(bare_title(landing.title)) is not None
        or files.all_are(landing.paths, files.TRANSLATIONS)
    )


def _is_dependency(landing: LandingSigns) -> bool:
    if signs.DEPENDENCY_SERVICE.match(landing.author_name):
        return True
    title = bare_title(landing.title)
    if signs.DEPENDENCY_TITLE.match(title) or signs.DEPENDENCY_TITLE.match(landing.title):
        return True
    raised = signs.DEPENDENCY_VERB.match(title) is not None
    if files.all_are(landing.paths, files.LOCKS):
        # A person writes into a list of requirements for other reasons too, into a lock hardly.
        return raised or not any("require" in path.lower() for path in landing.paths)
    if signs.DEPENDENCY_SCOPE.match(landing.title) and files.all_are(
        landing.paths, files.LOCKS, files.MANIFESTS, files.VENDORED, files.CHANGELOGS
    ):
        return True
    if not raised or not files.all_are(landing.paths, files.LOCKS, files.MANIFESTS, files.VENDORED):
        return False
    locked = any(files.is_any(path, files.LOCKS) for path in landing.paths)
    return locked or signs.DEPENDENCY_WORD.search(title) is not None


def _is_release(landing: LandingSigns) -> bool:
    only = (files.CHANGELOGS, files.VERSIONS)
    if files.all_are(landing.paths, *only):
        return True
    title = bare_title(landing.title)
    among = (*only, files.VERSION_HOLDERS, files.MANIFESTS, files.LOCKS)
    if signs.RELEASE_TITLE.match(title) or signs.RELEASE_TITLE.match(landing.title):
        return any(files.is_any(path, *among) for path in landing.paths)
    # One of several packages is released: "Bump tokio-uds to 0.2" with its changelog.
    return (
        signs.DEPENDENCY_VERB.match(title) is not None
        and files.all_are(landing.paths, *among)
        and any(files.is_any(path, *only) for path in landing.paths)
    )


def _is_generated(landing: LandingSigns) -> bool:
    return (
        signs.GENERATED_TITLE.match(bare_title(landing.title)) is not None
        or signs.GENERATED_TITLE.match(landing.title) is not None
        or files.all_are(landing.paths, files.CREDITS, files.LICENSES)
    )


def _is_bot(landing: LandingSigns) -> bool:
    name = landing.author_name
    return signs.SERVICE.search(name) is not None and not signs.AGENTS.match(name)


def _is_vendored(landing: LandingSigns) -> bool:
    copied = sum(files.is_any(path, files.VENDORED) for path in landing.paths)
    return bool(copied) and copied >= _NEARLY_ALL * len(landing.paths)


def _is_no_change(landing: LandingSigns) -> bool:
    return landing.changed == 0


_SHIPPED: Final[Mapping[AutomationRule, Callable[[LandingSigns], bool]]] = {
    AutomationRule.BRANCH_MERGE: _is_branch_merge,
    AutomationRule.BACKPORT: _is_backport,
    AutomationRule.TRANSLATIONS: _is_translation,
    AutomationRule.DEPENDENCIES: _is_dependency,
    AutomationRule.RELEASE: _is_release,
    AutomationRule.GENERATED: _is_generated,
    AutomationRule.BOT: _is_bot,
    AutomationRule.VENDORED: _is_vendored,
    AutomationRule.NO_CHANGE: _is_no_change,
}


@lru_cache(maxsize=16)  # several rules ask for the same few titles in a row
def bare_title(title: str) -> str:
    """Return a title without what precedes it: ``chore(deps):``, ``[CI]``, an emoji.

    Examples
    --------
    >>> bare_title("[3.x] build(deps-dev): bump rollup from 2.7.2 to 2.7.3")
    'bump rollup from 2.7.2 to 2.7.3'
    """
    for _ in range(3):
        found = signs.PREFIX.match(title)
        if found is None or found.end() == len(title):
            break
        title = title[found.end() :]
    return title
