"""On which side of a system a file lies."""

from __future__ import annotations

import json

import pytest

from taskpar_ml.domain.code_facts import FileFacts, Resource, ResourceKind, Route
from taskpar_ml.domain.layers import Layer
from taskpar_ml.policy.signs import Category
from taskpar_ml.survey.layers import Layers

MANIFESTS = {
    "package.json": {"dependencies": {"left-pad": "1"}},
    "shop/package.json": {"dependencies": {"react": "19"}},
    "mail/package.json": {"dependencies": {"express": "5"}},
    "both/package.json": {"dependencies": {"express": "5"}, "devDependencies": {"vue": "3"}},
    "fastify/package.json": {"name": "fastify"},
}
LAYERS = Layers(MANIFESTS, lambda path, most: json.dumps(MANIFESTS[path]).encode()[:most])


@pytest.mark.parametrize(
    ("path", "layer"),
    [
        ("src/app.py", Layer.BACKEND),
        ("client/v3/client.go", Layer.BACKEND),
        ("src/security.py", Layer.BACKEND),
        ("db/schema.sql", Layer.BACKEND),
        ("src/Cart.tsx", Layer.FRONTEND),
        ("src/Cart.vue", Layer.FRONTEND),
        ("mail/styles/page.css", Layer.FRONTEND),
        ("shop/templates/cart.html", Layer.FRONTEND),
        ("views/cart.blade.php", Layer.FRONTEND),
        ("shop/lib/cart.js", Layer.FRONTEND),
        ("mail/lib/send.js", Layer.BACKEND),
        ("fastify/lib/route.js", Layer.BACKEND),
        ("both/lib/a.ts", None),
        ("lib/a.ts", None),
        ("both/server/a.ts", Layer.BACKEND),
        ("both/client/a.ts", Layer.FRONTEND),
        ("both/pages/api/cart.ts", Layer.BACKEND),
        ("tests/test_cart.py", Layer.TESTS),
        ("shop/src/Cart.test.tsx", Layer.TESTS),
        ("docs/conf.py", Layer.DOCUMENTATION),
        ("mail/README", Layer.DOCUMENTATION),
        ("CHANGES.rst", Layer.DOCUMENTATION),
        ("LICENSE", Layer.DOCUMENTATION),
        (".github/workflows/ci.yml", Layer.INFRASTRUCTURE),
        (".github/CONTRIBUTING.md", Layer.INFRASTRUCTURE),
        ("mail/Dockerfile.dev", Layer.INFRASTRUCTURE),
        ("compose.override.yaml", Layer.INFRASTRUCTURE),
        ("infra/main.tf", Layer.INFRASTRUCTURE),
        ("mail/deploy/send.py", Layer.INFRASTRUCTURE),
        ("data/words.txt", None),
        ("py", None),
        (".go", None),
    ],
)
def test_names_and_packages_tell_layers(path, layer):
    assert LAYERS.of(path) == layer


def test_a_script_that_answers_requests_is_of_the_backend():
    facts = FileFacts(routes=(Route("GET", "/cart", "show", "app", 1),))
    assert LAYERS.of("shop/lib/cart.js", facts) == Layer.BACKEND
    assert LAYERS.of("shop/lib/cart.tsx", facts) == Layer.FRONTEND


def test_yaml_that_runs_something_is_infrastructure():
    facts = FileFacts(resources=(Resource(ResourceKind.SERVICE, "deployment/web", True, 1),))
    assert LAYERS.of("mail/web.yaml", facts) == Layer.INFRASTRUCTURE
    assert LAYERS.of("mail/web.yaml") is None


@pytest.mark.parametrize(
    "raw", [None, b"", b"{", b"3", b"\xff", b'{"dependencies": ["react"]}', b"[" * 99_999]
)
def test_a_manifest_that_cannot_be_read_tells_nothing(raw):
    assert Layers(["package.json"], lambda path, most: raw).of("lib/a.js") is None


def test_layers_are_named_as_the_categories_of_work_that_stays_there():
    assert {layer.value for layer in Layer} <= {category.value for category in Category}
