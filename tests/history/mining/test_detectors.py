"""What no merge of lines shows comes from detectors, and is kept apart by their versions."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO

import pytest
from rich.console import Console

from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.mined import ItemFinding
from taskpar_ml.errors import MiningError
from taskpar_ml.history.items.shipped import ITEM_DETECTORS
from taskpar_ml.history.report import report_of
from taskpar_ml.policy.label_settings import LabelSettings
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.repo.scratch import missing_object
from taskpar_ml.reports.history_text import draw_history
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


def test_mining_asks_the_shipped_detectors_and_the_report_tells(numbered, mined):
    history = mined(numbered.place)
    found = [each for pair in history.pairs() for each in pair.items]
    assert {each.detector for each in found} == {ITEM_DETECTORS[0].name}
    report = report_of(history, LabelPolicy())
    assert {each.kind: each.pairs for each in report.kinds}["resource"] == 3
    item = "next migration in migrations: 0007_orders and 0007_taxes"
    assert item in [each for pair in report.worst for each in pair.items]
    console = Console(file=StringIO(), width=200)
    console.print(draw_history(report))
    printed = console.file.getvalue()
    assert "resource" in printed
    assert item in printed


def test_what_a_policy_does_not_count_is_not_worth_reading(numbered, mined):
    history = mined(numbered.place)
    policy = LabelPolicy(LabelSettings(counted=[ConflictKind.TEXTUAL]))
    assert all(pair.items == () for pair in report_of(history, policy).worst)


def test_without_detectors_there_are_no_items(numbered, mined):
    assert not any(pair.items for pair in mined(numbered.place, detectors=()).pairs())
