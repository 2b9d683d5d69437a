"""Running a command that may do anything: hang, print, die, leave children, read nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from taskpar_ml.errors import ProviderError, SettingsError
from taskpar_ml.providers import command as running
from taskpar_ml.providers.command import command_environment, resolved_command, run_command
from tests.support.provided import script


def run(tmp_path, body, *, told=b"", timeout=20.0, **environment):
    return run_command(
        script(tmp_path / "code", body),
        directory=str(tmp_path),
        told=told,
        environment={**os.environ, **environment},
        timeout=timeout,
    )


def is_running(number):
    try:
        with open(f"/proc/{number}/stat", encoding="ascii") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until_gone(number, seconds=10.0):
    until = time.monotonic() + seconds
    while is_running(number) and time.monotonic() < until:
        time.sleep(0.05)
    return not is_running(number)


def test_it_gets_what_it_is_told_and_its_answer_is_returned(tmp_path):
    told = b"x" * 3_000_000
    body = "import sys; said = sys.stdin.read(); print(len(said), end='')"
    assert run(tmp_path, body, told=told) == b"3000000"


def test_it_need_not_read_and_may_close_everything(tmp_path):
    assert run(tmp_path, "print('a')", told=b"x" * 3_000_000) == b"a\n"
    body = (
        "import os, time; os.close(0); os.write(1, b'a'); os.close(1); os.close(2); time.sleep(.5)"
    )
    assert run(tmp_path, body, told=b"x" * 3_000_000) == b"a"


def test_it_runs_where_it_is_told_to_in_a_session_of_its_own(tmp_path):
    body = "import os; print(os.getcwd(), os.getsid(0) == os.getpid())"
    assert run(tmp_path, body) == f"{tmp_path} True\n".encode()


@pytest.mark.parametrize(
    "body",
    [
        "import time; time.sleep(600)",
        "import signal, time; signal.signal(15, signal.SIG_IGN); print('a'); time.sleep(600)",
        "import os, time; os.close(1); os.close(2); time.sleep(600)",
        "while True: pass",
    ],
)
def test_who_takes_too_long_is_ended(tmp_path, body):
    begun = time.monotonic()
    with pytest.raises(ProviderError, match=r"takes too long. Give it more with --timeout."):
        run(tmp_path, body, timeout=0.5)
    assert time.monotonic() - begun < 10


def test_who_prints_without_end_is_ended(tmp_path):
    body = "import os\nwhile True: os.write(1, b'x' * 65536)"
    with pytest.raises(ProviderError, match=r"prints too much"):
        run(tmp_path, body)
    endless = "import os\nwhile True: os.write(2, b'x' * 65536)"
    with pytest.raises(ProviderError, match=r"takes too long"):
        run(tmp_path, endless, timeout=0.5)


def test_output_up_to_the_limit_is_an_answer(tmp_path):
    body = f"import os\nleft = {running.MAX_OUTPUT}\nwhile left: left -= os.write(1, b'x' * left)"
    assert len(run(tmp_path, body)) == running.MAX_OUTPUT


def test_a_failure_is_told_with_the_end_of_what_was_said(tmp_path):
    body = "import sys; print('src/a.py'); print('y' * 10000 + ' no key', file=sys.stderr); exit(3)"
    with pytest.raises(ProviderError, match=r"ended with 3; it said: y+ no key"):
        run(tmp_path, body)
    with pytest.raises(ProviderError, match=r"was ended by signal 9\."):
        run(tmp_path, "import os; os.kill(os.getpid(), 9)")


def test_what_it_leaves_behind_is_not_waited_for_and_killed(tmp_path):
    body = (
        "import subprocess, sys\n"
        "left = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(left.pid)"
    )
    begun = time.monotonic()
    left = int(run(tmp_path, body))
    assert time.monotonic() - begun < 10
    assert wait_until_gone(left)


def test_an_interrupt_ends_it(tmp_path):
    body = (
        "import os, time\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
        "time.sleep(600)"
    )
    place = tmp_path / "pid"

    def interrupt():
        until = time.monotonic() + 20
        while not (place.exists() and place.read_text()) and time.monotonic() < until:
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    # Who was started in the background may have been told to ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    helper = threading.Thread(target=interrupt)
    helper.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path, body, timeout=60)
        helper.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert wait_until_gone(int(place.read_text()))


def test_what_is_no_program_cannot_be_started(tmp_path):
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF nonsense")
    broken.chmod(0o755)
    with pytest.raises(ProviderError, match=r"broken: cannot be started: Exec format error"):
        run_command([str(broken)], directory="/", told=b"", environment={}, timeout=5)


def test_programs_are_looked_up_here_and_never_among_the_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    script(tmp_path, "#!/bin/sh\n", name="search")
    (tmp_path / "sub").mkdir()
    assert resolved_command(["./search", "x"], here=tmp_path) == (f"{tmp_path}/search", "x")
    assert resolved_command(["sub/../search"], here=tmp_path) == (f"{tmp_path}/search",)
    (program, *_) = resolved_command(["git", "grep"], here=tmp_path)
    assert os.path.isabs(program)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.environ['PATH']}")
    assert resolved_command(["search"], here=tmp_path) == (f"{tmp_path}/search",)
    for missing in ("no-such-program", "./missing", "./sub"):
        with pytest.raises(SettingsError, match=r"there is no such program"):
            resolved_command([missing], here=tmp_path)
    for nothing in ([], [""]):
        with pytest.raises(SettingsError, match=r"no command follows"):
            resolved_command(nothing, here=tmp_path)


@pytest.mark.parametrize("argument", ["tool.py", "./tool.py", "--config=tool.py"])
def test_arguments_that_name_files_here_must_be_whole_paths(tmp_path, argument):
    """Else a script of the same name in the repository would run in the place of one's own."""
    (tmp_path / "tool.py").write_text("")
    with pytest.raises(SettingsError, match=rf"names a file here.*Write {tmp_path}/"):
        resolved_command([sys.executable, argument], here=tmp_path)
    whole = [sys.executable, str(tmp_path / "tool.py"), "src", "-x", "a=b"]
    assert list(resolved_command(whole, here=tmp_path))[1:] == whole[1:]


