"""Variables of the environment that Python code reads and sets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.python_calls import Call, as_call, called, calls, calls_as_written
from taskpar_ml.detectors.python_classes import PythonClass, classes
from taskpar_ml.detectors.python_strings import Constants, constants, string_of, strings_of
from taskpar_ml.detectors.source import Source, line_of, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Resource, ResourceKind

_FROM_OS: Final = re.compile(rb"^[ \t]*from os import .*\benviron\b", re.MULTILINE)
_MAPPING: Final = re.compile(rb"\bos\.environb?\b|from os import .*\benviron\b")
_SUBSCRIPTS: Final = "(subscript value: (attribute) @of) @subscript"
_BARE_SUBSCRIPTS: Final = "(subscript value: (identifier) @of) @subscript"
_COMPARISONS: Final = "(comparison_operator) @comparison"
_FUNCTIONS: Final = {
    "getenv": False,
    "getenvb": False,
    "putenv": True,
    "unsetenv": True,
    "setenv": True,
    "delenv": True,
}
"""Functions of ``os`` and methods of pytest's ``monkeypatch``, and whether they set a variable."""

_TYPED: Final = frozenset(
    {
        *("str", "bool", "int", "float", "json", "list", "tuple", "dict", "url", "db", "cache"),
        *("db_url", "cache_url", "email_url", "search_url", "path", "bytes", "decimal", "enum"),
    }
)
"""Methods of ``Env``, each for a type. Source: django-environ and environs."""


class PythonEnvironment(OfLanguages):
    """Finds variables of the environment by their names: each once as read, once as set."""

    name = "python-environment-2"
    pattern = ""
    languages = frozenset({Language.PYTHON})

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield the variables that a module reads or sets."""
        first: dict[tuple[str, bool], Resource] = {}
        for each in sorted(_all(source), key=lambda each: each.line):
            if each.name:
                first.setdefault((each.name, each.defines), each)
        yield from first.values()


def _all(source: Source) -> Iterator[Resource]:
    names = source.once(called)
    if b"environ" in source.content and _MAPPING.search(source.content):
        mappings = {"os.environ", "os.environb"}
        if _FROM_OS.search(source.content):
            mappings.add("environ")
        yield from _subscripts(source, mappings)
        yield from _comparisons(source, mappings)
        yield from _mapped(source, mappings)
    functions = (each for name in _FUNCTIONS if name in names for each in names[name])
    for call in calls_as_written(source, functions):
        yield from _called(call, constants(source))
    if "Env" in names or "config" in names:
        yield from _typed(source)
    if "option" in names or "Option" in names or "Argument" in names or "argument" in names:
        yield from _options(source)
    for found in classes(source) if b"BaseSettings" in source.content else ():
        if any(base.rpartition(".")[2] == "BaseSettings" for base in found.bases):
            yield from _settings(found, constants(source))


def _subscripts(source: Source, mappings: set[str]) -> Iterator[Resource]:
    known = constants(source)
    pattern = _BARE_SUBSCRIPTS if "environ" in mappings else _SUBSCRIPTS
    patterns = {pattern, _SUBSCRIPTS}
    for match in (each for pattern in sorted(patterns) for each in source.matches(pattern)):
        if text_of(match["of"][0]) not in mappings:
            continue
        node = match["subscript"][0]
        name = string_of(node.child_by_field_name("subscript"), known) or ""
        parent = node.parent
        if parent is not None and parent.type == "delete_statement":
            yield _variable(name, True, node)
        elif (
            parent is not None
            and parent.child_by_field_name("left") == node
            and (parent.type in {"assignment", "augmented_assignment"})
        ):
            value = string_of(parent.child_by_field_name("right"), known)
            yield _variable(name, True, node, value or "")
        else:
            yield _variable(name, False, node)


def _comparisons(source: Source, mappings: set[str]) -> Iterator[Resource]:
    """Yield what is asked for with ``in``."""
    known = constants(source)
    for match in source.matches(_COMPARISONS):
        node = match["comparison"][0]
        sides = node.named_children
        if len(sides) == 2 and text_of(sides[1]) in mappings:
            yield _variable(string_of(sides[0], known) or "", False, node)


def _mapped(source: Source, mappings: set[str]) -> Iterator[Resource]:
    """Yield what methods of the mapping read or set, and what a test sets for a while."""
    known = constants(source)
    for method in ("get", "setdefault", "pop"):
        for call in calls_as_written(source, (f"{each}.{method}" for each in sorted(mappings))):
            name = string_of(call.argument("key", 0), known)
            value = string_of(call.argument("default", 1), known) if method != "get" else None
            if name:
                yield _variable(name, method != "get", call.node, value or "")
    for call in calls_as_written(source, (f"{each}.update" for each in sorted(mappings))):
        for key, node in call.named.items():
            yield _variable(key, True, node, string_of(node, known) or "")
        yield from _pairs(call.argument("", 0), known)
    for call in calls(source, ("dict",)):
        if not call.receiver.endswith("patch"):
            continue
        patched, values = call.argument("in_dict", 0), call.argument("values", 1)
        text = "" if patched is None else string_of(patched, known) or text_of(patched)
        if text in mappings:
            yield from _pairs(values, known)


def _pairs(node: Node | None, known: Constants) -> Iterator[Resource]:
    """Yield the variables that a dictionary sets."""
    if node is not None and node.type == "dictionary":
        for pair in node.named_children:
            name = string_of(pair.child_by_field_name("key"), known)
            value = string_of(pair.child_by_field_name("value"), known)
            yield _variable(name or "", True, pair, value or "")


def _called(call: Call, known: Constants) -> Iterator[Resource]:
    """Yield what functions of ``os``, and those of tests, read or set."""
    defines = _FUNCTIONS[call.name]
    is_fixture = call.name in {"setenv", "delenv"}
    if call.receiver not in {"", "os"} and not (is_fixture and "patch" in call.receiver):
        return
    name = string_of(call.argument("key", 0) or call.argument("name"), known)
    value = string_of(call.argument("value", 1), known) if defines else None
    if name:
        yield _variable(name, defines, call.node, value or "")


def _typed(source: Source) -> Iterator[Resource]:
    """Yield what objects of ``Env`` read, and decouple's ``config``."""
    known = constants(source)
    readers = {call.assigned_to for call in calls(source, ("Env", "FileAwareEnv"))}
    if b"decouple" in source.content:
        readers.add("config")
    written = {f"{reader}.{method}" for reader in readers for method in _TYPED} | readers
    for call in calls_as_written(source, sorted(written - {""})):
        if name := string_of(call.argument("var", 0), known):
            yield _variable(name, False, call.node)


