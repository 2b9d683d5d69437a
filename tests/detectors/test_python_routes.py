"""Routes and mounts of Flask, FastAPI, Starlette and aiohttp."""

from __future__ import annotations

import pytest

from taskpar_ml.detectors.python_mounts import PythonMounts
from taskpar_ml.detectors.python_routes import PythonRoutes
from taskpar_ml.detectors.python_starlette_lists import PythonStarletteLists
from taskpar_ml.domain.code_facts import Mount, Route
from tests.detectors.python_source import python


def routes(text: str) -> list[tuple[str, str, str, str]]:
    """Return method, path, handler and router of each route, sorted."""
    return sorted(each[:4] for each in PythonRoutes().find(python(text)))


def test_a_flask_route_answers_get_or_the_methods_that_it_names():
    assert routes(
        """
        from flask import Blueprint
        bp = Blueprint("auth", __name__)

        @bp.route("/")
        @bp.route("/index")
        def index(): ...

        @bp.route("/login", methods=["GET", "post"])
        @login_required
        async def login(): ...

        @bp.delete("/<int:id>")
        def remove(id): ...

        def create_app():
            app = Flask(__name__)
            @app.route(rule="/hello", methods=METHODS)
            def hello(): ...
        """
    ) == [
        ("*", "/hello", "hello", "app"),
        ("DELETE", "/<int:id>", "remove", "bp"),
        ("GET", "/", "index", "bp"),
        ("GET", "/index", "index", "bp"),
        ("GET", "/login", "login", "bp"),
        ("POST", "/login", "login", "bp"),
    ]


def test_methods_and_paths_may_be_constants_of_the_module():
    assert routes(
        """
        PREFIX = "/v1"
        USERS = PREFIX + "/users"
        METHODS = ("GET", "PUT")
        @app.route(f"{USERS}/{settings.SUFFIX}", methods=METHODS)
        def users(): ...
        """
    ) == [
        ("GET", "/v1/users/{settings.SUFFIX}", "users", "app"),
        ("PUT", "/v1/users/{settings.SUFFIX}", "users", "app"),
    ]


def test_a_constant_that_is_set_twice_is_not_known():
    assert routes(
        'P = "/a"\nP = "/b"\nfrom fastapi import x\n@app.get(P + "/c")\ndef f(): ...\n'
    ) == [("GET", "{P}/c", "f", "app")]


def test_a_method_view_answers_where_this_file_puts_it():
    assert routes(
        """
        from flask.views import MethodView

        class UserAPI(MethodView):
            decorators = [login_required]
            def get(self, user_id): ...
            @admin
            def delete(self, user_id): ...

        class ItemAPI(MethodView):
            def post(self): ...

        class Helper:
            def get(self): ...

        view = UserAPI.as_view("users")
        app.add_url_rule("/users", view_func=view)
        app.add_url_rule("/more", view_func=other.More.as_view("more"))
        app.add_url_rule("/plain", "plain", plain, methods=["POST"])
        """
    ) == [
        ("*", "/more", "other.More", "app"),
        ("DELETE", "/users", "UserAPI.delete", "app"),
        ("GET", "/users", "UserAPI.get", "app"),
        ("POST", "", "ItemAPI.post", "ItemAPI"),
        ("POST", "/plain", "plain", "app"),
    ]


def test_resources_are_added_or_decorated():
    assert routes(
        """
        from flask_restx import Resource

        class Todo(Resource):
            def get(self, id): ...
            def put(self, id): ...

        @ns.route("/lists", "/all")
        class TodoList(Resource):
            def post(self): ...

        api.add_resource(Todo, "/todos/<id>", endpoint="todo")
        api.add_org_resource(Elsewhere, "/elsewhere")
        """
    ) == [
        ("*", "/elsewhere", "Elsewhere", "api"),
        ("GET", "/todos/<id>", "Todo.get", "api"),
        ("POST", "/all", "TodoList.post", "ns"),
        ("POST", "/lists", "TodoList.post", "ns"),
        ("PUT", "/todos/<id>", "Todo.put", "api"),
    ]


