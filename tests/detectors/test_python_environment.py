"""Variables of the environment in Python modules."""

from __future__ import annotations

from taskpar_ml.detectors.python_environment import PythonEnvironment
from tests.detectors.python_source import python


def variables(text: str) -> list[tuple[str, bool, int, str]]:
    """Return name, whether it is set, line and value of each variable."""
    found = PythonEnvironment().find(python(text))
    return [(each.name, each.defines, each.line, each.value) for each in found]


def test_variables_are_read_and_set_through_the_mapping():
    assert variables(
        """\
        import os
        from os import environ
        NAME = "BY_CONSTANT"
        a = os.environ["A"]
        b = environ.get("B", "x")
        c = os.getenv("C")
        os.environ["D"] = "1"
        os.environ.setdefault("E", "settings")
        del os.environ["F"]
        if "G" in os.environ: pass
        h = os.environ[NAME]
        again = os.environ.get("A")
        i = os.environ[f"{x()}"]
        """
    ) == [
        ("A", False, 4, ""),
        ("B", False, 5, ""),
        ("C", False, 6, ""),
        ("D", True, 7, "1"),
        ("E", True, 8, "settings"),
        ("F", True, 9, ""),
        ("G", False, 10, ""),
        ("BY_CONSTANT", False, 11, ""),
    ]


def test_other_mappings_of_that_name_are_not_the_environment():
    text = """\
        import os
        x = os.environ
        host = request.environ["HTTP_HOST"]
        environ["wsgi.input"]
        environ.get("PATH_INFO")
        config("NAME")
        """
    assert variables(text) == []


def test_an_update_of_the_mapping_sets_variables():
    text = 'import os\nos.environ.update(A="1", B=x)\nos.environ.update({"C": "2", y: "3"})\n'
    assert variables(text) == [("A", True, 2, "1"), ("B", True, 2, ""), ("C", True, 3, "2")]


def test_tests_set_variables_for_a_while():
    assert variables(
        """\
        monkeypatch.setenv("A", "1")
        monkeypatch.delenv("B", raising=False)
        with mock.patch.dict(os.environ, {"C": "2", **more}): pass
        @patch.dict("os.environ", {"D": "3"})
        def test(): ...
        """
    ) == [("A", True, 1, "1"), ("B", True, 2, ""), ("C", True, 3, "2"), ("D", True, 4, "3")]


def test_settings_and_options_name_variables():
    assert variables(
        """\
        env = environ.Env(DEBUG=(bool, False))
        debug = env("DEBUG")
        url = env.db("DATABASE_URL", default="sqlite://")

        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="app_")
            kinds: ClassVar[list[str]] = []
            name: str = "x"
            token: str = Field(alias="API_TOKEN")

        @click.option("--key", envvar="MY_KEY")
        def run(key): ...
        """
    ) == [
        ("DEBUG", False, 2, ""),
        ("DATABASE_URL", False, 3, ""),
        ("APP_NAME", False, 8, ""),
        ("API_TOKEN", False, 9, ""),
        ("MY_KEY", False, 11, ""),
    ]


def test_decouple_reads_by_config():
    text = 'from decouple import config\nkey = config("SECRET_KEY", cast=str)\n'
    assert variables(text) == [("SECRET_KEY", False, 2, "")]
