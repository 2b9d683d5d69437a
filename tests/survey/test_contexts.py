"""Which part of the system a path belongs to."""

from __future__ import annotations

import pytest

from taskpar_ml.survey.contexts import Contexts
from tests.support.workspaces import SHOP


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/billing/tax.py", "billing"),
        ("src/billing/rules/vat.py", "billing"),
        ("src/app.py", None),
        ("README.md", None),
        ("docs/guide.md", "docs"),
        ("services/mails/src/send.go", "mails"),
        ("tests/test_login.py", None),
        ("tests/billing/test_tax.py", "billing"),
    ],
)
def test_directories_tell_contexts(path, expected):
    assert Contexts(SHOP).of(path) == expected


def test_a_directory_that_holds_most_files_is_the_whole_system():
    files = ["shop/billing/tax.py", "shop/cart/cart.py", "shop/main.py", "docs/a.md"]
    assert Contexts(files).of("shop/billing/tax.py") == "billing"
    assert Contexts(["shop/a.py", "mail/a.py", "docs/a.md"]).of("shop/a.py") == "shop"


def test_contexts_that_a_person_has_drawn_win():
    named = {"money": ("src/billing/**", "**/tax*"), "rest": ("src/**",)}
    contexts = Contexts(SHOP, named=named)
    assert contexts.of("src/billing/models.py") == "money"
    assert contexts.of("src/orders/tax_rates.py") == "money"
    assert contexts.of("src/orders/api.py") == "rest"
    assert contexts.of("docs/guide.md") == "docs"


def test_an_empty_repository_has_no_contexts():
    assert Contexts([]).of("a.py") is None
