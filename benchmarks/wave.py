"""The launching conference: a hundred pledges agreed, signed by both sides, the province's in one act, and sealed in one job.

``python -m benchmarks.wave`` works on a copy of the demonstration in a folder of its own, with real files, and looks at every
document afterwards. ``--kill`` ends the worker with SIGKILL in the middle of sealing and lets the sweep finish: every document
must be whole and sealed once all the same. ``--json`` prints the seconds for ``make bench``. Exit code 1 when a document is not
as it should be.
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import django

from benchmarks.harness import Result, median_ms

ROOT = Path(__file__).resolve().parent.parent


def measure(floor: Callable[[], object], *, count: int = 100) -> Iterator[Result | str]:
    """One wave in a process of its own; milliseconds per document, from the agreement to the second seal."""
    if "DATABASE_URL" in os.environ:
        yield "wave_100_pledges: runs on a copy of the embedded database only"
        return
    before = median_ms(floor)
    command = [sys.executable, "-m", "benchmarks.wave", "--json", "--count", str(count)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        yield "wave_100_pledges: a document is not as it should be"
        return
    seconds = json.loads(done.stdout)
    base = (before + median_ms(floor)) / 2
    value = sum(seconds[act] for act in ("freeze", "units", "province", "seal")) / seconds["documents"] * 1000
    yield Result("wave_100_pledges", round(value, 3), "ms", round(base, 3), round(value / base, 2), None, count)


def copy_demonstration(source: Path, target: Path) -> None:
    """The database as it stands, whoever writes to it meanwhile; files are made anew."""
    address = f"{(source / 'db.sqlite3').as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as old, closing(sqlite3.connect(target / "db.sqlite3")) as new:
        old.backup(new)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, default=Path(os.environ.get("DVK_STATE_DIR", str(ROOT / ".demo"))))
    parser.add_argument("--count", type=int, default=100, help="pledges in the wave")
    parser.add_argument("--kill", action="store_true", help="kill the worker in the middle")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if "DATABASE_URL" in os.environ:
        parser.error("the wave runs on a copy of the embedded database; unset DATABASE_URL")
    if not (options.state / "accounts.json").exists():
        parser.error(f"{options.state} holds no demonstration; load it first (make bench does)")
    with tempfile.TemporaryDirectory(prefix="dvk-wave-") as folder:
        copy_demonstration(options.state.resolve(), Path(folder))
        os.environ |= {"DVK_STATE_DIR": folder, "DJANGO_SETTINGS_MODULE": "dvk_portal.settings.dev"}
        django.setup()

        from benchmarks.waveacts import Wave  # noqa: PLC0415  only after setup

        wave = Wave(options.count)
        wave.agree()
        wave.sign()
        wave.seal_with_a_killed_worker() if options.kill else wave.seal()
        faults = wave.look()
        print(json.dumps(wave.seconds) if options.json else wave.report())
    for sentence in faults:
        print(sentence, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
