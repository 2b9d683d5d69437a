"""Which calls a definition accepts, as far as its signature tells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from taskpar_ml.history.items.arguments import Call, split
from taskpar_ml.history.items.module_names import GO, PYTHON

_BRACKETS: Final = {"[": "]", "<": ">"}
_SELF: Final = frozenset(("self", "cls", "this"))
_PACKAGE: Final = re.compile(r"\b\w+\.(?=\w)")
_NAME: Final = re.compile(r"[*.]*\s*(?:(?:public|private|protected|readonly)\s+)*(\w*)")


class Parameters(NamedTuple):
    """What a definition takes.

    Attributes
    ----------
    names
        Of the parameters that may be given by their place, in order.
    required
        Those that must be given.
    only_named
        Those that must be given by name, if at all.
    any_number, any_name
        Whether more arguments are taken, without names and with others.
    types
        Of Go: what must be handed over, in order, and what comes back.
    """

    names: tuple[str, ...]
    required: frozenset[str]
    only_named: frozenset[str] = frozenset()
    any_number: bool = False
    any_name: bool = False
    types: tuple[str, ...] = ()

    def accept(self, call: Call, *, by_name: bool = True) -> bool:
        """Whether a call hands over what is needed and nothing else.

        Parameters
        ----------
        by_name
            Whether the language knows arguments with names.
        """
        if call.positional > len(self.names) and not self.any_number:
            return False
        given = set(self.names[: call.positional])
        if not by_name:
            return self.required <= given
        left = (set(self.names) - given) | self.only_named
        if not self.any_name and not left.issuperset(call.named):
            return False
        return not given.intersection(call.named) and self.required <= given.union(call.named)

    def takes_all_of(self, other: Parameters) -> bool:
        """Whether every call that another signature accepts is accepted here, too."""
        named = frozenset(other.names) | other.only_named
        return (
            self.types == other.types
            and self.names[: len(other.names)] == other.names
            and self.required <= other.required
            and (self.any_name or named <= frozenset(self.names) | self.only_named)
            and self.any_number >= other.any_number
            and self.any_name >= other.any_name
        )


def parameters_of(signature: str, family: str) -> Parameters | None:
    """Return what a signature says, None if it is none.

    Examples
    --------
    >>> found = parameters_of("(self, a, b=1, *, c: int = 2) -> str", "python")
    >>> found.names, sorted(found.required), sorted(found.only_named)
    (('a', 'b'), ['a'], ['c'])
    """
    start = _begin(signature)
    parts = None if start is None else split(signature, start, family)
    if start is None or parts is None:
        return None
    if family == GO:
        return _go(parts, signature)
    return _python(parts) if family == PYTHON else _script(parts)


def may_mean(signature: str, family: str, calls: Sequence[Call]) -> bool:
    """Whether some call may be one of a definition; where neither is known, it may."""
    parameters = parameters_of(signature, family)
    if parameters is None or not calls:
        return True
    return any(parameters.accept(call, by_name=family == PYTHON) for call in calls)


def is_broken(old: str, new: str, family: str, call: Call, *, by_later: bool) -> bool:
    """Whether a call that one signature accepts is none that the other one does.

    Parameters
    ----------
    by_later
        Whether the call was written when the new signature was there already. It would have been
        another one without it; if whatever the old one accepts is still accepted, nothing breaks.
    """
    before, after = parameters_of(old, family), parameters_of(new, family)
    if before is None or after is None:
        return False
    if by_later and after.takes_all_of(before):
        return False
    there, elsewhere = (after, before) if by_later else (before, after)
    by_name = family == PYTHON
    if not there.accept(call, by_name=by_name):
        # It means another definition of that name.
        return False
    return not elsewhere.accept(call, by_name=by_name) or before.types != after.types


def _begin(signature: str) -> int | None:
    """Return where the parameters begin, after those of types."""
    if signature[:1] in _BRACKETS:
        closing, depth = _BRACKETS[signature[0]], 0
        for at, sign in enumerate(signature):
            depth += (sign == signature[0]) - (sign == closing and signature[at - 1] != "=")
            if depth == 0:
                signature_at = signature.find("(", at)
                return signature_at + 1 if signature_at >= 0 else None
        return None
    return 1 if signature[:1] == "(" else None


def _python(parts: Sequence[str]) -> Parameters:
    names: list[str] = []
    required: set[str] = set()
    only_named: set[str] = set()
    any_number = any_name = after_star = False
    for at, part in enumerate(parts):
        if part == "/":
            continue
        if part.startswith("**"):
            any_name = True
        elif part.startswith("*"):
            any_number |= part != "*"
            after_star = True
        else:
            name = _name(part)
            if at == 0 and name in _SELF:
                continue
            if after_star:
                only_named.add(name)
            else:
                names.append(name)
            if "=" not in part:
                required.add(name)
    return Parameters(
        tuple(names), frozenset(required), frozenset(only_named), any_number, any_name
    )


def _script(parts: Sequence[str]) -> Parameters:
    names: list[str] = []
    required: set[str] = set()
    any_number = False
    for at, part in enumerate(parts):
        if part.startswith("..."):
            any_number = True
            continue
        # What is taken apart has no name.
        name = _name(part) or f"{at}"
        if name == "this" and at == 0:
            continue
        names.append(name)
        head = part.partition(":")[0].rstrip()
        if not head.endswith("?") and not re.search(r"(?<![=!<>])=(?![=>])", part):
            required.add(name)
    return Parameters(tuple(names), frozenset(required), any_number=any_number)


def _go(parts: Sequence[str], signature: str) -> Parameters:
    spaced = [part.split(None, 1) for part in parts]
    is_named = any(len(words) == 2 and words[0].isidentifier() for words in spaced)
    types: list[str] = []
    following = ""
    for words in reversed(spaced):
        if is_named and len(words) == 2:
            following = words[1]
        types.append(following if is_named else " ".join(words))
    types.reverse()
    any_number = bool(types) and types[-1].startswith("...")
    number = len(types) - any_number
    names = tuple(str(at) for at in range(number))
    return Parameters(
        names,
        frozenset(names),
        any_number=any_number,
        types=(*map(_bare, types[:number]), "->", _result(signature)),
    )


def _result(signature: str) -> str:
    """Return what a function of Go gives back, without names and packages."""
    depth = 0
    for at, sign in enumerate(signature):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == ")" and depth == 0:
            rest = signature[at + 1 :].strip()
            if rest.startswith("("):
                parts = split(rest, 1, GO) or []
                return ", ".join(_bare(part.split(None, 1)[-1]) for part in parts)
            return _bare(rest)
    return ""


def _bare(type_name: str) -> str:
    """Return a type without packages, which files may call as they like."""
    return _PACKAGE.sub("", type_name)


def _name(part: str) -> str:
    found = _NAME.match(part)
    return found[1] if found is not None else ""
