"""Takes the picture of the dashboard for the docs: `python -m tests.e2e.dashboard_picture docs/images/dashboard.png`.

Runs everything, syncs the demonstration's assets and data set, and photographs the page in Chromium.
"""

import sys

from local.cluedin.driver import Driver
from local.demo import engineer
from local.demo.run import DEMO_SETTINGS
from local.stack import StackOptions, run_stack
from tests.chromium import open_page, run_chromium
from tests.e2e.steps import fetch_status, sync, wait_until

TAGGED = 18
WIDTH = 1000


def main() -> None:
    """Take the picture: the page down to the end of the lineage."""
    (path,) = sys.argv[1:]
    with run_stack(StackOptions(timers=False, settings=DEMO_SETTINGS)) as stack:
        sync(stack, TAGGED)
        engineer.load(Driver(stack.cluedin.url))
        wait_until(lambda: any(each["status"] == "pushed" for each in fetch_status(stack)["dataSets"]["items"]), "it")
        with run_chromium() as browser, open_page(browser, width=WIDTH, color_scheme="light") as (page, _):
            page.goto(f"{stack.function_url}/dashboard?code={stack.function_key}&search=dbo/Customers")
            end = page.locator("#data-sets").bounding_box()
            height = round(end["y"] + end["height"]) if end else 1000
            page.set_viewport_size({"width": WIDTH, "height": height})
            page.screenshot(path=path)


if __name__ == "__main__":
    main()
