"""Functions, classes and other symbols that a text names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from taskpar_ml.domain.footprint import Evidence, Surface
from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.mentions import Mention, TextMentions
from taskpar_ml.footprints.paths import FILE_NAME
from taskpar_ml.footprints.symbol_names import SymbolNames
from taskpar_ml.footprints.wording import wording_before

_WORD: Final = r"[A-Za-z_]\w*"
_NAME: Final = re.compile(
    r"(?<![\w./\\$@#:-])"
    rf"(?P<name>(?:[\w./-]{{1,200}}\.\w{{1,10}}::)?{_WORD}(?:(?:\.|::){_WORD})*)"
    r"(?P<call>\((?:\)|(?=[^()`\n]{0,80}\)`)))?"
    r"(?![\w/\\:-])"
)
_COMPOUND: Final = re.compile(r"[a-z0-9][A-Z]|[A-Z][A-Z][a-z]|[^\W_]_[^\W_]|^_+[^\W_]")
"""Where one word ends inside a name and the next begins: no plain word of the language has it."""
_KIND: Final = (
    r"(?:function|method|class|helper|decorator|struct|interface|hook|fixture|exception|dataclass|"
    r"constant|enum|mixin)"
)
_KIND_BEFORE: Final = re.compile(rf"\b{_KIND}\s+(?:named\s+|called\s+)?[`'\"]?$", re.IGNORECASE)
_KIND_AFTER: Final = re.compile(rf"[`'\"]?\s+(?:\w+\s+)?{_KIND}\b", re.IGNORECASE)
_BEFORE: Final = 40
"""Characters in which such a word is looked for."""
_COMMON_WORDS: Final = """
    add all any app apply args assert async await base bool build bytes call check class clear
    client clone close code command common config connect constructor content context copy count
    create data default delete dict done end error event execute exit false field file filter find
    float flush format forward from function get handle handler head id index info init input
    insert int item items iter join key kwargs len length list load log logger main map match
    message meta method model module name new next node none null number object open options
    order output parse patch path pop post print process property push put query read register
    remove render replace request reset resolve response result return run save search self send
    server session set settings setup show size sort split start state status stop str string
    super test tests text time token true type undefined update url use user utils value version
    view wait width with write
"""
_COMMON: Final = frozenset(_COMMON_WORDS.split())
"""What every program calls something by: alone, such a word says nothing of one symbol."""
_CHANGED: Final = 0.5
"""How often a symbol that a text names is changed, beside how often a file is: texts name where
something shows as well as where it is mended. Measured on histories that no published table is
about."""
_PLAIN_SHARE: Final = 0.5
"""A plain word in code quotes is as often an argument, an option or a value as a symbol."""
_SHORTEST: Final = 3
_LONGEST: Final = 200


class Symbol(NamedTuple):
    """A word of a text that is written like the name of a symbol.

    ``called`` says that ``()`` follows it, ``quoted`` that it stands in code quotes.
    """

    name: str
    start: int
    end: int
    called: bool
    quoted: bool

    @property
    def is_compound(self) -> bool:
        """Whether it has several parts, as no plain word has."""
        return "." in self.name or "::" in self.name or bool(_COMPOUND.search(self.name))


class SymbolMentions:
    """Reads the names of symbols out of the texts of a task and of its parents."""

    surface: Final = Surface.SYMBOL

    def find(self, task: Task, memory: RepoMemory) -> Iterator[Evidence]:
        """Yield one row per symbol and access: its strongest mention."""
        reader = TextMentions(self.surface, lambda text, _: symbols_in(text, memory.symbols))
        yield from reader.find(task, memory)


def symbols_in(text: str, symbols: SymbolNames) -> Iterator[Mention]:
    """Read ``src/a.py::User.save``, `` `User` ``, ``parse_rates`` and ``save()`` out of a text.

    Symbols that exist are called by their file and name. One that the text makes, and that no
    file defines yet, is called by its bare name.
    """
    for each in symbol_names_in(text):
        found = symbols.called(each.name)
        wording = wording_before(text, each.start)
        plain = not each.is_compound and not each.called
        for item in found:
            share = _CHANGED * (_PLAIN_SHARE if plain else 1.0) / len(found)
            yield Mention(item, wording.access, False, each.name, share)
        if not found and wording.makes_it and _is_new(text, each, symbols):
            yield Mention(each.name, wording.access, True, each.name)


def symbol_names_in(text: str) -> Iterator[Symbol]:
    """Yield the words that are written like names of symbols.

    Examples
    --------
    >>> text = "Call `Rates` and round_tax, then save_all() the file tax.py and run()"
    >>> [each.name for each in symbol_names_in(text)]
    ['Rates', 'round_tax', 'save_all']
    """
    for found in _NAME.finditer(text):
        name, called = found["name"], found["call"] is not None
        quoted = text[max(0, found.start() - 1) : found.start()] == "`"
        each = Symbol(name, found.start(), found.end(), called, quoted)
        if len(name) > _LONGEST or (FILE_NAME.search(name) and not called):
            continue
        is_common = name.lower() in _COMMON or len(name) < _SHORTEST
        if each.is_compound or ((called or quoted) and not is_common):
            yield each


def _is_new(text: str, symbol: Symbol, symbols: SymbolNames) -> bool:
    """Whether a name that stands for no symbol is that of one to be made."""
    if symbols.is_taken(symbol.name):
        return False
    if symbol.called:
        return True
    if not (symbol.quoted or symbol.is_compound):
        return False
    before = text[max(0, symbol.start - _BEFORE) : symbol.start]
    after = text[symbol.end : symbol.end + _BEFORE]
    return bool(_KIND_BEFORE.search(before) or _KIND_AFTER.match(after))
