"""Tables are touched by statements, by models, and by whoever imports those."""

from __future__ import annotations

from collections.abc import Mapping

from taskpar_ml.domain.code_facts import (
    FileFacts,
    Import,
    Migration,
    Model,
    TableAction,
    TableUse,
    Use,
)
from taskpar_ml.survey.imports import ImportResolver
from taskpar_ml.survey.tables import table_touches


def touches(files: Mapping[str, FileFacts]) -> set[tuple[str, str, str, int]]:
    """Return file, table, action and line of every touch."""
    resolver = ImportResolver(files, lambda path, most: None)
    return {
        (each.file, each.table, each.action, each.line) for each in table_touches(files, resolver)
    }


def test_statements_count_once_for_each_action():
    files = {
        "a.sql": FileFacts(
            tables=(
                TableUse("users", TableAction.CREATE, ("id",), 1),
                TableUse("users", TableAction.READ, (), 2),
                TableUse("users", TableAction.READ, (), 9),
            )
        )
    }
    assert touches(files) == {("a.sql", "users", "create", 1), ("a.sql", "users", "read", 2)}


def test_who_defines_a_model_makes_its_table_and_who_imports_it_reads_or_writes_it():
    files = {
        "shop/orders/models.py": FileFacts(
            models=(Model("Order", "", ("id",), 3), Model("Line", "Order_Lines", (), 8))
        ),
        "shop/orders/views.py": FileFacts(
            imports=(Import(".models", (("Order", "Order"), ("Line", "Row")), 2),),
            uses=(Use("Order.objects.filter", 4), Use("Row.objects.create", 7)),
        ),
        "shop/report.py": FileFacts(
            imports=(Import("shop.orders.models", (("Order", "O"),), 1),), uses=(Use("O", 5),)
        ),
    }
    assert touches(files) == {
        ("shop/orders/models.py", "orders_order", "create", 3),
        ("shop/orders/models.py", "order_lines", "create", 8),
        ("shop/orders/views.py", "orders_order", "read", 2),
        ("shop/orders/views.py", "order_lines", "write", 7),
        ("shop/report.py", "orders_order", "write", 5),
    }


def test_models_are_found_through_the_package_that_passes_them_on():
    files = {
        "shop/models/__init__.py": FileFacts(
            imports=(Import(".cart", (("Cart", "Cart"),), 1), Import(".price", (("*", "*"),), 2))
        ),
        "shop/models/cart.py": FileFacts(models=(Model("Cart", "", (), 1),)),
        "shop/models/price.py": FileFacts(models=(Model("Price", "prices", (), 1),)),
        "shop/views.py": FileFacts(
            imports=(Import(".models", (("Cart", "Cart"), ("Price", "Price")), 1),)
        ),
    }
    found = {each for each in touches(files) if each[0] == "shop/views.py"}
    assert found == {
        ("shop/views.py", "shop_cart", "read", 1),
        ("shop/views.py", "prices", "read", 1),
    }


def test_migrations_that_speak_of_models_mean_their_tables():
    def altering(*tables: str) -> FileFacts:
        return FileFacts(
            migrations=(Migration("", ("shop.0001_initial",), 1),),
            tables=tuple(TableUse(each, TableAction.ALTER, (), 2) for each in tables),
        )

    files = {
        "shop/models.py": FileFacts(
            models=(Model("Order", "", (), 1), Model("Line", "order_lines", (), 5))
        ),
        "shop/migrations/0002_x.py": altering("order", "line", "gone", "shop_order"),
        "db/versions/aa.py": FileFacts(
            migrations=(Migration("aa", (), 1),),
            tables=(TableUse("order", TableAction.ALTER, (), 2),),
        ),
    }
    altered = {(path, table) for path, table, action, _ in touches(files) if action == "alter"}
    assert altered == {
        ("shop/migrations/0002_x.py", "shop_order"),
        ("shop/migrations/0002_x.py", "order_lines"),
        ("shop/migrations/0002_x.py", "shop_gone"),
        ("db/versions/aa.py", "order"),
    }
