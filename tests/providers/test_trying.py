"""Trying providers on a made past: what they learn from it, and what they must not see."""

from __future__ import annotations

import random
from ast import literal_eval
from dataclasses import replace

import pytest

from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.outcome import Ending, Outcome, RecordedOutcome
from taskpar_ml.errors import ProviderError
from taskpar_ml.footprints.predictor import FIXED_RULE, FootprintPredictor
from taskpar_ml.footprints.reliability import Reliability
from taskpar_ml.history.known_trials import trials_at
from taskpar_ml.history.landings import landings_until
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.providers.asking import Asking, Provider
from taskpar_ml.providers.landed import learn_from_outcomes
from taskpar_ml.providers.records import provider_records
from taskpar_ml.providers.trying import Done, past_batches, trials_of, try_on_past
from taskpar_ml.repo.git import open_repository
from taskpar_ml.training.candidate_rows import memory_before
from tests.support.grown_shop import MESSAGES, TOPICS, grow
from tests.support.landings import landing
from tests.support.provided import script
from tests.support.workspaces import task

ROUNDS = 16
HONEST = f"""
import json, sys
told = json.load(sys.stdin)
for topic, said in {MESSAGES!r}.items():
    if any(told["title"].startswith(each) for each in said):
        print("\\n".join({TOPICS!r}[topic][:2]))
"""
LIAR = "import os; print('docs/guide.md\\nREADME.md')"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return grow(tmp_path_factory.mktemp("grown") / "shop", rounds=ROUNDS)


@pytest.fixture(scope="module")
def landings(shop):
    return landings_until(shop.place).landings


@pytest.fixture
def history(tmp_path):
    with HistoryStore.open(str(tmp_path / "history.sqlite")) as store:
        yield store.history("shop", create=True)


def attempt(tmp_path, history, shop, landings, body=HONEST, *, name="planner", most=40, **how):
    command = tuple(script(tmp_path / "code", body, name=f"{name}.py"))
    asking = Asking(Provider(name, command, 20.0), history, **how)
    found = try_on_past(
        asking,
        landings,
        repo=shop.place,
        predictor=FootprintPredictor(),
        most=most,
        cache=NO_CACHE,
    )
    return asking, found


def test_the_newest_tasks_stand_in_whole_batches():
    made = [landing(f"t{number}", "a", number=number) for number in range(1, 101)]
    batches = list(past_batches(made, 30))
    assert [len(each.tasks) for each in batches] == [20, 10]
    assert [each.title for each in batches[1].tasks] == [f"t{number}" for number in range(71, 81)]
    assert batches[0].base == f"{80:040x}"
    assert len(batches[1].before) == 60
    assert list(past_batches(made[:39], 30)) == []
    long = [landing(f"t{number}", "a", number=number) for number in range(1, 500)]
    assert sum(len(each.tasks) for each in past_batches(long, 2_000)) == 280


def test_an_honest_provider_is_found_to_be_right(tmp_path, shop, landings, history):
    asking, found = attempt(tmp_path, history, shop, landings)
    assert (found, asking.asked, asking.answered) == (40, 40, 40)
    trials = list(history.trials())
    assert len(trials) == 40
    assert {each.model for each in trials} == {FIXED_RULE}
    by_id = {each.id: each for each in landings}
    for each in trials:
        changed = set(by_id[each.landing].paths)
        assert each.changed == len(changed) in (2, 3)
        assert len(each.named) == 2
        assert set(each.named) <= set(each.touched)
    known = Reliability.learned("planner", FIXED_RULE, trials)
    assert known.counts
    assert known.precision == 1
    assert known.recall == pytest.approx((1 + 2 / 3) / 2, abs=0.05)
    assert known.named > 0.5


def test_who_lies_is_not_believed(tmp_path, shop, landings, history):
    attempt(tmp_path, history, shop, landings, LIAR)
    known = Reliability.learned("planner", FIXED_RULE, list(history.trials()))
    assert known.counts
    assert (known.named, known.unnamed, known.right) == (0, 0, 0)
    (record,) = provider_records(history, open_repository(shop.place), shop.head, model=FIXED_RULE)
    assert record.recall_with == record.recall_without
    assert record.gain_with == record.gain_without


