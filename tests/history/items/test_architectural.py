"""Both tasks introduce what should have been decided once."""

from __future__ import annotations

import pytest

HELPER = "def parse_country_code(text):\n    return text\n"


@pytest.mark.parametrize(
    ("second", "number"), [("shop/pay.py", 1), ("bank/pay.py", 0), ("shop/tests/test_pay.py", 0)]
)
def test_one_name_in_two_files_of_one_directory_is_met(tasks, second, number):
    found = tasks.items({}, {"shop/cart.py": HELPER}, {second: HELPER})
    expected = "definition parse_country_code in shop: shop/cart.py and shop/pay.py"
    assert found == [f"architectural: {expected}"] * number


@pytest.mark.parametrize("name", ["main", "_parse_country_code", "handler"])
def test_names_that_any_module_may_have_do_not_meet(tasks, name):
    helper = HELPER.replace("parse_country_code", name)
    assert tasks.items({}, {"shop/cart.py": helper}, {"shop/pay.py": helper}) == []


def test_what_was_moved_is_not_introduced(tasks):
    base = {"shop/old.py": HELPER}
    later = {"shop/old.py": None, "shop/pay.py": HELPER}
    assert tasks.items(base, {"shop/cart.py": HELPER}, later) == []


def test_one_package_in_two_manifests_is_met(tasks):
    base = {"a/requirements.txt": "attrs\n", "b/requirements.txt": "attrs\n"}
    earlier, later = ({f"{each}/requirements.txt": "attrs\nflask\n"} for each in "ab")
    assert tasks.items(base, earlier, later) == [
        "architectural: package flask: a/requirements.txt and b/requirements.txt"
    ]
