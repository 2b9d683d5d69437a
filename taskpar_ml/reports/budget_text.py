"""What a bank holds, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from taskpar_ml.domain.budget import Budget
from taskpar_ml.reports.text import counted, plain, printable

_ORDINALS: Final = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_ENDINGS: Final = {1: "st", 2: "nd", 3: "rd"}


def draw_budget(found: Budget) -> RenderableType:
    """Draw what the bank holds, its levels, who is in flight, and what comes next."""
    return Group(*_parts(found))


def _parts(found: Budget) -> Iterator[RenderableType]:
    bank = found.bank
    yield plain(
        f"Bank {bank.name}: at most {bank.b0:g} hits, and {bank.alpha:g} for each task that has "
        "landed."
    )
    yield plain(
        f"{counted(bank.landed, 'task')} landed{_revoked(bank.revoked)}, "
        f"{counted(bank.hits, 'hit')}"
        f"{_debits(bank.debits)} of {found.allowed:g} allowed. Width {bank.width}: "
        f"{bank.in_flight} in flight, room for {bank.room} more."
    )
    if found.is_overspent:
        yield plain(
            "Hits outside of the promise, or landings that were taken back, have used up more than "
            "is allowed.",
            style="bold",
        )
    explored = "attempt was" if found.explored == 1 else "attempts were"
    yield plain(
        f"A task starts beside others below a probability of {found.threshold:.2f} that somebody "
        f"is hit. {found.explored:,} {explored} let through a closed level to try it.",
        style="dim",
    )
    yield _levels(found)
    if found.in_flight:
        yield _in_flight(found)
    yield plain(f"Next: {next_step(found)}.", style="bold")


def next_step(found: Budget) -> str:
    """Say in a sentence what lets more run together."""
    said = []
    wider = _ordinal(found.bank.width + 1)
    if found.bank.width >= found.workers:
        said.append(
            f"the bank lets all {counted(found.workers, 'worker')} run; threshold and levels say "
            "who runs beside whom"
        )
    elif found.landings_to_wider is None:
        said.append("nothing that lands earns width, since alpha is 0")
    else:
        needs = "needs" if found.landings_to_wider == 1 else "need"
        landings = counted(found.landings_to_wider, "more task")
        said.append(f"{landings} {needs} to land without a hit until a {wider} may run at once")
    closed = [each for each in found.levels if not each.is_open]
    if closed:
        first = min(closed, key=lambda each: each.clean_until_open)
        outcomes = counted(first.clean_until_open, "more outcome")
        opens = "opens" if first.clean_until_open == 1 else "open"
        said.append(f"{outcomes} without a hit {opens} the level {first.level.value}")
    return "; ".join(said)


def _debits(debits: int) -> str:
    return f" and {debits:,} outside of the promise" if debits else ""


def _revoked(revoked: int) -> str:
    return f" and {revoked:,} taken back" if revoked else ""


def _ordinal(number: int) -> str:
    if number < len(_ORDINALS):
        return _ORDINALS[number]
    teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teen else _ENDINGS.get(number % 10, 'th')}"


def _levels(found: Budget) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("level", "pairs of which", ""):
        table.add_column(column, overflow="fold")
    for column in ("clean", "hits", "until it opens"):
        table.add_column(column, justify="right")
    for each in found.levels:
        is_told = each.clean or each.hits
        table.add_row(
            each.level.value,
            plain(each.meaning),
            "open" if each.is_open else f"open to {each.share:.0%}",
            f"{each.clean:,}" if is_told else "",
            f"{each.hits:,}" if is_told else "",
            "" if each.is_open else f"{each.clean_until_open:,}",
        )
    return table


def _in_flight(found: Budget) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("in flight", "attempt", "since", ""):
        table.add_column(column, overflow="fold")
    for each in found.in_flight:
        table.add_row(
            printable(each.task),
            str(each.attempt),
            each.started_at.isoformat(timespec="seconds"),
            "hit" if each.is_hit else "",
        )
    return table
