"""The state of growth as what its journal comes to."""

from __future__ import annotations

from taskpar_ml.domain.growth import (
    Attempt,
    Corrected,
    Ended,
    Found,
    GrowthStep,
    Landed,
    Promised,
    Started,
    Struck,
)
from taskpar_ml.errors import AdmissionError
from taskpar_ml.planner.admission import Admission


def after(admission: Admission | None, step: GrowthStep) -> Admission:
    """Return the state after a step; None is that before the first one.

    Raises
    ------
    SettingsError
        If a promise is out of range.
    AdmissionError
        If the step cannot come now.
    """
    if isinstance(step, Promised):
        if admission is None:
            return Admission.cold(b0=step.b0, alpha=step.alpha)
        return admission.promising(step.b0, step.alpha)
    if admission is None:
        raise AdmissionError("the journal", "it begins without a promise.", "Promise first.")
    match step:
        case Started():
            beside = {Attempt(each.task, each.number).name: each.level for each in step.beside}
            return admission.start(Attempt(step.task, step.number).name, beside)
        case Struck():
            return admission.strike(Attempt(step.task, step.number).name)
        case Landed() | Ended():
            return _ended(admission, step)
        case Corrected():
            if step.lands:
                admission = admission.restore() if step.again else admission.credit()
            elif step.lands is not None:
                admission = admission.revoke()
            return admission.debit(step.levels) if step.was_hit else admission
        case Found():
            return admission.learned(step.outcomes)


def _ended(admission: Admission, step: Landed | Ended) -> Admission:
    name = Attempt(step.task, step.number).name
    end = Admission.land if isinstance(step, Landed) else Admission.end
    if not step.hit:
        return end(admission, name)
    because_of = frozenset(step.because_of)
    hit_by = [
        each.other
        for each in admission.met
        if each.attempt == name and Attempt.named(each.other).task in because_of
    ]
    return end(admission.strike(name), name, hit_by=hit_by)
