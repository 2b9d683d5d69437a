"""What can be set about labels: which files are trivial, and what counts as a conflict."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from taskpar_ml.domain.labels import COUNTED_BY_DEFAULT, ConflictKind
from taskpar_ml.policy.signs import Globs


class TrivialFiles(StrEnum):
    """Files of which a conflict is settled without thinking."""

    CHANGELOGS = "changelogs"
    """Changelogs, whole or one fragment per change: both entries are kept."""
    LOCK_FILES = "lock-files"
    """What package managers write and can write again."""
    VERSIONS = "versions"
    """Files that hold the version of the project and nothing else."""


def _known(kinds: tuple[ConflictKind, ...]) -> tuple[ConflictKind, ...]:
    """Refuse to count what nobody knows."""
    if ConflictKind.UNKNOWN in kinds:
        raise ValueError("unknown pairs cannot count as conflicts. Leave unknown out")
    return kinds


class LabelSettings(BaseModel):
    """What makes a pair of past tasks a conflict."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    counted: Annotated[tuple[ConflictKind, ...], AfterValidator(_known)] = tuple(
        kind for kind in ConflictKind if kind in COUNTED_BY_DEFAULT
    )
    """Kinds that make a label positive."""
    trivial: Mapping[TrivialFiles, bool] = Field(default_factory=dict)
    """Kinds of trivial files to be switched off or on; all are on by default."""
    trivial_paths: Globs = ()
    """Further files of which a conflict is trivial."""
