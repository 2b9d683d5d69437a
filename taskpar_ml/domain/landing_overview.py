"""A history in numbers: what landed, what of it was work, and where."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ShapeCount(_Part):
    """How many landings came in one way, and how many of them were tasks."""

    shape: str
    landings: int
    tasks: int


class AutomationCount(_Part):
    """How many landings one rule calls automation, with the titles of the newest few."""

    rule: str
    landings: int
    examples: tuple[str, ...]


class HotFile(_Part):
    """A file that tasks change often.

    ``tasks`` counts those that did, ``weight`` counts them decayed by age.
    """

    path: str
    tasks: int
    weight: float


class LandingOverview(_Part):
    """The landings up to a commit, counted.

    ``commits`` counts the first-parent commits that were looked at; ``joined`` the tasks that
    consist of several direct pushes; ``first_at`` and ``last_at`` are the earliest and the latest
    commit time of a task, in UTC, null without tasks.
    """

    repository: str
    commit: str | None
    commits: int
    landings: int
    tasks: int
    joined: int
    authors: int
    first_at: AwareDatetime | None
    last_at: AwareDatetime | None
    shapes: tuple[ShapeCount, ...]
    automation: tuple[AutomationCount, ...]
    hot_files: tuple[HotFile, ...]
    notices: tuple[str, ...]
