"""Resources, tables and endpoints: lines between much else, and what lies within definitions."""

from __future__ import annotations

import pytest

from taskpar_ml.domain.footprint import Surface
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.pinpointing import pinpoint
from taskpar_ml.footprints.predictor import FootprintPredictor
from taskpar_ml.footprints.single_lines import NAMED, UNNAMED
from tests.support.workspaces import snapshot_of, task

FILLER = "".join(f"VALUE_{number} = {number}\n" for number in range(200))
SETTINGS = f'import os\n{FILLER}run(os.environ["CART_LIMIT"])\n'


def likely(title, files, surface=Surface.RESOURCE):
    """Return P(write) of the items of a surface for a task that writes ``settings.py``."""
    memory = RepoMemory(snapshot_of(files))
    chosen = [task("a", title, modifies=["settings.py"])]
    places = FootprintPredictor().predict(chosen, memory).places
    spots = memory.code.spots
    found = pinpoint(chosen, places.files, memory.content, spots).spots[surface].toarray()[0]
    names = [spots[surface].items[item] for item in spots[surface].item.tolist()]
    return dict(zip(names, found.tolist(), strict=True))


def test_a_line_that_the_text_does_not_name_is_seldom_changed():
    found = likely("Do it", {"settings.py": SETTINGS})
    assert found == {"variable CART_LIMIT": pytest.approx(UNNAMED, abs=1e-3)}


def test_the_more_of_its_name_the_text_says_the_likelier_it_is():
    half = likely("Raise the limit", {"settings.py": SETTINGS})["variable CART_LIMIT"]
    whole = likely("Raise CART_LIMIT", {"settings.py": SETTINGS})["variable CART_LIMIT"]
    assert UNNAMED < half < whole
    assert whole == pytest.approx(UNNAMED + NAMED, abs=1e-3)


def test_what_is_most_of_its_file_is_changed_with_it():
    alone = 'import os\nrun(os.environ["CART_LIMIT"])\n'
    assert likely("Do it", {"settings.py": alone})["variable CART_LIMIT"] >= 0.4
