"""Candidates of files, and footprints by who has learned to rank them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from scipy import sparse

from taskpar_ml.domain.footprint import EvidenceSource, Surface
from taskpar_ml.footprints.candidates import CANDIDATE_COLUMNS, Told, candidates
from taskpar_ml.footprints.file_traits import TRAITS
from taskpar_ml.footprints.items import touched_items
from taskpar_ml.footprints.meanings import MEANING_COLUMNS
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.neighbours import NEIGHBOUR_GAIN
from taskpar_ml.footprints.predictor import FootprintPredictor
from taskpar_ml.footprints.relevance import GAIN, Relevance
from taskpar_ml.footprints.retrieval import retrieve
from taskpar_ml.footprints.terms import term_counts
from taskpar_ml.footprints.word_links import LINK_COLUMNS, WordLinks
from tests.support.encoders import WordEncoder
from tests.support.landings import landing
from tests.support.strategies import LAW, task_lists
from tests.support.workspaces import SHOP, snapshot_of, task

TAX, INVOICE, LOGIN = "src/billing/tax.py", "src/billing/invoice.py", "src/auth/login.py"
FILES = {path: f"about {path.rpartition('/')[2].partition('.')[0]}" for path in SHOP} | {
    "CHANGES.md": "tax tax tax",
    TAX: "def round_tax(): tax",
}
PAST = [
    landing("Round the taxes", TAX, INVOICE, "CHANGES.md"),
    landing("Show taxes on the invoice", INVOICE, TAX),
    landing("Log in with a token", LOGIN, "tests/test_login.py"),
]
MEMORY = RepoMemory(snapshot_of(FILES), given=PAST)
PATHS = MEMORY.snapshot.paths.paths
LINKS = WordLinks(
    np.array(sorted(term_counts("login")), dtype=np.uint32),
    np.array(sorted(term_counts("auth")), dtype=np.uint32),
    np.ones((1, 1), dtype=np.float32),
)


class ByColumn:
    """Ranks by one column."""

    name = "column-1"
    links: WordLinks | None = None
    encoder = None

    def __init__(self, column: str, *, scale: float = 1.0) -> None:
        self.place = list(CANDIDATE_COLUMNS).index(column)
        self.scale = scale

    def p_touch(self, values):
        return np.clip(values[:, self.place].astype(np.float64) * self.scale, 0.0, 1.0)


def rows(*tasks):
    """Return the columns of every candidate by task id and path."""
    found = FootprintPredictor().candidates(tasks, MEMORY, links=LINKS, encoder=WordEncoder())
    ids = sorted(each.id for each in tasks)
    return {
        (ids[row], PATHS[file]): dict(zip(CANDIDATE_COLUMNS, values.tolist(), strict=True))
        for row, file, values in zip(found.task, found.file, found.values, strict=True)
    }


def files(*tasks, ranker, observed=None):
    footprints = FootprintPredictor(ranker=ranker).predict(tasks, MEMORY, observed=observed or {})
    items = touched_items(footprints, MEMORY.snapshot.paths, surfaces=[Surface.FILE])
    return {(item.task, item.item): item for item in items}, footprints


def test_a_candidate_has_all_that_speaks_for_it():
    found = rows(task("a", f"Round the taxes in {TAX}, see round_tax()"))
    tax, invoice = found["a", TAX], found["a", INVOICE]
    assert tax["named"] > 0.5 > invoice["named"]
    assert tax["most_named"] == invoice["most_named"] == tax["named"]
    assert tax["behind"] == 0, "a file that is named itself is not behind what it holds"
    assert tax["place"] == 0 < invoice["place"]
    assert tax["pooled"] == tax["likeliest"] > invoice["pooled"]
    assert tax["content_share"] == 1.0
    assert invoice["co_change_gain"] > 0
    assert invoice["churn"] == pytest.approx(np.log(3))
    assert tax["past"] == pytest.approx(np.log(4))


def test_what_a_text_names_in_a_file_stands_behind_it():
    found = rows(task("a", "Why does `round_tax` fail?"))
    assert found["a", TAX]["behind"] > 0 == found["a", TAX]["named"]


def test_changelogs_are_no_candidates_even_if_they_are_named():
    assert ("a", "CHANGES.md") not in rows(task("a", "Taxes in CHANGES.md"))


def test_every_column_says_what_it_means():
    found = FootprintPredictor().candidates(
        [task("a", "tax")], MEMORY, links=LINKS, encoder=WordEncoder()
    )
    assert found.values.shape[1] == len(CANDIDATE_COLUMNS)
    assert found.values.dtype == np.float32
    assert np.isfinite(found.values).all()
    assert set(TRAITS) < set(CANDIDATE_COLUMNS)
    assert all(CANDIDATE_COLUMNS.values())


def test_who_has_learned_decides_how_likely_a_file_is():
    found, footprints = files(task("a", "Round the taxes"), ranker=ByColumn("content_share"))
    assert found["a", TAX].probability == pytest.approx(1.0)
    assert footprints.retrieved.ranked
    halved, _ = files(task("a", "Round the taxes"), ranker=ByColumn("content_share", scale=0.5))
    assert halved["a", TAX].probability == pytest.approx(0.5, abs=1e-5)
    matrix = files(task("a", "Round the taxes"), ranker=ByColumn("content_share", scale=0.5))[
        1
    ].surfaces[Surface.FILE]
    assert matrix.write[[0], [matrix.items.index(TAX)]] == pytest.approx(0.5, abs=1 / 256)


def test_what_a_text_names_is_weighed_by_the_ranker_and_not_a_second_time():
    asked = task("a", f"Round the taxes in {TAX}")
    found, footprints = files(asked, ranker=ByColumn("named", scale=0.25))
    told = rows(asked)["a", TAX]["named"]
    assert found["a", TAX].probability == pytest.approx(told / 4, abs=1e-5)
    assert EvidenceSource.MENTION in found["a", TAX].sources
    assert footprints.weighed
    assert not FootprintPredictor().predict([asked], MEMORY).weighed


def test_a_named_file_that_the_ranker_thinks_nothing_of_is_left_out():
    found, _ = files(task("a", f"Round the taxes in {TAX}"), ranker=ByColumn("named", scale=0.001))
    assert ("a", TAX) not in found


def test_what_does_not_exist_yet_or_is_a_changelog_is_believed_as_before():
    asked = task("a", "Create src/billing/rates.py and describe it in CHANGES.md")
    ranked, _ = files(asked, ranker=ByColumn("pooled"))
    fixed, _ = files(asked, ranker=None)
    for path in ("src/billing/rates.py", "CHANGES.md"):
        assert ranked["a", path].probability == fixed["a", path].probability > 0


def test_who_declares_its_files_is_believed_whatever_the_ranker_says():
    asked = task("a", f"Round the taxes in {INVOICE}", modifies=(TAX,))
    found, footprints = files(asked, ranker=ByColumn("pooled"))
    fixed, _ = files(asked, ranker=None)
    assert {key: item.probability for key, item in found.items()} == {
        key: item.probability for key, item in fixed.items()
    }
    assert found["a", TAX].probability == 1.0
    assert not footprints.weighed


def test_a_ranker_that_says_what_the_rule_says_changes_nothing_of_what_is_retrieved():
    tasks = [task("a", "Round the taxes"), task("b", "Log in with a token")]
    predictor = FootprintPredictor(ranker=ByColumn("pooled"), enough=0.0)
    ranked = predictor.predict(tasks, MEMORY).retrieved
    fixed = retrieve(tasks, MEMORY)
    assert ranked.task.tolist() == fixed.task.tolist()
    assert ranked.file.tolist() == fixed.file.tolist()
    assert ranked.gained == pytest.approx(fixed.gained, abs=1e-4)
    assert np.array_equal(ranked.gains, fixed.gains)


@LAW
@given(task_lists())
def test_the_candidates_of_a_task_do_not_depend_on_the_others(tasks):
    among = rows(*tasks)
    for each in tasks:
        alone = rows(each)
        assert alone == {key: found for key, found in among.items() if key[0] == each.id}


def test_without_files_there_are_no_candidates():
    empty = RepoMemory(snapshot_of({"CHANGES.md": "tax"}), given=[])
    found = FootprintPredictor(ranker=ByColumn("pooled")).predict([task("a", "tax")], empty)
    assert len(found.retrieved.task) == 0
    assert FootprintPredictor().candidates([task("a", "tax")], empty).values.shape == (
        0,
        len(CANDIDATE_COLUMNS),
    )


def test_links_between_words_speak_for_files_that_texts_have_no_word_of():
    (login,) = [row for key, row in rows(task("a", "Fix the login")).items() if key[1] == LOGIN]
    assert login["link_sum"] > 0
    tax = rows(task("a", "Fix the login and the taxes"))["a", TAX]
    assert tax["link_sum"] == tax["link_mean"] == 0


def test_without_links_nothing_is_known_of_them():
    found = FootprintPredictor().candidates([task("a", "Fix the login")], MEMORY)
    columns = [list(CANDIDATE_COLUMNS).index(name) for name in LINK_COLUMNS]
    assert np.isnan(found.values[:, columns]).all()


def test_a_ranker_is_shown_the_links_that_it_asks_for():
    linked = ByColumn("link_sum", scale=0.5)
    linked.links = LINKS
    found, _ = files(task("a", "Fix the login"), ranker=linked)
    assert found["a", LOGIN].probability > 0.05
    assert ("a", TAX) not in found


def test_the_first_of_each_retriever_are_candidates_however_low_the_rule_places_them():
    files = 300
    gains = np.zeros((len(GAIN) + len(NEIGHBOUR_GAIN), 1, files))
    gains[0, 0, :200] = 3.0
    gains[2, 0, 250:] = 0.1
    path = np.zeros((1, files))
    path[0, 250:] = np.linspace(1.0, 0.1, 50)
    relevance = Relevance(
        names=(*GAIN, *NEIGHBOUR_GAIN),
        shares={name: path if name == "path" else np.zeros((1, files)) for name in GAIN},
        strengths={name: np.zeros(1) for name in GAIN},
        gains=gains,
        quotes={},
        words=np.array([1]),
        links=np.zeros((len(LINK_COLUMNS), 1, files)),
        meanings=np.zeros((len(MEANING_COLUMNS), 1, files)),
    )
    nothing = sparse.csr_array((1, files))
    traits = np.zeros((files, len(TRAITS)), dtype=np.float32)
    wanted = np.ones(files, dtype=bool)
    found = candidates(relevance, Told(nothing, nothing), traits, wanted).file.tolist()
    assert found == [*range(80), *range(250, 275)]
