"""Files behind what texts name."""

from __future__ import annotations

import pytest

from taskpar_ml.domain.footprint import Access, EvidenceSource, ObservedWork, Surface
from taskpar_ml.footprints.files_behind import BEHIND
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.predictor import DEFAULT_FINDERS, FootprintPredictor
from taskpar_ml.footprints.wording import OWN_TEXT
from tests.support.workspaces import snapshot_of, task

TAX, API, CART, STORE = "shop/tax.py", "shop/api.py", "shop/cart.py", "shop/store.py"
FILES = {
    TAX: "def round_tax(amount): ...\n\ndef parse_rates(text): ...\n",
    API: "import flask\n\napp = flask.Flask('shop')\n\n"
    "@app.get('/orders/<int:id>')\ndef order(id): ...\n",
    CART: "def show(db):\n    return db.execute('SELECT id FROM orders')\n",
    STORE: "def make(db):\n    db.execute('CREATE TABLE orders (id int)')\n",
    "migrations/0001_start.sql": "CREATE TABLE orders (id int);\n",
    "migrations/0002_more.sql": "ALTER TABLE orders ADD COLUMN total int;\n",
}
MEMORY = RepoMemory(snapshot_of(FILES), given=())


def behind(chosen, *, without=(), observed=None):
    predictor = FootprintPredictor(without=without)
    rows = predictor.predict([chosen], MEMORY, observed=observed or {}).evidence
    return {
        row.item: (row.access.value, row.probability)
        for row in rows
        if row.surface == Surface.FILE and row.quote.startswith(("defines", "uses"))
    }


def test_a_named_symbol_points_to_the_file_that_defines_it():
    assert behind(task("a", "Fix parse_rates")) == {TAX: ("write", pytest.approx(0.6))}


def test_an_endpoint_points_to_its_handler_however_its_parameter_is_written():
    for path in ("/orders/:id", "/orders/{order_id}", "/orders/{}"):
        assert behind(task("a", f"Fix GET {path}"))[API] == ("write", pytest.approx(0.6))


def test_a_table_points_to_those_that_define_it_and_less_to_those_that_use_it():
    found = behind(task("a", "Change the `orders` table"))
    assert found == {STORE: ("write", pytest.approx(0.6)), CART: ("write", pytest.approx(0.15))}


def test_who_only_reads_points_to_the_definition_alone():
    assert behind(task("a", "Read the `orders` table")) == {STORE: ("read", pytest.approx(0.6))}
    assert behind(task("a", "Call parse_rates()")) == {TAX: ("read", pytest.approx(0.6))}


def test_a_file_behind_is_believed_less_than_a_named_one():
    found = behind(task("a", "Fix parse_rates and round_tax"))
    assert found == {TAX: ("write", pytest.approx(0.6))}
    assert found[TAX][1] < OWN_TEXT


def test_a_file_that_is_named_itself_is_counted_once():
    assert behind(task("a", f"Fix {TAX}::parse_rates")) == {}


def test_who_declares_files_is_believed_and_finished_work_is_known():
    assert behind(task("a", "Fix parse_rates", modifies=["README.md"])) == {}
    seen = {"a": ObservedWork(frozenset([API]), final=True)}
    assert behind(task("a", "Fix parse_rates"), observed=seen) == {}


def test_each_kind_can_be_left_out():
    chosen = task("a", "Fix parse_rates, GET /orders/{id} and the `orders` table")
    assert set(behind(chosen)) == {TAX, API, STORE, CART}
    left = {surface: set(behind(chosen, without=[name])) for surface, name in BEHIND.items()}
    assert left == {
        Surface.SYMBOL: {API, STORE, CART},
        Surface.ENDPOINT: {TAX, STORE, CART},
        Surface.TABLE: {TAX, API},
    }
    named_files = FootprintPredictor(DEFAULT_FINDERS[:2]).predict([chosen], MEMORY)
    assert not named_files.evidence


def test_a_symbol_that_a_task_refers_to_still_says_what_it_is_about():
    footprints = FootprintPredictor().predict([task("a", "Call parse_rates()")], MEMORY)
    assert TAX in {MEMORY.snapshot.paths.paths[file] for file in footprints.retrieved.file}


def test_the_files_behind_a_task_do_not_depend_on_other_tasks():
    tasks = [task("a", "Fix parse_rates"), task("b", "Read the `orders` table, fix parse_rates")]

    def rows(chosen):
        return FootprintPredictor().predict(chosen, MEMORY).evidence

    together = rows(tasks)
    for each in tasks:
        assert [row for row in together if row.task == each.id] == list(rows([each]))
    for row in together:
        assert row.source == EvidenceSource.MENTION
        assert row.quote
        assert not row.creates or row.access == Access.WRITE
