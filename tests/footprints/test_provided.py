"""Answers of providers in footprints: what they change, and what they must not change."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest

from taskpar_ml.domain.footprint import EvidenceSource, ObservedWork, RetrievedTouches, Surface
from taskpar_ml.footprints.items import touched_items
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.pooling import CHANCE, exact_gains, probability_of
from taskpar_ml.footprints.predictor import FIXED_RULE, FootprintPredictor
from taskpar_ml.footprints.provided import ProvidedFootprints
from taskpar_ml.footprints.reliability import ENOUGH_TASKS, MOST_GAIN, MOST_LOSS, Reliability
from taskpar_ml.repo.path_index import PathIndex
from tests.support.provided import answer, past
from tests.support.workspaces import snapshot_of, task

FILES = {
    "src/billing/tax.py": "def round_tax(): ...\n# tax cents rate\n" * 3,
    "src/billing/invoice.py": "# invoice tax rate\n" * 3,
    "src/auth/login.py": "# password login session\n" * 3,
    "src/search/index.py": "# query index\n" * 3,
    "app/[id]/page.tsx": "// page\n",
    "app/i/page.tsx": "// other page\n",
    "CHANGELOG.md": "# changes\n",
}
TAXES = task("t-tax", "Round the tax rate of an invoice to cents")
LOGIN = task("t-login", "Lock the login after a wrong password")


def known(provider="planner", **fields):
    told = {"tasks": 50, "named": 3.0, "unnamed": 1.0, "files": 20, "right": 14}
    return Reliability(provider, FIXED_RULE, **{**told, **fields})


def provided(*answers, **reliabilities):
    made = ProvidedFootprints.of(answers, [], model=FIXED_RULE)
    names = {each.provider for each in answers}
    return replace(made, known={name: reliabilities.get(name, known(name)) for name in names})


def said(about, *files, **fields):
    return answer(about.title, *files, **fields)


def predict(tasks, *answers, observed=None, enough=0.1, **reliabilities):
    memory = RepoMemory(
        snapshot_of(FILES),
        given=(),
        provided=provided(*answers, **reliabilities) if answers else None,
    )
    return FootprintPredictor(enough=enough).predict(tasks, memory, observed=observed or {})


def gained(footprints):
    found, paths = footprints.retrieved, sorted(FILES)
    rows = zip(found.task.tolist(), found.file.tolist(), found.gained.tolist(), strict=True)
    return {(footprints.tasks[row], paths[file]): gain for row, file, gain in rows}


def test_named_files_gain_and_others_lose_what_the_record_says():
    before = gained(predict([TAXES], enough=0.0))
    found = gained(predict([TAXES], said(TAXES, "src/billing/tax.py", "src/search/index.py")))
    tax, index, invoice = (
        ("t-tax", path)
        for path in ("src/billing/tax.py", "src/search/index.py", "src/billing/invoice.py")
    )
    assert found[tax] == exact_gains(np.array(before[tax] + 3.0))
    assert index not in before
    assert found[index] == 3.0
    assert found[invoice] == exact_gains(np.array(before[invoice] - 1.0))


def test_the_likeliest_come_first_and_no_file_falls_below_the_chance():
    footprints = predict([TAXES], said(TAXES, "src/search/index.py"), planner=known(unnamed=2.0))
    found = footprints.retrieved
    assert found.gained.tolist() == sorted(found.gained.tolist(), reverse=True)
    assert (found.gained > 0).all()
    assert len(set(found.file.tolist())) == len(found.file)


def test_who_was_tried_too_seldom_is_shown_and_changes_nothing():
    few = known(tasks=ENOUGH_TASKS - 1)
    told = said(TAXES, "src/search/index.py", new=["src/billing/new.py"])
    alone, beside = predict([TAXES]), predict([TAXES], told, planner=few)
    assert gained(beside) == gained(alone)
    for name in ("touch", "write"):
        one, other = (getattr(each.surfaces[Surface.FILE], name) for each in (alone, beside))
        assert (one != other).nnz == 0
    assert alone.places.known.tolist() == beside.places.known.tolist()
    (row,) = (each for each in beside.evidence if each.source == EvidenceSource.PROVIDER)
    assert (row.item, row.creates) == ("src/search/index.py", False)
    assert row.quote == "planner names it (tried on 9 past tasks: does not count)"
    items = list(touched_items(beside, PathIndex(FILES)))
    (shown,) = (each for each in items if EvidenceSource.PROVIDER in each.sources)
    assert shown.item == "src/search/index.py"
    assert shown.probability == pytest.approx(CHANCE)
    assert shown.quotes[0] == row.quote


def test_a_notice_says_what_would_let_answers_count():
    told = said(TAXES, "src/search/index.py")
    found = provided(told, planner=known(tasks=3))
    (notice,) = found.notices([TAXES, LOGIN], model=FIXED_RULE)
    assert "about 1 of the tasks" in notice.text
    assert "tried on 3 past tasks with the fixed rule, and 10 are needed" in notice.text
    assert "taskpar provide --as planner --past 50 -- COMMAND" in notice.text
    assert list(found.notices([LOGIN], model=FIXED_RULE)) == []
    assert list(provided(told).notices([TAXES], model=FIXED_RULE)) == []


def test_items_show_the_provider_with_its_record():
    footprints = predict([TAXES], said(TAXES, "src/billing/tax.py"))
    items = {each.item: each for each in touched_items(footprints, PathIndex(FILES))}
    tax = items["src/billing/tax.py"]
    assert tax.quotes[0] == "planner names it (14 of 20 files that it named before were changed)"
    assert {EvidenceSource.PROVIDER, EvidenceSource.RETRIEVAL} <= set(tax.sources)
    assert tax.probability == pytest.approx(
        float(probability_of(np.array(gained(footprints)["t-tax", "src/billing/tax.py"])))
    )


def test_new_files_are_believed_modestly_and_only_of_who_made_some():
    told = said(TAXES, new=["src/billing/new.py"])
    footprints = predict([TAXES], told, planner=known(created=0.3))
    (row,) = (each for each in footprints.evidence if each.creates)
    assert (row.item, row.probability) == ("src/billing/new.py", 0.3)
    files = footprints.surfaces[Surface.FILE]
    column = files.items.index("src/billing/new.py (new)")
    assert files.write[0, column] == pytest.approx(0.3, abs=1 / 256)
    nobody = predict([TAXES], told, planner=known(created=0.0))
    assert not any(each.creates for each in nobody.evidence)


def test_a_new_file_that_is_there_by_now_is_a_file_and_one_that_is_gone_is_none():
    told = said(TAXES, "src/gone.py", new=["src/search/index.py"], commit="1" * 40)
    footprints = predict([TAXES], told)
    assert gained(footprints)["t-tax", "src/search/index.py"] == 3.0
    assert "src/gone.py" not in {each.item for each in footprints.evidence}


def test_a_path_is_that_path_and_no_pattern():
    footprints = predict([TAXES], said(TAXES, "app/[id]/page.tsx"))
    named = gained(footprints)
    assert named["t-tax", "app/[id]/page.tsx"] == 3.0
    assert ("t-tax", "app/i/page.tsx") not in named
    items = {each.item for each in touched_items(footprints, PathIndex(FILES))}
    assert "app/[id]/page.tsx" in items
    assert "app/i/page.tsx" not in items


def test_changelogs_and_tasks_whose_files_are_settled_gain_nothing():
    changelog = said(TAXES, "CHANGELOG.md", "src/billing/tax.py")
    assert ("t-tax", "CHANGELOG.md") not in gained(predict([TAXES], changelog))
    declares = task("t-tax", TAXES.title, modifies=["src/auth/login.py"])
    about = answer(TAXES.title, "src/search/index.py", modifies=["src/auth/login.py"])
    seen = {"t-tax": ObservedWork(frozenset({"src/auth/login.py"}), final=True)}
    for footprints in (
        predict([declares], about),
        predict([TAXES], said(TAXES, "src/search/index.py"), observed=seen),
    ):
        assert not len(footprints.retrieved.task)
        sources = {each.source for each in footprints.evidence}
        assert EvidenceSource.PROVIDER not in sources


def test_an_answer_is_about_a_text_whatever_the_task_is_called():
    other = task("renamed", TAXES.title)
    longer = task("t-tax", TAXES.title, description="and more")
    told = said(TAXES, "src/search/index.py")
    assert ("renamed", "src/search/index.py") in gained(predict([other], told))
    assert ("t-tax", "src/search/index.py") not in gained(predict([longer], told))


def test_the_newest_answer_counts_whichever_commit_it_is_of():
    old = said(TAXES, "src/search/index.py", commit="1" * 40)
    new = said(TAXES, "src/auth/login.py", commit="2" * 40, after=5)
    for order in itertools.permutations([old, new]):
        found = gained(predict([TAXES], *order))
        assert ("t-tax", "src/auth/login.py") in found
        assert ("t-tax", "src/search/index.py") not in found


def test_an_answer_that_names_nothing_says_nothing():
    assert gained(predict([TAXES], said(TAXES))) == gained(predict([TAXES]))


def test_who_is_worth_nothing_changes_nothing():
    nothing = known(named=0.0, unnamed=0.0)
    found = predict([TAXES], said(TAXES, "src/search/index.py"), planner=nothing, enough=0.0)
    assert gained(found) == gained(predict([TAXES], enough=0.0))


def test_several_providers_add_up_to_a_bound():
    told = [said(TAXES, "src/search/index.py", provider=f"p{number}") for number in range(4)]
    assert gained(predict([TAXES], *told[:1]))["t-tax", "src/search/index.py"] == 3.0
    assert gained(predict([TAXES], *told))["t-tax", "src/search/index.py"] == MOST_GAIN
    strict = {f"p{number}": known(f"p{number}", unnamed=MOST_LOSS) for number in range(4)}
    one = gained(predict([TAXES], *told[:1], **strict))
    four = gained(predict([TAXES], *told, **strict))
    tax = ("t-tax", "src/billing/tax.py")
    assert one[tax] == four[tax]


def test_what_is_known_of_a_task_may_come_from_a_provider_alone():
    vague = task("t-vague", "Improve things")
    alone = predict([vague])
    assert not alone.places.known[0]
    found = predict([vague], said(vague, "src/auth/login.py"), planner=known(named=4.0))
    assert found.places.known[0]
    weak = predict([vague], said(vague, "src/auth/login.py"), planner=known(named=1.0))
    assert not weak.places.known[0]


def test_other_tasks_and_their_order_change_no_bit():
    answers = [
        said(TAXES, "src/billing/tax.py", "src/search/index.py"),
        said(TAXES, "src/auth/login.py", provider="other"),
        said(LOGIN, "src/auth/login.py"),
    ]
    alone = gained(predict([TAXES], *answers))
    chance = random.Random(0)
    for _ in range(4):
        tasks = [TAXES, LOGIN, *(task(f"t{number}", "Weigh a query") for number in range(3))]
        chance.shuffle(tasks)
        chance.shuffle(answers)
        footprints = predict(tasks, *answers)
        together = {key: gain for key, gain in gained(footprints).items() if key[0] == "t-tax"}
        assert together == alone
        row = footprints.tasks.index("t-tax")
        single = predict([TAXES], *answers).places.files[[0]]
        assert (footprints.places.files[[row]] != single).nnz == 0


def test_trials_teach_what_answers_are_worth():
    trials = past("honest", tasks=40)
    made = ProvidedFootprints.of([said(TAXES, "src/billing/tax.py")], trials, model=FIXED_RULE)
    assert made.known["planner"] == Reliability.learned("planner", FIXED_RULE, trials)
    assert made.known["planner"].counts
    other = ProvidedFootprints.of([said(TAXES, "a")], trials, model="another ranker")
    assert not other.known["planner"].counts


def test_quotes_stay_with_their_files():
    memory = RepoMemory(
        snapshot_of(FILES), given=(), provided=provided(said(TAXES, "src/search/index.py"))
    )
    found = FootprintPredictor().predict([TAXES], memory, quoted=True).retrieved
    assert len(found.quotes) == len(found.task)
    paths = memory.snapshot.paths.paths
    told = {paths[file]: quotes for file, quotes in zip(found.file, found.quotes, strict=True)}
    assert not any(told["src/search/index.py"])
    assert any(told["src/billing/tax.py"])


def test_nothing_retrieved_is_no_obstacle():
    made = provided(said(TAXES, "src/search/index.py"))
    paths = PathIndex(FILES)
    every = np.ones(len(paths), dtype=bool)
    found = made.corrected(RetrievedTouches.none(), [TAXES], paths, findable=every)
    assert found.gained.tolist() == [3.0]
    assert found.gains.shape == (1, 0)
