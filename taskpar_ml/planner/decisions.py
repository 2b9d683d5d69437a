"""Whether two tasks may run together, for all pairs at once, each with the rule that said so."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.plan import Because
from taskpar_ml.policy.rules import RuleVerdict

Mask = NDArray[np.bool_]


class Decider(NamedTuple):
    """Something that can settle a pair.

    ``name`` is how settings and files call it, ``meaning`` the same in words.
    """

    because: Because
    name: str
    meaning: str

    @property
    def together(self) -> bool:
        """Whether it lets the two run together."""
        return self.because in (Because.CAN_RUN_WITH, Because.SAFE_RULE, Because.LOW_RISK)


@dataclass(frozen=True)
class PairDecisions:
    """A decision for every pair.

    Attributes
    ----------
    pairs
        The pairs.
    deciders
        Whoever can decide, strongest first.
    decider
        Position of the one that did, shape ``(n_pairs,)``.
    """

    pairs: PairTable
    deciders: tuple[Decider, ...]
    decider: NDArray[np.int16]

    @cached_property
    def together(self) -> Mask:
        """Which pairs may run at the same time."""
        allowed = np.array([each.together for each in self.deciders], dtype=bool)
        return np.asarray(allowed[self.decider])

    def apart_matrix(self) -> Mask:
        """Return which tasks may not run together, shape ``(n_tasks, n_tasks)``, symmetric."""
        size = len(self.pairs.ids)
        apart = np.zeros((size, size), dtype=bool)
        apart[self.pairs.a, self.pairs.b] = ~self.together
        return apart | apart.T

    def decided_by(self, because: Because) -> Mask:
        """Return which pairs were decided for that reason."""
        names = np.array([each.because == because for each in self.deciders], dtype=bool)
        return np.asarray(names[self.decider], dtype=bool)

    def counts(self) -> dict[str, int]:
        """Return how many pairs each decider settled, those without any left out."""
        number = np.bincount(self.decider, minlength=len(self.deciders))
        return {
            each.name: int(count)
            for each, count in zip(self.deciders, number, strict=True)
            if count
        }


@dataclass(frozen=True)
class PairGrounds:
    """Everything that bears on the decisions, each of shape ``(n_pairs,)``.

    Attributes
    ----------
    pairs
        The pairs.
    ordered
        Pairs of which one must come first.
    forbidding
        Tags, locks and never-rules.
    can_run_with
        Pairs that either side allows.
    conflicts
        Conflicts that are declared or can be read off the evidence of single items, strongest
        first, each with its place among the reasons.
    permitting
        Safe patterns, best known first.
    risk
        Estimated risk, NaN where a pair cannot be scored.
    threshold
        Risk from which on two tasks do not run together.
    """

    pairs: PairTable
    ordered: Mask
    forbidding: tuple[RuleVerdict, ...]
    can_run_with: Mask
    conflicts: tuple[tuple[Because, RuleVerdict], ...]
    permitting: tuple[RuleVerdict, ...]
    risk: NDArray[np.float64]
    threshold: float

    def decide(self, *, lifted: Collection[str] = ()) -> PairDecisions:
        """Let the strongest ground decide each pair.

        Declared order and forbidding rules come before everything. ``can_run_with`` lifts what
        is predicted or inferred, not those. A safe pattern speaks only for pairs that cannot be
        scored. What nobody speaks for stays apart.

        Parameters
        ----------
        lifted
            Names of rules to be left out, to see what they cost.
        """
        grounds = [
            (decider, mask) for decider, mask in self._grounds() if decider.name not in lifted
        ]
        masks = np.array([mask for _, mask in grounds], dtype=bool)
        return PairDecisions(
            self.pairs,
            tuple(decider for decider, _ in grounds),
            masks.argmax(axis=0).astype(np.int16),
        )

    def _grounds(self) -> Iterator[tuple[Decider, Mask]]:
        """Yield who decides which pairs, strongest first; the last one takes what is left."""
        unscored = np.isnan(self.risk)
        yield Decider(Because.ORDER, "order", "one must land before the other"), self.ordered
        for rule in self.forbidding:
            yield Decider(Because.RULE, rule.name, rule.meaning), rule.pairs
        allowed = "their author lets them run together"
        yield Decider(Because.CAN_RUN_WITH, "can_run_with", allowed), self.can_run_with
        for because, rule in self.conflicts:
            yield Decider(because, rule.name, rule.meaning), rule.pairs
        for rule in self.permitting:
            yield Decider(Because.SAFE_RULE, rule.name, rule.meaning), rule.pairs & unscored
        unknown = "too little is known of one of them"
        yield Decider(Because.UNSCORED, "unscored", unknown), unscored
        risky = self.risk >= self.threshold
        yield Decider(Because.RISK, "risk", "the risk reaches the threshold"), risky
        yield Decider(Because.LOW_RISK, "low risk", "the risk is low"), np.ones_like(risky)

    def liftable(self) -> list[RuleVerdict]:
        """Return every rule that ``lifted`` may name."""
        return [*self.forbidding, *(rule for _, rule in self.conflicts)]
