"""What is found in JavaScript and TypeScript modules."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from taskpar_ml.detectors.javascript_definitions import JavaScriptDefinitions
from taskpar_ml.detectors.javascript_environment import JavaScriptEnvironment
from taskpar_ml.detectors.javascript_imports import JavaScriptImports
from taskpar_ml.detectors.javascript_tests import JavaScriptTests
from taskpar_ml.detectors.javascript_uses import JavaScriptUses, TsxUses, TypeScriptUses
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain import code_facts
from taskpar_ml.domain.code_facts import (
    Definition,
    DefinitionKind,
    Import,
    Resource,
    ResourceKind,
    Use,
)

FUNCTION, METHOD, CLASS, TYPE, VARIABLE = (
    DefinitionKind.FUNCTION,
    DefinitionKind.METHOD,
    DefinitionKind.CLASS,
    DefinitionKind.TYPE,
    DefinitionKind.VARIABLE,
)


def source(text: str, language: Language = Language.JAVASCRIPT) -> Source:
    """Return a module."""
    return Source(text.encode(), language)


def definitions(text: str, language: Language = Language.JAVASCRIPT) -> Sequence[Definition]:
    """Return what a module defines, in the order of its lines."""
    found = JavaScriptDefinitions().find(source(text, language))
    return sorted(found, key=lambda each: each.line)


def test_typescript_defines_classes_types_functions_and_members():
    found = definitions(
        """\
@Controller("users")
export class Users<T> extends Base implements I {
  constructor(private db: Db) { super() }
  @Get(":id")
  async find(
    id: string,
  ): Promise<T> {
    function local() {}
  }
  private hidden() {}
  #secret() {}
  arrow = (a: number) => a;
  size = 3;
}
export interface Shape extends Other { area(): number }
export type Alias = string;
enum Local { A }
export function over(a: string): void;
export function over(a: any) {}
const one = 1, two = <U,>(x: U) => x;
export { one as first };
export default interface Last {}
""",
        Language.TYPESCRIPT,
    )
    assert found == [
        Definition("Users", CLASS, 1, 14, "extends Base implements I"),
        Definition("Users.constructor", METHOD, 3, 3, "(private db: Db)"),
        Definition("Users.find", METHOD, 4, 9, "( id: string, ): Promise<T>"),
        Definition("Users.hidden", METHOD, 10, 10, "()", public=False),
        Definition("Users.#secret", METHOD, 11, 11, "()", public=False),
        Definition("Users.arrow", METHOD, 12, 12, "(a: number)"),
        Definition("Shape", TYPE, 15, 15, "extends Other"),
        Definition("Alias", TYPE, 16, 16),
        Definition("Local", CLASS, 17, 17, public=False),
        Definition("over", FUNCTION, 18, 18, "(a: string): void"),
        Definition("over", FUNCTION, 19, 19, "(a: any)"),
        Definition("one", VARIABLE, 20, 20),
        Definition("two", FUNCTION, 20, 20, "<U,>(x: U)", public=False),
        Definition("first", VARIABLE, 21, 21),
        Definition("Last", TYPE, 22, 22),
    ]


def test_what_is_declared_to_exist_elsewhere_is_public_and_namespaces_give_their_name():
    found = definitions(
        """\
declare module "express" { interface Request { user: string } }
declare global { interface Window {} }
declare function lib(a: string): void;
export namespace N { export const a = 1; function hidden() {} }
declare namespace L { interface Options {} }
""",
        Language.TYPESCRIPT,
    )
    assert [(each.name, each.public) for each in found] == [
        ("Request", True),
        ("Window", True),
        ("lib", True),
        ("N", True),
        ("N.a", True),
        ("N.hidden", False),
        ("L", True),
        ("L.Options", True),
    ]


def test_common_js_exports_make_names_public():
    found = definitions(
        """\
var app = exports = module.exports = {};
app.init = function init(a, b) {};
function View(name) {}
View.prototype.lookup = function lookup(name) {};
Date.prototype.short = function () {};
exports.helper = helper;
function helper() {}
exports.run = async (x) => x;
const path = require('path'), { join } = require('path');
this.local = function () {};
"""
    )
    assert found == [
        Definition("app", VARIABLE, 1, 1),
        Definition("app.init", METHOD, 2, 2, "(a, b)"),
        Definition("View", FUNCTION, 3, 3, "(name)", public=False),
        Definition("View.lookup", METHOD, 4, 4, "(name)", public=False),
        Definition("Date.short", METHOD, 5, 5, "()"),
        Definition("helper", FUNCTION, 7, 7, "()"),
        Definition("run", FUNCTION, 8, 8, "(x)"),
    ]


def test_an_exported_object_exports_each_of_its_keys():
    found = definitions(
        """\
module.exports = { list, find: function (id) {}, remove() {}, limit: 5, db: require('./db') };
function list() {}
function hidden() {}
"""
    )
    assert [(each.name, each.kind, each.public) for each in found] == [
        ("find", FUNCTION, True),
        ("remove", FUNCTION, True),
        ("limit", VARIABLE, True),
        ("list", FUNCTION, True),
        ("hidden", FUNCTION, False),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("module.exports = function (app) {};", ["module.exports"]),
        ("module.exports = class Users { find() {} };", ["Users", "Users.find"]),
        ("export default () => 1", ["default"]),
        ("export default { data() {}, props: [] }", ["default", "default.data"]),
        ("export default function named() {}", ["named"]),
        ("const a = 1; export default a", ["a"]),
        ("export const { a, b: c } = make()", ["a", "c"]),
    ],
)
def test_what_is_exported_without_a_name_is_called_after_the_export(text, names):
    found = definitions(text)
    assert [each.name for each in found] == names
    assert all(each.public for each in found)


def test_imports_say_what_is_taken_and_what_it_is_called_here():
    found = JavaScriptImports().find(
        source(
            """\
