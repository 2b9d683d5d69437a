"""What providers are worth, as the study of them finds it."""

from __future__ import annotations

import io
import json
import random
from types import ModuleType

import pytest

from taskpar_ml.footprints.predictor import FootprintPredictor
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.wordings import Wording
from tests.support.grown_shop import TOPICS, grow
from tests.support.learned import study_named
from tests.support.provided import past


@pytest.fixture(scope="module")
def study() -> ModuleType:
    return study_named("provider_study")


def cells(line):
    return [cell.strip() for cell in line.split("|")[1:-1]]


def test_the_table_tells_honest_providers_from_others(study):
    kinds = {
        study.SEARCH: "half",
        "made up: four in five": "honest",
        "made up: half": "half",
        "made up: anything": "random",
        "made up: lies": "liar",
    }
    trials = [each for name, kind in kinds.items() for each in past(kind, tasks=80, provider=name)]
    head, line, *rows = study.table({"acme/shop": trials}, resamples=200)
    assert len(cells(head)) == len(cells(line)) == len(cells(rows[0])) == 13
    found = {cells(row)[1]: cells(row) for row in rows}
    assert list(found) == [study.SEARCH, *study.MADE_UP]
    assert {row[2] for row in found.values()} == {"80"}
    honest, lies = found["made up: four in five"], found["made up: lies"]
    assert float(honest[8]) > float(honest[7]) + 0.1
    assert honest[9].startswith("+")
    assert float(honest[9].split("(")[1].split()[0]) > 0, "the whole interval is above zero"
    assert lies[9] == "+0.000 (+0.000 to +0.000)"


def test_made_up_providers_do_what_they_are_called(study):
    changed, others = [f"c{number}" for number in range(50)], [f"o{number}" for number in range(90)]

    def right(name):
        named = study.MADE_UP[name](random.Random(1), changed, others)
        assert len(set(named)) == len(named)
        return len(set(named) & set(changed)), len(set(named) - set(changed))

    assert right("made up: lies") == (0, 5)
    assert sum(right("made up: anything")) == 5
    most, wrong = right("made up: four in five")
    assert (30 < most < 50, wrong) == (True, 1)
    half, wrong = right("made up: half")
    assert 15 < half < 35
    assert wrong == half + 1


def test_a_history_is_gathered_with_the_search_once(study, tmp_path):
    shop = grow(tmp_path / "shop", rounds=11)
    ranks = FootprintPredictor()
    with HistoryStore.open(str(tmp_path / "store.sqlite")) as store:
        history = store.history("shop", create=True)
        found = study.gathered(shop.place, history, ranks=ranks, past=8, text=Wording.FULL)
        assert len(list(history.answers())) == 8
        again = study.gathered(shop.place, history, ranks=ranks, past=8, text=Wording.FULL)
    assert found == again
    by_provider = {
        name: [each for each in found if each.provider == name] for name in study.MADE_UP
    }
    assert all(len(own) == 8 for own in by_provider.values())
    assert all(not set(each.named) & set(each.touched) for each in by_provider["made up: lies"])


def test_the_search_names_files_that_hold_rare_words(tmp_path, monkeypatch, capsys):
    search = study_named("search_provider")
    for topic, paths in TOPICS.items():
        for path in paths:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(f"common {topic}word\n")
    monkeypatch.chdir(tmp_path)
    told = {"title": "A common Billingword", "description": "", "acceptance_criteria": []}
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(told)))
    monkeypatch.setattr(search, "_COMMON", 0.5)
    assert search.main() == 0
    assert sorted(capsys.readouterr().out.split()) == sorted(TOPICS["billing"])
