"""Where labels stand beside points so that they cover neither these nor each other."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot
from typing import Final, NamedTuple, TypeAlias

Spot: TypeAlias = tuple[float, float]
"""To the right and up, both in one unit."""

_DIRECTIONS: Final = (*((0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1), (1, 0), (-1, 0)),)
_DISTANCES: Final = (5.0, 13.0, 22.0, 32.0)
"""Units between a point and its label."""
_OUTSIDE: Final = 20.0
"""How much worse it is to stand outside of the plot than on something."""


class Box(NamedTuple):
    """A rectangle."""

    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def around(cls, spot: Spot, width: float, height: float) -> Box:
        """Return the rectangle of a size with this spot in its middle."""
        x, y = spot
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    @property
    def area(self) -> float:
        """Its area; 0 where it holds nothing."""
        return max(self.right - self.left, 0) * max(self.top - self.bottom, 0)

    def common(self, other: Box) -> float:
        """Return the area that it has in common with another."""
        return Box(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        ).area


def label_places(
    points: Sequence[Spot], sizes: Sequence[Spot], *, taken: Sequence[Box], within: Box
) -> list[Spot]:
    """Return how far the middle of each label lies from its point.

    Labels are placed one after the other, each where it covers least; of places as good the
    nearest, and above before below before beside.

    Parameters
    ----------
    points
        What the labels belong to.
    sizes
        Width and height of each label.
    taken
        What no label should cover, the points included.
    within
        Where the labels should stand.

    Examples
    --------
    >>> label_places([(50, 50)], [(20, 10)], taken=[], within=Box(0, 0, 100, 100))
    [(0.0, 10.0)]
    """
    covered = list(taken)
    places = []
    for point, (width, height) in zip(points, sizes, strict=True):
        choices = [
            _beside(width, height, direction, distance)
            for distance in _DISTANCES
            for direction in _DIRECTIONS
        ]
        boxes = [Box.around(_moved(point, each), width, height) for each in choices]
        costs = [_cost(each, covered, within) for each in boxes]
        best = costs.index(min(costs))
        covered.append(boxes[best])
        places.append(choices[best])
    return places


def _beside(width: float, height: float, direction: tuple[int, int], distance: float) -> Spot:
    right, up = direction
    gap = distance / hypot(right, up)
    return right * (gap + width / 2), up * (gap + height / 2)


def _moved(point: Spot, by: Spot) -> Spot:
    return point[0] + by[0], point[1] + by[1]


def _cost(box: Box, covered: Sequence[Box], within: Box) -> float:
    outside = box.area - box.common(within)
    # Half a unit of area is nothing that anyone sees.
    return round(sum(map(box.common, covered)) + _OUTSIDE * outside)
