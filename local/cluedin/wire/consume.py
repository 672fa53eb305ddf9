"""The consume and notification namespaces. Source: docs/vendors/cluedin.md, 2.11, 4.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ariadne import ObjectType

from local.cluedin.store import Page, cut_page
from local.cluedin.wire.namespace import Call, Namespace

if TYPE_CHECKING:
    from datetime import datetime

    from local.cluedin import model
    from local.cluedin.wire.namespace import Info

consume = Namespace("Consume")
notification = Namespace("Notification")
stream = ObjectType("Stream")


@consume.operation("streams")
def list_streams(
    call: Call,
    *,
    search_name: str = "",
    status: str | None = None,
    items_per_page: int = 20,
    page_number: int = 1,
    **_: object,
) -> Page[model.Stream]:
    """List streams; pages are numbered from 1 here. Sorting and export target are accepted and have no effect."""
    needle = search_name.casefold()
    found = [
        row
        for row in call.store.streams.values()
        if needle in row.name.casefold() and (status is None or status == row.status)
    ]
    return cut_page(found, page_number - 1, items_per_page)


@consume.operation("stream")
def find_stream(call: Call, *, id: str) -> model.Stream | None:  # noqa: A002 - the API's name
    """Find a stream; null when there is none."""
    return call.store.streams.get(id.lower())


@stream.field("author")
def stream_author(row: model.Stream, info: Info) -> model.User | None:
    """Whoever made it."""
    return info.context.store.users.get(row.created_by)


@stream.field("mappingConfiguration")
def stream_mapping(*_: object) -> list[object]:
    """Empty, as in the sample."""
    return []


@stream.field("rulesApplied")
def stream_rules_applied(row: model.Stream, _: Info) -> int:
    """How many rules there are."""
    return len(row.rules)


@stream.field("modifiedAt")
def stream_modified_at(row: model.Stream, _: Info) -> datetime:
    """No operation changes a stream."""
    return row.created_at


@notification.operation("notifications")
def list_notifications(call: Call, *, page: int = 0, page_size: int = 20) -> Page[model.UserNotification]:
    """List notifications, newest first; pages are numbered from 0."""
    return cut_page(call.store.notifications[::-1], page, page_size)


TYPES = (consume, notification, stream)
