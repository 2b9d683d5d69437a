"""Moments from the clocks of commits, which may say anything."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

_FIRST: Final = int(datetime.min.replace(tzinfo=UTC).timestamp())
_LAST: Final = int(datetime.max.replace(tzinfo=UTC, microsecond=0).timestamp())
"""The years that a date can have, 1 to 9999, in seconds since 1970."""


def moment_of(seconds: int) -> datetime:
    """Return a time in seconds since 1970 as a date; beyond the years 1 to 9999, the nearest one.

    Examples
    --------
    >>> moment_of(0).isoformat(), moment_of(2**62).isoformat()
    ('1970-01-01T00:00:00+00:00', '9999-12-31T23:59:59+00:00')
    """
    return datetime.fromtimestamp(min(max(seconds, _FIRST), _LAST), UTC)
