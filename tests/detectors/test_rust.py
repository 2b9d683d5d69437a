"""What is found in Rust files."""

from __future__ import annotations

from taskpar_ml.detectors.embedded_sql import RustSql
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.rust_attribute_routes import RustAttributeRoutes
from taskpar_ml.detectors.rust_definitions import RustDefinitions
from taskpar_ml.detectors.rust_environment import RustEnvironment
from taskpar_ml.detectors.rust_imports import RustImports
from taskpar_ml.detectors.rust_models import RustModels
from taskpar_ml.detectors.rust_routes import RustRoutes
from taskpar_ml.detectors.rust_tests import RustTests
from taskpar_ml.detectors.rust_uses import RustUses
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import (
    Definition,
    DefinitionKind,
    Import,
    Model,
    Mount,
    Resource,
    ResourceKind,
    Route,
    Use,
)


def source(text: str) -> Source:
    """Return a Rust file."""
    return Source(text.encode(), Language.RUST)


def test_functions_and_methods_have_signatures_and_belong_to_their_types():
    found = RustDefinitions().find(
        source(
            """\
/// Opens.
#[must_use]
pub async fn open<T>(path: T) -> Result<Store>
where
    T: AsRef<Path>,
{
    fn local() {}
    todo!()
}
impl<T> Store<T> {
    pub const MOST: usize = 3;
    pub(crate) fn get(&self, id: u32) -> &T { todo!() }
    fn close(self) {}
}
impl<T: Clone> fmt::Display for a::Store<T> {
    type Out = u8;
    fn fmt(&self) {}
}
mod inner { pub fn deep() {} }
"""
        )
    )
    function, method = DefinitionKind.FUNCTION, DefinitionKind.METHOD
    assert list(found) == [
        Definition("open", function, 2, 9, "<T>(path: T) -> Result<Store> where T: AsRef<Path>,"),
        Definition("Store.MOST", DefinitionKind.VARIABLE, 11, 11),
        Definition("Store.get", method, 12, 12, "(&self, id: u32) -> &T"),
        Definition("Store.close", method, 13, 13, "(self)", public=False),
        Definition("Store.fmt", method, 17, 17, "(&self)"),
        Definition("inner.deep", function, 19, 19, "()"),
    ]


def test_what_macros_are_given_in_place_of_items_is_found():
    text = """\
cfg_rt! {
    /// Spawns.
    pub fn spawn() {}
    use crate::task::JoinHandle;
    cfg_io! { pub mod io; }
}
bitflags! { struct Flags: u32 { const A = 1; } }
thread_local! { static SEEN: fn (u8) = f; }
fn f() { other! { fn local() {} } }
"""
    found = RustDefinitions().find(source(text))
    assert [(each.name, each.line) for each in found] == [("spawn", 3), ("SEEN", 8), ("f", 9)]
    imports = RustImports().find(source(text))
    assert [each.module for each in imports] == ["self::io", "crate::task"]


def test_types_traits_constants_and_macros_are_found():
    found = RustDefinitions().find(
        source(
            """\
#[derive(Debug)]
pub struct Cart<T> { items: Vec<T> }
enum Color { Red, Blue(u8) }
pub trait Shape: Debug + Clone { const SIDES: u8; fn area(&self) -> f64; fn name(&self) {} }
pub type Carts = Vec<Cart<u8>>;
pub const MOST: u8 = 1;
static mut SEEN: u8 = 0;
const _: () = ();
#[macro_export]
macro_rules! cart { () => { fn no() {} } }
extern "C" { pub fn outside(a: i32); }
"""
        )
    )
    assert [(each.name, each.kind.value, each.signature, each.public) for each in found] == [
        ("Cart", "class", "<T>", True),
        ("Color", "class", "", False),
        ("Shape", "type", ": Debug + Clone", True),
        ("Shape.SIDES", "variable", "", True),
        ("Shape.area", "method", "(&self) -> f64", True),
        ("Shape.name", "method", "(&self)", True),
        ("Carts", "type", "Vec<Cart<u8>>", True),
        ("MOST", "variable", "", True),
        ("SEEN", "variable", "", False),
        ("cart", "function", "", True),
        ("outside", "function", "(a: i32)", True),
    ]


