"""Of which level every pair is."""

from __future__ import annotations

import numpy as np

from taskpar_ml.domain.levels import LEVELS, Level
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.task import Task
from taskpar_ml.policy.facts import gather_facts
from taskpar_ml.policy.levels import LOW_RISK, pair_levels
from taskpar_ml.policy.settings import Settings


class Parts:
    """Maps a path to its first part, if that is one of some."""

    def __init__(self, *names):
        self.names = names

    def of(self, path):
        first = path.partition("/")[0]
        return first if first in self.names else None


FILES = {
    "docs": ["docs/guide.md"],
    "tests": ["shop/tests/test_cart.py"],
    "cart": ["shop/cart.py"],
    "mail": ["mail/send.py"],
    "page": ["web/src/Page.tsx"],
    "both": ["shop/cart.py", "mail/send.py"],
    "root": ["start.py"],
    "rootmail": ["start.py", "mail/send.py"],
    "server": ["backend/api.py"],
    "data": ["data/load.py"],
    "more": ["data/more.py"],
}


def levels(risk=0.5, *, services=("shop", "mail"), contexts=("shop", "mail", "web", "data")):
    ids = sorted(FILES)
    facts = gather_facts(
        [Task(id=name, title=f"change {name}") for name in ids],
        written=FILES,
        likely={},
        resources={},
        contexts=Parts(*contexts),
        services=Parts(*services),
        settings=Settings(),
    )
    pairs = PairTable.of(ids)
    found = pair_levels(pairs, facts, np.full(len(pairs), risk))
    names = np.array(pairs.ids)
    return {
        frozenset((str(names[a]), str(names[b]))): LEVELS[level]
        for a, b, level in zip(pairs.a, pairs.b, found, strict=True)
    }


def test_a_pair_is_of_the_first_level_that_it_fits():
    told = levels()
    assert told[frozenset(("docs", "cart"))] == Level.DOCUMENTATION_AND_TESTS
    assert told[frozenset(("tests", "cart"))] == Level.DOCUMENTATION_AND_TESTS
    assert told[frozenset(("cart", "mail"))] == Level.SERVICES
    assert told[frozenset(("cart", "data"))] == Level.CONTEXTS
    assert told[frozenset(("both", "mail"))] == Level.AFFORDED
    assert told[frozenset(("more", "data"))] == Level.AFFORDED


def test_frontend_and_backend_are_layers():
    told = levels(services=(), contexts=())
    assert Level.SERVICES not in told.values()
    assert Level.CONTEXTS not in told.values()
    assert told[frozenset(("page", "server"))] == Level.LAYERS


def test_what_touches_more_than_services_stands_in_none():
    told = levels(contexts=())
    assert told[frozenset(("rootmail", "cart"))] == Level.AFFORDED
    assert told[frozenset(("root", "cart"))] == Level.AFFORDED


def test_a_low_risk_is_a_probability_that_is_low():
    pair = frozenset(("more", "data"))
    assert levels(LOW_RISK - 1e-6)[pair] == Level.LOW_RISK
    assert levels(LOW_RISK)[pair] == Level.AFFORDED
    assert levels(0.09)[pair] == Level.LOW_RISK, "nine in a hundred are low"
    assert levels(np.nan)[pair] == Level.AFFORDED


def test_every_level_says_what_its_pairs_have_in_common():
    assert len({level.meaning for level in Level}) == len(Level)
