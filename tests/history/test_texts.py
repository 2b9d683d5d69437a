"""Titles and bodies of historical tasks: what their authors wrote, and nothing else."""

from __future__ import annotations

import time

import pytest

from taskpar_ml.history.texts import MAX_BODY, MAX_TITLE, cleaned_title, title_and_body


def body(rest: str, *own: str, title: str = "Retry") -> str:
    return title_and_body(title, rest, own)[1]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Retry uploads (#7)", "Retry uploads"),
        ("Retry uploads (#3) (#7)", "Retry uploads"),
        ("Retry uploads (shop/shop#7)", "Retry uploads"),
        ("Retry uploads (!45)", "Retry uploads"),
        ("Retry (all) uploads", "Retry (all) uploads"),
        ("Retry (#7) uploads", "Retry (#7) uploads"),
        ("  Retry \t uploads ", "Retry uploads"),
        ("(#7)", ""),
        ("x" * 999, "x" * MAX_TITLE),
    ],
)
def test_a_title_is_one_line_without_review_numbers(line, expected):
    assert cleaned_title(line) == expected


def test_the_body_is_the_rest_and_the_messages_of_own_commits_oldest_first():
    newest, oldest = "Try thrice\n\nTwice was not enough.\n", "Try twice\n"
    assert title_and_body("Retry uploads (#7)", "\nThey fail.\n", [newest, oldest]) == (
        "Retry uploads",
        "They fail.\n\nTry twice\n\nTry thrice\n\nTwice was not enough.",
    )


def test_without_a_title_the_newest_own_commit_gives_it():
    assert title_and_body(None, "", ["Try thrice (#8)\n\nReally.", "Try twice"]) == (
        "Try thrice",
        "Really.\n\nTry twice",
    )
    assert title_and_body(None, "", []) == ("", "")


def test_a_title_that_was_broken_off_is_mended():
    title, rest = "Retry all that fails beca… (#7)", "\n…use of the line (#6)\n\nYes."
    assert title_and_body(title, rest, []) == ("Retry all that fails because of the line", "Yes.")
    assert title_and_body("Retry uploads tha...", "...t fail", []) == (
        "Retry uploads that fail",
        "",
    )
    assert title_and_body("Retry...", "and more", []) == ("Retry...", "and more")


def test_words_that_were_said_before_are_not_repeated():
    assert body("", "Retry\n", title="Retry") == "Retry"  # too short to be a repetition
    assert body("", "Retry uploads (#7)", title="Retry uploads") == ""
    assert body("* Try it twice\n* Fix it", "Try it twice", "Fix it") == (
        "* Try it twice\n* Fix it\n\nFix it"
    )


@pytest.mark.parametrize(
    "line",
    [
        "Signed-off-by: Ada <ada@example.org>",
        "Co-authored-by: Bob <bob@example.org>",
        "co-authored-by: bob <bob@example.org>",
        "* Co-authored-by: Bob <bob@example.org>",
        "Change-Id: I0123456789",
        "Reviewed-by: Eve",
        "Reviewed-on: https://review.example.org/7",
        "git-svn-id: https://svn.example.org/trunk@7 0-0",
        "Closes-Bug: #1234",
        "(cherry picked from commit 0123456)",
        "See merge request shop/shop!45",
        "Merge pull request #7 from ada/retry",
        "* Merge branch 'main' into retry",
        "Merge remote-tracking branch 'origin/main'",
        "- [ ] I wrote tests",
        "* [x] I read the guide",
        "---------",
        "<!-- say what you did -->",
        "<!-- over\nseveral\n\nlines -->",
        "Conflicts:\n\tsrc/a.py\n\tsrc/b.py",
        "# Conflicts:\n#\tsrc/a.py",
    ],
)
def test_what_machines_and_templates_add_is_left_out(line):
    assert body(f"First.\n{line}") == "First."
    assert body(f"First.\n{line}\nLast.").split() == ["First.", "Last."]


def test_headings_that_nothing_follows_are_left_out():
    assert body("First.\n## Checklist\n- [ ] I wrote tests") == "First."
    assert body("# What\n\n# Why\n\nBecause.\n\n### Else\n# More") == "# Why\n\nBecause."
    assert body("# All\n## Why\nBecause.") == "# All\n## Why\nBecause."


@pytest.mark.parametrize(
    "text",
    [
        "Closes #12",
        "* Try twice\n* Try thrice",
        "Author of the page: shown below the title",
        "Merge both lists",
        "# How\n\nWith a loop.",
        "a <!-- never closed",
        "if a:\n    b",
        "x = [\n]\ny = [\n]",
        "We conflict:\n\twith ourselves",
    ],
)
def test_what_an_author_wrote_stays(text):
    assert body(text) == text


def test_empty_lines_are_not_doubled():
    assert body("\n\nOne.\n\n\n\nTwo.\n\n") == "One.\n\nTwo."
    assert body("One.\r\n\r\nTwo.\r\n") == "One.\n\nTwo."


def test_a_body_is_bounded():
    assert len(body("word and more\n" * 10_000)) <= MAX_BODY
    many = [f"commit number {number} " + "x" * 300 for number in range(200)]
    text = body("", *many)
    assert MAX_BODY - 400 < len(text) <= MAX_BODY
    assert "number 199 " in text  # the oldest
    assert "number 0 " not in text


@pytest.mark.parametrize(
    "text",
    [
        "<!--" * 25_000,
        "<!-- -->" * 12_000,
        "-" * 100_000 + "x",
        " " * 100_000 + "x",
        "(" * 100_000,
        "(#1)" * 25_000 + "x",
        "#" * 100_000,
        "# x\n" * 25_000,
        "\n" * 100_000,
        "Signed-off-by" * 8_000,
        "conflicts:\n" * 9_000,
        "a\n" * 50_000,
        "…" * 100_000,
    ],
    ids=lambda text: repr(text[:9]),
)
def test_hostile_texts_take_no_time(text):
    begun = time.process_time()
    title_and_body(text, text, [text] * 3)
    title_and_body(None, text, [text] * 3)
    assert time.process_time() - begun < 0.5
