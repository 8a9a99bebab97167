"""Trusted time: an RFC 3161 client for the service that the installation names."""

import asyncio
import base64
import urllib.request
from http.client import HTTPException
from urllib.error import HTTPError

from asn1crypto import tsp
from django.conf import settings
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

TIMEOUT_SECONDS = 10
MOST_BYTES = 1_000_000  # an answer is some kilobytes; whoever sends more is not a timestamp service
UNAVAILABLE = (
    "Dịch vụ cấp dấu thời gian không trả lời đúng, nên chưa ký. Không có gì bị mất; hãy thử lại sau ít phút, "
    "nếu vẫn lỗi hãy báo người quản trị hệ thống."
)


def timestamper() -> TimeStamper | None:
    """The configured timestamp service (``TIMESTAMP_URL``), or nothing: signatures are then PAdES B-B."""
    if not settings.TIMESTAMP_URL:
        return None
    return HttpTimestamper(settings.TIMESTAMP_URL, settings.TIMESTAMP_USERNAME, settings.TIMESTAMP_PASSWORD)


class HttpTimestamper(TimeStamper):
    """Asks over HTTP. pyHanko's own clients keep a session or need a further package; one request needs neither.

    Raises ``TimestampRequestError``, which ``pades`` and ``twophase`` turn into a sentence for the person.
    """

    def __init__(self, url: str, username: str = "", password: str = "", timeout: float = TIMEOUT_SECONDS) -> None:
        super().__init__()
        if not url.lower().startswith(("http://", "https://")):
            raise ValueError(f"TIMESTAMP_URL must begin with http:// or https://: {url}")
        self.url, self.timeout = url, timeout
        self.headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        if username:
            token = base64.b64encode(f"{username}:{password}".encode()).decode()
            self.headers["Authorization"] = f"Basic {token}"

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        response = await asyncio.to_thread(self._ask, req.dump())
        _demand_answer_to(req, response)
        return response

    def _ask(self, query: bytes) -> tsp.TimeStampResp:
        request = urllib.request.Request(self.url, query, self.headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                kind, body = answer.headers.get_content_type(), answer.read(MOST_BYTES)
        except HTTPError as error:
            error.close()  # it holds the connection
            raise TimestampRequestError(f"{self.url} answered with status {error.code}") from error
        except (OSError, HTTPException) as error:  # URLError and timeouts are OSErrors
            raise TimestampRequestError(f"no answer from {self.url}: {error}") from error
        if kind != "application/timestamp-reply":
            raise TimestampRequestError(f"{self.url} answered with {kind}")
        try:
            response = tsp.TimeStampResp.load(body, strict=True)
            response.native  # noqa: B018  parsing is lazy: a damaged answer must fail here
        except (ValueError, TypeError) as error:
            raise TimestampRequestError(f"{self.url} sent a damaged answer") from error
        return response


def _demand_answer_to(request: tsp.TimeStampReq, response: tsp.TimeStampResp) -> None:
    """A granted answer holds a token over exactly what was asked. pyHanko compares only the nonce, and stumbles there."""
    if response["status"]["status"].native != "granted":
        return  # pyHanko reports the refusal with the reason that the service gives
    try:
        stamped = response["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
        agrees = all(stamped[part].native == request[part].native for part in ("message_imprint", "nonce"))
    except (ValueError, TypeError, KeyError) as error:
        raise TimestampRequestError("the answer holds no timestamp") from error
    if not agrees:
        raise TimestampRequestError("the timestamp is over something else")
