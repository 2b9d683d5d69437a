"""What can have become of an attempt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from taskpar_ml.domain.outcome import Ending, Outcome

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def outcome(**fields):
    given_fields = {"task": "a", "base": "0", "started_at": NOW, "ended_at": NOW}
    return Outcome(**{**given_fields, "ending": Ending.MERGED, "reported_by": "x", **fields})


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"ended_at": NOW - timedelta(1)}, "ended_at lies before started_at"),
        ({"hit": True}, "an attempt that ended as 'merged' was not hit"),
        ({"hit": True, "ending": Ending.FAILED}, "ended as 'failed' was not hit"),
        ({"attempt": 0}, "greater than or equal to 1"),
        ({"started_at": NOW.replace(tzinfo=None)}, "timezone"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused(fields, rule):
    with pytest.raises(ValidationError, match=rule):
        outcome(**fields)


@pytest.mark.parametrize("ending", [Ending.RESOLVED, Ending.PARKED, Ending.REDONE, Ending.REVERTED])
def test_a_hit_has_an_ending_that_shows_it(ending):
    assert outcome(hit=True, ending=ending, because_of=["b"]).because_of == ("b",)
