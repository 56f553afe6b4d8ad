"""How long, and how large, may an answer of the org be? Neither can be had of requests itself.

Its time limit is for each piece that arrives: an answer of one byte every few seconds would never end, and
after ten of them no thread would be left to call the org. One without an end would take all memory.
"""

from time import monotonic
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import DecodeError, HTTPError

LARGEST = 128 * 1024 * 1024
"""Bytes, unpacked: several times what 2,000 rows of a query weigh."""

_TIMES_THE_LIMIT = 4
"""So many times as long as its first byte may be waited for, an answer may take as a whole."""

_PIECE = 256 * 1024


class Bounded(HTTPAdapter):
    """Reads each answer whole within bounds. ``limits``: seconds to connect, and between two pieces."""

    def __init__(self, limits: tuple[float, float], *, largest: int = LARGEST) -> None:
        self._limits = limits
        self._largest = largest
        super().__init__()

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, timeout: Any = None, **options: Any
    ) -> requests.Response:
        """Raises requests.RequestException, also where the answer is too long or too large."""
        limits = self._limits if timeout is None else timeout
        answer = super().send(request, timeout=limits, **options)
        try:
            answer._content = self._whole(answer, monotonic() + _TIMES_THE_LIMIT * limits[1])
        except BaseException:
            answer.close()
            raise
        answer._content_consumed = True  # type: ignore[attr-defined]
        return answer

    def _whole(self, answer: requests.Response, ends_at: float) -> bytes:
        pieces: list[bytes] = []
        size = 0
        try:
            while piece := answer.raw.read1(_PIECE, decode_content=True):
                pieces.append(piece)
                size += len(piece)
                if size > self._largest:
                    raise requests.exceptions.ContentDecodingError("the answer is too large")
                if monotonic() > ends_at:
                    raise requests.ReadTimeout("the answer takes too long")
        except DecodeError as error:
            raise requests.exceptions.ContentDecodingError(error) from None
        except HTTPError as error:
            raise requests.ConnectionError(error) from None
        return b"".join(pieces)
