"""Settings: where they come from, and what is refused with which words."""

from __future__ import annotations

import re
import tomllib

import pytest

from taskpar_ml.errors import SettingsError
from taskpar_ml.policy.automation_settings import AutomationRule, AutomationSettings
from taskpar_ml.policy.settings import (
    SETTINGS_FILE,
    PlanSettings,
    RuleSettings,
    SafeRule,
    Scope,
    Settings,
    find_settings,
    load_settings,
)
from taskpar_ml.policy.settings_template import SETTINGS_TEMPLATE
from taskpar_ml.policy.shipped_signs import DEFAULT_SIGNS
from taskpar_ml.policy.signs import Category


@pytest.fixture
def written(tmp_path):
    """Write a settings file and return the directory that it is in."""

    def write(content):
        raw = content if isinstance(content, bytes) else content.encode()
        (tmp_path / SETTINGS_FILE).write_bytes(raw)
        return tmp_path

    return write


def refusal(place):
    with pytest.raises(SettingsError) as caught:
        load_settings(place)
    return caught.value


# Where settings come from.


def test_the_nearest_file_above_counts(written):
    place = written("[plan]\nworkers = 3\n")
    deep = place / "a" / "b"
    deep.mkdir(parents=True)
    assert find_settings(deep) == place / SETTINGS_FILE
    assert load_settings(deep).plan.workers == 3
    (place / "a" / SETTINGS_FILE).write_text("[plan]\nworkers = 5\n")
    assert load_settings(deep).plan.workers == 5


def test_what_bears_the_name_and_is_no_file_is_not_passed_over(tmp_path):
    (tmp_path / "a" / SETTINGS_FILE).mkdir(parents=True)
    with pytest.raises(SettingsError, match="no regular file"):
        load_settings(tmp_path / "a")


def test_without_a_file_the_defaults_count(tmp_path):
    assert load_settings(tmp_path) == load_settings() == Settings()


def test_the_environment_wins_over_the_file_setting_by_setting(written, monkeypatch):
    place = written("[plan]\nworkers = 3\nthreshold = 0.2\n")
    monkeypatch.setenv("TASKPAR_PLAN__WORKERS", "8")
    plan = load_settings(place).plan
    assert (plan.workers, plan.threshold) == (8, 0.2)
    monkeypatch.setenv("TASKPAR_RULES__NEVER", '{"security": "alone"}')
    assert load_settings(place).rules.scopes()[Category.SECURITY] == Scope.ALONE


def test_the_variable_that_places_state_is_no_setting(written, monkeypatch):
    monkeypatch.setenv("TASKPAR_STATE", "/somewhere")
    assert load_settings(written("[plan]\nworkers = 3\n")) == Settings(plan={"workers": 3})
    place = written("state = '/somewhere'\n")  # what comes with a repository must not place it
    assert refusal(place).problem == "setting 'state' is unknown."


def test_options_win_over_everything(written):
    limited = load_settings(written("[plan]\nworkers = 3\n")).with_limits(workers=1, threshold=None)
    assert limited.plan == PlanSettings(workers=1)
    with pytest.raises(SettingsError, match=r"^--threshold: .*less than or equal to 2.*Got 3"):
        Settings().with_limits(threshold=3.0)


# What is refused, with place and cure.


