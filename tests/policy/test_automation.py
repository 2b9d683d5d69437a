"""Which landings are automation, and which only look like it."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from taskpar_ml.policy.automation import AutomationRules, LandingSigns, bare_title
from taskpar_ml.policy.automation_settings import AutomationRule, AutomationSettings

PERSON = LandingSigns(
    subject="",
    title="",
    message="",
    author="ada@example.org",
    author_name="Ada",
    paths=("src/a.py",),
    changed=1,
)


def rule(title: str = "Retry", *paths: str, **signs: object) -> str | None:
    """Return the rule that applies to a landing of this title and these files."""
    shown = {"subject": title, "title": title, **signs}
    if paths:
        shown |= {"paths": paths, "changed": len(paths)}
    return AutomationRules().name_of(replace(PERSON, **shown))


@pytest.mark.parametrize(
    "subject",
    [
        "Merge branch 'main'",
        "Merge branch 'main' of github.com:shop/shop",
        "Merge branch 'master' of https://git.example.org/shop into main",
        "Merge branch 'main' into retry",
        "Merge remote-tracking branch 'origin/main'",
        "Merge remote-tracking branch 'upstream/develop' into develop",
        "Merge branch '1.x'",
        "Merge branch '3.2' into main",
        "Merge branch 'release-2.4'",
        "Merge branch 'release/2.4' into 'main'",
        "Merge branch 'stable/xenon'",
        "Merge branch 'shop-1.4.x' into main",
        "Merge branch 'v2.0-rc.1'",
        "Merge branch 'dev-2.0' of github.com:shop/shop into dev-2.0",
        "Merge 'shop-1.4.2' into 'main' (#71)",
        "Merge tag 'v1.4'",
        "chore: Merge branch 'main' into minor",
        "Merge release-2.4 forward into main (#71)",
        "Merge back `release-2.4` (#71)",
        "Merge 2.4.1 and 2.5.0 into main",
        "[Do not squash] Merge release-2.4 back to master",
        "Merge 3.1",
        "merge main",
        "Backport release 2.4 into main",
        "Merge \"Merge tag '1.0'\"",
        "Merge pull request #71 from shop/release-2.4",
        "Merge pull request #71 from shop/stable/2.4",
        "Merge pull request #71 from shop/merge-2.4-into-main",
    ],
)
def test_merges_of_main_lines_and_stable_branches(subject):
    assert rule(subject) == "branch-merge"


@pytest.mark.parametrize(
    "subject",
    [
        "Merge branch 'retry'",
        "Merge branch 'ada/main'",
        "Merge branch 'v2-handlers' into v2",
        "Merge branch 'fix-2.0-crash'",
        "Merge branch 'fix-2.0'",
        "Merge branch 'support-python-3.13'",
        "Merge branch 'mainline-retry'",
        "Merge remote-tracking branch 'ada/retry'",
        "Merge pull request #71 from ada/main",
        "Merge pull request #71 from ada/release-notes-page",
        'Merge "Default to three tries"',
        'Merge "Stable sort of prices"',
        "Merge the next of both lists",
        "Merge float support into the parser",
        "Merge retry into upload",
    ],
)
def test_merges_of_work(subject):
    assert rule("Retry uploads", subject=subject) is None


@pytest.mark.parametrize(
    ("title", "paths"),
    [
        ("Bump numbers from 1.0 to 1.1", ("requirements/test.txt",)),
        ("build(deps): bump numbers from 1.0 to 1.1 in /web", ("web/package-lock.json",)),
        ("Update dependency numbers to v2", ("package.json", "yarn.lock")),
        ("chore(deps): update all non-major dependencies", ("pnpm-lock.yaml",)),
        ("Lock file maintenance", ("Cargo.lock",)),
        ("[pre-commit.ci] pre-commit autoupdate", (".pre-commit-config.yaml", "src/a.py")),
        ("Updated from global requirements", ("requirements.txt",)),
        ("go.mod: Numbers v1.4", ("go.mod", "go.sum")),
        ("chore: bump numbers", ("package.json", "pnpm-lock.yaml")),
        ("Upgrade to parser 3.0", ("shop.gemspec",)),
        ("Pin kernel to <= 5.1", ("setup.py",)),
        ("ci: bump actions/checkout from 5 to 6", (".github/workflows/ci.yml",)),
        ("deps: numbers@1.4", ("package.json", "History.md")),
        ("ci: bump freebsd image version", (".cirrus.yml",)),
        ("Update vendored numbers", ("go.mod", "vendor/numbers/a.go")),
    ],
)
def test_raised_versions_of_dependencies(title, paths):
    assert rule(title, *paths) == "dependencies"


@pytest.mark.parametrize(
    ("title", "paths"),
    [
        ("Bump numbers to 2.0 and use its new parser", ("go.mod", "src/a.go")),
        ("Update CI to run on every push", (".github/workflows/ci.yml",)),
        ("Add the numbers package", ("package.json", "yarn.lock")),
        ("Keep numbers below 2.0", ("requirements/default.txt",)),
        ("Update the keywords", ("package.json",)),
        ("deps: use letters in place of numbers", ("package.json", "src/a.js")),
        ("Bump the speed of the parser from 1.0 to 1.5", ("src/a.py",)),
        ("Update prices from 2024", ("src/prices.py",)),
    ],
)
def test_work_on_dependencies(title, paths):
    assert rule(title, *paths) is None


@pytest.mark.parametrize(
    ("title", "paths"),
    [
        ("v1.4.0", ("package.json",)),
        ("release: v1.4.0", ("CHANGELOG.md", "package.json", "core/package.json")),
        ("Release 1.4", ("src/shop/__init__.py",)),
        ("Releasing version 1.4.0rc1", ("setup.py",)),
        ("Cut 1.4", ("README.md", "lib/version.rb")),
        ("Bump version to 1.4", ("src/shop/__init__.py",)),
        ("Bump version 1.4.0", (".bumpversion.cfg", "README.rst")),
        ("Bump version: 1.3 → 1.4", (".bumpversion.cfg", "src/shop/__init__.py")),
        ("[dev] Bumps version to 1.4.0rc2", ("README.rst", "src/shop/__init__.py")),
        ("Bump to 1.5.dev0", ("src/shop/__init__.py", "CHANGES.txt")),
        ("chore: prepare Shop v1.4.0", ("shop/CHANGELOG.md", "shop/Cargo.toml")),
        ("Prepare for the next release", ("setup.cfg",)),
        ("Prepare for (pre) release: v1.4.0b1", ("Changelog.rst", "README.rst")),
        ("Back to development", ("CHANGES.rst", "src/shop/__init__.py")),
        ("[maven-release-plugin] prepare release shop-1.4", ("pom.xml",)),
        ("Reset the docs version", ("docs/antora.yml",)),
        ("Bump subcrate versions", ("core/Cargo.toml", "core/CHANGELOG.md")),
        ("Bump shop-core to 0.2", ("core/Cargo.toml", "core/CHANGELOG.md")),
        # Whatever the title: only changelogs and versions.
        ("Fix a typo", ("CHANGELOG.md",)),
        ("Say why", ("docs/changelog/71.bugfix.rst", "HISTORY.rst")),
        ("Next", ("VERSION",)),
        ("Say more", ("relnotes/v1.4.0.md",)),
        ("Describe it", ("releasenotes/notes/retry-0a1b.yaml",)),
    ],
)
def test_releases(title, paths):
    assert rule(title, *paths) == "release"


@pytest.mark.parametrize(
    ("title", "paths"),
    [
        ("Release 1.4", ("src/a.py",)),
        ("Release the lock before the upload", ("src/a.py", "README.md")),
        ("Release notes on one page", ("src/a.py", "README.md")),
        ("Prepare the upload of v2 files", ("src/a.py", "README.md")),
        ("Cut prices in half", ("src/a.py", "README.md")),
        ("Update the version check", ("src/a.py", "package.json")),
        ("Show the history", ("src/history.py",)),
        ("Add changes", ("src/changes/apply.py",)),
        ("Extend the checklist", ("docs/release-checklist.rst",)),
    ],
)
def test_work_that_speaks_of_releases(title, paths):
    assert rule(title, *paths) is None


@pytest.mark.parametrize(
    ("title", "signs", "expected"),
    [
        ("[Backport 2.x] Retry uploads", {}, "backport"),
        ("[PR #71/0a1b2c3 backport][3.11] Retry uploads", {}, "backport"),
        ("Backport #71 to 2.x", {}, "backport"),
        ("Backport of the fix", {}, "backport"),
        ("Cherry-pick 0a1b2c3d", {}, "backport"),
        ("Retry uploads (backport #71)", {}, "backport"),
        ("Retry", {"message": "Retry\n\n(cherry picked from commit 0a1b2c)"}, "backport"),
        ("Drop the backport of dataclasses", {}, None),
        ("Run the backport action on merge", {}, None),
        ("Imported Translations from Elsewhere", {}, "translations"),
        ("Translated using Weblate (Danish)", {}, "translations"),
        ("Update translations", {}, "translations"),
        ("Mark texts for translation", {}, None),
        ("Ajout de textes", {"paths": ("locale/fr/shop.po", "locale/shop.pot")}, "translations"),
        ("Retry", {"author_name": "Hosted Weblate"}, "translations"),
        ("Update plugin list", {}, "generated"),
        ("[automated] Update contributors", {}, "generated"),
        ("Update copyright year to 2030", {}, "generated"),
        ("Add Ada", {"paths": ("AUTHORS",)}, "generated"),
        ("Update the plugin guide", {}, None),
        ("Retry", {"author_name": "renovate[bot]"}, "dependencies"),
        ("Retry", {"author_name": "some-service[bot]"}, "bot"),
        ("Retry", {"author_name": "Copilot"}, None),
        ("Retry", {"author_name": "copilot-swe-agent[bot]"}, None),
        ("Retry", {"author_name": "Abbot"}, None),
        ("Retry", {"paths": (*(f"third_party/{n}.c" for n in range(9)), "a.c")}, "vendored"),
        ("Retry", {"paths": (*(f"vendor/{n}.c" for n in range(8)), "a.c", "b.c")}, None),
        ("Retry", {"paths": (), "changed": 0}, "no-change"),
        ("Retry", {"changed": 60}, None),
        ("Retry", {"changed": 61}, "large-change"),
    ],
)
def test_other_automation(title, signs, expected):
    assert rule(title, **signs) == expected


def test_every_rule_has_an_example_above_and_can_be_switched_off():
    examples = {
        AutomationRule.CONFIGURED: replace(PERSON, title="Nightly sync"),
        AutomationRule.BRANCH_MERGE: replace(PERSON, subject="Merge branch 'main'"),
        AutomationRule.BACKPORT: replace(PERSON, title="[Backport 2.x] Retry"),
        AutomationRule.TRANSLATIONS: replace(PERSON, author_name="Weblate"),
        AutomationRule.DEPENDENCIES: replace(PERSON, author_name="dependabot[bot]"),
        AutomationRule.RELEASE: replace(PERSON, paths=("CHANGELOG.md",)),
        AutomationRule.GENERATED: replace(PERSON, paths=("AUTHORS",)),
        AutomationRule.BOT: replace(PERSON, author_name="lint[bot]"),
        AutomationRule.VENDORED: replace(PERSON, paths=("vendor/a.c",)),
        AutomationRule.NO_CHANGE: replace(PERSON, paths=(), changed=0),
        AutomationRule.LARGE: replace(PERSON, changed=1_000),
    }
    assert set(examples) == set(AutomationRule)
    for name, landing in examples.items():
        on = AutomationSettings(titles=("Nightly*",))
        assert AutomationRules(on).name_of(landing) == name.value
        off = AutomationSettings(titles=("Nightly*",), rules={name: False})
        assert AutomationRules(off).name_of(landing) != name.value


@pytest.mark.parametrize(
    ("settings", "signs", "applies"),
    [
        ({"authors": ["ci@example.org"]}, {"author": "ci@example.org"}, True),
        ({"authors": ["CI@*"]}, {"author": "ci@example.org"}, True),
        ({"authors": ["* Robot"]}, {"author_name": "The Robot"}, True),
        ({"authors": ["Robot"]}, {"author_name": "The Robot"}, False),
        ({"authors": ["[ab]*"]}, {"author_name": "a"}, False),
        ({"authors": ["a*a"]}, {"author_name": "a"}, False),
        ({"titles": ["nightly *sync*"]}, {"title": "Nightly (full) sync of prices"}, True),
        ({"titles": ["Nightly"]}, {"subject": "Nightly"}, True),
        ({"titles": ["*"]}, {"title": ""}, True),
    ],
)
def test_what_the_settings_name(settings, signs, applies):
    rules = AutomationRules(AutomationSettings(**settings))
    assert (rules.name_of(replace(PERSON, **signs)) == "configured") is applies


def test_the_size_of_a_task_can_be_set():
    rules = AutomationRules(AutomationSettings(large=3))
    assert rules.is_large(4)
    assert not rules.is_large(3)
    off = AutomationSettings(large=3, rules={AutomationRule.LARGE: False})
    assert not AutomationRules(off).is_large(4)


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("fix(parser): read it", "read it"),
        ("[CI] docs: read it", "read it"),
        ("chore!: read it", "read it"),
        ("📦 read it", "read it"),
        ("read it: now", "read it: now"),
        ("std::vector", "std::vector"),
        ("fix:", "fix:"),
        ("", ""),
    ],
)
def test_what_precedes_a_title_is_taken_off(title, bare):
    assert bare_title(title) == bare


HOSTILE = [
    "a" * 1_000,
    "a-" * 500,
    "[" * 1_000,
    "[a]" * 300,
    "(a)" * 300,
    "Merge branch '" + "1." * 490,
    "Merge branch '" + "a-" * 490,
    "Merge pull request #1 from " + "a/" * 480,
    "release " + "a " * 490,
    "prepare " + "1.0 " * 240,
    "bump " + "the " * 240,
    "merge " + "1.0 to " * 140,
    "backport " * 110,
    "update " + "all non-major " * 70,
    " " * 1_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:20])
def test_hostile_landings_take_no_time(text):
    long = text * 4
    names = [long, long.replace(" ", "/"), "/" * 4_000, "a/" * 2_000, "requirements/" * 300]
    landing = LandingSigns(text, text, text * 8, long, long, tuple(names * 40), 200)
    begun = time.process_time()
    AutomationRules(
        AutomationSettings(titles=("*a" * 40 + "b",), authors=("*a" * 40 + "b",))
    ).name_of(landing)
    assert time.process_time() - begun < 0.5
