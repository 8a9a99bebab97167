"""Nothing that the demonstration started may outlive it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# A process with a child of its own; both refuse to end on TERM.
STUBBORN = (
    "import os, signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); print(child.pid, flush=True); time.sleep(60)"
)
PROGRAM = f"""
STUBBORN = {STUBBORN!r}
import sys, time
from pathlib import Path
from dvk_portal.core.supervisor import Died, Stopped, Supervisor
logs, parent = Path(sys.argv[1]), int(sys.argv[2]) or None
supervisor = Supervisor(logs, env={{}}, cwd=logs, parent=parent)
supervisor.listen()
try:
    supervisor.start("stubborn", [sys.executable, "-c", STUBBORN])
    if len(sys.argv) > 3:
        supervisor.start("mortal", [sys.executable, "-c", "print('lý do'); raise SystemExit(7)"])
    while True:
        supervisor.check()
        time.sleep(0.05)
except Stopped:
    print("stopped", flush=True)
except Died as death:
    print(death.name, death.code, death.tail, flush=True)
finally:
    supervisor.stop(0.3)
"""


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _grandchild(logs: Path) -> int:
    deadline = time.monotonic() + 15
    log = logs / "stubborn.log"
    while not (log.exists() and log.read_text().strip()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return int(log.read_text())


def _run(logs, *arguments, **options):
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "DJANGO_SETTINGS_MODULE": "dvk_portal.settings.test"}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(logs), *arguments],
        stdout=subprocess.PIPE, text=True, env=environ, start_new_session=True, **options,
    )


def _gone(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not _alive(pid)


pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_children_and_grandchildren_even_stubborn_ones(tmp_path, number):
    process = _run(tmp_path, "0", stdin=subprocess.DEVNULL)
    grandchild = _grandchild(tmp_path)
    process.send_signal(number)
    process.send_signal(number)

    assert process.communicate(timeout=10)[0] == "stopped\n"
    assert process.returncode == 0
    assert _gone(grandchild)


def test_the_caller_being_gone_is_a_request_to_stop(tmp_path):
    process = _run(tmp_path, "999999999")

    assert process.communicate(timeout=10)[0] == "stopped\n"


def test_the_death_of_one_is_told_with_its_last_words_and_ends_the_others(tmp_path):
    process = _run(tmp_path, "0", "mortal")

    assert process.communicate(timeout=15)[0] == "mortal 7 lý do\n"
    log = (tmp_path / "stubborn.log").read_text().strip()
    assert not log or _gone(int(log))
