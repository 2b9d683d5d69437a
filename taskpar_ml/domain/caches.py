"""The cache that remembers nothing: what is in force where there is no place for state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from taskpar_ml.domain.protocols import FactCache


class NoCache:
    """Forgets every fact; whoever asks computes it again."""

    def get(self, kind: str, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return nothing."""
        return {}

    def put(self, kind: str, facts: Mapping[bytes, bytes]) -> None:
        """Forget the facts."""


NO_CACHE: Final[FactCache] = NoCache()
"""The one to name where none is given."""