@pytest.mark.parametrize(
    ("content", "name", "cure"),
    [
        ("[plan]\nworker = 3", "plan.worker", "Did you mean 'plan.workers'?"),
        ("workers = 3", "workers", "Did you mean 'plan.workers'?"),
        ("[rule]\ndeclared = true", "rule", "Did you mean 'rules'?"),
        ("[rules.never]\nshema = 'off'", "rules.never.shema", "Did you mean 'rules.never.schema'?"),
        ("[rules.safe]\ntest = true", "rules.safe.test", "Did you mean 'rules.safe.tests'?"),
        (
            "[categories.security]\nword = ['x']",
            "categories.security.word",
            "Did you mean 'categories.security.words'?",
        ),
        ("[[locks]]\nname = 'a'\npath = ['b']", "locks.path", "Did you mean 'locks.paths'?"),
        (
            "[plan]\nzzz = 1",
            "plan.zzz",
            "Known: plan.workers, plan.threshold, plan.budget, plan.watch, plan.estimator.",
        ),
        (
            "[automation]\nauthor = ['x']",
            "automation.author",
            "Did you mean 'automation.authors'?",
        ),
        (
            "[automation.rules]\nreleases = false",
            "automation.rules.releases",
            "Did you mean 'automation.rules.release'?",
        ),
        ("zzz = 1", "zzz", "Known: plan, rules, categories, contexts, locks, automation, labels."),
        ("_env_file = '/etc/passwd'", "_env_file", "Known: plan, rules"),
        ("_cli_parse_args = true", "_cli_parse_args", "Known: plan, rules"),
    ],
)
def test_an_unknown_name_is_refused_with_what_was_probably_meant(written, content, name, cure):
    place = written(content)
    error = refusal(place)
    assert error.place == str(place / SETTINGS_FILE)
    assert error.problem == f"setting '{name}' is unknown."
    assert error.cure.startswith(cure)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("[plan]\nworkers = 0", "plan.workers: .* greater than or equal to 1. Got 0."),
        ("[plan]\nworkers = 20000", "plan.workers: .* 10000. Got 20000."),
        ("[plan]\nworkers = 1.5", "plan.workers: .*integer.* Got 1.5."),
        ("[plan]\nthreshold = 0", "plan.threshold: .* greater than 0. Got 0."),
        ("[plan]\nthreshold = nan", "plan.threshold: .* finite number. Got nan."),
        ("[plan]\nestimator = 'psychic'", "plan.estimator: .*'fixed-weights'.* Got 'psychic'."),
        ("[rules]\nmeeting = 1.1", "rules.meeting: .* less than or equal to 1. Got 1.1."),
        ("[rules]\ndeclared = 'maybe'", "rules.declared: .* boolean.* Got 'maybe'."),
        ("[rules.never]\nschema = 'often'", "rules.never.schema: .*'alone' or 'off'. Got 'often'."),
        ("[automation]\nlarge = 0", "automation.large: .* greater than or equal to 1. Got 0."),
        (
            "[automation.rules]\nrelease = 'often'",
            "automation.rules.release: .* boolean.* Got 'often'.",
        ),
        ("[labels]\ncounted = ['unknown']", "labels.counted: unknown pairs cannot count .*"),
        ("[labels]\ncounted = ['textural']", "labels.counted.0: .*'textual'.* Got 'textural'."),
        ("[labels]\ntrivial_paths = ['/b']", "labels.trivial_paths.0: .* is absolute.*"),
        ("[contexts]\na = ['../b']", "contexts.a.0: .* leaves the repository.*"),
        ("[contexts]\na = ['/b']", "contexts.a.0: .* is absolute.*"),
        (
            "[[locks]]\nname = 'a'\npaths = ['b?c?" + "?" * 40 + "']",
            "locks.0.paths: .* wildcards.*",
        ),
        ("[[locks]]\nname = ''", "locks.0.name: .* at least 1 character. Got ''."),
        ("[[locks]]\nname = 'a'\n[[locks]]\nname = 'a'", "locks: 2 locks are named 'a'.*"),
        ("[[locks]]\npaths = ['a']", "locks.0.name: Field required. .*"),
    ],
)
def test_a_value_out_of_range_is_refused_with_name_rule_and_value(written, content, problem):
    place = written(content)
    error = refusal(place)
    assert error.place == str(place / SETTINGS_FILE)
    assert re.fullmatch(problem, error.problem)
    assert error.cure == "See the comments of `taskpar init`."


@pytest.mark.parametrize(
    ("variable", "value", "problem"),
    [
        ("TASKPAR_PLAN__WORKERS", "0", "plan.workers: .* Got '0'."),
        ("taskpar_plan__workers", "0", "plan.workers: .* Got '0'."),
        ("TASKPAR_PLAN", '{"workers": 0}', "plan.workers: .* Got 0."),
        ("TASKPAR_PLAN__WORKRS", "1", "setting 'plan.workrs' is unknown."),
    ],
)
def test_a_faulty_variable_is_named(written, monkeypatch, variable, value, problem):
    monkeypatch.setenv(variable, value)
    error = refusal(written("[plan]\nthreshold = 0.2\n"))
    assert error.place == variable.upper()
    assert re.fullmatch(problem, error.problem)


