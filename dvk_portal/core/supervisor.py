"""Keeping a handful of processes together: start them, notice a death, stop every one of them and their children.

Used by the demonstration. In production an init system or a container engine does this.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
PR_SET_PDEATHSIG = 1


class Stopped(Exception):
    """Somebody asked to stop: a signal, or the caller is gone."""


class Died(Exception):
    """A process ended that should not have; carries its name, exit code and the end of its log."""

    def __init__(self, name: str, code: int, tail: str) -> None:
        super().__init__(name)
        self.name, self.code, self.tail = name, code, tail


def _dies_with_parent() -> Callable[[], None] | None:
    """On Linux: a hook for the child that has the kernel end it when we are killed outright."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Runs named processes, each in a process group of its own with its output in ``logs``/<name>.log.

    A terminal's Ctrl-C therefore reaches only us, and stopping a group takes grandchildren along. ``parent`` is a process
    id: when it is no longer our parent, that counts as a request to stop.
    """

    def __init__(self, logs: Path, *, env: dict[str, str], cwd: Path, parent: int | None = None) -> None:
        self.logs, self.env, self.cwd, self.parent = logs, env, cwd, parent
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._steps: set[str] = set()
        self._asked = False
        self._hook = _dies_with_parent()
        logs.mkdir(parents=True, exist_ok=True)

    def listen(self) -> None:
        """Take over the stop signals. They may arrive twice (make and the process group): only remembered here."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked = True

    def start(self, name: str, command: Sequence[str], *, ends: bool = False) -> None:
        """Start one process; its log begins anew. ``ends`` marks a step that may end well before we wait for it."""
        if ends:
            self._steps.add(name)
        with (self.logs / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.env,
                cwd=self.cwd,
                start_new_session=True,
                preexec_fn=self._hook,  # noqa: PLW1509  no threads here, and the hook is one system call
            )

    def check(self) -> None:
        """Raise Stopped when asked to stop, Died when a process has ended."""
        if self._asked or (self.parent is not None and os.getppid() != self.parent):
            raise Stopped
        for name, process in self.processes.items():
            code = process.poll()
            if code is not None and not (code == 0 and name in self._steps):
                raise Died(name, code, self.tail(name))

    def finish(self, *names: str) -> None:
        """Wait until these processes have ended well; the others must stay alive meanwhile. Raises as ``check``."""
        waiting = set(names)
        while waiting:
            for name in list(waiting):
                if self.processes[name].poll() == 0:
                    self._kill_group(self.processes.pop(name))
                    waiting.discard(name)
            self.check()
            time.sleep(0.05)

    def tail(self, name: str, lines: int = 20) -> str:
        """The last lines that a process printed."""
        return "\n".join((self.logs / f"{name}.log").read_text("utf-8", "replace").splitlines()[-lines:])

    def stop(self, patience: float = 6.0) -> None:
        """Ask every process to end, then end what is left of their groups. Further signals no longer interrupt."""
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        for process in self.processes.values():
            process.terminate()
        deadline = time.monotonic() + patience
        for process in self.processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            self._kill_group(process)
            process.wait()
        self.processes.clear()

    @staticmethod
    def _kill_group(process: subprocess.Popen[bytes]) -> None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
