"""Where in their files tasks will work."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from taskpar_ml.domain.footprint import REGION_STEPS, Surface, quantised
from taskpar_ml.footprints.blob_terms import CHUNK_LINES
from taskpar_ml.footprints.code_map import CodeMap
from taskpar_ml.footprints.content import ContentRetriever
from taskpar_ml.footprints.content_index import ContentIndex
from taskpar_ml.footprints.inverted_index import rarity
from taskpar_ml.footprints.parts import ANYWHERE, SHARPNESS
from taskpar_ml.footprints.pinpointing import pinpoint
from taskpar_ml.footprints.queries import Queries
from tests.support.strategies import LAW
from tests.support.workspaces import snapshot_of, task

WORDS = ("tax", "cart", "login", "invoice", "stock", "mail")


def long_file(*words, gap=CHUNK_LINES):
    """Return a file with a function of each word, each in a piece of its own."""
    return "".join(f"def {word}():\n" + "    pass\n" * (gap - 1) for word in words)


FILES = {
    "empty.py": "",
    "data.bin": "\0",
    "one.py": long_file("tax"),
    "few.py": long_file("cart", "login", gap=7)
    + "class Mail:\n    x = 1\n\n    def send(self): ...\n",
    "many.py": long_file(*WORDS),
    "notes.md": "tax\n" * 70,
}
SNAPSHOT = snapshot_of(FILES)
PATHS = SNAPSHOT.paths.paths
CONTENT = ContentIndex.of(SNAPSHOT)
CODE = CodeMap.of(SNAPSHOT)
SYMBOLS = CODE.spots[Surface.SYMBOL]
REGION_FILE = np.concatenate([np.repeat(CONTENT.files, CONTENT.pieces), np.arange(len(PATHS))])


def written(*rows):
    """Return P(write) of files, one mapping from path to probability for each task."""
    dense = np.array([[row.get(path, 0.0) for path in PATHS] for row in rows])
    return sparse.csr_array(dense.reshape(len(rows), len(PATHS)))


def found(tasks, *rows):
    return pinpoint(tasks, written(*rows), CONTENT, CODE.spots)


def pieces(result, path, *, row=0):
    """Return P(write) of the pieces of a file."""
    inside = np.flatnonzero(PATHS.index(path) == REGION_FILE)[:-1]
    return result.regions.toarray()[row, inside]


def symbols(result, row=0):
    values = result.spots[Surface.SYMBOL].toarray()[row]
    return {SYMBOLS.items[item]: value for item, value in zip(SYMBOLS.item, values, strict=True)}


probabilities = st.integers(1, 256).map(lambda steps: steps / 256)
asked = st.lists(st.sampled_from((*WORDS, "send", "?")), max_size=3).map(" ".join)
rows = st.tuples(
    asked.map(lambda words: words or "?"),
    st.dictionaries(st.sampled_from(PATHS), probabilities),
)


def named(some):
    return [task(f"t{at:03}", title) for at, (title, _) in enumerate(some)]


@LAW
@given(st.lists(rows, min_size=1, max_size=5))
def test_parts_of_a_file_add_up_to_it_but_for_rounding(some):
    result = found(named(some), *(row for _, row in some))
    expected = written(*(row for _, row in some)).toarray()
    for parts, file in (
        (result.regions, REGION_FILE),
        *((result.spots[surface], CODE.spots[surface].file) for surface in CODE.spots),
    ):
        of_file = sparse.csr_array(
            (np.ones(len(file)), (np.arange(len(file)), file)), shape=(len(file), len(PATHS))
        )
        n_parts = of_file.sum(axis=0)
        rounding = n_parts / (2 * REGION_STEPS) + 1e-12
        told = np.where(n_parts > 0, expected, 0.0)
        assert np.all(np.abs((parts @ of_file).toarray() - told) <= rounding)
        assert np.all(parts.data > 0)
        assert np.all(parts.data * REGION_STEPS == np.rint(parts.data * REGION_STEPS))


@LAW
@given(st.lists(rows, min_size=1, max_size=3), st.data())
def test_what_is_found_is_what_the_formulas_say_piece_by_piece(some, data):
    at = data.draw(st.integers(0, len(some) - 1))
    title, row = some[at]
    regions, spots = by_hand(task("alone", title), row)
    result = found(named(some), *(row for _, row in some))
    assert np.allclose(result.regions.toarray()[at], regions, atol=1 / REGION_STEPS)
    held = result.spots[Surface.SYMBOL].toarray()[at]
    assert np.allclose(held, spots, atol=1 / REGION_STEPS)


def by_hand(asking, row):
    """Return P(write) of regions and of symbols, by loops over one task."""
    queries = Queries.of([asking])
    scores = queries.scores(ContentRetriever(CONTENT, len(PATHS)).weights(queries))[0]
    postings = SYMBOLS.words.postings(queries.terms).toarray()
    rare = rarity(np.count_nonzero(postings, axis=1), len(SYMBOLS))
    names = queries.row(0) @ (rare[:, None] * postings)
    chance = np.array([row.get(path, 0.0) for path in PATHS])
    n_pieces = CONTENT.index.n_documents
    piece_file = REGION_FILE[:n_pieces]

    def shares(values, file):
        own = np.where(chance[file] > 0, values, 0.0)
        return (own / own.max()) ** SHARPNESS if own.any() else own

    words, named_with = shares(scores, piece_file), shares(names, SYMBOLS.file)
    by_name, around = np.zeros(n_pieces), np.zeros(len(SYMBOLS))
    for spot, file in enumerate(SYMBOLS.file):
        held = np.flatnonzero(piece_file == file)
        first, last = ((line[spot] - 1) // CHUNK_LINES for line in (SYMBOLS.first, SYMBOLS.last))
        for piece in held[first : last + 1][:4]:
            by_name[piece] = max(by_name[piece], named_with[spot])
            around[spot] = max(around[spot], words[piece])

    def out(weight, file):
        total = np.bincount(file, weights=weight + ANYWHERE, minlength=len(PATHS))[file]
        return quantised(chance[file] * (weight + ANYWHERE) / total, steps=REGION_STEPS, keep=False)

    whole = np.where(np.isin(np.arange(len(PATHS)), piece_file), 0.0, chance)
    return (
        np.concatenate([out(words + by_name, piece_file), whole]),
        out(around + named_with, SYMBOLS.file),
    )


@pytest.mark.parametrize("count", [63, 64, 65, 130])
def test_a_task_is_found_where_it_is_found_alone_however_many_others_there_are(count):
    chance = np.random.default_rng(count)
    some = [
        (
            " ".join(chance.choice(WORDS, 2)),
            {path: chance.integers(0, 257) / 256 for path in PATHS if chance.random() < 0.4},
        )
        for _ in range(count)
    ]
    together = found(named(some), *(row for _, row in some))
    assert together.regions.shape[0] == count
    for at in {0, 1, 62, count - 2, count - 1, count // 2}:
        title, row = some[at]
        alone = found([task("alone", title)], row)
        for whole, part in (
            (together.regions, alone.regions),
            *((together.spots[each], alone.spots[each]) for each in CODE.spots),
        ):
            assert whole.toarray()[at].tobytes() == part.toarray()[0].tobytes()


def test_tasks_that_write_nothing_are_nowhere_though_a_whole_block_of_them_comes_first():
    nothing = [("tax", {})] * 64
    some = [*nothing, ("tax", {"many.py": 1.0})]
    result = found(named(some), *(row for _, row in some))
    assert np.flatnonzero(np.diff(result.regions.indptr)).tolist() == [64]
    assert pieces(result, "many.py", row=64).argmax() == 0


@pytest.mark.parametrize("path", ["empty.py", "data.bin"])
def test_a_file_without_pieces_is_one_region(path):
    result = found([task("a", "tax")], {path: 0.5})
    assert result.regions.nnz == 1
    assert result.regions[0, CONTENT.index.n_documents + PATHS.index(path)] == 0.5


def test_a_task_goes_where_its_words_stand():
    result = found([task("a", "Send invoice")], {"many.py": 1.0})
    assert pieces(result, "many.py").argmax() == WORDS.index("invoice")
    assert pieces(result, "many.py").max() > 0.9
    assert max(symbols(result), key=symbols(result).get) == "many.py::invoice"


def test_a_task_without_words_is_anywhere_in_its_file():
    result = found([task("a", "?")], {"many.py": 0.75})
    assert np.allclose(pieces(result, "many.py"), 0.75 / 6, atol=1 / REGION_STEPS)


def test_a_method_that_is_named_is_meant_rather_than_the_head_of_its_class():
    told = symbols(found([task("a", "send")], {"few.py": 1.0}))
    assert told["few.py::Mail.send"] > 1.5 * told["few.py::Mail"]
    told = symbols(found([task("a", "Mail")], {"few.py": 1.0}))
    assert told["few.py::Mail"] > 1.5 * told["few.py::cart"]


def test_only_files_that_the_task_writes_count_for_what_is_best():
    alone = found([task("a", "cart tax")], {"few.py": 1.0})
    beside = found([task("a", "cart tax")], {"few.py": 1.0, "many.py": 0.0})
    assert alone.regions.toarray().tobytes() == beside.regions.toarray().tobytes()


def test_nobody_asks_of_no_files():
    result = found([])
    assert result.regions.shape == (0, CONTENT.index.n_documents + len(PATHS))
    assert {each.shape for each in result.spots.values()} == {
        (0, len(spots)) for spots in CODE.spots.values()
    }
    bare = snapshot_of({})
    none = pinpoint(
        [task("a", "tax")],
        sparse.csr_array((1, 0)),
        ContentIndex.of(bare),
        CodeMap.of(bare).spots,
    )
    assert none.regions.shape == (1, 0)


def test_a_long_definition_is_told_by_its_later_pieces_too():
    body = "    pass\n" * CHUNK_LINES
    text = f"def one():\n{body}    tax = 1\n{body}def two():\n{body}    cart = 1\n{body}"
    snapshot = snapshot_of({"long.py": text})
    code = CodeMap.of(snapshot)
    result = pinpoint(
        [task("a", "tax"), task("b", "cart")],
        sparse.csr_array(np.ones((2, 1))),
        ContentIndex.of(snapshot),
        code.spots,
    )
    likely = result.spots[Surface.SYMBOL].toarray()[:, :2]
    assert likely[0, 0] > 0.9 > likely[0, 1]
    assert likely[1, 1] > 0.9 > likely[1, 0]
