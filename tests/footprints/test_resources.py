"""Which ports, migrations, services and variables a text names."""

from __future__ import annotations

import pytest

from taskpar_ml.footprints.resources import resources_in
from tests.support.workspaces import snapshot_of

READ, WRITE, NEW = "read", "write", "new"


def found(text):
    mentions = resources_in(text, snapshot_of())
    return {(each.item, NEW if each.creates else each.access.value) for each in mentions}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Listen on port 8080", {("port 8080", WRITE)}),
        ("Set port: `5432`, --port=3000", {("port 5432", WRITE), ("port 3000", WRITE)}),
        ("http://localhost:3000/x and 0.0.0.0:80", {("port 3000", WRITE), ("port 80", WRITE)}),
        ("Port 12 components to TypeScript", set()),
        ("Export 8080 rows; report 2024", set()),
        ("Write migration 0042_totals", {("migration 42", NEW)}),
        ("Squash migrations #7", {("migration 7", WRITE)}),
        ("Fix 0042_totals.py", {("migration 42", WRITE)}),
        ("Fix 20240101120000_totals.sql", {("migration 20240101120000", WRITE)}),
        ("Add a migration for totals", set()),
        ("Plan the migration\n3. Export\nSet the port\n8080 rows", set()),
        ("Restart the service `billing`", {("service billing", WRITE)}),
        ("Add a queue named 'mails'", {("service mails", NEW)}),
        ("Use the `mails` bucket", {("service mails", READ)}),
        ("A service for billing", set()),
        ("Set SHOP_CURRENCY", {("variable SHOP_CURRENCY", WRITE)}),
        ("Read ${DATABASE_URL} and $SHOP_KEY", {
            ("variable DATABASE_URL", READ), ("variable SHOP_KEY", READ)}),
        ("Use HTTP and SQL, not Some_Name", set()),
        ("Restart service `007`", {("service 007", WRITE)}),
        ("Restart service `²`", {("service ²", WRITE)}),
    ],
)  # fmt: skip
def test_a_text_names_resources(text, expected):
    assert found(text) == expected


def test_words_in_capitals_count_half():
    shares = {each.item: each.share for each in resources_in("port 8080, A_B", snapshot_of())}
    assert shares == {"port 8080": 1.0, "variable A_B": 0.5}


def test_a_number_without_end_is_no_number():
    assert found(f"migration {'1' * 5000}, service `{'1' * 5000}`") == {
        (f"service {'1' * 5000}", WRITE)
    }
