"""Reads what became of attempts, as JSON lines."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, BinaryIO, Final

from pydantic import Field

from taskpar_ml.domain.outcome import Outcome, RecordedOutcome
from taskpar_ml.tasks.json_lines import read_json_lines

_CURE: Final = (
    'Write one object per line: {"task": "T1", "base": "COMMIT", "started_at": '
    '"2024-05-01T12:00:00Z", "ended_at": "2024-05-01T13:00:00Z", "beside": ["T2"], "touched": '
    '["src/a.py"], "ending": "merged", "reported_by": "NAME"}. `taskpar schema --of outcome` '
    "prints everything that may be in it."
)


class OutcomeReport(Outcome):
    """An outcome as it is reported: an attempt, and whether it corrects an earlier report."""

    correction: Annotated[int, Field(ge=0, le=1_000)] = 0

    def recorded(self, at: datetime) -> RecordedOutcome:
        """Return the outcome as recorded at a moment."""
        # What was left out stays told apart from what was said.
        told = self.model_dump(exclude={"correction"}, exclude_unset=True)
        outcome = Outcome.model_validate(told)
        return RecordedOutcome(outcome=outcome, recorded_at=at, correction=self.correction)


def read_outcomes(file: BinaryIO, *, place: str, at: datetime) -> list[RecordedOutcome]:
    """Return the outcomes of a file, in its order.

    Parameters
    ----------
    place
        How messages name the file.
    at
        When they are recorded.

    Raises
    ------
    UnreadableTaskFileError
        If the file cannot be read.
    InvalidTaskError
        If a line is no outcome.
    """
    reports = read_json_lines(file, OutcomeReport, place=place, cure=_CURE)
    return [report.recorded(at) for _, report in reports]
