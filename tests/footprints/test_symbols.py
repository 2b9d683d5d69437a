"""Which symbols a text names."""

from __future__ import annotations

import pytest

from taskpar_ml.footprints.symbol_names import SymbolNames
from taskpar_ml.footprints.symbols import symbols_in

READ, WRITE, NEW = "read", "write", "new"
RATES, PARSE = "src/shop/tax.py::Rates", "src/shop/tax.py::Rates.parse"
ROUND, SAVE = "src/shop/tax.py::round_tax", "src/shop/user.py::User.save"
SYMBOLS = SymbolNames(
    [
        RATES,
        PARSE,
        ROUND,
        SAVE,
        "src/shop/order.py::Order.save",
        "src/shop/run.py::run",
        *(f"src/apps/a{number}.py::make_app" for number in range(4)),
        "web/cart.ts::greet",
        "web/user.ts::greet",
    ]
)


def found(text):
    mentions = symbols_in(text, SYMBOLS)
    return {(each.item, NEW if each.creates else each.access.value) for each in mentions}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Forms of a name.
        ("Fix src/shop/tax.py::Rates.parse", {(PARSE, WRITE)}),
        ("Fix tax.py::parse", {(PARSE, WRITE)}),
        ("Fix cart.py::parse", set()),
        ("Fix `Rates`", {(RATES, WRITE)}),
        ("Fix Rates.parse", {(PARSE, WRITE)}),
        ("Fix Rates::parse", {(PARSE, WRITE)}),
        ("Fix round_tax", {(ROUND, WRITE)}),
        ("Fix round_tax()", {(ROUND, WRITE)}),
        ("Fix `round_tax(amount, digits)`.", {(ROUND, WRITE)}),
        ("Fix shop.tax.round_tax", {(ROUND, WRITE)}),
        ("Fix tax.round_tax()", {(ROUND, WRITE)}),
        ("Fix cart.round_tax()", set()),
        # Plain words, common words and names that many files define.
        ("Fix the Rates of the shop", set()),
        ("Greet everybody", set()),
        ("Fix `run` and run()", set()),
        ("Fix make_app()", set()),
        ("Fix file(s), http://shop.tax/round_tax and src/round_tax/x", set()),
        # Access by wording.
        ("Show what round_tax returns, see `Rates`", {(ROUND, WRITE), (RATES, READ)}),
        ("Call round_tax in the cart", {(ROUND, READ)}),
        ("The cart uses `Rates.parse`", {(PARSE, READ)}),
        ("Add tests for round_tax", {(ROUND, READ)}),
        ("Rename round_tax to tax_of", {(ROUND, WRITE)}),
        ("Remove User.save", {(SAVE, WRITE)}),
        # What does not exist yet.
        ("Add a function `net_total` to the cart", {("net_total", NEW)}),
        ("Add net_total() to the cart", {("net_total", NEW)}),
        ("Create the `Basket` class", {("Basket", NEW)}),
        ("Introduce a BasketError exception", {("BasketError", NEW)}),
        ("Add `Rates.render()`", {("Rates.render", NEW)}),
        ("Add make_app()", set()),
        ("Add the option `verbose`", set()),
        ("Create the `invoices` table", set()),
        ("Use net_total()", set()),
        ("Add a class to the page", set()),
    ],
)
def test_symbols_are_read_out_of_texts(text, expected):
    assert found(text) == expected


def test_a_name_that_several_files_define_is_shared_among_them():
    shares = [each.share for each in symbols_in("Fix greet()", SYMBOLS)]
    (alone,) = symbols_in("Fix tax.py::Rates", SYMBOLS)
    assert shares == [alone.share / 2] * 2


def test_a_symbol_that_exists_is_changed_less_often_than_one_that_is_to_be_made_is_made():
    (named,) = symbols_in("Rename round_tax to tax_of", SYMBOLS)
    (made,) = symbols_in("Add net_total() to the cart", SYMBOLS)
    assert named.share < made.share == 1


def test_a_plain_word_in_code_quotes_counts_half():
    (quoted,) = symbols_in("Fix `Rates`", SYMBOLS)
    (scoped,) = symbols_in("Fix tax.py::Rates", SYMBOLS)
    assert quoted.share == scoped.share / 2


def test_very_long_names_are_passed_over():
    assert found("Fix " + "a." * 200 + "round_tax") == set()
