"""Routes are put below the prefixes of their routers, through imports."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from taskpar_ml.domain.code_facts import FileFacts, Import, Mount, Route
from taskpar_ml.survey.endpoints import MOST_PREFIXES, Endpoints
from taskpar_ml.survey.imports import ImportResolver
from taskpar_ml.survey.path_templates import path_template


def paths(files: Mapping[str, FileFacts]) -> list[tuple[str, str, str]]:
    """Return method, path and file of every endpoint."""
    found = Endpoints(files, ImportResolver(files, lambda path, most: None))
    return sorted((each.method, each.path, each.file) for each in found)


def route(path: str, router: str, method: str = "GET") -> Route:
    return Route(method, path, "answer", router, 1)


def test_a_route_of_an_application_has_its_own_path():
    assert paths({"app.py": FileFacts(routes=(route("/users/<int:id>/", "app"),))}) == [
        ("GET", "/users/{}", "app.py")
    ]


def test_prefixes_are_followed_through_imports_and_packages():
    files = {
        "shop/main.py": FileFacts(
            imports=(Import(".api", (("router", "api_router"),), 1),),
            mounts=(Mount("/v1", "api_router", "app", 3),),
        ),
        "shop/api/__init__.py": FileFacts(
            imports=(Import(".", (("users", "users"),), 1), Import(".items", (("r", "items"),), 2)),
            mounts=(Mount("/users", "users.router", "router", 4), Mount("", "items", "router", 5)),
        ),
        "shop/api/users.py": FileFacts(
            mounts=(Mount("/people", "router", "", 1),),
            routes=(route("", "router"), route("/{id}", "router", "PUT")),
        ),
        "shop/api/items.py": FileFacts(routes=(route("/items", "r"),)),
    }
    assert paths(files) == [
        ("GET", "/v1/items", "shop/api/items.py"),
        ("GET", "/v1/users/people", "shop/api/users.py"),
        ("PUT", "/v1/users/people/{}", "shop/api/users.py"),
    ]


def test_a_prefix_that_replaces_the_routers_own_stands_alone():
    files = {
        "app.py": FileFacts(
            mounts=(Mount("/own", "bp", "", 1), Mount("/other", "bp", "app", 2, replaces=True)),
            routes=(route("/x", "bp"),),
        )
    }
    assert paths(files) == [("GET", "/other/x", "app.py")]


def test_a_module_that_is_included_gives_what_it_does_not_mount_itself():
    files = {
        "site/urls.py": FileFacts(mounts=(Mount("shop/", "shop.urls", "urlpatterns", 1),)),
        "shop/urls.py": FileFacts(
            imports=(Import(".views", (("CartView", "CartView"),), 1),),
            mounts=(
                Mount("carts", "CartView", "router", 2),
                Mount("api/", "router", "urlpatterns", 3),
            ),
            routes=(Route("*", "^about/$", "about", "urlpatterns", 4),),
        ),
        "shop/views.py": FileFacts(
            routes=(
                Route("GET", "", "CartView.list", "CartView", 1),
                Route("GET", "{pk}/", "CartView.retrieve", "CartView", 1),
            )
        ),
    }
    assert paths(files) == [
        ("*", "/shop/about", "shop/urls.py"),
        ("GET", "/shop/api/carts", "shop/views.py"),
        ("GET", "/shop/api/carts/{}", "shop/views.py"),
    ]


def test_a_default_export_is_the_one_router_of_its_file():
    files = {
        "src/app.js": FileFacts(
            imports=(Import("./users", (("default", "users"),), 1),),
            mounts=(Mount("/users", "users", "app", 2),),
        ),
        "src/users.js": FileFacts(routes=(route("/:id", "router"),)),
    }
    assert paths(files) == [("GET", "/users/{}", "src/users.js")]


def test_routers_that_mount_each_other_end():
    files = {
        "app.py": FileFacts(
            mounts=(Mount("/a", "a", "b", 1), Mount("/b", "b", "a", 2)),
            routes=(route("/x", "a"),),
        )
    }
    assert paths(files) == [("GET", "/b/a/x", "app.py")]


def test_a_router_that_is_mounted_everywhere_is_followed_to_a_point():
    mounts = tuple(Mount(f"/{at}", "r", "app", at + 1) for at in range(3 * MOST_PREFIXES))
    found = paths({"app.py": FileFacts(mounts=mounts, routes=(route("/x", "r"),))})
    assert len(found) == MOST_PREFIXES


def test_what_is_no_path_stays_as_it_is():
    files = {"a.proto": FileFacts(routes=(Route("RPC", "/pkg.Carts/Get", "Get", "", 1),))}
    assert paths(files) == [("RPC", "/pkg.Carts/Get", "a.proto")]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("/", "/"),
        ("users", "/users"),
        ("/users/:id(\\d+)?", "/users/{}"),
        ("/files/*", "/files/{}"),
        ("/files/{path...}", "/files/{}"),
        ("/a/{id:[0-9]+}/b", "/a/{}/b"),
        ("/report.{format}", "/report.{}"),
        ("^a/(?P<x>(b|c)+)/$", "/a/{}"),
        ("/search?q=1", "/search"),
        (r"^\.well-known/keys\.json$", "/.well-known/keys.json"),
        (r"^thumbnail/(?P<size>\d+)/(?P<format>\w+)?$", "/thumbnail/{}/{}"),
        ("/flights/:from-:to", "/flights/{}-{}"),
        ("/{{bad}/(((", "/{{}"),
    ],
)
def test_templates(written, expected):
    assert path_template(written) == expected


def test_routers_of_rust_are_followed_through_modules_and_functions():
    files = {
        "src/main.rs": FileFacts(
            imports=(Import("self::users", (("", "users"),), 1),),
            mounts=(
                Mount("", "users.router", "app.inner", 2),
                Mount("/api", "app.inner", "app", 3),
            ),
            routes=(route("/ready", "app"),),
        ),
        "src/users/mod.rs": FileFacts(
            imports=(Import("self::notes", (("", "notes"),), 1),),
            mounts=(Mount("/notes", "notes.add", "router", 2),),
            routes=(route("/users", "router"),),
        ),
        "src/users/notes.rs": FileFacts(routes=(route("", "add", "POST"),)),
    }
    assert paths(files) == [
        ("GET", "/api/users", "src/users/mod.rs"),
        ("GET", "/ready", "src/main.rs"),
        ("POST", "/api/notes", "src/users/notes.rs"),
    ]
