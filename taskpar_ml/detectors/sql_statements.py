"""Which tables statements of SQL make, change, fill or ask, whatever the dialect.

Statements are parsed one by one with sqlglot, by the dialect that the text looks like and then by
others; what none of them can parse is left out, as is what goes beyond the bounds below.
"""

from __future__ import annotations

import bisect
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from sqlglot import Token, TokenType, exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope, walk_in_scope

from taskpar_ml.domain.code_facts import TableAction, TableUse

HOLE: Final = "hole_of_text"
"""Stands for what is filled in while a program runs; nothing is found of a name that holds it."""

_MOST_TOKENS: Final = 4_000
"""Tokens of one statement; the cost of some grows with their square."""
_MOST_PARSED: Final = 60_000
"""Tokens that are parsed of one text, those of failed attempts too: about a second."""
_EACH: Final = 10
"""Tokens that a statement counts for however short it is."""
_STEPS_PER_TOKEN: Final = 8
"""Tokens that a parser may go through for each that there is, going back included. What people
write takes two; some joins without a condition would take time that doubles with each of them."""
_COMMENT_LINE: Final = re.compile(r"^[ \t]*--.*$", re.M)
_SQLITE_OPTION: Final = re.compile(r"\)[ \t]*(?:WITHOUT[ \t]+ROWID|STRICT)\b", re.I)
_MOST_LOOKED_AT: Final = 20_000_000
_NUMBERED: Final = re.compile(r"(?<!\w)[$?](\d+)")
_NUMBER: Final = re.compile(r"_\d+")
_LONG_INSERT: Final = 300
"""Tokens from which on only the first row that a statement inserts is looked at."""

_DIALECTS: Final = ("postgres", "mysql", "sqlite", "tsql")
_SIGNS: Final = (
    ("clickhouse", re.compile(r"\bENGINE\s*=\s*\w*MergeTree\b", re.I)),
    ("mysql", re.compile(r"`\w+`|\bENGINE\s*=\s*\w+|\bAUTO_INCREMENT\b", re.I)),
    (
        "tsql",
        re.compile(r"\[dbo\]|\[\w+\]\.\[|^\s*GO\s*$|\bNVARCHAR\b|\bIDENTITY\s*\(", re.I | re.M),
    ),
    (
        "sqlite",
        re.compile(
            r"\b(?:table|from|into|join)\s+\[|\bAUTOINCREMENT\b|\bPRAGMA\b|\bWITHOUT\s+ROWID\b",
            re.I,
        ),
    ),
)
_SYSTEM_SCHEMAS: Final = frozenset(
    {"information_schema", "pg_catalog", "sys", "performance_schema"}
)
_SYSTEM_TABLE: Final = re.compile(r"pg_\w+|sqlite_\w+|dual|[#@].*")
_FIRST: Final = frozenset(
    {
        "alter", "copy", "create", "delete", "drop", "insert", "merge", "replace", "select",
        "truncate", "update", "with",
    }
)  # fmt: skip

# It tells on standard error what it cannot parse, which is nothing that a user could act upon.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)


class _TooHardError(Exception):
    """A statement that takes out of proportion long to parse."""


class _Statement(NamedTuple):
    """Text between semicolons, its tokens, and where in the whole text it begins."""

    text: str
    tokens: Sequence[Token]
    start: int


class _Found(NamedTuple):
    table: exp.Table
    action: TableAction
    columns: Iterable[str] = ()


def dialect_of(text: str) -> str:
    """Return the dialect that a text is most likely written in, by words that others lack."""
    return next((name for name, sign in _SIGNS if sign.search(text)), _DIALECTS[0])