def test_trees_of_imports_are_taken_apart_by_module():
    found = RustImports().find(
        source(
            """\
use std::{io, fmt::{self, Debug as D}, sync::*};
pub(crate) use crate::store::Cart;
use serde;
extern crate log as logging;
mod users;
#[path = "other/file.rs"]
mod moved;
fn f() { use super::r#type::Kind; }
// use no::Comment;
"""
        )
    )
    assert list(found) == [
        Import("log", (("", "logging"),), 4),
        Import("self::users", (("", "users"),), 5),
        Import("./other/file.rs", (("", "moved"),), 7),
        Import("std", (("io", "io"),), 1),
        Import("std::fmt", (("", "fmt"), ("Debug", "D")), 1),
        Import("std::sync", (("*", "*"),), 1),
        Import("crate::store", (("Cart", "Cart"),), 2),
        Import("serde", (("", "serde"),), 3),
        Import("super::type", (("Kind", "Kind"),), 8),
    ]


def test_paths_of_inline_modules_are_those_of_the_file():
    found = RustImports().find(
        source(
            """\
mod tests {
    use super::*;
    use super::super::store::Cart;
    use self::helpers::make;
    mod helpers;
    mod deeper { use super::helpers::make; }
}
"""
        )
    )
    assert {(each.module, each.names[0][0]) for each in found} == {
        ("self", "*"),
        ("super::store", "Cart"),
        ("self::tests::helpers", "make"),
        ("self::tests::helpers", ""),
    }


def test_uses_are_calls_macros_literals_and_traits():
    found = RustUses().find(
        source(
            """\
impl fmt::Display for Cart {
    fn fmt(&self) {
        self.items.iter().map(|x| users::find(x));
        Vec::<u8>::with_capacity(1);
        parse::<u8>("f(x)"); // no()
        let cart = store::Cart { id: 1 };
        if a != b { tracing::info!("x"); }
        println!("{}", Some(1));
        assert_eq!(
            users::list(&[make(2)])?.len(), "no(1)");
    }
}
"""
        )
    )
    assert list(found) == [
        Use("fmt.Display", 1),
        Use("self.items.iter", 3),
        Use(".map", 3),
        Use("users.find", 3),
        Use("Vec.with_capacity", 4),
        Use("parse", 5),
        Use("store.Cart", 6),
        Use("tracing.info", 7),
        Use("users.list", 10),
        Use("make", 10),
        Use(".len", 10),
    ]


def test_tests_are_functions_with_the_attribute_of_any_runner():
    found = RustTests().find(
        source(
            """\
#[test] fn plain() {}
#[cfg(test)] mod tests {
    #[tokio::test(flavor = "multi_thread")] async fn later() {}
    #[test_case(1; "one")] #[ignore] fn cases(n: u8) {}
    mod inner { #[rstest] fn deep() {} }
    #[cfg(test)] fn helper() {}
}
"""
        )
    )
    assert [(each.name, each.line) for each in found] == [
        ("plain", 1),
        ("tests.later", 3),
        ("tests.cases", 4),
        ("tests.inner.deep", 5),
    ]


def test_attributes_of_functions_are_routes_that_others_mount():
    found = RustAttributeRoutes().find(
        source(
            """\
#[get("/users/{id}")]
async fn one() {}
#[actix_web::post("")]
async fn add() {}
#[rocket::put("/<id>?<q>", data = "<body>")]
fn change() {}
#[route("/both", method = "GET", method = "HEAD")]
async fn both() {}
#[utoipa::path(get, path = "/documented", responses((status = 200)))]
async fn documented() {}
#[get("name")]
fn no_path() {}
mod tests { #[get("/x")] fn x() {} }
"""
        )
    )
    assert list(found) == [
        Route("GET", "/users/{id}", "one", "one", 1),
        Route("POST", "", "add", "add", 3),
        Route("PUT", "/<id>?<q>", "change", "change", 5),
        Route("GET", "/both", "both", "both", 7),
        Route("HEAD", "/both", "both", "both", 7),
        Route("GET", "/documented", "documented", "documented", 9),
    ]


def test_routers_of_axum_are_called_like_what_makes_or_keeps_them():
    found = RustRoutes().find(
        source(
            """\
use axum::{routing::get, Router};
const LIST: &str = "/list";
pub fn router(state: App) -> Router {
    let api = Router::new()
        .route("/users/{id}", get(users::one).post(|| async {}).layer(x))
        .route(LIST, axum::routing::any(list));
    Router::new()
        .nest("/api", api)
        .nest("/v2", Router::new().route("/x", on(MethodFilter::GET, x)))
        .merge(admin::router(state))
        .nest_service("/static", ServeDir::new("x"))
        .route(&format!("/{}", name), get(list))
}
fn handed(mut router: Router) -> Router {
    router = router.route("/a", get(a));
    router
}
fn kept() -> Router {
    let mut app = Router::new();
    app = app.route("/b", get(b));
    app
}
#[cfg(test)]
mod tests { fn app() { Router::new().route("/no", get(no)); } }
"""
        )
    )
    assert list(found) == [
        Route("GET", "/users/{id}", "users.one", "router.api", 5),
        Route("POST", "/users/{id}", "", "router.api", 5),
        Route("*", "/list", "list", "router.api", 6),
        Mount("/api", "router.api", "router", 8),
        Route("GET", "/v2/x", "x", "router", 9),
        Mount("", "admin.router", "router", 10),
        Mount("/static", "ServeDir.new", "router", 11),
        Route("GET", "/a", "a", "handed", 15),
        Route("GET", "/b", "b", "kept.app", 20),
        Mount("", "kept.app", "kept", 21),
    ]


