"""What is told from words is never less than the steps and the routes that parsing finds."""

from __future__ import annotations

import random

import pytest

from taskpar_ml.detectors.detection import Reading
from taskpar_ml.domain.code_facts import FileFacts
from taskpar_ml.history.items.claims import claims
from taskpar_ml.history.items.fact_detectors import RESOURCE_DETECTORS
from taskpar_ml.history.items.resource_lines import holds_step, may_be_step, may_decide
from taskpar_ml.history.replay.read_task import ChangedFile

STEPS = {
    "shop/migrations/0002_a.py": [
        "from django.db import migrations\nfrom django.db.migrations import Migration as Step\n",
        "class Migration(migrations.Migration):\n    dependencies = [('shop', '0001_initial')]\n",
        "class Migration(\n    migrations.Migration,  # the next\n):\n    dependencies = []\n",
        "class Migration(migrations.Migration, Base):\n    operations = []\n",
        "class Migration(\n    migrations.Migration\n):\n    operations = []\n",
        "revision = 'b'\n",
        "down_revision: str = 'a'\ndepends_on = None\n",
        "def upgrade():\n    op.drop_table('carts')\n",
    ],
    "db/migrations/2_a.ts": [
        "export class Carts1700000000000 implements MigrationInterface {\n  up() {}\n}\n",
        "exports.up = (knex) => knex.schema.createTable('carts', (t) => {\n  t.text('a')\n})\n",
        "export async function up(queryInterface) {\n  await queryInterface.dropTable('a')\n}\n",
        "module.exports = {\n  up: (q) => q.dropTable('a'),\n}\n",
        "async function up(queryRunner) {\n  await queryRunner.dropTable('a')\n}\n",
    ],
    "migrations/0002_a.sql": ["CREATE TABLE carts (a int);\n", "-- carts\n", "\n"],
}
ROUTES = {
    "api/python.py": [
        "from flask import Flask, Blueprint\nfrom flask.views import MethodView\n\n"
        "app = Flask(__name__)\n",
        "carts = Blueprint('carts', __name__, url_prefix='api')\n",
        "@app.get('/api/carts')\ndef one():\n    return ''\n",
        "@app.route(\n    '/api/taxes',\n    methods=[\n        'GET',\n        'PUT',\n    ],\n)\n"
        "def two():\n    return ''\n",
        "@carts.put(\n    'carts/all',\n)\ndef three():\n    return ''\n",
        "class Taxes(MethodView):\n    def get(self):\n        return ''\n\n"
        "    def post(self):\n        return ''\n",
        "app.add_url_rule('/api/rates', view_func=Taxes.as_view('rates'))\n",
        "WHERE = 'api'\nOTHER = '/carts/' + WHERE\n\n\n"
        "@app.patch(OTHER)\ndef four():\n    return ''\n",
    ],
    "api/fast.py": [
        "from fastapi import APIRouter\n",
        "router = APIRouter(\n    prefix='/api',\n)\n",
        "@router.get('/carts')\nasync def one():\n    return 1\n",
        "@router.api_route(\n    '/taxes',\n    methods=['PUT'],\n)\ndef two():\n    return 1\n",
        "@router.websocket('/live/{cart}')\nasync def three(cart):\n    return 1\n",
        "router.add_api_route('/rates', one, methods=['POST'])\n",
    ],
    "api/script.js": [
        "const express = require('express')\nconst app = express()\n"
        "const router = new express.Router({ prefix: '/api' })\n",
        "app.get('/api/carts', list)\n",
        "app\n  .route('/api/taxes')\n  .get(list)\n  .post(create)\n",
        "router.put(\n  '/carts/all',\n  (request, answer) => answer.end(),\n)\n",
        "app.delete(`/api/rates/:rate`, remove)\n",
        "app.use('/api', router)\n",
    ],
    "api/server.go": [
        'import (\n\t"net/http"\n\n\t"github.com/gin-gonic/gin"\n)\n',
        'const where = "api"\n',
        'func a() {\n\thttp.HandleFunc("/api/carts", list)\n}\n',
        "func b() {\n\tr := gin.Default()\n\tv1 := r.Group(where)\n\tv1.GET(\n"
        '\t\t"/carts/all",\n\t\tlist,\n\t)\n}\n',
        'func c(r *gin.Engine) {\n\tr.POST("/api/taxes", list)\n\tr.Any("/api/rates", list)\n}\n',
        'func d() {\n\tmux := http.NewServeMux()\n\tmux.HandleFunc("POST /api/e", list)\n}\n',
    ],
}
WORDS = (
    *("api", "carts", "all", "taxes", "rates", "where", "WHERE", "OTHER", "app", "router", "v1"),
    *("get", "post", "put", "GET", "POST", "Any", "MethodView", "Taxes", "route", "methods"),
)


def written(pieces: list[str], chance: random.Random) -> str:
    """Return a file of some of its pieces, mostly in their order."""
    share = chance.random()
    found = [each for each in pieces if chance.random() < share]
    if chance.random() < 0.3:
        chance.shuffle(found)
    return "\n".join(found)


def reworded(text: str, chance: random.Random) -> str:
    """Return a file of which one or two lines are gone or have another word."""
    lines = text.split("\n")
    for _ in range(chance.randrange(1, 3)):
        at = chance.randrange(len(lines))
        there = [word for word in WORDS if word in lines[at]]
        if chance.random() < 0.2:
            lines[at] = ""
        elif there:
            lines[at] = lines[at].replace(chance.choice(there), chance.choice(WORDS), 1)
    return "\n".join(lines)


def facts_of(path: str, text: str) -> FileFacts:
    reading = Reading.of(path, RESOURCE_DETECTORS)
    assert reading is not None
    return reading.facts(text.encode())


@pytest.mark.parametrize("path", STEPS)
def test_every_step_that_parsing_finds_is_told_from_words(path):
    assert may_be_step(path)
    steps = none = 0
    for seed in range(200):
        text = written(STEPS[path], random.Random(f"{path} {seed}"))
        is_told = holds_step(path, text.encode())
        if facts_of(path, text).migrations:
            steps += 1
            assert is_told, text
        none += not is_told
    assert steps > 50
    assert none


@pytest.mark.parametrize("path", ROUTES)
def test_every_file_in_which_parsing_finds_other_routes_is_told(path):
    decided = none = 0
    for seed in range(600):
        chance = random.Random(f"{path} {seed}")
        before = written(ROUTES[path], chance)
        after = reworded(before, chance) if chance.random() < 0.7 else written(ROUTES[path], chance)
        file = ChangedFile(path, facts_of(path, before), facts_of(path, after), False, False)
        is_told = may_decide(path, (before.encode(), after.encode()))
        if claims([file]):
            decided += 1
            assert is_told, (before, after)
        none += not is_told
    assert decided > 50
    assert none


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tests/api.py", "@app.get('/api/carts')\ndef one():\n    return ''\n"),
        ("api/cart.py", "def post(cart):\n    parser.add_argument('/api/carts')\n"),
        ("api/cart.ts", "export const where = '/api/carts'\n"),
        ("api/cart.go", 'package api\n\nimport "net/http"\n\nvar c http.Client\n'),
    ],
)
def test_files_without_anything_that_registers_routes_are_not_told(path, text):
    assert not may_decide(path, (b"", text.encode()))