def table_uses(
    text: str, *, heads: bool = True, most_dialects: int = len(_DIALECTS)
) -> Iterator[TableUse]:
    """Yield what statements do to tables; lines count from the beginning of the text.

    Not among them: common table expressions, temporary tables and those of the database itself.
    A view is a table; who refers to a table by a foreign key reads it. Of statements that insert
    rows the first for each table counts.

    Parameters
    ----------
    heads
        Whether a statement that no dialect knows all of gives the table that its first words name,
        without columns.
    most_dialects
        How many dialects are tried, the likeliest first.
    """
    # Not every dialect takes a row of dashes for a comment, and none that is read here knows what
    # SQLite has behind the columns.
    text = _SQLITE_OPTION.sub(")", _without_dollars(_COMMENT_LINE.sub("", text)))
    reader = _Reader(dialect_of(text), most_dialects)
    ends_of_lines = [found.start() for found in re.finditer("\n", text)]
    temporary: set[str] = set()
    filled: set[str] = set()
    for whole in reader.statements(text):
        first_line = bisect.bisect_left(ends_of_lines, whole.start) + 1
        head = _head(whole, first_line)
        if head is not None and _inserts(whole):
            if head.table in filled:
                continue
            filled.add(head.table)
        statement = _first_row(whole)
        tree = reader.parsed(statement)
        if tree is None:
            if heads and head is not None:
                yield from _usable([head], temporary)
            continue
        if _is_temporary(tree):
            temporary.update(each.name.lower() for each in _targets(tree))
        found = (
            TableUse(
                each.table.name.lower(),
                each.action,
                tuple(sorted({name.lower() for name in each.columns if _is_known(name)})),
                bisect.bisect_left(ends_of_lines, statement.start + _start(each.table)) + 1,
            )
            for each in _found(tree)
            if each.table.text("db").lower() not in _SYSTEM_SCHEMAS
        )
        yield from _usable(found, temporary)


def _usable(found: Iterable[TableUse], temporary: set[str]) -> Iterator[TableUse]:
    for each in found:
        named = _is_known(each.table) and not _SYSTEM_TABLE.fullmatch(each.table)
        if named and each.table not in temporary:
            yield each


def _inserts(statement: _Statement) -> bool:
    """Whether all that a statement does is to add rows that it holds itself."""
    return statement.tokens[0].token_type == TokenType.INSERT and not any(
        each.token_type == TokenType.SELECT for each in statement.tokens
    )


def _is_known(name: str) -> bool:
    return bool(name) and HOLE not in name and name != "*" and not _NUMBER.fullmatch(name)


def _without_dollars(text: str) -> str:
    """Return a text with names like ``_1`` for numbered placeholders, which few dialects know.

    Behind any other sign of dollar the end of a quotation is looked for, each time to the end of
    the text: where that is too often, they become letters.
    """
    text = _NUMBERED.sub(r"_\1", text)
    return text.replace("$", "_") if text.count("$") * len(text) > _MOST_LOOKED_AT else text


class _Reader:
    """Cuts a text into statements and parses them, as long as its means last."""

    def __init__(self, dialect: str, most_dialects: int) -> None:
        others = (each for each in _DIALECTS if each != dialect)
        self._dialects = (dialect, *others)[:most_dialects]
        self._left = _MOST_PARSED

    def statements(self, text: str) -> Iterator[_Statement]:
        """Yield statements; those that end with their line one by one if the text is broken."""
        for dialect in self._dialects[:2]:
            tokens = _tokens(dialect, text)
            if tokens is not None:
                yield from _statements(tokens, text, 0)
                return
        start = 0
        for end in re.finditer(r";[ \t]*(?:--.*)?$", text, re.M):
            piece = text[start : end.start()]
            tokens = _tokens(self._dialects[0], piece)
            if tokens is not None:
                yield from _statements(tokens, piece, start)
            start = end.end()

    def parsed(self, statement: _Statement) -> exp.Expr | None:
        """Return a statement by the first dialect that knows all of it."""
        for dialect in self._dialects:
            self._left -= len(statement.tokens) + _EACH
            if len(statement.tokens) > _MOST_TOKENS or self._left < 0:
                return None
            tree = _parsed(dialect, statement.text)
            if tree is not None:
                return tree
        return None


def _tokens(dialect: str, text: str) -> list[Token] | None:
    try:
        return Dialect.get_or_raise(dialect).tokenize(text)
    except (SqlglotError, ArithmeticError, LookupError, RecursionError, ValueError):
        return None


