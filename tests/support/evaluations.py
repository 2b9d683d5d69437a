"""A made-up evaluation: two repositories, two learned models and a rule."""

from __future__ import annotations

from typing import Final

from pydantic import JsonValue

from taskpar_ml.domain.evaluation import (
    ALL,
    CONCURRENT,
    DIFFERENT,
    Advantage,
    BelievedFile,
    CaseKind,
    CaseTask,
    Decile,
    EvaluatedRepository,
    Evaluation,
    JudgedModel,
    Measure,
    PairCase,
    RankedFiles,
)

UNSEEN: Final = "learned, unseen"
OWN: Final = "learned, own history"
RULE: Final = "texts alone"
AUC: Final = {UNSEEN: 0.8, OWN: 0.85, RULE: 0.6}


def measure(value: float | None, width: float | None = 0.01) -> Measure:
    """Return a value in the middle of an interval, or with none."""
    if value is None or width is None:
        return Measure(value=value, low=None, high=None)
    return Measure(value=value, low=value - width, high=value + width)


def judged(
    known: str, model: str, *, pairs: str = ALL, repository: str | None = None, off: float = 0.0
) -> JudgedModel:
    """Return how well a model does, a little better by ``off``."""
    auc = AUC[model] + off
    measures = {
        "AUC": measure(auc),
        "AP": measure(auc / 4),
        "lift": measure(auc * 10, 0.5),
        "caught at 5 %": measure(auc / 5),
        "caught at 10 %": measure(auc / 3),
        "caught at 20 %": measure(None),
    }
    if model != RULE:
        measures |= {"Brier": measure(0.0123, None), "ECE": measure(0.0045, None)}
    return JudgedModel(
        known=known,
        pairs=pairs,
        repository=repository,
        model=model,
        conflicts=1_234,
        measures=measures,
    )


def advantage(
    known: str, model: str, other: str, *, pairs: str = ALL, repository: str | None = None
) -> Advantage:
    """Return by how much a model is better."""
    auc = AUC[model] - AUC[other]
    return Advantage(
        known=known,
        pairs=pairs,
        repository=repository,
        model=model,
        other=other,
        auc=measure(auc),
        ap=measure(auc / 4, 0.02),
        ap_ratio=measure(AUC[model] / AUC[other], 0.05),
    )


def decile(
    number: int, *, expected: float, low: float | None, high: float | None, **changed: object
) -> Decile:
    """Return a tenth of 400 pairs with 44 conflicts."""
    made = Decile(
        known="title",
        repository="acme/shop",
        model=OWN,
        decile=number,
        pairs=400,
        expected=expected,
        observed=44,
        ratio=Measure(value=44 / expected, low=low, high=high),
    )
    return made.model_copy(update=changed)


def made_up(
    *,
    repositories: tuple[str, ...] = ("acme/shop", "acme/till"),
    model: str = "general-1",
    tellings: tuple[str, ...] = ("title", "all seen"),
    facts: dict[str, JsonValue] | None = None,
) -> Evaluation:
    """Return an evaluation in which the first repository is one that was learned from."""
    rows, advantages = [], []
    rivals = ((UNSEEN, RULE), (OWN, UNSEEN), (OWN, RULE))
    for known in tellings:
        for name in AUC:
            rows += [judged(known, name, pairs=pairs) for pairs in (ALL, DIFFERENT, CONCURRENT)]
            rows += [
                judged(known, name, repository=each, off=0.01 * place)
                for place, each in enumerate(repositories)
            ]
        advantages += [
            advantage(known, *both, pairs=pairs) for pairs in (ALL, DIFFERENT) for both in rivals
        ]
        advantages += [
            advantage(known, *both, repository=each) for each in repositories for both in rivals
        ]
    deciles = [
        decile(number, expected=4.0 * number, low=0.9, high=1.1, known=known, repository=each)
        for known in tellings
        for each in repositories
        for number in (8, 9)
    ]
    deciles.append(decile(10, expected=80.0, low=0.4, high=0.7, repository=repositories[0]))
    return Evaluation(
        model=model,
        facts={"tasks": 7} if facts is None else facts,
        resamples=500,
        repositories=tuple(
            EvaluatedRepository(
                name=each, tasks=1_000, tested=15, pairs=2_850, conflicts=57, is_taught=not place
            )
            for place, each in enumerate(repositories)
        ),
        judged=tuple(rows),
        advantages=tuple(advantages),
        deciles=tuple(deciles),
        files=(
            RankedFiles(
                known="title",
                ranker=UNSEEN,
                recall=measure(0.432),
                gain=measure(0.321),
                held=0.987,
            ),
        ),
    )


def case(
    number: int, kind: CaseKind = CaseKind.MISSED, *, said: str = "Pay by card", **changed: object
) -> PairCase:
    """Return a pair that should be read; its numbers grow with its own."""
    believed = (BelievedFile(path="src/cart.py", probability=0.25),)
    made = PairCase(
        known="title",
        repository="acme/shop",
        kind=kind,
        earlier=CaseTask(id=f"a{number:011}", title=said, believed=believed),
        later=CaseTask(id=f"b{number:011}", title="Refund", believed=()),
        p_conflict=number / 1000,
        riskier=1 - number / 100,
        conflicted=("src/pay.py", "src/till.py") if kind == CaseKind.MISSED else (),
        shared=("docs/guide.md",),
        one_author=not number % 2,
    )
    return made.model_copy(update=changed)


def with_cases(*cases: PairCase) -> Evaluation:
    """Return the made-up evaluation with pairs that should be read."""
    return made_up().model_copy(update={"cases": cases})
