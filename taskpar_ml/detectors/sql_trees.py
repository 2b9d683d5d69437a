"""What a parsed statement of SQL does to which tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope, walk_in_scope

from taskpar_ml.domain.code_facts import TableAction


class FoundTable(NamedTuple):
    """A table of a statement, what is done to it, and the columns that are surely its own."""

    table: exp.Table
    action: TableAction
    columns: Iterable[str] = ()


def start_of(table: exp.Table) -> int:
    """Return where in its statement a table stands."""
    # Lines of tokens are wrong behind signs of dollar that begin no text.
    return int(table.this.meta.get("start", 0))


def is_temporary(tree: exp.Expr) -> bool:
    """Whether what a statement makes is gone with the session."""
    if isinstance(tree, exp.Create):
        return any(tree.find_all(exp.TemporaryProperty))
    into = tree.args.get("into")
    return isinstance(into, exp.Into) and bool(into.args.get("temporary"))


def tables_of(tree: exp.Expr) -> Iterator[FoundTable]:
    """Yield every table of a statement."""
    try:
        yield from _changed(tree)
        for common in tree.find_all(exp.CTE):
            if isinstance(common.this, exp.DML):
                yield from _changed(common.this)
        yield from _read(tree)
    except (SqlglotError, RecursionError):
        return


def targets_of(tree: exp.Expr) -> list[exp.Table]:
    """Return the tables that a statement is about, rather than those that it asks."""
    match tree:
        case exp.Create(kind="INDEX"):
            targets = [tree.this.args.get("table")]
        case exp.Create(kind="TRIGGER"):
            targets = []
        case exp.Create() | exp.Insert() | exp.Copy():
            targets = [_named(tree.this)]
        case exp.Alter() | exp.Update() | exp.Merge():
            targets = [tree.this]
        case exp.Drop():
            targets = list(tree.args.get("tables") or [])
        case exp.TruncateTable():
            targets = list(tree.expressions)
        case exp.Delete():
            targets = list(tree.args.get("tables") or [tree.this])
        case exp.Select():
            targets = [into.this] if (into := tree.args.get("into")) else []
        case _:
            targets = []
    return [each for each in targets if _is_table(each)]


def _is_table(node: object) -> bool:
    return isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier)


def _named(node: exp.Expr) -> exp.Expr:
    return node.this if isinstance(node, exp.Schema) else node


def _changed(tree: exp.Expr) -> Iterator[FoundTable]:
    targets = targets_of(tree)
    match tree:
        case exp.Create(kind="INDEX"):
            columns = [each.name for each in tree.find_all(exp.Column)]
            yield from (FoundTable(each, TableAction.ALTER, columns) for each in targets)
        case exp.Create(kind="TABLE" | "VIEW"):
            columns = [each.name for each in tree.this.expressions if _is_column(each)]
            if not columns and isinstance(tree.expression, exp.Query):
                columns = tree.expression.named_selects
            yield from (FoundTable(each, TableAction.CREATE, columns) for each in targets)
            yield from _referred(tree)
        case exp.Alter(kind="TABLE" | "VIEW"):
            columns = [name for action in tree.args["actions"] for name in _altered(action)]
            yield from (FoundTable(each, TableAction.ALTER, columns) for each in targets)
            for renamed in tree.find_all(exp.AlterRename):
                if _is_table(renamed.this):
                    yield FoundTable(renamed.this, TableAction.CREATE)
            yield from _referred(tree)
        case exp.Drop(kind="TABLE" | "VIEW"):
            yield from (FoundTable(each, TableAction.DROP) for each in targets)
        case exp.Select():
            yield from (FoundTable(each, TableAction.CREATE) for each in targets)
        case exp.Insert() | exp.Copy():
            if not isinstance(tree, exp.Copy) or tree.args.get("kind"):
                columns = [each.name for each in tree.this.expressions]
                if conflict := tree.args.get("conflict"):
                    columns += [each.this.name for each in conflict.expressions]
                yield from (FoundTable(each, TableAction.WRITE, columns) for each in targets)
        case exp.TruncateTable():
            yield from (FoundTable(each, TableAction.WRITE) for each in targets)
        case exp.Update() | exp.Delete() | exp.Merge():
            yield from _written(tree, targets)


def _is_column(node: exp.Expr) -> bool:
    return isinstance(node, exp.ColumnDef | exp.Identifier)


def _altered(action: exp.Expr) -> Iterator[str]:
    """Yield the columns that an action of ``ALTER TABLE`` names."""
    for node in action.walk(prune=lambda each: isinstance(each, exp.Reference)):
        is_listed = isinstance(node, exp.Identifier) and isinstance(
            node.parent, exp.Schema | exp.ForeignKey | exp.PrimaryKey
        )
        if is_listed or isinstance(node, exp.ColumnDef | exp.Column | exp.AlterColumn):
            yield node.name


def _referred(tree: exp.Expr) -> Iterator[FoundTable]:
    """Yield tables that foreign keys point at."""
    for reference in tree.find_all(exp.Reference):
        table = _named(reference.this)
        if isinstance(table, exp.Table) and _is_table(table):
            columns = [each.name for each in reference.this.expressions]
            yield FoundTable(table, TableAction.READ, columns)


def _written(tree: exp.Expr, targets: list[exp.Table]) -> Iterator[FoundTable]:
    """Yield what ``UPDATE``, ``DELETE`` or ``MERGE`` changes, and the tables beside it."""
    beside = list(_beside(tree))
    by_alias = {each.alias_or_name: each for each in (*targets, *beside)}
    # In T-SQL and MySQL the target may be the alias of a table that follows.
    followed = {each.alias: each for each in beside if each.alias}
    changed = {id(each): followed.get(each.name, each) for each in targets}
    columns: dict[int, list[str]] = {}
    for column in walk_in_scope(tree):
        if not isinstance(column, exp.Column):
            continue
        if column.table:
            owner = by_alias.get(column.table)
        elif len(by_alias) == 1 or _is_set(column):
            owner = targets[0] if targets else None
        else:
            owner = None
        if owner is not None:
            owner = changed.get(id(owner), owner)
            columns.setdefault(id(owner), []).append(column.name)
    common = {each.alias for each in tree.find_all(exp.CTE)}
    written = {id(each): each for each in changed.values()}
    for table in written.values():
        yield FoundTable(table, TableAction.WRITE, columns.get(id(table), ()))
    for table in beside:
        if id(table) not in written and table.name not in common:
            yield FoundTable(table, TableAction.READ, columns.get(id(table), ()))


def _is_set(column: exp.Column) -> bool:
    """Whether a column is what ``SET`` gives a value to."""
    parent = column.parent
    return (
        isinstance(parent, exp.EQ)
        and parent.arg_key == "expressions"
        and isinstance(parent.parent, exp.Update)
        and column.arg_key == "this"
    )


def _beside(tree: exp.Expr) -> Iterator[exp.Table]:
    """Yield tables that are joined to what is changed, not those within queries."""
    places: list[object] = [tree.args.get("from_"), tree.args.get("using")]
    while places:
        node = places.pop()
        if isinstance(node, list):
            places += node
        elif isinstance(node, exp.From | exp.Join):
            places.append(node.this)
        elif isinstance(node, exp.Table):
            places += node.args.get("joins") or []
            if _is_table(node):
                yield node
    # The target of DELETE ... FROM and of UPDATE ... JOIN carries its joins itself.
    target = tree.this
    if isinstance(target, exp.Table):
        if isinstance(tree, exp.Delete) and tree.args.get("tables") and _is_table(target):
            yield target
        for join in target.args.get("joins") or []:
            if _is_table(join.this):
                yield join.this


def _read(tree: exp.Expr) -> Iterator[FoundTable]:
    """Yield the tables that queries ask, each with the columns that are surely its own."""
    common = list(tree.find_all(exp.CTE))
    # Scopes know those that ask, and take all others for tables.
    changing = {each.alias for each in common if not isinstance(each.this, exp.Query)}
    seen: set[int] = set()
    scopes = traverse_scope(tree)
    yield from _asked(scopes, changing, seen)
    known = {id(scope.expression) for scope in scopes}
    for query in tree.find_all(exp.Select):
        # Queries among values that are inserted have no scope in the whole.
        if id(query) not in known:
            inner = traverse_scope(query)
            known.update(id(scope.expression) for scope in inner)
            yield from _asked(inner, {each.alias for each in common}, seen)


def _asked(scopes: Iterable[Scope], no_tables: set[str], seen: set[int]) -> Iterator[FoundTable]:
    for scope in scopes:
        if not isinstance(scope.expression, exp.Select):
            continue
        columns = _columns_by_source(scope)
        for name, source in scope.sources.items():
            if not isinstance(source, exp.Table) or not _is_table(source):
                continue
            if source.name not in no_tables and id(source) not in seen:
                seen.add(id(source))
                yield FoundTable(source, TableAction.READ, columns.get(name, ()))


def _columns_by_source(scope: Scope) -> dict[str, list[str]]:
    asked = [name for name, _ in scope.references]
    aliases = {each.alias for each in scope.expression.expressions if isinstance(each, exp.Alias)}
    columns: dict[str, list[str]] = {}
    for column in scope.columns:
        is_own = id(column) in scope.column_index
        owner = column.table or (asked[0] if is_own and len(asked) == 1 else "")
        # SQLite's functions for full text are given the table as if it was a column.
        if column.name not in asked and not (column.name in aliases and _may_be_alias(column)):
            columns.setdefault(owner, []).append(column.name)
    return columns


def _may_be_alias(column: exp.Column) -> bool:
    """Whether a name stands where names that the query gives to its results are known."""
    place = column.find_ancestor(exp.Group, exp.Having, exp.Order, exp.Select)
    return not column.table and not isinstance(place, exp.Select)
