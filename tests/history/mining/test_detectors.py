"""What no merge of lines shows comes from detectors, and is kept apart by their versions."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.mined import ItemFinding
from taskpar_ml.errors import MiningError
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.repo.scratch import missing_object
from tests.support.histories import History


@dataclass(frozen=True)
class SameNumber:
    """Finds migrations of one number, the files' names apart."""

    name: str = "numbers-1"

    def summary(self, task):
        return {_number(path) for path in task.task.forward.changes.added} - {None}

    def find(self, earlier, later):
        for number in sorted(earlier & later):
            yield ItemFinding(ConflictKind.RESOURCE, f"migration {number}", self.name)


@dataclass(frozen=True)
class Blind:
    """Needs a content that is not there."""

    name: str = "blind-1"

    def summary(self, task):
        raise missing_object("0" * 40, "is missing or damaged", place=".")

    def find(self, earlier, later):
        yield ItemFinding(ConflictKind.LOGICAL, "half of it", self.name)


def _number(path):
    directory, _, name = path.rpartition("/")
    return name[:4] if directory == "migrations" else None


@pytest.fixture
def numbered(tmp_path):
    """Grow a history in which two of three tasks add a migration of one number."""
    grown = History(tmp_path / "shop.git")
    for number in range(12):
        grown.commit(f"Work (#{number})", {"a": f"{number}\n"})
    grown.commit("Orders (#20)", {"migrations/0007_orders.sql": "1\n"})
    grown.commit("Carts (#21)", {"migrations/0008_carts.sql": "2\n"})
    grown.commit("Taxes (#22)", {"migrations/0007_taxes.sql": "3\n"})
    return grown


@pytest.mark.parametrize("workers", [1, 2])
def test_what_detectors_find_is_stored_and_counts(numbered, mined, workers, monkeypatch):
    monkeypatch.setattr("taskpar_ml.history.replay.miner.STRETCH", 2)
    history = mined(numbered.place, detectors=[SameNumber()], workers=workers)
    found = [pair for pair in history.pairs() if pair.items]
    titles = {each.landing.id: each.landing.title for each in history.landings()}
    assert [(titles[pair.earlier], titles[pair.later], pair.items) for pair in found] == [
        ("Orders", "Taxes", (ItemFinding(ConflictKind.RESOURCE, "migration 0007", "numbers-1"),))
    ]
    assert LabelPolicy().kinds(found[0]) == {"resource"}
    assert LabelPolicy().is_positive(LabelPolicy().kinds(found[0])) is True


def test_a_detector_that_cannot_read_records_nothing(numbered, mined):
    history = mined(numbered.place, detectors=[Blind(), SameNumber()])
    assert [item.detector for pair in history.pairs() for item in pair.items] == ["numbers-1"]


def test_another_version_of_a_detector_is_not_mixed_in(numbered, mined):
    mined(numbered.place, detectors=[SameNumber()])
    with pytest.raises(MiningError, match=r"detectors \['numbers-1'\]; now .* \['numbers-2'\]"):
        mined(numbered.place, detectors=[SameNumber("numbers-2")])
