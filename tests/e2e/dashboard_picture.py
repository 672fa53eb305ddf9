"""Takes the pictures of the dashboard for the docs: `python -m tests.e2e.dashboard_picture docs/images`.

Runs everything, syncs the demonstration's assets and data set, and photographs the pages in Chromium.
"""

import sys
from pathlib import Path

from playwright.sync_api import Browser

from local.cluedin.driver import Driver
from local.demo import engineer
from local.demo.run import DEMO_SETTINGS
from local.stack import StackOptions, run_stack
from tests.chromium import open_page, run_chromium
from tests.e2e.steps import fetch_status, sync, wait_until

TAGGED = 18
WIDTH = 1000
SOURCE = "dbo/Customers"


def main() -> None:
    """Take the pictures: the page of all down to the end of the lineage, in light, and that of one asset, in dark."""
    (folder,) = map(Path, sys.argv[1:])
    with run_stack(StackOptions(timers=False, settings=DEMO_SETTINGS)) as stack:
        sync(stack, TAGGED)
        engineer.load(Driver(stack.cluedin.url))
        wait_until(lambda: any(each["status"] == "pushed" for each in fetch_status(stack)["dataSets"]["items"]), "it")
        address = f"{stack.function_url}/dashboard?code={stack.function_key}"
        (asset,) = fetch_status(stack, search=SOURCE)["assets"]["items"]
        with run_chromium() as browser:
            _take(browser, f"{address}&search={SOURCE}", "#data-sets", "light", folder / "dashboard.png")
            _take(browser, f"{address}&asset={asset['guid']}", "main", "dark", folder / "dashboard-asset.png")


def _take(browser: Browser, address: str, last: str, look: str, path: Path) -> None:
    with open_page(browser, width=WIDTH, color_scheme=look) as (page, _):
        page.goto(address)
        end = page.locator(last).bounding_box()
        page.set_viewport_size({"width": WIDTH, "height": round(end["y"] + end["height"]) if end else 1000})
        page.screenshot(path=path)


if __name__ == "__main__":
    main()
