"""Fill .venv with the packages of requirements/<set>.txt, by hash, then run a command in it. Needs Python alone.

    python3 requirements/install.py base|dev [--port N] [--with-parent] [-- COMMAND ...]

Everything a newcomer can stumble over before the portal itself runs is answered here with a sentence. It must still
parse on an old Python, so that the sentence about the old Python can be printed.
"""

import argparse
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
WINDOWS = os.name == "nt"


class Problem(Exception):
    """Something the person can put right; the text says how."""


class Stopped(Exception):
    """A signal asked to stop."""


def check_python() -> None:
    """Refuse a Python that is too old, or one from which Debian has split off ``venv``."""
    if sys.version_info < OLDEST:
        raise Problem(
            "Cần Python {0}.{1} trở lên, nhưng “{2}” là Python {3}.{4}.\n"
            "Hãy cài bản mới hơn (Debian, Ubuntu: sudo apt install python{0}.{1} python{0}.{1}-venv) rồi chỉ rõ nó, ví dụ: "
            "make demo PYTHON=python{0}.{1}".format(*OLDEST, sys.executable, *sys.version_info[:2])
        )
    try:
        import ensurepip  # noqa: F401, PLC0415  Debian ships Python without it
        import venv  # noqa: F401, PLC0415
    except ImportError:
        raise Problem(
            "Python ở đây thiếu phần tạo môi trường ảo (venv).\n"
            "Hãy chạy: sudo apt install python3-venv   rồi chạy lại lệnh vừa rồi."
        ) from None


def check_port(text: str) -> None:
    """Refuse a port that is no number or that another program holds."""
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise Problem("Cổng “%s” không hợp lệ. Hãy chọn một số từ 1024 đến 65535, ví dụ: make demo PORT=8001" % text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except PermissionError:
            raise Problem(
                "Không được phép mở cổng %s. Hãy chọn cổng từ 1024 trở lên, ví dụ: make demo PORT=8001" % text
            ) from None
        except OSError:
            raise Problem(
                "Cổng %s đang có chương trình khác dùng.\n"
                "Hãy dừng chương trình đó hoặc chọn cổng khác, ví dụ: make demo PORT=%d"
                % (text, int(text) + 1 if int(text) < 65535 else 8001)
            ) from None


def run(command: list, failure: str) -> None:
    """Run a step; show what it printed only when it fails. A signal stops it with us."""
    process = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=not WINDOWS,
    )
    try:
        output = process.communicate()[0]
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if process.returncode:
        tail = "\n".join(output.decode("utf-8", "replace").splitlines()[-15:])
        raise Problem("%s\n\n%s" % (failure, tail))


def environment(folder: Path) -> Path:
    """The interpreter of the virtual environment; made when missing, made anew when it no longer runs."""
    python = folder / ("Scripts/python.exe" if WINDOWS else "bin/python")
    if python.exists() and subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True).returncode == 0:  # noqa: PLW1510, S603
        return python
    print("Đang tạo môi trường Python…", flush=True)
    if folder.exists():
        shutil.rmtree(str(folder))
    run(
        [sys.executable, "-m", "venv", folder],
        "Không tạo được môi trường ảo (venv). Hãy chạy: sudo apt install python3-venv   rồi chạy lại.",
    )
    return python


def install(wanted: str, folder: Path) -> Path:
    """Bring .venv up to ``requirements/<wanted>.txt``; does nothing when neither it nor the installer changed."""
    python = environment(folder)
    lists = [ROOT / "requirements" / (name + ".txt") for name in ("uv", wanted)]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in lists)).hexdigest()
    stamp = folder / ("installed-%s.sha256" % wanted)
    if stamp.exists() and stamp.read_text() == digest:
        return python
    print("Đang cài các gói (chỉ lần đầu hoặc khi danh sách gói thay đổi)…", flush=True)
    failure = "Không cài được các gói. Hãy kiểm tra kết nối mạng rồi chạy lại; các phần đã tải được giữ lại."
    run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lists[0]], failure)
    uv = [python, "-m", "uv", "pip", "install", "--quiet", "--python", python, "--require-hashes"]
    run([*uv, "-r", lists[1]], failure)
    for other in folder.glob("installed-*.sha256"):
        other.unlink()  # the two sets share packages: whichever comes next looks again
    stamp.write_text(digest)
    if wanted == "dev":  # contains everything of the smaller set
        base = [lists[0], ROOT / "requirements" / "base.txt"]
        (folder / "installed-base.sha256").write_text(
            hashlib.sha256(b"".join(path.read_bytes() for path in base)).hexdigest()
        )
    return python


def _stop(signum: int, frame: object) -> None:
    raise Stopped


def main() -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    arguments = sys.argv[1:]
    command = []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, command = arguments[:at], arguments[at + 1 :]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", choices=["base", "dev"])
    parser.add_argument("--port", help="refuse at once when this port is taken")
    parser.add_argument(
        "--with-parent", action="store_true", help="tell the command to stop when whoever called us is gone"
    )
    parser.add_argument("--venv", default=str(ROOT / ".venv"))
    options = parser.parse_args(arguments)
    parent = os.getppid()
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _stop)
    try:
        check_python()
        if options.port:
            check_port(options.port)
        python = install(options.set, Path(options.venv))
    except Problem as problem:
        print("\n" + str(problem) + "\n", file=sys.stderr)
        return 1
    except Stopped:
        print("Đã dừng trong lúc cài đặt.", file=sys.stderr)
        return 130
    if not command:
        return 0
    environ = dict(os.environ, PYTHONUTF8="1")
    if options.with_parent:
        environ["DVK_PARENT_PID"] = str(parent)
    os.chdir(str(ROOT))
    sys.stdout.flush()
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    os.execve(str(python), [str(python), *command], environ)
    return 1


if __name__ == "__main__":
    sys.exit(main())
