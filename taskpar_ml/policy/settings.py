"""Settings: ``taskpar.toml`` and ``TASKPAR_*``, checked and with their defaults.

Settings only: nothing in the file is ever executed, since it may come with a repository that
somebody else wrote.
"""

from __future__ import annotations

import difflib
import os
import reprlib
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from taskpar_ml.domain.task import Texts
from taskpar_ml.domain.watching import Watching
from taskpar_ml.errors import SettingsError
from taskpar_ml.policy.automation_settings import AutomationRule, AutomationSettings
from taskpar_ml.policy.label_settings import LabelSettings, TrivialFiles
from taskpar_ml.policy.shipped_signs import DEFAULT_SIGNS
from taskpar_ml.policy.signs import Category, CategorySigns, Globs

SETTINGS_FILE: Final = "taskpar.toml"
_LARGEST_FILE: Final = 1 << 16
"""Bounds the time of the TOML parser, which grows with the square of a dotted key's length."""
_SHOWN: Final = reprlib.Repr()
"""Shortens values for messages: a file may hold anything."""
_SHOWN.maxstring = 80


class Scope(StrEnum):
    """How far a never-rule reaches."""

    SAME_CATEGORY = "same-category"
    """Two tasks of the category never run together."""
    SAME_CONTEXT = "same-context"
    """Two tasks of the category never run together inside one bounded context."""
    ALONE = "alone"
    """A task of the category runs with nobody."""
    OFF = "off"


class SafeRule(StrEnum):
    """Patterns known to be safe: they speak for a pair of which nothing else is known."""

    DOCUMENTATION = "documentation"
    TESTS = "tests"
    DIFFERENT_LAYERS = "different-layers"
    DIFFERENT_CONTEXTS = "different-contexts"
    NO_SHARED_CODE = "no-shared-code"
    MARKED_PARALLEL = "marked-parallel"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Lock(_Section):
    """Something that one task at a time may hold."""

    name: Annotated[str, Field(min_length=1)]
    """How plans call it."""
    paths: Globs = ()
    """Whoever is believed to write such a file holds the lock."""
    resources: Texts = ()
    """Whoever names such a resource (``port 8080``, ``service billing``) holds the lock."""
    labels: Texts = ()
    """Whoever carries such a label holds the lock."""


def _named_apart(locks: tuple[Lock, ...]) -> tuple[Lock, ...]:
    """Refuse two locks of one name: plans could not say which of them they mean."""
    for name, count in Counter(lock.name for lock in locks).items():
        if count > 1:
            raise ValueError(f"{count} locks are named {name!r}. Join them, or rename one")
    return locks


class PlanSettings(_Section):
    """Limits of a plan."""

    workers: Annotated[int, Field(ge=1, le=10_000)] = 4
    """Most tasks that run at the same time."""
    threshold: Annotated[
        Annotated[float, Field(gt=0, le=2, allow_inf_nan=False)] | None,
        BeforeValidator(lambda value: None if value == "auto" else value),
    ] = None
    """Pairs whose risk reaches it do not run together, and no task starts whose risks beside those
    that run come to as much; that of the estimator if None, ``auto``."""
    budget: Annotated[
        Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)] | None,
        BeforeValidator(lambda value: None if value == "none" else value),
    ] = None
    """Hits that are expected of a plan at most; None for no limit but what they cost."""
    watch: Watching = Watching.NEVER
    """How running tasks are watched by whoever runs them."""
    estimator: Literal["learned", "fixed-weights", "always", "never"] = "learned"
    """Who estimates the risk of a pair."""


_DEFAULT_NEVER: Final = {
    Category.SCHEMA: Scope.SAME_CATEGORY,
    Category.CORE: Scope.SAME_CATEGORY,
    Category.API: Scope.SAME_CATEGORY,
    Category.SECURITY: Scope.SAME_CATEGORY,
}


class RuleSettings(_Section):
    """Which rules hold. A forbidding rule beats every estimate; a permitting one beats none."""

    never: Mapping[Category, Scope] = Field(default_factory=dict)
    """Scope of the never-rule of a category; unnamed ones keep their default."""
    safe: Mapping[SafeRule, bool] = Field(default_factory=dict)
    """Safe patterns to be switched off or on; all are on by default."""
    declared: bool = True
    """Whether tasks whose declared paths overlap are kept apart."""
    suggested: bool = True
    """Whether orders that the texts suggest are followed."""
    meeting: Annotated[float, Field(gt=0, le=1)] | None = 0.5
    """P(both tasks write one item) from which on they stay apart, whatever their score."""
    contexts_by_imports: bool = False
    """Whether contexts follow imports, too; a first plan then reads every source."""

    @classmethod
    def none(cls) -> Self:
        """Return settings under which no rule holds: only tags, dependencies and risk decide."""
        return cls(
            never=dict.fromkeys(_DEFAULT_NEVER, Scope.OFF),
            safe=dict.fromkeys(SafeRule, False),
            declared=False,
            suggested=False,
            meeting=None,
        )

    def scopes(self) -> dict[Category, Scope]:
        """Return the scope in force for every category with a never-rule."""
        merged = {**_DEFAULT_NEVER, **self.never}
        return {category: scope for category, scope in merged.items() if scope != Scope.OFF}

    def is_default(self, category: Category) -> bool:
        """Whether the never-rule was left as shipped; ``parallel_safe: true`` lifts only those."""
        return category not in self.never

    def safe_rules(self) -> tuple[SafeRule, ...]:
        """Return the safe patterns in force."""
        return tuple(rule for rule in SafeRule if self.safe.get(rule, True))


