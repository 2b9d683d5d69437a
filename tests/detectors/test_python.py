"""What is found in Python modules."""

from __future__ import annotations

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.python_definitions import PythonDefinitions
from taskpar_ml.detectors.python_imports import PythonImports
from taskpar_ml.detectors.python_uses import PythonUses
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Definition, DefinitionKind, Import, Use


def source(text: str) -> Source:
    """Return a Python module."""
    return Source(text.encode(), Language.PYTHON)


def test_definitions_have_dotted_names_lines_and_signatures():
    found = PythonDefinitions().find(
        source(
            """\
LIMIT: int = 3
LIMIT = 4
_hidden = None

@route("/")
@cached
def index(
    request,
    *, page: int = 1,
) -> Response:
    def local(): ...
    class Local: ...

class User(Base, metaclass=Meta):
    name = "x"

    class Meta:
        def __str__(self): ...

    @property
    async def full_name(self): ...

if True:
    def sometimes(): ...
"""
        )
    )
    function, method, a_class = (
        DefinitionKind.FUNCTION,
        DefinitionKind.METHOD,
        DefinitionKind.CLASS,
    )
    assert list(found) == [
        Definition("LIMIT", DefinitionKind.VARIABLE, 1, 1),
        Definition("_hidden", DefinitionKind.VARIABLE, 3, 3, public=False),
        Definition("index", function, 5, 12, "( request, *, page: int = 1, ) -> Response"),
        Definition("User", a_class, 14, 21, "(Base, metaclass=Meta)"),
        Definition("User.Meta", a_class, 17, 18),
        Definition("User.Meta.__str__", method, 18, 18, "(self)"),
        Definition("User.full_name", method, 20, 21, "(self)"),
        Definition("sometimes", function, 24, 24, "()"),
    ]


def test_variables_are_found_under_conditions_and_several_at_once():
    text = (
        "try:\n    import x\n    there = True\nexcept E:\n    there = x = None\n"
        "if there:\n    (a, [b]), c = f()\n    def x(): ...\nx.y, z[0] = 1, 2\n"
        "def f():\n    if a:\n        local = 1\nclass C:\n    field = 1\n"
    )
    found = [(each.name, each.kind, each.line) for each in PythonDefinitions().find(source(text))]
    variable = DefinitionKind.VARIABLE
    assert found == [
        ("there", variable, 3),
        ("x", variable, 5),
        ("a", variable, 7),
        ("b", variable, 7),
        ("c", variable, 7),
        ("x", DefinitionKind.FUNCTION, 8),
        ("f", DefinitionKind.FUNCTION, 10),
        ("C", DefinitionKind.CLASS, 13),
    ]


def test_a_decorated_class_and_its_last_method_begin_where_each_begins():
    found = PythonDefinitions().find(source("@a\nclass A:\n    @b\n    def m(self): ...\n"))
    assert [(each.name, each.line) for each in found] == [("A", 1), ("A.m", 3)]


def test_imports_say_what_is_taken_and_what_it_is_called_here():
    found = PythonImports().find(
        source(
            """\
import os, sys as system
import a.b.c
from . import views
from ..core.models import User as Person, \\
    Group
from x import (
    y,
    z as zed,
)
from w import *
def f():
    import late
"""
        )
    )
    assert sorted(found, key=lambda each: (each.line, each.module)) == [
        Import("os", (("", "os"),), 1),
        Import("sys", (("", "system"),), 1),
        Import("a.b.c", (("", "a"),), 2),
        Import(".", (("views", "views"),), 3),
        Import("..core.models", (("User", "Person"), ("Group", "Group")), 4),
        Import("x", (("y", "y"), ("z", "zed")), 6),
        Import("w", (("*", "*"),), 10),
        Import("late", (("", "late"),), 12),
    ]


def test_names_that_are_called_extended_or_decorated_with_are_used_once():
    found = PythonUses().find(
        source(
            """\
@app.get("/")
@cached
class A(Base, models.Model, metaclass=Meta):
    x = Field(default=1)
    y = Field()

print(session.query(A).filter(1).all(), names[0].strip())
"""
        )
    )
    assert set(found) == {
        Use("app.get", 1),
        Use("cached", 2),
        Use("Base", 3),
        Use("models.Model", 3),
        Use("Field", 4),
        Use("print", 7),
        Use("session.query", 7),
        Use(".filter", 7),
        Use(".all", 7),
        Use(".strip", 7),
    }


def test_broken_modules_give_what_can_be_read():
    found = PythonDefinitions().find(source("def good(a): ...\n\ndef (:\n\nclass Fine: pass\n"))
    assert {"good", "Fine"} <= {each.name for each in found}
