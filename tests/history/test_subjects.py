"""Shape, review and title as a landing's message gives them."""

from __future__ import annotations

import time

import pytest

from taskpar_ml.domain.landing import LandingShape
from taskpar_ml.history.subjects import read_subject

GITHUB = LandingShape.GITHUB_MERGE
GITLAB = LandingShape.GITLAB_MERGE
GERRIT = LandingShape.GERRIT_MERGE
PLAIN = LandingShape.PLAIN_MERGE
CHANGE_ID = f"I{'0a' * 20}"


@pytest.mark.parametrize(
    ("message", "shape", "reference", "title"),
    [
        ("Merge pull request #7 from a/b\n\nRetry it\n\nTwice.", GITHUB, "#7", "Retry it"),
        ("Merge pull request #7 from ada/retry\n", GITHUB, "#7", None),
        ("[docs] Merge pull request #7 from ada/x\n\nRetry", GITHUB, "#7", "Retry"),
        ("Merge PR #7\n\nRetry uploads", GITHUB, "#7", "Retry uploads"),
        ("Merge PR #7 from ada/retry: more\n\nRetry", GITHUB, "#7", "Retry"),
        ("Auto merge of #7 - ada:retry, r=bob\n\nRetry uploads", GITHUB, "#7", "Retry uploads"),
        ("Merge #7\n\n7: Retry uploads r=bob a=ada\n\nTwice.", GITHUB, "#7", "Retry uploads"),
        ("Merge #7 #8\n\n7: Retry r=bob a=ada\n\n8: More r=bob a=eve", GITHUB, "#7", "Retry"),
        ("Merge shop/shop#7: Retry uploads\n\nTwice.", GITHUB, "#7", "Retry uploads"),
        ("Retry uploads (#7)\n\nTwice.", GITHUB, "#7", "Retry uploads (#7)"),
        ("Merge branch 'retry' (#7)\n\nRetry uploads", GITHUB, "#7", "Retry uploads"),
        (
            "Merge branch 'retry' into 'main'\n\nRetry uploads\n\nSee merge request shop/shop!45",
            GITLAB, "!45", "Retry uploads",
        ),
        ("Merge branch 'retry' into 'main'\n\nSee merge request !45", GITLAB, "!45", None),
        ('Merge "Retry uploads"', GERRIT, CHANGE_ID, None),
        ('Merge "Retry uploads" into stable', GERRIT, CHANGE_ID, None),
        ("Merge changes from topic 'retry'\n\n* changes:\n  One", GERRIT, CHANGE_ID, None),
        ("Merge changes I0a0a0a0a,I0b0b0b0b into main", GERRIT, CHANGE_ID, None),
        ("Merge branch 'retry'", PLAIN, None, None),
        ("Merge branches 'retry' and 'more'", PLAIN, None, None),
        ("Merge remote-tracking branch 'ada/retry' into main", PLAIN, None, None),
        ("chore: Merge branch 'retry'", PLAIN, None, None),
        ("Merge branch 'retry'\n\n* retry:\n  Retry uploads", PLAIN, None, None),
        ("Merge branch 'retry'\n\nConflicts:\n\ta.py", PLAIN, None, None),
        ("Merge branch 'retry'\n\n# Conflicts:\n#\ta.py", PLAIN, None, None),
        ("Merge branch 'retry'\n\nSigned-off-by: Ada <a@example.org>", PLAIN, None, None),
        ("Merge branch 'retry'\n\nRetry uploads", PLAIN, None, "Retry uploads"),
        ("Merge commit from fork\n\nRefuse paths", PLAIN, None, "Refuse paths"),
        ("Merged in ada/retry (pull request #7)\n\nRetry", PLAIN, "#7", "Retry"),
        ("Merge the two ways to retry", PLAIN, None, "Merge the two ways to retry"),
        ("Retry uploads", PLAIN, None, "Retry uploads"),
        ("", PLAIN, None, None),
    ],
)  # fmt: skip
def test_a_merge_says_how_it_came_in(message, shape, reference, title):
    subject = read_subject(message, merge=True, tip=f"Retry\n\nChange-Id: {CHANGE_ID}\n")
    assert (subject.shape, subject.reference, subject.title) == (shape, reference, title)


@pytest.mark.parametrize(
    ("message", "shape", "reference", "title"),
    [
        ("Retry uploads (#7)", LandingShape.SQUASH, "#7", "Retry uploads (#7)"),
        ("Retry uploads (#3) (#7)  \n", LandingShape.SQUASH, "#7", "Retry uploads (#3) (#7)"),
        ("Retry\n\nSee merge request shop/shop!45", LandingShape.SQUASH, "!45", "Retry"),
        (f"Retry\n\nChange-Id: {CHANGE_ID}", LandingShape.SQUASH, CHANGE_ID, "Retry"),
        ("Merge pull request #7 from ada/x\n\nRetry", LandingShape.SQUASH, "#7", "Retry"),
        ("Retry uploads, fixes #7", LandingShape.DIRECT, None, "Retry uploads, fixes #7"),
        ("(#7) Retry uploads", LandingShape.DIRECT, None, "(#7) Retry uploads"),
        ("Merge #7", LandingShape.DIRECT, None, "Merge #7"),
        ("\n\n  Retry  \nmore", LandingShape.DIRECT, None, "Retry"),
        ("", LandingShape.DIRECT, None, None),
    ],
)
def test_a_single_commit_is_a_squashed_review_or_a_push(message, shape, reference, title):
    subject = read_subject(message, merge=False)
    assert (subject.shape, subject.reference, subject.title) == (shape, reference, title)


def test_what_follows_the_title_is_the_rest():
    merged = read_subject("Merge pull request #7 from a/b\n\nRetry\n\nTwice.\n", merge=True)
    assert merged.rest == "\nTwice.\n"
    assert read_subject("Retry (#7)\n\nTwice.", merge=False).rest == "\nTwice."


@pytest.mark.parametrize(
    "message",
    [
        "Merge pull request #" + "1" * 100_000,
        "Merge " + "#1 " * 50_000,
        "(#1" * 50_000,
        "See merge request " * 10_000 + "!",
        "x\n" + "See merge request " + "!" * 100_000,
        "x\n" + "Change-Id: I" + "0" * 100_000,
        "x\n" + "Change-Id: \n" * 10_000,
        "[" * 100_000 + "Merge",
        " \n" * 50_000,
        "Merge branch '\n* " + "a:" * 50_000,
    ],
    ids=lambda message: message[:24],
)
@pytest.mark.parametrize("merge", [True, False])
def test_hostile_messages_take_no_time(message, merge):
    begun = time.process_time()
    read_subject(message, merge=merge)
    assert time.process_time() - begun < 0.5
