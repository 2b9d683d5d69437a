"""What an agent used up, as far as the end of its output says so."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from taskpar_ml.domain.outcome import Cost

TAIL: Final = 1 << 18
"""Bytes at the end of what was printed that are looked at."""
_DOLLARS: Final = ("total_cost_usd", "cost_usd")
_TOKENS: Final = (
    *("input_tokens", "output_tokens"),
    *("cache_creation_input_tokens", "cache_read_input_tokens"),
)
_MOST: Final = 10**12


def cost_in(printed: bytes) -> Cost | None:
    """Return what the last JSON object with a cost or a usage says; None where there is none.

    Coding agents print one when they are asked for JSON: an object with ``total_cost_usd``, or one
    whose ``usage`` counts ``input_tokens`` and ``output_tokens``.

    Examples
    --------
    >>> cost_in(b'done. {"usage": {}}')
    >>> cost_in(b'{"usage": {"input_tokens": 7, "output_tokens": 5}}').tokens
    12
    """
    for found in _objects(printed[-TAIL:]):
        tokens = _tokens(found.get("usage"))
        dollars = next((each for name in _DOLLARS if (each := _money(found.get(name)))), None)
        if tokens or dollars is not None:
            return Cost(
                tokens=tokens or None,
                money=dollars,
                currency=None if dollars is None else "USD",
            )
    return None


def _objects(printed: bytes) -> Iterator[Mapping[str, Any]]:
    """Yield lines that are JSON objects, the last one first."""
    for line in reversed(printed.splitlines()):
        if line.lstrip().startswith(b"{"):
            try:
                found = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(found, dict):
                yield found


def _tokens(usage: object) -> int:
    """Return how many tokens a usage counts, as far as its numbers can be believed."""
    if not isinstance(usage, Mapping):
        return 0
    counts = (usage.get(name) for name in _TOKENS)
    return sum(
        each
        for each in counts
        if isinstance(each, int) and not isinstance(each, bool) and 0 <= each < _MOST
    )


def _money(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        money = Decimal(str(value))
    except InvalidOperation:
        return None
    return money if money.is_finite() and 0 <= money < _MOST else None
