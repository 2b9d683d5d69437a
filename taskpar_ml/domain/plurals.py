"""Plurals of English nouns, by which frameworks name tables and resources."""

from __future__ import annotations

import re
from typing import Final

_UNCOUNTABLE: Final = frozenset(
    [
        "equipment",
        "information",
        "rice",
        "money",
        "species",
        "series",
        "fish",
        "sheep",
        "jeans",
        "police",
        "news",
        "media",
        "data",
    ]
)
_IRREGULAR: Final = {
    "person": "people",
    "man": "men",
    "woman": "women",
    "child": "children",
    "sex": "sexes",
    "move": "moves",
    "zombie": "zombies",
    "mouse": "mice",
    "ox": "oxen",
    "medium": "media",
    "datum": "data",
}
_SINGULAR: Final = {many: one for one, many in _IRREGULAR.items() if many not in _UNCOUNTABLE} | {
    "media": "medium",
    "data": "datum",
}
_WORDS: Final = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PLURALS: Final = (
    (re.compile(r"(quiz)$"), r"\1zes"),
    (re.compile(r"(matr|vert|ind)(?:ix|ex)$"), r"\1ices"),
    (re.compile(r"(x|ch|ss|sh)$"), r"\1es"),
    (re.compile(r"([^aeiouy]|qu)y$"), r"\1ies"),
    (re.compile(r"(?:([^f])fe|([lr])f)$"), r"\1\2ves"),
    (re.compile(r"sis$"), "ses"),
    (re.compile(r"(buffal|tomat)o$"), r"\1oes"),
    (re.compile(r"(alias|status|virus|octopus|bus)$"), r"\1es"),
    (re.compile(r"s$"), "s"),
    (re.compile(r"$"), "s"),
)
_SINGULARS: Final = (
    (re.compile(r"(quiz)zes$"), r"\1"),
    (re.compile(r"(matr)ices$"), r"\1ix"),
    (re.compile(r"(vert|ind)ices$"), r"\1ex"),
    (re.compile(r"(alias|status|virus|octopus|bus)(?:es)?$"), r"\1"),
    (re.compile(r"(shoe|movie|cookie|rookie)s$"), r"\1"),
    (re.compile(r"(cris|test|analys|bas|diagnos|parenthes|thes)es$"), r"\1is"),
    (re.compile(r"(x|ch|ss|sh)es$"), r"\1"),
    (re.compile(r"([^aeiouy]|qu)ies$"), r"\1y"),
    (re.compile(r"([lr])ves$"), r"\1f"),
    (re.compile(r"(hive|tive|ive|ave)s$"), r"\1"),
    (re.compile(r"ss$"), "ss"),
    (re.compile(r"s$"), ""),
)


def plural(noun: str) -> str:
    """Return the plural of a noun, or of the last one of a name in snake case.

    Source: Rails, ``ActiveSupport::Inflector``, without its rarest rules.

    Examples
    --------
    >>> plural("category"), plural("line_status"), plural("person")
    ('categories', 'line_statuses', 'people')
    """
    before, last = _split(noun)
    if last in _UNCOUNTABLE or not last:
        return noun
    return before + (_IRREGULAR.get(last) or _changed(last, _PLURALS))


def singular(noun: str) -> str:
    """Return the singular of a noun, or of the last one of a name in snake case.

    Examples
    --------
    >>> singular("categories"), singular("line_statuses"), singular("people"), singular("news")
    ('category', 'line_status', 'person', 'news')
    """
    before, last = _split(noun)
    if last in _UNCOUNTABLE - _SINGULAR.keys():
        return noun
    return before + (_SINGULAR.get(last) or _changed(last, _SINGULARS))


def snake(name: str) -> str:
    """Return a name of a class in snake case.

    Examples
    --------
    >>> snake("OrderLine"), snake("HTMLPage")
    ('order_line', 'html_page')
    """
    return _WORDS.sub("_", name).lower()


def _split(noun: str) -> tuple[str, str]:
    before, under, last = noun.rpartition("_")
    return before + under, last


def _changed(noun: str, rules: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, replacement in rules:
        if pattern.search(noun):
            return pattern.sub(replacement, noun, count=1)
    return noun
