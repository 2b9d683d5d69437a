"""Models of Django, and of Tortoise and peewee, which look the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.python_calls import Call, as_call
from taskpar_ml.detectors.python_classes import Field, PythonClass, classes
from taskpar_ml.detectors.python_strings import constants, string_of
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Model

_MAPPERS: Final = (b"django.db", b"django.contrib", b"tortoise", b"peewee")
_RELATIONS: Final = frozenset({"ForeignKey", "OneToOneField", "ManyToManyField"})
_ROOTS: Final = frozenset({"Model", "models.Model", "gis_models.Model", "peewee.Model", "pw.Model"})
_MODULES: Final = frozenset({"models", "gis_models"})
"""Modules of fields that only models have, as code calls them."""

_OTHER_MODULES: Final = frozenset({"forms", "serializers", "filters", "django_filters", "graphene"})


class PythonDjangoModels:
    """Finds classes that stand for tables; no abstract ones and no proxies.

    The table is empty unless ``Meta`` names it. Columns are the fields as the class calls them.
    """

    name = "python-django-models-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is Python."""
        return language_of(path) == Language.PYTHON

    def find(self, source: Source) -> Iterator[Model]:
        """Yield models of modules that know a mapper."""
        candidates = [each for each in classes(source) if each.bases]
        if not candidates or not any(mapper in source.content for mapper in _MAPPERS):
            return
        known = constants(source)
        for found in candidates:
            columns = {
                field.name.lower(): column
                for field in found.fields()
                if (column := _column(field)) is not None
            }
            if not _is_model(found, columns.values()):
                continue
            meta = found.inner("Meta")
            options = {} if meta is None else {each.name: each.value for each in meta.fields()}
            flags = [options[each] for each in ("abstract", "proxy") if each in options]
            if any(flag is not None and flag.type == "true" for flag in flags):
                continue
            table = string_of(options.get("db_table") or options.get("table_name"), known)
            bare = (table or "").replace('"', "").rpartition(".")[2].lower()
            yield Model(found.name, bare, tuple(sorted(columns)), found.line)


def _is_model(found: PythonClass, columns: Collection[Call]) -> bool:
    if any(base in _ROOTS for base in found.bases):
        return True
    if not columns or found.name.endswith("Mixin"):
        return False
    return any(base.endswith("Model") for base in found.bases) or any(
        column.receiver in _MODULES for column in columns
    )


def _column(field: Field) -> Call | None:
    """Return the call that makes an attribute a field of a model, None if it is none."""
    call = as_call(field.value)
    if call is None or call.receiver in _OTHER_MODULES:
        return None
    return call if call.name.endswith("Field") or call.name in _RELATIONS else None
