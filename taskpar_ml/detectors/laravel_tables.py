"""Models of Eloquent, migrations of Laravel, and what they do to tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.php_syntax import (
    CALLS,
    FUNCTIONS,
    PhpCall,
    arguments_of,
    attributes_of,
    bases_of,
    body_of,
    chain_of,
    class_of,
    literal,
    literals,
    members,
    name_of,
    named_arguments_of,
)
from taskpar_ml.detectors.places import nodes_at
from taskpar_ml.detectors.source import Source, line_of, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Migration, Model, TableAction, TableUse
from taskpar_ml.domain.plurals import singular, snake

_MODELS: Final = frozenset({"Authenticatable", "Model", "Eloquent"})
_PIVOTS: Final = frozenset({"MorphPivot", "Pivot"})
_ORIGINS: Final = (
    b"Illuminate\\Database\\Eloquent",
    b"Illuminate\\Foundation\\Auth\\User",
    b"$fillable",
)
"""Words of models; the last is all that is left where an application has a base of its own."""
_NO_FIELDS: Final = frozenset({"", "pivot"})
"""What lists of columns may hold beside them: a pivot is the row that joins two models."""
_CHANGES: Final = {
    "create": TableAction.CREATE,
    "createIfNotExists": TableAction.CREATE,
    "drop": TableAction.DROP,
    "dropIfExists": TableAction.DROP,
    "table": TableAction.ALTER,
    "rename": TableAction.ALTER,
    "dropColumns": TableAction.ALTER,
}
_STEP: Final = re.compile(rb"\bclass\b[^{;\"']{0,200}?\bextends\s{1,20}[\w\\]{0,200}Migration\b")
_CALL: Final = re.compile(rb"(?:::|->)(?:" + "|".join(_CHANGES).encode() + rb")(?=\()")
_FACADES: Final = frozenset({"Schema", "\\Schema", "\\Illuminate\\Support\\Facades\\Schema"})
_GIVEN: Final = {
    "id": ("id",),
    "timestamps": ("created_at", "updated_at"),
    "timestampsTz": ("created_at", "updated_at"),
    "nullableTimestamps": ("created_at", "updated_at"),
    "dropTimestamps": ("created_at", "updated_at"),
    "softDeletes": ("deleted_at",),
    "softDeletesTz": ("deleted_at",),
    "dropSoftDeletes": ("deleted_at",),
    "rememberToken": ("remember_token",),
    "dropRememberToken": ("remember_token",),
}
"""Columns that a call makes where none are named. Source: Laravel, "Available Column Types"."""
_NO_COLUMNS: Final = re.compile(
    r"(?:index|unique|primary|foreign|fullText|spatialIndex|rawIndex|engine|charset|collation|comment"
    r"|temporary|rename|renameIndex|drop(?:If|Index|Unique|Primary|Foreign|FullText|Spatial)\w*)"
)
_MORPHS: Final = re.compile(r"(?:nullable)?(?:[uU]uid|[uU]lid|[nN]umeric)?[mM]orphs|dropMorphs")


class LaravelModels(OfLanguages):
    """Finds models of Eloquent with the columns that they may fill.

    The table of a pivot is the name of its class, of other models the file says it or its plural.
    """

    name = "laravel-models-2"
    pattern = ""
    languages = frozenset({Language.PHP})

    def find(self, source: Source) -> Iterator[Model]:
        """Yield models; an abstract class has no table."""
        for member in members(source) if any(each in source.content for each in _ORIGINS) else ():
            node = member.node
            if node.type != "class_declaration" or _is_abstract(node):
                continue
            bases = {each.rpartition("\\")[2] for each in bases_of(node)[:1]}
            properties, said = dict(_properties(node)), attributes_of(node)
            is_filled = "$fillable" in properties or "Fillable" in said
            if not bases & (_MODELS | _PIVOTS) and not is_filled:
                continue
            if not any(each.type == "base_clause" for each in node.named_children):
                continue
            name = name_of(node)
            table = _constant(node, properties.get("$table")) or _said_table(said.get("Table"))
            table = table.rpartition(".")[2].lower()
            if not table and bases & _PIVOTS:
                table = singular(snake(name))
            yield Model(name, table, tuple(sorted(_fields(properties, said))), line_of(node))


def _fields(properties: Mapping[str, Node], said: Mapping[str, Node]) -> set[str]:
    """Return the columns that a model says it fills.

    What it casts or hides is often no column, but what a query adds or a relation gives.
    """
    fields = set(_listed(said.get("Fillable")))
    for value in (properties.get("$fillable"), properties.get("$dates")):
        fields.update(literals(value))
    return {each.lower() for each in fields} - _NO_FIELDS


def _listed(attribute: Node | None) -> Iterator[str]:
    for value in () if attribute is None else arguments_of(attribute):
        yield from literals(value)


def _constant(owner: Node, node: Node | None) -> str:
    """Return a string, or the constant of its own class that a value is: ``self::TABLE``."""
    if node is None or node.type != "class_constant_access_expression":
        return literal(node) or ""
    scope, *names = map(text_of, node.named_children)
    for each in body_of(owner) if scope in ("self", "static") else ():
        for element in each.named_children if each.type == "const_declaration" else ():
            named = element.named_children
            if element.type == "const_element" and [text_of(named[0])] == names:
                return literal(named[-1]) or ""
    return ""


def _said_table(attribute: Node | None) -> str:
    """Return the table that ``#[Table('users')]`` names, nothing if it names none."""
    if attribute is None:
        return ""
    given = [*arguments_of(attribute)[:1], named_arguments_of(attribute).get("name")]
    return next((name for each in given if (name := literal(each))), "")


