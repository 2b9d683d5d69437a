"""Models of SQLAlchemy and SQLModel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.python_calls import Call, as_call, called, calls
from taskpar_ml.detectors.python_classes import Field, PythonClass, classes, lineage
from taskpar_ml.detectors.python_strings import Constants, constants, string_of
from taskpar_ml.detectors.source import Source
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Model

COLUMNS: Final = frozenset({"Column", "mapped_column"})
"""Calls that make a column."""

_WORDS: Final = (b"__tablename__", b"table=True", b"Mapped[")
"""One of these is in a file that has models and makes no column."""

_RENAMED: Final = re.compile(rb"\b(?:Column|mapped_column) as (\w+)")
"""Other names under which a file imports what makes columns."""

_DEFERRED: Final = frozenset({"deferred", "column_property"})
_NO_COLUMNS: Final = ("relationship", "association_proxy", "synonym", "composite", "Relationship")
_ROOTS: Final = frozenset(
    {
        *("DeclarativeBase", "DeclarativeBaseNoMeta", "MappedAsDataclass", "AsyncAttrs", "object"),
        *("AbstractConcreteBase", "Generic", "Protocol", "ABC", "SQLModel", "BaseModel"),
    }
)
"""Bases that alone make no model of a class."""


class PythonSqlalchemyModels(OfLanguages):
    """Finds classes and ``Table`` objects that stand for tables; no abstract ones, no mixins.

    A column has the name that it has in the database, where the file says so.
    """

    name = "python-sqlalchemy-models-1"
    pattern = ""
    languages = frozenset({Language.PYTHON})

    def find(self, source: Source) -> Iterator[Model]:
        """Yield models of modules that map some; those of a migration are of its own time."""
        has_columns = not source.once(called).keys().isdisjoint(COLUMNS)
        has_models = has_columns or any(word in source.content for word in _WORDS)
        if not has_models or b"down_revision" in source.content:
            return
        for call in calls(source, ("Table",)):
            yield from _table(call, constants(source))
        yield from _Module(source).models()


def _table(call: Call, known: Constants) -> Iterator[Model]:
    table = string_of(call.argument("name", 0), known)
    columns = column_names(call, known)
    if table and columns:
        yield Model(call.assigned_to, _bare(table), columns, call.line)


def column_names(call: Call, known: Constants) -> tuple[str, ...]:
    """Return the columns among the arguments of a call, in lower case and sorted."""
    made = (as_call(argument) for argument in call.positional)
    columns = (each for each in made if each is not None and each.name in COLUMNS)
    names = (string_of(each.argument("name", 0), known) for each in columns)
    return tuple(sorted({name.lower() for name in names if name}))


class _Module:
    """One module with its constants and what it calls the makers of columns."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known = constants(source)
        renamed = (each.decode() for each in _RENAMED.findall(source.content))
        self._makers = COLUMNS.union(renamed)

    def models(self) -> Iterator[Model]:
        for found in classes(self._source):
            yield from self._model(found)

    def _model(self, found: PythonClass) -> Iterator[Model]:
        values = {field.name: field.value for field in found.fields}
        inner = as_call(values.get("__table__"))
        if "__abstract__" in values or (inner is not None and inner.name == "Table"):
            return
        is_sql_model = found.keywords.get("table") == "True"
        own = self._columns(found, is_sql_model)
        table = string_of(values.get("__tablename__"), self._known)
        if not table and not is_sql_model and not (own and _is_model(found)):
            return
        for base in lineage(self._source, found)[1:]:
            if not _has_table(base):
                own |= self._columns(base, is_sql_model)
        yield Model(found.name, _bare(table or ""), tuple(sorted(own)), found.line)

    def _columns(self, found: PythonClass, is_sql_model: bool) -> set[str]:
        read = self._declared if is_sql_model else self._mapped
        return {name.lower() for field in found.fields if (name := read(field))}

    def _mapped(self, field: Field) -> str:
        """Return the column that an attribute stands for, empty if it is none."""
        call = as_call(field.value)
        if call is not None and call.name in _DEFERRED:
            call = as_call(call.argument("", 0))
        if call is not None and call.name in self._makers:
            named = call.argument("name") or call.argument("", 0)
            return string_of(named, self._known) or field.name
        before, mapped, _ = field.annotation.rpartition("Mapped[")
        declared = mapped and not before.rstrip().endswith(("Dynamic", "WriteOnly"))
        made_otherwise = call is not None and call.name in _NO_COLUMNS
        return field.name if declared and not made_otherwise else ""

    def _declared(self, field: Field) -> str:
        """Return the column of an annotated attribute of SQLModel."""
        call = as_call(field.value)
        if not field.annotation or field.annotation.startswith("ClassVar"):
            return ""
        made_otherwise = call is not None and call.name in _NO_COLUMNS
        return "" if made_otherwise or field.name.startswith("__") else field.name


def _has_table(found: PythonClass) -> bool:
    named = any(field.name == "__tablename__" for field in found.fields)
    return named or found.keywords.get("table") == "True"


def _is_model(found: PythonClass) -> bool:
    """Whether a class without a table of its own stands for one, by its bases."""
    bases = [base.rpartition(".")[2] for base in found.bases]
    if found.name.endswith(("Mixin", "Base")):
        return False
    return any(base not in _ROOTS and not base.endswith("Mixin") for base in bases) or any(
        base == "db.Model" for base in found.bases
    )


def _bare(table: str) -> str:
    """Return the name of a table without its schema."""
    return table.rpartition(".")[2].lower()
