"""Several people at once: what each returned or raised, begun at the same moment, in transactions of their own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from dvk_portal.core.exceptions import DomainError


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each of ``works`` returned or raised, begun at the same moment."""
    gate, found = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            gate.wait(10)
            found[place] = work()
        except Exception as error:  # noqa: BLE001  the test looks at it
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=row) for row in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def refusals(found: list[Any]) -> list[DomainError]:
    faults = [row for row in found if isinstance(row, Exception) and not isinstance(row, DomainError)]
    assert faults == [], faults
    return [row for row in found if isinstance(row, DomainError)]
