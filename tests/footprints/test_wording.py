"""How the words before a mention are read."""

from __future__ import annotations

import pytest

from taskpar_ml.footprints.wording import OWN_TEXT, PARENT_TEXT, passages, wording_before
from tests.support.workspaces import task

READ, WRITE, MAKES, CREATES = "read", "write", "makes it", "creates elsewhere"


def read_before(text):
    """Return how the thing at ``@`` is met."""
    wording = wording_before(text, text.index("@"))
    if wording.makes_it:
        return MAKES
    return CREATES if wording.creates else wording.access.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@", WRITE),
        ("The total in @ is wrong", WRITE),
        ("Fix @", WRITE),
        ("Create @", MAKES),
        ("Create @0 and @", MAKES),
        ("Add the new @", MAKES),
        ("Implement a parser in @", CREATES),
        ("Add a column to @", CREATES),
        ("See @", READ),
        ("Create a, following @", READ),
        ("Add b like @", READ),
        ("As described in @", READ),
        ("A cache based on @", READ),
        ("Something similar to @", READ),
        ("Load the settings from @", READ),
        ("Import @", READ),
        ("using @", READ),
        ("Add unit tests for @", READ),
        ("Imports are slow: @", WRITE),
        # A word for reading that does not govern the mention.
        ("Use a constant in @", WRITE),
        ("Fix the import order in @", WRITE),
        ("Add a loading state to @", CREATES),
        ("Listen on @", WRITE),
        ("Fix the important bug in @", WRITE),
        ("Address the bug in @", WRITE),
        ("The movies of @", WRITE),
        # The nearest sentence, and the nearest cue in it.
        ("Create a. Fix @", WRITE),
        ("See a! The total in @", WRITE),
        ("See a\n- @", WRITE),
        ("Read a and fix @", WRITE),
        ("Fix a and read @", READ),
        (f"See {'x' * 100} @", WRITE),
        (f"Recreate {'x' * 74} @", WRITE),
    ],
)
def test_the_words_before_decide(text, expected):
    assert read_before(text) == expected


def test_what_parents_say_counts_less():
    said = task("a", "Fix it", description="All of it", acceptance_criteria=["It works"])
    assert [each.probability for each in passages(said)] == [OWN_TEXT]
    (own, parent) = passages(said.model_copy(update={"context": "The shop"}))
    assert own.text == "Fix it\nAll of it\nIt works"
    assert parent == ("The shop", PARENT_TEXT)
