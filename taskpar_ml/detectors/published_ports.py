"""How ports are named: ``8080``, and ``53/udp`` for what is not TCP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_RANGE: Final = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")
_MOST: Final = 50
"""Ports of a range that are named one by one; of a longer one none."""


def numbers_of(written: str, protocol: str = "") -> Iterator[str]:
    """Yield the names of one port or of a range.

    Examples
    --------
    >>> list(numbers_of("8000-8002")), list(numbers_of("53", "UDP")), list(numbers_of("http"))
    (['8000', '8001', '8002'], ['53/udp'], [])
    """
    found = _RANGE.fullmatch(written.strip())
    if found is None:
        return
    first = int(found[1])
    last = int(found[2] or first)
    ending = "" if protocol.lower() in {"", "tcp"} else f"/{protocol.lower()}"
    if 0 < first <= last <= 65_535 and last - first < _MOST:
        yield from (f"{number}{ending}" for number in range(first, last + 1))
