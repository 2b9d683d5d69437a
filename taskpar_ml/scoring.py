"""Scored pairs of a workspace as tables, block by block: what batch scoring hands out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from taskpar_ml.errors import SettingsError
from taskpar_ml.reports.pair_batches import pair_batch
from taskpar_ml.workspace import Workspace


def scored_tables(
    workspace: Workspace,
    chosen: Sequence[tuple[str, str]] | None = None,
    *,
    min_p: float | None = None,
) -> Iterator[pa.Table]:
    """Return the scored pairs as Arrow tables, in key order.

    Parameters
    ----------
    workspace
        Tasks, repository and predictor.
    chosen
        The pairs asked for; all of them if None.
    min_p
        Leave out pairs whose risk is lower. The risk is ``p_conflict`` where the model is
        calibrated, else its score; pairs without either are kept, since nothing says they are
        safe.

    Raises
    ------
    SettingsError
        If ``min_p`` is not in [0, 1].
    """
    if min_p is not None and not 0 <= min_p <= 1:
        raise SettingsError("--min-p", f"must be in [0, 1]. Got {min_p:g}.", "0.14 means 14 %.")
    order = workspace.order_matrix
    return (
        _at_least(
            pair_batch(
                scored,
                a_first=order[scored.pairs.a, scored.pairs.b],
                b_first=order[scored.pairs.b, scored.pairs.a],
            ),
            np.asarray(scored.estimates.risk),
            min_p,
        )
        for scored in workspace.score(chosen)
    )


def _at_least(table: pa.Table, risk: np.ndarray, min_p: float | None) -> pa.Table:
    if min_p is None:
        return table
    return table.filter(pa.array(np.isnan(risk) | (risk >= min_p)))
