"""Models of Django, and of Tortoise and peewee, which look the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.python_calls import as_call
from taskpar_ml.detectors.python_classes import Field, PythonClass, classes, lineage
from taskpar_ml.detectors.python_strings import constants, string_of
from taskpar_ml.detectors.source import Source
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Model

_MAPPERS: Final = (b"django.db", b"django.contrib", b"tortoise", b"peewee")
_RELATIONS: Final = frozenset({"ForeignKey", "OneToOneField", "ManyToManyField"})
_ROOTS: Final = frozenset({"Model", "models.Model", "gis_models.Model", "peewee.Model", "pw.Model"})
_MODULES: Final = frozenset({"models", "gis_models"})
"""Modules of fields that only models have, as code calls them."""

_OTHER_MODULES: Final = frozenset({"forms", "serializers", "filters", "django_filters", "graphene"})


class PythonDjangoModels(OfLanguages):
    """Finds classes that stand for tables; no abstract ones and no proxies.

    The table is empty unless ``Meta`` names it. Columns are the fields as the class calls them.
    """

    name = "python-django-models-1"
    pattern = ""
    languages = frozenset({Language.PYTHON})

    def find(self, source: Source) -> Iterator[Model]:
        """Yield models of modules that know a mapper."""
        if not any(mapper in source.content for mapper in _MAPPERS):
            return
        candidates = [each for each in classes(source) if each.bases]
        known = constants(source)
        for found in candidates:
            line = lineage(source, found)
            options = _options(found)
            if not any(map(_is_model, line)) or _is_set(options, "abstract", "proxy"):
                continue
            parts = [found, *(base for base in line[1:] if _is_set(_options(base), "abstract"))]
            columns = {field.name.lower() for part in parts for field in _columns(part)}
            table = string_of(options.get("db_table") or options.get("table_name"), known)
            bare = (table or "").replace('"', "").rpartition(".")[2].lower()
            yield Model(found.name, bare, tuple(sorted(columns)), found.line)


def _options(found: PythonClass) -> dict[str, Node | None]:
    meta = found.inner("Meta")
    return {} if meta is None else {each.name: each.value for each in meta.fields}


def _is_set(options: dict[str, Node | None], *names: str) -> bool:
    values = (options.get(name) for name in names)
    return any(value is not None and value.type == "true" for value in values)


def _is_model(found: PythonClass) -> bool:
    """Whether a class is a model by itself, abstract or not."""
    if any(base in _ROOTS for base in found.bases):
        return True
    fields = tuple(_columns(found))
    if not fields or not found.bases or found.name.endswith("Mixin"):
        return False
    made = [call for field in fields if (call := as_call(field.value)) is not None]
    return any(base.endswith("Model") for base in found.bases) or any(
        call.receiver in _MODULES for call in made
    )


def _columns(found: PythonClass) -> Iterator[Field]:
    return (field for field in found.fields if _is_column(field))


def _is_column(field: Field) -> bool:
    """Whether an attribute is a field of a model."""
    call = as_call(field.value)
    if call is None or call.receiver in _OTHER_MODULES:
        return False
    return call.name.endswith("Field") or call.name in _RELATIONS
