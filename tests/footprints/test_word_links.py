"""Links between words of tasks and words of paths."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from taskpar_ml.footprints.queries import Queries
from taskpar_ml.footprints.terms import term_counts
from taskpar_ml.footprints.word_links import LINK_COLUMNS, PathWords, WordLinks, path_terms
from tests.support.strategies import LAW, task_lists
from tests.support.workspaces import task

PATHS = ("docs/guide.md", "src/app.py", "README.md", "tox.ini")


def term(word: str) -> int:
    (found,) = term_counts(word)
    return found


def links(**pairs: float) -> WordLinks:
    """Return links of words, written ``typo_docs=1.0``."""
    told = {tuple(map(term, name.split("_"))): lift for name, lift in pairs.items()}
    terms, names = (sorted({pair[side] for pair in told}) for side in (0, 1))
    lifts = np.zeros((len(terms), len(names)), dtype=np.float32)
    for (word, name), lift in told.items():
        lifts[terms.index(word), names.index(name)] = lift
    return WordLinks(np.array(terms, np.uint32), np.array(names, np.uint32), lifts)


LINKS = links(typo_docs=2.0, typo_app=-1.0, lint_tox=3.0, typo_readme=1.0)
WORDS = PathWords.of(PATHS)


def found(*tasks):
    return LINKS.of(Queries.of(tasks), WORDS)


def test_paths_have_words_an_ending_and_a_place():
    assert path_terms("docs/guide.md") > {term("docs"), term("guide")}
    assert path_terms("a.md") & path_terms("b.md") - path_terms("docs/c.md"), "both at the top"
    assert path_terms("x/a.md") & path_terms("y/b.md"), "one ending"
    assert path_terms("Makefile") != path_terms("x/Makefile")
    assert path_terms("src/rate_limit.py") >= {term("rate"), term("limit")}
    assert path_terms("caf\udce9/\ud800.txt"), "whatever git can hold"


def test_every_file_holds_its_terms_and_the_common_ones_are_less_rare():
    for path, row in zip(PATHS, WORDS.holds.toarray(), strict=True):
        assert set(WORDS.terms[row > 0].tolist()) == path_terms(path)
    docs, top = (WORDS.terms.tolist().index(each) for each in (term("docs"), term("tox")))
    common = WORDS.holds.sum(axis=0) > 1
    assert WORDS.rarity[common].max() < WORDS.rarity[~common].min()
    assert WORDS.rarity[docs] == WORDS.rarity[top]


def test_a_linked_file_is_told_from_one_that_is_linked_the_other_way():
    mean, total = found(task("a", "typo"))[:, 0]
    assert total.tolist() == pytest.approx([2.0, -1.0, 1.0, 0.0])
    assert mean[0] > mean[2] > 0 > mean[1]
    rarity = dict(zip(WORDS.terms.tolist(), WORDS.rarity.tolist(), strict=True))
    whole = sum(rarity[each] for each in path_terms("docs/guide.md"))
    assert mean[0] == pytest.approx(2.0 * rarity[term("docs")] / whole)


def test_more_words_of_other_things_make_a_link_weaker():
    (alone,), (among,) = (found(task("a", text))[1] for text in ("typo", "typo lint kernel"))
    assert alone[0] > among[0] > 0
    assert among[3] > 0


def test_words_that_nobody_knows_say_nothing():
    assert not found(task("a", "kernel"), task("b", "?")).any()
    assert LINKS.of(Queries.of([task("a", "typo")]), PathWords.of(())).shape == (2, 1, 0)
    assert LINKS.of(Queries.of([]), WORDS).shape == (len(LINK_COLUMNS), 0, len(PATHS))


@LAW
@given(task_lists())
def test_what_is_said_of_a_task_does_not_depend_on_the_others(tasks):
    among = found(*tasks)
    for row, each in enumerate(tasks):
        assert np.array_equal(found(each)[:, 0], among[:, row])
