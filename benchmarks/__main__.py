"""``make bench``: loads the demonstration into the state folder when needed, measures, writes benchmarks/out/latest.json."""

import argparse
import os
import sys
from itertools import chain

import django

GROUPS = ("pages", "work", "documents", "wave", "growth")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=20, help="repetitions of each measurement")
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=GROUPS, help="measure these alone")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dvk_portal.settings.dev")
    django.setup()

    from django.core.management import call_command  # noqa: PLC0415  only after setup
    from django.db import connection  # noqa: PLC0415

    from benchmarks import documents, growth, harness, pages, wave, work  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("load_demo")
    groups = {
        "pages": pages.measure(options.n),
        "work": work.measure(options.n),
        "documents": documents.measure(options.n),
        "wave": wave.measure(pages.floor),
        "growth": growth.measure(max(3, options.n // 4)),
    }
    results, missing = [], []
    for outcome in chain.from_iterable(groups[name] for name in options.only):
        if isinstance(outcome, str):
            missing.append(outcome)
            continue
        results.append(outcome)
        print(
            f"{outcome.name:28} {outcome.value:10.1f} {outcome.unit:3} = {outcome.ratio:6.1f} × floor {outcome.floor:.2f}"
        )
    print(f"\n{harness.write(results, connection.vendor)}")
    for sentence in missing:
        print(f"not measured: {sentence}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
