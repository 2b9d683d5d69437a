"""Laws of the log, on random histories."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.history import LandingLog, landings_before, landings_until
from tests.support.histories import ADA, BOB, DAY, HOUR, History, Memory
from tests.support.strategies import LAW

_PATHS = ("a", "b", "c/d", "c/e", "VERSION")
_WORDS = ("Add it", "Fix it (#7)", "Bump version to 1.1", "Retry\n\nTwice.", "")
_MERGES = ("Merge pull request #8 from bob/x\n\nMore", "Merge branch 'x'", "Merge branch 'main'")


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[str, str, str, str, int]]:
    """Return kind, message, author, path and time since the step before, of some steps."""
    kinds = st.sampled_from(["push", "push", "push", "branch", "merge"])
    gaps = st.sampled_from([60, HOUR, 9 * HOUR, 3 * DAY, -HOUR])
    one = st.tuples(
        kinds,
        st.sampled_from(_WORDS),
        st.sampled_from([ADA, BOB]),
        st.sampled_from(_PATHS),
        gaps,
    )
    return draw(st.lists(one, min_size=1, max_size=14))


def grow(place: Path, wanted: list[tuple[str, str, str, str, int]]) -> list[tuple[str, LandingLog]]:
    """Grow a history; return each state of the main line with the log as it was then."""
    history = History(place)
    branches: list[str] = []
    seen = []
    history.commit("Start", dict.fromkeys(_PATHS, "1\n2\n3\n4\n"))
    for number, (kind, message, author, path, gap) in enumerate(wanted):
        if kind == "merge" and branches:
            history.merge(_MERGES[number % 3], branches.pop(0))
        elif kind == "branch":
            start = branches[-1] if branches and number % 2 else history.head
            change = {f"{path}-{number}": f"{number}"}
            branches.append(history.branch((message, change), start=start, author=author))
            continue
        else:
            content = history.files[history.head].get(path)
            moved = {path: None, f"{path}~": content} if content and number % 5 == 4 else {}
            history.commit(message, moved or {path: f"{number}"}, author=author, after=gap)
        seen.append((history.head, landings_until(place)))
    return seen


@LAW
@given(steps())
def test_nothing_that_lands_later_changes_what_was_known(wanted):
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "history.git"
        seen = grow(place, wanted)
        memory = Memory()
        for (commit, known), (later, _) in pairwise(seen):
            assert landings_until(place, commit) == known
            assert landings_before(place, later) == known
            assert landings_before(place, later, cache=memory) == known
        for commit, known in seen:
            assert landings_until(place, commit, cache=memory) == known


@LAW
@given(steps(), st.integers(1, 4))
def test_a_limit_keeps_the_newest_and_changes_none(wanted, limit):
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "history.git"
        for commit, known in grow(place, wanted)[-3:]:
            log = landings_until(place, commit, limit=limit)
            assert log.landings == known.landings[-limit:]
            assert landings_until(place, commit, limit=limit, cache=Memory()) == log


@LAW
@given(steps())
def test_every_commit_of_the_line_is_in_one_landing(wanted):
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "history.git"
        seen = grow(place, wanted)
        if not seen:
            return
        landings = seen[-1][1].landings
        commits = [commit for landing in landings for commit in landing.commits]
        assert commits[1:] == list(dict.fromkeys(commit for commit, _ in seen))
        bases = [landing.base for landing in landings]
        assert bases == [None, *(landing.id for landing in landings[:-1])]
        for landing in landings:
            assert list(landing.paths) == sorted(landing.paths)
            assert landing.changed == len(landing.changes)
