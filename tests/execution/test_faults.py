"""Agents go wrong in every way that is known; nothing is lost, and the others' work lands."""

from __future__ import annotations

import pytest

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.execution.crew import LocalCrew
from tests.support.faults import FILES, HISTORY, REPOSITORY, Scene, endings

FAULTS = {**HISTORY, **REPOSITORY, **FILES}


@pytest.fixture
def scene(tmp_path, monkeypatch) -> Scene:
    """Return a run in which an agent goes wrong."""
    return Scene(tmp_path, monkeypatch)


@pytest.fixture
def counted(record_property):
    """Return what writes down how much was accounted for."""

    def count(found):
        record_property("commits", found.commits)
        record_property("blobs", found.blobs)

    return count


def limit(monkeypatch, **limits):
    """Have rounds end early that use up too much."""
    for name, value in limits.items():
        monkeypatch.setitem(LocalCrew.__init__.__kwdefaults__, name, value)


@pytest.mark.parametrize("name", FAULTS)
def test_whatever_an_agent_does_nothing_is_lost_and_others_land(scene, counted, name):
    fault = FAULTS[name]
    state = scene.run(fault.script)
    assert endings(state) == {"bad": fault.comes_to, "good": "merged"}
    assert fault.why in state.attempts[Attempt("bad", 1)].ended.why
    assert scene.landed("g.txt") == "g"
    assert scene.landed("good.txt") == "good"
    counted(scene.check())
