"""Post JSON to webhooks; their URLs are secrets and appear in no message."""

from __future__ import annotations

from typing import Final

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from platformctl.errors import PlatformError

_TIMEOUT_S: Final = 15
_RETRY: Final = Retry(
    total=3,
    backoff_factor=0.5,
    status_forcelist=(429, 500, 502, 503, 504),
    allowed_methods=("POST",),
    raise_on_status=False,
)


def post(url: str, body: object, *, name: str) -> None:
    """Post `body`; tries again where the server is busy. Raises `PlatformError` that names `name`, not the URL."""
    with requests.Session() as session:
        session.trust_env = False
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=_RETRY))
        try:
            answer = session.post(url, json=body, timeout=_TIMEOUT_S, allow_redirects=False)
        except (requests.RequestException, ValueError) as error:
            raise PlatformError(f"the webhook does not answer ({type(error).__name__})", where=name) from None
    if not answer.ok:
        raise PlatformError(f"the webhook answered {answer.status_code}", where=name)