def test_it_sees_the_files_before_its_batch_and_neither_git_nor_ids(
    tmp_path, shop, landings, history
):
    seen = tmp_path / "seen"
    body = (
        "import os, sys\n"
        "names = {os.path.relpath(os.path.join(d, f)): open(os.path.join(d, f)).read()\n"
        "         for d, _, fs in os.walk('.') for f in fs}\n"
        "told = sys.stdin.read(), sorted(os.listdir('..')), names\n"
        f"open({str(seen)!r}, 'a').write(repr(told) + '\\n')\n"
        "print('README.md')\n"
    )
    attempt(tmp_path, history, shop, landings, body, most=25)
    bases = {each.base for each in past_batches(landings, 25)}
    states = [{path: text.decode() for path, text in shop.files[base].items()} for base in bases]
    told = [literal_eval(line) for line in seen.read_text().splitlines()]
    assert len(told) == 25
    ids = {commit[:7] for each in landings for commit in each.commits}
    for said, beside, names in told:
        assert names in states
        assert beside == ["checkout"]
        assert not any(each in said for each in ids)


def test_running_again_asks_nothing_and_another_ranker_learns_from_what_is_there(
    tmp_path, shop, landings, history
):
    attempt(tmp_path, history, shop, landings, most=20)
    before = list(history.trials())
    asking, _ = attempt(tmp_path, history, shop, landings, "raise SystemExit(1)", most=20)
    assert (asking.asked, asking.known) == (0, 20)
    assert list(history.trials()) == before

    class Ranker:
        name = "another"
        links = None
        encoder = None

        def p_touch(self, values):
            return (values[:, 0] * 0 + 0.2).astype(float)

    again = Asking(asking.provider, history)
    try_on_past(
        again,
        landings,
        repo=shop.place,
        predictor=FootprintPredictor(ranker=Ranker()),
        most=20,
        cache=NO_CACHE,
    )
    assert again.asked == 0
    assert {each.model for each in history.trials()} == {FIXED_RULE, "another"}
    assert len(list(history.trials())) == 40


def test_asking_again_brings_newer_answers_and_these_count(tmp_path, shop, landings, history):
    attempt(tmp_path, history, shop, landings, LIAR, most=20)
    attempt(tmp_path, history, shop, landings, HONEST, most=20, again=True)
    trials = list(history.trials())
    assert len(trials) == 20
    assert Reliability.learned("planner", FIXED_RULE, trials).precision == 1


def test_what_landed_later_teaches_nothing_before_it(tmp_path, shop, landings, history):
    git = open_repository(shop.place)
    _, batch = past_batches(landings, 40)
    middle = batch.tasks[-1].id

    def known(commit):
        with history.at_one_moment() as reader:
            return trials_at(reader, git, commit, place="shop")

    def record(commit):
        return provider_records(history, git, commit, model=FIXED_RULE)

    earlier = landings[: [each.id for each in landings].index(middle) + 1]
    attempt(tmp_path, history, shop, earlier, most=20)
    trials, records = known(middle), record(middle)
    assert len(trials) == 20
    attempt(tmp_path, history, shop, landings, most=40, body=LIAR)
    assert known(middle) == trials
    (old,), (new,) = records, record(middle)
    assert new.model_dump(exclude={"answers"}) == old.model_dump(exclude={"answers"})
    assert len(known(shop.head)) == 40
    assert len(known(batch.tasks[9].id)) == 10
    (beside,) = record(shop.head)
    assert beside.right < beside.files


def test_a_branch_beside_the_line_knows_nothing(tmp_path, shop, landings, history):
    attempt(tmp_path, history, shop, landings, most=20)
    git = open_repository(shop.place)
    aside = shop.branch(("Something else", {"x": "1"}), start=landings[-30].id)
    with history.at_one_moment() as reader:
        assert list(trials_at(reader, git, aside, place="shop")) == []


