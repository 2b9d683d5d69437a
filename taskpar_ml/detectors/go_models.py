"""Structs of Go programs that stand for tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, Self

from tree_sitter import Node

from taskpar_ml.detectors.go_literals import literal
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.source import Match, Source, line_of, on_one_line, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Model

_PATTERN: Final = """
(source_file (type_declaration (type_spec
  name: (type_identifier) @name
  type: (struct_type (field_declaration_list) @fields)) @model))
(method_declaration
  receiver: (parameter_list (parameter_declaration type: [
    (type_identifier) @owner (pointer_type (type_identifier) @owner)]))
  name: (field_identifier) @method
  body: (block (statement_list . (return_statement (expression_list . (_) @table .)) .))
  (#eq? @method "TableName"))
"""
_TAG: Final = re.compile(r'\b(gorm|xorm):"([^"]*)"')
_COLUMN: Final = {
    "gorm": re.compile(r"(?:^|;)\s*column:\s*([^;]+)", re.IGNORECASE),
    "xorm": re.compile(r"'(\w+)'"),
}
_QUOTED_VALUES: Final = re.compile(r"(?:default\s+|comment\(|default\()'[^']*'", re.IGNORECASE)
_NO_COLUMN: Final = re.compile(
    r"^-|\b(?:embedded|extends|many2many|foreignkey|preload|references|polymorphic)\b",
    re.IGNORECASE,
)
_WITHIN: Final = re.compile(r"\b(?:embedded|serializer|json)\b", re.IGNORECASE)
_STORED: Final = re.compile(r"\b(?:column|type|serializer|json|text|blob)\b", re.IGNORECASE)
"""In tags of fields that are lists and yet columns."""
_INITIALISMS: Final = re.compile(
    "API|ASCII|CPU|CSS|DNS|EOF|GUID|HTML|HTTPS|HTTP|ID|IP|JSON|LHS|QPS|RAM|RHS|RPC|SLA|SMTP|SSH"
    "|TLS|TTL|UID|UI|UUID|URI|URL|UTF8|VM|XML|XSRF|XSS"
)
"""Words that are one word in capitals. Source: gorm, ``schema/naming.go``."""
_WORDS: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z0-9]+")
_BASE: Final = "gorm.Model"
_BASE_COLUMNS: Final = ("created_at", "deleted_at", "id", "updated_at")


class GoModels(OfLanguages):
    """Finds structs with tags of gorm or xorm, and those that name their table.

    What is embedded in others of the file, or kept in one of their columns, is none.

    Columns have the name of their tag, or else that of their field in snake case, which is what
    both make of it.
    """

    name = "go-models-1"
    pattern = ""
    languages = frozenset({Language.GO})

    def find(self, source: Source) -> Iterator[Model]:
        """Yield models."""
        if not any(word in source.content for word in (b'orm:"', b"gorm.Model", b"TableName()")):
            return
        matches = source.matches(_PATTERN)
        tables = {
            text_of(each["owner"][0]): literal(each["table"][0]) or ""
            for each in matches
            if "owner" in each
        }
        found = [_Struct.read(each) for each in matches if "model" in each]
        models = {each.name for each in found if each.is_tagged or each.name in tables}
        parts = {part for each in found for part in each.parts} - set(tables)
        for each in found:
            columns = each.columns(models)
            if each.name in models - parts and (columns or each.name in tables):
                yield Model(each.name, tables.get(each.name, ""), columns, each.line)


class _Field(NamedTuple):
    name: str
    type: str
    framework: str
    tag: str

    def column(self, models: set[str], beside: set[str]) -> str:
        """Return the column that a field is, nothing if it is none.

        ``beside`` are the names of all fields: that of another struct has its key beside it.
        """
        if not self.name[:1].isupper() or _NO_COLUMN.search(self.tag):
            return ""
        if self.framework and (named := _COLUMN[self.framework].search(self.tag)):
            return named[1].strip().lower()
        is_list = self.type.startswith("[]") and self.type not in ("[]byte", "[]uint8")
        of = self.type.lstrip("[]*")
        is_namesake = _last(of) == self.name.lower() and not of.startswith("gorm.")
        has_key = self.type.startswith("*") or f"{self.name}ID" in beside
        is_relation = is_list or of in models or (is_namesake and has_key)
        if is_relation and not _STORED.search(self.tag):
            return ""
        written = self.name
        if self.framework != "xorm":
            written = _INITIALISMS.sub(lambda found: found[0].capitalize(), written)
        return "_".join(_WORDS.findall(written)).lower()


class _Struct(NamedTuple):
    name: str
    line: int
    fields: tuple[_Field, ...]
    bases: tuple[str, ...]

    @classmethod
    def read(cls, found: Match) -> Self:
        """Read the fields of a struct."""
        inside = found["fields"][0]
        declarations = inside.named_children
        fields: list[_Field] = []
        bases: list[str] = []
        for each in declarations:
            if each.type != "field_declaration":
                continue
            kind = on_one_line(each.child_by_field_name("type"))
            names = each.children_by_field_name("name")
            framework, tag = _tag(each.child_by_field_name("tag"))
            fields += (_Field(text_of(name), kind, framework, tag) for name in names)
            if not names:
                bases.append(kind)
                fields.append(_Field("", kind, framework, tag))
        return cls(
            text_of(found["name"][0]), line_of(found["model"][0]), tuple(fields), tuple(bases)
        )

    @property
    def parts(self) -> set[str]:
        """Types that are kept within the columns of this one."""
        kept = (each.type for each in self.fields if _WITHIN.search(each.tag))
        return {name.lstrip("[]*") for name in (*self.bases, *kept)}

    @property
    def is_tagged(self) -> bool:
        """Whether a framework keeps such structs in a table."""
        return _BASE in self.bases or any(each.framework for each in self.fields)

    def columns(self, models: set[str]) -> tuple[str, ...]:
        """Return the columns that the struct itself has, sorted."""
        names = {each.name for each in self.fields}
        own = {each.column(models, names) for each in self.fields} - {""}
        return tuple(sorted(own.union(_BASE_COLUMNS if _BASE in self.bases else ())))


def _last(written: str) -> str:
    return written.rpartition(".")[2].lower()


def _tag(node: Node | None) -> tuple[str, str]:
    """Return the framework that a tag is for, and what it says to it."""
    found = _TAG.search(text_of(node)) if node is not None else None
    return (found[1], _QUOTED_VALUES.sub("", found[2])) if found else ("", "")
