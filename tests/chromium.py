"""A real Chromium for the tests of the page. Where there is none they are skipped, or fail where one was promised."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
REQUIRED = "SYNC_BROWSER_REQUIRED"
# Tests run as root in containers, where the sandbox does not start; the others keep it from calling its maker.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)


def find_chromium() -> str:
    """Return the path of a Chromium; without one, skip the test, or fail it if the environment demands one."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    why = f"There is no Chromium here (looked for {', '.join(NAMES)}); Debian: apt-get install chromium"
    if os.environ.get(REQUIRED):
        pytest.fail(f"{why}; {REQUIRED} is set")
    pytest.skip(why)


@contextmanager
def run_chromium() -> Iterator[Browser]:
    """Run a Chromium for as long as the block lasts."""
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Seen:
    """What was loaded, and what the browser had to say: its console holds violations of the page's policy too."""

    said: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)

    def close(self, dialog: Dialog) -> None:
        """Note a dialog, which only a script can open, and let the page go on."""
        self.said.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@contextmanager
def open_page(browser: Browser, *, width: int = 1280, **options: Any) -> Iterator[tuple[Page, Seen]]:
    """Open an empty page that is watched; `options` are those of a browser context."""
    context = browser.new_context(viewport={"width": width, "height": 800}, **options)
    page, seen = context.new_page(), Seen()
    page.on("console", lambda message: seen.said.append(message.text))
    page.on("pageerror", lambda error: seen.said.append(str(error)))
    page.on("dialog", seen.close)
    page.on("requestfinished", lambda request: seen.loaded.append(request.url))
    yield page, seen
    context.close()


def unfold(page: Page) -> None:
    """Unfold all that is folded away."""
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")


def violations(page: Page) -> list[str]:
    """What axe finds wrong for people who do not see well, or do not see."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]