import A, { b as c, default as d, type T } from "x";
import * as ns from 'y';
import 'z';
import r = require("rr");
export * from "./all";
export * as q from "./q";
export { m as n } from './m';
const { u, v: w } = require('uv'), k = await import('k');
const p = require('p').deep;
exports.e = require('./e');
const lazy = () => import('./lazy');
require(name); it('is none'); import(`./${x}`);
""",
            Language.TYPESCRIPT,
        )
    )
    assert sorted(found, key=lambda each: (each.line, each.module)) == [
        Import("x", (("default", "A"), ("b", "c"), ("default", "d"), ("T", "T")), 1),
        Import("y", (("*", "ns"),), 2),
        Import("z", (), 3),
        Import("rr", (("", "r"),), 4),
        Import("./all", (("*", "*"),), 5),
        Import("./q", (("*", "q"),), 6),
        Import("./m", (("m", "n"),), 7),
        Import("k", (("", "k"),), 8),
        Import("uv", (("u", "u"), ("v", "w")), 8),
        Import("p", (("deep", "p"),), 9),
        Import("./e", (("", "exports.e"),), 10),
        Import("./lazy", (), 11),
    ]


def test_names_that_are_called_made_or_extended_are_used_once():
    found = JavaScriptUses().find(
        source(
            """\
class A extends lib.Base {}
const a = new Map(require('x')), b = new Map();
list?.map(f).filter(g)
  .map(h);
this.db.find();
<Page.Title><div/><Row/></Page.Title>;
"""
        )
    )
    assert set(found) == {
        Use("lib.Base", 1),
        Use("Map", 2),
        Use("list.map", 3),
        Use(".filter", 3),
        Use(".map", 3),
        Use("this.db.find", 5),
        Use("Page.Title", 6),
        Use("Row", 6),
    }


def test_typescript_also_uses_what_it_implements_and_decorates_with():
    text = "@Injectable() class A extends B<C> implements D, E.F, G<H> { @Input x!: K }\n"
    names = {"Injectable", "B", "D", "E.F", "G", "Input"}
    for detector, language in (
        (TypeScriptUses(), Language.TYPESCRIPT),
        (TsxUses(), Language.TSX),
    ):
        assert set(detector.find(source(text, language))) == {Use(name, 1) for name in names}


def test_cases_are_named_through_the_groups_around_them():
    found = JavaScriptTests().find(
        source(
            """\
describe('A', function () {
  before(() => {});
  describe("b", () => {
    it('works', async () => { list.test('no', f); });
    it.skip(`t ${x}`, () => {});
    it('is pending');
    it.todo('is to do');
    for (const m of all) { it('has ' + m, () => {}); }
    all.forEach(m => it(m, () => {}));
    test.each`a|b`('table', () => {});
    describe.each([1])('g %d', () => { it.only('q', done => {}) });
  });
});
test('top', async (t) => { await t.test('sub', () => {}) });
regex.test('no', () => {});
(function () { describe(Foo, () => { it('within', helper) }) })();
test.describe('page', () => { test('p', async () => { await test.step('s', () => {}) }) });
"""
        )
    )
    assert list(found) == [
        code_facts.TestCase("A.b.works", 4),
        code_facts.TestCase("A.b.t ${x}", 5),
        code_facts.TestCase("A.b.'has ' + m", 8),
        code_facts.TestCase("A.b.m", 9),
        code_facts.TestCase("A.b.table", 10),
        code_facts.TestCase("A.b.g %d.q", 11),
        code_facts.TestCase("top", 14),
        code_facts.TestCase("top.sub", 14),
        code_facts.TestCase("Foo.within", 16),
        code_facts.TestCase("page.p", 17),
    ]


def test_variables_of_the_environment_are_read_or_set():
    found = JavaScriptEnvironment().find(
        source(
            """\
const port = process.env.PORT || 3000; // process.env.COMMENT
process.env.SET = 'yes';
const { A, B: b, C = 'x' } = process.env;
if (process.env["EQ"] === 'a') {}
process.env.OR ??= "z";
const s = `${process.env.WITHIN}`, t = 'process.env.STRING';
f(import.meta.env.VITE_X, import.meta.env.MODE, process.env.PORT);
""",
            Language.TYPESCRIPT,
        )
    )
    kind = ResourceKind.VARIABLE
    assert list(found) == [
        Resource(kind, "PORT", False, 1),
        Resource(kind, "SET", True, 2, "yes"),
        Resource(kind, "A", False, 3),
        Resource(kind, "B", False, 3),
        Resource(kind, "C", False, 3),
        Resource(kind, "EQ", False, 4),
        Resource(kind, "OR", True, 5, "z"),
        Resource(kind, "WITHIN", False, 6),
        Resource(kind, "VITE_X", False, 7),
    ]


def test_broken_modules_give_what_can_be_read():
    found = definitions("function good(a) {}\n\nfunction ( {\n\nclass Fine {}\n")
    assert "good" in {each.name for each in found}
