"""Which files a text names, how they are met, and which of them are to be made."""

from __future__ import annotations

import pytest

from taskpar_ml.footprints.paths import paths_in
from tests.support.workspaces import SHOP, snapshot_of

FILES = (
    *SHOP,
    ".env.example",
    "Dockerfile",
    "app/(shop)/cart/page.tsx",
    "app/[id]/page.tsx",
    "go.mod",
    "package.json",
    "packages/a/index.ts",
    "packages/b/index.ts",
    "packages/c/index.ts",
    "packages/d/index.ts",
    "packages/e/index.ts",
    "src/shop/__init__.py",
    "src/shop/money.py",
)
READ, WRITE, NEW = "read", "write", "new"


def found(text):
    mentions = paths_in(text, snapshot_of(FILES))
    return {(each.item, NEW if each.creates else each.access.value) for each in mentions}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Paths of the repository, in whatever they are wrapped.
        ("Round taxes in src/billing/tax.py", {("src/billing/tax.py", WRITE)}),
        ("Round taxes in `src/billing/tax.py`.", {("src/billing/tax.py", WRITE)}),
        ("Round taxes (src/billing/tax.py).", {("src/billing/tax.py", WRITE)}),
        ("Round taxes [src/billing/tax.py]", {("src/billing/tax.py", WRITE)}),
        ('Fix "./src/billing/tax.py"', {("src/billing/tax.py", WRITE)}),
        ("Fix **src/billing/tax.py**:", {("src/billing/tax.py", WRITE)}),
        ("**Fix src/billing/tax.py**", {("src/billing/tax.py", WRITE)}),
        ("- *README.md* is out of date", {("README.md", WRITE)}),
        ("It fails at src/billing/tax.py:42.", {("src/billing/tax.py", WRITE)}),
        ("src/billing/tax.py#L10-L20 is wrong", {("src/billing/tax.py", WRITE)}),
        ("See [the code](src/billing/tax.py)", {("src/billing/tax.py", READ)}),
        ("Fix [tax.py](https://example.org/tax.py)", {("src/billing/tax.py", WRITE)}),
        ("Fix /src/billing/tax.py", {("src/billing/tax.py", WRITE)}),
        ("Fix src\\billing\\tax.py on Windows", {("src/billing/tax.py", WRITE)}),
        ("Fix docs/api.md, docs/guide.md", {("docs/api.md", WRITE), ("docs/guide.md", WRITE)}),
        ("Fix the routes of app/[id]/page.tsx", {("app/[id]/page.tsx", WRITE)}),
        ("Fix app/(shop)/cart/page.tsx", {("app/(shop)/cart/page.tsx", WRITE)}),
        ("Update .env.example, go.mod and the Dockerfile",
         {(".env.example", WRITE), ("go.mod", WRITE), ("Dockerfile", WRITE)}),
        # Ends of paths, bare names, modules.
        ("Fix billing/tax.py", {("src/billing/tax.py", WRITE)}),
        ("Fix @/billing/tax.py", {("src/billing/tax.py", WRITE)}),
        ("Fix tax.py's rounding", {("src/billing/tax.py", WRITE)}),
        ("Extend models.py", {("src/billing/models.py", WRITE), ("src/orders/models.py", WRITE)}),
        ("Export it from index.ts", set()),
        ("Fix shop.money", {("src/shop/money.py", WRITE)}),
        ("Fix src.shop.money.Money.round()", set()),
        ("Fix shop.money.Money", {("src/shop/money.py", WRITE)}),
        ("Split src.shop", {("src/shop/__init__.py", WRITE)}),
        # Directories and globs.
        ("Move everything out of src/billing/", {("src/billing/", WRITE)}),
        ("Type-check src/billing", {("src/billing/", WRITE)}),
        ("Clean up the billing/ folder", {("src/billing/", WRITE)}),
        ("Fix src/*/models.py", {("src/*/models.py", WRITE)}),
        ("Fix src/{billing,orders}/models.py", {("src/{billing,orders}/models.py", WRITE)}),
        ("Fix **/models.py", {("**/models.py", WRITE)}),
        ("Fix src/billing/**", {("src/billing/**", WRITE)}),
        ("Fix lib/*.rb", set()),
        # New files.
        ("Create src/billing/vat.py", {("src/billing/vat.py", NEW)}),
        ("Add a parser in lib/parser.py", {("lib/parser.py", NEW)}),
        ("The parser belongs into src/parser.py", {("src/parser.py", WRITE)}),
        ("Fix lib/parser.py", set()),
        ("Create config.yaml", {("config.yaml", NEW)}),
        ("Load config.yaml", set()),
        ("See src/billing/vat.py", {("src/billing/vat.py", READ)}),
        ("Write the result to /tmp/result.json", set()),
        # Not files at all.
        ("Build the site with Node.js and Next.js", set()),
        ("Create a Node.js server", set()),
        ("Create a React/Next.js page", set()),
        ("Remove and/or rename it, e.g. at 5 p.m.", set()),
        ("Add it by 5 p.m. today", set()),
        ("Add support for version 1.2.3 and Python 3.11", set()),
        ("Create it on 1/2/2024", set()),
        ("Use client/server over TCP/IP", set()),
        ("See https://example.org/src/billing/tax.py", set()),
        ("Add git+ssh://git@example.org/a/b.py", set()),
        ("Call self.client.get() and os.path.join", set()),
        ("Add ../outside.py", set()),
        ("Write to ada@example.md", set()),
        ("Add a **bold** word, a - dash, a / slash", set()),
        ("Add /** a comment */ and **/", set()),
        ("Add it to process.env and import.meta.env", set()),
    ],
)  # fmt: skip
def test_a_text_names_files(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "item", "share"),
    [
        ("Fix src/billing/tax.py", "src/billing/tax.py", 1.0),
        ("Fix models.py", "src/orders/models.py", 0.5),
        ("Fix src/billing/", "src/billing/", 2 / 3),
        ("Fix docs/", "docs/", 1.0),
        ("Fix src/*/models.py", "src/*/models.py", 1.0),
        ("Fix src/**", "src/**", 2 / 9),
    ],
)
def test_the_vaguer_a_name_the_smaller_its_share(text, item, share):
    shares = {each.item: each.share for each in paths_in(text, snapshot_of(FILES))}
    assert shares[item] == pytest.approx(share)


@pytest.mark.parametrize(
    ("text", "quote"),
    [("Fix models.py!", "models.py"), ("Fix **src/billing/tax.py**", "src/billing/tax.py")],
)
def test_a_mention_quotes_what_was_read(text, quote):
    assert {each.quote for each in paths_in(text, snapshot_of(FILES))} == {quote}


def test_a_product_is_a_file_where_the_repository_has_it():
    mentions = paths_in("Fix vendor/three.js", snapshot_of(["vendor/three.js"]))
    assert [each.item for each in mentions] == ["vendor/three.js"]


def test_what_no_pattern_can_hold_is_no_path():
    assert not list(paths_in(f"Fix {'*/' * 40}a.py", snapshot_of(FILES)))
