"""By which places files and imports name each other."""

from __future__ import annotations

import pytest

from taskpar_ml.history.items.module_names import imported_places, packages_of, places_of


@pytest.mark.parametrize(
    ("path", "module", "file"),
    [
        ("src/shop/cart.py", "shop.tax", "src/shop/tax.py"),
        ("src/shop/cart.py", ".tax", "src/shop/tax.py"),
        ("src/shop/api/cart.py", "..tax", "src/shop/tax.py"),
        ("src/shop/cart.py", ".", "src/shop/__init__.py"),
        ("tool/run.py", "helper", "tool/helper.py"),
        ("web/cart.ts", "./tax", "web/tax.tsx"),
        ("web/api/cart.ts", "../tax.js", "web/tax.ts"),
        ("web/cart.ts", "./tax", "web/tax/index.ts"),
        ("web/cart.ts", "./tax.service", "web/tax.service.ts"),
        ("src/cart.ts", "@/shop/tax", "src/shop/tax.ts"),
        ("cart/cart.go", "example.org/shop/v3/api/tax", "api/tax/rate.go"),
        ("cart/cart.go", "example.org/shop/tax", "tax/rate.go"),
    ],
)
def test_an_import_meets_its_file(path, module, file):
    assert set(imported_places(path, module)) & set(places_of(file))


@pytest.mark.parametrize(
    ("path", "module", "file"),
    [
        ("src/shop/cart.py", "tax", "src/shop/rates/tax.py"),
        ("src/shop/cart.py", "bank.tax", "src/shop/tax.py"),
        ("src/shop/cart.py", "..tax", "src/shop/tax.py"),
        ("web/cart.ts", "tax", "web/tax.ts"),
        ("web/cart.ts", "./tax", "web/other/tax.ts"),
        ("cart/cart.go", "example.org/shop/bank/tax", "api/tax/rate.go"),
    ],
)
def test_an_import_does_not_meet_another_file_of_that_name(path, module, file):
    assert not set(imported_places(path, module)) & set(places_of(file))


def test_packages_above_hand_out_what_modules_define():
    assert "shop" in set(packages_of("src/shop/api/tax.py"))
    assert set(packages_of("tax.py")) == set()
