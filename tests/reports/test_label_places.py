"""Labels that cover neither points nor each other."""

from __future__ import annotations

from itertools import combinations

from taskpar_ml.reports.label_places import Box, label_places

FRAME = Box(0, 0, 300, 200)
SIZE = (24.0, 10.0)


def boxes(points, taken=()):
    marks = [*taken, *(Box.around(each, 8, 8) for each in points)]
    sizes = [SIZE] * len(points)
    places = label_places(points, sizes, taken=marks, within=FRAME)
    return marks, [
        Box.around((x + dx, y + dy), *SIZE) for (x, y), (dx, dy) in zip(points, places, strict=True)
    ]


def test_crowded_labels_cover_nothing():
    marks, labels = boxes([(100, 100), (106, 103), (112, 99), (118, 101)])
    pairs = [*combinations(labels, 2), *((label, mark) for label in labels for mark in marks)]
    assert all(one.common(other) <= 0.5 for one, other in pairs), "nothing that anyone sees"


def test_labels_stay_within_the_frame():
    _, labels = boxes([(4, 4), (296, 196), (4, 196), (296, 4)])
    assert all(label.common(FRAME) == label.area for label in labels)


def test_where_all_is_taken_a_label_still_has_a_place():
    _, labels = boxes([(50, 50)], taken=[FRAME])
    assert labels == [Box.around((50, 60), *SIZE)]


def test_boxes_apart_have_nothing_in_common():
    assert Box(0, 0, 1, 1).common(Box(2, 2, 3, 3)) == 0
    assert Box(0, 0, 2, 2).common(Box(1, 1, 3, 3)) == 1