def _options(source: Source) -> Iterator[Resource]:
    """Yield variables that options of a command may come from."""
    known = constants(source)
    for call in calls(source, ("option", "Option", "argument", "Argument")):
        if (value := call.named.get("envvar")) is not None:
            one = string_of(value, known)
            for name in (one,) if one else strings_of(value, known) or ():
                yield _variable(name, False, value)


def _settings(found: PythonClass, known: Constants) -> Iterator[Resource]:
    """Yield the fields of a class of settings, which pydantic fills from the environment."""
    prefix = ""
    fields = tuple(found.fields)
    inner = found.inner("Config")
    for field in (*fields, *(inner.fields if inner is not None else ())):
        config = as_call(field.value)
        if field.name == "env_prefix":
            prefix = string_of(field.value, known) or ""
        elif field.name == "model_config" and config is not None and "env_prefix" in config.named:
            prefix = string_of(config.named["env_prefix"], known) or ""
    for field in fields:
        if not field.annotation or field.name.startswith("_") or "ClassVar" in field.annotation:
            continue
        call = as_call(field.value)
        named = {} if call is None else call.named
        alias = named.get("validation_alias") or named.get("alias") or named.get("env")
        name = f"{prefix}{field.name}" if alias is None else string_of(alias, known) or ""
        yield Resource(ResourceKind.VARIABLE, name.upper(), False, field.line)


def _variable(name: str, defines: bool, node: Node, value: str = "") -> Resource:
    return Resource(ResourceKind.VARIABLE, name, defines, line_of(node), value)
