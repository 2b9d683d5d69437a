"""Running a provider's command: where, with what, how long, and how much it may print."""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from taskpar_ml.errors import ProviderError, SettingsError

MAX_OUTPUT: Final = 1 << 20
"""Bytes of output beyond which a command is stopped: no list of files is as long."""

_MAX_SAID: Final = 4_096
"""Bytes that are kept of what it says beside its answer."""
_SHOWN: Final = 200
"""Characters of these that are shown."""
_AT_ONCE: Final = 1 << 16
_TICK: Final = 0.1
"""Seconds after which is looked whether it has ended."""
_LEFT_OUT: Final = ("TASKPAR_STORE", "TASKPAR_STATE")
"""Variables that are none of its business; a store's may hold a password."""


def resolved_command(words: Sequence[str], *, here: Path) -> tuple[str, ...]:
    """Return a command as it can be run from another directory.

    Commands run among the files of a repository, and none of those may be run in the place of what
    was meant: the program is looked up here, once, and arguments that name files here are refused.

    Parameters
    ----------
    words
        Program and arguments.
    here
        The directory that they are written for.

    Raises
    ------
    SettingsError
        If there is no such program, or an argument would name another file there.
    """
    if not words or not words[0]:
        raise SettingsError("--", "no command follows.", "Write it last: -- COMMAND ARGUMENT...")
    program, *arguments = words
    found = str(here / program) if "/" in program else shutil.which(program)
    if found is None or shutil.which(found) is None:
        raise SettingsError(program, "there is no such program.", "Write its whole path.")
    for argument in arguments:
        value = argument.partition("=")[2] if argument.startswith("-") else argument
        if value and not os.path.isabs(value) and _is_file(here / value):
            raise SettingsError(
                argument,
                "names a file here, but the command runs in a checkout that is thrown away.",
                f"Write {here / value}.",
            )
    return (os.path.abspath(found), *arguments)


def _is_file(place: Path) -> bool:
    try:
        return place.is_file()
    except (OSError, ValueError):
        return False


def command_environment(
    given: Mapping[str, str], *, within: str, task: str, arguments: Sequence[str] = ()
) -> dict[str, str]:
    """Return the environment of a command that runs in a checkout without git.

    What tells git of a repository is left out, and so are relative directories of ``PATH``. Git
    looks for no repository above the checkout, and takes nothing in it for one.

    Parameters
    ----------
    given
        That of this process.
    within
        The directory that holds the checkout.
    task
        Id of the task, for ``TASKPAR_TASK_ID``.
    arguments
        Of the command. A Python that is told to run a module finds none among the files.
    """
    kept = {
        name: value
        for name, value in given.items()
        if not name.startswith("GIT_") and name not in _LEFT_OUT
    }
    searched = kept.get("PATH", os.defpath).split(os.pathsep)
    kept["PATH"] = os.pathsep.join(each for each in searched if os.path.isabs(each))
    if {"-m", "-c"} & set(arguments):
        kept["PYTHONSAFEPATH"] = "1"
    return {
        **kept,
        "TASKPAR_TASK_ID": task,
        "GIT_CEILING_DIRECTORIES": within,
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.bareRepository",
        "GIT_CONFIG_VALUE_0": "explicit",
    }


def run_command(
    command: Sequence[str],
    *,
    directory: str,
    told: bytes,
    environment: Mapping[str, str],
    timeout: float,
) -> bytes:
    """Run a command and return what it prints.

    It gets a session of its own; when it ends, in whatever way, everything left in that session's
    process group is killed.

    Parameters
    ----------
    command
        From :func:`resolved_command`; no shell is involved.
    directory
        Where it runs.
    told
        Its standard input. It need not read it.
    environment
        From :func:`command_environment`.
    timeout
        Seconds after which it is killed.

    Raises
    ------
    ProviderError
        If it cannot be started, takes too long, prints too much, or ends otherwise than with 0.
    """
    name = os.path.basename(command[0])
    try:
        process = subprocess.Popen(
            command,
            bufsize=0,
            cwd=directory,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise ProviderError(name, f"cannot be started: {said}.", "Try it by hand.") from error
    with _gone_afterwards(process):
        talk = _Talk(process, told)
        talk.finish(name, until=time.monotonic() + timeout)
        status = process.wait()
    if status != 0:
        how = f"ended with {status}" if status > 0 else f"was ended by signal {-status}"
        words = " ".join(talk.said.decode("utf-8", "replace").split())[-_SHOWN:]
        problem = f"{how}; it said: {words}" if words else f"{how}."
        raise ProviderError(name, problem, "Try it by hand.")
    return bytes(talk.printed)


@contextmanager
def _gone_afterwards(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Kill whatever is left of a command, and close what leads to it."""
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()
        process.wait()


class _Talk:
    """What goes into a running command, and what comes out of it.

    Attributes
    ----------
    printed
        Its standard output so far.
    said
        The end of its standard error so far.
    """

    def __init__(self, process: subprocess.Popen[bytes], told: bytes) -> None:
        self.printed, self.said = bytearray(), bytearray()
        self._process = process
        self._told = memoryview(told)
        self._selector = selectors.DefaultSelector()
        for stream, event, move in (
            (process.stdin, selectors.EVENT_WRITE, self._hand_over),
            (process.stdout, selectors.EVENT_READ, self._take_printed),
            (process.stderr, selectors.EVENT_READ, self._take_said),
        ):
            if stream is not None:
                os.set_blocking(stream.fileno(), False)
                self._selector.register(stream, event, move)

    def finish(self, name: str, *, until: float) -> None:
        """Go on until the command has ended.

        What it left behind may hold its output open: nobody waits for that.
        """
        with self._selector:
            while True:
                ended = self._process.poll() is not None
                moved = self._move(0.0 if ended else _TICK)
                if ended and not moved:
                    return
                if len(self.printed) > MAX_OUTPUT:
                    cure = "Let it print paths and no more."
                    raise ProviderError(name, "prints too much.", cure)
                if time.monotonic() > until:
                    raise ProviderError(name, "takes too long.", "Give it more with --timeout.")

    def _move(self, wait: float) -> bool:
        """Move what can be moved within some seconds; return whether anything could be."""
        if not self._selector.get_map():
            time.sleep(wait)
            return False
        ready = self._selector.select(wait)
        for key, _ in ready:
            if not key.data(key.fd):
                self._selector.unregister(key.fileobj)
                if self._process.stdin is key.fileobj:
                    self._process.stdin.close()
        return bool(ready)

    def _hand_over(self, stream: int) -> bool:
        """Write some of the input; return whether more is left."""
        try:
            self._told = self._told[os.write(stream, self._told[:_AT_ONCE]) :]
        except BlockingIOError:
            return True
        except OSError:
            return False
        return len(self._told) > 0

    def _take_printed(self, stream: int) -> bool:
        return _take(stream, self.printed)

    def _take_said(self, stream: int) -> bool:
        more = _take(stream, self.said)
        del self.said[:-_MAX_SAID]
        return more


def _take(stream: int, into: bytearray) -> bool:
    """Read some of a stream; return whether more may come."""
    try:
        piece = os.read(stream, _AT_ONCE)
    except BlockingIOError:
        return True
    except OSError:
        return False
    into += piece
    return bool(piece)