def _is_abstract(node: Node) -> bool:
    return any(each.type == "abstract_modifier" for each in node.children)


def _properties(node: Node) -> Iterator[tuple[str, Node]]:
    for each in body_of(node):
        for element in each.named_children if each.type == "property_declaration" else ():
            name = element.child_by_field_name("name")
            value = element.child_by_field_name("default_value")
            if name is not None and value is not None:
                yield text_of(name), value


class LaravelMigrations(OfLanguages):
    """Finds migrations and what they do to tables on the facade ``Schema``.

    What a migration does when it is taken back is left out. What it builds upon is said by the
    order of names alone.
    """

    name = "laravel-migrations-1"
    pattern = ""
    languages = frozenset({Language.PHP})

    def find(self, source: Source) -> Iterator[Migration | TableUse]:
        """Yield a migration, and every change of a table."""
        content = source.content
        if source.tree is None or b"Schema" not in content:
            return
        step = _STEP.search(content)
        if step is None:
            return
        places = [each.end() for each in _CALL.finditer(content)]
        back = re.search(rb"\bfunction\s+down\s*\(", content)
        node = source.tree.root_node.descendant_for_byte_range(step.start(), step.end())
        if node is None or node.type in ("comment", "string_content"):
            return
        yield Migration("", (), content.count(b"\n", 0, step.start()) + 1)
        for call in nodes_at(source.tree, places, before=1, after=1):
            if back is None or not _lies_within(source, call, back.start()):
                yield from _uses(call)


def _lies_within(source: Source, call: Node, start: int) -> bool:
    """Whether a call lies in the method whose name begins at a byte."""
    if source.tree is None or call.start_byte < start:
        return False
    method = source.tree.root_node.descendant_for_byte_range(start, call.start_byte)
    return method is not None and method.type in ("method_declaration", "compound_statement")


def _uses(call: Node) -> Iterator[TableUse]:
    base, calls = chain_of(call) if call.type in CALLS else ("", [])
    if base not in _FACADES or not calls:
        return
    last = calls[-1]
    given = arguments_of(last.node)
    table = literal(given[0]) if given else None
    action = _CHANGES.get(last.name)
    if not table or action is None:
        return
    columns: set[str] = set()
    if last.name == "dropColumns" and len(given) > 1:
        columns.update(literals(given[1]))
    elif len(given) > 1 and given[1].type in FUNCTIONS:
        columns.update(_columns(given[1]))
    line = line_of(last.node.child_by_field_name("name") or last.node)
    lowered = tuple(sorted({each.lower() for each in columns}))
    yield TableUse(table.rpartition(".")[2].lower(), action, lowered, line)
    if last.name == "rename" and len(given) > 1 and (new := literal(given[1])):
        yield TableUse(new.rpartition(".")[2].lower(), action, (), line)


def _columns(function: Node) -> Iterator[str]:
    """Yield the columns that a closure names: ``$table->string('name')``."""
    parameters = function.child_by_field_name("parameters")
    named = parameters.named_children if parameters is not None else []
    name = named[0].child_by_field_name("name") if named else None
    body = function.child_by_field_name("body")
    if name is None or body is None:
        return
    statements = body.named_children if body.type == "compound_statement" else [body]
    for each in statements:
        inner = each.named_children[0] if each.type == "expression_statement" else each
        base, calls = chain_of(inner) if inner.type in CALLS else ("", [])
        if base == text_of(name) and calls:
            yield from _named(calls[0])


def _named(call: PhpCall) -> Iterator[str]:
    given = arguments_of(call.node)
    names = [name for each in given[:1] for name in literals(each)]
    if _MORPHS.fullmatch(call.name):
        yield from (f"{name}_{end}" for name in names for end in ("id", "type"))
    elif call.name == "foreignIdFor":
        column = literal(given[1]) if len(given) > 1 else None
        of = class_of(given[0]) if given else ""
        if column or of:
            yield column or f"{snake(of)}_id"
    elif call.name in _GIVEN and not names:
        yield from _GIVEN[call.name]
    elif call.name in ("dropColumn", "renameColumn"):
        yield from (name for each in given for name in literals(each))
    elif not _NO_COLUMNS.fullmatch(call.name):
        yield from names[:1] if call.name != "dropColumn" else names
