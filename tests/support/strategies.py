"""Random task sets on the small shop: declared paths, texts, tags, dependencies."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st

from taskpar_ml.domain.task import Task
from tests.support.workspaces import SHOP, task

LAW = settings(deadline=None, max_examples=25)
"""Enough examples to find what is wrong in seconds; a busy machine is no failure."""

IDS = ("1", "10", "2", "2.1", "B", "T-7", "a", "b", "é", "_x", "z9", "Z9")
ZONES = (
    *SHOP,
    "src/**",
    "src/billing/*",
    "src/*/models.py",
    "src/new/*",
    "src/new/*.py",
    "src/new",
    "src/new/a.py",
    "src/{auth,orders}/**",
    "**/*.md",
    "migrations/*.sql",
    "frontend/",
)
SENTENCES = (
    "Round the taxes in src/billing/tax.py.",
    "See src/auth/login.py for the form.",
    "Create src/new/a.py with a cache.",
    "Add src/new/b.py and use src/new/a.py.",
    "Change everything in src/billing/.",
    "Extend models.py by a currency.",
    "Fix src/*/models.py so that totals add up.",
    "Import orders.api where it is needed.",
    "GET /orders/{id} answers with the total.",
    "Create POST /orders for the cart.",
    "Call POST /orders from the cart.",
    "Create the `invoices` table.",
    "Read the `invoices` table.",
    "Listen on port 8080.",
    "Write migration 0002_totals.",
    "Set SHOP_CURRENCY for the staging host.",
    "Make the words on the page warmer.",
    "Update the guide in docs/guide.md.",
)


def texts() -> st.SearchStrategy[str]:
    """Return strategies for texts of no to three sentences."""
    return st.lists(st.sampled_from(SENTENCES), max_size=3).map(" ".join)


@st.composite
def tasks(draw: st.DrawFn, id: str, *, earlier: tuple[str, ...] = (), tagged: bool = True) -> Task:
    """Return a task that may depend on earlier ones; with ``tagged`` it may carry any tag."""
    fields = {
        "modifies": draw(st.lists(st.sampled_from(ZONES), max_size=2)),
        "reads": draw(st.lists(st.sampled_from(ZONES), max_size=1)),
        "description": draw(texts()),
        "context": draw(texts()),
        "depends_on": draw(st.lists(st.sampled_from(earlier), max_size=2)) if earlier else [],
    }
    if tagged:
        fields |= {
            "labels": draw(st.lists(st.sampled_from(["staging", "schema", "docs"]), max_size=1)),
            "parallel_safe": draw(st.sampled_from([None, None, None, True, False])),
            "can_run_with": draw(st.lists(st.sampled_from(earlier), max_size=1)) if earlier else [],
            "marked_parallel": draw(st.booleans()),
            "status": draw(st.sampled_from(["todo", "todo", "todo", "deferred", "done"])),
            "estimate": draw(st.sampled_from([None, 0.5, 3])),
        }
    titles = ["Do it", "Change the schema", "Write tests", "Add a login", "Document the shop"]
    return task(id, draw(st.sampled_from(titles)), **fields)


@st.composite
def task_lists(
    draw: st.DrawFn, *, at_least: int = 0, at_most: int = 7, tagged: bool = True
) -> list[Task]:
    """Return tasks with distinct ids; dependencies point backwards, so there is no cycle."""
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, min_size=at_least, max_size=at_most))
    return [
        draw(tasks(id, earlier=tuple(ids[:position]), tagged=tagged))
        for position, id in enumerate(ids)
    ]
