"""Steps on the way from archived work to the target: lined up, verified, landed or refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from taskpar_ml.domain.run_step import OfAttempt, Step
from taskpar_ml.domain.task import TaskIds


class ConflictMet(OfAttempt):
    """Work cannot be merged onto what has landed, and no resolver knows how.

    Attributes
    ----------
    onto
        What it was to be merged onto.
    files
        Where.
    hit
        Whether other tasks are the cause: some landed since it began.
    because_of
        Those of them that touched these files.
    """

    kind: Literal["conflict-met"] = "conflict-met"
    onto: str
    files: tuple[str, ...]
    hit: bool = True
    because_of: TaskIds = ()


class CollisionSeen(OfAttempt):
    """What an agent has changed so far cannot be merged with what another one has: it is stopped.

    It goes on when the other one has landed, or has ended otherwise.

    Attributes
    ----------
    files
        Where.
    because_of
        The other one.
    """

    kind: Literal["collision-seen"] = "collision-seen"
    files: tuple[str, ...]
    because_of: TaskIds
    hit: Literal[True] = True


class Mended(OfAttempt):
    """Resolvers merged what git alone could not: no hit.

    ``head`` merges the work with what had landed; ``resolved`` says of each file who resolved it.
    """

    kind: Literal["mended"] = "mended"
    head: str
    resolved: tuple[tuple[str, str], ...]


class Candidate(OfAttempt):
    """Work as it would land: ``commit`` is what the line would end with, on top of ``onto``."""

    commit: str
    onto: str


class LinedUp(Step):
    """Work that is to land together: each candidate is on top of the one before.

    What was lined up before and has not landed is not any more.
    """

    kind: Literal["lined-up"] = "lined-up"
    candidates: Annotated[tuple[Candidate, ...], Field(min_length=1)]


class VerifyBegun(Step):
    """A commit is verified: whether the line passes if it ends with it.

    ``by`` tells commands apart: what another one said of commits does not count.
    """

    kind: Literal["verify-begun"] = "verify-begun"
    commit: str
    by: str = ""


class VerifyEnded(Step):
    """It passed or not, or was ended before that was known (None).

    ``said`` is the end of what was printed.
    """

    kind: Literal["verify-ended"] = "verify-ended"
    passed: bool | None
    said: str = ""


class Refused(OfAttempt):
    """Work can be merged, but the line does not pass with it, or whoever was to land it did not.

    Attributes
    ----------
    onto
        What the line ended with.
    said
        What its agent is told.
    hit
        Whether other tasks are the cause: it passes without what landed since it began.
    because_of
        What landed since it began, if that is the cause.
    """

    kind: Literal["refused"] = "refused"
    onto: str
    said: str = ""
    hit: bool = False
    because_of: TaskIds = ()


class LandingBegun(Step):
    """The first ``many`` candidates land: the target moves from what they are on top of to them."""

    kind: Literal["landing-begun"] = "landing-begun"
    many: Annotated[int, Field(ge=1)]


class LandingEnded(Step):
    """They have landed, or the target was elsewhere by then."""

    kind: Literal["landing-ended"] = "landing-ended"
    landed: bool


class Landed(OfAttempt):
    """Others have landed the work of an attempt: the line holds it since ``commit``."""

    kind: Literal["landed"] = "landed"
    commit: str