class Settings(BaseSettings):
    """Everything that can be set, with its default.

    Raises
    ------
    SettingsError
        From :func:`load_settings`, never from here.
    """

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix="TASKPAR_", env_nested_delimiter="__"
    )

    plan: PlanSettings = PlanSettings()
    rules: RuleSettings = RuleSettings()
    categories: Mapping[Category, CategorySigns] = Field(default_factory=dict)
    contexts: Mapping[str, Globs] = Field(default_factory=dict)
    locks: Annotated[tuple[Lock, ...], AfterValidator(_named_apart)] = ()
    automation: AutomationSettings = AutomationSettings()
    labels: LabelSettings = LabelSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, whose content arrives as arguments."""
        return env_settings, init_settings

    def signs(self) -> dict[Category, CategorySigns]:
        """Return the signs of every category, those of the file in place of the shipped ones."""
        return {**DEFAULT_SIGNS, **self.categories}

    def with_limits(self, **limits: Any) -> Settings:
        """Return the settings with options of a command in place of ``[plan]`` settings.

        Raises
        ------
        SettingsError
            If a value is out of range.
        """
        given = {name: value for name, value in limits.items() if value is not None}
        try:
            plan = PlanSettings.model_validate({**self.plan.model_dump(), **given})
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            option = f"--{first['loc'][0]}"
            raise SettingsError(
                option, f"{first['msg']}. Got {first['input']!r}.", "See `taskpar plan --help`."
            ) from None
        return self.model_copy(update={"plan": plan})


def find_settings(start: Path) -> Path | None:
    """Return the nearest ``taskpar.toml`` at or above a directory."""
    for directory in (start, *start.parents):
        candidate = directory / SETTINGS_FILE
        if candidate.exists() or candidate.is_symlink():
            return candidate
    return None


def load_settings(start: Path | None = None) -> Settings:
    """Read the nearest settings file and the environment.

    Parameters
    ----------
    start
        Directory at which the search begins, upwards. Without it only the environment counts.

    Raises
    ------
    SettingsError
        If the file cannot be parsed, a name is unknown, or a value is out of range.
    """
    path = find_settings(start.resolve()) if start else None
    content = _content(path) if path else {}
    for name in content.keys() - Settings.model_fields.keys():
        # Before pydantic sees them: it takes names such as _env_file for orders to itself.
        raise SettingsError(str(path), *_unknown(name))
    try:
        return Settings(**content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise SettingsError(_place(first["loc"], path), *_problem(first)) from None
    except (ValueError, RecursionError) as error:  # a complex variable that is not JSON
        raise SettingsError("TASKPAR_*", f"{error}.", "Give JSON, or a single value.") from None


def _content(path: Path) -> dict[str, Any]:
    """Parse a settings file."""
    if path.exists() and not path.is_file():
        raise SettingsError(str(path), "is no regular file.", "Replace it by one, or remove it.")
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise SettingsError(str(path), f"{error.strerror}.", "Make it readable.") from None
    if len(raw) > _LARGEST_FILE:
        raise SettingsError(str(path), "the file is larger than 64 KiB.", "Shorten it.")
    try:
        return tomllib.loads(raw.decode())
    except (ValueError, RecursionError) as error:  # not UTF-8, not TOML, a number without end
        raise SettingsError(str(path), f"not valid TOML: {error}.", "Mend it.") from None


def _place(loc: tuple[int | str, ...], path: Path | None) -> str:
    """Return where a faulty setting comes from: a variable wins over the file."""
    names = {name.upper() for name in os.environ}
    for depth in range(len(loc), 0, -1):
        variable = "TASKPAR_" + "__".join(str(part) for part in loc[:depth]).upper()
        if variable in names:
            return variable
    return str(path) if path else "TASKPAR_*"


def _problem(first: ErrorDetails) -> tuple[str, str]:
    """Say what is wrong with a setting, and what would be right."""
    parts = [str(part) for part in first["loc"] if isinstance(part, str)]
    if parts[-1:] == ["[key]"]:
        return _unknown(".".join(parts[:-1]))
    if first["type"] == "extra_forbidden":
        return _unknown(".".join(parts))
    name = ".".join(str(part) for part in first["loc"])
    rule = first["msg"].removeprefix("Value error, ").removesuffix(".")
    problem = f"{name}: {rule}. Got {_SHOWN.repr(first['input'])}."
    return problem, "See the comments of `taskpar init`."


def _unknown(name: str) -> tuple[str, str]:
    """Say that there is no such setting, and which was probably meant."""
    parent, _, last = name.rpartition(".")
    known = list(_names())
    beside = [each for each in known if each.rpartition(".")[0] == parent]
    by_last = {each.rpartition(".")[2]: each for each in (*known, *beside)}
    close = [by_last[each] for each in difflib.get_close_matches(last, by_last, n=1, cutoff=0.75)]
    cure = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(beside)}."
    return f"setting {_SHOWN.repr(name)} is unknown.", cure


def _names() -> Iterator[str]:
    """Yield the dotted names of all settings; those of a list carry no position."""
    sections: dict[str, type[BaseModel]] = {
        "plan": PlanSettings,
        "rules": RuleSettings,
        "locks": Lock,
        "automation": AutomationSettings,
        "labels": LabelSettings,
    }
    for name in Settings.model_fields:
        yield name
        for field in sections[name].model_fields if name in sections else ():
            yield f"{name}.{field}"
    yield from (f"rules.safe.{rule.value}" for rule in SafeRule)
    yield from (f"automation.rules.{rule.value}" for rule in AutomationRule)
    yield from (f"labels.trivial.{each.value}" for each in TrivialFiles)
    for category in Category:
        yield f"rules.never.{category.value}"
        yield f"categories.{category.value}"
        for field in CategorySigns.model_fields:
            yield f"categories.{category.value}.{field}"
