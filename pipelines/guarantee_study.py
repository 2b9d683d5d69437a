"""Counts broken promises in streams of attempts, and prints tables of docs/guarantee.md.

    python pipelines/guarantee_study.py [--streams N] [--attempts N] [--seeds N] [--jobs N]

Every kind of world has as many streams of attempts, each with another promise. What becomes of
attempts the world decides; how many start, the bank within the whole of admission, whose threshold
and levels learn along the way and hold nobody back. The promise is checked after every step by
arithmetic that shares nothing with the bank. The second table says how many outcomes it takes until
a level opens, and until an open one closes, where hits are as frequent as that.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import product
from typing import Final

import numpy as np

from taskpar_ml.domain.levels import LEVELS
from taskpar_ml.planner.admission import Admission
from taskpar_ml.planner.levels import Evidence
from taskpar_ml.simulation.ledger import Ledger
from taskpar_ml.simulation.streams import Kind, Stream

B0: Final = ("0", "0.5", "1", "2", "5", "50")
ALPHA: Final = ("0", "0.02", "0.05", "0.1", "0.3", "1")
RATES: Final = (0.02, 0.05, 0.1)
SHARES: Final = (0.0, 0.3, 0.6, 1.0, 2.0, 4.0)
"""How often a level is hit, as shares of what it is held against."""
LONGEST: Final = 2_000
"""Outcomes after which nobody waits any more."""
PROMISES: Final = tuple(product(B0, ALPHA))


class AdmissionGate:
    """The whole of admission as a gate: levels of pairs are drawn by chance."""

    def __init__(self, b0: str, alpha: str, *, seed: int) -> None:
        self.admission = Admission.cold(b0=float(b0), alpha=float(alpha), threshold=1.0)
        self._chance = np.random.default_rng(seed)
        self.widest = 0

    @property
    def room(self) -> int:
        """How many attempts may start now."""
        return self.admission.bank.room

    def start(self, attempt: int) -> None:
        """Start an attempt beside those in flight."""
        beside = {
            other: LEVELS[int(self._chance.integers(len(LEVELS)))]
            for other in self.admission.in_flight
        }
        self.admission = self.admission.start(str(attempt), beside)
        self.widest = max(self.widest, len(self.admission.in_flight))

    def strike(self, attempt: int) -> None:
        """Note a hit."""
        self.admission = self.admission.strike(str(attempt))

    def land(self, attempt: int) -> None:
        """Note a landing."""
        self.admission = self.admission.land(str(attempt))

    def end(self, attempt: int) -> None:
        """Note an end without a landing."""
        self.admission = self.admission.end(str(attempt))


@dataclass(frozen=True)
class Told:
    """What a stream came to."""

    kind: Kind
    violations: int
    hits: int
    landed: int
    widest: int


def told(number: int, *, attempts: int) -> Told:
    """Run one stream."""
    kind = list(Kind)[number % len(Kind)]
    b0, alpha = PROMISES[number // len(Kind) % len(PROMISES)]
    gate = AdmissionGate(b0, alpha, seed=number)
    ledger = Ledger(Fraction(b0), Fraction(alpha))
    for step in Stream(kind, seed=number, attempts=attempts).run(gate):
        ledger.add(step)
    return Told(kind, ledger.overdrawn + ledger.unreserved, ledger.hits, ledger.landed, gate.widest)


def rows(found: list[Told]) -> Iterator[list[str]]:
    """Yield what every kind of world came to."""
    by_kind: defaultdict[Kind, list[Told]] = defaultdict(list)
    for each in found:
        by_kind[each.kind].append(each)
    for kind, those in by_kind.items():
        hits, landed = sum(each.hits for each in those), sum(each.landed for each in those)
        yield [
            kind.value,
            f"{len(those):,}",
            f"{hits:,}",
            f"{landed:,}",
            str(max(each.widest for each in those)),
            f"{sum(each.violations > 0 for each in those):,}",
        ]


def waits(rate: float, true: float, *, opens: bool, seeds: int) -> Iterator[int]:
    """Yield how many outcomes a level waits for, once for each seed; :data:`LONGEST` if longer.

    Parameters
    ----------
    rate
        What it is held against.
    true
        How often it is hit.
    opens
        Whether it waits to open; an open one waits to close if not.
    """
    for seed in range(seeds):
        known = Evidence.none(rate, is_open=not opens)
        drawn = np.random.default_rng(seed).random(LONGEST) < true
        number = 0
        while known.is_open is not opens and number < LONGEST:
            known = known.after(was_hit=bool(drawn[number]))
            number += 1
        yield number


def level_rows(seeds: int) -> Iterator[list[str]]:
    """Yield how long levels wait to open and to close."""
    for rate, share in product(RATES, SHARES):
        cells = []
        for opens in (True, False):
            found = list(waits(rate, share * rate, opens=opens, seeds=seeds))
            middle = int(np.median(found))
            cells.append("never" if middle == LONGEST else f"{middle:,}")
            cells.append(f"{np.mean(np.array(found) < LONGEST):.0%}")
        yield [f"{rate:g}", f"{share * rate:.3g}", *cells]


def main() -> int:
    """Run all streams; 1 where any promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--streams", type=int, default=14_000)
    parser.add_argument("--attempts", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=200, help="levels that wait, of each kind")
    parser.add_argument("--jobs", type=int, default=1)
    chosen = parser.parse_args()
    run = partial(told, attempts=chosen.attempts)
    if chosen.jobs == 1:
        found = list(map(run, range(chosen.streams)))
    else:
        with ProcessPoolExecutor(chosen.jobs) as pool:
            found = list(pool.map(run, range(chosen.streams), chunksize=20))
    columns = ("world", "streams", "hits", "landed", "most in flight", "broken promises")
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for row in rows(found):
        print("| " + " | ".join(row) + " |")
    told_of = ("alpha", "hit rate", "opens after", "opens at all", "closes after", "closes at all")
    print(f"\n| {' | '.join(told_of)} |")
    print("|" + "---|" * len(told_of))
    for row in level_rows(chosen.seeds):
        print("| " + " | ".join(row) + " |")
    return int(any(each.violations for each in found))


if __name__ == "__main__":
    sys.exit(main())
