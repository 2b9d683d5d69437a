"""What titles decide for other tasks."""

from __future__ import annotations

import pytest

from taskpar_ml.planner.designs import decided_by


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Decide the storage layout", "storage layout"),
        ("Decide on a retry policy for uploads", "retry policy for uploads"),
        ("Choose the queue", "queue"),
        ("Choose which queue we use", "queue"),
        ("Agree on the error codes.", "error codes"),
        ("Define the API contract of orders", "API contract of orders"),
        ("Design the event schema: fields and versions", "event schema"),
        ("Specify the wire format", "wire format"),
    ],
)
def test_a_title_that_decides_something_names_it(title, name):
    assert decided_by(title).name == name


@pytest.mark.parametrize(
    "title",
    [
        "Decide whether to cache",
        "Decide how invoices are stored",
        "Choose the name",
        "Choose a library",
        "Define a helper for dates",
        "Define the schema",
        "Design the login page",
        "Fix the storage layout",
        "Document the API contract of orders",
        "Pick random ports in tests",
        "Let users choose the plan",
        "Choose the one that nobody of us has ever thought about before",
        "Decide",
    ],
)
def test_other_titles_decide_nothing_that_another_task_would_name(title):
    assert decided_by(title) is None


@pytest.mark.parametrize(
    ("title", "text", "named"),
    [
        ("Decide the storage layout", "Write blobs by the Storage Layout", True),
        ("Decide the storage layout", "Storage layouts are checked", True),
        ("Decide the storage layout", "Lay out the storage page", False),
        ("Decide the storage layout", "The layout of the storage", False),
        ("Define the API contract of orders", "Test the API contract: an order has lines", True),
        ("Define the API contract of orders", "Test the API contract of users", False),
        ("Choose the queue", "Send mails through the queue", True),
        ("Choose the queue", "Enqueue mails", False),
    ],
)
def test_a_text_names_what_was_decided_by_the_same_words(title, text, named):
    assert decided_by(title).is_named_in(text) is named
