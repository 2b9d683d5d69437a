"""Settings: ``taskpar.toml`` and ``TASKPAR_*``, checked and with their defaults.

Settings only: nothing in the file is ever executed, since it may come with a repository that
somebody else wrote.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from taskpar_ml.domain.task import PathPatterns, Texts
from taskpar_ml.errors import SettingsError
from taskpar_ml.policy.categories import DEFAULT_SIGNS, Category, CategorySigns

SETTINGS_FILE: Final = "taskpar.toml"
_LARGEST_FILE: Final = 1 << 20


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
    paths: PathPatterns = ()
    """Whoever is believed to write such a file holds the lock."""
    resources: Texts = ()
    """Whoever names such a resource (``port 8080``, ``service billing``) holds the lock."""
    labels: Texts = ()
    """Whoever carries such a label holds the lock."""


class PlanSettings(_Section):
    """Limits of a plan."""

    workers: Annotated[int, Field(ge=1, le=10_000)] = 4
    """Most tasks that run at the same time."""
    threshold: Annotated[float, Field(gt=0, le=2, allow_inf_nan=False)] = 0.3
    """Pairs whose risk reaches it do not run together; 0.3 is the fixed weights' own."""
    estimator: Literal["fixed-weights", "always", "never"] = "fixed-weights"
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
    contexts: Mapping[str, PathPatterns] = Field(default_factory=dict)
    locks: tuple[Lock, ...] = ()

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
        if candidate.is_file():
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
    content: dict[str, Any] = {}
    if path:
        try:
            raw = path.read_bytes()
            if len(raw) > _LARGEST_FILE:
                raise SettingsError(str(path), "the file is larger than 1 MiB.", "Shorten it.")
            content = tomllib.loads(raw.decode())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise SettingsError(str(path), f"not valid TOML: {error}.", "Mend it.") from None
        except OSError as error:
            raise SettingsError(str(path), f"{error.strerror}.", "Make it readable.") from None
    try:
        return Settings(**content)
    except ValidationError as error:
        place = str(path) if path else "TASKPAR_*"
        raise SettingsError(place, *_first_problem(error, content)) from None
    except ValueError as error:  # pydantic-settings: a complex variable that is not JSON
        raise SettingsError("TASKPAR_*", f"{error}.", "Give JSON, or a single value.") from None


def _first_problem(error: ValidationError, content: Mapping[str, Any]) -> tuple[str, str]:
    """Say what is wrong with the first faulty setting, and what would be right."""
    first = error.errors(include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = sorted(set(_names(Settings)))
        close = difflib.get_close_matches(name, known, n=1) or difflib.get_close_matches(
            str(first["loc"][-1]), known, n=1, cutoff=0.5
        )
        cure = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(known)}."
        return f"setting {name!r} is unknown.", cure
    received = first["input"]
    return f"{name}: {first['msg']}. Got {received!r}.", "See the comments of `taskpar init`."


def _names(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Yield the dotted names of all settings."""
    for name, info in model.model_fields.items():
        yield prefix + name
        annotation = info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from _names(annotation, f"{prefix}{name}.")
