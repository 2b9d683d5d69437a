"""Migrations of Django, and the models that they change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.python_calls import Call, calls
from taskpar_ml.detectors.python_classes import classes
from taskpar_ml.detectors.python_strings import Constants, constants, string_of
from taskpar_ml.detectors.source import Source
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Migration, TableAction, TableUse

_OPERATIONS: Final = {
    "CreateModel": ("name", TableAction.CREATE),
    "DeleteModel": ("name", TableAction.DROP),
    "RenameModel": ("old_name", TableAction.ALTER),
    "AlterModelTable": ("name", TableAction.ALTER),
    "AlterModelTableComment": ("name", TableAction.ALTER),
    "AlterUniqueTogether": ("name", TableAction.ALTER),
    "AlterIndexTogether": ("name", TableAction.ALTER),
    "AlterOrderWithRespectTo": ("name", TableAction.ALTER),
    "AddField": ("model_name", TableAction.ALTER),
    "RemoveField": ("model_name", TableAction.ALTER),
    "AlterField": ("model_name", TableAction.ALTER),
    "RenameField": ("model_name", TableAction.ALTER),
    "AddIndex": ("model_name", TableAction.ALTER),
    "RemoveIndex": ("model_name", TableAction.ALTER),
    "RenameIndex": ("model_name", TableAction.ALTER),
    "AddConstraint": ("model_name", TableAction.ALTER),
    "RemoveConstraint": ("model_name", TableAction.ALTER),
    "AlterConstraint": ("model_name", TableAction.ALTER),
}
"""Operations: what they call the model, always their first argument, and what is done to it.

Source: Django, "Migration Operations".
"""

_CONCURRENT: Final = {
    "AddIndexConcurrently": "AddIndex",
    "RemoveIndexConcurrently": "RemoveIndex",
    "AddConstraintNotValid": "AddConstraint",
}
_NAMES: Final = frozenset(_OPERATIONS) | frozenset(_CONCURRENT)


class PythonDjangoMigrations(OfLanguages):
    """Finds what a migration depends on, and the models that its operations change.

    ``table`` is the name of the model in lower case, as migrations refer to it; which application
    it belongs to, the path of the file says. The model is called so even where its table has
    another name.
    """

    name = "python-django-migrations-1"
    pattern = ""
    languages = frozenset({Language.PYTHON})

    def find(self, source: Source) -> Iterator[Migration | TableUse]:
        """Yield the migration of a file and the models that it changes."""
        for found in classes(source):
            if any(base in {"migrations.Migration", "Migration"} for base in found.bases):
                known = constants(source)
                depends = {each.name: each.value for each in found.fields}.get("dependencies")
                yield Migration("", _parents(depends, known), found.line)
                for call in calls(source, _NAMES):
                    yield from _operation(call, known)
                return


def _parents(listed: Node | None, known: Constants) -> tuple[str, ...]:
    parents: list[str] = []
    for each in () if listed is None or listed.type != "list" else listed.named_children:
        parts = [string_of(part, known) for part in each.named_children]
        if each.type == "tuple" and len(parts) == 2 and parts[0] and parts[1]:
            parents.append(f"{parts[0]}.{parts[1]}")
    return tuple(parents)


def _operation(call: Call, known: Constants) -> Iterator[TableUse]:
    operation = _CONCURRENT.get(call.name, call.name)
    name, action = _OPERATIONS[operation]
    model = string_of(call.argument(name, 0), known)
    if not model:
        return
    yield TableUse(model.lower(), action, _columns(operation, call, known), call.line)
    if operation == "RenameModel" and (new := string_of(call.argument("new_name", 1), known)):
        yield TableUse(new.lower(), action, (), call.line)


def _columns(operation: str, call: Call, known: Constants) -> tuple[str, ...]:
    names: list[str | None] = []
    if operation == "CreateModel":
        fields = call.argument("fields", 1)
        for pair in () if fields is None or fields.type != "list" else fields.named_children:
            if pair.type == "tuple" and pair.named_children:
                names.append(string_of(pair.named_children[0], known))
    elif operation in {"AddField", "RemoveField", "AlterField"}:
        names.append(string_of(call.argument("name", 1), known))
    elif operation == "RenameField":
        names.append(string_of(call.argument("old_name", 1), known))
        names.append(string_of(call.argument("new_name", 2), known))
    return tuple(sorted({name.lower() for name in names if name}))
