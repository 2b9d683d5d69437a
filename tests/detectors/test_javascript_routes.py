"""Which routes and mounts are found in JavaScript and TypeScript files, and which are none."""

from __future__ import annotations

import pytest

from taskpar_ml.detectors.javascript_controllers import JavaScriptControllers
from taskpar_ml.detectors.javascript_routes import JavaScriptRoutes
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Mount, Route


def routes(text: str) -> list[Route | Mount]:
    """Return routes and mounts of a file, in the order of its lines."""
    found = JavaScriptRoutes().find(Source(text.encode(), Language.TYPESCRIPT))
    return sorted(found, key=lambda each: each.line)


def test_express_routes_have_method_path_handler_and_router():
    assert routes(
        """\
const express = require('express');
const app = module.exports = express();
const api = new express.Router();
app.get('/', (req, res) => {});
app.get('/list', auth, users.list.bind(users));
app.post(['/a', "/b"], wrap(async function create(req) {}));
api.all('*', [check, end]);
app.get(/^.x/, rx).delete(`/${a}/x`, y);
app.route('/books')
  .get(list)
  .post(isAdmin, function add() {});
"""
    ) == [
        Route("GET", "/", "", "app", 4),
        Route("GET", "/list", "users.list", "app", 5),
        Route("POST", "/a", "create", "app", 6),
        Route("POST", "/b", "create", "app", 6),
        Route("*", "*", "end", "api", 7),
        Route("GET", "/^.x/", "rx", "app", 8),
        Route("DELETE", "/${a}/x", "y", "app", 8),
        Route("GET", "/books", "list", "app", 10),
        Route("POST", "/books", "add", "app", 11),
    ]


def test_express_mounts_routers_of_the_file_and_modules_below_a_prefix():
    assert routes(
        """\
import express, { Router } from 'express';
import users from './users';
import all from './routes';
import { limiter } from './middleware/limits';
import { serve } from 'swagger';
const app = express(), api = Router();
app.use('/api', api);
app.use('/users', check, users);
app.use(['/v1', '/v2'], require('./versions'));
app.use('/made', createRouter(db));
app.use(all); app.use(api);
app.use('/limited', limiter); app.use('/docs', serve); app.use('/s', express.static('p'));
app.use(cors()); app.use(users); app.use((req, res, next) => next());
app.use(route.path, route.router);
export default Router().use('/all', api);
"""
    ) == [
        Mount("/api", "api", "app", 7),
        Mount("/users", "users", "app", 8),
        Mount("/v1", "./versions", "app", 9),
        Mount("/v2", "./versions", "app", 9),
        Mount("/made", "createRouter", "app", 10),
        Mount("", "all", "app", 11),
        Mount("", "api", "app", 11),
        Mount("/all", "api", "default", 15),
    ]


def test_fastify_describes_routes_and_registers_plugins_below_a_prefix():
    assert routes(
        """\
import Fastify from 'fastify';
import users from './users.js';
import cors from '@fastify/cors';
const server = Fastify({ logger: true });
server.register(users, { prefix: '/users' });
server.register(cors, { prefix: '/c' });
server.register(async (own) => { own.get('/in', async () => 1) }, { prefix: '/v1' });
server.route({ method: ['GET', 'HEAD'], url: '/r', handler: async (a) => a });
server.route({ method: 'PUT', url: '/p', handler });
server.get('/s', { schema }, show.one);
server.get('/h', { handler: hello });
server.register(users, { prefix });
server.addHook('onRequest', check).get('/chained', late);
server.register((child, opts, done) => { child.route({ method: 'GET', url: '/c', handler }) });
export default async function (fastify, opts) { fastify.post('/plugin', opts, async () => {}) }
"""
    ) == [
        Mount("/users", "users", "server", 5),
        Mount("/v1", "own", "server", 7),
        Route("GET", "/in", "", "own", 7),
        Route("GET", "/r", "", "server", 8),
        Route("HEAD", "/r", "", "server", 8),
        Route("PUT", "/p", "handler", "server", 9),
        Route("GET", "/s", "show.one", "server", 10),
        Route("GET", "/h", "hello", "server", 11),
        Route("GET", "/chained", "late", "server", 13),
        Route("GET", "/c", "handler", "child", 14),
        Route("POST", "/plugin", "", "fastify", 15),
    ]


