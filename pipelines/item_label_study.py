"""How right labels without lines are: what detectors found, read by eye.

    python pipelines/item_label_study.py                               the table of docs/labels.md
    python pipelines/item_label_study.py --draw REPOSITORY[@REVISION]...

The first form counts the verdicts in data/label_verdicts.csv: whether a maintainer whose two tasks
had run at the same time from one base would have had to fix something because of the item. The
second form finds the items of the newest tasks, draws a sample of each kind, and prints it in the
form of that file with the verdicts that are known; the others have to be read.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from label_items import Found, drawn, found_items
from label_study import share

from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.errors import TaskparError

VERDICTS: Final = Path(__file__).parents[1] / "data" / "label_verdicts.csv"

KINDS: Final = (ConflictKind.RESOURCE, ConflictKind.LOGICAL, ConflictKind.ARCHITECTURAL)

_SHORT: Final = 12
"""Letters of an id that are enough to find a commit."""


class Verdict(NamedTuple):
    """What a reader says of one item.

    Attributes
    ----------
    found
        The item, its ids cut.
    right
        Whether it would have had to be fixed.
    reason
        In a few words.
    """

    found: Found
    right: bool
    reason: str


def verdicts(path: Path) -> list[Verdict]:
    """Return what is written in a file of verdicts; rows without one are left out."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["right"]]
    return [
        Verdict(
            Found(row["repository"], row["earlier"], row["later"], row["kind"], row["item"]),
            row["right"] == "yes",
            row["reason"],
        )
        for row in rows
    ]


def precision_table(known: Iterable[Verdict]) -> Iterator[str]:
    """Yield how many items of each kind are right, and of each kind of resource."""
    read = list(known)
    yield "| kind | read | repositories | right |"
    yield "|---|---|---|---|"
    for kind in KINDS:
        those = [each for each in read if each.found.kind == kind]
        if those:
            yield _row(kind.value, those)
        groups = sorted({_group(each.found) for each in those} - {""})
        for group in groups:
            yield _row(f"- {group}", [each for each in those if _group(each.found) == group])


def _row(name: str, those: list[Verdict]) -> str:
    right = sum(each.right for each in those)
    repositories = len({each.found.repository for each in those})
    return f"| {name} | {len(those)} | {repositories} | {share(right, len(those))} |"


def _group(found: Found) -> str:
    """Return what sort of item it is, as far as there are several."""
    if found.kind == ConflictKind.LOGICAL:
        how = found.item.partition(": ")[2].partition(",")[0]
        return how
    first = found.item.split(" ", 2)
    return " ".join(first[:2]) if first[0] == "next" else first[0]


def draw(chosen: argparse.Namespace) -> Iterator[Verdict | Found]:
    """Yield the sample, with the verdict on each item if there is one."""
    found: list[Found] = []
    for place in chosen.draw:
        print(f"reading {place}", file=sys.stderr, flush=True)
        found += found_items(place, tasks=chosen.tasks, cache=chosen.cache)
    known = {each.found: each for each in verdicts(chosen.verdicts)} if _is_there(chosen) else {}
    for each in drawn(found, chosen.number, seed=chosen.seed):
        short = each._replace(earlier=each.earlier[:_SHORT], later=each.later[:_SHORT])
        yield known.get(short, short)


def _is_there(chosen: argparse.Namespace) -> bool:
    return bool(chosen.verdicts.exists())


def main() -> None:
    """Print the table, or the sample."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--draw", nargs="+", default=[], metavar="REPOSITORY[@REVISION]")
    parser.add_argument("--tasks", type=int, default=2_000, help="newest tasks that are read")
    parser.add_argument("--number", type=int, default=60, help="items of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cache", type=Path, default=Path(".taskpar/study.sqlite"))
    parser.add_argument("--verdicts", type=Path, default=VERDICTS)
    chosen = parser.parse_args()
    if not chosen.draw:
        print("\n".join(precision_table(verdicts(chosen.verdicts))))
        return
    chosen.cache.parent.mkdir(parents=True, exist_ok=True)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow((*Found._fields, "right", "reason"))
    try:
        for each in draw(chosen):
            if isinstance(each, Found):
                writer.writerow((*each, "", ""))
            else:
                writer.writerow((*each.found, "yes" if each.right else "no", each.reason))
    except TaskparError as error:
        raise SystemExit(f"error: {error}") from None


if __name__ == "__main__":
    main()
