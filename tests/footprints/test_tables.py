"""Which tables a text names."""

from __future__ import annotations

import pytest

from taskpar_ml.footprints.tables import tables_in
from tests.support.workspaces import snapshot_of

READ, WRITE, NEW = "read", "write", "new"


def found(text):
    mentions = tables_in(text, snapshot_of())
    return {(each.item, NEW if each.creates else each.access.value) for each in mentions}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Statements.
        ("CREATE TABLE users (id int)", {("users", NEW)}),
        ("create table if not exists `order_items` (id int)", {("order_items", NEW)}),
        ("ALTER TABLE public.users ADD COLUMN age int", {("users", WRITE)}),
        ("Drop table sessions", {("sessions", WRITE)}),
        ("TRUNCATE TABLE [Orders]", {("orders", WRITE)}),
        ("INSERT INTO users VALUES (1)", {("users", WRITE)}),
        ("UPDATE users SET age = 1", {("users", WRITE)}),
        ("DELETE FROM users WHERE 1", {("users", WRITE)}),
        ("SELECT id\nFROM users u", {("users", READ)}),
        ("SELECT * FROM users JOIN orders ON 1", {("users", READ), ("orders", READ)}),
        ("`select * from users`", {("users", READ)}),
        # Prose.
        ("Add a column to the users table", {("users", WRITE)}),
        ("Add the `users` table", {("users", NEW)}),
        ("Create a new table `user_roles`", {("user_roles", NEW)}),
        ("Create a table named invoices", {("invoices", NEW)}),
        ("Create a table for orders", {("orders", NEW)}),
        ("Add an index on table order_items", {("order_items", WRITE)}),
        ("Read totals from the `invoices` database table", {("invoices", READ)}),
        ("Link the users and orders tables", {("users", WRITE), ("orders", WRITE)}),
        ("Rename audit_log table", {("audit_log", WRITE)}),
        # False friends.
        ("Add a table of contents", set()),
        ("See the table below", set()),
        ("Show results in a table with sortable columns", set()),
        ("The table component should use tabs", set()),
        ("Render table rows and table headers", set()),
        ("The results table, and this table", set()),
        ("Sort the process table", set()),
        ("A table for displaying orders", set()),
        ("Delete from the cart, insert into lists", set()),
        ("Select an item from lists", set()),
        ("Update status set by admins", set()),
        ("Put it on the table", set()),
        ("Fill the tables\n`users` is slow\nShow orders\ntables are slow", set()),
        ("Add the CLI options table and a flags table to the guide", set()),
        ("A stable portable timetables view", set()),
    ],
)
def test_a_text_names_tables(text, expected):
    assert found(text) == expected