def test_a_router_of_koa_has_a_prefix_itself_and_routes_with_names():
    assert routes(
        """\
const Router = require('@koa/router');
const router = new Router({ prefix: '/posts' });
const sub = Router();
router.get('named', '/:id', show).del('/x', remove);
router.use('/sub', sub.routes(), sub.allowedMethods());
app.use(router.routes()).use(router.allowedMethods());
"""
    ) == [
        Mount("/posts", "router", "", 2),
        Route("GET", "/:id", "show", "router", 4),
        Route("DELETE", "/x", "remove", "router", 4),
        Mount("/sub", "sub", "router", 5),
        Mount("", "router", "app", 6),
    ]


def test_hono_chains_routes_and_mounts_with_route():
    assert routes(
        """\
import { Hono } from 'hono';
const books = new Hono().basePath('/base').get('/h', (c) => c.text('x'));
app.route('/books', books);
"""
    ) == [
        Mount("/base", "books", "", 2),
        Route("GET", "/h", "", "books", 2),
        Mount("/books", "books", "app", 3),
    ]


def test_what_is_handed_over_is_a_router_by_the_custom_of_its_name():
    assert routes(
        """\
module.exports = function (app) { app.get('/a', list) };
class Server { start() { this.app.post('/b', this.create) } }
export const setup = (userRouter) => userRouter.put('/c', save);
"""
    ) == [
        Route("GET", "/a", "list", "app", 1),
        Route("POST", "/b", "this.create", "this.app", 2),
        Route("PUT", "/c", "save", "userRouter", 3),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "app.get('title');",
        "app.get('title', x);",
        "app.get('/title');",
        "app.get('/options', { json: true });",
        "const app = request(server); app.get('/', done);",
        "import app from 'supertest'; app.get('/', done);",
        "const server = new Map(); server.get('/x', y);",
        "cache.delete('/k', f); axios.get('/x', f); http.post('/x', f); $.get('/x', f);",
        "request(app).get('/').expect(200, done);",
        "import Router from 'vue-router'; const r = new Router(); r.get('/x', y);",
        "this.get('/x', y);",
        "// app.get('/x', y)\nconst s = \"app.get('/x', y)\";",
    ],
)
def test_what_only_looks_like_a_route_is_none(text):
    assert routes(f"import express from 'express';\n{text}") == []


def test_methods_of_controllers_are_routes_below_the_prefix_of_their_class():
    text = """\
@Controller({ path: 'cats', version: '1' })
export class Cats {
  constructor(private s: S) {}
  // note
  @Get() @UseGuards(X)
  findAll() {}
  @Post(['a', 'b'])
  @HttpCode(204)
  async create() {}
  @All('*') any() {}
  plain() {}
}
@UseGuards(A) @Controller() class Dogs { @Delete(':id') remove() {} }
class Queries { @Get('x') none() {} }
"""
    found = JavaScriptControllers().find(Source(text.encode(), Language.TYPESCRIPT))
    assert list(found) == [
        Mount("cats", "Cats", "", 1),
        Route("GET", "", "Cats.findAll", "Cats", 5),
        Route("POST", "a", "Cats.create", "Cats", 7),
        Route("POST", "b", "Cats.create", "Cats", 7),
        Route("*", "*", "Cats.any", "Cats", 10),
        Mount("", "Dogs", "", 13),
        Route("DELETE", ":id", "Dogs.remove", "Dogs", 13),
    ]


def test_decorators_of_methods_count_in_javascript_too():
    text = "@Controller('a')\nexport class A {\n  @Get('b') b() {}\n}\n"
    found = JavaScriptControllers().find(Source(text.encode(), Language.JAVASCRIPT))
    assert list(found) == [Mount("a", "A", "", 1), Route("GET", "b", "A.b", "A", 3)]
