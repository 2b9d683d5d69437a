"""Rules over pairs: what forbids two tasks to run together, and what speaks for it.

Each rule answers for all pairs at once. A forbidding rule beats any estimate; a permitting rule
beats neither a declared nor a predicted conflict, it only speaks where nothing else does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.policy.categories import LAYERS
from taskpar_ml.policy.facts import TaskFacts
from taskpar_ml.policy.settings import RuleSettings, SafeRule, Scope
from taskpar_ml.policy.signs import Category

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class RuleVerdict:
    """The pairs a rule speaks of.

    ``name`` is how plans and settings call the rule, ``meaning`` a sentence for people,
    ``pairs`` a mask of shape ``(n_pairs,)``.
    """

    name: str
    meaning: str
    pairs: Mask


def forbidding(pairs: PairTable, facts: TaskFacts, settings: RuleSettings) -> list[RuleVerdict]:
    """Return the rules that keep pairs apart, strongest first: tags, locks, never-classes."""
    verdicts = [
        RuleVerdict(
            "parallel_safe: false",
            "tagged to run alone",
            facts.alone[pairs.a] | facts.alone[pairs.b],
        )
    ]
    for column, name in enumerate(facts.lock_names):
        members = facts.locks[:, column]
        verdicts.append(
            RuleVerdict(f"lock {name}", "both hold the lock", members[pairs.a] & members[pairs.b])
        )
    for category, scope in settings.scopes().items():
        verdicts.append(_never(category, scope, pairs, facts, settings))
    return verdicts


def _never(
    category: Category, scope: Scope, pairs: PairTable, facts: TaskFacts, settings: RuleSettings
) -> RuleVerdict:
    members = facts.category[category]
    if settings.is_default(category):
        members = members & ~facts.lifts_default_rules
    first, second = members[pairs.a], members[pairs.b]
    if scope == Scope.ALONE:
        forbidden, meaning = first | second, f"{category.value} work runs alone"
    elif scope == Scope.SAME_CONTEXT:
        forbidden = first & second & ~in_different_contexts(pairs, facts)
        meaning = f"two {category.value} changes in one context"
    else:
        forbidden, meaning = first & second, f"two {category.value} changes"
    return RuleVerdict(f"never {category.value}", meaning, forbidden)


def permitting(
    pairs: PairTable, facts: TaskFacts, settings: RuleSettings, *, no_shared_code: Mask
) -> list[RuleVerdict]:
    """Return the safe patterns in force, best known first.

    Parameters
    ----------
    no_shared_code
        Pairs whose files are known on both sides and disjoint, shape ``(n_pairs,)``.
    """
    rules: Mapping[SafeRule, tuple[str, Callable[[], Mask]]] = {
        SafeRule.DOCUMENTATION: (
            "one side only documents",
            lambda: one_of(facts.category[Category.DOCUMENTATION], pairs),
        ),
        SafeRule.TESTS: (
            "one side only writes tests",
            lambda: one_of(facts.category[Category.TESTS], pairs),
        ),
        SafeRule.DIFFERENT_LAYERS: (
            "they stay in different layers",
            lambda: in_different_layers(pairs, facts),
        ),
        SafeRule.DIFFERENT_CONTEXTS: (
            "they stay in different contexts",
            lambda: in_different_contexts(pairs, facts),
        ),
        SafeRule.NO_SHARED_CODE: (
            "the files of both are known and none is shared",
            lambda: no_shared_code,
        ),
        SafeRule.MARKED_PARALLEL: (
            "the author marked both as parallel",
            lambda: facts.marked_parallel[pairs.a] & facts.marked_parallel[pairs.b],
        ),
    }
    return [
        RuleVerdict(f"safe {rule.value}", meaning, find())
        for rule, (meaning, find) in rules.items()
        if rule in settings.safe_rules()
    ]


def one_of(members: Mask, pairs: PairTable) -> Mask:
    """Return of which pairs one side is a member and the other is not."""
    return np.asarray(members[pairs.a] ^ members[pairs.b])


def in_different_contexts(pairs: PairTable, facts: TaskFacts) -> Mask:
    """Return of which pairs both sides' contexts are known, and none is common."""
    return in_different_places(facts.contexts, pairs)


def in_different_places(members: Mask, pairs: PairTable) -> Mask:
    """Return of which pairs both sides are in some place, and in none together.

    Parameters
    ----------
    members
        Which task is in which place, shape ``(n_tasks, n_places)``.
    """
    member = members.astype(np.int32)
    known = np.asarray(members.any(axis=1), dtype=bool)
    common = np.matmul(member, member.T)[pairs.a, pairs.b] > 0
    return np.asarray(known[pairs.a] & known[pairs.b] & ~common)


_LAYER_BITS: Final = {layer: 1 << bit for bit, layer in enumerate(LAYERS)}


def in_different_layers(pairs: PairTable, facts: TaskFacts) -> Mask:
    """Return of which pairs both sides' layers are known, and none is common."""
    bits = np.zeros(len(facts.ids), dtype=np.int64)
    for layer, bit in _LAYER_BITS.items():
        bits |= np.where(facts.category[layer], bit, 0)
    first, second = bits[pairs.a], bits[pairs.b]
    return np.asarray((first > 0) & (second > 0) & ((first & second) == 0))