def test_fastapi_routes_are_decorated_or_added():
    assert routes(
        """
        from fastapi import APIRouter

        @router.get("")
        async def all(): ...
        @router.api_route("/both", methods={"GET", "POST"})
        def both(): ...
        @app.websocket("/ws")
        async def talk(ws): ...
        @self.router.patch(path="/{id}", response_model=Item)
        def change(id: int): ...
        router.add_api_route("/more", endpoint=views.more, methods=["DELETE"])
        app.router.add_post("/aio", handler)
        """
    ) == [
        ("DELETE", "/more", "views.more", "router"),
        ("GET", "", "all", "router"),
        ("GET", "/both", "both", "router"),
        ("PATCH", "/{id}", "change", "self.router"),
        ("POST", "/aio", "handler", "app.router"),
        ("POST", "/both", "both", "router"),
        ("WEBSOCKET", "/ws", "talk", "app"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        '@mock.patch("app.views.get")\ndef test(): ...',
        '@get("/x")\ndef f(): ...',
        '@pytest.mark.parametrize("/x", [1])\ndef f(): ...',
        'client.get("/users")\nx = d.get("/a", route)',
        '@app.get(path_for("x"))\ndef f(): ...',
        'def f():\n    """\n    @app.route("/")\n    """',
        '@cache.get("key")\ndef f(): ...',
    ],
)
def test_what_only_looks_like_a_route_is_none(text):
    assert routes(text) == []


def test_routers_have_prefixes_of_their_own_and_those_that_they_are_mounted_under():
    found = PythonMounts().find(
        python(
            """\
            bp = Blueprint("auth", __name__, url_prefix="/auth")
            router = APIRouter(prefix=f"{BASE}/items", tags=["items"])
            bare = APIRouter()
            app.register_blueprint(bp)
            app.register_blueprint(auth.bp, url_prefix="/login")
            app.include_router(users.router, prefix=settings.PREFIX)
            app.include_router(bare)
            app.mount("/static", StaticFiles(directory="static"), name="static")
            session.mount("https://", HTTPAdapter())
            app.include_router(router, prefix=prefix_for("x"))
            """
        )
    )
    assert sorted(found, key=lambda each: each.line) == [
        Mount("/auth", "bp", "", 1),
        Mount("{BASE}/items", "router", "", 2),
        Mount("", "bp", "app", 4),
        Mount("/login", "auth.bp", "app", 5, replaces=True),
        Mount("{settings.PREFIX}", "users.router", "app", 6),
        Mount("", "bare", "app", 7),
        Mount("/static", "StaticFiles", "app", 8),
    ]


def test_an_api_of_flask_is_put_upon_its_blueprint():
    found = PythonMounts().find(
        python(
            """\
            from flask_restx import Api
            api = Api(blueprint, prefix="/v1", version="1")
            api.add_namespace(users, "/users")
            """
        )
    )
    assert set(found) == {
        Mount("/v1", "api", "blueprint", 2),
        Mount("/users", "users", "api", 3),
    }


def test_lists_of_starlette_have_the_prefix_of_the_mount_around_them():
    found = PythonStarletteLists().find(
        python(
            """\
            from starlette.routing import Mount, Route, WebSocketRoute
            routes = [
                Route("/", home),
                Mount("/users", routes=[
                    Route("/{name}", users.one, methods=["PUT", "DELETE"]),
                    Mount("/files", app=files),
                ]),
            ]
            app = Starlette(debug=True, routes=routes)
            other = Starlette(routes=[WebSocketRoute("/ws", talk), Route("/c", endpoint=Answer)])
            """
        )
    )
    assert set(found) == {
        Route("GET", "/", "home", "routes", 3),
        Route("PUT", "/users/{name}", "users.one", "routes", 5),
        Route("DELETE", "/users/{name}", "users.one", "routes", 5),
        Mount("/users/files", "files", "routes", 6),
        Mount("", "routes", "app", 9),
        Route("WEBSOCKET", "/ws", "talk", "other", 10),
        Route("*", "/c", "Answer", "other", 10),
    }
