"""Files by what stands in them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from taskpar_ml.array_store import ArrayStore
from taskpar_ml.footprints.content import ContentRetriever
from taskpar_ml.footprints.content_index import ContentIndex
from taskpar_ml.footprints.identifiers import IdentifierRetriever
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.path_words import PathRetriever
from taskpar_ml.footprints.queries import Queries
from tests.support.workspaces import GivenFiles, snapshot_of, task

FILES = {
    "empty.py": "",
    "cart.py": "def total(items):\n    return sum(items)\n" + "# filler\n" * 60 + "taxes\n",
    "tax.py": "def round_taxes(total):\n    return round(total, 2)\n",
    "twice.py": ("taxes\n" + "# filler\n" * 29) * 2,
}


def ranking(*titles, files=FILES):
    snapshot = snapshot_of(files)
    content = ContentIndex.of(snapshot)
    tasks = [task(f"t{number}", title) for number, title in enumerate(titles)]
    return ContentRetriever(content, len(snapshot.paths)).rank(Queries.of(tasks))


def test_a_file_that_holds_the_words_is_relevant():
    found = ranking("round_taxes", "unheard of").relevance
    paths = sorted(FILES)
    assert found[0].argmax() == paths.index("tax.py")
    assert found[0, paths.index("empty.py")] == 0
    assert not found[1].any()


def test_equal_pieces_count_once():
    found = ranking(
        "taxes",
        files={
            "once.py": FILES["twice.py"][: len(FILES["twice.py"]) // 2],
            "twice.py": FILES["twice.py"],
            "z.py": "x y z",
        },
    ).relevance
    assert found[0, 0] == pytest.approx(found[0, 1])


def test_the_lines_of_the_best_piece_are_quoted():
    found = ranking("Round the taxes")
    paths = sorted(FILES)
    assert found.quote(0, paths.index("cart.py")) == "lines 61-90: taxes"
    assert found.quote(0, paths.index("tax.py")) == "lines 1-30: Round, taxes"


@pytest.mark.parametrize("files", [{}, {"a": ""}, {"a": "\0"}])
def test_nothing_to_read_is_nothing_relevant(files):
    found = ranking("tax", files=files).relevance
    assert found.shape == (1, len(files))
    assert not found.any()


def test_paths_are_relevant_by_their_words():
    paths = ("src/billing/tax.py", "src/users.py", "tests/billing/test_tax.py")
    asked = Queries.of([task("a", "Round billing taxes"), task("b", "the")])
    found = PathRetriever(paths).rank(asked)
    assert found.relevance[0, 0] > found.relevance[0, 2] > found.relevance[0, 1] == 0
    assert not found.relevance[1].any()
    assert found.quote(0, 0) in ("path: billing, taxes", "path: taxes, billing")


def test_a_repository_too_large_to_be_read_is_read_in_part_and_says_so(monkeypatch):
    monkeypatch.setattr("taskpar_ml.footprints.content_index.MOST_POSTINGS", 9)
    memory = RepoMemory(snapshot_of(FILES))
    assert memory.content.files.tolist() == [0]  # cart.py
    assert memory.content.beyond == 2
    assert "the contents of 2 files are left out" in str(memory.lacks[0])
    monkeypatch.undo()
    assert not any("left out" in str(each) for each in RepoMemory(snapshot_of(FILES)).lacks)


def test_files_that_hold_a_named_identifier_are_relevant_the_fewer_the_more():
    files = {
        "a.py": "rate_limit",
        "b.py": "rate limit",
        "c.py": "shop_user\nRateLimit",
        "d.py": "shopUser",
        "e.py": "shop_user",
    }
    content = ContentIndex.of(snapshot_of(files))
    asked = Queries.of([task("a", "The rate_limit of a ShopUser"), task("b", "rate limit")])
    found = IdentifierRetriever(content, 5).rank(asked)
    assert found.relevance[0, 1] == 0
    assert found.relevance[0, 2] > found.relevance[0, 0] > found.relevance[0, 3] > 0
    assert found.relevance[0, 3] == found.relevance[0, 4]
    assert not found.relevance[1].any()
    assert found.quote(0, 2) == "identifiers: rate_limit, ShopUser"


class Remembering:
    """A cache of facts in memory."""

    def __init__(self):
        self.facts = {}

    def get(self, kind, keys):
        return {key: self.facts[kind, key] for key in keys if (kind, key) in self.facts}

    def put(self, kind, facts):
        self.facts |= {(kind, key): fact for key, fact in facts.items()}


class Lacking(GivenFiles):
    """Files of which the clone lacks the contents."""

    def blob_size(self, identity):
        return None

    def read_blob(self, identity, limit):
        return None


def test_what_the_clone_lacks_is_not_remembered_as_empty(tmp_path):
    whole = snapshot_of(FILES)
    cache, arrays = Remembering(), ArrayStore(tmp_path)
    lacking = replace(whole, cache=cache, arrays=arrays, _source=Lacking(FILES))
    assert ContentIndex.of(lacking).index.n_documents == 0
    fetched = replace(whole, cache=cache, arrays=arrays)
    assert ContentIndex.of(fetched).index.n_documents == ContentIndex.of(whole).index.n_documents
    facts = len(cache.facts)
    assert facts == len(FILES)
    ContentIndex.of(replace(whole, cache=cache))
    assert len(cache.facts) == facts
