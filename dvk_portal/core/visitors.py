"""Who asks without signing in: by the address he comes from, for limits and for nothing else."""

from django.http import HttpRequest


def source_address(request: HttpRequest) -> str:
    """Behind the proxy REMOTE_ADDR is the proxy; the proxy overwrites the header, so a visitor cannot choose it."""
    return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or request.META["REMOTE_ADDR"]
