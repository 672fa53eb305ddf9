"""Lists that are read to their end, whatever they name as their next page."""

from typing import Any

from sync_core.catalog.paging import follow, skip_through

MOST = 500
ROWS = [{"entityId": f"{number:08}-0000-4000-8000-000000000000"} for number in range(5)]


def test_a_list_that_names_a_next_page_for_ever_ends() -> None:
    asked: list[Any] = []

    def ask(following: Any) -> Any:
        asked.append(following)
        assert len(asked) < MOST, "endless"
        link = f"https://x/terms/1/relationships?skip={100 * len(asked)}&top=100"
        return {"value": ROWS if len(asked) == 1 else [], "nextLink": link}

    assert list(follow(ask, "fetch_links")) == ROWS


def test_a_list_that_repeats_its_only_page_under_a_new_link_ends() -> None:
    asked: list[Any] = []

    def ask(following: Any) -> Any:
        asked.append(following)
        assert len(asked) < MOST, "endless"
        return {"value": ROWS, "nextLink": f"https://x/terms/1/relationships?skip={100 * len(asked)}&top=100"}

    assert list(follow(ask, "fetch_links")) == ROWS


def test_a_page_without_news_is_not_the_end_yet() -> None:
    pages: list[Any] = [ROWS[:2], [], ROWS[2:]]

    def ask(following: Any) -> Any:
        number = int(following.get("skip", 0))
        link = {"nextLink": f"https://x?skip={number + 1}"} if number < 2 else {}
        return {"value": pages[number], **link}

    assert list(follow(ask, "fetch_links")) == ROWS


def test_concepts_page_through_a_link_with_skip_and_through_our_own_skip_without_gaps() -> None:
    items = [{"id": str(number), "name": "Tag"} for number in range(250)]

    def ask(skip: int, following: Any) -> Any:
        start = int(following.get("skip", skip))
        link = {"nextLink": f"https://x/terms/query?skip={start + 40}&top=40"} if start + 40 < len(items) else {}
        return {"value": items[start : start + 40], **link}

    assert len(list(skip_through(ask, "find_concepts"))) == 250