def test_trials_do_not_depend_on_what_else_is_tried(shop, landings, history, tmp_path):
    attempt(tmp_path, history, shop, landings, most=20)
    (batch,) = past_batches(landings, 20)
    memory = memory_before(shop.place, batch, cache=NO_CACHE)
    answers = {each.told.id: each for each in history.answers()}
    done = [
        Done(
            answers[f"past-{row:03}"].told.as_task(),
            answers[f"past-{row:03}"],
            each.id,
            frozenset(each.paths),
        )
        for row, each in enumerate(batch.tasks)
    ]
    together = {each.landing: each for each in trials_of(done, memory, FootprintPredictor())}
    assert set(together.values()) == set(history.trials())
    random.Random(1).shuffle(done)
    assert together == {
        each.landing: each for each in trials_of(done[:7], memory, FootprintPredictor())
    } | {each.landing: each for each in trials_of(done[7:], memory, FootprintPredictor())}
    assert list(trials_of(done[:1], replace(memory, workers=2), FootprintPredictor()))


def test_new_files_that_were_made_are_counted(shop, landings, history, tmp_path):
    (batch,) = past_batches(landings, 20)
    memory = memory_before(shop.place, batch, cache=NO_CACHE)
    attempt(tmp_path, history, shop, landings, most=20)
    told = next(iter(history.answers())).model_copy(update={"new": ("src/x.py", "src/y.py")})
    touched = frozenset({"src/x.py", "CHANGELOG.md", "README.md"})
    done = Done(task("a", "Anything"), told, "f" * 40, touched)
    (made,) = trials_of([done], memory, FootprintPredictor())
    assert (made.new, made.made, made.changed) == (2, 1, 1)


def outcome(**fields):
    from tests.support.provided import NOW

    told = {
        "task": "task-1",
        "base": "0" * 40,
        "started_at": NOW,
        "ended_at": NOW.replace(year=2100),
        "ending": Ending.MERGED,
        "reported_by": "runner",
        "touched": ("src/auth/login.py",),
    }
    made = Outcome.model_validate({**told, **fields})
    return RecordedOutcome(outcome=made, recorded_at=made.ended_at)


def asked_while_open(tmp_path, shop, landings, history):
    """Ask about a task at the commit before the last landing did it."""
    from taskpar_ml.repo.snapshot import RepoSnapshot

    snapshot = RepoSnapshot.at(shop.place, landings[-2].id)
    command = tuple(script(tmp_path / "code", "print('src/auth/login.py\\nREADME.md')"))
    asking = Asking(Provider("planner", command, 20.0), history)
    asking.ask([task("task-1", "Lock accounts")], snapshot)
    return asking


def learn(shop, history):
    return learn_from_outcomes(
        history, repo=shop.place, predictor=FootprintPredictor(), cache=NO_CACHE
    )


def test_recorded_outcomes_of_tasks_that_were_asked_about_teach(tmp_path, shop, landings, history):
    asked_while_open(tmp_path, shop, landings, history)
    assert learn(shop, history) == 0
    history.append_outcomes([outcome(landed_as=landings[-1].id)])
    assert learn(shop, history) == 1
    (trial,) = history.trials()
    assert (trial.landing, trial.changed, len(trial.named)) == (landings[-1].id, 1, 2)
    assert len(set(trial.named) & set(trial.touched)) == 1
    assert learn(shop, history) == 1
    assert list(history.trials()) == [trial]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"landed_as": "f" * 40},
        {"landed_as": None, "ending": Ending.FAILED},
        {"touched": ()},
        {"task": "another"},
        {"ended_at": "2001-01-01T00:00:00Z", "started_at": "2001-01-01T00:00:00Z"},
    ],
)
def test_outcomes_that_tell_too_little_or_were_known_before_teach_nothing(
    tmp_path, shop, landings, history, fields
):
    asked_while_open(tmp_path, shop, landings, history)
    where = {"landed_as": landings[-1].id} if fields and "landed_as" not in fields else {}
    history.append_outcomes([outcome(**{**where, **fields})])
    assert learn(shop, history) == 0
    assert list(history.trials()) == []


def test_an_answer_given_where_the_work_was_seen_teaches_nothing(tmp_path, shop, landings, history):
    asked_while_open(tmp_path, shop, landings, history)
    for known in (landings[-2].id, landings[-3].id):
        history.append_outcomes([outcome(landed_as=known, base=known)])
        assert learn(shop, history) == 0


def test_a_provider_that_fails_everywhere_is_given_up(tmp_path, shop, landings, history):
    asking, found = attempt(tmp_path, history, shop, landings, "raise SystemExit(2)")
    assert found == 40
    assert asking.has_given_up
    assert asking.asked == 5
    assert ProviderError.__name__ not in str(asking.failures)
