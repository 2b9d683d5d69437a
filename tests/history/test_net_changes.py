"""What several changes in a row come to."""

from __future__ import annotations

import pytest

from taskpar_ml.domain.landing import ChangeStatus, FileChange
from taskpar_ml.history.net_changes import net_changes


def step(text: str) -> list[FileChange]:
    """Return the changes of ``"A a, M b, D c, R old>new"``."""
    letters = {status.name[0]: status for status in ChangeStatus}
    changes = []
    for each in filter(None, text.split(", ")):
        letter, name = each.split(" ")
        old, _, new = name.rpartition(">")
        changes.append(FileChange(new, letters[letter], old or None))
    return changes


def shown(changes: tuple[FileChange, ...]) -> str:
    return ", ".join(
        f"{each.status.name[0]} {each.old_path + '>' if each.old_path else ''}{each.path}"
        for each in changes
    )


@pytest.mark.parametrize(
    ("steps", "net"),
    [
        (["A a", "M a"], "A a"),
        (["A a", "D a"], ""),
        (["M a", "M a"], "M a"),
        (["M a", "D a"], "D a"),
        (["D a", "A a"], "M a"),
        (["A a", "R a>b"], "A b"),
        (["A a", "R a>b", "D b"], ""),
        (["R a>b", "R b>c"], "R a>c"),
        (["R a>b", "R b>a"], "M a"),
        (["R a>b", "M b"], "R a>b"),
        (["M a", "R a>b"], "R a>b"),
        (["R a>b", "D b"], "D a"),
        (["R a>b", "A a"], "A a, R a>b"),
        (["R a>b, R b>a"], "R b>a, R a>b"),
        (["D b", "R a>b"], "D a, M b"),
        (["D b", "A c", "R c>b"], "M b"),
        (["D a, A b", "M b, M c"], "D a, A b, M c"),
        ([], ""),
        (["", "M a"], "M a"),
    ],
)
def test_steps_come_to(steps: list[str], net: str) -> None:
    assert shown(net_changes(map(step, steps))) == net


def test_one_step_comes_to_itself() -> None:
    changes = step("D a, A b, M c, R d>e")
    assert list(net_changes([changes])) == changes
