"""One plain POST to an address that a person gave: no sign-in, no retry, no redirect."""

from typing import Any

from sync_core.http.session import PooledSession

TIMEOUT_S = (5, 20)  # to connect, to answer


def post_json(url: str, body: Any) -> int:
    """Post a document as JSON and return the status of the answer.

    Raises:
        requests.RequestException: there was no answer; its text may show the address.
    """
    with (
        PooledSession() as session,
        session.post(url, json=body, timeout=TIMEOUT_S, allow_redirects=False, stream=True) as answer,
    ):
        return answer.status_code  # what else it says is not waited for
