"""Plurals and singulars by which frameworks name tables."""

from __future__ import annotations

import pytest

from taskpar_ml.domain.plurals import plural, singular


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("status", "statuses"),
        ("line_status", "line_statuses"),
        ("alias", "aliases"),
        ("bus", "buses"),
        ("category", "categories"),
        ("box", "boxes"),
        ("class", "classes"),
        ("index", "indices"),
        ("analysis", "analyses"),
        ("shelf", "shelves"),
        ("day", "days"),
        ("child", "children"),
        ("news", "news"),
        ("user", "users"),
    ],
)
def test_a_noun_and_its_plural_lead_to_each_other(one, many):
    assert plural(one) == many
    assert singular(many) == one
