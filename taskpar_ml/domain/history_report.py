"""A mined history in numbers."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, computed_field

from taskpar_ml.domain.labels import ConflictKind


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class PairCounts(_Part):
    """Some pairs, and how many of them would have conflicted."""

    pairs: int
    positive: int
    """Pairs with a kind that counts."""
    unknown: int = 0
    """Pairs of which that cannot be told."""

    # mypy knows no decorators above a property; pydantic's own documentation ignores this too.
    @computed_field  # type: ignore[prop-decorator]
    @property
    def rate(self) -> float | None:
        """Share of the positive ones among those that are known; null where there are none."""
        known = self.pairs - self.unknown
        return self.positive / known if known else None


class KindCount(_Part):
    """How many pairs collide in one way; a pair may collide in several."""

    kind: ConflictKind
    pairs: int


class HotSpot(_Part):
    """A file over which tasks collide."""

    path: str
    """Its newest name."""
    together: int
    """Pairs of tasks that both changed it."""
    conflicts: int
    """Those of them that conflict in it."""
    rate: float
    """P(conflict in it | both change it), smoothed towards the rate of all files."""


class Period(_Part):
    """What landed in one year."""

    year: int
    tasks: int
    """Tasks that were replayed against their windows."""
    pairs: PairCounts


class WorstPair(_Part):
    """Two tasks that would have collided in many files."""

    earlier: str
    later: str
    earlier_title: str
    later_title: str
    files: tuple[str, ...]
    """The files in conflict that matter."""
    items: tuple[str, ...] = ()
    """What else they would have collided over, of the kinds that count."""


class HistoryReport(_Part):
    """What a store holds of one repository, as the policy for labels judges it."""

    name: str
    landings: int
    tasks: int
    mined: int
    """Tasks that were replayed against their windows."""
    texts: int
    """Tasks with a text from a tracker."""
    outcomes: int
    """Attempts whose outcome was recorded."""
    all_pairs: PairCounts
    kinds: tuple[KindCount, ...]
    sharing: PairCounts
    """Pairs that changed a file in common."""
    by_hunks: PairCounts
    """Pairs in which hunks mapped forward decided over a file that matters."""
    same_author: PairCounts
    different_authors: PairCounts
    concurrent: PairCounts
    """Pairs that were really done at the same time, by replay."""
    tips: PairCounts
    """The same by a merge of their tips; those that cannot be merged are left out."""
    hot_spots: tuple[HotSpot, ...]
    growth: tuple[Period, ...]
    worst: tuple[WorstPair, ...]
