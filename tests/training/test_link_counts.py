"""Learning links: what several repositories agree on."""

from __future__ import annotations

import numpy as np

from taskpar_ml.footprints.terms import term_counts
from taskpar_ml.training.link_counts import LinkCounts, links_of
from tests.support.landings import landing


def term(word: str) -> int:
    (found,) = term_counts(word)
    return found


def repository(name: str, *, rounds: int = 12) -> LinkCounts:
    """Return counts in which typos are in documents, and crashes in code of that repository."""
    tasks = []
    for number in range(rounds):
        tasks.append(landing("Fix a typo", "docs/guide.md", number=2 * number + 1))
        tasks.append(landing(f"Crash of {name}", f"{name}/core.py", number=2 * number + 2))
    return LinkCounts.of(tasks)


def lift(links, word: str, name: str) -> float | None:
    terms, names = links.terms.tolist(), links.path_terms.tolist()
    if term(word) not in terms or term(name) not in names:
        return None
    return float(links.lifts[terms.index(term(word)), names.index(term(name))])


LINKS = links_of([repository(name) for name in ("kernel", "shop", "parser")])


def test_what_goes_together_in_every_repository_is_linked():
    assert lift(LINKS, "typo", "docs") > 0.5
    assert lift(LINKS, "crash", "core") > 0.5


def test_what_never_meets_has_no_link():
    assert lift(LINKS, "typo", "core") == 0, "too few repositories have seen both together"


def test_what_is_peculiar_to_one_repository_does_not_count():
    assert lift(LINKS, "kernel", "core") is None
    assert lift(LINKS, "crash", "kernel") is None


def test_one_repository_alone_agrees_with_nobody():
    links = links_of([repository("kernel")])
    assert links.lifts.size == 0
    assert links_of([]).lifts.shape == (0, 0)


def test_a_large_repository_has_one_voice():
    """Two small repositories in which typos are in code outvote a large one."""
    large = LinkCounts.of(
        [landing("typo", "docs/a.md", number=number) for number in range(1, 400)]
        + [landing("crash", "core/a.py", number=number) for number in range(400, 800)]
    )
    small = [
        LinkCounts.of(
            [landing("typo", "core/a.py", number=number) for number in range(1, 8)]
            + [landing("crash", "docs/a.md", number=number) for number in range(8, 16)]
        )
        for _ in range(3)
    ]
    links = links_of([large, *small])
    assert lift(links, "typo", "core") > 0
    assert lift(links, "crash", "docs") > 0


def test_automation_changelogs_and_broad_tasks_are_not_counted():
    broad = [f"docs/{number}.md" for number in range(30)]
    tasks = [landing("typo", *broad, "CHANGES.md", number=number) for number in range(1, 9)]
    tasks += [landing("typo", "CHANGES.md", number=number) for number in range(9, 19)]
    assert len(LinkCounts.of(tasks).terms) == 0


def test_words_of_too_few_tasks_are_not_counted():
    tasks = [landing("typo", "docs/a.md", number=number) for number in (1, 2)]
    assert len(LinkCounts.of(tasks).terms) == 0


def test_learning_twice_gives_the_same_links():
    again = links_of([repository(name) for name in ("kernel", "shop", "parser")])
    assert np.array_equal(again.lifts, LINKS.lifts)
    assert np.array_equal(again.terms, LINKS.terms)
