"""A cache for those who have none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class NoCache:
    """Remembers nothing; see :class:`~taskpar_ml.domain.protocols.FactCache`."""

    def get(self, kind: str, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return nothing."""
        return {}

    def put(self, kind: str, facts: Mapping[bytes, bytes]) -> None:
        """Forget the facts."""
