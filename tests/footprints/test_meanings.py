"""Files by what texts mean, however they say it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.footprints.candidates import CANDIDATE_COLUMNS
from taskpar_ml.footprints.meanings import (
    HALF_LIVES,
    MEANING_COLUMNS,
    Meanings,
    cosines,
    encoded,
)
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.past_tasks import TEXT_CHARACTERS, PastTasks, told_text
from taskpar_ml.footprints.predictor import FootprintPredictor
from tests.support.encoders import DIMENSIONS, WordEncoder
from tests.support.landings import landing
from tests.support.strategies import LAW, task_lists
from tests.support.workspaces import SHOP, snapshot_of, task

TAX, INVOICE, LOGIN = "src/billing/tax.py", "src/billing/invoice.py", "src/auth/login.py"
PATHS = (INVOICE, LOGIN, TAX)
ENCODER = WordEncoder({"levy": "tax", "levies": "taxes", "signin": "login"})
PAST = [
    landing("Round taxes", TAX, INVOICE),
    landing("Bump something", INVOICE, automation="dependencies"),
    landing("Remember who came", LOGIN),
]
MEMORY = RepoMemory(snapshot_of(dict.fromkeys(SHOP, "")), given=PAST)
directions = st.lists(
    st.lists(st.integers(-127, 127), min_size=8, max_size=8), min_size=1, max_size=6
).map(lambda rows: np.array(rows, dtype=np.int8))


def columns(*tasks, past=PAST, paths=PATHS, encoder=ENCODER):
    """Return what is said of every task and file, shape ``(n_columns, n_tasks, n_files)``."""
    return Meanings(encoder, NO_CACHE, PastTasks.of(past, paths)).votes(tasks)


def test_a_file_is_meant_that_was_changed_by_who_meant_the_same():
    said = columns(task("a", "Round levies"))
    # One task has landed since; the vote is shared by two files.
    expected = [0.5 ** (2 / life) / 2**0.25 for life in HALF_LIVES]
    assert said[:, 0, 2] == pytest.approx(expected, abs=1e-6)
    assert (said[:, 0, 0] == said[:, 0, 2]).all()
    assert not said[:, 0, 1].any()


def test_half_as_alike_is_worth_little():
    said = columns(task("a", "Round cats"), past=[landing("Round taxes", TAX)])
    assert said[2, 0, 2] == pytest.approx(0.5**8 * 0.5 ** (1 / 3_000), abs=1e-6)


def test_what_was_worked_on_of_late_is_told_from_what_ever_was():
    past = [landing("Round taxes", TAX), *[landing("Log in", LOGIN)] * 60]
    said = columns(task("a", "Round taxes"), past=past)[:, 0, 2]
    assert said == pytest.approx([0.5 ** (61 / life) for life in HALF_LIVES], abs=1e-6)


def test_title_and_beginning_are_read_and_no_more():
    long = "x" * TEXT_CHARACTERS + " levies"
    encoder = WordEncoder()
    columns(task("a", "Title", description=long), encoder=encoder)
    assert f"Title\n{'x' * TEXT_CHARACTERS}" in encoder.asked
    assert not any("levies" in text for text in encoder.asked)
    assert len(told_text("t" * 10**6, "b" * 10**6)) == 2 * TEXT_CHARACTERS + 1


def test_no_past_no_paths_and_no_tasks():
    tasks = [task("a", "Round taxes")]
    assert not columns(*tasks, past=[]).any()
    assert columns(*tasks, past=[], paths=()).shape == (len(MEANING_COLUMNS), 1, 0)
    assert columns().shape == (len(MEANING_COLUMNS), 0, len(PATHS))


def test_a_text_is_encoded_once_and_remembered(tmp_path):
    cache = DiskFactCache(tmp_path / "facts.sqlite")
    first = WordEncoder()
    once = encoded(["a b", "c", "a b"], first, cache)
    assert first.asked == ["a b", "c"]
    again = WordEncoder()
    assert np.array_equal(encoded(["c", "a b"], again, cache), once[[1, 0]])
    assert not again.asked
    other = WordEncoder(name="words-2")
    encoded(["c"], other, cache)
    assert other.asked == ["c"], "what one encoder says is not taken for what another says"


def test_what_was_encoded_before_an_interrupt_is_remembered(tmp_path, monkeypatch):
    monkeypatch.setattr("taskpar_ml.footprints.meanings._REMEMBERED_AT_ONCE", 2)
    cache = DiskFactCache(tmp_path / "facts.sqlite")

    class Interrupted(WordEncoder):
        def encode(self, text):
            if len(self.asked) == 3:
                raise KeyboardInterrupt
            return super().encode(text)

    with pytest.raises(KeyboardInterrupt):
        encoded(["a", "b", "c", "d"], Interrupted(), cache)
    again = WordEncoder()
    encoded(["a", "b", "c", "d"], again, cache)
    assert again.asked == ["c", "d"]


def test_broken_texts_are_texts():
    assert encoded(["\udcff", "", "\0"], WordEncoder(), NO_CACHE).shape == (3, DIMENSIONS)
    past = [landing("Half \udcff a\0letter", TAX), landing("Round taxes", TAX)]
    texts = PastTasks.of(past, PATHS).texts
    assert texts == ("Half ? a letter", "Round taxes")


def test_what_the_past_said_is_kept():
    past = PastTasks.of(PAST, PATHS)
    kept = PastTasks.from_arrays(past.arrays(), n_files=len(PATHS))
    assert kept.texts == past.texts == ("Round taxes", "Remember who came")
    assert PastTasks.of([], PATHS).texts == ()


def test_the_newest_tasks_alone_are_remembered_in_words(monkeypatch):
    monkeypatch.setattr("taskpar_ml.footprints.past_tasks._TOLD", 1)
    past = [landing("Round taxes", TAX), landing("Log in", LOGIN)]
    assert PastTasks.of(past, PATHS).texts == ("Log in",)
    said = columns(task("a", "Round taxes"), task("b", "Log in"), past=past)
    assert not said[:, 0].any()
    assert said[0, 1, 1] == pytest.approx(0.5 ** (1 / 30), abs=1e-6)


@LAW
@given(directions, directions)
def test_cosines_do_not_depend_on_what_stands_beside(some, others):
    said = cosines(some, others)
    assert said.shape == (len(some), len(others))
    assert (np.abs(said) <= 1 + 1e-12).all()
    for row in range(len(some)):
        assert np.array_equal(cosines(some[row : row + 1], others)[0], said[row])
    assert np.array_equal(cosines(others, some).T, said)


@LAW
@given(task_lists())
def test_what_a_task_means_does_not_depend_on_others(tasks):
    together = FootprintPredictor().candidates(tasks, MEMORY, encoder=ENCODER)
    for row, each in enumerate(sorted(tasks, key=lambda task: task.id)):
        alone = FootprintPredictor().candidates([each], MEMORY, encoder=ENCODER)
        assert np.array_equal(together.values[together.task == row], alone.values, equal_nan=True)


def test_without_an_encoder_nothing_is_claimed():
    places = [list(CANDIDATE_COLUMNS).index(name) for name in MEANING_COLUMNS]
    asked = [task("a", f"Round levies in {TAX}")]
    blind = FootprintPredictor().candidates(asked, MEMORY)
    seeing = FootprintPredictor().candidates(asked, MEMORY, encoder=ENCODER)
    assert np.isnan(blind.values[:, places]).all()
    assert np.isfinite(seeing.values[:, places]).all()
    rest = np.setdiff1d(np.arange(len(CANDIDATE_COLUMNS)), places)
    assert np.array_equal(blind.values[:, rest], seeing.values[:, rest], equal_nan=True)
