"""Tables of the pairs about which a model was most wrong, in whole and in short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from taskpar_ml.domain.evaluation import CaseKind, CaseTask, Evaluation, PairCase
from taskpar_ml.reports.evaluation_tables import ReportSection
from taskpar_ml.reports.report_tables import Cell, ReportTable

_SHOWN: Final = 3
"""Cases of each table, and files of each case, in short."""
_SAID: Final = {
    CaseKind.MISSED: "conflicts that were ranked lowest",
    CaseKind.FALSE_ALARM: "pairs without conflict that were ranked highest",
}
_EXPLAINED: Final = (
    "Pairs about which the model as it is was most wrong. Told is the probability of a conflict; "
    "riskier is the share of the tested pairs of the repository that were told a higher one."
)


def case_section(found: Evaluation, *, is_short: bool = False) -> ReportSection | None:
    """Return the cases of an evaluation, a table for each repository, telling and kind.

    Parameters
    ----------
    is_short
        Whether the first cases are enough, without what the tasks were believed to touch.

    Returns
    -------
    ReportSection or None
        None where there are no cases.
    """
    if not found.cases:
        return None
    said = [_EXPLAINED]
    if is_short:
        said.append(f"The first {_SHOWN} of each; all of them are in the page and in the JSON.")
    tables = tuple(_tables(found.cases, is_short=is_short))
    return ReportSection("Cases behind the figures", tuple(said), tables)


def _tables(cases: Sequence[PairCase], *, is_short: bool) -> Iterator[ReportTable]:
    for key in dict.fromkeys((each.repository, each.known, each.kind) for each in cases):
        chosen = [each for each in cases if (each.repository, each.known, each.kind) == key]
        repository, known, kind = key
        title = f"{repository}, {known}: {_SAID[kind]}"
        yield (_short if is_short else _whole)(title, chosen)


def _short(title: str, cases: Sequence[PairCase]) -> ReportTable:
    # No false alarm conflicts anywhere: what both changed says more of it.
    is_missed = all(each.kind == CaseKind.MISSED for each in cases)
    files = "conflict in" if is_missed else "changed by both"
    columns = ("earlier", "later", files, "told", "riskier")
    rows = tuple(
        (
            Cell(_named(each.earlier)),
            Cell(_named(each.later)),
            _files(each.conflicted if is_missed else each.shared, most=_SHOWN),
            *_numbers(each),
        )
        for each in cases[:_SHOWN]
    )
    return ReportTable(title, columns, rows, texts=3)


def _whole(title: str, cases: Sequence[PairCase]) -> ReportTable:
    columns = ("earlier", "believed of it", "later", "believed of it", "conflict in")
    rows = tuple(
        (
            Cell(_named(each.earlier)),
            _believed(each.earlier),
            Cell(_named(each.later)),
            _believed(each.later),
            _files(each.conflicted),
            _files(each.shared),
            Cell("same" if each.one_author else "different"),
            *_numbers(each),
        )
        for each in cases
    )
    more = ("changed by both besides", "authors", "told", "riskier")
    return ReportTable(title, (*columns, *more), rows, texts=7)


def _named(task: CaseTask) -> str:
    return f"{task.id} {task.title}"


def _believed(task: CaseTask) -> Cell:
    return Cell(", ".join(f"{each.path} {each.probability:.2f}" for each in task.believed) or "-")


def _files(paths: Sequence[str], *, most: int | None = None) -> Cell:
    shown = paths[:most]
    more = len(paths) - len(shown)
    return Cell(", ".join((*shown, *([f"{more:,} more"] if more else []))) or "-")


def _numbers(each: PairCase) -> tuple[Cell, Cell]:
    told = "?" if each.p_conflict is None else f"{each.p_conflict:.3f}"
    return Cell(told), Cell(f"{each.riskier:.1%}")