@pytest.mark.parametrize("value", ["{", "[" * 100_000, "\\"])
def test_a_variable_that_is_not_json_is_refused(monkeypatch, value):
    monkeypatch.setenv("TASKPAR_LOCKS", value)
    assert refusal(None).place == "TASKPAR_*"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xff", "not valid TOML: 'utf-8'"),
        (b"#" * (2 << 20), "the file is larger than 64 KiB."),
        ("a = " + "[" * 50_000, "not valid TOML"),
        ("contexts" + ".a" * 5_000 + " = 1", "contexts.a: "),
        ("locks = " + "[" * 300 + "]" * 300, "locks.0: "),
        ("[plan]\nworkers = " + "1" * 5000, "not valid TOML: Exceeds the limit"),
        ("[plan", "not valid TOML"),
        ("plan = 3", "plan: "),
        ("[[plan]]", "plan: "),
        ("locks = 'a'", "locks: "),
        ("contexts = ['a']", "contexts: "),
        ("[categories]\nsecurity = 1", "categories.security: "),
        (f"[plan]\nworkers = '{'x' * 50_000}'", "plan.workers: "),
        (f"{'x' * 50_000} = 1", "setting 'xxx"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_hostile_file_ends_in_a_short_message(written, content, problem):
    error = refusal(written(content))
    assert error.problem.startswith(problem)
    assert len(str(error)) < 1000


# What the defaults are.


def uncommented(text):
    """Return the template with every comment that is a setting taken at its word."""
    return "\n".join(re.sub(r"^#(?=\S)", "", line) for line in text.splitlines())


def test_the_template_says_what_holds_without_it(written):
    assert load_settings(written(SETTINGS_TEMPLATE)) == Settings()


def test_the_settings_of_the_template_are_the_defaults(written):
    examples = SETTINGS_TEMPLATE.index("# What gives a category away")
    shown = load_settings(written(uncommented(SETTINGS_TEMPLATE[:examples])))
    assert shown.plan == PlanSettings()
    assert shown.rules.scopes() == RuleSettings().scopes()
    assert shown.rules.safe_rules() == RuleSettings().safe_rules()
    assert shown.rules.model_copy(update={"never": {}, "safe": {}}) == RuleSettings()
    named = tomllib.loads(uncommented(SETTINGS_TEMPLATE[:examples]))
    assert set(named["plan"]) == set(PlanSettings.model_fields)
    assert set(named["rules"]) == set(RuleSettings.model_fields)
    assert set(named["rules"]["safe"]) == {rule.value for rule in SafeRule}
    assert shown.automation.model_copy(update={"rules": {}}) == AutomationSettings()
    assert shown.automation.rules == dict.fromkeys(AutomationRule, True)
    assert set(named["automation"]) == set(AutomationSettings.model_fields)


def test_the_examples_of_the_template_are_valid(written):
    shown = load_settings(written(uncommented(SETTINGS_TEMPLATE)))
    assert set(shown.contexts) == {"billing"}
    assert [lock.name for lock in shown.locks] == ["staging database"]
    security = shown.signs()[Category.SECURITY]
    assert security.words == ("login", "password*")
    assert security.in_prefix("fix(auth): log in twice")
    assert security.unless == ("file permission*",)
    assert shown.signs()[Category.SCHEMA] == DEFAULT_SIGNS[Category.SCHEMA]


def test_the_shipped_never_rules_are_default_until_they_are_written_down():
    shipped = RuleSettings()
    never = (Category.SCHEMA, Category.CORE, Category.API, Category.SECURITY)
    assert shipped.scopes() == dict.fromkeys(never, Scope.SAME_CATEGORY)
    written = RuleSettings(never={Category.SCHEMA: Scope.SAME_CATEGORY})
    assert [category for category in never if not written.is_default(category)] == [Category.SCHEMA]


@pytest.mark.parametrize("category", Category)
def test_every_category_can_have_signs_and_a_never_rule(written, category):
    name = category.value
    content = f'[rules.never]\n{name} = "alone"\n[categories.{name}]\nprefixes = ["zap"]\n'
    settings = load_settings(written(content))
    assert settings.rules.scopes()[category] == Scope.ALONE
    assert settings.signs()[category].in_prefix("zap: it")
    assert settings.signs()[category].labels == ()


def test_no_rules_means_none():
    none = RuleSettings.none()
    assert not none.scopes()
    assert not none.safe_rules()
    assert (none.declared, none.suggested, none.meeting) == (False, False, None)
