"""The tables of an evaluation, as terminals, Markdown and pages show them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from taskpar_ml.domain.evaluation import (
    ALL,
    Advantage,
    Decile,
    EvaluatedRepository,
    Evaluation,
    JudgedModel,
    Measure,
)
from taskpar_ml.reports.report_tables import Cell, ReportTable, bounds_of, number_cell
from taskpar_ml.reports.text import counted

LEAST_EXPECTED: Final = 30
"""Conflicts that a decile must come to for its ratio to say something."""
MARKED: Final = "* the whole interval lies above 0"
"""What the mark of a cell means."""
_SHORT: Final = ("AUC", "AP", "lift", "caught at 10 %")
_REPOSITORY: Final = ("AUC", "AP")
_NONE: Final = "-"


@dataclass(frozen=True)
class ReportSection:
    """A part of a report.

    Attributes
    ----------
    title
        What it is about.
    said
        Sentences before the tables.
    tables
        Its tables, those without rows left out.
    known
        What is known of the tasks, where the part is about that.
    """

    title: str
    said: tuple[str, ...]
    tables: tuple[ReportTable, ...]
    known: str | None = None


def evaluation_sections(found: Evaluation) -> Iterator[ReportSection]:
    """Yield what was looked at, what each kind of knowledge comes to, files, and deciles."""
    yield _looked_at(found)
    for known in tellings_of(found):
        tables = (
            *_judged(found, known),
            _advantages(found, known),
            _repositories(found, known),
        )
        yield ReportSection(f"Known: {known}", (MARKED,), _filled(tables), known)
    yield ReportSection(
        "Files",
        ("How well the files are ranked that a task changes, mean over repositories.",),
        _filled([_files(found)]),
    )
    yield ReportSection("Reliability", tuple(_honesty(found)), _filled([_deviating(found)]))


def tellings_of(found: Evaluation) -> list[str]:
    """Return the kinds of knowledge that were judged, in their order."""
    return list(dict.fromkeys(each.known for each in found.judged))


def learned_of(found: Evaluation) -> list[str]:
    """Return the models that are compared with all others, in their order."""
    return list(dict.fromkeys(each.model for each in found.advantages))


def solid_deciles(found: Evaluation) -> list[Decile]:
    """Return the deciles that expect enough conflicts to be judged, and have an interval."""
    return [
        each
        for each in found.deciles
        if each.expected >= LEAST_EXPECTED and _interval(each.ratio) is not None
    ]


def is_honest(decile: Decile) -> bool:
    """Return whether as many conflicts as were expected lie within the interval."""
    bounds = _interval(decile.ratio)
    return bounds is not None and bounds[0] <= 1 <= bounds[1]


def above_zero(difference: Measure) -> bool:
    """Return whether the whole interval of a difference lies above 0."""
    bounds = _interval(difference)
    return bounds is not None and bounds[0] > 0


def _looked_at(found: Evaluation) -> ReportSection:
    seen = [each.name for each in found.repositories if each.is_taught]
    where = counted(len(found.repositories), "repository", "repositories")
    who = found.model if found.encoder is None else f"{found.model} with {found.encoder}"
    said = [
        f"Judged: {who} on {where}; "
        f"95 % intervals of {counted(found.resamples, 'resample')} of whole batches."
    ]
    if seen:
        said.append(f"The model learned from these, they are not unseen: {', '.join(seen)}.")
    rows = tuple(_repository(each) for each in found.repositories)
    columns = ("repository", "tasks", "tested batches", "pairs", "conflicts", "share")
    tables = (ReportTable("", columns, rows), *_filled([_texts(found)]))
    return ReportSection("What was looked at", tuple(said), tables)


def _texts(found: Evaluation) -> ReportTable:
    """Show how many pairs a tracker tells of, where it tells of any task."""
    rows = tuple(
        (
            Cell(each.name),
            *(Cell(f"{n:,}") for n in (each.texts, each.text_pairs, each.text_conflicts)),
        )
        for each in found.repositories
        if each.texts
    )
    columns = ("repository", "tasks", "pairs of them", "conflicts")
    return ReportTable("Tested tasks of which a tracker told before", columns, rows)


def _repository(each: EvaluatedRepository) -> tuple[Cell, ...]:
    counts = (each.tasks, each.tested, each.pairs, each.conflicts)
    share = f"{each.conflicts / each.pairs:.2%}" if each.pairs else _NONE
    return Cell(each.name), *(Cell(f"{count:,}") for count in counts), Cell(share)


def _judged(found: Evaluation, known: str) -> Iterator[ReportTable]:
    means = [each for each in found.judged if each.known == known and each.repository is None]
    for choice in dict.fromkeys(each.pairs for each in means):
        rows = [each for each in means if each.pairs == choice]
        names = list(dict.fromkeys(name for each in rows for name in each.measures))
        if choice != ALL:
            names = [name for name in names if name in _SHORT]
        yield ReportTable(
            f"{_said_of(choice)}, {counted(rows[0].conflicts, 'conflict')}: mean over repositories",
            ("model", *(name.replace(" %", "%") for name in names)),
            tuple((Cell(each.model), *_measures(each, names)) for each in rows),
        )


def _said_of(choice: str) -> str:
    return "All pairs" if choice == ALL else f"Pairs: {choice}"


def _measures(judged: JudgedModel, names: Sequence[str]) -> Iterator[Cell]:
    for name in names:
        value = judged.measures.get(name)
        yield Cell(_NONE) if value is None else _cell(value, _form(name))


def _advantages(found: Evaluation, known: str) -> ReportTable:
    """Show all rivals on all pairs; on the others, learned models against each other."""
    learned = learned_of(found)
    rows = tuple(
        (Cell(each.model), Cell(each.other), Cell(each.pairs), *_differences(each))
        for each in found.advantages
        if each.known == known
        and each.repository is None
        and (each.pairs == ALL or each.other in learned)
    )
    columns = ("model", "held against", "pairs", "AUC", "AP", "AP, times")
    return ReportTable("Advantages, mean over repositories", columns, rows, texts=3)


def _differences(each: Advantage) -> tuple[Cell, ...]:
    auc, ap = (_cell(value, _signed, is_marked=above_zero(value)) for value in (each.auc, each.ap))
    return auc, ap, _cell(each.ap_ratio, _times)


def _repositories(found: Evaluation, known: str) -> ReportTable:
    learned = learned_of(found)
    columns = ["repository", "conflicts"]
    columns += [f"{name}: {model}" for model in learned for name in _REPOSITORY]
    judged = {
        (each.repository, each.model): each
        for each in found.judged
        if (each.known, each.pairs) == (known, ALL)
        and each.repository is not None
        and each.model in learned
    }
    rows = []
    for repository in dict.fromkeys(name for name, _ in judged):
        both = [judged[repository, model] for model in learned]
        cells = [cell for each in both for cell in _measures(each, _REPOSITORY)]
        rows.append((Cell(str(repository)), Cell(f"{both[0].conflicts:,}"), *cells))
    return ReportTable("All pairs, each repository", tuple(columns), tuple(rows))


def _files(found: Evaluation) -> ReportTable:
    rows = tuple(
        (
            Cell(each.known),
            Cell(each.ranker),
            _cell(each.recall, _three),
            _cell(each.gain, _three),
            Cell(f"{each.held:.1%}"),
        )
        for each in found.files
    )
    columns = ("known", "ranker", "recall@10", "NDCG@10", "files looked at")
    return ReportTable("", columns, rows, texts=2)


def _honesty(found: Evaluation) -> Iterator[str]:
    solid = solid_deciles(found)
    yield (
        f"Of {counted(len(found.deciles), 'decile')}, tenths of the pairs of a repository by the "
        f"probability told, {len(solid):,} with an interval expect {LEAST_EXPECTED} conflicts or "
        "more."
    )
    for known, model in dict.fromkeys((each.known, each.model) for each in solid):
        own = [each for each in solid if (each.known, each.model) == (known, model)]
        right = sum(map(is_honest, own))
        yield f"{model}, {known}: in {right:,} of {len(own):,} the interval contains 1."


def _deviating(found: Evaluation) -> ReportTable:
    rows = tuple(
        (
            *(Cell(text) for text in (each.known, each.model, each.repository)),
            *(Cell(f"{number:,}") for number in (each.decile, each.pairs)),
            Cell(f"{each.expected:,.1f}"),
            Cell(f"{each.observed:,}"),
            _cell(each.ratio, _two),
        )
        for each in solid_deciles(found)
        if not is_honest(each)
    )
    columns = ("known", "model", "repository", "decile", "pairs", "expected", "observed")
    title = "Deciles whose interval of observed over expected does not contain 1"
    return ReportTable(title, (*columns, "observed / expected"), rows, texts=3)


def _filled(tables: Sequence[ReportTable]) -> tuple[ReportTable, ...]:
    return tuple(each for each in tables if each.rows)


def _interval(value: Measure) -> tuple[float, float] | None:
    return bounds_of(value.low, value.high)


def _cell(value: Measure, form: Callable[[float], str], *, is_marked: bool = False) -> Cell:
    if value.value is None:
        return Cell(_NONE)
    between = " to " if form is _signed else "-"
    return number_cell(value.value, _interval(value), form, between=between, is_marked=is_marked)


def _form(name: str) -> Callable[[float], str]:
    if name.startswith("caught"):
        return _percent
    return {"lift": _times, "Brier": _four, "ECE": _four}.get(name, _three)


def _three(value: float) -> str:
    return f"{value:.3f}"


def _four(value: float) -> str:
    return f"{value:.4f}"


def _two(value: float) -> str:
    return f"{value:.2f}"


def _signed(value: float) -> str:
    return f"{value:+.3f}"


def _percent(value: float) -> str:
    return f"{value:.1%}"


def _times(value: float) -> str:
    return f"{value:.2f}x"
