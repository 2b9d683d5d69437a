"""What every detector of items must keep, whatever is in the files."""

from __future__ import annotations

import pickle
import random
import time

import pytest

from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.history.items.shipped import ITEM_DETECTORS
from taskpar_ml.history.replay.items import ItemFinder
from taskpar_ml.history.replay.read_task import ContentFacts
from taskpar_ml.repo.objects import ObjectReader
from tests.detectors.samples import SAMPLES
from tests.support.items import Tasks

STEP = "revision = '{}'\ndown_revision = '{}'\n"
BASE = {
    "versions/a.py": STEP.format("aaa", "000"),
    "shop/tax.py": "def rate_of_country(a):\n    pass\n",
    "shop/cart.py": "",
    "requirements.txt": "flask==1.0\n",
}
EARLIER = {
    "versions/b.py": STEP.format("bbb", "aaa"),
    "shop/cart.py": "from shop.tax import rate_of_country\nrate_of_country(1)\n",
    "requirements.txt": "flask==2.0\n",
}
LATER = {
    "versions/c.py": STEP.format("ccc", "bbb"),
    "shop/tax.py": "def rate_of_land(b, c):\n    pass\n",
    "requirements.txt": "flask==3.0\n",
}


def hostile() -> dict[str, bytes]:
    """Return the samples of detectors cut, broken, nested and mixed up, by path."""
    chance = random.Random(3)
    contents = list(SAMPLES.values())
    found = {}
    for path in SAMPLES:
        content = chance.choice(contents) + b"(" * 2_000 + SAMPLES[path]
        found[path] = bytes(each for each in content if chance.random() < 0.98)
        found[f"more/{path}"] = SAMPLES[path][chance.randrange(len(SAMPLES[path])) :]
        found[f"odd/{path}"] = bytes(range(256)) + SAMPLES[path]
    return found


@pytest.mark.parametrize("detector", ITEM_DETECTORS, ids=lambda each: each.name)
class TestEveryDetector:
    def test_it_finds_its_kind_and_signs_it(self, tasks: Tasks, detector) -> None:
        found = tasks.findings(BASE, EARLIER, LATER, detectors=[detector])
        assert found
        assert {each.detector for each in found} == {detector.name}
        assert {each.kind for each in found} == {ConflictKind(detector.name.partition("-")[0])}

    def test_it_says_the_same_after_a_journey(self, tasks: Tasks, detector) -> None:
        again = pickle.loads(pickle.dumps(detector))
        assert again.name == detector.name
        found = tasks.findings(BASE, EARLIER, LATER, detectors=[detector])
        assert tasks.findings(BASE, EARLIER, LATER, detectors=[again]) == found

    def test_it_takes_any_content_in_bounded_time(self, tasks: Tasks, detector) -> None:
        begun = time.process_time()
        first = tasks.read(hostile(), SAMPLES)
        second = tasks.read(SAMPLES, hostile())
        one, two = detector.summary(first), detector.summary(second)
        for earlier, later in ((one, two), (two, one), (one, one)):
            assert len(list(detector.find(earlier, later))) <= 40
        # Some seconds on the slowest machine; what hangs or squares takes minutes.
        assert time.process_time() - begun < 60

    def test_what_others_changed_in_between_does_not_matter(self, tasks: Tasks, detector) -> None:
        beside = {f"other/{at}.py": "def rate_of_country():\n    pass\n" for at in range(3)}
        found = tasks.findings(BASE, EARLIER, LATER, detectors=[detector])
        again = tasks.findings({**BASE, **beside}, EARLIER, LATER, detectors=[detector])
        assert again == found

    def test_a_task_that_changes_nothing_collides_with_none(self, tasks: Tasks, detector) -> None:
        assert tasks.findings(BASE, EARLIER, {}, detectors=[detector]) == []
        assert tasks.findings(BASE, {}, LATER, detectors=[detector]) == []


def test_two_that_add_a_step_collide_whoever_is_first(tasks):
    (detector, *_) = ITEM_DETECTORS
    steps = [{f"versions/{each[0]}.py": STEP.format(each, "aaa")} for each in ("bbb", "ccc")]
    one, two = (detector.summary(tasks.read(BASE, each)) for each in steps)
    found, turned = (list(detector.find(*each)) for each in ((one, two), (two, one)))
    assert [each.item for each in found] == ["next migration in versions: bbb and ccc"]
    assert [each.item for each in turned] == ["next migration in versions: ccc and bbb"]


def test_nothing_is_found_of_a_task_whose_content_is_missing(tasks):
    first, second = tasks.task(BASE, EARLIER), tasks.task({**BASE, **EARLIER}, LATER)

    class Lacking(ObjectReader):
        def blob(self, oid, *, limit=None):
            lost = first.forward.changes.files["shop/cart.py"].after.id
            return None if oid.raw == lost else super().blob(oid, limit=limit)

    lacking = Lacking(tasks.reader._repository, place="tasks")
    facts = ContentFacts(lacking, place="tasks", detectors=tasks.facts._detectors)
    assert list(ItemFinder(ITEM_DETECTORS).find(first, second, facts)) == []
    assert list(ItemFinder(ITEM_DETECTORS).find(first, second, tasks.facts)) != []