def test_scopes_and_resources_of_actix_are_joined():
    found = RustRoutes().find(
        source(
            """\
use actix_web::web;
pub fn config(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::scope("/api")
            .wrap(x)
            .route("/users", web::get().to(list))
            .service(web::resource("/users/{id}").route(web::put().to(change)).to(any))
            .service(one)
            .configure(teams::config),
    );
    cfg.configure(<api::Api as Routes>::configure);
}
"""
        )
    )
    assert list(found) == [
        Route("GET", "/api/users", "list", "config", 6),
        Route("PUT", "/api/users/{id}", "change", "config", 7),
        Route("*", "/api/users/{id}", "any", "config", 7),
        Mount("/api", "one", "config", 8),
        Mount("/api", "teams.config", "config", 9),
        Mount("", "api.Api.configure", "config", 11),
    ]


def test_lists_of_routes_of_rocket_are_mounted():
    found = RustRoutes().find(
        source(
            """\
use rocket::Route;
pub fn routes() -> Vec<Route> {
    let mut all = routes![one, users::two];
    all.append(&mut teams::routes());
    all
}
fn main() {
    rocket::build().mount([basepath, "/api"].concat(), api::routes()).mount("/", routes![x]);
}
"""
        )
    )
    assert list(found) == [
        Mount("", "one", "routes.all", 3),
        Mount("", "users.two", "routes.all", 3),
        Mount("", "teams.routes", "routes.all", 4),
        Mount("/api", "api.routes", "main", 8),
        Mount("/", "x", "main", 8),
        Mount("", "routes.all", "routes", 5),
    ]


def test_tables_of_diesel_and_structs_that_name_one_are_models():
    found = RustModels().find(
        source(
            """\
diesel::table! {
    use diesel::sql_types::*;
    /// People.
    app.users (id) {
        id -> Int4,
        #[sql_name = "type"]
        kind -> Nullable<Text>, // no -> comment
    }
}
#[derive(Queryable)]
#[diesel(table_name = crate::schema::users)]
pub struct User {
    pub id: i32,
    #[diesel(column_name = "type")]
    kind: String,
    #[diesel(embed)]
    extra: Extra,
}
#[derive(DeriveEntityModel)]
#[sea_orm(table_name = "cakes")]
pub struct Model { pub id: i32 }
struct Plain { id: i32 }
"""
        )
    )
    assert list(found) == [
        Model("users", "users", ("id", "type"), 1),
        Model("User", "users", ("id", "type"), 12),
        Model("Model", "cakes", ("id",), 21),
    ]


def test_variables_of_the_environment_are_read_set_and_built_in():
    found = RustEnvironment().find(
        source(
            """\
fn f() {
    std::env::var("HOME_PAGE"); // env::var("NO")
    env::set_var("LIMIT", "1");
    let version = env!("CARGO_PKG_VERSION");
    let mode = option_env!("MODE");
}
#[derive(Parser)]
struct Args { #[arg(long, env = "TOKEN")] token: String }
"""
        )
    )
    variable = ResourceKind.VARIABLE
    assert list(found) == [
        Resource(variable, "HOME_PAGE", False, 2),
        Resource(variable, "LIMIT", True, 3),
        Resource(variable, "MODE", False, 5),
        Resource(variable, "TOKEN", False, 8),
    ]


def test_sql_in_macros_and_raw_strings_uses_tables():
    found = RustSql().find(
        source(
            """\
fn f() {
    sqlx::query!("UPDATE users SET name = $1", name);
    query(
        r#"
        SELECT id FROM "notes" WHERE id = $1
        "#,
    );
}
"""
        )
    )
    assert [(each.table, each.action.value, each.line) for each in found] == [
        ("users", "write", 2),
        ("notes", "read", 5),
    ]
