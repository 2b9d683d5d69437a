"""What a resource of Laravel answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.php_syntax import (
    PhpCall,
    arguments_of,
    class_of,
    items_of,
    literal,
    literals,
)
from taskpar_ml.detectors.source import line_of
from taskpar_ml.domain.code_facts import Route
from taskpar_ml.domain.plurals import singular

_OF_ONE: Final = ("show", "edit", "update", "destroy")
_ACTIONS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "index": (("GET",), ""),
    "create": (("GET",), "create"),
    "store": (("POST",), ""),
    "show": (("GET",), ""),
    "edit": (("GET",), "edit"),
    "update": (("PUT", "PATCH"), ""),
    "destroy": (("DELETE",), ""),
}
"""Methods and last part of the path. Source: Laravel, "Resource Controllers"."""
_SINGLETON: Final = ("show", "edit", "update")
_FORMS: Final = ("create", "edit")


def resource_routes(call: PhpCall, after: Sequence[PhpCall], prefix: str) -> list[Route]:
    """Return what a resource answers, or each of several.

    Parameters
    ----------
    after
        The calls that follow in the chain: ``only``, ``except``, ``parameters``.
    """
    given = arguments_of(call.node)
    single = "ingleton" in call.name
    actions: Sequence[str] = _SINGLETON if single else tuple(_ACTIONS)
    if call.name.startswith("api"):
        actions = [each for each in actions if each not in _FORMS]
    options = dict(items_of(given[-1])) if len(given) > 1 else {}
    for each in after:
        inner = arguments_of(each.node)
        if each.name in ("only", "except"):
            names = [name for argument in inner for name in literals(argument)]
            actions = [one for one in actions if (one in names) == (each.name == "only")]
        elif inner and each.name == "parameters":
            options[each.name] = inner[0]
        elif each.name == "parameter" and len(inner) == 2 and literal(inner[0]):
            options[f"parameter {literal(inner[0])}"] = inner[1]
        elif each.name == "shallow":
            options["shallow"] = each.node
    if "only" in options:
        actions = [each for each in actions if each in literals(options["only"])]
    if "except" in options:
        actions = [each for each in actions if each not in literals(options["except"])]
    if call.name.endswith("ces"):
        named = [(key, class_of(value)) for key, value in items_of(given[0])] if given else []
    else:
        name = literal(given[0]) if given else None
        controller = given[1] if len(given) > 1 else None
        handler = class_of(controller) or literal(controller) or ""
        named = [(name or "", handler)]
    line = line_of(call.node.child_by_field_name("name") or call.node)
    return [
        Route(method, "/" + path, f"{handler}@{action}" if handler else "", "", line)
        for name, handler in named
        if name.strip("/")
        for action, path in _paths(name.strip("/"), actions, options, prefix, single=single)
        for method in _ACTIONS[action][0]
    ]


def _paths(
    name: str, actions: Sequence[str], options: Mapping[str, Node], prefix: str, *, single: bool
) -> Iterator[tuple[str, str]]:
    """Yield actions with their paths."""
    before, _, last = name.rpartition("/")
    parts = last.split(".")
    outer = [each for part in parts[:-1] for each in (part, _parameter(part, options))]
    own = parts[-1]
    around = [each for each in (prefix, before) if each]
    for action in actions:
        path = [*outer, own]
        if action in _OF_ONE and not single:
            if "shallow" in options:
                path = [own]
            path.append(_parameter(own, options))
        yield action, "/".join(each for each in (*around, *path, _ACTIONS[action][1]) if each)


def _parameter(part: str, options: Mapping[str, Node]) -> str:
    chosen = {key: literal(value) for key, value in items_of(options.get("parameters"))}
    name = chosen.get(part) or literal(options.get(f"parameter {part}")) or singular(part)
    return "{" + name.replace("-", "_") + "}"
