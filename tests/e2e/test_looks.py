"""Each kind of page in a real Chromium: people who do not see well can use it, in each look and on a phone."""

from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from sync_core.answer import HttpAnswer
from tests.chromium import open_page, unfold, violations
from tests.security.test_dashboard import hostile_asset_page, hostile_page
from tests.unit.sync_core.operations.dashboard.test_render import ANSWERS

HOST = "https://app.example"
NARROW, WIDE = 360, 1280
LOOKS: tuple[tuple[int, Literal["dark", "light"]], ...] = ((NARROW, "dark"), (WIDE, "light"), (WIDE, "dark"))
EACH = {**ANSWERS, "hostile": hostile_page(), "hostile asset": hostile_asset_page()}


def show(page: Page, answer: HttpAnswer) -> None:
    """Show an answer as the host would send it, with all that is folded away."""
    headers = {**answer.headers, "Content-Type": f"{answer.media_type}; charset=utf-8"}
    page.route("**/*", lambda route: route.fulfill(status=200, body=answer.body, headers=headers))
    page.goto(HOST)
    unfold(page)


@pytest.mark.parametrize("name", EACH)
def test_axe_finds_nothing_and_nobody_scrolls_sideways(browser: Browser, name: str) -> None:
    with open_page(browser) as (page, seen):
        show(page, EACH[name])
        for width, scheme in LOOKS:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == [], (width, scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert seen.said == []
