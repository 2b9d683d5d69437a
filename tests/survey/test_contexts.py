"""Which part of the system a path belongs to."""

from __future__ import annotations

import pytest

from taskpar_ml.domain.contexts import ContextOrigin
from taskpar_ml.survey.contexts import Contexts
from tests.support.workspaces import SHOP


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/billing/tax.py", "billing"),
        ("src/billing/rules/vat.py", "billing"),
        ("src/app.py", "src"),
        ("README.md", None),
        ("docs/guide.md", "docs"),
        ("services/mails/src/send.go", "mails"),
        ("tests/test_login.py", "auth"),
        ("tests/test_all.py", "tests"),
        ("tests/billing/test_tax.py", "billing"),
    ],
)
def test_directories_tell_contexts(path, expected):
    assert Contexts(SHOP).of(path) == expected


def test_a_directory_that_holds_most_files_is_the_whole_system():
    files = ["shop/billing/tax.py", "shop/cart/cart.py", "shop/main.py", "docs/a.md"]
    assert Contexts(files).of("shop/billing/tax.py") == "billing"
    assert Contexts(files).of("shop/main.py") == "shop"
    assert Contexts(["shop/a.py", "mail/a.py", "docs/a.md"]).of("shop/a.py") == "shop"


def test_most_sources_make_a_system_however_deep_and_however_many_tests_there_are():
    files = [f"src/shop/{part}/{number}.py" for part in ("cart", "money") for number in range(3)]
    files += [f"tests/{number}/test_x.py" for number in range(20)]
    contexts = Contexts([*files, "tools/build.py", "src/shop/app.py"])
    assert contexts.of("src/shop/cart/0.py") == "cart"
    assert contexts.of("src/shop/app.py") == "shop"
    assert contexts.of("tools/build.py") == "tools"


def test_contexts_that_a_person_has_drawn_win():
    named = {"money": ("src/billing/**", "**/tax*"), "rest": ("src/**",)}
    contexts = Contexts(SHOP, named=named)
    assert contexts.of("src/billing/models.py") == "money"
    assert contexts.of("src/orders/tax_rates.py") == "money"
    assert contexts.of("src/orders/api.py") == "rest"
    assert contexts.of("docs/guide.md") == "docs"


MIXED = {
    ".github/CODEOWNERS": "* @all\n/api/ @backend\n",
    "api/app.py": "",
    "api/pkg/pyproject.toml": "",
    "web/package.json": "{}",
    "web/page.ts": "",
    "mail/Dockerfile": "",
    "mail/send.py": "",
    "jobs/day.py": "",
    "jobs/night.py": "",
    "plans/a.py": "",
    "plans/b.py": "",
    "notes/a.txt": "",
    "setup.py": "",
}
IMPORTS = {"jobs/day.py": ("plans/a.py", "plans/b.py"), "jobs/night.py": ("plans/a.py",)}


def read(path: str, most: int) -> bytes | None:
    return MIXED[path].encode()[:most] if path in MIXED else None


def mixed(**more) -> Contexts:
    return Contexts(MIXED, read=read, **more)


@pytest.mark.parametrize(
    ("path", "name", "origin"),
    [
        ("mail/send.py", "letters", "settings"),
        ("api/app.py", "@backend", "owners"),
        ("api/pkg/pyproject.toml", "@backend", "owners"),
        ("web/page.ts", "web", "package"),
        ("mail/Dockerfile", "mail", "service"),
        ("jobs/day.py", "jobs", "imports"),
        ("plans/b.py", "jobs", "imports"),
        ("notes/a.txt", "notes", "directory"),
    ],
)
def test_the_most_trusted_way_that_says_something_decides(path, name, origin):
    drawn = mixed(named={"letters": ["mail/*.py"]}, imports=IMPORTS).drawn(path)
    assert (drawn.name, drawn.origin) == (name, origin)


def test_the_root_belongs_to_nobody():
    assert mixed(imports=IMPORTS).drawn("setup.py") is None


def test_ways_can_be_left_out_and_imports_are_not_needed():
    assert mixed().drawn("plans/b.py") == ("plans", ContextOrigin.DIRECTORY)
    assert mixed(ways=[ContextOrigin.PACKAGE]).drawn("notes/a.txt") is None
    assert Contexts(MIXED).drawn("api/app.py") == ("api", ContextOrigin.DIRECTORY)


def test_new_files_have_contexts():
    contexts = mixed(imports=IMPORTS)
    assert contexts.drawn("api/new.py") == ("@backend", ContextOrigin.OWNERS)
    assert contexts.drawn("plans/deep/new.py") == ("plans", ContextOrigin.DIRECTORY)
    assert contexts.drawn("plans/new.py") == ("jobs", ContextOrigin.IMPORTS)


def test_an_empty_repository_has_no_contexts():
    assert Contexts([]).of("a.py") is None