def _statements(tokens: Sequence[Token], text: str, offset: int) -> Iterator[_Statement]:
    """Yield those of the statements that begin with a word that matters."""
    begun = 0
    for at in range(len(tokens) + 1):
        if at < len(tokens) and tokens[at].token_type != TokenType.SEMICOLON:
            continue
        inside, begun = tokens[begun:at], at + 1
        if inside and inside[0].text.lower() in _FIRST:
            start, end = inside[0].start, inside[-1].end + 1
            yield _Statement(text[start:end], inside, offset + start)


def _first_row(statement: _Statement) -> _Statement:
    """Return a long ``INSERT ... VALUES`` with its first row only."""
    tokens = statement.tokens
    if len(tokens) < _LONG_INSERT or tokens[0].text.lower() not in {"insert", "replace"}:
        return statement
    depth, in_rows = 0, False
    for at, token in enumerate(tokens):
        depth += token.token_type == TokenType.L_PAREN
        depth -= token.token_type == TokenType.R_PAREN
        if depth == 0 and in_rows and token.token_type == TokenType.R_PAREN:
            length = token.end + 1 - tokens[0].start
            return _Statement(statement.text[:length], tokens[: at + 1], statement.start)
        in_rows = in_rows or token.token_type == TokenType.VALUES
    return statement


_HEAD: Final = re.compile(
    r"(?:(?P<create>create\s+(?:unlogged\s+)?table)|(?P<alter>alter\s+table)"
    r"|(?P<drop>drop\s+table)|(?P<insert>(?:insert|replace)\s+(?:ignore\s+)?into)"
    r"|(?P<update>update)|(?P<delete>delete\s+from))\s+"
    r"(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?"
    r"(?:[`\"\[]?\w+[`\"\]]?\s*\.\s*)*[`\"\[]?(?P<table>\w++)[`\"\]]?\s*"
    r"(?(create)(?:\(|as\b)"
    r"|(?(alter)(?:add|alter|attach|change|cluster|convert|detach|disable|drop|enable|engine|force"
    r"|inherit|modify|owner|rename|replica|set|validate)\b"
    r"|(?(drop)(?:cascade|restrict|;|\Z)"
    r"|(?(insert)(?:\(|values\b|select\b|default\b)"
    r"|(?(update)set\b|(?:where\b|;|\Z))))))",
    re.I,
)
"""The first words of a statement, with what must follow them."""
_HEAD_ACTIONS: Final = {
    "create": TableAction.CREATE,
    "alter": TableAction.ALTER,
    "drop": TableAction.DROP,
    "insert": TableAction.WRITE,
    "update": TableAction.WRITE,
    "delete": TableAction.WRITE,
}


def _head(statement: _Statement, line: int) -> TableUse | None:
    """Return what the first words of a statement say."""
    found = _HEAD.match(statement.text)
    if found is None:
        return None
    action = next(action for verb, action in _HEAD_ACTIONS.items() if found[verb])
    return TableUse(found["table"].lower(), action, (), line)


def _parsed(dialect: str, text: str) -> exp.Expr | None:
    """Return the tree of a statement, None if a dialect does not know all of it."""
    tokens = _tokens(dialect, text)
    if not tokens:
        return None
    parser = _parser_class(dialect)(
        dialect=Dialect.get_or_raise(dialect), error_level=ErrorLevel.IMMEDIATE
    )
    parser.steps_left = _STEPS_PER_TOKEN * (len(tokens) + 10)
    try:
        trees = parser.parse(tokens, text)
    except (SqlglotError, _TooHardError, RecursionError):
        return None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        # The parser is not made for what is no SQL at all, and then fails like this.
        return None
    tree = trees[0] if len(trees) == 1 else None
    return None if isinstance(tree, exp.Command) else tree


@cache
def _parser_class(dialect: str) -> Any:
    """Return the parser of a dialect, counting its steps.

    What it is derived from is known at run time only, hence Any.
    """
    base: Any = Dialect.get_or_raise(dialect).parser_class

    def advance(self: Any, times: int = 1) -> None:
        self.steps_left -= 1
        if self.steps_left < 0:
            raise _TooHardError
        base._advance(self, times)

    return type("CountingParser", (base,), {"_advance": advance, "steps_left": 0})


