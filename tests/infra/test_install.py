"""The first thing a stranger runs: every obstacle is answered with a sentence that says what to do."""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "requirements" / "install.py"


@pytest.fixture(scope="module")
def install():
    spec = importlib.util.spec_from_file_location("install", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_taken_port_is_named_with_a_way_out():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        done = subprocess.run(
            [sys.executable, SCRIPT, "base", "--port", str(port)], capture_output=True, text=True, check=False
        )

    assert done.returncode == 1
    assert f"Cổng {port} đang có chương trình khác dùng" in done.stderr
    assert f"make demo PORT={port + 1}" in done.stderr


@pytest.mark.parametrize("port", ["", "abc", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(install, port):
    with pytest.raises(install.Problem, match="không hợp lệ"):
        install.check_port(port)


def test_a_missing_venv_names_the_package_to_install(tmp_path):
    (tmp_path / "ensurepip.py").write_text("raise ImportError('No module named ensurepip')")
    done = subprocess.run(
        [sys.executable, SCRIPT, "base"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )

    assert done.returncode == 1
    assert "sudo apt install python3-venv" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_old_python_is_told_which_one_is_needed(install, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))

    with pytest.raises(install.Problem, match=r"Cần Python 3\.11 trở lên.*3\.9"):
        install.check_python()


def test_a_failing_step_shows_the_end_of_what_it_printed(install):
    with pytest.raises(install.Problem, match=r"Không được(.|\n)*mạng hỏng"):
        install.run([sys.executable, "-c", "import sys; print('mạng hỏng'); sys.exit(3)"], "Không được.")


def test_nothing_is_installed_again_while_the_lists_stay_the_same(install, tmp_path, monkeypatch):
    steps = []
    monkeypatch.setattr(install, "environment", lambda folder: Path("python"))
    monkeypatch.setattr(install, "run", lambda command, failure: steps.append(command))

    install.install("dev", tmp_path)
    first = len(steps)
    install.install("dev", tmp_path)
    install.install("base", tmp_path)

    assert first == 2
    assert len(steps) == first
    assert all("--require-hashes" in step for step in steps)


def test_the_command_takes_the_place_of_the_installer(install, tmp_path):
    """The process that make started becomes the program itself, so that the signal make passes on arrives."""
    (tmp_path / "requirements").mkdir()
    for name in ("install.py", "uv.txt", "base.txt"):
        (tmp_path / "requirements" / name).write_bytes((ROOT / "requirements" / name).read_bytes())
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    digest = install.hashlib.sha256(
        b"".join((ROOT / "requirements" / name).read_bytes() for name in ("uv.txt", "base.txt"))
    ).hexdigest()
    (venv / "installed-base.sha256").write_text(digest)
    program = "import os, time; print(os.getpid(), os.environ['DVK_PARENT_PID'], flush=True); time.sleep(60)"
    process = subprocess.Popen(
        [sys.executable, tmp_path / "requirements/install.py", "base", "--with-parent", "--", "-c", program],
        stdout=subprocess.PIPE, text=True,
    )
    said = process.stdout.readline().split()
    process.send_signal(signal.SIGTERM)

    assert said == [str(process.pid), str(os.getpid())]
    assert process.wait(10) == -signal.SIGTERM
    process.stdout.close()
