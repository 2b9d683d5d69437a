"""Which files make, change, fill and ask which tables: by statements, by models, by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import basename, dirname
from typing import Final, NamedTuple

from taskpar_ml.detectors.java_models import snake_case
from taskpar_ml.domain.code_facts import FileFacts, Import, Model, TableAction
from taskpar_ml.domain.plurals import plural, snake
from taskpar_ml.survey.imports import ImportResolver

_WRITING_WORDS: Final = """
    abulk_create acreate add adelete aget_or_create asave aupdate aupdate_or_create build
    bulk_create bulk_insert_mappings bulk_update create create! createMany createOrFirst
    createQuietly create_or_find_by create_or_find_by! delete deleteMany delete_all delete_by
    destroy destroy! destroy_all destroy_by findOneAndUpdate find_or_create_by find_or_create_by!
    find_or_initialize_by firstOrCreate firstOrNew forceCreate forceDelete get_or_create insert
    insert! insertGetId insertMany insertOrIgnore insert_all insert_all! merge new remove save
    truncate update updateMany updateOrCreate updateOrInsert update_all update_columns
    update_or_create upsert upsert_all
"""
_WRITING: Final = frozenset(_WRITING_WORDS.split())
"""What is called on a model, or on what it gives, to change rows."""

_OF_PLURALS: Final = (".rb", ".php")
"""Endings of files whose models are called by their plurals."""
_METHOD: Final = re.compile(r"\.|::(?=[a-z_])")
"""What stands between a model and what is called on it; modules of Ruby have capitals."""

_INNER: Final = frozenset({"migrations", "model", "models"})


class TableTouch(NamedTuple):
    """A file that has to do with a table.

    Attributes
    ----------
    table
        In lower case.
    """

    table: str
    action: TableAction
    file: str
    line: int


def table_touches(facts: Mapping[str, FileFacts], resolver: ImportResolver) -> Iterator[TableTouch]:
    """Yield every table that a file touches, at most once for each action.

    A model makes its table what other tables are by their statements: who defines it creates it,
    who imports it reads it, and who calls something on it that changes rows writes it.

    Parameters
    ----------
    facts
        Path to facts of every file.
    resolver
        Follows imports.
    """
    tables = {
        path: {each.name: table_of(path, each) for each in found.models}
        for path, found in facts.items()
        if found.models
    }
    known = {
        (_application(path), name.rpartition(".")[2].lower()): table
        for path, named in tables.items()
        for name, table in named.items()
    }
    for path, found in facts.items():
        seen: dict[tuple[str, TableAction], int] = {}
        for use in found.tables:
            seen.setdefault((_written_table(path, found, use.table, known), use.action), use.line)
        for model in found.models:
            seen.setdefault((table_of(path, model), TableAction.CREATE), model.line)
        for statement in found.imports:
            for table, local in _imported(path, statement, tables, facts, resolver):
                writes = _writing_line(found, local)
                action = TableAction.READ if writes is None else TableAction.WRITE
                seen.setdefault((table, action), writes or statement.line)
        for (table, action), line in seen.items():
            yield TableTouch(table, action, path, line)


def table_of(path: str, model: Model) -> str:
    """Return the table of a model; where the file does not say, what its framework calls it.

    With Rails and Laravel that is the plural of its class, with Django the class below the
    application.

    Of Java, what Spring would call it.

    Examples
    --------
    >>> table_of("shop/orders/models.py", Model("OrderLine", "", (), 1))
    'orders_orderline'
    >>> table_of("shop/orders/OrderLine.java", Model("OrderLine", "", (), 1))
    'order_line'
    >>> table_of("app/models/order_line.rb", Model("Shop.OrderLine", "", (), 1))
    'order_lines'
    """
    if model.table:
        return model.table.lower()
    if path.endswith(".java"):
        return snake_case(model.name.rpartition(".")[2])
    if path.endswith(_OF_PLURALS):
        return plural(snake(model.name.rpartition(".")[2]))
    application = _application(path)
    name = model.name.rpartition(".")[2].lower()
    return f"{application}_{name}" if application else name


def _application(path: str) -> str:
    """Return the directory that names the tables of a file's models, as in Django."""
    place = dirname(path)
    return basename(dirname(place)) if basename(place) in _INNER else basename(place)


def _written_table(
    path: str, facts: FileFacts, table: str, known: Mapping[tuple[str, str], str]
) -> str:
    """Return a table by its whole name: migrations of Django call it after its model.

    Parameters
    ----------
    known
        Application and model, in lower case, to the model's table.
    """
    if not path.endswith(".py") or not any(not step.id for step in facts.migrations):
        return table
    application = _application(path)
    if table.startswith(application + "_"):
        return table
    return known.get((application, table), f"{application}_{table}")


def _imported(
    path: str,
    statement: Import,
    tables: Mapping[str, Mapping[str, str]],
    facts: Mapping[str, FileFacts],
    resolver: ImportResolver,
) -> Iterator[tuple[str, str]]:
    """Yield the tables of models that an import takes, each with the model's name here."""
    for pair in statement.names:
        name, local = pair
        if name in ("", "*"):
            continue
        for target in resolver.targets(path, statement._replace(names=(pair,))):
            table = _table_in(tables.get(target, {}), name) or _re_exported(
                target, name, tables, facts, resolver
            )
            if table is not None:
                yield table, local


def _table_in(models: Mapping[str, str], name: str) -> str | None:
    """Return the table of a model of a file, whose name may begin with modules of Ruby."""
    inner = (table for model, table in models.items() if model.endswith(f".{name}"))
    return models.get(name) or next(inner, None)


def _re_exported(
    path: str,
    name: str,
    tables: Mapping[str, Mapping[str, str]],
    facts: Mapping[str, FileFacts],
    resolver: ImportResolver,
) -> str | None:
    """Return the table of a model that a package passes on from one of its modules."""
    found = facts.get(path)
    for statement in found.imports if found is not None else ():
        for pair in statement.names:
            if pair[1] in (name, "*"):
                for target in resolver.targets(path, statement._replace(names=(pair,))):
                    table = tables.get(target, {}).get(name)
                    if table is not None:
                        return table
    return None


def _writing_line(facts: FileFacts, local: str) -> int | None:
    """Return the first line on which rows of a model are made or changed."""
    for use in facts.uses:
        parts = _METHOD.split(use.name)
        if parts[0] == local and (len(parts) == 1 or parts[-1] in _WRITING):
            return use.line
    return None