def _start(table: exp.Table) -> int:
    # Lines of tokens are wrong behind signs of dollar that begin no text.
    return int(table.this.meta.get("start", 0))


def _is_temporary(tree: exp.Expr) -> bool:
    if isinstance(tree, exp.Create):
        return any(tree.find_all(exp.TemporaryProperty))
    into = tree.args.get("into")
    return isinstance(into, exp.Into) and bool(into.args.get("temporary"))


def _found(tree: exp.Expr) -> Iterator[_Found]:
    """Yield every table of a statement."""
    try:
        yield from _changed(tree)
        for common in tree.find_all(exp.CTE):
            if isinstance(common.this, exp.DML):
                yield from _changed(common.this)
        yield from _read(tree)
    except (SqlglotError, RecursionError):
        return


def _targets(tree: exp.Expr) -> list[exp.Table]:
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


def _changed(tree: exp.Expr) -> Iterator[_Found]:
    targets = _targets(tree)
    match tree:
        case exp.Create(kind="INDEX"):
            columns = [each.name for each in tree.find_all(exp.Column)]
            yield from (_Found(each, TableAction.ALTER, columns) for each in targets)
        case exp.Create(kind="TABLE" | "VIEW"):
            columns = [each.name for each in tree.this.expressions if _is_column(each)]
            if not columns and isinstance(tree.expression, exp.Query):
                columns = tree.expression.named_selects
            yield from (_Found(each, TableAction.CREATE, columns) for each in targets)
            yield from _referred(tree)
        case exp.Alter(kind="TABLE" | "VIEW"):
            columns = [name for action in tree.args["actions"] for name in _altered(action)]
            yield from (_Found(each, TableAction.ALTER, columns) for each in targets)
            for renamed in tree.find_all(exp.AlterRename):
                if _is_table(renamed.this):
                    yield _Found(renamed.this, TableAction.CREATE)
            yield from _referred(tree)
        case exp.Drop(kind="TABLE" | "VIEW"):
            yield from (_Found(each, TableAction.DROP) for each in targets)
        case exp.Select():
            yield from (_Found(each, TableAction.CREATE) for each in targets)
        case exp.Insert() | exp.Copy():
            if not isinstance(tree, exp.Copy) or tree.args.get("kind"):
                columns = [each.name for each in tree.this.expressions]
                if conflict := tree.args.get("conflict"):
                    columns += [each.this.name for each in conflict.expressions]
                yield from (_Found(each, TableAction.WRITE, columns) for each in targets)
        case exp.TruncateTable():
            yield from (_Found(each, TableAction.WRITE) for each in targets)
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


def _referred(tree: exp.Expr) -> Iterator[_Found]:
    """Yield tables that foreign keys point at."""
    for reference in tree.find_all(exp.Reference):
        table = _named(reference.this)
        if isinstance(table, exp.Table) and _is_table(table):
            columns = [each.name for each in reference.this.expressions]
            yield _Found(table, TableAction.READ, columns)


def _written(tree: exp.Expr, targets: list[exp.Table]) -> Iterator[_Found]:
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
        yield _Found(table, TableAction.WRITE, columns.get(id(table), ()))
    for table in beside:
        if id(table) not in written and table.name not in common:
            yield _Found(table, TableAction.READ, columns.get(id(table), ()))


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


def _read(tree: exp.Expr) -> Iterator[_Found]:
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


def _asked(scopes: Iterable[Scope], no_tables: set[str], seen: set[int]) -> Iterator[_Found]:
    for scope in scopes:
        if not isinstance(scope.expression, exp.Select):
            continue
        columns = _columns_by_source(scope)
        for name, source in scope.sources.items():
            if not isinstance(source, exp.Table) or not _is_table(source):
                continue
            if source.name not in no_tables and id(source) not in seen:
                seen.add(id(source))
                yield _Found(source, TableAction.READ, columns.get(name, ()))


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
