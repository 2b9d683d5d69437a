"""What can have become of an attempt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from taskpar_ml.domain.outcome import LANDED, Cost, Ending, Outcome

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
        ({"because_of": ["b"]}, "because_of names what an attempt was hit by; set hit to true"),
        ({"because_of": ["b"], "ending": Ending.RESOLVED}, "set hit to true, or leave it out"),
        ({"attempt": 0}, "greater than or equal to 1"),
        ({"ending": Ending.PARKED, "landed_as": "1"}, "ended as 'parked' did not land"),
        ({"cost": {"money": 1}}, "money and currency come together"),
        ({"cost": {"currency": "EUR"}}, "money and currency come together"),
        ({"cost": {"money": 1, "currency": "euro"}}, "match pattern"),
        ({"cost": {"money": -1, "currency": "EUR"}}, "greater than or equal to 0"),
        ({"cost": {"tokens": -1}}, "greater than or equal to 0"),
        ({"started_at": NOW.replace(tzinfo=None)}, "timezone"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused(fields, rule):
    with pytest.raises(ValidationError, match=rule):
        outcome(**fields)


@pytest.mark.parametrize("ending", [Ending.RESOLVED, Ending.PARKED, Ending.REDONE, Ending.REVERTED])
def test_a_hit_has_an_ending_that_shows_it(ending):
    assert outcome(hit=True, ending=ending, because_of=["b"]).because_of == ("b",)


@pytest.mark.parametrize("ending", Ending)
def test_what_landed_may_say_as_which_commit(ending):
    if ending in LANDED:
        assert outcome(ending=ending, landed_as="c").landed_as == "c"
    else:
        with pytest.raises(ValidationError, match="did not land"):
            outcome(ending=ending, landed_as="c")


def test_a_cost_may_be_known_in_part():
    assert outcome(cost=Cost(tokens=5)).cost == Cost(tokens=5)
    assert Cost(money="1.50", currency="EUR").tokens is None
