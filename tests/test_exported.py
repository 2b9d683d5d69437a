"""What modules export exists, and what is public is explained."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import taskpar_ml

MODULES = sorted(
    each.name for each in pkgutil.walk_packages(taskpar_ml.__path__, f"{taskpar_ml.__name__}.")
)


@pytest.fixture(params=MODULES, scope="module")
def module(request):
    return importlib.import_module(request.param)


def definitions(module):
    """Return public classes, functions and methods that a module defines."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, node
            for inner in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                    yield f"{node.name}.{inner.name}", inner


def test_what_is_exported_exists_and_is_named_once(module):
    exported = list(getattr(module, "__all__", []))
    assert all(hasattr(module, name) for name in exported)
    assert len(exported) == len(set(exported))


def test_a_package_exports_what_it_imports_for_others(module):
    if not hasattr(module, "__all__") or not hasattr(module, "__path__"):
        return
    brought = {
        name
        for name, each in vars(module).items()
        if not name.startswith("_")
        and (inspect.isclass(each) or inspect.isfunction(each))
        and getattr(each, "__module__", "").startswith(taskpar_ml.__name__)
    }
    assert brought <= set(module.__all__)


def test_everything_public_is_explained(module):
    assert (module.__doc__ or "").strip()
    silent = [name for name, node in definitions(module) if not ast.get_docstring(node)]
    assert silent == []


def test_no_file_is_too_long(module):
    lines = Path(module.__file__).read_text(encoding="utf-8").count("\n")
    assert lines <= 350