def test_the_environment_names_the_task_and_no_repository(tmp_path):
    given = {
        "PATH": f"/usr/bin{os.pathsep}.{os.pathsep}{os.pathsep}bin",
        "GIT_DIR": "/somewhere",
        "GIT_INDEX_FILE": "x",
        "TASKPAR_STORE": "postgresql://ada:secret@db/x",
        "HOME": "/home/ada",
    }
    made = command_environment(given, within="/tmp/x", task="task-7")
    assert made["TASKPAR_TASK_ID"] == "task-7"
    assert made["HOME"] == "/home/ada"
    assert made["PATH"] == "/usr/bin"
    assert not {"GIT_DIR", "GIT_INDEX_FILE", "TASKPAR_STORE", "PYTHONSAFEPATH"} & made.keys()
    module = command_environment(given, within="/tmp/x", task="t", arguments=["-m", "json"])
    assert module["PYTHONSAFEPATH"] == "1"


def test_git_takes_files_of_the_checkout_for_no_repository(tmp_path):
    """A tree that looks like a bare repository must not name commands for git to run."""
    checkout = tmp_path / "checkout"
    for each in ("objects", "refs"):
        (checkout / each).mkdir(parents=True)
    (checkout / "HEAD").write_text("ref: refs/heads/main\n")
    (checkout / "config").write_text(f"[core]\n\tfsmonitor = touch {tmp_path}/owned\n")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    environment = command_environment(os.environ, within=str(tmp_path), task="t")
    asked = subprocess.run(
        ["git", "rev-parse", "--git-dir"],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode != 0, asked.stdout
    assert not (tmp_path / "owned").exists()
