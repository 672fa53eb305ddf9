"""Which deliveries lost their body on the way, and what people are told of it.

The Functions host passes a body on only where its length is declared: one that is sent with `Transfer-Encoding:
chunked`, as .NET's `PostAsJsonAsync` does, arrives empty. Source: docs/vendors/functions.md, HTTP.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sync_core.lineage.webhook.empty_bodies_seen import EmptyBodiesSeen

NOTED_EVERY = timedelta(minutes=1)
TOLD_FOR = timedelta(days=1)  # after the last one
REFUSED = "They are refused with 401: of an empty body no signature can be verified, and WEBHOOK_SECRETS requires one."
LOOKED_FOR = (
    "In their place the app looks through CluedIn, at most once a minute, and reads every data source that holds data."
)
REMEDY = (
    "Let the sender declare a Content-Length (in .NET: post a StringContent, or await LoadIntoBufferAsync() before, in "
    "place of PostAsJsonAsync), or put a proxy in front that buffers requests and declares it (nginx: "
    "proxy_request_buffering on; Azure API Management: the policy set-body)."
)


def lost_its_body(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a request may have had a body that did not arrive; header names are lower-case.

    A sender that declares a length of 0 sent none.
    """
    is_chunked = "chunked" in headers.get("transfer-encoding", "").lower()
    return not body and (is_chunked or headers.get("content-length", "").strip() != "0")


def is_current(seen: EmptyBodiesSeen, now: datetime) -> bool:
    """Whether such a delivery came lately."""
    return now - seen.last_at <= TOLD_FOR


def noted(seen: EmptyBodiesSeen | None, now: datetime, *, refused: bool) -> EmptyBodiesSeen | None:
    """Return what to keep of one more such delivery, or None where what is kept says it already."""
    if seen is None or not is_current(seen, now):
        return EmptyBodiesSeen(first_at=now, last_at=now, refused=refused)
    if seen.refused == refused and now - seen.last_at < NOTED_EVERY:
        return None
    return seen.model_copy(update={"last_at": now, "refused": refused})


def explain(seen: EmptyBodiesSeen | None, now: datetime) -> str:
    """Return what is wrong with the webhook and what to do, or nothing."""
    if seen is None or not is_current(seen, now):
        return ""
    came = f"since {seen.first_at:%Y-%m-%d %H:%M}, the last one at {seen.last_at:%Y-%m-%d %H:%M} UTC"
    consequence = REFUSED if seen.refused else LOOKED_FOR
    return f"Deliveries of the webhook arrive without their body ({came}). {consequence} {REMEDY}"
