"""Classes of Java programs that stand for tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.java_members import (
    Annotation,
    JavaType,
    annotations_of,
    java_types,
    modifiers_of,
)
from taskpar_ml.detectors.java_strings import strings_of
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Model

_TABLES: Final = {"Document": "collection", "Table": "name", "TableName": "value"}
"""Annotations of a class, and what each calls the table."""

_MARKS: Final = ("Entity", "TableName")
_SPRING_DATA: Final = (
    (b"org.springframework.data.relational", "Table"),
    (b"org.springframework.data.mongodb", "Document"),
)
"""Packages of Spring Data whose annotation makes a model by itself."""

_NO_COLUMNS: Final = frozenset(
    {"ElementCollection", "Embedded", "EmbeddedId", "Formula", "ManyToMany", "MappedCollection"}
    | {"OneToMany", "Transient"}
)
_KEYS: Final = frozenset({"ManyToOne", "OneToOne"})
_NO_FIELDS: Final = frozenset({"static", "transient"})
_QUOTES: Final = re.compile(r"[`\"\[\]]")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
"""Where Spring puts an underscore. Source: Hibernate, ``CamelCaseToUnderscoresNamingStrategy``."""


class JavaModels(OfLanguages):
    """Finds entities of JPA, and what Spring Data and MyBatis-Plus keep in a table.

    Columns have the name that their annotation says, or else that of their field in snake case, as
    Spring makes it; those of a superclass are that one's. A table or column that is called by a
    constant of another file is left out.

    Source: Jakarta Persistence, "Entities".
    """

    name = "java-models-1"
    pattern = ""
    languages = frozenset({Language.JAVA})

    def find(self, source: Source) -> Iterator[Model]:
        """Yield models; a class that others extend has no table of its own."""
        content = source.content
        if not any(word in content for word in (b"@Entity", b"@Table", b"@Document")):
            return
        marks = {*_MARKS, *(name for package, name in _SPRING_DATA if package in content)}
        for each in java_types(source):
            said = {found.name: found for found in annotations_of(source, each.node)}
            table = _table(source, said)
            if table is not None and not marks.isdisjoint(said):
                columns = sorted(set(_columns(source, each)))
                yield Model(each.name, table, tuple(columns), line_of(each.node))


def snake_case(name: str) -> str:
    """Return a name as Spring writes it in a database.

    Examples
    --------
    >>> snake_case("visitDate"), snake_case("PetType")
    ('visit_date', 'pet_type')
    """
    return _HUMP.sub("_", name).lower()


def _table(source: Source, said: Mapping[str, Annotation]) -> str | None:
    """Return the table that annotations name, nothing if none does, None if it is computed."""
    for name, key in _TABLES.items():
        given = said[name].given if name in said else {}
        node = given.get(key) or given.get("value")
        if node is not None:
            named = strings_of(source, node)
            return _bare(named[0]).rpartition(".")[2] if named else None
    return ""


def _bare(name: str) -> str:
    """Return a name without the quotes that databases want."""
    return _QUOTES.sub("", name).lower()


def _columns(source: Source, owner: JavaType) -> Iterator[str]:
    for member in owner.members:
        if member.type == "field_declaration":
            if _NO_FIELDS.isdisjoint(modifiers_of(source, member)):
                said = {found.name: found for found in annotations_of(source, member)}
                for declarator in member.children_by_field_name("declarator"):
                    name = source.on_one_line(declarator.child_by_field_name("name"))
                    yield from _column(source, name, said)
        elif member.type == "method_declaration":
            said = {found.name: found for found in annotations_of(source, member)}
            if "Column" in said and "name" in said["Column"].given:
                yield from _column(source, "", said)
    parameters = owner.node.child_by_field_name("parameters")
    for each in () if parameters is None else parameters.named_children:
        name = source.on_one_line(each.child_by_field_name("name"))
        yield from _column(source, name, {said.name: said for said in annotations_of(source, each)})


def _column(source: Source, name: str, said: Mapping[str, Annotation]) -> Iterator[str]:
    if not _NO_COLUMNS.isdisjoint(said):
        return
    is_key = not _KEYS.isdisjoint(said)
    if is_key and any("mappedBy" in each.given for each in said.values()):
        return
    for each in ("Column", "JoinColumn", "TableField", "TableId", "Field"):
        given = said[each].given if each in said else {}
        node: Node | None = given.get("name") or given.get("value")
        if node is not None:
            yield from map(_bare, (strings_of(source, node) or ())[:1])
            return
    if name:
        yield snake_case(name) + ("_id" if is_key else "")
