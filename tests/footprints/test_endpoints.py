"""Which endpoints a text names."""

from __future__ import annotations

import pytest

from taskpar_ml.footprints.endpoints import endpoints_in
from taskpar_ml.survey.path_templates import path_template
from tests.support.workspaces import SHOP, snapshot_of

READ, WRITE, NEW = "read", "write", "new"


def found(text):
    mentions = endpoints_in(text, snapshot_of([*SHOP, "api/v1/orders.py", "v1/readme.txt"]))
    return {(each.item, NEW if each.creates else each.access.value) for each in mentions}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # With a method.
        ("GET /users/{id} answers 404", {("/users/{}", WRITE)}),
        ("`GET /users/:id` answers 404", {("/users/{}", WRITE)}),
        ("POST `/orders`", {("/orders", WRITE)}),
        ("**DELETE /orders/<int:id>** is refused", {("/orders/{}", WRITE)}),
        ("Create POST /orders", {("/orders", NEW)}),
        ("Create GET /a, and POST /b", {("/a", NEW), ("/b", NEW)}),
        ("Add paging to GET /orders?page=2", {("/orders", WRITE)}),
        ("Add tests for PATCH /orders/[id]", {("/orders/{}", READ)}),
        ("Call PUT /orders/{id}/items from the cart", {("/orders/{}/items", READ)}),
        ("GET/POST /orders", {("/orders", WRITE)}),
        ("GET / shows the shop", {("/", WRITE)}),
        ("GET /orders.", {("/orders", WRITE)}),
        ("HEAD /files/*", {("/files/{}", WRITE)}),
        # Without one.
        ("Fix /api/v1/orders.", {("/api/v1/orders", WRITE)}),
        ("Fix `/api/v1/orders/`", {("/api/v1/orders", WRITE)}),
        ("Fix /api/orders/{id}/items, please", {("/api/orders/{}/items", WRITE)}),
        ("Fix /v2", {("/v2", WRITE)}),
        ("The endpoint /health", {("/health", WRITE)}),
        ("New endpoint: `/health`", {("/health", NEW)}),
        ("The `/health` endpoint is slow", {("/health", WRITE)}),
        ("The **/health** endpoint is slow", {("/health", WRITE)}),
        ("curl http://localhost:8080/api/users/1", {("/api/users/1", WRITE)}),
        # False friends.
        ("Fix src/api/v1/orders.ts", set()),
        ("Fix ./api/orders.ts", set()),
        ("Fix /api/v1/orders.py", set()),
        ("Fix /api/v1", set()),
        ("Get /users to work", set()),
        ("Due on 1/2/2024 and/or later", set()),
        ("It costs 5 EUR/month", set()),
        ("Read /etc/passwd", set()),
        ("Fix /apiary and /v1.5", set()),
        ("See https://example.org/api/users", set()),
        ("TARGET /users", set()),
    ],
)
def test_a_text_names_endpoints(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "route",
    ["/users/{id}", "/users/:id", "/users/<id>", "/users/<int:id>", "/users/[id]", "/users/*/"],
)
def test_parameters_of_all_frameworks_are_the_same(route):
    assert path_template(route) == "/users/{}"
