"""Questions to a workspace: plans, scores, explanations."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from taskpar_ml.classifying import contexts_of
from taskpar_ml.domain.labels import Direction
from taskpar_ml.domain.levels import Level
from taskpar_ml.domain.plan import Because
from taskpar_ml.errors import PatternError, SettingsError, UnknownTaskError
from taskpar_ml.estimators.boosting import BoostedTrees, Lesson, TreeSettings
from taskpar_ml.estimators.pair_model import PairModel
from taskpar_ml.policy.settings import RuleSettings, Settings
from taskpar_ml.predictor import ConflictPredictor
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.reports.explanation_text import draw_explanation
from taskpar_ml.scoring import scored_tables
from tests.support.histories import History
from tests.support.workspaces import snapshot_of, task, workspace

TAX = "src/billing/tax.py"


@pytest.fixture
def shop():
    """Return tasks of several kinds: ordered, colliding, unknown."""
    return workspace(
        task("a", f"Fix {TAX}"),
        task("b", f"Round totals in {TAX}"),
        task("c", "Fix README.md", depends_on=["a"]),
        task("d", "Paint carts"),
        task("e", "Old", status="done"),
        task("f", "Parent"),
        task("f.1", "Leaf", parent="f", status="deferred"),
    )


# Explanations.


def test_an_explanation_tells_all_that_was_looked_at(shop):
    told = shop.explain("b", "a")
    assert (told.decision.task_a, told.decision.task_b) == ("a", "b")
    assert told.decision.because == Because.LIKELY_MEETING
    assert told.model == "fixed-weights-1"
    values = {each.name: each.value for each in told.components}
    assert list(values)[:4] == ["file", "api", "database", "semantic"]
    assert (values["file"], values["api"], values["database"]) == (0.6, None, None)
    # A file without words is one region: who writes it writes all of it.
    assert (values["region_cosine"], values["layer"]) == (1.0, 1.0)
    assert 0 < values["semantic"] < 1
    side = told.sides[0]
    assert (side.id, side.contexts, side.categories) == ("a", ("billing",), ("backend",))
    (row,) = side.evidence
    assert (row.item, row.access, row.sources) == (TAX, "write", ("mention",))
    assert row.probability == pytest.approx(0.75)
    assert row.quotes == (TAX,)


def test_a_pair_is_of_a_level_of_growth():
    tasks = [
        task("a", "Say how to pay", modifies=["docs/guide.md"]),
        task("b", "Round taxes", modifies=["src/billing/tax.py"]),
        task("c", "Change taxes", modifies=["src/billing/tax.py"]),
    ]
    shop = workspace(*tasks)
    assert shop.explain("a", "b").level is Level.DOCUMENTATION_AND_TESTS
    assert shop.explain("c", "b").level is Level.AFFORDED


def test_a_learned_estimator_tells_what_each_feature_adds(shop):
    names = ("file", "semantic")
    values = np.random.default_rng(0).random((300, 2)).astype(np.float32)
    lesson = Lesson.plain(values, (values[:, 0] > 0.5).astype(np.float32))
    trees = BoostedTrees.grown(names, [lesson], TreeSettings(trees=9, least_rows=5))
    learned = replace(
        shop, predictor=replace_estimator(shop.predictor, PairModel("tiny-1", (trees,)))
    )
    told = learned.explain("a", "b")
    adds = {each.name: each.adds for each in told.components}
    assert adds["file"] > abs(adds["semantic"])
    assert adds["region"] is None, "it does not look at that"
    (scored,) = learned.score([("a", "b")])
    whole = trees.contributions(scored.features.values[:, [0, 3]])[0]
    assert [adds[name] for name in names] == pytest.approx(whole[:2])
    shown = Console(width=200, record=True, file=io.StringIO())
    shown.print(draw_explanation(told))
    first = next(line for line in shown.export_text().splitlines() if "odds x" in line)
    assert first.split()[0] == "file"
    assert "for, odds x" in first
    assert all(each.adds is None for each in shop.explain("a", "b").components)


def replace_estimator(predictor, estimator):
    return ConflictPredictor(
        estimator, footprints=predictor.footprints, vectorizer=predictor.vectorizer
    )


def test_rules_that_did_not_decide_are_told_too():
    tasks = [
        task("a", "Change the schema", modifies=[TAX], parallel_safe=False),
        task("b", "Change the schema", modifies=["src/auth/*"]),
    ]
    told = workspace(*tasks).explain("a", "b")
    assert told.decision.rule == "parallel_safe: false"
    assert [(rule.rule, rule.forbids) for rule in told.rules] == [
        ("parallel_safe: false", True),
        ("never schema", True),
        ("safe different-contexts", False),
        ("safe no-shared-code", False),
    ]


def test_an_order_is_told_as_a_chain(shop):
    assert shop.explain("c", "a").order == ("a", "c")
    assert shop.explain("c", "a").decision.because == Because.ORDER
    assert shop.explain("a", "b").order == ()


def test_an_explanation_agrees_with_the_plan(shop):
    decided = {(each.task_a, each.task_b): each for each in shop.plan().riskiest}
    assert decided
    for (first, second), decision in decided.items():
        assert shop.explain(first, second).decision == decision


@pytest.mark.parametrize(
    ("pair", "problem", "cure"),
    [
        (("a", "z"), "there is no such task.", "Open tasks: a, b, c, d."),
        (("e", "a"), "the task is done.", "Name tasks that are still work."),
        (("a", "f.1"), "the task is deferred.", "Name tasks that are still work."),
        (("f", "a"), "the task has subtasks.", "Name one of: f.1."),
        (("a", "a"), "task 'a' is paired with itself.", "Name two tasks."),
    ],
)
def test_only_two_open_tasks_can_be_explained(shop, pair, problem, cure):
    with pytest.raises(UnknownTaskError) as caught:
        shop.explain(*pair)
    assert (caught.value.problem, caught.value.cure) == (problem, cure)


# Plans.


def test_declared_groups_order_the_plan_and_allow_what_stands_together():
    tasks = [task("a", modifies=[TAX]), task("b", modifies=[TAX]), task("c", modifies=["docs/*"])]
    groups = [{"parallel": ["a", "b"]}, {"sequential": ["c"]}]
    plan = workspace(*tasks, groups=groups).plan()
    assert plan.waves == (("a", "b"), ("c",))
    assert plan.pairs_by_reason == {"can_run_with": 1, "order": 2}


def test_either_side_may_allow_a_pair():
    for one, other in [(["b"], []), ([], ["a"]), (["b"], ["a"])]:
        tasks = [task("a", can_run_with=one), task("b", can_run_with=other)]
        assert workspace(*tasks).plan().waves == (("a", "b"),)


def test_a_permission_for_a_task_that_is_not_open_is_idle():
    tasks = [task("a", can_run_with=["b"]), task("b", status="done"), task("c")]
    assert workspace(*tasks).plan().waves == (("a",), ("c",))


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ({"modifies": ["src/*/models.py"]}, {"conflict_zones": ["src/billing/**"]}, True),
        ({"modifies": ["src/*/models.py"]}, {"conflict_zones": ["src/auth/**"]}, False),
        ({"modifies": ["src/new/a.py"]}, {"conflict_zones": ["src/new/**"]}, True),
        ({"modifies": ["src/n*/**"]}, {"modifies": ["src/*w/**"]}, True),
        ({"modifies": [TAX]}, {"reads": ["src/billing/*"]}, True),
        ({"reads": [TAX]}, {"reads": ["src/billing/*"]}, False),
    ],
)
def test_declared_paths_that_overlap_keep_tasks_apart(first, second, apart):
    for rules, decides in [({}, True), ({"declared": False, "meeting": None}, False)]:
        asked = workspace(task("a", **first), task("b", **second), settings={"rules": rules})
        found = asked.explain("a", "b").decision.because == Because.DECLARED_OVERLAP
        assert found == (apart and decides)


def test_a_path_that_only_a_third_task_creates_keeps_no_other_two_apart():
    zones = [task("a", modifies=["src/auth/*.py"]), task("b", modifies=["src/*/token.py"])]
    third = task("c", modifies=["src/auth/token.py"])
    without = workspace(*zones).explain("a", "b")
    assert workspace(*zones, third).explain("a", "b") == without


@pytest.mark.parametrize(
    ("meeting", "rule"), [(0.5, "likely meeting"), (0.6, "low risk"), (None, "low risk")]
)
def test_a_likely_meeting_in_one_item_is_enough(meeting, rule):
    many = " ".join(f"src/f{number}.py" for number in range(9))
    tasks = [task("a", f"Change {TAX} {many}"), task("b", f"Round totals. Fix {TAX}")]
    files = [TAX, *many.split()]
    asked = workspace(*tasks, files=files, settings={"rules": {"meeting": meeting}})
    assert asked.explain("a", "b").decision.rule == rule


def test_a_resource_that_both_write_is_a_meeting():
    tasks = [task("a", "Fix README.md; listen on port 8080"), task("b", f"Port 8080. Fix {TAX}")]
    assert workspace(*tasks).explain("a", "b").decision.rule == "likely meeting"


def test_gaps_of_the_repository_and_of_the_files_are_noted(shop):
    assert all(isinstance(notice, str) for notice in shop.plan().notices)
    assert (shop.plan().repository, shop.plan().commit) == ("shop", "0" * 40)


def test_a_pattern_that_cannot_be_matched_is_refused_with_its_task():
    asked = workspace(task("a", modifies=["src/{a,b/*.py"], place="tasks.yaml:3"))
    with pytest.raises(PatternError, match=r"^tasks\.yaml:3: task a: pattern 'src/\{a,b"):
        asked.plan()


def test_settings_of_locks_and_workers_are_honoured():
    tasks = [task(id, modifies=[f"docs/{id}.md"], labels=["host"]) for id in "abc"]
    assert workspace(*tasks).plan().waves == (("a", "b", "c"),)
    limited = workspace(*tasks, settings={"plan": {"workers": 2}}).plan()
    assert limited.waves == (("a", "b"), ("c",))
    locked = workspace(*tasks, settings={"locks": [{"name": "host", "labels": ["host"]}]}).plan()
    assert [len(wave) for wave in locked.waves] == [1, 1, 1]
    assert locked.pairs_by_reason == {"lock host": 3}


# Scores.


def rows(asked, *arguments, **fields):
    return [
        row for table in scored_tables(asked, *arguments, **fields) for row in table.to_pylist()
    ]


def test_scores_of_all_pairs_come_in_key_order_with_their_direction(shop):
    found = rows(shop)
    keys = [(row["task_a"], row["task_b"]) for row in found]
    assert keys == [("a", "b"), ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "d")]
    directions = {key: row["direction"] for key, row in zip(keys, found, strict=True)}
    assert directions.pop(("a", "c")) == Direction.A_FIRST
    assert set(directions.values()) == {None}
    assert all(row["p_conflict"] is None for row in found)
    assert found[0]["kind"] == "textual"


def test_chosen_pairs_alone_are_scored(shop):
    assert [(row["task_a"], row["task_b"]) for row in rows(shop, [("d", "a"), ("a", "d")])] == [
        ("a", "d")
    ]
    assert rows(shop, []) == []


def test_low_risks_may_be_left_out_but_never_unscored_pairs(shop):
    found = rows(shop, min_p=0.3)
    assert [(row["task_a"], row["task_b"]) for row in found if row["score"] is not None] == [
        ("a", "b")
    ]
    assert sum(row["score"] is None for row in found) == 3


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_that_is_none_is_refused(shop, share):
    with pytest.raises(SettingsError, match=r"--min-p: must be in \[0, 1\]"):
        rows(shop, min_p=share)


def test_a_snapshot_of_nothing_can_be_planned_for():
    asked = workspace(task("a", "Create a.py"), task("b", "Create b.py"), files=[])
    assert asked.plan().waves == (("a", "b"),)
    assert len(snapshot_of([]).paths) == 0


def test_a_task_asked_for_twice_is_answered_once(shop):
    assert list(shop.touched(["a", "b", "a"])) == list(shop.touched(["a", "b"]))


def test_owners_and_packages_of_the_repository_draw_the_contexts_of_tasks():
    files = {
        "CODEOWNERS": "/shop/ @sellers\n",
        "shop/cart.py": "",
        "mail/pyproject.toml": "",
        "mail/send.py": "",
        "jobs/day.py": "",
        "jobs/night.py": "",
        "jobs/week.py": "",
    }
    tasks = [task(each, modifies=[f"{each}/*.py"]) for each in ("jobs", "mail", "shop")]
    facts = workspace(*tasks, files=files).facts
    assert [facts.task_contexts(row) for row in range(3)] == [("jobs",), ("mail",), ("@sellers",)]


def test_contexts_follow_imports_where_the_settings_say_so(tmp_path):
    history = History(tmp_path / "shop.git")
    files = {f"{part}/{number}.py": "" for part in ("a", "b", "c", "d") for number in range(2)}
    files |= {"a/0.py": "from b import *\n", "b/__init__.py": "", "c/0.py": "import d\n"}
    files |= {"d/__init__.py": ""}
    history.commit("Begin", files)
    snapshot = RepoSnapshot.at(history.place)
    plain = contexts_of(snapshot, Settings())
    joined = contexts_of(snapshot, Settings(rules=RuleSettings(contexts_by_imports=True)))
    assert [plain.of(f"{part}/0.py") for part in "abcd"] == ["a", "b", "c", "d"]
    assert joined.of("a/0.py") == joined.of("b/0.py") != joined.of("c/0.py") == joined.of("d/0.py")
