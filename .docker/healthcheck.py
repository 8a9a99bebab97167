"""Health of one container, by its part: ``web`` answers /healthz; ``background`` (worker, beat) left a recent sign of life."""

import http.client
import os
import sys
import time
from pathlib import Path

SILENCE = 120  # seconds; the sweep that leaves the sign runs every 30


def web() -> bool:
    """Ask as the reverse proxy would: with the public host name, as if over TLS."""
    link = http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)
    host = os.environ["ALLOWED_HOSTS"].split(",")[0].strip()
    link.request("GET", "/healthz", headers={"Host": host, "X-Forwarded-Proto": "https"})
    return link.getresponse().status == 200


def background() -> bool:
    """A task that beat sent and a worker ran has touched this file (dvk_portal/core/heartbeat.py)."""
    return time.time() - Path(os.environ["MEDIA_ROOT"], ".heartbeat").stat().st_mtime < SILENCE


if __name__ == "__main__":
    try:
        healthy = web() if sys.argv[1:] == ["web"] else background()
    except (OSError, http.client.HTTPException) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    sys.exit(0 if healthy else 1)
