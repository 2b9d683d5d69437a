"""A small repository that end-to-end tests plan against."""

from __future__ import annotations

from pathlib import Path

import pygit2
import pytest

from tests.support.grown_shop import grow
from tests.support.histories import History
from tests.support.synthetic import commit

FILES = {
    "README.md": b"# Shop\n",
    "docs/guide.md": b"How to buy.\n",
    "src/auth/login.py": b"def login(): ...\n",
    "src/auth/session.py": b"def session(): ...\n",
    "src/billing/invoice.py": b"def invoice(): ...\n",
    "src/billing/tax.py": b"def tax(): ...\n",
    "src/api/orders.py": b"def orders(): ...\n",
    "frontend/cart.tsx": b"export const cart = 1\n",
    "migrations/0001_start.sql": b"create table users (id int);\n",
    "tests/test_login.py": b"def test_login(): ...\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a repository with two commits and a little of everything."""
    place = tmp_path / "shop"
    repository = pygit2.init_repository(str(place), initial_head="main")
    commit(repository, dict(list(FILES.items())[:6]), "Start the shop: login and invoices")
    commit(repository, FILES, "Add orders, the cart and a first migration")
    repository.checkout_head(strategy=pygit2.enums.CheckoutStrategy.FORCE)
    return place


@pytest.fixture
def backlog(tmp_path: Path) -> Path:
    """Return a native task file with dependencies, zones, tags and texts."""
    place = tmp_path / "tasks.yaml"
    place.write_text(
        """\
tasks:
  - id: task-1
    title: Round taxes to cents in src/billing/tax.py
    modifies: [src/billing/tax.py]
  - id: task-2
    title: Add a due date to invoices
    modifies: ["src/billing/*"]
  - id: task-3
    title: Keep sessions for a week
    modifies: [src/auth/session.py]
    x-owner: Ada
  - id: task-4
    title: Show the orders of a user
    description: "`GET /orders` in src/api/orders.py answers the orders of a user."
    depends_on: [task-1]
  - id: task-5
    title: Write a guide to the cart in docs/guide.md
  - id: task-6
    title: Make things nicer
  - id: task-7
    title: First release
    status: done
""",
        encoding="utf-8",
    )
    return place


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Return a bare repository whose history tells which words and files go together."""
    return grow(tmp_path_factory.mktemp("grown") / "shop.git")


@pytest.fixture
def wishes(tmp_path: Path) -> Path:
    """Return tasks for the grown shop: most name no file, and one of them says nothing."""
    place = tmp_path / "wishes.yaml"
    place.write_text(
        """\
tasks:
  - id: tax
    title: Round the taxes of an invoice to whole cents
  - id: login
    title: Lock accounts after five failed logins
  - id: rank
    title: Rank search results by their freshness
  - id: guide
    title: Say in the guide how taxes are rounded
    modifies: [docs/guide.md]
  - id: export
    title: Start the export of spreadsheets
    acceptance_criteria: [POST /api/exports answers 202]
  - id: named
    title: Weigh synonyms in src/search/ranking.py
  - id: vague
    title: Make things nicer
  - id: old
    title: Open the shop
    status: done
""",
        encoding="utf-8",
    )
    return place
