"""Imports lead to the files that the language would take."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from taskpar_ml.domain.code_facts import Import
from taskpar_ml.survey.imports import ImportResolver


def targets(files: Mapping[str, str], path: str, module: str, *names: str) -> tuple[str, ...]:
    """Return where an import of names out of a module leads to; of none, of the module itself."""
    resolver = ImportResolver(files, lambda name, most: files[name].encode()[:most])
    pairs = tuple((name, name) for name in names) or (("", module),)
    return resolver.targets(path, Import(module, pairs, 1))


PYTHON = dict.fromkeys(
    (
        "setup.py",
        "src/shop/__init__.py",
        "src/shop/cart.py",
        "src/shop/api/__init__.py",
        "src/shop/api/views.py",
        "src/shop/typed.pyi",
        "tests/helpers.py",
        "tests/test_cart.py",
        "examples/a/app.py",
        "examples/a/main.py",
        "examples/b/app.py",
        "examples/b/main.py",
        "plain/inner/tool.py",
        "plain/shop.cart.py",
    ),
    "",
)


@pytest.mark.parametrize(
    ("path", "module", "names", "expected"),
    [
        ("tests/test_cart.py", "shop.cart", (), ("src/shop/cart.py",)),
        ("tests/test_cart.py", "shop.cart", ("Cart",), ("src/shop/cart.py",)),
        (
            "tests/test_cart.py",
            "shop",
            ("cart", "api"),
            ("src/shop/cart.py", "src/shop/api/__init__.py"),
        ),
        ("tests/test_cart.py", "shop", ("Cart", "VERSION"), ("src/shop/__init__.py",)),
        ("tests/test_cart.py", "shop.api.views", ("*",), ("src/shop/api/views.py",)),
        ("tests/test_cart.py", "helpers", (), ("tests/helpers.py",)),
        ("tests/test_cart.py", "os.path", (), ()),
        ("src/shop/api/views.py", ".", ("views",), ()),
        ("src/shop/api/views.py", "..cart", ("Cart",), ("src/shop/cart.py",)),
        ("src/shop/api/views.py", "..", ("cart",), ("src/shop/cart.py",)),
        ("src/shop/api/__init__.py", ".views", ("x",), ("src/shop/api/views.py",)),
        ("src/shop/cart.py", ".typed", ("T",), ("src/shop/typed.pyi",)),
        ("src/shop/cart.py", ".....far", ("T",), ()),
        ("examples/b/main.py", "app", ("run",), ("examples/b/app.py",)),
        ("setup.py", "plain.inner.tool", (), ("plain/inner/tool.py",)),
        ("src/shop/cart.py", "helpers", (), ()),
        ("plain/shop.cart.py", "shop.cart", (), ("src/shop/cart.py",)),
        ("src/shop/cart.py", "tests.helpers", (), ("tests/helpers.py",)),
    ],
)
def test_python(path, module, names, expected):
    assert targets(PYTHON, path, module, *names) == expected


JAVASCRIPT = {
    "package.json": '{"name": "root"}',
    "tsconfig.json": """{"compilerOptions": {
        "baseUrl": ".", // where "paths": {} begin
        "paths": {"@/*": ["web/*"],},
    }}""",
    "web/app.ts": "",
    "web/users/index.tsx": "",
    "web/users/list.tsx": "",
    "web/data.json": "",
    "lib/old.js": "",
    "packages/core/package.json": '{"name": "@shop/core", "main": "dist/index.js"}',
    "packages/core/src/index.ts": "",
    "packages/core/src/money.ts": "",
    "packages/bad/package.json": "{nothing",
}


@pytest.mark.parametrize(
    ("path", "module", "expected"),
    [
        ("web/app.ts", "./users", "web/users/index.tsx"),
        ("web/app.ts", "./users/list", "web/users/list.tsx"),
        ("web/app.ts", "./users/list.js", "web/users/list.tsx"),
        ("web/app.ts", "../lib/old.js", "lib/old.js"),
        ("web/app.ts", "./data.json", "web/data.json"),
        ("web/users/list.tsx", "@/app", "web/app.ts"),
        ("web/users/list.tsx", "lib/old", "lib/old.js"),
        ("web/app.ts", "@shop/core", "packages/core/src/index.ts"),
        ("web/app.ts", "@shop/core/money", "packages/core/src/money.ts"),
        ("web/app.ts", "react", None),
        ("web/app.ts", "../../outside", None),
        ("web/app.ts", "./app", None),
    ],
)
def test_javascript(path, module, expected):
    assert targets(JAVASCRIPT, path, module) == (() if expected is None else (expected,))


GO = {
    "go.mod": "// x\nmodule example.org/shop/v2\n\ngo 1.22\n",
    "main.go": "",
    "cart/cart.go": "",
    "cart/price.go": "",
    "cart/cart_test.go": "",
    "tools/go.mod": 'module "example.org/shop/v2/tools"\n',
    "tools/gen/gen.go": "",
}


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("example.org/shop/v2/cart", ("cart/cart.go", "cart/price.go")),
        ("example.org/shop/v2", ("main.go",)),
        ("example.org/shop/v2/tools/gen", ("tools/gen/gen.go",)),
        ("example.org/shop/v20/cart", ()),
        ("fmt", ()),
    ],
)
def test_go(module, expected):
    assert targets(GO, "main.go", module) == expected


def test_files_of_no_language_import_nothing():
    assert targets({"a.md": "", "b.py": ""}, "a.md", "b") == ()


JAVA = dict.fromkeys(
    (
        "core/src/main/java/org/shop/Cart.java",
        "core/src/main/java/org/shop/store/Store.java",
        "core/src/main/java/org/shop/store/Item.java",
        "core/src/main/kotlin/org/shop/Price.kt",
        "web/src/main/java/org/shop/web/Cart.java",
        "web/src/main/java/org/shop/Cart.java",
        "web/src/main/java/org/shop/web/Page.java",
        "old/org/shop/Old.java",
        "old/lombok/Data.java",
    ),
    "",
)


@pytest.mark.parametrize(
    ("path", "module", "names", "expected"),
    [
        (
            "core/src/test/java/org/shop/CartTest.java",
            "org.shop",
            ("Cart",),
            ("core/src/main/java/org/shop/Cart.java",),
        ),
        (
            "web/src/main/java/org/shop/web/Page.java",
            "org.shop",
            ("Cart",),
            ("web/src/main/java/org/shop/Cart.java",),
        ),
        (
            "web/src/main/java/org/shop/web/Page.java",
            "org.shop.store",
            ("*",),
            (
                "core/src/main/java/org/shop/store/Store.java",
                "core/src/main/java/org/shop/store/Item.java",
            ),
        ),
        (
            "web/src/main/java/org/shop/web/Page.java",
            "org.shop.store.Store.Inner",
            ("Deep",),
            ("core/src/main/java/org/shop/store/Store.java",),
        ),
        (
            "web/src/main/java/org/shop/web/Page.java",
            "org.shop.store.Store",
            ("*",),
            ("core/src/main/java/org/shop/store/Store.java",),
        ),
        ("old/a.java", "org.shop", ("Price",), ("core/src/main/kotlin/org/shop/Price.kt",)),
        ("old/a.java", "org.shop", ("Old",), ("old/org/shop/Old.java",)),
        ("old/a.java", "shop.store", ("Item",), ()),
        ("old/a.java", "lombok", ("Data",), ()),
        ("old/a.java", "java.util", ("List",), ()),
    ],
)
def test_java_imports_lead_to_classes_by_their_packages(path, module, names, expected):
    assert targets(JAVA, path, module, *names) == expected


RUST = {
    "Cargo.toml": '[workspace]\nmembers = ["a", "b-lib"]\n',
    "a/Cargo.toml": '[package]\nedition = "2024"\nname = "a"\n[[bin]]\nname = "x"\n',
    "b-lib/Cargo.toml": '[package]\nname = "b-lib"\n[lib]\nname = "b"\npath = "code/lib.rs"\n',
    **dict.fromkeys(
        (
            "a/src/main.rs",
            "a/src/users/mod.rs",
            "a/src/users/list.rs",
            "a/src/store.rs",
            "a/src/store/sql.rs",
            "a/src/store/tests/deep.rs",
            "a/src/bin/tool.rs",
            "a/src/bin/helper.rs",
            "a/tests/api.rs",
            "a/tests/common/mod.rs",
            "b-lib/code/lib.rs",
            "b-lib/code/inner.rs",
        ),
        "",
    ),
}


@pytest.mark.parametrize(
    ("path", "module", "names", "expected"),
    [
        ("a/src/main.rs", "self::users", (), ("a/src/users/mod.rs",)),
        ("a/src/users/list.rs", "crate::store", ("Cart",), ("a/src/store.rs",)),
        (
            "a/src/users/list.rs",
            "crate::store",
            ("sql", "Cart"),
            ("a/src/store/sql.rs", "a/src/store.rs"),
        ),
        ("a/src/users/list.rs", "super", ("Kind",), ("a/src/users/mod.rs",)),
        ("a/src/users/mod.rs", "super::store", ("*",), ("a/src/store.rs",)),
        ("a/src/store/sql.rs", "super::super::users", ("list",), ("a/src/users/list.rs",)),
        ("a/src/store/sql.rs", "super", ("Cart",), ("a/src/store.rs",)),
        ("a/src/store/tests/deep.rs", "crate", ("Cart",), ("a/src/main.rs",)),
        ("a/src/store.rs", "sql", ("query",), ("a/src/store/sql.rs",)),
        ("a/src/store.rs", "b::inner", ("Thing",), ("b-lib/code/inner.rs",)),
        ("b-lib/code/inner.rs", "crate", ("Thing",), ("b-lib/code/lib.rs",)),
        ("a/src/bin/tool.rs", "self::helper", (), ("a/src/bin/helper.rs",)),
        ("a/tests/api.rs", "self::common", (), ("a/tests/common/mod.rs",)),
        ("a/tests/common/mod.rs", "crate", ("x",), ()),
        ("a/src/main.rs", "./store/sql.rs", (), ("a/src/store/sql.rs",)),
        ("a/src/main.rs", "std::fmt", ("Debug",), ()),
        ("a/src/main.rs", "super::users", ("x",), ()),
    ],
)
def test_rust_imports_lead_to_modules_and_crates(path, module, names, expected):
    assert targets(RUST, path, module, *names) == expected


RUBY = dict.fromkeys(
    (
        "app/models/user.rb",
        "app/models/admin/user.rb",
        "app/models/concerns/html_page.rb",
        "app/controllers/admin/users_controller.rb",
        "config/routes.rb",
        "config/routes/admin.rb",
        "engines/blog/app/models/blog/post.rb",
        "lib/shop.rb",
        "lib/shop/cart.rb",
        "lib/tasks/more.rake",
        "spec/rails_helper.rb",
        "spec/models/user_spec.rb",
    ),
    "",
)


@pytest.mark.parametrize(
    ("path", "module", "expected"),
    [
        ("spec/models/user_spec.rb", "rails_helper", ("spec/rails_helper.rb",)),
        ("lib/tasks/more.rake", "shop/cart", ("lib/shop/cart.rb",)),
        ("lib/tasks/more.rake", "../shop/cart", ("lib/shop/cart.rb",)),
        ("config/routes.rb", "./routes/admin", ("config/routes/admin.rb",)),
        ("lib/shop/cart.rb", "json", ()),
        ("lib/shop/cart.rb", "User", ("app/models/user.rb",)),
        ("lib/shop/cart.rb", "Admin::User", ("app/models/admin/user.rb",)),
        ("app/controllers/admin/users_controller.rb", "User", ("app/models/admin/user.rb",)),
        ("app/controllers/admin/users_controller.rb", "::User", ("app/models/user.rb",)),
        ("lib/shop/cart.rb", "User::LIMIT", ("app/models/user.rb",)),
        ("lib/shop/cart.rb", "HTMLPage", ("app/models/concerns/html_page.rb",)),
        ("lib/shop/cart.rb", "Blog::Post", ("engines/blog/app/models/blog/post.rb",)),
        ("lib/shop/cart.rb", "Elsewhere", ()),
        # What has no file of its own is in that of the class around it, where it may be.
        ("lib/tasks/more.rake", "Shop::Cart::Line", ("lib/shop/cart.rb",)),
        ("lib/tasks/more.rake", "Shop::LIMIT", ("lib/shop.rb",)),
        ("lib/tasks/more.rake", "Shop::Elsewhere", ()),
        ("lib/tasks/more.rake", "User::Elsewhere", ("app/models/user.rb",)),
        ("lib/tasks/more.rake", "Shop::Deep::LIMIT", ()),
    ],
)
def test_ruby(path, module, expected):
    assert targets(RUBY, path, module) == expected


PHP = {
    "composer.json": """{"autoload": {"psr-4": {"App\\\\": "app/", "App\\\\Old\\\\": ["old/"]}},
        "autoload-dev": {"psr-4": {"Tests\\\\": "tests"}}}""",
    "app/Models/User.php": "",
    "app/Models/Order.php": "",
    "old/Cart.php": "",
    "routes/web.php": "",
    "bootstrap/app.php": "",
    "tests/TestCase.php": "",
    "broken/composer.json": "[",
}


@pytest.mark.parametrize(
    ("path", "module", "expected"),
    [
        ("routes/web.php", "App\\Models\\User", ("app/Models/User.php",)),
        ("routes/web.php", "App\\Old\\Cart", ("old/Cart.php",)),
        ("routes/web.php", "Tests\\TestCase", ("tests/TestCase.php",)),
        ("app/Models/User.php", "namespace\\Order", ("app/Models/Order.php",)),
        ("app/Models/User.php", "namespace\\Missing", ()),
        ("routes/web.php", "Illuminate\\Support\\Str", ()),
        ("bootstrap/app.php", "./../routes/web.php", ("routes/web.php",)),
        ("bootstrap/app.php", "routes/web.php", ("routes/web.php",)),
    ],
)
def test_php(path, module, expected):
    assert targets(PHP, path, module) == expected
