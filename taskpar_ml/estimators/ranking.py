"""How good a ranking is: recall and discounted gain near the top."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np


def recall_at(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Return the share of the relevant items among the first ``k``, in [0, 1].

    Parameters
    ----------
    ranked
        Items, best first, each once.
    relevant
        At least one item.
    k
        How many of the ranked items count.

    Examples
    --------
    >>> recall_at(["a", "b", "c"], {"a", "c", "d"}, 2)
    0.3333333333333333
    """
    return len(set(ranked[:k]) & set(relevant)) / len(relevant)


def ndcg_at(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Return the normalised discounted cumulative gain of the first ``k``, in [0, 1].

    An item at place ``i`` counts ``1 / log2(i + 1)`` if it is relevant; 1 is the gain of a
    ranking with all relevant items first. Parameters are those of :func:`recall_at`.

    References
    ----------
    K. Järvelin and J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM
    Transactions on Information Systems 20 (2002).

    Examples
    --------
    >>> ndcg_at(["b", "a"], {"a"}, 10)
    0.6309297535714575
    """
    discount = 1 / np.log2(np.arange(2, k + 2))
    wanted = set(relevant)
    gained = sum(discount[place] for place, item in enumerate(ranked[:k]) if item in wanted)
    return float(gained / discount[: len(wanted)].sum())
