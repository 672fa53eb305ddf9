"""Links in notifications: to the dashboard, to each asset and data set, and with no key."""

from typing import Any, cast

import pytest

from sync_core.notifications.announcement import Announcement, Item
from sync_core.notifications.pages import Pages
from sync_core.settings import Settings

DASHBOARD = "https://sync.contoso.com/api/dashboard"


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        *((kind, "?asset=g%201%2F%26%7B%7D") for kind in ("asset_retired", "data_source_created", "approval_needed")),
        *((kind, "?search=g%201%2F%26%7B%7D#data-sets") for kind in ("data_set_failed", "webhook_silent")),
    ],
)
def test_an_announcement_leads_to_the_page_and_each_of_its_items_to_the_place_there(kind: str, place: str) -> None:
    told = Pages(DASHBOARD).linked(Announcement(kind, "title", "body", (Item("g 1/&{}", "Orders"),)))
    assert told.link == DASHBOARD
    assert [item.url for item in told.items] == [f"{DASHBOARD}{place}"]


def test_a_data_set_is_on_the_page_of_its_asset() -> None:
    item = Item("d1", "Customer master", "CluedIn refused it.", asset="a/1")
    told = Pages(DASHBOARD).linked(Announcement("data_set_failed", "title", "body", (item,)))
    assert told.items[0].url == f"{DASHBOARD}?asset=a%2F1#lineage"


def test_what_is_no_asset_and_no_data_set_has_no_place_of_its_own() -> None:
    told = Pages(DASHBOARD).linked(Announcement("terms_paused", "title", "body", (Item("t1", "A term"),)))
    assert (told.link, told.items[0].url) == (DASHBOARD, "")


def test_where_no_address_is_known_there_is_no_link() -> None:
    announcement = Announcement("asset_retired", "title", "body", (Item("g1", "Orders"),))
    assert Pages().linked(announcement) == announcement


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("sync.azurewebsites.net", "https://sync.azurewebsites.net/api/dashboard"),
        ("localhost:7071", "http://localhost:7071/api/dashboard"),
        ("", ""),
        ("a/b", ""),
        ("user@host", ""),
        ("host:x", ""),
    ],
)
def test_the_address_is_that_which_the_platform_tells(host: str, address: str) -> None:
    settings = cast("Any", Settings).model_construct(website_hostname=host)
    assert settings.dashboard_url == address
