"""How far mining a history has come, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict


@dataclass(frozen=True, slots=True)
class MiningProgress:
    """How far mining has come.

    Attributes
    ----------
    done, total
        Commits of the line; those that an earlier run had dealt with count as neither.
    pairs
        Pairs replayed so far.
    """

    done: int
    total: int
    pairs: int


class MiningReport(BaseModel):
    """What a run of the miner did."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    name: str
    """The history in the store."""
    newest: str
    """Id of the newest commit that was looked at."""
    commits: int
    """Commits on the line."""
    landings: int
    """New landings, automation included."""
    tasks: int
    """Tasks that were replayed against their windows."""
    pairs: int
    """Pairs of tasks that were replayed."""
    abandoned: int
    """Landings that are no longer on the line, because the history was rewritten."""
    postponed: bool
    """Whether the newest landing waits for the next run: later pushes may still be joined to it."""
    is_short: bool
    """Whether there are no tasks yet beyond those that serve as memory only."""
    is_cut: bool
    """Whether the line begins where the clone is cut, not at the root of the history."""
    texts: int = 0
    """Texts of a tracker that were joined to tasks."""
    notices: tuple[str, ...] = ()
    """What the clone cannot tell of its history."""
