"""By which rules a history was mined: labels made by different ones do not mix."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from taskpar_ml.errors import MiningError
from taskpar_ml.history.batches import MEMORY_ONLY
from taskpar_ml.policy.automation import AutomationRules

ENGINE: Final = "replay-2"
"""Name of the way in which pairs are replayed; the number grows when findings may change."""

_FIRST: Final = "first"

WINDOW: Final = 20
"""Against how many earlier tasks each is replayed: more than are ever in flight together."""


@dataclass(frozen=True)
class MiningRecipe:
    """How a history is mined.

    Attributes
    ----------
    window
        Against how many earlier tasks each task is replayed.
    memory_only
        First tasks of a history of which no pairs are made.
    automation
        Digest of the rules that tell automation from tasks.
    engine
        How pairs are replayed.
    detectors
        Names of those that look for what no merge shows, sorted.
    """

    window: int = WINDOW
    memory_only: int = MEMORY_ONLY
    automation: str = field(default_factory=lambda: digest_of(AutomationRules()))
    engine: str = ENGINE
    detectors: list[str] = field(default_factory=list)

    def as_text(self, *, first: int) -> str:
        """Return the recipe in the form in which a store keeps it.

        Parameters
        ----------
        first
            Number of the oldest commit that the clone showed.
        """
        return json.dumps({**asdict(self), _FIRST: first}, sort_keys=True)

    def first_of(self, stored: str | None, *, place: str) -> int | None:
        """Return how far back an earlier run by the same recipe saw, ``None`` if there was none.

        Raises
        ------
        MiningError
            If the history was mined by another recipe.
        """
        if stored is None:
            return None
        known = _parsed(stored)
        mine = asdict(self)
        differing = [name for name in mine if known.get(name) != mine[name]]
        first = known.get(_FIRST)
        if not differing and isinstance(first, int):
            return first
        was = ", ".join(f"{name.replace('_', ' ')} {known.get(name)}" for name in differing)
        now = ", ".join(f"{name.replace('_', ' ')} {mine[name]}" for name in differing)
        raise MiningError(
            place,
            f"was mined with {was or 'unknown rules'}; now it would be {now or 'others'}.",
            "Pass the same options again, --again to mine it anew, or another --name.",
        )


def window_of(stored: str | None) -> int:
    """Return against how many earlier tasks each was replayed; as usual where nobody said.

    Parameters
    ----------
    stored
        A recipe in the form in which a store keeps it.

    Examples
    --------
    >>> window_of(MiningRecipe(window=7).as_text(first=0)), window_of(None)
    (7, 20)
    """
    window = _parsed(stored or "").get("window")
    return window if isinstance(window, int) and window > 0 else WINDOW


def _parsed(stored: str) -> dict[str, Any]:
    try:
        known = json.loads(stored)
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}


def digest_of(rules: AutomationRules) -> str:
    """Return a short digest of the rules in force."""
    settings = rules.settings.model_dump_json()
    return hashlib.sha256(settings.encode()).hexdigest()[:12]
